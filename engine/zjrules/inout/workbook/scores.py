"""Score tables on a sheet: indicators with their points and the scores that people gave them, in any of the usual layouts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, Severity, at
from zjrules.fact import Raw, Schema, ScoreRow, ScoreTable
from zjrules.inout.workbook.cells import Grid, GridCell
from zjrules.inout.workbook.labels import bare, is_note, is_total
from zjrules.inout.workbook.tables import Table, tables
from zjrules.inout.workbook.values import Reading
from zjrules.span import Source, Span
from zjrules.spelling import plain_form

NO_SCORES = Code("ZJ5128", "no-score-table")
SCORE_LOST = Code("ZJ5131", "score-not-used", Severity.WARNING)
TOTAL = "总分"
_POINTS_BEHIND = re.compile(r"[（(]\s*[\d.]+\s*分\s*[)）]\s*$")


def claims(table: Table, indicators: Iterable[str], reading: Reading) -> tuple[list[Raw], list[Raw]]:
    """Return the scores that a unit gave itself to the indicators of a rule set and in total, and those of a reviewer."""
    names = {plain_form(n): n for n in indicators}
    own: list[Raw] = []
    reviews: list[Raw] = []
    for row in range(table.row + 1, table.last + 1):
        label = _label(table, row, names)
        name = (TOTAL if is_total(label.text) else _known(label.text, names)) if label is not None else ""
        score = table.sheet.at(row, table.columns["自评", ""])
        if label is None or not name:
            if score is not None and score.kind == "n" and (label is None or not is_note(label.text)):
                _lost(table, score, label, reading)
            continue
        for role, found in (("自评", own), ("复核", reviews)):
            raw = _value(table, row, role, name, label, reading)
            found += [raw] if raw is not None else []
    return own, reviews


def _lost(table: Table, score: GridCell, label: GridCell | None, reading: Reading) -> None:
    what = f"「{label.text.strip()}」不是这本规则的指标" if label is not None else "这一行没有指标的名称"
    message = f"{what}，自评得分「{score.displayed}」没有用上"
    reading.problems.append(at(SCORE_LOST, table.sheet.span(score.row, score.column), message, "核对指标的名称"))


def score_table(grid: Grid, schema: Schema, indicators: Iterable[str]) -> tuple[ScoreTable | None, Diagnostics]:
    """Return the score table (评分表) of a workbook, rows of unknown indicators too; None where it has none."""
    reading = Reading()
    names = {plain_form(n): n for n in indicators}
    rows: list[ScoreRow] = []
    total: Raw | None = None
    review: Raw | None = None
    found = [t for t in tables(grid, schema.ledgers) if t.kind == "scores"]
    for table in found:
        for row in range(table.row + 1, table.last + 1):
            label = _label(table, row, names)
            if label is None or is_note(label.text):
                continue
            if is_total(label.text):
                total = _value(table, row, "自评", TOTAL, label, reading) or total
                review = _value(table, row, "复核", TOTAL, label, reading) or review
                continue
            name = _known(label.text, names) or label.text.strip()
            points, score, second = (_value(table, row, r, name, label, reading) for r in ("分值", "自评", "复核"))
            if points is not None or score is not None or second is not None:
                rows.append(ScoreRow(name, points, score, span=table.sheet.span(row, label.column), review=second))
    if not rows:
        here = (Label(Span(Source(grid.name, ""), 0, 0)),)
        help_ = "表头要有 指标、分值、自评得分"
        return None, (Diagnostic(NO_SCORES, f"「{grid.name}」里没有认得出的评分表", here, help_),)
    return ScoreTable(tuple(rows), total, grid.name, review), tuple(reading.said())


def _known(text: str, names: dict[str, str]) -> str:
    """Return the indicator or group that a label names; it may have a number before it and its points behind it."""
    forms = (plain_form(text), bare(text), bare(_POINTS_BEHIND.sub("", text)))
    return next((names[form] for form in forms if form in names), "")


def _label(table: Table, row: int, names: dict[str, str]) -> GridCell | None:
    """Return the cell that names a row: of several levels side by side the lowest that is known, else the last text."""
    before = min(c for (role, _), c in table.columns.items() if role in ("分值", "自评"))
    own = [c for c in table.sheet.rows.get(row, {}).values() if c.kind == "s" and c.column < before]
    named = [c for c in own if _known(c.text, names) or is_total(c.text)]
    return max(named or own, key=lambda c: c.column, default=None)


def _value(table: Table, row: int, role: str, name: str, label: GridCell, reading: Reading) -> Raw | None:
    column = table.columns.get((role, ""))
    cell = table.sheet.at(row, column) if column is not None else None
    text = reading.text(table.sheet, cell) if cell is not None else ""
    if cell is None or not text:
        return None
    # A reason stands beside the unit's own score: why points were taken off.
    reason = _reason(table, row, cell.column) if role == "自评" else ""
    place = table.sheet.span(row, cell.column)
    return Raw(name, text, reason=reason, span=place, name_span=table.sheet.span(row, label.column))


def _reason(table: Table, row: int, score: int) -> str:
    """Return what stands in the column for reasons beside a score; one that is merged down has a row for each part."""
    column = table.columns.get(("原因", ""))
    if column is None:
        return ""
    covered = [r for r in range(row + 1, table.last + 1) if table.sheet.merged.get((r, score)) == (row, score)]
    cells = [table.sheet.at(r, column) for r in (row, *covered)]
    return "\n".join(cell.text.strip() for cell in cells if cell is not None and cell.kind == "s" and cell.text.strip())
