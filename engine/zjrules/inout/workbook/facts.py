"""A workbook as the facts of a unit: what its tables say, to be fitted like the texts of any fact file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, Severity, at
from zjrules.fact import Asked, Raw, RawFacts, Schema
from zjrules.inout.workbook.cells import Grid, GridCell
from zjrules.inout.workbook.cover import head
from zjrules.inout.workbook.labels import CAPTIONS, bare, heading, is_note, is_total
from zjrules.inout.workbook.rows import ledger
from zjrules.inout.workbook.scores import claims
from zjrules.inout.workbook.tables import Table, tables
from zjrules.inout.workbook.unread import unrecognised
from zjrules.inout.workbook.values import UNITS_DIFFER, Reading, entry, reviewed, scale, unit_text
from zjrules.span import Source, Span
from zjrules.spelling import nearest, plain_form
from zjrules.unit import MONEY_DIM, Number, quantity

NO_TABLE = Code("ZJ5046", "no-table-found")
ONLY_SCORES = Code("ZJ5132", "only-a-score-table", Severity.WARNING)
NOT_USED = Code("ZJ5051", "passed-over", Severity.WARNING)


@frozen
class Known:
    """The names that may stand in a fact table, by what people take for the same."""

    asked: Mapping[str, str]
    elsewhere: frozenset[str]

    @classmethod
    def of(cls, schema: Schema) -> Known:
        """Return the names of a schema."""
        return cls({plain_form(n): n for n in schema.facts}, frozenset(map(plain_form, schema.elsewhere)))

    def name(self, text: str) -> tuple[str, str]:
        """Return the fact that a label names, and the unit written behind it; '' for what there is not."""
        own = heading(text)
        for form, unit in ((plain_form(text), ""), (bare(text), ""), (bare(own.name), own.unit)):
            if form in self.asked:
                return self.asked[form], unit
        return "", ""


def facts(grid: Grid, schema: Schema, indicators: Iterable[str]) -> tuple[RawFacts, Diagnostics]:
    """Return the facts, ledgers and claimed scores of a workbook, as far as a rule set asks for them."""
    found = tables(grid, schema.ledgers)
    reading = Reading()
    entries: list[Raw] = []
    ledgers = []
    claimed: list[Raw] = []
    names = list(indicators)
    reviews: list[Raw] = []
    for table in found:
        if table.kind == "facts":
            entries += _entries(table, schema, reading)
        elif table.kind == "scores":
            own, second = claims(table, names, reading)
            claimed, reviews = [*claimed, *own], [*reviews, *second]
        else:
            rows = ledger(table, schema.ledgers[table.kind], reading)
            ledgers += [rows] if rows is not None else []
    reading.problems += list(unrecognised(grid, schema, found))
    if not any(table.kind != "scores" for table in found) and not reading.problems:
        reading.problems.append(_nothing(grid, scores=bool(found)))
    raw = RawFacts(head(grid), tuple(entries), tuple(ledgers), tuple(claimed), tuple(reviews))
    return raw, tuple(reading.said())


def _nothing(grid: Grid, scores: bool) -> Diagnostic:
    here = (Label(Span(Source(grid.name, ""), 0, 0)),)
    if scores:
        help_ = "给数据表；三份材料互相对照用 zjrules reconcile"
        return Diagnostic(ONLY_SCORES, f"「{grid.name}」是评分表，里面没有事实", here, help_)
    help_ = "zjrules template 做一份填报用的工作簿；本单位自己的表，用 zjrules map 说明哪一格是什么"
    return Diagnostic(NO_TABLE, f"「{grid.name}」里没有认得出的表", here, help_)


def _entries(table: Table, schema: Schema, reading: Reading) -> list[Raw]:
    sheet, known = table.sheet, Known.of(schema)
    general = table.units.get("值", "") or table.unit()
    names, values = table.columns["名称", ""], table.columns["值", ""]
    found: list[Raw] = []
    for row in range(table.row + 1, table.last + 1):
        label = sheet.at(row, names)
        if label is None:
            value = sheet.at(row, values)
            if value is not None and value.kind == "n" and (row, names) not in sheet.merged:
                message = f"这一格有数「{value.displayed}」，名称一栏空着，没有用上"
                reading.problems.append(
                    at(NOT_USED, sheet.span(row, values), message, "补上名称；不是事实的数移到表外面")
                )
            continue
        name, unit = known.name(label.text)
        if name:
            _stray(table, row, name, reading)
            raw = _entry(table, row, label, schema.facts[name], unit or general, reading)
            found += [raw] if raw is not None else []
        else:
            found += _unknown(table, row, label, schema, known, reading)
    return found


def _stray(table: Table, row: int, name: str, reading: Reading) -> None:
    """Say of a number that stands beside a blank value that it was not used."""
    sheet = table.sheet
    if table.sheet.under(row, table.columns["值", ""]) is not None:
        return
    beside = (c for c in sheet.rows[row].values() if c.column not in table.columns.values())
    number = next((c for c in beside if c.kind == "n" or ((q := quantity(c.text)) is not None and q[2])), None)
    if number is not None:
        message = f"「{name}」的值一栏空着，这一格有「{number.displayed}」，没有用上"
        reading.problems.append(at(NOT_USED, sheet.span(row, number.column), message, "是它的值，就填到「值」一栏"))


def _entry(table: Table, row: int, label: GridCell, asked: Asked, general: str, reading: Reading) -> Raw | None:
    sheet = table.sheet
    name_span = sheet.span(row, label.column)
    beside = {role: c for (role, _), c in table.columns.items() if role not in ("值", "复核", "名称")}
    texts = {role: reading.text(sheet, sheet.under(row, column)) for role, column in beside.items()}
    money = isinstance(asked.type, Number) and asked.type.dim == MONEY_DIM
    unit = unit_text(texts.pop("单位", ""))
    if money and unit and general and scale(unit) != scale(general):
        message = f"「{asked.name}」的单位一栏写「{unit}」，表头或名称写「{general}」：不知道按哪个"
        reading.problems.append(at(UNITS_DIFFER, name_span, message, "两处写成一样的单位"))
        return None
    unit = unit or (general if money else "")
    value = sheet.at(row, table.columns["值", ""])
    texts["值"] = reading.text(sheet, value, asked, unit)
    span = sheet.span(row, value.column) if value is not None else name_span
    raw = entry(asked.name, texts, span, name_span)
    column = table.columns.get(("复核", ""))
    second = reading.text(sheet, sheet.at(row, column), asked, unit) if column else ""
    if column and second:
        raw = reviewed(raw, second, texts.get("复核理由", ""), sheet.span(row, column))
    blank = not (raw.text or raw.evidence or raw.reason or raw.source) and raw.not_applicable is None
    return None if blank and raw.review is None else raw


def _unknown(table: Table, row: int, label: GridCell, schema: Schema, known: Known, reading: Reading) -> list[Raw]:
    """Return a row whose name is near to a fact's, for fitting to ask; say of any other with a value that it was not used."""
    sheet = table.sheet
    value = sheet.at(row, table.columns["值", ""])
    text = label.text.strip()
    aside = is_note(text) or is_total(text) or bare(text) in CAPTIONS or plain_form(text) in known.elsewhere
    if value is None or aside or not value.text.strip():
        return []
    span, name_span = sheet.span(row, value.column), sheet.span(row, label.column)
    if nearest(text, schema.facts) is not None:
        return [Raw(text, value.text, span=span, name_span=name_span)]
    message = f"「{text}」不是这本规则的事实，没有用上"
    reading.problems.append(at(NOT_USED, name_span, message, "名称照 zjrules template 做的表写；不是事实的行不用管"))
    return []
