"""The rows of a ledger on a sheet. A sheet without rows says nothing, unless 填报情况 says that nothing occurred."""

from __future__ import annotations

from attrs import evolve

from zjrules.diag import Code, Diagnostic, Label, Severity, at
from zjrules.fact import AskedLedger, Raw, RawLedger
from zjrules.inout.workbook.cells import GridCell
from zjrules.inout.workbook.labels import EVIDENCE, STATUS, bare, is_note, is_total
from zjrules.inout.workbook.tables import Table
from zjrules.inout.workbook.values import Reading, entry, reviewed, unit_text
from zjrules.spelling import nearest
from zjrules.unit import MONEY_DIM, Number

EMPTY_UNSAID = Code("ZJ5052", "empty-table-unsaid", Severity.WARNING)
ROW_PASSED_OVER = Code("ZJ5057", "row-passed-over", Severity.WARNING)
COLUMN_MISSING = Code("ZJ5058", "column-missing", Severity.NOTE)
CONTRADICTS = Code("ZJ5059", "table-said-empty")
COLUMN_UNKNOWN = Code("ZJ5120", "column-not-used", Severity.NOTE)

NONE, OPEN = "没有发生", "未填"
EXAMPLES = ("例：", "例:", "（例", "(例", "示例：", "示例:", "（示例", "(示例")
ORDINARY = frozenset({"序号", "备注", "编号"})
"""Columns that people put beside those asked for, and that mean nothing here."""


def ledger(table: Table, asked: AskedLedger, reading: Reading) -> RawLedger | None:
    """Return the rows of a ledger's table; None where it says nothing."""
    place = table.sheet.span(table.row, min(table.columns.values()))
    captions = dict(table.captions())
    status, evidence, source = (captions.get(k, "").strip() for k in (STATUS, EVIDENCE, "出处"))
    rows = [row for n in range(table.row + 1, table.last + 1) if (row := _row(table, n, asked, reading))]
    if rows or status == NONE:
        _columns(table, asked, bool(rows), reading)
    if rows and status == NONE:
        message = f"明细「{asked.name}」的填报情况写「{NONE}」，下面却有 {len(rows)} 行"
        reading.problems.append(at(CONTRADICTS, rows[0][0].span, message, "核对后改一处"))
    if not rows and status != NONE:
        if status != OPEN:
            help_ = f"确实一笔也没有的，在表头上面写「{STATUS}」「{NONE}」；还没有填的不用管"
            reading.problems.append(at(EMPTY_UNSAID, place, f"明细「{asked.name}」有表头、没有行，按缺失算", help_))
        return None
    return RawLedger(asked.name, tuple(rows), evidence, source, span=place)


def _columns(table: Table, asked: AskedLedger, filled: bool, reading: Reading) -> None:
    named = {name for name, part in table.columns if not part}
    lacking = [name for name in asked.columns if name not in named]
    place = table.sheet.span(table.row, min(table.columns.values()))
    if lacking and filled:
        message = f"明细「{asked.name}」的表没有列「{'、'.join(lacking)}」，这些按缺失算"
        reading.problems.append(at(COLUMN_MISSING, place, message, "补上列；列名照 zjrules template 做的表写"))
    texts = {c: table.sheet.rows[table.row][c].text.strip() for c in table.spare}
    spare = {c: text for c, text in texts.items() if bare(text) not in ORDINARY}
    if spare:
        likely = next((n for text in spare.values() if (n := nearest(text, lacking))), None)
        help_ = f"是不是「{likely}」？" if likely else "不是这张明细要的列，不用管"
        labels = tuple(Label(table.sheet.span(table.row, c)) for c in list(spare)[:3])
        message = f"明细「{asked.name}」的列「{'、'.join(spare.values())}」没有用上"
        reading.problems.append(Diagnostic(COLUMN_UNKNOWN, message, labels, help_))


def _row(table: Table, row: int, asked: AskedLedger, reading: Reading) -> tuple[Raw, ...]:
    sheet = table.sheet
    cells = {c: cell for c in table.columns.values() if (cell := _cell(table, row, c)) is not None}
    own = [c for c in cells.values() if c.row == row]
    if not own:
        return ()
    first = min(own, key=lambda c: c.column)
    if len(own) == 1 and (
        is_note(first.text) or any(k[0] == row for k, v in sheet.merged.items() if v == (row, first.column))
    ):
        return ()
    if is_total(first.text) or first.text.strip().startswith(EXAMPLES):
        message = f"明细「{asked.name}」的「{first.text.strip()}」一行没有算进去"
        reading.problems.append(
            at(ROW_PASSED_OVER, sheet.span(row, first.column), message, "合计和示例不是一笔；是一笔的，换个名称")
        )
        return ()
    return tuple(raw for name in asked.columns if (raw := _entry(table, row, cells, asked, name, reading)) is not None)


def _cell(table: Table, row: int, column: int) -> GridCell | None:
    """Return a cell, or the one above that is merged over it; what is merged from the heading is no value."""
    cell = table.sheet.under(row, column)
    return cell if cell is not None and cell.row > table.row and cell.column == column else None


def _entry(
    table: Table, row: int, cells: dict[int, GridCell], asked: AskedLedger, name: str, reading: Reading
) -> Raw | None:
    column = table.columns.get((name, ""))
    if column is None:
        return None
    kind = asked.columns[name].type
    unit = unit_text(
        table.units.get(name, "") or (table.unit() if isinstance(kind, Number) and kind.dim == MONEY_DIM else "")
    )
    cell = cells.get(column)
    sheet = table.sheet
    span = sheet.span(cell.row, column) if cell is not None else sheet.span(row, column)
    texts = {"值": reading.text(sheet, cell, asked.columns[name], unit)}
    for part in ("佐证", "理由", "出处", "不适用", "复核理由"):
        beside = table.columns.get((name, part))
        if beside is not None:
            texts[part] = reading.text(sheet, cells.get(beside))
    raw = entry(name, texts, span, sheet.span(table.row, column))
    second = table.columns.get((name, "复核"))
    text = reading.text(sheet, cells.get(second), asked.columns[name], unit) if second else ""
    if second and text:
        return reviewed(raw, text, texts.get("复核理由", ""), sheet.span(row, second))
    blank = not (raw.text or raw.evidence or raw.reason) and raw.not_applicable is None
    return None if blank else evolve(raw)
