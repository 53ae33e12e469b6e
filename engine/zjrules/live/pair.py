"""Exact fractions in a sheet: whole numbers above and below, joined by a fraction bar only in the last cell.

A pair is factor · top ÷ (den · atoms). The atoms are whole numbers greater than 0: a divisor that could be 0 makes the
top fail, so that an atom may fall out of a comparison without hiding that. Fractions with the same atoms are added and
compared without multiplying them up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
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
    most_of,
    plus,
    scaled,
    size,
    times,
)  # fmt: skip
from zjrules.live.sheet import Sheet


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


def count_true(sheet: Sheet, truths: Sequence[Form]) -> Pair:
    """Return how many conditions hold."""
    form: Form = NONE
    for truth in truths:
        form = sheet.short(plus(form, choice(truth, ONE, NONE)))
    return made(1, form, 1, (), between(Fraction(0), Fraction(len(truths))))
