"""评分表 with live scores: two more sheets, 取数 and 计算, and formulas in the place of the scores.

A score that a spreadsheet cannot work out exactly stays a value, with the reason in a note and in a list under 取数.
"""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.worksheet import Worksheet

from zjrules.fact import Facts
from zjrules.inout.workbook.scorebook import SCORE, Placed, total_formula, written
from zjrules.inout.workbook.styles import (
    OPEN,
    SHADE,
    UNLOCKED,
    cell_at,
    dress,
    fit_height,
    on_paper,
    protect,
    put_text,
    saved,
)  # fmt: skip
from zjrules.live.book import Live, compiled
from zjrules.ruleset import RuleSet
from zjrules.trace import Trace

INPUTS, CALCS = "取数", "计算"
FIRST = 3
"""The first row of the rows on both sheets; the headings stand above it."""
_ABOUT = (
    "得分是公式：改了淡黄的数（按“单位”一栏的最小单位填整数），评分表的得分跟着变。改得太多、填得不对的，得分出 #N/A，"
    "那就改事实，用 zjrules report --live 重新做一份。"
)


def workbook(rules: RuleSet, facts: Facts, trace: Trace, reviewed: Trace | None = None) -> bytes:
    """Return the 评分表 with live scores as the bytes of an .xlsx."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    placed = written(sheet, rules, facts, trace, reviewed)
    live = compiled(rules.program, facts, trace, lambda n: f"{INPUTS}!C{n + FIRST}", lambda n: f"{CALCS}!C{n + FIRST}")
    kept = _scores(sheet, placed, live)
    total = total_formula(rules.program, trace, placed, frozenset(live.scores))
    if total is not None:
        place, formula = total
        kept |= _formula(sheet, place, formula)
    _inputs(book.create_sheet(INPUTS), live)
    _calcs(book.create_sheet(CALCS), live)
    book.calculation = CalcProperties(fullCalcOnLoad=True)
    return saved(book, {sheet.title: kept})


def _scores(sheet: Worksheet, placed: list[Placed], live: Live) -> dict[str, str]:
    """Put the formulas in the place of the scores; return the values that they have now, by cell."""
    kept: dict[str, str] = {}
    for each in placed:
        cell = cell_at(sheet, each.row, SCORE)
        formula = live.scores.get(each.line.name)
        if formula is not None:
            kept |= _formula(sheet, cell.coordinate, formula)
        elif cell.data_type == "n":
            cell.comment = Comment(f"写成数，不是公式：{live.values.get(each.line.name, '')}", "zjrules")
    return kept


def _formula(sheet: Worksheet, place: str, formula: str) -> dict[str, str]:
    """Replace a value by a formula; return the value that stood there where a cell can hold it (4.761904… it cannot)."""
    cell = sheet[place]
    kept = {place: str(cell.value)} if cell.data_type == "n" else {}
    cell.value = f"={formula}"
    cell.number_format = "0.00" if not kept else cell.number_format
    return kept


def _head(sheet: Worksheet, headings: Mapping[str, float], about: str) -> None:
    put_text(cell_at(sheet, 1, 1), about)
    dress(cell_at(sheet, 1, 1), boxed=False)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings))
    fit_height(sheet, 1, [(about, sum(headings.values()))])
    for place, (name, size) in enumerate(headings.items(), 1):
        put_text(cell_at(sheet, FIRST - 1, place), name)
        dress(cell_at(sheet, FIRST - 1, place), bold=True, centred=True, shade=SHADE)
        sheet.column_dimensions[cell_at(sheet, FIRST - 1, place).column_letter].width = size
    sheet.freeze_panes = f"A{FIRST}"


def _inputs(sheet: Worksheet, live: Live) -> None:
    _head(sheet, {"名称": 44, "事实的值": 26, "取数": 22, "单位": 24}, _ABOUT)
    for row, each in enumerate(live.inputs, FIRST):
        for column, text in ((1, each.name), (2, each.shown), (4, each.unit)):
            put_text(cell_at(sheet, row, column), text)
            dress(cell_at(sheet, row, column))
        cell = cell_at(sheet, row, 3)
        dress(cell, shade=OPEN)
        cell.protection = UNLOCKED
        if isinstance(each.number, int):
            cell.value = each.number
        else:
            put_text(cell, each.number)
    row = FIRST + len(live.inputs) + 1
    for name, why in live.values.items():
        put_text(cell_at(sheet, row, 1), f"「{name}」写成数，不是公式：{why}")
        dress(cell_at(sheet, row, 1), boxed=False)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=4)
        row += 1
    protect(sheet)
    on_paper(sheet, f"{FIRST - 1}:{FIRST - 1}", "D", landscape=False)


def _calcs(sheet: Worksheet, live: Live) -> None:
    _head(sheet, {"名称": 50, "算式": 60, "结果": 22}, "每一步都是整数；分数写成分子、分母两行，比大小用交叉相乘。")
    for row, each in enumerate(live.calcs, FIRST):
        for column, text in ((1, each.name), (2, each.said)):
            put_text(cell_at(sheet, row, column), text)
            dress(cell_at(sheet, row, column))
        cell = cell_at(sheet, row, 3)
        dress(cell)
        cell.value = f"={each.formula}"
        fit_height(sheet, row, [(each.name, 50), (each.said, 60)])
    protect(sheet)
    on_paper(sheet, f"{FIRST - 1}:{FIRST - 1}", "C", landscape=False)
