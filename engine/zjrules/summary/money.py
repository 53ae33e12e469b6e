"""Amounts in the wrong unit: what stands about 10^4 times off from where it usually stands beside the unit's other amounts.

Amounts are compared by their level: the number of quarters of a power of ten that they reach (a level is a factor of about
1.78), found by comparing integers. For every amount the distance to its unit's middle level is counted; the middle of these
distances over all units is where the amount usually stands. The unit's middle level itself is compared with that of all units.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isqrt

import numpy as np
from attrs import cmp_using, field, frozen
from numpy.typing import NDArray

from zjrules.bulk.frame import Cells, Frame, Ints, Known
from zjrules.summary.listed import MOST, Named, Names, joined
from zjrules.unit import MONEY_DIM, Number

OFF = 14
"""Levels from which on an amount is off: 10^3.5, over three thousand times; a slip of 万元 and 元 is 16."""
LEAST = 3
"""Amounts that a unit must have, so that a middle says something."""
WHOLE = ""
"""The name under which a unit's amounts as a whole are counted."""
_LEVELS = 19 * 4
_UNKNOWN = -1
Levels = NDArray[np.int8]
_EDGES = np.array([isqrt(isqrt(10**k - 1)) + 1 if k else 1 for k in range(_LEVELS)], np.int64)
"""The least integer whose fourth power is 10^k or more, for every level k."""


@frozen
class Distances:
    """How far an amount stands from where it is compared with, in levels: counts from -76 on, and the units farthest out."""

    counts: Ints = field(eq=cmp_using(eq=np.array_equal))
    lowest: Names = ()
    highest: Names = ()

    def plus(self, other: Distances, after: int) -> Distances:
        """Return both; the other's units stand behind `after` units."""
        return Distances(
            self.counts + other.counts, joined(self.lowest, other.lowest, after), joined(self.highest, other.highest, after)
        )  # fmt: skip

    @property
    def usual(self) -> int:
        """The middle distance: of n, the ⌈n/2⌉-th."""
        n = int(self.counts.sum())
        return int(np.searchsorted(np.cumsum(self.counts), (n + 1) // 2)) - _LEVELS

    def off(self) -> tuple[int, Names]:
        """Return how many are off by OFF levels or more, and the farthest of them."""
        usual = self.usual
        low, high = max(usual - OFF + _LEVELS + 1, 0), usual + OFF + _LEVELS
        many = int(self.counts[:low].sum() + self.counts[high:].sum())
        # A key is the distance, negative where the highest come first.
        far = [n for n in self.lowest if usual - n.key >= OFF] + [n for n in self.highest if -n.key - usual >= OFF]
        far.sort(key=lambda n: (-abs(distance_of(n) - usual), n.place))
        return many, tuple(far[:MOST])


def distance_of(one: Named) -> int:
    """Return the distance of a listed unit, which stands last in what is said of it."""
    return int(one.said[-1])


Amounts = Mapping[str, Distances]


def merged(one: Amounts, other: Amounts, after: int) -> Amounts:
    """Return the distances of both; the other's units stand behind `after` units."""
    nothing = Distances(np.zeros(2 * _LEVELS + 1, np.int64))
    names = dict.fromkeys((*one, *other))
    return {n: one.get(n, nothing).plus(other.get(n, nothing), after) for n in names}


def amounts(frame: Frame) -> Amounts:
    """Return the distances of all amounts of a block of units."""
    names = [n for n, a in frame.schema.facts.items() if isinstance(a.type, Number) and a.type.dim == MONEY_DIM]
    cells = {n: frame.facts[n] for n in names if n in frame.facts}
    if len(cells) < LEAST or not len(frame):
        return {}
    levels = np.stack([_levels(c) for c in cells.values()])
    known = levels != _UNKNOWN
    many = known.sum(axis=0)
    ordered = np.sort(np.where(known, levels, np.int8(_LEVELS)), axis=0)
    middle = ordered[np.maximum(many - 1, 0) // 2, np.arange(len(frame))]
    enough = many >= LEAST
    found = {
        name: _distances(levels[i] - middle, known[i] & enough, frame, cells[name].values)
        for i, name in enumerate(cells)
    }
    return {WHOLE: _distances(middle, enough, frame, None), **found}


def _levels(cells: Cells) -> Levels:
    """Return the level of every amount, whatever its sign; _UNKNOWN where there is none or it is 0."""
    size = np.abs(cells.values)
    levels = np.searchsorted(_EDGES, size, side="right") - 1
    return np.where((cells.state == Known.GIVEN) & (size > 0), levels, _UNKNOWN).astype(np.int8)


def _distances(distance: Levels, where: NDArray[np.bool_], frame: Frame, values: Ints | None) -> Distances:
    rows = np.flatnonzero(where)
    mine = distance[rows].astype(np.int64)
    counts = np.bincount(mine + _LEVELS, minlength=2 * _LEVELS + 1)

    def named(keys: Ints, reached: Ints) -> Names:
        # Keys up to the first by which as many are reached as a list names.
        near = np.flatnonzero(keys <= int(np.searchsorted(reached, min(MOST, len(keys)))) - _LEVELS)
        at = near[np.argsort(keys[near], kind="stable")[:MOST]]
        return tuple(
            Named(int(keys[i]), int(rows[i]), str(frame.units[rows[i]]), _said(values, int(rows[i]), int(mine[i])))
            for i in at.tolist()
        )

    return Distances(counts, named(mine, np.cumsum(counts)), named(-mine, np.cumsum(counts[::-1])))


def _said(values: Ints | None, row: int, distance: int) -> tuple[int, ...]:
    return (distance,) if values is None else (int(values[row]), distance)
