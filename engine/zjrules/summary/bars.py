"""The rows that tables and plots of a summary have in common: one truth for what is drawn and what stands beside it."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from zjrules.summary.bunching import Edge
from zjrules.summary.histogram import GRID, Histogram
from zjrules.summary.marks import Marks
from zjrules.summary.tally import Tally


@frozen
class Bar:
    """How many units have a score in [low, high); high None: low or more. The first bar has what lies below it too."""

    low: Fraction
    high: Fraction | None
    many: int


@frozen
class Graded:
    """A grade: the units that have it, and those that may still get it or another."""

    grade: str
    certain: int
    possible: int


def _bars(found: Histogram, width: Fraction, full: Fraction) -> list[Bar]:
    """Return bars from 0 on; the last has full marks and what is above them."""
    # A bar narrower than the grid would have scores that could lie in its neighbour.
    width = max(width, Fraction(1, GRID))
    counts = found.bars(width, Fraction(0), full + width)
    return [Bar(low, low + width if i + 1 < len(counts) else None, n) for i, (low, n) in enumerate(counts)]


def of_totals(tally: Tally, pieces: int = 100) -> list[Bar]:
    """Return the distribution of the totals, in hundredths of full marks or other pieces of them."""
    return _bars(tally.totals, tally.program.book.full / pieces, tally.program.book.full)


def of_indicator(marks: Marks, pieces: int = 10) -> list[Bar]:
    """Return the distribution of an indicator's scores, in tenths of its points."""
    return _bars(marks.histogram, marks.points / pieces, marks.points)


def around(edge: Edge, steps: int = 5) -> list[Bar]:
    """Return the totals around an edge: so many steps below it and above it, the width of an edge together on either side."""
    step = edge.width / steps
    lows = [edge.at + k * step for k in range(-2 * steps, 2 * steps)]
    return [Bar(low, low + step, edge.histogram.count(low, low + step)) for low in lows]


def grades(tally: Tally) -> list[Graded]:
    """Return the grades of the book in their order."""
    return [
        Graded(
            name,
            sum(n for some, n in tally.grades.items() if some == (name,)),
            sum(n for some, n in tally.grades.items() if name in some and len(some) > 1),
        )
        for name in tally.grade_names
    ]


def lost(tally: Tally) -> list[Marks]:
    """Return the indicators on which points were lost, the most first."""
    return sorted((m for m in tally.indicators if m.lost > 0), key=lambda m: -m.lost)


def missing(tally: Tally) -> list[tuple[str, int]]:
    """Return the facts for which totals wait, with the number of units, the most first."""
    return sorted(tally.missing.items(), key=lambda x: (-x[1], x[0]))


def failed(tally: Tally) -> list[tuple[str, int]]:
    """Return the checks that units fail, with their number, the most first."""
    found = [(c.title, n) for c, n in zip(tally.program.checks, tally.failed, strict=True) if n]
    return sorted(found, key=lambda x: -x[1])
