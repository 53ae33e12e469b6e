"""Score tables on a sheet: indicators with their points and the scores that people gave them, in any of the usual layouts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from zjrules.fact import Raw, Schema
from zjrules.inout.workbook.cells import Grid, GridCell
from zjrules.inout.workbook.labels import bare, is_total
from zjrules.inout.workbook.tables import Table, tables
from zjrules.inout.workbook.values import Reading
from zjrules.spelling import plain_form


@frozen
class ScoreRow:
    """One indicator or group of a score table, with what was written for it; None where nothing was."""

    name: str
    points: Raw | None
    score: Raw | None
    review: Raw | None = None


def score_rows(table: Table, indicators: Iterable[str], reading: Reading) -> list[ScoreRow]:
    """Return the rows that name an indicator, a group or the total (总分)."""
    names = {plain_form(n): n for n in indicators}
    found = []
    for row in range(table.row + 1, table.last + 1):
        label = _label(table, row, names)
        if label is not None:
            name = "总分" if is_total(label.text) else names[_key(label.text, names)]
            values = (_value(table, row, role, name, label, reading) for role in ("分值", "自评", "复核"))
            found.append(ScoreRow(name, *values))
    return found


def _key(text: str, names: dict[str, str]) -> str:
    # A group may be written with its points behind it: 预算执行情况（8分）.
    forms = (plain_form(text), bare(text), bare(re.sub(r"[（(][^（(]*分[)）]\s*$", "", text)))
    return next((form for form in forms if form in names), "")


def _label(table: Table, row: int, names: dict[str, str]) -> GridCell | None:
    """Return the cell that names the row: of several levels side by side the lowest, which stands rightmost."""
    own = (c for c in table.sheet.rows.get(row, {}).values() if c.kind == "s")
    named = [c for c in own if _key(c.text, names) or is_total(c.text)]
    return max(named, key=lambda c: c.column) if named else None


def _value(table: Table, row: int, role: str, name: str, label: GridCell, reading: Reading) -> Raw | None:
    column = table.columns.get((role, ""))
    cell = table.sheet.at(row, column) if column is not None else None
    text = reading.text(table.sheet, cell) if cell is not None else ""
    if cell is None or not text:
        return None
    place = table.sheet.span(row, label.column)
    return Raw(name, text, span=table.sheet.span(row, cell.column), name_span=place)


def claims(table: Table, indicators: Iterable[str], reading: Reading) -> list[Raw]:
    """Return the scores that a unit gave itself."""
    return [row.score for row in score_rows(table, indicators, reading) if row.score is not None]


def score_table(grid: Grid, schema: Schema, indicators: Iterable[str]) -> tuple[list[ScoreRow], Reading]:
    """Return the rows of all score tables of a workbook, and what was said on the way."""
    reading = Reading()
    names = list(indicators)
    kinds = [t for t in tables(grid, schema.ledgers) if t.kind == "scores"]
    return [row for table in kinds for row in score_rows(table, names, reading)], reading
