"""Which items of an old sequence have become which of a new one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T")
Key = Callable[[T], Hashable]
Likeness = Callable[[T, T], int]
Pairs = list[tuple[T | None, T | None]]
SAME = 100
"""What a pair of equal items counts; items that are merely alike count less than this in all."""


def in_order(old: Sequence[T], new: Sequence[T], key: Key[T], alike: Likeness[T]) -> Pairs[T]:
    """Return items side by side where their order says something: None stands for what is not there.

    Equal items are paired before those that are alike (alike: 0 for not at all, less than SAME).
    """
    best = _table(old, new, key, alike)
    pairs: Pairs[T] = []
    i = j = 0
    while i < len(old) and j < len(new):
        worth = _worth(old[i], new[j], key, alike)
        if worth and best[i][j] == worth + best[i + 1][j + 1]:
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((old[i], None))
            i += 1
        else:
            pairs.append((None, new[j]))
            j += 1
    return [*pairs, *((o, None) for o in old[i:]), *((None, n) for n in new[j:])]


def _worth(one: T, other: T, key: Key[T], alike: Likeness[T]) -> int:
    return SAME if key(one) == key(other) else alike(one, other)


def _table(old: Sequence[T], new: Sequence[T], key: Key[T], alike: Likeness[T]) -> list[list[int]]:
    """Return the most that what is left from every place of both can count."""
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            worth = _worth(old[i], new[j], key, alike)
            both = worth + best[i + 1][j + 1] if worth else 0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    return best


def in_any_order(old: Sequence[T], new: Sequence[T], key: Key[T], alike: Likeness[T]) -> Pairs[T]:
    """Return items side by side where their order says nothing: equal ones, then the most alike, the rest alone."""
    partner: dict[int, int] = {}
    left = list(range(len(new)))
    for i, item in enumerate(old):
        found = next((j for j in left if key(new[j]) == key(item)), None)
        if found is not None:
            partner[i] = found
            left.remove(found)
    worths = [(alike(old[i], new[j]), i, j) for i in range(len(old)) if i not in partner for j in left]
    for worth, i, j in sorted(worths, key=lambda w: -w[0]):
        if worth and i not in partner and j in left:
            partner[i] = j
            left.remove(j)
    pairs: Pairs[T] = [(item, new[partner[i]] if i in partner else None) for i, item in enumerate(old)]
    return [*pairs, *((None, new[j]) for j in left)]
