"""A workbook as the facts of a unit: what its tables say, to be fitted like the texts of any fact file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, Severity, at
from zjrules.fact import Raw, RawFacts, Schema
from zjrules.inout.workbook.cells import Grid, GridCell
from zjrules.inout.workbook.cover import head
from zjrules.inout.workbook.labels import CAPTIONS, bare, is_note, is_total
from zjrules.inout.workbook.rows import ledger
from zjrules.inout.workbook.scores import claims
from zjrules.inout.workbook.tables import Table, tables
from zjrules.inout.workbook.values import Reading, entry, reviewed, unit_text
from zjrules.span import Source, Span
from zjrules.spelling import nearest, plain_form
from zjrules.unit import MONEY_DIM, Number

NO_TABLE = Code("ZJ5046", "no-table-found")
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

    def name(self, text: str) -> str:
        """Return the fact that a label names; '' when it names none."""
        return self.asked.get(plain_form(text)) or self.asked.get(bare(text), "")


def facts(grid: Grid, schema: Schema, indicators: Iterable[str]) -> tuple[RawFacts, Diagnostics]:
    """Return the facts, ledgers and claimed scores of a workbook, as far as a rule set asks for them."""
    found = tables(grid, schema.ledgers)
    reading = Reading()
    entries: list[Raw] = []
    ledgers = []
    claimed: list[Raw] = []
    reviews: list[Raw] = []
    for table in found:
        if table.kind == "facts":
            entries += _entries(table, schema, reading)
        elif table.kind == "scores":
            own, second = claims(table, indicators, reading)
            claimed, reviews = [*claimed, *own], [*reviews, *second]
        else:
            rows = ledger(table, schema.ledgers[table.kind], reading)
            ledgers += [rows] if rows is not None else []
    if not found:
        here = (Label(Span(Source(grid.name, ""), 0, 0)),)
        help_ = "zjrules template 做一份填报用的工作簿；本单位自己的表，用 zjrules map 说明哪一格是什么"
        reading.problems.append(Diagnostic(NO_TABLE, f"「{grid.name}」里没有认得出的表", here, help_))
    raw = RawFacts(head(grid), tuple(entries), tuple(ledgers), tuple(claimed), tuple(reviews))
    return raw, tuple(reading.said())


def _entries(table: Table, schema: Schema, reading: Reading) -> list[Raw]:
    sheet, known, general = table.sheet, Known.of(schema), table.unit()
    names = table.columns["名称", ""]
    found: list[Raw] = []
    for row in range(table.row + 1, table.last + 1):
        label = sheet.at(row, names)
        if label is None:
            continue
        name = known.name(label.text)
        if name:
            raw = _entry(table, row, label, schema, name, general, reading)
            found += [raw] if raw is not None else []
        else:
            found += _unknown(table, row, label, schema, known, reading)
    return found


def _entry(
    table: Table, row: int, label: GridCell, schema: Schema, name: str, general: str, reading: Reading
) -> Raw | None:
    sheet, asked = table.sheet, schema.facts[name]
    beside = {role: c for (role, _), c in table.columns.items() if role not in ("值", "复核", "名称")}
    texts = {role: reading.text(sheet, sheet.under(row, column)) for role, column in beside.items()}
    money = isinstance(asked.type, Number) and asked.type.dim == MONEY_DIM
    unit = unit_text(texts.pop("单位", "")) or (general if money else "")
    value = sheet.at(row, table.columns["值", ""])
    texts["值"] = reading.text(sheet, value, asked, unit)
    name_span = sheet.span(row, label.column)
    span = sheet.span(row, value.column) if value is not None else name_span
    raw = entry(name, texts, span, name_span)
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
