"""A bureau's own workbook read by a mapping: every value where the mapping says, or why it is not there."""

from __future__ import annotations

from attrs import define, evolve, field

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, Severity, at
from zjrules.fact import Asked, Raw, RawFacts, RawLedger, Schema
from zjrules.inout.workbook.cells import Grid, GridCell, Sheet
from zjrules.inout.workbook.labels import bare, heading
from zjrules.inout.workbook.mapping import Layout, LedgerSpot, Spot
from zjrules.inout.workbook.rows import ledger
from zjrules.inout.workbook.tables import Table
from zjrules.inout.workbook.values import UNITS_DIFFER, Reading, entry, scale, unit_text
from zjrules.spelling import nearest
from zjrules.unit import MONEY_DIM, Number, quantity

NOT_THERE = Code("ZJ5125", "mapped-place-not-found")
BLANK_THERE = Code("ZJ5126", "mapped-cell-blank", Severity.WARNING)
NOT_ASKED = Code("ZJ5127", "mapped-name-unknown")


def _is_label(cell: GridCell) -> bool:
    return cell.kind == "s" and quantity(cell.text) is None


def facts(grid: Grid, layout: Layout, schema: Schema) -> tuple[RawFacts, Diagnostics]:
    """Return what a workbook says at the places of a mapping."""
    finder = _Finder(grid, Reading())
    head = {name: raw for name, spot in layout.head.items() if (raw := finder.head(name, spot)) is not None}
    entries = []
    for name, spot in layout.facts.items():
        asked = schema.facts.get(name)
        if asked is not None:
            raw = finder.fact(asked, spot)
            entries += [raw] if raw is not None else []
        elif name not in schema.elsewhere:
            finder.unknown(name, spot, schema.facts)
    ledgers = [found for name, at_ in layout.ledgers.items() if (found := finder.ledger(name, at_, schema)) is not None]
    return RawFacts(head, tuple(entries), tuple(ledgers), ()), tuple(finder.reading.said())


@define
class _Finder:
    grid: Grid
    reading: Reading
    labels: dict[str, dict[str, list[GridCell]]] = field(factory=dict)
    """Sheet → label → the cells with it."""

    def unknown(self, name: str, spot: Spot | LedgerSpot, known: object) -> None:
        assert isinstance(known, dict)
        likely = nearest(name, known)
        help_ = f"是不是「{likely}」？" if likely else "zjrules template 列出规则要的事实和明细"
        self.reading.problems.append(at(NOT_ASKED, spot.span, f"映射里的「{name}」不是这本规则要的", help_))

    def missing(self, spot: Spot | LedgerSpot, message: str, help_: str) -> None:
        self.reading.problems.append(at(NOT_THERE, spot.span, message, help_))

    def sheet(self, spot: Spot | LedgerSpot) -> Sheet | None:
        """Return the sheet that a spot names; with no name, the only one."""
        if not spot.sheet and len(self.grid.sheets) == 1:
            return self.grid.sheets[0]
        found = [s for s in self.grid.sheets if s.name == spot.sheet] or [
            s for s in self.grid.sheets if spot.sheet and bare(s.name) == bare(spot.sheet)
        ]
        if len(found) == 1:
            return found[0]
        names = [s.name for s in self.grid.sheets]
        likely = nearest(spot.sheet, names) if spot.sheet else None
        help_ = f"是不是「{likely}」？" if likely else f"这份工作簿有 {'、'.join(names[:8])}"
        self.missing(spot, f"没有叫「{spot.sheet}」的表" if spot.sheet else "没有说在哪一张表", help_)
        return None

    def labelled(self, sheet: Sheet, label: str) -> list[GridCell]:
        """Return the cells of a sheet that have a label; a mapping asks for many."""
        if sheet.name not in self.labels:
            found = self.labels[sheet.name] = {}
            for cell in sheet.cells():
                found.setdefault(bare(cell.text), []).append(cell)
        return self.labels[sheet.name].get(bare(label), [])

    def place(self, name: str, spot: Spot) -> tuple[Sheet, int, int] | None:
        sheet = self.sheet(spot)
        if sheet is None or spot.row:
            return (sheet, spot.row, spot.column) if sheet is not None else None
        rows = self.labelled(sheet, spot.row_label)
        columns = self.labelled(sheet, spot.column_label) if spot.column_label else []
        if spot.column_label and not columns:
            self.missing(spot, f"「{name}」：表「{sheet.name}」里没有叫「{spot.column_label}」的列", "核对表头的字")
            return None
        found = {(r.row, c) for r in rows for c in self._columns(sheet, r, columns)}
        if len(found) == 1:
            return (sheet, *found.pop())
        label = spot.row_label + (f"／{spot.column_label}" if spot.column_label else "")
        why = f"有 {len(found)} 处" if found else "没有"
        message = f"「{name}」：表「{sheet.name}」里{why}「{label}」"
        self.missing(spot, message, "核对标签的字；几处同名的，改用「格」")
        return None

    def _columns(self, sheet: Sheet, label: GridCell, headings: list[GridCell]) -> list[int]:
        """Return the columns of a labelled value: those of the nearest headings above, or the next cell to the right.

        A table of two halves has a label before each: what stands behind the next label is not this one's.
        """
        right = sorted(c for c in sheet.rows[label.row] if c > label.column)
        if not headings:
            return right[:1]
        above = [c for c in headings if c.row < label.row and c.column > label.column]
        nearest_row = max((c.row for c in above), default=0)
        columns = [c.column for c in above if c.row == nearest_row]
        ends = next((c for c in right if _is_label(sheet.rows[label.row][c])), None)
        return [c for c in columns if ends is None or c < ends]

    def head(self, name: str, spot: Spot) -> Raw | None:
        found = self.place(name, spot)
        cell = found[0].under(found[1], found[2]) if found is not None else None
        if found is None or cell is None:
            return None
        span = found[0].span(cell.row, cell.column)
        return Raw(name, self.reading.text(found[0], cell), span=span, name_span=spot.span)

    def fact(self, asked: Asked, spot: Spot) -> Raw | None:
        found = self.place(asked.name, spot)
        if found is None:
            return None
        sheet, row, column = found
        cell = sheet.under(row, column)
        money = isinstance(asked.type, Number) and asked.type.dim == MONEY_DIM
        span = sheet.span(row, column)
        # What stands behind the label of the row goes before a caption of the whole table.
        beside = (heading(c.text).unit for c in sheet.rows.get(row, {}).values() if c.column < column)
        caption = (next(filter(None, beside), "") or sheet.unit_above(row)) if money else ""
        if caption and spot.unit and scale(caption) != scale(unit_text(spot.unit)):
            message = f"映射说「{asked.name}」的单位是「{spot.unit}」，表上写「{caption}」：不知道按哪个"
            help_ = "核对后改映射；表上写的不管这一格的，把单位写在格里"
            labels = (Label(spot.span), Label(span))
            self.reading.problems.append(Diagnostic(UNITS_DIFFER, message, labels, help_))
            return None
        text = self.reading.text(sheet, cell, asked, unit_text(spot.unit) or caption)
        if cell is None or not text:
            message = f"映射说「{asked.name}」在这一格，这一格是空的"
            labels = (Label(span), Label(spot.span, "映射"))
            self.reading.problems.append(
                Diagnostic(BLANK_THERE, message, labels, "还不知道的不用管；放错地方的，改映射")
            )
            return None
        return entry(asked.name, {"值": text, "佐证": spot.evidence, "出处": spot.source}, span, spot.span)

    def ledger(self, name: str, spot: LedgerSpot, schema: Schema) -> RawLedger | None:
        asked = schema.ledgers.get(name)
        if asked is None:
            if name not in schema.elsewhere:
                self.unknown(name, spot, schema.ledgers)
            return None
        sheet = self.sheet(spot)
        table = self._table(name, sheet, spot, tuple(asked.columns)) if sheet is not None else None
        found = ledger(table, asked, self.reading) if table is not None else None
        if found is None:
            return None
        return evolve(found, evidence=found.evidence or spot.evidence, source=found.source or spot.source)

    def _table(self, name: str, sheet: Sheet, spot: LedgerSpot, columns: tuple[str, ...]) -> Table | None:
        for column in spot.headings:
            if column not in columns:
                likely = nearest(column, columns, closed=True)
                help_ = f"是不是「{likely}」？" if likely else f"列有 {'、'.join(columns)}"
                self.missing(spot, f"明细「{name}」没有叫「{column}」的列", help_)
                return None
        wanted = {bare(text): column for column, text in spot.headings.items()}
        for row in sheet.rows:
            there = {wanted[bare(c.text)]: c.column for c in sheet.rows[row].values() if bare(c.text) in wanted}
            if len(there) == len(wanted):
                places = {(column, ""): c for column, c in there.items()}
                units = dict.fromkeys(there, spot.unit) if spot.unit else {}
                return Table(name, sheet, row, places, units, max(sheet.rows), 1)
        self.missing(spot, f"表「{sheet.name}」里没有一行同时有「{'、'.join(spot.headings.values())}」", "核对表头的字")
        return None
