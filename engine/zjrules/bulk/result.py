"""What scoring many units gives: columns of scores, lower and upper ends where facts are missing, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from fractions import Fraction

import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

from zjrules.bulk.frame import Ints, States, Truths
from zjrules.interval.sets import Range
from zjrules.term import rule as tr
from zjrules.value import BROKEN, Problem, Unknown, Value, problems_of

CHECKS = ("通过", "不通过", "跳过", "不可核")
"""How a check comes out, by the number that stands in its column."""
MOST = 2**62


class Kind(IntEnum):
    """What a score is."""

    SETTLED = 0
    OPEN = 1
    """Facts are missing: it lies between two ends."""
    NONE = 2
    """There is no score: 不计入, or it cannot be computed."""


@frozen
class Why:
    """Why a score is open or none: the facts that are missing, and what it may fail for, as texts in order."""

    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@frozen
class End:
    """One end of an open score; value None is without a limit."""

    value: Fraction | None
    open: bool = False


@frozen
class Scores:
    """One column of scores over many units. Numbers are low ÷ below and high ÷ below; what does not fit stands in beside."""

    low: Ints
    high: Ints
    below: Ints | int
    kind: States
    why: NDArray[np.int32]
    """The number of its Why in `reasons`."""
    reasons: Sequence[Why]
    beside: Mapping[int, tuple[End, End]] = field(factory=dict)
    """By row: ends that are open, infinite, over different denominators or too large."""
    gaps: Truths | None = None
    """Open scores that may not take all values (or all of FINE_STEP) between their ends; None: there are none."""
    rows: Ints | None = None
    """The only rows that may be open or without a score; None: any may."""
    bounds: tuple[int, int] | None = None
    """What the numbers of rows that do not stand in beside cannot leave, where that is known without looking at them."""

    @property
    def settled(self) -> bool:
        """Whether all units have a score, as it is told without looking at them: the columns knew all."""
        return (
            self.kind.strides == (0,) and len(self.kind) > 0 and int(self.kind[0]) == Kind.SETTLED and not self.beside
        )

    def ends(self, place: int) -> tuple[End, End] | None:
        """Return the lower and upper end of a row; None where there is no score."""
        if self.kind[place] == Kind.NONE:
            return None
        if place in self.beside:
            return self.beside[place]
        below = self.below if isinstance(self.below, int) else int(self.below[place])
        return End(Fraction(int(self.low[place]), below)), End(Fraction(int(self.high[place]), below))

    def reason(self, place: int) -> Why:
        """Return why the score of a row is open or none."""
        return self.reasons[int(self.why[place])]


@frozen
class Scored:
    """Many units, scored: one column for every indicator of the book, the total, the possible grades and the checks."""

    program: tr.Program
    units: NDArray[np.object_]
    indicators: tuple[Scores, ...]
    total: Scores
    grades: NDArray[np.int64]
    """The possible grades as bits: bit i is program.grades[i], higher bits are `other_grades` in order."""
    other_grades: tuple[str, ...]
    """Grades that only a 总评 step gives."""
    checks: tuple[States, ...]
    """For every check of the book, the place in CHECKS of how it came out."""
    slow: Truths
    """Units that the exact engine took in whole or in part."""

    def __len__(self) -> int:
        """Return how many units there are."""
        return len(self.units)

    def grade_names(self, place: int) -> tuple[str, ...]:
        """Return the possible grades of a unit, best first."""
        names = [*(g.name for g in self.program.grades), *self.other_grades]
        return tuple(n for i, n in enumerate(names) if int(self.grades[place]) >> i & 1)


def why_of(value: Value) -> Why:
    """Return the reasons of a value of the exact engine."""
    names = {name for name, _ in value.deps if not name.endswith(BROKEN)} if isinstance(value, Unknown) else set()
    problems = {problem_text(p) for p in problems_of(value)}
    return Why(tuple(sorted(names)), tuple(sorted(problems)))


FINE_STEP = Fraction(1, 100)
"""What takes all multiples of this, or of less, is not said to have gaps."""


def has_gaps(can: Range) -> bool:
    """Return whether there are wider gaps in a set than those between two multiples of FINE_STEP."""
    return len(can.pieces) > 1 or any(p.step is not None and p.step > FINE_STEP for p in can.pieces)


def ends_of(value: Value) -> tuple[End, End] | None:
    """Return the ends of a value of the exact engine; None where there is no score."""
    match value:
        case Fraction():
            return End(value), End(value)
        case Unknown(can=Range() as can) if not can.is_empty:
            hull = can.hull
            return End(hull.lo, hull.lo_open), End(hull.hi, hull.hi_open)
        case _:
            return None


@define
class Gathered:
    """Scores being gathered row by row."""

    below: int
    low: Ints
    high: Ints
    kind: States
    why: NDArray[np.int32]
    gaps: Truths
    belows: Ints | None = None
    """The denominator of every row, where they differ."""
    reasons: dict[Why, int] = field(factory=lambda: {Why(): 0})
    beside: dict[int, tuple[End, End]] = field(factory=dict)
    rows: Ints | None = None
    """The only rows that may be open or without a score; None: any may."""
    bounds: tuple[int, int] | None = None
    """What the numbers cannot leave, where that is known without looking at them."""

    def within(self, *more: tuple[int, int]) -> None:
        """Say that numbers are written that lie within these bounds."""
        if self.bounds is not None:
            both = self.bounds, *more
            self.bounds = min(lo for lo, _ in both), max(hi for _, hi in both)

    def put(self, places: Iterable[int], value: Value) -> None:
        """Write a value of the exact engine into rows."""
        ends, reason = ends_of(value), self.reasons.setdefault(why_of(value), len(self.reasons))
        kind = Kind.NONE if ends is None else Kind.SETTLED if isinstance(value, Fraction) else Kind.OPEN
        held = None if ends is None else [self._held(e) for e in ends]
        for place in places:
            self.kind[place], self.why[place] = kind, reason
            self.gaps[place] = isinstance(value, Unknown) and isinstance(value.can, Range) and has_gaps(value.can)
            self.beside.pop(place, None)
            if ends is None or held is None:
                continue
            low, high = held
            if low is None or high is None or self.belows is not None:
                self.beside[place] = ends
            else:
                self.low[place], self.high[place] = low, high
                self.within((low, high))

    def _held(self, end: End) -> int | None:
        if end.value is None or end.open:
            return None
        scaled = end.value * self.below
        return int(scaled) if scaled.denominator == 1 and abs(scaled) < MOST else None

    def done(self) -> Scores:
        """Return the finished column."""
        below = self.below if self.belows is None else self.belows
        reasons = tuple(self.reasons)
        rest = self.beside, self.gaps, self.rows, self.bounds
        return Scores(self.low, self.high, below, self.kind, self.why, reasons, *rest)


def gathered(size: int, below: int, numbers: Ints | None = None) -> Gathered:
    """Return a column of settled scores over a denominator: 0, or the numbers, which become its own."""
    low = np.zeros(size, np.int64) if numbers is None else numbers
    return Gathered(
        below, low, low.copy(), np.zeros(size, np.uint8), np.zeros(size, np.int32), np.zeros(size, np.bool_)
    )


def between(below: int, low: Ints, high: Ints) -> Gathered:
    """Return a column of scores between two ends over a denominator, both of which become its own."""
    kind, size = (low != high).view(np.uint8), len(low)
    return Gathered(below, low, high, kind, np.zeros(size, np.int32), np.zeros(size, np.bool_))


def problem_text(problem: Problem) -> str:
    """Return a problem as it stands in a Why."""
    return problem.kind + (f"：{problem.detail}" if problem.detail else "")
