"""The leaves of an indicator brought together for the units of a frame, and written into its column of scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import evolve, frozen

from zjrules.bulk.code import Flag, Int
from zjrules.bulk.compose import Composer, Input
from zjrules.bulk.ends import put_ends
from zjrules.bulk.frame import Ints, Truths
from zjrules.bulk.open import Found
from zjrules.bulk.operation import Array
from zjrules.bulk.result import MOST, Gathered, Kind
from zjrules.bulk.run import Ready
from zjrules.bulk.way import Bounds, widened

ENDS = ("low", "low_below", "high", "high_below")


@frozen(eq=False)
class Composed:
    """Both ends of an indicator for some units, the names it is open for as bits, and where the exact engine must be asked."""

    ends: tuple[Ints, Ints, Ints, Ints]
    """Numerators and denominators of the lower and the upper end."""
    flags: tuple[Truths, Truths, Truths, Truths]
    """Where these are without a limit, and where they are not reached."""
    open: Truths
    names: Ints
    left: Truths
    plain: tuple[tuple[int, int], tuple[int, int]] | None
    """What the ends lie between, where all are reached, stand over the denominator of the column and fit it."""

    def taken(self, places: Ints) -> Composed:
        """Return some of the units."""
        low, low_below, high, high_below = (e[places] for e in self.ends)
        a, b, c, d = (f[places] for f in self.flags)
        rest = self.open[places], self.names[places], self.left[places]
        return Composed((low, low_below, high, high_below), (a, b, c, d), *rest, self.plain)


def composed(composer: Composer, found: Sequence[Found]) -> Composed | None:
    """Bring the leaves of some units together; None where 64 bits are too few."""
    size = len(found[0].outcome)
    columns: dict[object, Array] = {}
    for place, leaf in enumerate(found):
        columns["outcome", place] = leaf.outcome
        for name, column in zip(ENDS, leaf.ends, strict=True):
            columns[name, place] = column
    steps = composer.ready([Input(leaf.bounds, leaf.outcomes) for leaf in found])
    if steps is None:
        # What the ways could come to may be wider than what they do.
        steps = composer.ready([Input(_measured(leaf), leaf.outcomes) for leaf in found])
    if steps is None:
        return None
    out = steps.run(columns, size)
    low, low_below, low_inf, low_open, high, high_below, high_inf, high_open, names, left, open_ = out
    low, low_below, high, high_below = (x.astype(np.int64, copy=False) for x in (low, low_below, high, high_below))
    made = Composed(
        (low, low_below, high, high_below),
        (low_inf, high_inf, low_open, high_open),
        open_, names, left, _plain(steps, composer.below),
    )  # fmt: skip
    return made if made.plain is not None or (low_below == high_below).all() else _in_lowest_terms(made)


def _in_lowest_terms(made: Composed) -> Composed:
    low, low_below = _reduced(*made.ends[:2])
    high, high_below = _reduced(*made.ends[2:])
    settled = (low == high) & (low_below == high_below)
    for flag in made.flags:
        settled &= ~flag
    return evolve(made, ends=(low, low_below, high, high_below), open=~settled)


def _plain(steps: Ready, below: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return what the ends lie between, where it is known beforehand that they can be written as they are."""
    low, low_below, low_inf, low_open, high, high_below, high_inf, high_open, *_ = steps.outputs
    if any(isinstance(f, Flag) and f.known is not False for f in (low_inf, low_open, high_inf, high_open)):
        return None
    ends = [e for e in (low, low_below, high, high_below) if isinstance(e, Int)]
    fits = all(max(-e.lo, e.hi) < MOST // below for e in ends[::2])
    if not fits or not ends[1].known == ends[3].known == below:
        return None
    return (ends[0].lo, ends[0].hi), (ends[2].lo, ends[2].hi)


def lowest_terms(above: Ints, below: Ints) -> tuple[Ints, Ints]:
    """Return ratios in lowest terms, so that equal ones are equal in both parts; 0 over 0, which is no number, is 0."""
    if not len(above) or (below[0] and (below == below[0]).all()):
        return above, below
    return _reduced(above, below)


def _reduced(above: Ints, below: Ints) -> tuple[Ints, Ints]:
    below = np.maximum(below, 1)
    shared = np.gcd(above, below)
    return above // shared, below // shared


def _measured(leaf: Found) -> Bounds:
    """Return what the ends of a leaf lie between, widened to powers of two, so that few different bounds occur."""
    found = []
    for name, column in zip(ENDS, leaf.ends, strict=True):
        low, high = (int(column.min()), int(column.max())) if len(column) else (1, 1)
        low, high = widened(low, high) if low != high else (low, high)
        found.append((max(low, 1) if "below" in name else low, high))
    return found[0], found[1], found[2], found[3]


def put_composed(found: Gathered, rows: Ints, made: Composed, composer: Composer) -> Truths:
    """Write what the leaves of some rows come to together; return where they come to nothing."""
    left = made.left
    if left.any():
        there = np.flatnonzero(~left)
        rows, made = rows[there], made.taken(there)
    found.kind[rows] = made.open * np.uint8(Kind.OPEN)  # elsewhere SETTLED, which is 0
    found.gaps[rows] = made.open
    found.why[rows] = composer.numbered(made.names)
    found.reasons.update(composer.reasons)
    if made.plain is not None and found.belows is None:
        found.low[rows], found.high[rows] = made.ends[0], made.ends[2]
        found.within(*made.plain)
    else:
        found.bounds = None
        put_ends(found, rows, made.ends, made.flags)
    return left
