"""What is said relative to the year of a rule set: 评价年度, 次年5月30日. Two years are compared as of one year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from attrs import evolve

from zjrules.diff.mapped import everywhere
from zjrules.interval.sets import Piece, Range
from zjrules.num import fold
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.unit import Date, Scalar, Type, Year

_SHIFTS = {"上年": -1, "当年": 0, "次年": 1}
_RELATIVE = re.compile(r"(上年|当年|次年)\s*(\d+)\s*月\s*(\d+)\s*日")
THE_YEAR = "评价年度"


def relative(text: str, kind: Type) -> bool:
    """Return whether a constant, as it was written, moves with the year."""
    written = fold(text).strip()
    return (isinstance(kind, Date) and bool(_RELATIVE.fullmatch(written))) or (
        isinstance(kind, Year) and written == THE_YEAR
    )


def in_year(text: str, kind: Type, year: int, value: Scalar) -> Scalar:
    """Return the value of a constant in a year; value is what it is where it does not move."""
    found = _RELATIVE.fullmatch(fold(text).strip())
    if isinstance(kind, Year) and fold(text).strip() == THE_YEAR:
        return Fraction(year)
    if not isinstance(kind, Date) or found is None:
        return value
    return _day(year + _SHIFTS[found[1]], int(found[2]), int(found[3]))


def _day(year: int, month: int, day: int) -> Fraction:
    try:
        return Fraction(date(year, month, day).toordinal())
    except ValueError:  # 2月29日, which only some years have
        return Fraction(date(year, 2, 28).toordinal())


def in_the_year(program: tr.Program, year: int) -> tr.Program:
    """Return a program as of another year: what is relative to its year moves, what names a day does not.

    The declared ranges of facts stay: they hold days, and do not say whether these were relative.
    """
    if year == program.book.year:
        return program

    def change(e: tm.Expr) -> tm.Expr:
        return evolve(e, value=in_year(e.text, e.type, year, e.value)) if isinstance(e, tm.Const) else e

    params = {n: evolve(p, value=_param(p, program.params, year)) for n, p in program.params.items()}
    now = evolve(everywhere(program, change), params=params)
    return evolve(now, book=evolve(now.book, year=year))


def _param(param: tr.Param, params: Mapping[str, tr.Param], year: int) -> Scalar:
    text = param.text
    seen = {param.name}
    while text in params and text not in seen:  # 参数 乙 = 甲
        seen.add(text)
        text = params[text].text
    return in_year(text, param.type, year, param.value)


def shifted(limits: Range, kind: Type, by: int) -> Range:
    """Return a declared range of days or years as of some years later."""
    return Range(tuple(_piece(p, kind, by) for p in limits.pieces)) if isinstance(kind, Date | Year) else limits


def _piece(piece: Piece, kind: Type, by: int) -> Piece:
    low, high = (None if v is None else _moved(v, kind, by) for v in (piece.lo, piece.hi))
    return evolve(piece, lo=low, hi=high)


def _moved(value: Fraction, kind: Type, by: int) -> Fraction:
    if isinstance(kind, Year):
        return value + by
    day = date.fromordinal(int(value))
    return _day(day.year + by, day.month, day.day)


def moves(program: tr.Program) -> bool:
    """Return whether anything that scores a unit is relative to the year."""
    found = False

    def look(e: tm.Expr) -> tm.Expr:
        nonlocal found
        named = isinstance(e, tm.ParamRef) and _follows(program.params[e.name], program.params)
        found = found or named or (isinstance(e, tm.Const) and relative(e.text, e.type))
        return e

    everywhere(evolve(program, checks=()), look)
    return found


def _follows(param: tr.Param, params: Mapping[str, tr.Param]) -> bool:
    return _param(param, params, 2000) != _param(param, params, 2001)
