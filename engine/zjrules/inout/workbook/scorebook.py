"""评分表: a scored unit in the layout of the official form, levels merged down, each score with its formula and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from attrs import frozen
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from zjrules.explain.columns import grades
from zjrules.explain.lines import score_text
from zjrules.explain.scorelines import ScoreLine, score_lines
from zjrules.fact import Facts
from zjrules.inout.workbook.styles import SHADE, cell_at, dress, fit_height, on_paper, put_number, put_text, saved
from zjrules.num import decimal
from zjrules.ruleset import RuleSet
from zjrules.term import rule as tr
from zjrules.trace import Trace
from zjrules.value import Value

HEADINGS = ("一级指标", "二级指标", "三级指标", "分值", "自评得分", "评分标准", "评分说明", "扣分原因", "佐证")
WIDTHS = (13.0, 13.0, 25.0, 6.0, 9.0, 32.0, 38.0, 22.0, 27.0)
POINTS, SCORE = 4, 5
FIRST = 4
"""The first row of the table; the headings stand above it."""


@frozen
class Placed:
    """Where the score of an indicator stands, for formulas over it."""

    line: ScoreLine
    row: int
    last: int


def workbook(rules: RuleSet, facts: Facts, trace: Trace, reviewed: Trace | None = None) -> bytes:
    """Return the 评分表 of a scored unit as the bytes of an .xlsx."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    written(sheet, rules, facts, trace, reviewed)
    return saved(book)


def written(sheet: Worksheet, rules: RuleSet, facts: Facts, trace: Trace, reviewed: Trace | None) -> list[Placed]:
    """Write the score sheet; return where each indicator stands."""
    sheet.title = "评分表"
    headings = (*HEADINGS, "复核得分") if reviewed is not None else HEADINGS
    for place, size in enumerate((*WIDTHS, 9.0)[: len(headings)], 1):
        sheet.column_dimensions[get_column_letter(place)].width = size
    _head(sheet, rules, facts, headings)
    lines = score_lines(trace, facts)
    deep = any(line.middle for line in lines)
    placed: list[Placed] = []
    row = FIRST
    for line in lines:
        last = _indicator(sheet, row, line, deep)
        placed.append(Placed(line, row, last))
        row = last + 1
    _merge_levels(sheet, placed, deep)
    if reviewed is not None:
        _reviews(sheet, placed, reviewed)
    _total(sheet, row, trace, reviewed, len(headings))
    sheet.freeze_panes = f"A{FIRST}"
    on_paper(sheet, f"{FIRST - 1}:{FIRST - 1}", get_column_letter(len(headings)))
    return placed


def _head(sheet: Worksheet, rules: RuleSet, facts: Facts, headings: Sequence[str]) -> None:
    put_text(cell_at(sheet, 1, 1), f"{rules.title}　评分表")
    dress(cell_at(sheet, 1, 1), bold=True, centred=True, size=16, boxed=False)
    day = facts.head.get("填报日期", "")
    put_text(cell_at(sheet, 2, 1), f"单位：{facts.unit}　　评价年度：{rules.program.book.year}　　填报日期：{day}")
    dress(cell_at(sheet, 2, 1), boxed=False)
    for row, height in ((1, 30), (2, 20)):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(headings))
        sheet.row_dimensions[row].height = height
    for place, name in enumerate(headings, 1):
        put_text(cell_at(sheet, FIRST - 1, place), name)
        dress(cell_at(sheet, FIRST - 1, place), bold=True, centred=True, shade=SHADE)


def _indicator(sheet: Worksheet, row: int, line: ScoreLine, deep: bool) -> int:
    """Write the rows of an indicator, one for each part; return the last of them."""
    last = row + len(line.clauses) - 1
    name = f"{line.number}{line.name}"
    for place, clause in enumerate(line.clauses, row):
        third = clause.name if not deep else ""
        standard = f"{clause.name}\n{clause.standard}" if deep and clause.name else clause.standard
        texts = (line.group, line.middle if deep else name, name if deep else third, "", "", standard, clause.told, clause.lost,
                 line.proof)  # fmt: skip
        for column, text in enumerate(texts, 1):
            cell = cell_at(sheet, place, column)
            dress(cell, centred=column in (POINTS, SCORE), size=9 if column > SCORE else 10)
            if text and (place == row or column in (3, 6, 7, 8)):
                put_text(cell, text)
        shared = line.proof.count("\n") // len(line.clauses) + 1
        fit_height(
            sheet, place, [*((texts[c], WIDTHS[c]) for c in (2, 5, 6, 7)), ("\n" * (shared - 1), WIDTHS[8])], 12.5
        )
    put_number(cell_at(sheet, row, POINTS), line.points, "0.##")
    put_score(cell_at(sheet, row, SCORE), line.value, line.places)
    for column in (POINTS, SCORE, 9, *((3,) if deep else ())):
        if last > row:
            sheet.merge_cells(start_row=row, start_column=column, end_row=last, end_column=column)
    if not deep and not line.clauses[0].name:
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=3)
    return last


def _merge_levels(sheet: Worksheet, placed: list[Placed], deep: bool) -> None:
    """Merge the cells of a level down over all rows that stand under the same name."""
    keys = {
        1: lambda p: p.line.group,
        2: (lambda p: (p.line.group, p.line.middle)) if deep else (lambda p: p.line.name),
    }
    for column, key in keys.items():
        start = 0
        for place in range(1, len(placed) + 1):
            if place < len(placed) and key(placed[place]) == key(placed[start]):
                continue
            first, last = placed[start].row, placed[place - 1].last
            for row in range(first + 1, last + 1):
                cell_at(sheet, row, column).value = None
            if last > first:
                sheet.merge_cells(start_row=first, start_column=column, end_row=last, end_column=column)
            start = place


def put_score(cell: Cell, value: Value, places: int = 2) -> None:
    """Write a score: a number where it is known and ends, an interval or the reason as text."""
    if isinstance(value, Fraction) and decimal(value) is not None:
        put_number(cell, value, f"0.{'0' * places}" if places else "0")
    else:
        put_text(cell, score_text(value, places))


def _reviews(sheet: Worksheet, placed: list[Placed], reviewed: Trace) -> None:
    column = len(HEADINGS) + 1
    for place, step in zip(placed, reviewed.indicators(), strict=True):
        for row in range(place.row, place.last + 1):
            dress(cell_at(sheet, row, column), centred=True, size=10)
        put_score(cell_at(sheet, place.row, column), step.value, place.line.places)
        if place.last > place.row:
            sheet.merge_cells(start_row=place.row, start_column=column, end_row=place.last, end_column=column)


def _total(sheet: Worksheet, row: int, trace: Trace, reviewed: Trace | None, columns: int) -> None:
    texts: Mapping[int, str] = {1: "总分", 6: f"等级：{grades(trace)}", 7: _steps(trace)}
    for column in range(1, columns + 1):
        dress(cell_at(sheet, row, column), bold=True, centred=column <= SCORE, shade=SHADE)
        if texts.get(column):
            put_text(cell_at(sheet, row, column), texts[column])
    put_number(cell_at(sheet, row, POINTS), trace.program.book.full, "0.##")
    put_score(cell_at(sheet, row, SCORE), trace.total)
    if reviewed is not None:
        put_score(cell_at(sheet, row, columns), reviewed.total)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=3)
    fit_height(sheet, row, [(texts[7], WIDTHS[6])], 13)


def total_formula(
    program: tr.Program, trace: Trace, placed: list[Placed], live: frozenset[str]
) -> tuple[str, str] | None:
    """Return the cell of the total and the formula that sums the scores up; None where a spreadsheet might round otherwise.

    Every score is a multiple of what the total is rounded to, so that the sum has no tie to be rounded; and nothing but
    rounding and limits that it cannot reach is done to the sum.
    """
    rounding = next((s.term for s in trace.steps if isinstance(s.term, tr.RoundScore)), None)
    quantum = rounding.quantum if rounding is not None and rounding.mode is not None else None
    plain = all(isinstance(s.term, tr.RoundScore | tr.Regrade) for s in trace.steps)
    if quantum is None or not plain or not isinstance(trace.total, Fraction) or not live:
        return None
    places = len((decimal(quantum) or "").partition(".")[2])
    steps = trace.indicators()
    roundings = [s.term.rounding for s in steps if isinstance(s.term, tr.Indicator)]
    whole = all(r.mode is not None and (r.quantum / quantum).denominator == 1 for r in roundings)
    groups = all(g.rounding.mode is None for g in _groups(program.groups))
    if not whole or not groups or any(not isinstance(s.value, Fraction) for s in steps):
        return None
    column, last = get_column_letter(SCORE), placed[-1].last
    return f"{column}{last + 1}", f"ROUND(SUM({column}{placed[0].row}:{column}{last}),{places})"


def _groups(nodes: Sequence[tr.Group | tr.Indicator]) -> list[tr.Group]:
    found = [n for n in nodes if isinstance(n, tr.Group)]
    return found + [g for n in found for g in _groups(n.children)]


def _steps(trace: Trace) -> str:
    """Return what was done to the sum of the indicators on the way to the total."""
    told = []
    for step in trace.steps:
        match step.term:
            case tr.RoundScore(mode=mode) if mode is not None and isinstance(step.value, Fraction):
                told.append(f"各项相加，{mode.value}")
            case tr.Adjust(sign=sign) if step.note:
                told.append("加分项" if sign > 0 else "减分项")
            case tr.Clamp():
                told.append("限于满分以内")
            case _:
                pass
    return "，".join(dict.fromkeys(told))
