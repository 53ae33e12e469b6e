"""What the scores of one indicator come to over many units."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from attrs import evolve, frozen

from zjrules.bulk.frame import Truths
from zjrules.bulk.result import Kind, Scores
from zjrules.summary.histogram import Histogram, histogram
from zjrules.summary.points import Sum, settled
from zjrules.term import rule as tr

Ends = tuple[Fraction, Fraction]


@frozen
class Marks:
    """Counts over the units. full, zero and partial are of settled scores; nothing is known of open ones, and none has no score."""

    name: str
    number: str
    points: Fraction
    histogram: Histogram
    full: int = 0
    zero: int = 0
    partial: int = 0
    open: int = 0
    none: int = 0
    sum: Sum = Sum()
    ends: Ends | None = None

    def __add__(self, other: Marks) -> Marks:
        return Marks(
            self.name, self.number, self.points, self.histogram + other.histogram, self.full + other.full,
            self.zero + other.zero, self.partial + other.partial, self.open + other.open, self.none + other.none,
            self.sum + other.sum, wider(self.ends, other.ends),
        )  # fmt: skip

    @property
    def label(self) -> str:
        """The number and the name."""
        return f"{self.number}{self.name}"

    @property
    def settled(self) -> int:
        """How many units have a score that is settled."""
        return self.full + self.zero + self.partial

    @property
    def mean(self) -> Fraction | None:
        """The mean of the settled scores, in points."""
        return self.sum.value / self.settled if self.settled else None

    @property
    def share(self) -> Fraction | None:
        """The mean as a share of the points."""
        return None if self.mean is None or not self.points else self.mean / self.points

    @property
    def lost(self) -> Fraction:
        """The points that the settled units lost, in all."""
        return self.points * self.settled - self.sum.value


def wider(one: Ends | None, other: Ends | None) -> Ends | None:
    """Return the least and the greatest of both."""
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def marks(node: tr.Indicator) -> Marks:
    """Return the marks of an indicator before the first unit."""
    return Marks(node.name, node.number, node.points, histogram(node.points))


def counted(node: tr.Indicator, scores: Scores) -> tuple[Marks, Truths]:
    """Return the marks of a column of scores, and which units have full marks."""
    found, before = settled(scores), marks(node)
    full, many = found.at_least(node.points), found.counted()
    tops, zeros = int(np.count_nonzero(full)), int(np.count_nonzero(np.asarray(found.low <= 0, np.bool_) & ~full))
    kinds = np.bincount(scores.kind, minlength=3)
    made = evolve(
        before, histogram=before.histogram.added(many), full=tops, zero=zeros, partial=len(found) - tops - zeros,
        open=int(kinds[Kind.OPEN]), none=int(kinds[Kind.NONE]), sum=many.sum(), ends=many.ends(),
    )  # fmt: skip
    where = np.zeros(len(scores.kind), np.bool_)
    where[found.rows[full]] = True
    return made, where
