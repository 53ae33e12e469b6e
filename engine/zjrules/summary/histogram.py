"""How often each score occurs, in bins of a hundredth of a point: exact counts, and what is read from them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from attrs import cmp_using, field, frozen

from zjrules.bulk.frame import Ints
from zjrules.summary.points import Counted

GRID = 100
"""Bins to a point."""


@frozen
class Histogram:
    """Counts of scores: bin i holds those from (start + i) hundredths up to the next; the ends hold what lies beyond too."""

    start: int
    counts: Ints = field(eq=cmp_using(eq=np.array_equal))
    between: int = 0
    """Scores that are no whole hundredth: they lie inside their bin, not at its lower edge."""

    def __add__(self, other: Histogram) -> Histogram:
        assert self.start == other.start, "histograms of one thing have the same bins"
        return Histogram(self.start, self.counts + other.counts, self.between + other.between)

    def added(self, scores: Counted) -> Histogram:
        """Return this with some scores counted."""
        last = len(self.counts) - 1
        places = np.clip(scores.floors(GRID) - self.start, 0, last).astype(np.int64)
        counts = self.counts.copy()
        np.add.at(counts, places, scores.many)
        return Histogram(self.start, counts, self.between + int(scores.many[~scores.exact_on(GRID)].sum()))

    @property
    def total(self) -> int:
        """How many scores were counted."""
        return int(self.counts.sum())

    @property
    def outside(self) -> int:
        """How many scores lie in the ends: all that is known of them is on which side."""
        return int(self.counts[0] + self.counts[-1])

    @property
    def exact(self) -> bool:
        """Whether each bin holds one value alone, so that what is read from it is that value."""
        return self.between == 0 and self.outside == 0

    def count(self, low: Fraction, high: Fraction) -> int:
        """Return how many scores lie in [low, high); exact where both are whole hundredths or the histogram is exact."""
        first, last = (min(max(_up(x * GRID) - self.start, 0), len(self.counts)) for x in (low, high))
        return int(self.counts[first:last].sum())

    def nth(self, place: int) -> Fraction:
        """Return the lower edge of the bin in which the place-th score from below lies (the first is 1)."""
        reached = np.cumsum(self.counts)
        return Fraction(self.start + int(np.searchsorted(reached, place, side="left")), GRID)

    def quantile(self, share: Fraction) -> Fraction | None:
        """Return the ⌈share × n⌉-th score from below; None where there are none."""
        n = self.total
        return self.nth(max(1, _up(share * n))) if n else None

    def bars(self, width: Fraction, low: Fraction, high: Fraction) -> list[tuple[Fraction, int]]:
        """Return the counts in [x, x + width) from low on; what lies below stands in the first bar, the rest in the last."""
        edges = [low + i * width for i in range(_up((high - low) / width))]
        found = [self.count(x, x + width) for x in edges]
        under = self.count(Fraction(self.start, GRID), low)
        found[0] += under
        found[-1] += self.total - sum(found)
        return list(zip(edges, found, strict=True))


def histogram(full: Fraction) -> Histogram:
    """Return an empty histogram of scores of which full is the most that is usual: from -full to twice full."""
    most = max(_up(full * GRID), 1)
    return Histogram(-most, np.zeros(3 * most + 1, np.int64))


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
