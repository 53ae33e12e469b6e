"""Cells that people fill: the unit and number format of a fact, what may be typed, and how a value is put in."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from zjrules.fact import Asked, Fact, State
from zjrules.inout.workbook.styles import UNLOCKED, put_number, put_ratio, put_text
from zjrules.num import decimal, fold
from zjrules.unit import MONEY_DIM, POINTS_DIM, PURE, Choice, Date, Number, Truth, Type, Year, dim_text, show, unit

Operator = Literal["between", "greaterThan", "greaterThanOrEqual", "lessThanOrEqual"]
MOST_LIST = 255
"""Characters of a list of choices that a validation holds (Excel's limit)."""
_EPOCH = 693_594
"""The ordinal of 1899-12-30, from which spreadsheets count days (ECMA-376 Part 1, 18.17.4.1)."""


def unit_of(asked: Asked) -> str:
    """Return the unit that is written beside a value: 元, %, 处 …; '' where there is none."""
    kind = asked.type
    if not isinstance(kind, Number):
        return ""
    if asked.unit:
        return asked.unit
    if not kind.dim:
        return "%" if kind.percent else ""
    return dim_text(kind.dim)


def form_of(asked: Asked) -> str:
    """Return the number format of a fact's cell."""
    match asked.type:
        case Number(percent=True):
            return "0.00##%"
        case Number(dim=d) if d == MONEY_DIM:
            return "#,##0.00"
        case Number(dim=d) if d == POINTS_DIM:
            return "0.00##"
        case Number(whole=True):
            return "#,##0"
        case Date():
            return "yyyy-mm-dd"
        case Number():
            return "General"
        case Year():
            return "0"
        case _:
            return "@"


def input_cell(cell: Cell, form: str) -> None:
    """Open a cell for input, with its number format."""
    cell.protection = UNLOCKED
    cell.number_format = form


def put_value(cell: Cell, fact: Fact, asked: Asked) -> None:
    """Write a fact's value in its unit; a missing one stays blank."""
    if fact.state is State.NOT_APPLICABLE:
        put_text(cell, "不适用")
        return
    value = fact.value
    if value is None:
        return
    if isinstance(value, bool | str):
        put_text(cell, ("是" if value else "否") if isinstance(value, bool) else value)
        return
    # A number without a unit may have been written as 95%.
    form = "0.00##%" if asked.type == PURE and "%" in fold(fact.shown) else form_of(asked)
    match asked.type:
        case Date():
            _put_date(cell, value, form)
        case Number(percent=True):
            put_ratio(cell, value, form)
        case Number():
            written = unit_of(asked)
            scale = found[1] if (found := unit(written)) is not None else Fraction(1)
            put_number(cell, value / scale, form, written)
        case kind:
            put_number(cell, value, form) if isinstance(kind, Year) else put_text(cell, show(value, kind))


def _put_date(cell: Cell, value: Fraction, form: str) -> None:
    # Days before 1900-03-01 are counted in two ways by spreadsheets; nobody hands such a date in, and text is safe.
    if value >= _EPOCH + 61:
        put_number(cell, value - _EPOCH, form)
    else:
        put_text(cell, show(value, Date()))


def limit_input(sheet: Worksheet, place: str, asked: Asked) -> None:
    """Say what may be typed in a place: a list, a date, a range of numbers."""
    rule = validation(asked)
    if rule is not None:
        rule.add(place)
        sheet.add_data_validation(rule)


def validation(asked: Asked) -> DataValidation | None:
    """Return the data validation of a fact or column.

    Lists are firm. Numbers and dates only ask again, since 89.974万元 and 2025年5月30日 are good answers too.
    """
    kind: Type = asked.type
    extra = ("不适用",) if asked.may_be_na else ()
    match kind:
        case Truth():
            return _list(("是", "否", *extra))
        case Choice(options):
            return _list((*options, *extra))
        case Date():
            return DataValidation(
                "date", "1", None, allow_blank=True, operator="greaterThan", errorStyle="warning", errorTitle="日期",
                error="要填日期，例如 2025-05-30；照旧填写请选「是」", showErrorMessage=True,
            )  # fmt: skip
        case Number():
            return _range(kind, asked)
        case _:
            return None


def _list(options: tuple[str, ...]) -> DataValidation | None:
    written = f'"{",".join(options)}"'
    if len(written) > MOST_LIST or any("," in o or '"' in o for o in options):
        return None
    return DataValidation(
        "list", written, allow_blank=True, showErrorMessage=True, errorTitle="选项", error=f"可填：{'、'.join(options)}"[:225]
    )  # fmt: skip


def _range(kind: Number, asked: Asked) -> DataValidation | None:
    if asked.limits.is_empty:
        return None
    hull = asked.limits.hull
    scale = Fraction(1) if kind.percent else (unit(unit_of(asked)) or (kind, Fraction(1)))[1]
    low, high = (None if end is None else decimal(end / scale) for end in (hull.lo, hull.hi))
    if low is None and high is None:
        return None
    operator: Operator = "between"
    if low is None or high is None:
        operator = "lessThanOrEqual" if low is None else "greaterThan" if hull.lo_open else "greaterThanOrEqual"
    return DataValidation(
        "whole" if kind.whole else "decimal", low if low is not None else high, high if low is not None else None,
        allow_blank=True, operator=operator, errorStyle="warning", errorTitle="范围", showErrorMessage=True,
        error=f"范围是 {asked.limits_text or '≥ 0'}；连单位一起填的请选「是」"[:225],
    )  # fmt: skip
