"""The sheet of one ledger: its headings, what to fill, and the rows of a unit."""

from __future__ import annotations

import re

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from zjrules.fact import Asked, AskedLedger, Fact, Facts, Table
from zjrules.inout.workbook.entry import form_of, input_cell, put_value, unit_of, validation
from zjrules.inout.workbook.labels import EVIDENCE, STATUS, heading
from zjrules.inout.workbook.rows import NONE, OPEN
from zjrules.inout.workbook.styles import OPEN as FILL
from zjrules.inout.workbook.styles import (
    SHADE,
    UNLOCKED,
    cell_at,
    dress,
    fit_height,
    lines,
    on_paper,
    protect,
    put_text,
)
from zjrules.unit import MONEY_DIM, Choice, Number, Truth, type_text

HEADINGS = 7
"""The row of the headings."""
LAST_ROW = 5000
"""Input is checked down to this row."""
GIVEN = "已填"
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
MOST_NAME = 31


def sheet_name(name: str) -> str:
    """Return a name that a sheet can have."""
    return _NOT_IN_NAMES.sub("·", name)[:MOST_NAME].strip("'") or "明细"


def sheet(book: Workbook, asked: AskedLedger, facts: Facts | None, title: str) -> None:
    """Add the sheet of a ledger, with a unit's rows where there are some."""
    table = facts.ledgers.get(asked.name) if facts is not None else None
    page = book.create_sheet(sheet_name(asked.name))
    columns = _columns(asked, table)
    widths = [_width(asked.columns[c], part, n) for n, (c, part) in enumerate(columns, 1)]
    _captions(page, asked, table, title, widths)
    for place, (column, part) in enumerate(columns, 1):
        _column(page, place, asked.columns[column], part)
    for place, row in enumerate(table.rows or () if table is not None else (), HEADINGS + 1):
        for number, (column, part) in enumerate(columns, 1):
            _put(page, place, number, row.get(column), asked.columns[column], part)
    page.freeze_panes = f"B{HEADINGS + 1}"
    protect(page)
    on_paper(page, f"{HEADINGS}:{HEADINGS}", get_column_letter(len(columns)))


Column = tuple[str, str]


def _columns(asked: AskedLedger, table: Table | None) -> list[Column]:
    """Return the columns with what stands beside them: 佐证 and 理由 where asked for, all else where a row has it."""
    found: list[Column] = []
    rows = table.rows or () if table is not None else ()
    for name, column in asked.columns.items():
        facts = [row[name] for row in rows if name in row]
        parts = {
            "佐证": bool(column.evidence) or any(f.reference for f in facts),
            "理由": column.needs_reason or any(f.reason for f in facts),
            "出处": any(f.source for f in facts),
            "复核": any(f.review for f in facts),
            "复核理由": any(f.review for f in facts),
        }
        found += [(name, ""), *((name, part) for part, there in parts.items() if there)]
    return found


def _captions(page: Worksheet, asked: AskedLedger, table: Table | None, title: str, widths: list[float]) -> None:
    columns = len(widths)
    status = OPEN if table is None or table.rows is None else GIVEN if table.rows else NONE
    note = "；".join(t for t in (asked.note, f"佐证：{asked.evidence}" if asked.evidence else "") if t)
    put_text(cell_at(page, 1, 1), f"{title}　明细：{asked.name}")
    dress(cell_at(page, 1, 1), bold=True, size=14, boxed=False)
    put_text(
        cell_at(page, 2, 1), f"一行一笔。{note}。一笔也没有的，把「{STATUS}」改成「{NONE}」。".replace("。。", "。")
    )
    dress(cell_at(page, 2, 1), boxed=False)
    page.row_dimensions[1].height = 26
    fit_height(page, 2, [(cell_at(page, 2, 1).value or "", sum(widths))])  # type: ignore[list-item]
    for row in (1, 2):
        page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=max(columns, 4))
    for row, label, value in ((3, STATUS, status), (4, EVIDENCE, table.reference if table else ""), (5, "出处", "")):
        put_text(cell_at(page, row, 1), label)
        dress(cell_at(page, row, 1), bold=True, shade=SHADE)
        put_text(cell_at(page, row, 2), value)
        dress(cell_at(page, row, 2), shade=FILL)
        input_cell(cell_at(page, row, 2), "@")
        page.merge_cells(start_row=row, start_column=2, end_row=row, end_column=max(2, min(columns, 4)))
    rule = DataValidation("list", f'"{OPEN},{GIVEN},{NONE}"', allow_blank=True, showErrorMessage=True)
    rule.add("B3")
    page.add_data_validation(rule)


def written(asked: Asked, part: str) -> str:
    """Return the heading of a column; amounts carry their unit."""
    if part:
        return f"{asked.name}（{part}）"
    unit = unit_of(asked)
    kind = asked.type
    with_unit = isinstance(kind, Number) and unit and unit != "%" and not heading(asked.name).unit
    return f"{asked.name}（{unit}）" if with_unit else asked.name


def _hint(asked: Asked, part: str) -> str:
    if part == "佐证":
        return asked.evidence or "材料的名称和页码"
    if part:
        return ""
    kind = asked.type
    text = "是 或 否" if isinstance(kind, Truth) else type_text(kind)
    text = "金额" if isinstance(kind, Number) and kind.dim == MONEY_DIM else text
    limits = f"，{asked.limits_text}" if asked.limits_text else ""
    return "\n".join(t for t in (f"{text}{limits}", asked.note) if t)


def _width(asked: Asked, part: str, place: int) -> float:
    if part in ("理由", "复核理由"):
        return 20
    if place == 1:
        return 24
    return 13 if isinstance(asked.type, Choice | Truth) and not part else 15


def _column(page: Worksheet, place: int, asked: Asked, part: str) -> None:
    letter = get_column_letter(place)
    name, hint = written(asked, part), _hint(asked, part)
    size = _width(asked, part, place)
    look = page.column_dimensions[letter]
    look.width = size
    look.number_format = form_of(asked) if part in ("", "复核") else "@"
    look.protection = UNLOCKED
    put_text(cell_at(page, HEADINGS - 1, place), hint)
    dress(cell_at(page, HEADINGS - 1, place), colour="666666")
    put_text(cell_at(page, HEADINGS, place), name)
    dress(cell_at(page, HEADINGS, place), bold=True, centred=True, shade=SHADE)
    before = page.row_dimensions[HEADINGS - 1].height or 0
    page.row_dimensions[HEADINGS - 1].height = max(before, lines(hint, size) * 15.0 + 4)
    fit_height(page, HEADINGS, [(name, size)])
    rule = validation(asked) if part in ("", "复核") else None
    if rule is not None:
        rule.add(f"{letter}{HEADINGS + 1}:{letter}{LAST_ROW}")
        page.add_data_validation(rule)


def _put(page: Worksheet, row: int, place: int, fact: Fact | None, asked: Asked, part: str) -> None:
    cell = cell_at(page, row, place)
    dress(cell)
    input_cell(cell, form_of(asked) if part in ("", "复核") else "@")
    if fact is None:
        return
    review = fact.review
    shown = fact if part == "" else review if part == "复核" else None
    if shown is not None:
        put_value(cell, shown, asked)
    beside = {
        "佐证": fact.reference,
        "理由": fact.reason,
        "出处": fact.source,
        "复核理由": review.reason if review else "",
    }
    if beside.get(part):
        put_text(cell, beside[part])
