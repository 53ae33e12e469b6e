"""Settled scores of a column in exact integers: which rows they are, their floors on a grid, their sum, their ends."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from zjrules.bulk.frame import Ints, Truths
from zjrules.bulk.result import Kind, Scores

SUM_GRID = 10**6
"""Sums are kept in millionths of a point, once rounded down and once up: equal where every score is a multiple of one."""
_FITS = 2**62
_EASY = 2**20
"""Scores over one denominator that lie no farther apart are counted in one pass."""
Column = Ints | NDArray[np.object_]


@frozen
class Sum:
    """A sum of scores: it lies from low to high millionths of a point."""

    low: int = 0
    high: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.low + other.low, self.high + other.high)

    @property
    def exact(self) -> bool:
        """Whether the sum is known to the last digit."""
        return self.low == self.high

    @property
    def value(self) -> Fraction:
        """The sum, its lower end where it is not exact."""
        return Fraction(self.low, SUM_GRID)


@frozen
class Counted:
    """Scores low ÷ below (below > 0), and how often each occurs. What int64 cannot hold is a Python int."""

    low: Column
    below: Column | int
    many: Ints

    @property
    def total(self) -> int:
        """How many scores there are."""
        return int(self.many.sum())

    def floors(self, grid: int) -> Column:
        """Return ⌊score × grid⌋ for every score."""
        return times(self.low, grid) // self.below

    def exact_on(self, grid: int) -> Truths:
        """Return where a score is a multiple of 1/grid."""
        return np.asarray(times(self.low, grid) % self.below == 0, np.bool_)

    def sum(self) -> Sum:
        """Return the sum."""
        low = total(self.floors(SUM_GRID), self.many)
        return Sum(low, low + int(self.many[~self.exact_on(SUM_GRID)].sum()))

    def ends(self) -> tuple[Fraction, Fraction] | None:
        """Return the least and the greatest score; None where there is none."""
        if not len(self.low):
            return None
        floors = self.floors(SUM_GRID)
        # Scores in the same millionth are few forms of one number; only they are compared as fractions.
        return min(self._of(floors == floors.min())), max(self._of(floors == floors.max()))

    def _of(self, where: object) -> set[Fraction]:
        at = np.flatnonzero(np.asarray(where))
        below = [self.below] * len(at) if isinstance(self.below, int) else self.below[at].tolist()
        return {Fraction(int(a), int(b)) for a, b in set(zip(self.low[at].tolist(), below, strict=True))}


@frozen
class Settled:
    """The settled scores of a column as low ÷ below (below > 0), by their rows. What int64 cannot hold is a Python int."""

    rows: Ints
    low: Column
    below: Column | int

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.rows)

    def taken(self, places: Ints) -> Settled:
        """Return some of the scores, by their places among the rows."""
        below = self.below if isinstance(self.below, int) else self.below[places]
        return Settled(self.rows[places], self.low[places], below)

    def counted(self) -> Counted:
        """Return the scores with how often each occurs, where they are counted easily, and else once each."""
        if isinstance(self.below, int) and len(self) and self.low.dtype != object:
            least = int(self.low.min())
            if int(self.low.max()) - least < _EASY:
                many = np.bincount(self.low - least)
                found = np.flatnonzero(many)
                return Counted(found + least, self.below, many[found])
        return Counted(self.low, self.below, np.ones(len(self), np.int64))

    def floors(self, grid: int) -> Column:
        """Return ⌊score × grid⌋ for every score."""
        return times(self.low, grid) // self.below

    def at_least(self, value: Fraction) -> Truths:
        """Return where a score is value or more."""
        if isinstance(self.below, int):
            return np.asarray(self.low >= -(-value.numerator * self.below // value.denominator), np.bool_)
        return np.asarray(self.floors(value.denominator) >= value.numerator, np.bool_)

    def value(self, place: int) -> Fraction:
        """Return one of the scores, by its place among the rows."""
        below = self.below if isinstance(self.below, int) else int(self.below[place])
        return Fraction(int(self.low[place]), below)


def minus(one: Settled, other: Settled) -> Settled:
    """Return the differences of as many scores."""
    most, over = (
        _most(one.low) * _most(other.below) + _most(other.low) * _most(one.below),
        _most(one.below) * _most(other.below),
    )
    if max(most, over) >= _FITS:
        one, other = _large(one), _large(other)
    return Settled(one.rows, one.low * other.below - other.low * one.below, one.below * other.below)


def _large(scores: Settled) -> Settled:
    below = scores.below if isinstance(scores.below, int) else scores.below.astype(object)
    return Settled(scores.rows, scores.low.astype(object), below)


def settled(scores: Scores) -> Settled:
    """Return the settled scores of a column."""
    rows = np.flatnonzero(scores.kind == Kind.SETTLED)
    # Columns are as narrow as their bounds allow; what is multiplied asks for all 64 bits.
    low = (scores.low if len(rows) == len(scores.low) else scores.low[rows]).astype(np.int64, copy=False)
    each = scores.below if isinstance(scores.below, int) else scores.below[rows].astype(np.int64, copy=False)
    beside = dict(_beside(scores))
    if not beside:
        return Settled(rows, low, each)
    below = np.full(len(rows), each, np.int64) if isinstance(each, int) else each
    large = any(max(abs(v.numerator), v.denominator) >= _FITS for v in beside.values())
    top, under = (low.astype(object), below.astype(object)) if large else (low.copy(), below.copy())
    at = np.searchsorted(rows, np.array(sorted(beside), np.int64))
    for place, row in zip(at.tolist(), sorted(beside), strict=True):
        top[place], under[place] = beside[row].numerator, beside[row].denominator
    return Settled(rows, top, under)


def _beside(scores: Scores) -> Iterator[tuple[int, Fraction]]:
    for row, (low, _) in scores.beside.items():
        if scores.kind[row] == Kind.SETTLED:
            assert low.value is not None, "a settled score has a value"
            yield row, low.value


def _most(column: Column | int) -> int:
    if isinstance(column, int):
        return column
    return max(-int(column.min()), int(column.max())) if len(column) else 0


def times(column: Column, factor: int) -> Column:
    """Return column × factor, in Python's integers where 64 bits might not hold it."""
    return column.astype(object) * factor if _most(column) * abs(factor) >= _FITS else column * factor


def total(column: Column, many: Ints) -> int:
    """Return the exact sum of a column, each value as often as it occurs."""
    if column.dtype != object and _most(column) * int(many.sum()) < _FITS:
        return int((column * many).sum())
    return sum(a * b for a, b in zip(column.tolist(), many.tolist(), strict=True))
