"""The totals of two years side by side, by the names of units."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import repeat

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from zjrules.summary.listed import MOST, Named, Names, first, joined
from zjrules.summary.points import Settled, Sum, minus

JUMP = Fraction(10)
"""Points from which on a change is a jump, if nothing else is said."""


@frozen(eq=False)
class Last:
    """Settled totals of last year by unit: a name's place in `totals`; from `jump` points on a change is a jump."""

    places: Mapping[str, int]
    totals: Settled
    jump: Fraction = JUMP


@frozen
class Change:
    """Counts over the units that have a settled total in both years; new ones had none last year."""

    jump: Fraction
    up: int = 0
    down: int = 0
    same: int = 0
    new: int = 0
    sum: Sum = Sum()
    """Of all changes, this year less last year."""
    jumps: int = 0
    farthest: Names = ()
    """The largest jumps first: what is said of a unit is its total last year and this year."""

    def plus(self, other: Change, after: int) -> Change:
        """Return both; the other's units stand behind `after` units."""
        assert self.jump == other.jump, "one summary has one measure of a jump"
        return Change(
            self.jump, self.up + other.up, self.down + other.down, self.same + other.same, self.new + other.new,
            self.sum + other.sum, self.jumps + other.jumps, joined(self.farthest, other.farthest, after),
        )  # fmt: skip

    @property
    def both(self) -> int:
        """How many units have a total in both years."""
        return self.up + self.down + self.same


def changes(units: NDArray[np.object_], totals: Settled, last: Last) -> Change:
    """Return how the settled totals of a block of units changed."""
    names = units[totals.rows].tolist()
    at = np.fromiter(map(last.places.get, names, repeat(-1)), np.int64, len(names))
    both = np.flatnonzero(at >= 0)
    now, before = totals.taken(both), last.totals.taken(at[both])
    by = minus(now, before)
    up, down = (int(np.count_nonzero(x)) for x in (by.low > 0, by.low < 0))
    far = np.flatnonzero(by.at_least(last.jump) | minus(before, now).at_least(last.jump))
    # The largest changes first; their floors in millionths are near enough to leave out the others.
    size = np.abs(by.taken(far).floors(10**6))
    near = far[np.flatnonzero(size >= np.sort(size)[-min(MOST, len(size))] - 1)] if len(far) else far
    named = (
        Named(-abs(by.value(i)), int(now.rows[i]), names[int(both[i])], (before.value(i), now.value(i)))
        for i in near.tolist()
    )
    return Change(
        last.jump, up, down, len(both) - up - down, len(names) - len(both), by.counted().sum(), len(far), first(named)
    )  # fmt: skip
