"""What is counted of many units: built from a block of scored units at a time, and added up. All of it is exact.

The sum of the tallies of blocks is the tally of their units in one block, however they were parted: `+` is associative.
Its size does not grow with the number of units: counts, histograms over fixed bins, and lists of at most MOST names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from attrs import evolve, field, frozen

from zjrules.bulk.frame import Frame, Truths
from zjrules.bulk.result import CHECKS, Kind, Scored, Scores
from zjrules.summary.bands import Counts, Crowd, band_edges, crowds
from zjrules.summary.bands import counted as around
from zjrules.summary.bunching import Edge, edges
from zjrules.summary.change import Change, Last, changes
from zjrules.summary.histogram import Histogram, histogram
from zjrules.summary.listed import MOST, Named, Names, joined
from zjrules.summary.marks import Ends, Marks, counted, marks, wider
from zjrules.summary.money import WHOLE, Amounts, amounts, merged
from zjrules.summary.points import Sum, settled
from zjrules.term import rule as tr
from zjrules.term import survey

FAILED = CHECKS.index("不通过")


@frozen
class Tally:
    """Counts over units. grades counts which grades are possible together; missing the units whose total waits for a fact."""

    program: tr.Program = field(eq=False, repr=False)
    indicators: tuple[Marks, ...]
    totals: Histogram
    units: int = 0
    settled: int = 0
    open: int = 0
    none: int = 0
    sum: Sum = Sum()
    ends: Ends | None = None
    grades: Mapping[tuple[str, ...], int] = field(factory=dict)
    missing: Mapping[str, int] = field(factory=dict)
    failed: tuple[int, ...] = ()
    """For every check of the book, how many units fail it."""
    perfect: int = 0
    """Units with full marks wherever they have a score, and nothing open."""
    perfect_names: Names = ()
    seen: int = 0
    """Units whose facts were given with their scores: what follows is counted of these."""
    amounts: Amounts = field(factory=dict)
    bands: Counts = ()
    """For every edge of `band_edges` the units just on its worse and on its better side."""
    change: Change | None = None

    def __add__(self, other: Tally) -> Tally:
        after = self.units
        change = self.change or other.change
        if self.change is not None and other.change is not None:
            change = self.change.plus(other.change, after)
        elif self.change is None and other.change is not None:
            change = Change(other.change.jump).plus(other.change, after)
        return Tally(
            self.program,
            tuple(a + b for a, b in zip(self.indicators, other.indicators, strict=True)),
            self.totals + other.totals,
            after + other.units,
            self.settled + other.settled,
            self.open + other.open,
            self.none + other.none,
            self.sum + other.sum,
            wider(self.ends, other.ends),
            Counter(self.grades) + Counter(other.grades),
            Counter(self.missing) + Counter(other.missing),
            tuple(a + b for a, b in zip(self.failed, other.failed, strict=True)),
            self.perfect + other.perfect,
            joined(self.perfect_names, other.perfect_names, after),
            self.seen + other.seen,
            merged(self.amounts, other.amounts, after),
            tuple((a + c, b + d) for (a, b), (c, d) in zip(self.bands, other.bands, strict=True)),
            change,
        )

    @property
    def mean(self) -> Fraction | None:
        """The mean of the settled totals."""
        return self.sum.value / self.settled if self.settled else None

    @property
    def quartiles(self) -> tuple[Fraction, Fraction, Fraction] | None:
        """The totals that a quarter, half and three quarters of the units do not exceed, to a hundredth of a point."""
        one, two, three = (self.totals.quantile(Fraction(k, 4)) for k in (1, 2, 3))
        return None if one is None or two is None or three is None else (one, two, three)

    @property
    def edges(self) -> list[Edge]:
        """The edges of the grades, with the totals around them."""
        return edges(self.program, self.totals)

    @property
    def crowds(self) -> list[Crowd]:
        """The edges of bands, with the units around them."""
        return crowds(band_edges(self.program), self.bands)

    @property
    def grade_names(self) -> list[str]:
        """The grades of the book, and any that only a 总评 step gave."""
        names = [g.name for g in self.program.grades]
        return [*names, *sorted({n for some in self.grades for n in some} - set(names))]

    @property
    def slips(self) -> list[tuple[str, int, int, Names]]:
        """The amounts that are off: the fact (WHOLE: all of a unit), how many units, where it usually stands, the farthest."""
        found = [(name, *each.off(), each.usual) for name, each in self.amounts.items()]
        return sorted(
            ((n, many, usual, who) for n, many, who, usual in found if many), key=lambda x: (-x[1], x[0] != WHOLE)
        )


def nothing(program: tr.Program) -> Tally:
    """Return the tally of no units: what sums begin with."""
    nodes = survey.indicators(program.groups)
    return Tally(
        program, tuple(map(marks, nodes)), histogram(program.book.full), failed=(0,) * len(program.checks),
        bands=((0, 0),) * len(band_edges(program)),
    )  # fmt: skip


def tally(scored: Scored, frame: Frame | None = None, last: Last | None = None) -> Tally:
    """Return the tally of a block of scored units; with their facts also of amounts, with last year's totals of changes."""
    assert frame is None or len(frame) == len(scored), "facts and scores are of the same units"
    program, total = scored.program, scored.total
    nodes = tuple(survey.indicators(program.groups))
    columns = [counted(n, s) for n, s in zip(nodes, scored.indicators, strict=True)]
    found, kinds = settled(total), np.bincount(total.kind, minlength=3)
    many, perfect = found.counted(), _perfect(scored, [full for _, full in columns])
    before = nothing(program)
    return evolve(
        before,
        indicators=tuple(m for m, _ in columns),
        totals=histogram(program.book.full).added(many),
        units=len(scored),
        settled=len(found),
        open=int(kinds[Kind.OPEN]),
        none=int(kinds[Kind.NONE]),
        sum=many.sum(),
        ends=many.ends(),
        grades=_grades(scored),
        missing=_missing(total),
        failed=tuple(int(np.count_nonzero(c == FAILED)) for c in scored.checks),
        perfect=int(np.count_nonzero(perfect)),
        perfect_names=_named(scored, perfect),
        seen=len(frame) if frame is not None else 0,
        amounts=amounts(frame) if frame is not None else {},
        bands=around(frame, band_edges(program)) if frame is not None else before.bands,
        change=changes(scored.units, found, last) if last is not None else None,
    )


def _perfect(scored: Scored, full: Sequence[Truths]) -> Truths:
    """Return the units with full marks wherever they have a score: 不计入 takes nothing from them, an open score does."""
    every: Truths = np.asarray(scored.total.kind == Kind.SETTLED, np.bool_)
    some = np.zeros(len(scored), np.bool_)
    for column, top in zip(scored.indicators, full, strict=True):
        every &= top | (column.kind == Kind.NONE)
        some |= top
    return every & some


def _named(scored: Scored, where: Truths) -> Names:
    rows = np.flatnonzero(where)[:MOST].tolist()
    return tuple(Named(0, row, str(scored.units[row])) for row in rows)


def _grades(scored: Scored) -> dict[tuple[str, ...], int]:
    _, first, many = np.unique(scored.grades, return_index=True, return_counts=True)
    return {scored.grade_names(int(i)): int(n) for i, n in zip(first, many, strict=True)}


_ROW = re.compile(r" 第 \d+ 行")


def _missing(total: Scores) -> Counter[str]:
    """Return the facts for which totals wait; of a ledger the columns, in whatever rows they are missing."""
    found: Counter[str] = Counter()
    many = np.bincount(total.why, minlength=len(total.reasons))
    for why, n in zip(total.reasons, many.tolist(), strict=True):
        if n:
            found.update(dict.fromkeys((_ROW.sub("", name) for name in why.missing), n))
    return found
