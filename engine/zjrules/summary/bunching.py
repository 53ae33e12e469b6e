"""Totals that crowd just above the edge of a grade, told by an exact binomial tail.

Of the n units whose total lies within δ of an edge, a stand at or above it. Were either side equally likely for each, a or
more would stand above with probability P(X ≥ a), X binomial (n, 1/2): that is the tail. Where n is large it is bounded from
above by Hoeffding's inequality, e^(-2(a - n/2)²/n), with a rational below e. A slope of the distribution is no bunching and
gives a small tail too: it is a hint, not a proof.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

from attrs import frozen

from zjrules.summary.histogram import GRID, Histogram
from zjrules.term import expr as tm
from zjrules.term import rule as tr

RARE = Fraction(1, 1000)
"""A tail that is this small or smaller is told."""
MOST_EXACT = 5000
"""Up to this many units the tail is summed; beyond, it is bounded."""
_E = Fraction(2718281828, 10**9)
"""A rational just below e."""
_MOST_POWER = 200
"""Beyond this exponent the bound is small enough; its digits serve nobody."""


@frozen
class Edge:
    """An edge between grades, and the totals around it: below in [at - width, at), above in [at, at + width)."""

    grade: str
    at: Fraction
    width: Fraction
    below: int
    above: int
    histogram: Histogram

    @property
    def exact(self) -> bool:
        """Whether the tail is summed, not bounded."""
        return summed(self.below + self.above)

    @property
    def tail(self) -> Fraction:
        """The probability of so many above or more, or a bound that it does not exceed."""
        return tail(self.above, self.below + self.above)

    @property
    def crowded(self) -> bool:
        """Whether the tail is so small that it is told."""
        return self.tail <= RARE


def summed(every: int) -> bool:
    """Return whether the tail of so many units is summed, not bounded."""
    return every <= MOST_EXACT


def tail(above: int, every: int) -> Fraction:
    """Return P(X ≥ above) of a binomial (every, 1/2), exact up to MOST_EXACT and else from above."""
    if summed(every):
        term = comb(every, above)
        whole = 0
        for k in range(above, every + 1):
            whole += term
            term = term * (every - k) // (k + 1)
        return Fraction(whole, 2**every)
    twice = 2 * above - every
    power = twice * twice // (2 * every) if twice > 0 else 0
    return (1 / _E) ** min(power, _MOST_POWER)


def edges(program: tr.Program, totals: Histogram) -> list[Edge]:
    """Return the edges of the grades that are plain numbers, in the order of the grades, within a hundredth of full marks."""
    width = max(program.book.full / 100, Fraction(1, GRID))
    found = []
    for grade in program.grades:
        at = _bound(grade.limit)
        if at is not None:
            below, above = totals.count(at - width, at), totals.count(at, at + width)
            found.append(Edge(grade.name, at, width, below, above, totals))
    return found


def _bound(limit: tr.Limit | None) -> Fraction | None:
    """Return the number from which on a grade is reached; a limit that excludes its number begins at the next bin."""
    if limit is None or not isinstance(limit.bound, tm.Const) or not isinstance(limit.bound.value, Fraction):
        return None
    match limit.op:
        case "≥":
            return limit.bound.value
        case ">":
            return limit.bound.value + Fraction(1, GRID)
        case _:
            return None
