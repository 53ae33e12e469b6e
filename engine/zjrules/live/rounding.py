"""Whole division and rounding in a sheet: quotients and remainders as whole numbers, no quotient is ever rounded or compared."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from zjrules.interval import arith
from zjrules.interval.sets import Range, point
from zjrules.live.extent import extent
from zjrules.live.form import (
    EASY,
    NONE,
    ONE,
    Extent,
    Form,
    Int,
    Op,
    TooLarge,
    choice,
    compared,
    plus,
    scaled,
    times,
)  # fmt: skip
from zjrules.live.pair import Pair, made, negative
from zjrules.live.sheet import Sheet
from zjrules.num import Rounding, brief


def whole(sheet: Sheet, a: Pair, up: bool) -> Pair:
    """Return a rounded down or up to a whole number."""
    if up:
        return negative(whole(sheet, negative(a), False))
    can = arith.floor_range(a.can)
    hull = can.hull
    within = None if hull.lo is None or hull.hi is None else (int(hull.lo), int(hull.hi))
    found = _floor(sheet, _row(sheet, a.above(), "被除数"), _row(sheet, a.below(), "除数"), "整数部分", within)
    return made(1, found, 1, (), can)


def rounded(sheet: Sheet, a: Pair, quantum: Fraction, mode: Rounding) -> Pair:
    """Return a rounded by its magnitude to a multiple of quantum."""
    can = arith.round_range(a.can, quantum, mode)
    units = made(
        a.factor * quantum.denominator,
        a.top,
        a.den * quantum.numerator,
        a.atoms,
        arith.scale(a.can, 1 / quantum),
    )
    if units.den == 1 and not units.atoms:
        return made(quantum.numerator * units.factor, units.top, quantum.denominator, (), can)
    sign = _sign(units)
    size = arith.larger(arith.larger(units.can, arith.negate(units.can)), point(Fraction(0)))
    top: Form = units.top if sign in (ONE, Int(-1)) else sheet.row(Op("ABS", (units.top,)), "绝对值", "按绝对值舍入")
    positive = Pair(abs(units.factor), top, units.den, units.atoms, size)
    try:
        found = _stepped(sheet, positive, (), quantum, mode)
    except TooLarge:
        # Multiplied up bit by bit, what is divided stays near the divisor, as in division by hand.
        found = _stepped(sheet, positive, tuple(_small_factors(positive.factor)), quantum, mode)
    return made(quantum.numerator, sheet.short(times(found, sign)), quantum.denominator, (), can)


def _sign(a: Pair) -> Form:
    """Return the sign of a fraction; that of 0 may be any."""
    reach, lo = extent(a.top), a.can.hull.lo
    way = 1 if a.factor >= 0 else -1
    if reach is not None and (reach[0] >= 0 or (lo is not None and lo >= 0 and way > 0)):
        return Int(way)
    return scaled(way, Op("SIGN", (a.top,)))


def _small_factors(number: int) -> Iterator[int]:
    while number > 1:
        factor = next((f for f in range(10, 1, -1) if number % f == 0), number)
        yield factor
        number //= factor


def _stepped(sheet: Sheet, a: Pair, factors: tuple[int, ...], quantum: Fraction, mode: Rounding) -> Form:
    """Return the rounded number of quanta of a fraction that is not negative."""
    below = _row(sheet, a.below(), "除数")
    left = 1 if not factors else a.factor
    top = a.top if factors else a.above()
    above = _row(sheet, top, "被除数", f"以 {brief(quantum)} 为 1，舍入以前" if left == 1 else "被除数，先不乘大")
    found = _floor(sheet, above, below, "商", _most(a.can, left))
    rest = _rest(sheet, above, below, found)
    for factor in factors:
        left //= factor
        above = _row(sheet, scaled(factor, rest), f"余数乘 {factor}")
        digit = _floor(sheet, above, below, "再除的商", (0, factor - 1))
        rest = _rest(sheet, above, below, digit)
        found = sheet.row(
            plus(scaled(factor, found), digit), "商", f"前一个商乘 {factor}，加再除的商", _most(a.can, left)
        )
    return _settled(sheet, mode, found, rest, below)


def _most(can: Range, left: int) -> Extent | None:
    """Return what a quotient can be while a factor is left to multiply by."""
    hi = can.hull.hi
    return None if hi is None else (0, int(hi / left) + 1)


def _settled(sheet: Sheet, mode: Rounding, found: Form, rest: Form, below: Form) -> Form:
    """Return the quotient with what its remainder adds."""
    match mode:
        case Rounding.DOWN:
            return found
        case Rounding.UP:
            test = compared(">", rest, NONE)
        case Rounding.HALF_UP:
            test = compared(">=", scaled(2, rest), below)
        case Rounding.HALF_EVEN:
            half = _floor(sheet, found, Int(2), "商的一半", None)
            odd = compared("<>", scaled(2, half), found)
            tie = choice(compared("=", scaled(2, rest), below), odd, compared(">", scaled(2, rest), below))
            test = sheet.row(tie, "是否进一", "余数过半进一，恰好一半的取双数")
        case _:
            assert_never(mode)
    return sheet.row(plus(found, choice(test, ONE, NONE)), mode.value, "商按余数舍入")


def _row(sheet: Sheet, form: Form, name: str, said: str = "") -> Form:
    return sheet.row(form, name, said or name)


def _floor(sheet: Sheet, above: Form, below: Form, name: str, within: Extent | None) -> Form:
    """Return ⌊above ÷ below⌋ of two cells; within encloses it."""
    if below == ONE:
        return above
    if isinstance(above, Int) and isinstance(below, Int):
        return Int(above.value // below.value)
    reach = extent(above)
    easy = reach is not None and max(-reach[0], reach[1]) < EASY
    form = Op("INT" if easy else "FLOOR", (above, below))
    said = "被除数 ÷ 除数 的整数部分" + ("" if easy else "；15 位以外的尾差按余数校正")
    return sheet.row(form, name, said, within if extent(form) is not None else None)


def _rest(sheet: Sheet, above: Form, below: Form, found: Form) -> Form:
    if below == ONE:
        return NONE
    if isinstance(above, Int) and isinstance(below, Int):
        return Int(above.value % below.value)
    return sheet.row(Op("REST", (above, below, found)), "余数", "被除数 - 商 × 除数")
