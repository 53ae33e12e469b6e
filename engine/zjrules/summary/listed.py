"""Short lists of units that stand for many: the first of them by a key and then by their order, so that lists can be merged."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from attrs import evolve, frozen

MOST = 20
"""Units that a list names; how many there are is counted apart."""


@frozen
class Named:
    """A unit in a list: what it is ordered by, its place among all units, its name, and what is to be said of it."""

    key: int | Fraction
    place: int
    unit: str
    said: tuple[int | Fraction, ...] = ()


Names = tuple[Named, ...]


def first(found: Iterable[Named]) -> Names:
    """Return those that a list names: the least keys, of equal ones the earliest units."""
    return tuple(sorted(found, key=_order)[:MOST])


def _order(one: Named) -> tuple[int | Fraction, int]:
    return one.key, one.place


def moved(names: Names, by: int) -> Names:
    """Return a list of units that stand `by` places further back."""
    return tuple(evolve(n, place=n.place + by) for n in names)


def joined(one: Names, other: Names, after: int) -> Names:
    """Return two lists as one; the second's units stand behind the first's, which are `after` in number."""
    return first((*one, *moved(other, after)))
