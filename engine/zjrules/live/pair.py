"""Exact fractions in a sheet: whole numbers above and below, joined by a fraction bar only in the last cell.

A pair is factor · top ÷ (den · atoms). The atoms are whole numbers greater than 0: a divisor that could be 0 makes the
top fail, so that an atom may fall out of a comparison without hiding that. Fractions with the same atoms are added and
compared without multiplying them up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

from attrs import frozen

from zjrules.interval import arith
from zjrules.interval.sets import EVERYTHING, Range, between, either, point
from zjrules.live.extent import extent
from zjrules.live.form import (
    FAIL,
    NONE,
    ONE,
    Flag,
    Form,
    Int,
    Op,
    choice,
    compared,
    joined,
    most_of,
    plus,
    scaled,
    size,
    times,
)  # fmt: skip
from zjrules.live.sheet import Sheet
from zjrules.num import Rounding, brief


@frozen
class Pair:
    """factor · top ÷ (den · atoms); can encloses the value."""

    factor: int
    top: Form
    den: int
    atoms: tuple[Form, ...]
    can: Range

    def above(self) -> Form:
        """Return the numerator."""
        return scaled(self.factor, self.top)

    def below(self) -> Form:
        """Return the denominator."""
        return scaled(self.den, product(self.atoms))


def product(forms: Iterable[Form]) -> Form:
    """Return the product of whole numbers."""
    found: Form = ONE
    for form in forms:
        found = times(found, form)
    return found


def made(factor: int, top: Form, den: int, atoms: tuple[Form, ...], can: Range) -> Pair:
    """Return a pair in lowest terms as far as its constants go."""
    if isinstance(top, Int):
        factor, top = factor * top.value, ONE
    common = gcd(factor, den)
    hull = Range((can.hull,)) if not can.is_empty else EVERYTHING
    return Pair(factor // common, top, den // common, atoms, hull)


def constant(value: Fraction) -> Pair:
    """Return a known number."""
    return Pair(value.numerator, ONE, value.denominator, (), point(value))


def _common(pairs: Sequence[Pair]) -> tuple[int, list[Form], int, tuple[Form, ...]]:
    """Return factor, tops, den and atoms with which pairs stand over one denominator."""
    den = lcm(*(p.den for p in pairs))
    union: Counter[Form] = Counter()
    for p in pairs:
        union |= Counter(p.atoms)
    factors = [p.factor * (den // p.den) for p in pairs]
    shared = gcd(*factors) or 1
    tops = []
    for p, factor in zip(pairs, factors, strict=True):
        # 0 is 0 over any denominator; one that could be 0 has made the top of its own fraction fail.
        missing = (union - Counter(p.atoms)).elements() if factor or p.top != ONE else ()
        tops.append(scaled(factor // shared, times(p.top, product(missing))))
    return shared, tops, den, tuple(union.elements())


# ---------- arithmetic ----------


def add(sheet: Sheet, a: Pair, b: Pair) -> Pair:
    """Return a + b."""
    factor, (x, y), den, atoms = _common((a, b))
    return made(factor, sheet.short(plus(x, y)), den, atoms, arith.add(a.can, b.can))


def negative(a: Pair) -> Pair:
    """Return -a."""
    return made(-a.factor, a.top, a.den, a.atoms, arith.negate(a.can))


def multiply(sheet: Sheet, a: Pair, b: Pair) -> Pair:
    """Return a × b."""
    top = sheet.short(times(a.top, b.top))
    return made(a.factor * b.factor, top, a.den * b.den, (*a.atoms, *b.atoms), arith.multiply(a.can, b.can))


def divide(sheet: Sheet, a: Pair, b: Pair) -> Pair:
    """Return a ÷ b; by 0 it fails."""
    _, (x, y), _, _ = _common((a, b))
    can = arith.divide(a.can, b.can)
    if isinstance(y, Int):
        if y.value == 0:
            return made(1, FAIL, 1, (), EVERYTHING)
        return made(-1 if y.value < 0 else 1, x, abs(y.value), (), can)
    y = sheet.row(y, "除数", "÷ 后面的数，通分以后")
    reach = extent(y)
    if reach is None or reach[0] < 0:
        x = times(x, Op("SIGN", (y,)))
    if reach is None or reach[0] <= 0 <= reach[1]:
        x = choice(compared("=", y, NONE), FAIL, x)
    if reach is None or reach[0] < 0:
        y = sheet.row(Op("ABS", (y,)), "除数的绝对值", "分母总是正数，符号放在分子")
    return made(1, sheet.short(x), 1, (y,), can)


def extreme(sheet: Sheet, most: bool, pairs: Sequence[Pair]) -> Pair:
    """Return the largest or smallest."""
    factor, tops, den, atoms = _common(pairs)
    join = arith.larger if most else arith.smaller
    top = most_of("MAX" if most else "MIN", tuple(tops))
    return made(factor, sheet.short(top), den, atoms, reduce(join, [p.can for p in pairs]))


def magnitude(a: Pair) -> Pair:
    """Return |a|."""
    top = a.top if isinstance(a.top, Int) else Op("ABS", (a.top,))
    can = arith.larger(a.can, arith.negate(a.can))
    return made(abs(a.factor), top, a.den, a.atoms, arith.larger(can, point(Fraction(0))))


def compare(sheet: Sheet, op: str, a: Pair, b: Pair) -> Form:
    """Return a op b, by cross-multiplication."""
    _, (x, y), _, _ = _common((a, b))
    written = {"≤": "<=", "≥": ">=", "≠": "<>"}.get(op, op)
    return sheet.short(compared(written, x, y))


def either_of(sheet: Sheet, test: Form, a: Pair, b: Pair) -> Pair:
    """Return a where test holds, b where not."""
    if isinstance(test, Flag):
        return a if test.value else b
    test = sheet.row(test, "条件", "成立是 TRUE，不成立是 FALSE") if size(test) > 1 else test
    can = either(a.can, b.can)
    if Counter(a.atoms) == Counter(b.atoms):
        factor, (x, y), den, atoms = _common((a, b))
        return made(factor, sheet.short(choice(test, x, y)), den, atoms, can)
    den = lcm(a.den, b.den)
    x, y = scaled(a.factor * (den // a.den), a.top), scaled(b.factor * (den // b.den), b.top)
    below = choice(test, product(a.atoms), product(b.atoms))
    # Each branch keeps its own denominator: the other one's may be 0 here.
    atom = sheet.row(below, "分母", "随条件而定的分母")
    return made(1, sheet.short(choice(test, x, y)), den, () if atom == ONE else (atom,), can)


def required(sheet: Sheet, test: Form, a: Pair) -> Pair:
    """Return a where test holds; where not, there is no value."""
    return Pair(a.factor, sheet.short(choice(test, a.top, FAIL)), a.den, a.atoms, a.can)


# ---------- rounding ----------

_STEP_UP = between(Fraction(0), Fraction(1))


def floor(sheet: Sheet, above: Form, below: Form, can: Range, name: str) -> Form:
    """Return ⌊above ÷ below⌋; can encloses it."""
    if below == ONE:
        return above
    if isinstance(above, Int) and isinstance(below, Int):
        return Int(above.value // below.value)
    above = sheet.row(above, f"{name} 被除数", "整除的被除数")
    below = sheet.row(below, f"{name} 除数", "整除的除数")
    form = Op("FLOOR", (above, below))
    said = "被除数 ÷ 除数 的整数部分；商有尾差时按余数校正"
    reach, hull = extent(form), can.hull
    if reach is None:
        return sheet.row(form, name, said)
    lo = reach[0] if hull.lo is None else max(reach[0], hull.lo.numerator // hull.lo.denominator)
    hi = reach[1] if hull.hi is None else min(reach[1], -(-hull.hi.numerator // hull.hi.denominator))
    return sheet.row(form, name, said, within=(lo, hi))


def whole(sheet: Sheet, a: Pair, up: bool) -> Pair:
    """Return a rounded down or up to a whole number."""
    if up:
        return negative(whole(sheet, negative(a), False))
    can = arith.floor_range(a.can)
    return made(1, floor(sheet, a.above(), a.below(), can, "向下取整"), 1, (), can)


def rounded(sheet: Sheet, a: Pair, quantum: Fraction, mode: Rounding) -> Pair:
    """Return a rounded by its magnitude to a multiple of quantum."""
    can = arith.round_range(a.can, quantum, mode)
    ones = arith.scale(a.can, 1 / quantum)
    units = made(a.factor * quantum.denominator, a.top, a.den * quantum.numerator, a.atoms, ones)
    if units.den == 1 and not units.atoms:
        return made(quantum.numerator * units.factor, units.top, quantum.denominator, (), can)
    above = sheet.row(units.above(), "得数 分子", f"以 {brief(quantum)} 为 1 的得数，舍入以前")
    below = sheet.row(units.below(), "得数 分母", f"以 {brief(quantum)} 为 1 的得数，舍入以前")
    sign: Form = ONE
    if isinstance(above, Int):
        sign, above = Int(-1 if above.value < 0 else 1), Int(abs(above.value))
    elif not _surely_positive(above, ones):
        sign, above = Op("SIGN", (above,)), sheet.row(Op("ABS", (above,)), "得数 分子的绝对值", "按绝对值舍入")
    size = arith.larger(arith.larger(ones, arith.negate(ones)), point(Fraction(0)))
    found = _ROUND[mode](sheet, above, below, arith.add(size, _STEP_UP))
    return made(quantum.numerator, sheet.short(times(found, sign)), quantum.denominator, (), can)


def _surely_positive(above: Form, can: Range) -> bool:
    reach, lo = extent(above), can.hull.lo
    return (reach is not None and reach[0] >= 0) or (lo is not None and lo >= 0)


def _half_up(sheet: Sheet, n: Form, d: Form, can: Range) -> Form:
    return floor(sheet, plus(scaled(2, n), d), scaled(2, d), can, "四舍五入")


def _half_even(sheet: Sheet, n: Form, d: Form, can: Range) -> Form:
    above = sheet.row(plus(scaled(2, n), d), "五成双 被除数", "2 × 分子 + 分母")
    below = sheet.row(scaled(2, d), "五成双 除数", "2 × 分母")
    found = floor(sheet, above, below, can, "四舍五入")
    half = floor(sheet, found, Int(2), EVERYTHING, "取半")
    tie = compared("=", _rest(above, below, found), NONE)
    odd = compared("<>", scaled(2, half), found)
    return sheet.row(choice(joined(False, [tie, odd]), plus(found, Int(-1)), found), "五成双", "恰好一半的取双数")


def _rest(above: Form, below: Form, found: Form) -> Form:
    if isinstance(above, Int) and isinstance(below, Int):
        return Int(above.value % below.value)
    return Op("REST", (above, below, found))


def _down(sheet: Sheet, n: Form, d: Form, can: Range) -> Form:
    return floor(sheet, n, d, can, "去尾")


def _up(sheet: Sheet, n: Form, d: Form, can: Range) -> Form:
    return floor(sheet, plus(plus(n, d), Int(-1)), d, can, "进一")


_ROUND: dict[Rounding, Callable[[Sheet, Form, Form, Range], Form]] = {
    Rounding.HALF_UP: _half_up,
    Rounding.HALF_EVEN: _half_even,
    Rounding.DOWN: _down,
    Rounding.UP: _up,
}


def count_true(sheet: Sheet, truths: Sequence[Form]) -> Pair:
    """Return how many conditions hold."""
    form: Form = NONE
    for truth in truths:
        form = plus(form, choice(truth, ONE, NONE))
    return made(1, sheet.short(form), 1, (), between(Fraction(0), Fraction(len(truths))))
