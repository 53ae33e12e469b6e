"""Arithmetic on columns of rationals: every operation as operations on integers.

A sum of many unrounded ratios outgrows every word; such a number is held between a lower and an upper numerator, and a row
where the two would be told apart by a comparison or a rounding is left to the exact engine (`bad`).
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from attrs import evolve, frozen

from zjrules.bulk.code import NARROW, NO, SHORT, YES, Code, Flag, Int, RefusedError, constant
from zjrules.bulk.number import ONE, Cond, Num, scaled
from zjrules.num import Rounding


def _common(a: Fraction, b: Fraction) -> tuple[Fraction, int, int]:
    """Return the largest factor of which both are multiples, and the multiples."""
    if a == 0 or b == 0:
        shared = abs(a or b) or Fraction(1)
    else:
        shared = Fraction(gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator)
    return shared, int(a / shared), int(b / shared)


def _fits(a: Num, b: Num) -> bool:
    """Return whether the product of two numbers stays well within 64 bits."""
    above = max(-a.above.lo, a.above.hi) * max(-b.above.lo, b.above.hi)
    return max(above, a.below.hi * b.below.hi) <= NARROW // 100 or (
        a.below.known is not None and b.below.known is not None
    )


def _same(a: Num, b: Num) -> bool:
    """Return whether two numbers come from the same operations: then they are equal, also where they are brackets."""

    def key(n: Num) -> tuple[object, ...]:
        return (n.factor, *((x.place, x.lo, x.hi) if x else None for x in (n.above, n.below, n.most)))

    return key(a) == key(b)


def _cancelled(a: Num, b: Num) -> tuple[Num, Num]:
    """Return two factors of a product without what stands above in one and below in the other."""
    if a.above.place is not None and a.above.place == b.below.place:
        a, b = evolve(a, above=ONE, span=None), evolve(b, below=ONE, span=None)
    if b.above.place is not None and b.above.place == a.below.place:
        a, b = evolve(a, below=ONE, span=None), evolve(b, above=ONE, span=None)
    return a, b


FINE = 10**8
"""How finely a ratio is held between two integers: a sum of weights of 1000 分 over 2,000 rows still fits 64 bits."""


def _scales(a: Num) -> tuple[int, int]:
    """Return how finely a ratio can be divided at once, and again what is left over."""
    above = max(-a.above.lo, a.above.hi, 1)
    scale = more = 1
    while scale < FINE and _holds(a.factor * scale * 10, above, a.below.hi):
        scale *= 10
    under = a.below.hi * (a.factor * scale).denominator
    while scale * more < FINE and under * more * 10 <= NARROW:
        more *= 10
    return scale, more


def _holds(times: Fraction, above: int, below: int) -> bool:
    return abs(times.numerator) * above <= NARROW and times.denominator * below <= NARROW


def _floors(low: Fraction, high: Fraction) -> tuple[int, int]:
    """Return the integers between which the floors and ceilings of all numbers between two lie."""
    return low.__floor__(), high.__ceil__()


@frozen(eq=False)
class Sums:
    """Arithmetic on numbers, written into one Code."""

    code: Code

    def over_fixed(self, a: Num, below: int) -> tuple[Int, Int]:
        """Return a as a numerator and a denominator: `below` where that holds it. A bracket is refused."""
        if a.most is not None:
            raise RefusedError
        c, times = self.code, a.factor * below / (a.below.known or 1)
        if a.below.known is not None and times.denominator == 1:
            return c.mul(a.above, constant(int(times))), constant(below)
        return c.mul(a.above, constant(a.factor.numerator)), c.mul(a.below, constant(a.factor.denominator))

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
        (x, y), (p_, q_) = a.limits, b.limits
        return Num(factor, above, below, most, bad, (x + p_, y + q_))

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
        ends = [x * y for x in a.limits for y in b.limits]
        span = min(ends), max(ends)
        if a.most is None and b.most is None:
            a, b = _cancelled(a, b)
        if a.most is None and b.most is None and _fits(a, b):
            return Num(a.factor * b.factor, c.mul(a.above, b.above), c.mul(a.below, b.below), None, bad, span)
        if a.most is None and b.most is None:
            # Too large for 64 bits as it stands: the ratio goes on between two integers.
            a, b = (self.bracket(a), b) if a.below.known is None else (a, self.bracket(b))
        a, b = (a, b) if a.most is not None else (b, a)
        return evolve(self._bracket(a, b, bad), span=span)

    def bracket(self, a: Num) -> Num:
        """Return a ratio between two integers over a power of ten, as fine as 64 bits allow; a whole number as it is."""
        c = self.code
        if a.most is not None or a.below.known is not None:
            return a
        scale, more = _scales(a)
        times = a.factor * scale
        above = c.mul(a.above, constant(times.numerator))
        below = c.mul(a.below, constant(times.denominator))
        low, high = a.limits
        found = c.floor(above, below, _floors(low * scale, high * scale))
        near = c.mul(found, below, (above.lo - below.hi, above.hi))
        rest = c.sub(above, near, (0, below.hi))
        if more > 1:
            # One more step of long division.
            rest = c.mul(rest, constant(more))
            digits = c.floor(rest, below, (0, more))
            rest = c.sub(rest, c.mul(digits, below, (rest.lo - below.hi, rest.hi)), (0, below.hi))
            found = c.add(c.mul(found, constant(more)), digits, _floors(low * scale * more, high * scale * more))
            scale *= more
        top = c.add(found, c.number(c.less(constant(0), rest)), _floors(low * scale, high * scale))
        return Num(Fraction(1, scale), found, ONE, top, a.bad, a.limits)

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
        if known == 0 or b.most is not None or (a.most is not None and b.above.lo < 0):
            return Num(Fraction(0), ONE, ONE, None, YES)
        zero = c.equal(b.above, constant(0))
        bad = c.either(c.either(a.bad, b.bad), zero)
        factor = a.factor / b.factor
        if b.above.lo >= 0:
            below = c.larger(b.above, ONE)
            if a.most is None:
                a, turned = _cancelled(a, Num(Fraction(1), b.below, below))
                return Num(factor, c.mul(a.above, turned.above), c.mul(a.below, turned.below), None, bad)
            most = a.most and c.mul(a.most, b.below)
            return Num(factor, c.mul(a.above, b.below), c.mul(a.below, below), most, bad)
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
        bad = c.either(a.bad, b.bad)
        if _same(a, b):
            return Cond(YES if op in ("=", "≤", "≥") else NO, bad)
        (low, high), (least, most) = self._sides(a, b)
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
        (x, y), (u, v) = a.limits, b.limits
        span = (max(x, u), max(y, v)) if most else (min(x, u), min(y, v))
        if a.below.place is b.below.place is None:
            factor, p, q = _common(a.factor / (a.below.known or 1), b.factor / (b.below.known or 1))
            pick = c.larger if most else c.smaller
            zero = constant(0)
            low, high = (zero, zero) if a.factor == 0 else self._ends(a, constant(p))
            least, top = (zero, zero) if b.factor == 0 else self._ends(b, constant(q))
            upper = None if a.most is b.most is None else pick(high, top)
            return Num(factor, pick(low, least), ONE, upper, bad, span)
        if a.most is not None or b.most is not None:
            test = self.compared("<" if most else ">", a, b)
            return evolve(self.chosen(test, b, a), bad=c.either(bad, test.bad), span=span)
        return evolve(self.chosen(self.compared("<" if most else ">", a, b), b, a), bad=bad, span=span)

    def chosen(self, test: Cond, a: Num, b: Num) -> Num:
        """Return a where test holds and b elsewhere; only the branch that is taken can be bad."""
        c = self.code
        bad = c.either(test.bad, c.picked(test.flag, a.bad, b.bad))
        if test.flag.known is not None:
            return evolve(a if test.flag.known else b, bad=bad)
        (x, y), (u, v) = a.limits, b.limits
        span = min(x, u), max(y, v)
        factor, p, q = _common(a.factor / (a.below.known or 1), b.factor / (b.below.known or 1))
        # A constant takes the denominator of the other branch, so that what is added later still has one in common.
        first, second = a.below, b.below
        if first.known is not None:
            first = ONE if second.known is not None else second
        if second.known is not None:
            second = first
        left = c.mul(first, constant(p)) if a.below.known is not None else constant(p)
        right = c.mul(second, constant(q)) if b.below.known is not None else constant(q)
        low, high = self._ends(a, left) if a.factor else (constant(0), constant(0))
        least, top = self._ends(b, right) if b.factor else (constant(0), constant(0))
        upper = None if a.most is b.most is None else c.chosen(test.flag, high, top)
        return Num(factor, c.chosen(test.flag, low, least), c.chosen(test.flag, first, second), upper, bad, span)

    # ---------- rounding ----------

    def rounded(self, a: Num, quantum: Fraction, mode: Rounding) -> Num:
        """Return a rounded to a multiple of quantum, by its magnitude."""
        ratio = a.factor / quantum
        if a.factor == 0 or (a.below.known is not None and (ratio / a.below.known).denominator == 1 and not a.most):
            return a
        low, high = self._ends(a, constant(ratio.numerator))
        below = self.code.mul(a.below, constant(ratio.denominator))
        within = _floors(*(end / quantum for end in a.limits))
        found = self._kept(self._nearest(low, below, mode), within)
        if a.most is None:
            return Num(quantum, found, ONE, None, a.bad)
        other = self._kept(self._nearest(high, below, mode), within)
        return Num(
            quantum, found, ONE, None, self.code.either(a.bad, self.code.opposite(self.code.equal(found, other)))
        )

    def _kept(self, found: Int, within: tuple[int, int]) -> Int:
        """Return a rounded number held to what it can be, where that is short and its own bounds are not: a clamped ratio."""
        c, (low, high) = self.code, within
        if max(-found.lo, found.hi) <= SHORT or max(-low, high) > SHORT:
            return found
        return c.smaller(c.larger(found, constant(low)), constant(high))

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
