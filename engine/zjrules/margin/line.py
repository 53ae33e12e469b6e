"""What a value is as a function of one fact x near a point: (a·x + b) ÷ (c·x + d), exactly, and where that stops to hold."""

from __future__ import annotations

from fractions import Fraction

from attrs import define, field, frozen

ZERO, ONE = Fraction(0), Fraction(1)


class AnotherKindError(Exception):
    """The rule is no such function of the fact here: never seen outside this package."""


class NoValueError(Exception):
    """There is no value at the point: a fact is missing, or nothing can be computed. Never seen outside this package."""


@frozen
class Line:
    """(a·x + b) ÷ (c·x + d); the denominator is above 0 at the point that it was made for."""

    a: Fraction
    b: Fraction
    c: Fraction = ZERO
    d: Fraction = ONE

    @property
    def steady(self) -> Fraction | None:
        """The value when it does not depend on x."""
        if self.a * self.d != self.b * self.c:
            return None
        return self.b / self.d if self.d else self.a / self.c

    def at(self, x: Fraction) -> Fraction | None:
        """Return the value at x, None where there is none."""
        below = self.c * x + self.d
        return (self.a * x + self.b) / below if below else None

    def where(self, value: Fraction) -> Fraction | None:
        """Return the x at which the value is reached; None where it is nowhere or everywhere."""
        slope = self.a - value * self.c
        return (value * self.d - self.b) / slope if slope else None


def constant(value: Fraction) -> Line:
    """Return a value that does not depend on x."""
    return Line(ZERO, value)


def scaled(line: Line, k: Fraction) -> Line:
    """Return k × line."""
    return Line(line.a * k, line.b * k, line.c, line.d)


def plus(one: Line, two: Line) -> Line:
    """Return the sum."""
    for first, second in ((one, two), (two, one)):
        value = first.steady
        if value is not None:
            return Line(second.a + value * second.c, second.b + value * second.d, second.c, second.d)
    if one.c * two.d != two.c * one.d:
        raise AnotherKindError
    ratio = one.d / two.d if two.d else one.c / two.c
    return Line(one.a + two.a * ratio, one.b + two.b * ratio, one.c, one.d)


def times(one: Line, two: Line) -> Line:
    """Return the product."""
    for first, second in ((one, two), (two, one)):
        value = first.steady
        if value is not None:
            return scaled(second, value)
    if (one.a and two.a) or (one.c and two.c):
        raise AnotherKindError
    above = (one.a * two.b + one.b * two.a, one.b * two.b)
    return Line(*above, one.c * two.d + one.d * two.c, one.d * two.d)


@frozen
class Guard:
    """The sign of p·x + q was asked for."""

    p: Fraction
    q: Fraction

    @property
    def root(self) -> Fraction | None:
        """Where the sign changes."""
        return -self.q / self.p if self.p else None


def test(op: str, sign: int) -> bool:
    """Return whether a number of a sign is op 0."""
    return {"<": sign < 0, "≤": sign <= 0, ">": sign > 0, "≥": sign >= 0, "=": sign == 0, "≠": sign != 0}[op]


@define(eq=False)
class Spot:
    """A point, and on which side of it one stands: 0 on it, 1 just above, -1 just below. Guards are what was decided there."""

    x: Fraction
    side: int = 0
    guards: list[Guard] = field(factory=list)
    made: list[object] = field(factory=list)
    """All that was decided, in order, whether it can change or not."""

    def sign(self, p: Fraction, q: Fraction) -> int:
        """Return the sign of p·x + q."""
        value = p * self.x + q
        if not value and self.side:
            value = p * self.side
        return (value > 0) - (value < 0)

    def decide(self, op: str, one: Line, two: Line, kink: bool = False) -> bool:
        """Return whether one op two, and note on what that rests. At a kink a value bends, and nothing is decided."""
        gap = plus(one, scaled(two, -ONE))
        found = test(op, self.sign(gap.a, gap.b))
        if not kink:
            self.made.append(found)
        if gap.a:
            self.guards.append(Guard(gap.a, gap.b))
        return found

    def over(self, one: Line, two: Line) -> Line:
        """Return the quotient."""
        sign = self.sign(two.a, two.b)
        if not sign:
            raise NoValueError
        if two.a:
            self.guards.append(Guard(two.a, two.b))
        turned = Line(two.c * sign, two.d * sign, two.a * sign, two.b * sign)
        return times(one, turned)

    def floor(self, line: Line) -> Line:
        """Return the greatest integer not above."""
        value = line.at(self.x)
        if value is None:
            raise NoValueError
        whole = Fraction(value.numerator // value.denominator)
        gap = plus(line, constant(-whole))
        if self.sign(gap.a, gap.b) < 0:
            whole -= 1
        self.made.append(whole)
        self.decide("≥", line, constant(whole))
        self.decide("<", line, constant(whole + 1))
        return constant(whole)
