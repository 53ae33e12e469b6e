"""What each indicator brings to the total: both ends, and where it is left out, or counts as anything up to its points."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from zjrules.bulk.fast import nowhere, only_at
from zjrules.bulk.frame import Ints, States, Truths
from zjrules.bulk.operation import Array
from zjrules.bulk.result import Kind, Scores, Why
from zjrules.term import rule as tr
from zjrules.value import DROPPED


@frozen(eq=False)
class Part:
    """What an indicator brings to the total: both ends over a denominator, and where it is left out, by level."""

    low: Ints
    high: Ints
    below: Ints | int
    group: Truths | None
    total: Truths | None
    gaps: Truths
    """Where it may not take all values between its ends."""
    bounds: tuple[int, int] | None = None
    """What the ends cannot leave, where that is known without looking at them."""
    rows: Ints | None = None
    """The only rows that may have gaps or be left out; None: none may."""


@frozen(eq=False)
class Extra:
    """An amount or a condition of a step of the total, known for the units that are not left over."""

    number: Array
    below: Ints | int = 1


def part(node: tr.Indicator, scores: Scores) -> tuple[Part, Truths]:
    """Return what an indicator brings to the total, and the units for which the exact engine must be asked."""
    size = len(scores.kind)
    none = nowhere(size)
    if scores.settled:
        return Part(scores.low, scores.high, scores.below, None, None, none, scores.bounds), none
    rows = np.arange(size) if scores.rows is None else scores.rows
    some = _Some(rows, scores.kind[rows], scores.why[rows], [treated(why) for why in scores.reasons])
    low, high, left = scores.low, scores.high, none
    bounds = scores.bounds
    if some.odd:
        low, high, more = _odd(node, scores, some)
        left = only_at(size, more)
        if bounds is not None and isinstance(scores.below, int):
            bounds = min(bounds[0], 0), max(bounds[1], ceil(node.points * scores.below))
    if scores.beside:
        left = left | only_at(size, list(scores.beside))
    gaps = none if scores.gaps is None else scores.gaps
    if "broken" in some.treated:
        # Its points are possible too, and may lie apart from what it would come to.
        gaps = gaps | only_at(size, some.rows[some.like("broken")])
    drops = [
        only_at(size, some.rows[some.like(level) & (some.kind == Kind.NONE)]) if level in some.treated else None
        for level in ("group", "total")
    ]
    return Part(low, high, scores.below, drops[0], drops[1], gaps, bounds, rows), left


def treated(why: Why) -> str:
    """Return how the total takes a score: as it is, left out at a level, as anything (broken), or as one of both (mixed)."""
    kinds = {p.partition("：")[0] for p in why.problems}
    if DROPPED in kinds:
        if len(why.problems) > 1:
            return "mixed"
        return "total" if why.problems[0] == f"{DROPPED}：总分" else "group"
    return "broken" if kinds - {"输入不合要求"} else ""


@frozen(eq=False)
class _Some:
    """The units of which something is missing, of one indicator: only among these is there anything but a number."""

    rows: Ints
    kind: States
    why: NDArray[np.int32]
    treated: Sequence[str]
    """How each of the reasons is taken."""

    @property
    def odd(self) -> bool:
        """Whether any of them is not taken as it is."""
        return any(self.treated) or bool((self.kind == Kind.NONE).any())

    def like(self, *kinds: str) -> Truths:
        """Return which of them are taken in one of these ways."""
        if not set(kinds) & set(self.treated):
            return nowhere(len(self.rows))
        found: Truths = np.array([t in kinds for t in self.treated], np.bool_)[self.why]
        return found


def _odd(node: tr.Indicator, scores: Scores, some: _Some) -> tuple[Ints, Ints, Ints]:
    """Return the ends where some units have no score: one that cannot be computed counts as 0 up to its points."""
    none, open_ = some.kind == Kind.NONE, some.kind == Kind.OPEN
    dropped = some.like("group", "total")
    left = some.like("mixed") | (open_ & dropped)
    wide = (none & ~dropped) | (open_ & some.like("broken"))
    low, high = scores.low.copy(), scores.high.copy()
    # What stands there is of no meaning: it may have been worked out from 0 in place of what the columns cannot hold.
    nothing = some.rows[none]
    low[nothing], high[nothing] = 0, 0
    whole = node.points * scores.below if isinstance(scores.below, int) else None
    if whole is None or whole.denominator != 1:
        return low, high, some.rows[left | wide]
    at = some.rows[wide]
    low[at], high[at] = np.minimum(low[at], 0), np.maximum(high[at], int(whole))
    return low, high, some.rows[left]
