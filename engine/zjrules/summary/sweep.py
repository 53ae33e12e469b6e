"""What a sweep comes to: for the rule set as it stands and each variant the mean total, the grades, and who changes grade."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from attrs import frozen
from rich.console import Console

from zjrules.bulk.result import Scored
from zjrules.bulk.versions import same_grades
from zjrules.explain.columns import any_of
from zjrules.num import fixed
from zjrules.summary import words
from zjrules.summary.points import Sum, settled
from zjrules.summary.terminal import printed

STANDING = "规则原样"


@frozen
class Outcome:
    """Counts over units by one variant: those whose total is settled, the sum of these, and grades as they are shown."""

    units: int = 0
    settled: int = 0
    sum: Sum = Sum()
    grades: Mapping[str, int] = Counter()
    moved: int = 0
    """Units whose grade (or possible grades) is another than by the rule set as it stands."""

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.units + other.units,
            self.settled + other.settled,
            self.sum + other.sum,
            Counter(self.grades) + Counter(other.grades),
            self.moved + other.moved,
        )

    @property
    def mean(self) -> Fraction | None:
        """The mean of the settled totals, rounded down to a millionth where the sum is."""
        return self.sum.value / self.settled if self.settled else None


def note(first: Scored, every: Sequence[Scored]) -> bytes:
    """Return what a block comes to, as bytes that are kept with it: the rule set as it stands, then each variant."""
    found = [_outcome(first, first), *(_outcome(s, first) for s in every)]
    return json.dumps(
        [[o.units, o.settled, o.sum.low, o.sum.high, dict(o.grades), o.moved] for o in found], ensure_ascii=False
    ).encode()


def _outcome(scored: Scored, first: Scored) -> Outcome:
    totals = settled(scored.total)
    _, at, many = np.unique(scored.grades, return_index=True, return_counts=True)
    grades = {any_of(scored.grade_names(int(i))): int(n) for i, n in zip(at, many, strict=True)}
    moved = int(np.count_nonzero(~same_grades(scored, first)))
    return Outcome(len(scored), len(totals), totals.counted().sum(), grades, moved)


def outcomes(notes: Iterable[bytes]) -> list[Outcome]:
    """Return what all blocks come to: the rule set as it stands, then each variant."""
    every: list[Outcome] = []
    for each in notes:
        found = [Outcome(a, b, Sum(c, d), grades, moved) for a, b, c, d, grades, moved in json.loads(each)]
        every = [x + y for x, y in zip(every, found, strict=True)] if every else found
    return every


def record(values: Sequence[Mapping[str, str]], found: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return a sweep as JSON; the first has no values: it is the rule set as it stands."""
    return [
        {
            "参数": dict(some),
            "单位数": o.units,
            "总分已定": o.settled,
            "平均总分": None if o.mean is None else fixed(o.mean, 6),
            "平均是准确的": o.sum.exact,
            "等级": dict(o.grades),
            "换了等级": o.moved,
        }
        for some, o in zip(({}, *values), found, strict=True)
    ]


def terminal(values: Sequence[Mapping[str, str]], found: Sequence[Outcome], names: Sequence[str], out: Console) -> None:
    """Print a sweep: a row for the rule set as it stands, then one for every variant. names: the book's grades in order."""
    seen = {name for o in found for name in o.grades}
    grades = [*(n for n in names if n in seen), *sorted(seen - set(names))]
    heads = ["、".join(values[0]), "平均总分", *(g or "无等级" for g in grades), "换了等级"]
    rows = [
        ("，".join(some.values()) or STANDING, words.points(o.mean), *(words.many(o.grades.get(g, 0)) for g in grades),
         words.many(o.moved) if some else "")
        for some, o in zip(({}, *values), found, strict=True)
    ]  # fmt: skip
    printed(heads, rows, "扫描", out)
