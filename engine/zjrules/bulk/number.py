"""Columns of rationals: a constant times a numerator over a positive denominator, both columns of integers.

A sum of many unrounded ratios outgrows every word; such a number is held between a lower and an upper numerator, and a row
where the two would be told apart by a comparison or a rounding is left to the exact engine (`bad`).
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from attrs import evolve, frozen

from zjrules.bulk.code import NO, YES, Code, Flag, Int, constant
from zjrules.num import Rounding

ONE = constant(1)


@frozen(eq=False)
class Num:
    """factor · above ÷ below; with `most`, above is only a lower bound and most the upper one. bad: there is no value."""

    factor: Fraction
    above: Int
    below: Int = ONE
    most: Int | None = None
    bad: Flag = NO

    @property
    def known(self) -> Fraction | None:
        """The number, when it is the same in every row."""
        if self.factor == 0:
            return Fraction(0)
        above, below = self.above.known, self.below.known
        return None if above is None or below is None or self.most else self.factor * above / below


@frozen(eq=False)
class Cond:
    """A condition or an option (the number of one in its list); bad: there is no value."""

    flag: Flag
    bad: Flag = NO


@frozen(eq=False)
class Pick:
    """An option, by its number in `options`."""

    number: Int
    options: tuple[str, ...]
    bad: Flag = NO


Value = Num | Cond | Pick


def exactly(value: Fraction) -> Num:
    """Return a number that is known now."""
    return Num(value, ONE)


def scaled(a: Num, factor: Fraction) -> Num:
    """Return a × factor, which costs nothing."""
    if factor == 0:
        return evolve(a, factor=Fraction(0), above=ONE, below=ONE, most=None)
    if a.most is not None and factor < 0:
        return evolve(a, factor=a.factor * factor)
    return evolve(a, factor=a.factor * factor)


def _common(a: Fraction, b: Fraction) -> tuple[Fraction, int, int]:
    """Return the largest factor of which both are multiples, and the multiples."""
    if a == 0 or b == 0:
        shared = abs(a or b) or Fraction(1)
    else:
        shared = Fraction(gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator)
    return shared, int(a / shared), int(b / shared)


@frozen(eq=False)
class Sums:
    """Arithmetic on numbers, written into one Code."""

    code: Code

    # ---------- + - × ÷ ----------

    def plus(self, a: Num, b: Num) -> Num:
        """Return a + b."""
        for one, other in ((a, b), (b, a)):
            if one.factor == 0:
                return evolve(other, bad=self.code.either(a.bad, b.bad))
        c = self.code
        factor, p, q = _common(a.factor, b.factor)
        bad = c.either(a.bad, b.bad)
        if a.below.place == b.below.place and a.below.known == b.below.known:
            below, left, right = a.below, constant(p), constant(q)
        else:
            below = c.mul(a.below, b.below)
            left, right = c.mul(b.below, constant(p)), c.mul(a.below, constant(q))
        ends = [self._ends(n, f) for n, f in ((a, left), (b, right))]
        above = c.add(ends[0][0], ends[1][0])
        most = None if a.most is b.most is None else c.add(ends[0][1], ends[1][1])
        return Num(factor, above, below, most, bad)

    def _ends(self, a: Num, times: Int) -> tuple[Int, Int]:
        """Return the numerator's lower and upper bound, each times what is above 0 or below 0 throughout."""
        low, high = self.code.mul(a.above, times), self.code.mul(a.most or a.above, times)
        return (high, low) if times.hi < 0 else (low, high)

    def minus(self, a: Num, b: Num) -> Num:
        """Return a - b."""
        return self.plus(a, scaled(b, Fraction(-1)))

    def times(self, a: Num, b: Num) -> Num:
        """Return a × b."""
        c = self.code
        bad = c.either(a.bad, b.bad)
        for one, other in ((a, b), (b, a)):
            if one.known is not None:
                return evolve(scaled(other, one.known), bad=bad)
        if a.most is not None or b.most is not None:
            a, b = (a, b) if a.most is not None else (b, a)
            return self._bracket(a, b, bad)
        return Num(a.factor * b.factor, c.mul(a.above, b.above), c.mul(a.below, b.below), None, bad)

    def _bracket(self, a: Num, b: Num, bad: Flag) -> Num:
        """Return a bracket times a number that is exact and 0 or more; others are left to the exact engine."""
        c = self.code
        if b.most is not None or b.above.lo < 0:
            return Num(Fraction(0), ONE, ONE, None, YES)
        below = c.mul(a.below, b.below)
        assert a.most is not None
        return Num(a.factor * b.factor, c.mul(a.above, b.above), below, c.mul(a.most, b.above), bad)

    def over(self, a: Num, b: Num) -> Num:
        """Return a ÷ b; a division by 0 is bad."""
        c = self.code
        known = b.known
        if known is not None and known != 0:
            return evolve(scaled(a, 1 / known), bad=c.either(a.bad, b.bad))
        if known == 0 or b.most is not None or a.most is not None:
            return Num(Fraction(0), ONE, ONE, None, YES)
        zero = c.equal(b.above, constant(0))
        bad = c.either(c.either(a.bad, b.bad), zero)
        factor = a.factor / b.factor
        if b.above.lo >= 0:
            below = c.larger(b.above, ONE)
            return Num(factor, c.mul(a.above, b.below), c.mul(a.below, below), None, bad)
        size = c.larger(c.magnitude(b.above), ONE)
        sign = c.chosen(c.less(b.above, constant(0)), constant(-1), ONE)
        return Num(factor, c.mul(c.mul(a.above, sign), b.below), c.mul(a.below, size), None, bad)

    # ---------- order ----------

    def _sides(self, a: Num, b: Num) -> tuple[tuple[Int, Int], tuple[Int, Int]]:
        """Return both numbers as integers over one positive denominator, lower and upper bound."""
        c = self.code
        _, p, q = _common(a.factor, b.factor)
        if a.below.place == b.below.place and a.below.known == b.below.known:
            left, right = constant(p), constant(q)
        else:
            left, right = c.mul(b.below, constant(p)), c.mul(a.below, constant(q))
        zero = constant(0)
        first = (zero, zero) if a.factor == 0 else self._ends(a, left)
        second = (zero, zero) if b.factor == 0 else self._ends(b, right)
        return first, second

    def compared(self, op: str, a: Num, b: Num) -> Cond:
        """Return a op b; a bracket that straddles the edge is bad."""
        c = self.code
        (low, high), (least, most) = self._sides(a, b)
        bad = c.either(a.bad, b.bad)
        found = self._relation(op, low, least)
        if a.most is None and b.most is None:
            return Cond(found, bad)
        corners = [self._relation(op, x, y) for x in (low, high) for y in (least, most)]
        if op in ("=", "≠"):
            touch = c.both(c.least(low, most), c.least(least, high))
            surely = c.both(c.both(c.equal(low, high), c.equal(least, most)), c.equal(low, least))
            return Cond(found, c.either(bad, c.both(touch, c.opposite(surely))))
        for corner in corners[1:]:
            bad = c.either(bad, c.opposite(self._same(found, corner)))
        return Cond(found, bad)

    def _same(self, a: Flag, b: Flag) -> Flag:
        return self.code.picked(a, b, self.code.opposite(b))

    def _relation(self, op: str, a: Int, b: Int) -> Flag:
        c = self.code
        match op:
            case "<":
                return c.less(a, b)
            case "≤":
                return c.least(a, b)
            case ">":
                return c.less(b, a)
            case "≥":
                return c.least(b, a)
            case "=":
                return c.equal(a, b)
            case _:
                return c.opposite(c.equal(a, b))

    def extreme(self, most: bool, a: Num, b: Num) -> Num:
        """Return the larger or smaller of two."""
        c = self.code
        bad = c.either(a.bad, b.bad)
        if a.below.place is b.below.place is None:
            factor, p, q = _common(a.factor / (a.below.known or 1), b.factor / (b.below.known or 1))
            pick = c.larger if most else c.smaller
            zero = constant(0)
            low, high = (zero, zero) if a.factor == 0 else self._ends(a, constant(p))
            least, top = (zero, zero) if b.factor == 0 else self._ends(b, constant(q))
            upper = None if a.most is b.most is None else pick(high, top)
            return Num(factor, pick(low, least), ONE, upper, bad)
        if a.most is not None or b.most is not None:
            test = self.compared("<" if most else ">", a, b)
            return evolve(self.chosen(test, b, a), bad=c.either(bad, test.bad))
        return evolve(self.chosen(self.compared("<" if most else ">", a, b), b, a), bad=bad)

    def chosen(self, test: Cond, a: Num, b: Num) -> Num:
        """Return a where test holds and b elsewhere; only the branch that is taken can be bad."""
        c = self.code
        bad = c.either(test.bad, c.picked(test.flag, a.bad, b.bad))
        if test.flag.known is not None:
            return evolve(a if test.flag.known else b, bad=bad)
        factor, p, q = _common(a.factor / (a.below.known or 1), b.factor / (b.below.known or 1))
        low, high = self._ends(a, constant(p)) if a.factor else (constant(0), constant(0))
        least, top = self._ends(b, constant(q)) if b.factor else (constant(0), constant(0))
        upper = None if a.most is b.most is None else c.chosen(test.flag, high, top)
        first = ONE if a.below.known is not None else a.below
        second = ONE if b.below.known is not None else b.below
        return Num(factor, c.chosen(test.flag, low, least), c.chosen(test.flag, first, second), upper, bad)

    # ---------- rounding ----------

    def rounded(self, a: Num, quantum: Fraction, mode: Rounding) -> Num:
        """Return a rounded to a multiple of quantum, by its magnitude."""
        ratio = a.factor / quantum
        if a.factor == 0 or (a.below.known is not None and (ratio / a.below.known).denominator == 1 and not a.most):
            return a
        low, high = self._ends(a, constant(ratio.numerator))
        below = self.code.mul(a.below, constant(ratio.denominator))
        found = self._nearest(low, below, mode)
        if a.most is None:
            return Num(quantum, found, ONE, None, a.bad)
        other = self._nearest(high, below, mode)
        return Num(
            quantum, found, ONE, None, self.code.either(a.bad, self.code.opposite(self.code.equal(found, other)))
        )

    def _nearest(self, above: Int, below: Int, mode: Rounding) -> Int:
        c = self.code
        size = c.magnitude(above)
        match mode:
            case Rounding.HALF_UP:
                found = c.floor(c.add(c.add(size, size), below), c.add(below, below))
            case Rounding.DOWN:
                found = c.floor(size, below)
            case Rounding.UP:
                found = c.negative(c.floor(c.negative(size), below))
            case Rounding.HALF_EVEN:
                twice = c.add(below, below)
                top = c.add(c.add(size, size), below)
                found = c.floor(top, twice)
                tie = c.equal(c.mul(found, twice), top)
                odd = c.sub(found, c.mul(c.floor(found, constant(2)), constant(2)))
                found = c.chosen(tie, c.sub(found, odd), found)
        return found if above.lo >= 0 else c.chosen(c.less(above, constant(0)), c.negative(found), found)

    def whole(self, a: Num, up: bool) -> Num:
        """Return ⌊a⌋ or, up, ⌈a⌉."""
        c = self.code
        below = c.mul(a.below, constant(a.factor.denominator))
        low, high = self._ends(a, constant(a.factor.numerator)) if a.factor else (constant(0), constant(0))
        found, other = (c.negative(c.floor(c.negative(x), below)) if up else c.floor(x, below) for x in (low, high))
        bad = a.bad if a.most is None else c.either(a.bad, c.opposite(c.equal(found, other)))
        return Num(Fraction(1), found, ONE, None, bad)

    def magnitude(self, a: Num) -> Num:
        """Return |a|."""
        if a.most is not None:
            return Num(Fraction(0), ONE, ONE, None, YES)
        return Num(abs(a.factor), self.code.magnitude(a.above), a.below, None, a.bad)
