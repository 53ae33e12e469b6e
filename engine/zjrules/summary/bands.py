"""Facts that crowd just on the better side of a band's edge, by the same test as totals around the edges of grades.

Only bands whose subject is a fact or a fact divided by another are looked at, and edges that are plain numbers: their values
are compared with the edge by multiplying, exactly. Both sides are half open and of one width, so that whole numbers have as
many values on either.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from attrs import frozen

from zjrules.bulk.frame import Cells, Frame, Ints, Known, Truths
from zjrules.bulk.grid import grid
from zjrules.summary.bunching import RARE, summed, tail
from zjrules.summary.points import Column, times
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.unit import Number

SHARE = 20
"""Either side is as wide as the edge divided by this; of whole numbers, the whole part of it."""
Counts = tuple[tuple[int, int], ...]
"""For every edge of a book the units on its worse and on its better side."""


@frozen
class BandEdge:
    """An edge of a band: of fact, or of fact ÷ under. op is how the edge is written; text too."""

    indicator: str
    op: str
    at: Fraction
    text: str
    width: Fraction
    fact: tm.FactRef
    under: tm.FactRef | None


@frozen
class Crowd:
    """The units around an edge of a band: `worse` just do not reach it, `better` just do."""

    edge: BandEdge
    worse: int
    better: int

    @property
    def tail(self) -> Fraction:
        """The probability of so many on the better side or more, or a bound that it does not exceed."""
        return tail(self.better, self.better + self.worse)

    @property
    def exact(self) -> bool:
        """Whether the tail is summed, not bounded."""
        return summed(self.better + self.worse)

    @property
    def crowded(self) -> bool:
        """Whether the tail is so small that it is told."""
        return self.tail <= RARE


def band_edges(program: tr.Program) -> tuple[BandEdge, ...]:
    """Return the edges of the bands that are looked at, each once, in the order of the book."""
    found: dict[tuple[str, Fraction], BandEdge] = {}
    for node in survey.indicators(program.groups):
        for each in (node, *node.parts):
            for edge in _edges(each):
                found.setdefault((edge.indicator, edge.at), edge)
    return tuple(found.values())


def _edges(node: tr.Indicator) -> Iterator[BandEdge]:
    if not isinstance(node.base, tr.Bands) or (facts := _facts(node.base.subject)) is None:
        return
    whole = facts[1] is None and isinstance(facts[0].type, Number) and facts[0].type.whole
    for limit in (limit for band in node.base.bands for limit in band.limits):
        if not isinstance(limit.bound, tm.Const) or not isinstance(limit.bound.value, Fraction):
            continue
        at = limit.bound.value
        width = Fraction(at // SHARE) if whole else at / SHARE
        if width > 0 and limit.op in ("≥", ">", "≤", "<"):
            yield BandEdge(node.name, limit.op, at, limit.bound.text, width, *facts)


def _facts(subject: tm.Expr) -> tuple[tm.FactRef, tm.FactRef | None] | None:
    match subject:
        case tm.FactRef(type=Number()):
            return subject, None
        case tm.Arith(op="÷", left=tm.FactRef(type=Number()) as left, right=tm.FactRef(type=Number()) as right):
            return left, right
        case _:
            return None


def counted(frame: Frame, edges: tuple[BandEdge, ...]) -> Counts:
    """Return the units of a block around every edge."""
    return tuple(_around(frame, edge) for edge in edges)


def _around(frame: Frame, edge: BandEdge) -> tuple[int, int]:
    above = frame.facts.get(edge.fact.name)
    under = None if edge.under is None else frame.facts.get(edge.under.name)
    if above is None or (edge.under is not None and under is None):
        return 0, 0
    known = above.state == Known.GIVEN
    scale = Fraction(grid(edge.fact.type))
    if under is not None and edge.under is not None:
        known = known & (under.state == Known.GIVEN) & (under.values > 0)
        scale /= grid(edge.under.type)
    rows = np.flatnonzero(known)

    def reaches(value: Fraction) -> Truths:
        return _reaches(above, under, rows, value * scale, strict=edge.op in ("≤", ">"))

    # The edge itself belongs to the upper side of ≥ and <, and to the lower of ≤ and >: either side ends alike.
    low, at, high = (reaches(edge.at + k * edge.width) for k in (-1, 0, 1))
    lower, upper = (int(np.count_nonzero(x)) for x in (low & ~at, at & ~high))
    return (lower, upper) if edge.op in ("≥", ">") else (upper, lower)


def _reaches(above: Cells, under: Cells | None, rows: Ints, value: Fraction, strict: bool) -> Truths:
    """Return where above ÷ under (or above alone) is value or more; strict: more than it."""
    left = times(above.values[rows], value.denominator)
    right: Column | int = value.numerator if under is None else times(under.values[rows], value.numerator)
    return np.asarray(left > right if strict else left >= right, np.bool_)


def crowds(edges: tuple[BandEdge, ...], counts: Counts) -> list[Crowd]:
    """Return the edges with the units around them; those around which there is nobody are left out."""
    return [Crowd(e, worse, better) for e, (worse, better) in zip(edges, counts, strict=True) if worse + better]
