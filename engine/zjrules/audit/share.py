"""How the points of a unit part: proved, agreeing on its own word, not checkable, contradicted, not claimed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from attrs import astuple, frozen

from zjrules.audit.sheet import Row
from zjrules.value import DROPPED, Problem, Unknown, Value, range_of

NOTHING = Fraction(0)


@frozen
class Share:
    """Points by what can be said of them; all of them together are the full points."""

    proved: Fraction = NOTHING
    """Claimed, and what has evidence gives them."""
    stated: Fraction = NOTHING
    """Claimed, and the facts give them, on the unit's own word."""
    open: Fraction = NOTHING
    """Claimed, and nothing can be said for want of facts."""
    contradicted: Fraction = NOTHING
    """Claimed though the rules do not give them, or given by the rules and not claimed."""
    taken: Fraction = NOTHING
    """Points that the unit itself took off, and no fact says otherwise."""
    unclaimed: Fraction = NOTHING
    """No score was claimed."""
    dropped: Fraction = NOTHING
    """Not counted for this unit (不计入)."""

    @property
    def full(self) -> Fraction:
        """The sum."""
        return sum(astuple(self), NOTHING)


def of_row(row: Row) -> Share:
    """Part the points of one indicator.

    The points are a line from 0 to full: up to what the rules give at least and the unit claims, both agree; between the
    least and the most that the rules can give, nothing can be said; what lies outside is contradicted.
    """
    points, claim = row.points, row.claim
    if isinstance(row.recomputed, Problem) and row.recomputed.kind == DROPPED:
        return Share(dropped=points)
    if claim is None:
        return Share(unclaimed=points)
    if not 0 <= claim <= points:
        return Share(contradicted=points)
    least, most = ends(row.recomputed, points)
    agreed = min(claim, least)
    proved = min(agreed, ends(row.proved, points)[0])
    return Share(
        proved=proved,
        stated=agreed - proved,
        open=max(NOTHING, min(claim, most) - least),
        contradicted=max(NOTHING, claim - most) + max(NOTHING, least - claim),
        taken=points - max(claim, least),
    )


def ends(value: Value, points: Fraction) -> tuple[Fraction, Fraction]:
    """Return the least and the most that a score can be, within 0 and its points."""
    if isinstance(value, Unknown) and not range_of(value).is_empty:
        hull = range_of(value).hull
        low, high = hull.lo, hull.hi
    elif isinstance(value, Fraction):
        low = high = value
    else:
        low = high = None
    return (_within(low, NOTHING, points), _within(high, points, points))


def _within(end: Fraction | None, otherwise: Fraction, points: Fraction) -> Fraction:
    return otherwise if end is None else min(max(end, NOTHING), points)


def of_all(rows: Iterable[Row]) -> Share:
    """Part the points of all indicators."""
    shares = [astuple(of_row(row)) for row in rows if row.kind == "indicator"]
    return Share(*(sum(column, NOTHING) for column in zip(*shares, strict=True)))
