"""What is missing for the totals of many units: names as bits, read back for one unit when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from zjrules.bulk.frame import Truths
from zjrules.bulk.parts import treated
from zjrules.bulk.result import Kind, Scores, Why
from zjrules.term import rule as tr

Word = NDArray[np.uint64]
"""64 names for every unit."""


@frozen(eq=False)
class Missing(Sequence[Why]):
    """Why the totals are open, by unit: worked out for all of them when the first is asked for."""

    nodes: Sequence[tr.Group | tr.Indicator]
    scores: Mapping[int, Scores]
    """By the identity of the indicator."""
    closed: Mapping[int, Truths]
    """By the identity of a rounded group, where it is open: elsewhere nothing is missing for it."""
    total: Truths
    """Where the total is open."""
    instead: Mapping[int, Why]
    """For the units that the exact engine took."""

    def __len__(self) -> int:
        """Return how many units there are."""
        return len(self.total)

    def __getitem__(self, place: int) -> Why:  # type: ignore[override]
        """Return why the total of a unit is open."""
        if place in self.instead:
            return self.instead[place]
        if not self.total[place]:
            return Why()
        words = [int(word[place]) for word in self.bits]
        return Why(tuple(n for n, i in self.places.items() if words[i // 64] >> (i % 64) & 1))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The bit of every name, in the order of the names."""
        names = sorted({n for s in self.scores.values() for why in s.reasons for n in why.missing})
        return {name: i for i, name in enumerate(names)}

    @cached_property
    def bits(self) -> list[Word]:
        """The names of all indicators that are open, where their group is open too."""
        found = self._none()
        for node in self.nodes:
            self._gather(node, found)
        return found

    def _none(self) -> list[Word]:
        return [np.zeros(len(self), np.uint64) for _ in range(max(1, -(-len(self.places) // 64)))]

    def _gather(self, node: tr.Group | tr.Indicator, into: list[Word]) -> None:
        if isinstance(node, tr.Indicator):
            _gather(self.scores[id(node)], self.places, into)
            return
        closed = self.closed.get(id(node))
        own = into if closed is None else self._none()
        for child in node.children:
            self._gather(child, own)
        if closed is not None:
            for word, more in zip(into, own, strict=True):
                word |= np.where(closed, more, np.uint64(0))


def _gather(scores: Scores, places: Mapping[str, int], into: list[Word]) -> None:
    """Add the names that one indicator is open for; settled scores have no reasons, and so no bits."""
    broken = np.array([treated(why) == "broken" for why in scores.reasons], np.bool_)
    odd = any(why.problems for why in scores.reasons)
    for number, word in enumerate(into):
        table = np.array([_word(why, number, places) for why in scores.reasons], np.uint64)
        if not table.any():
            continue
        found = table[scores.why]
        if odd:
            # One number is left and only a misuse of a word could take it away: the total reckons with the number.
            found[(scores.kind != Kind.OPEN) | ((scores.low == scores.high) & ~broken[scores.why])] = 0
        word |= found


def _word(why: Why, number: int, places: Mapping[str, int]) -> int:
    return sum(1 << (places[n] % 64) for n in why.missing if places[n] // 64 == number)
