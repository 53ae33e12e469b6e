"""What is missing for the totals of many units: names as bits, read back for one unit when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from zjrules.bulk.frame import Truths
from zjrules.bulk.result import Kind, Scores, Why
from zjrules.bulk.total import treated
from zjrules.term import rule as tr

Word = NDArray[np.uint64]
"""64 names for every unit."""


@frozen(eq=False)
class Missing(Sequence[Why]):
    """Why the totals are open, by unit."""

    names: tuple[str, ...]
    bits: list[Word]
    instead: Mapping[int, Why]
    """For the units that the exact engine took."""

    def __len__(self) -> int:
        """Return how many units there are."""
        return len(self.bits[0])

    def __getitem__(self, place: int) -> Why:  # type: ignore[override]
        """Return why the total of a unit is open."""
        if place in self.instead:
            return self.instead[place]
        words = [int(word[place]) for word in self.bits]
        return Why(tuple(n for i, n in enumerate(self.names) if words[i // 64] >> (i % 64) & 1))


def missing(
    nodes: Sequence[tr.Group | tr.Indicator],
    scores: Mapping[int, Scores],
    open_: Mapping[int, Truths],
    total: Truths,
    instead: Mapping[int, Why],
) -> Missing:
    """Return what is missing for the totals: the names of all indicators that are open, where their group is open too."""
    names = sorted({n for s in scores.values() for why in s.reasons for n in why.missing})
    places = {name: i for i, name in enumerate(names)}
    words = max(1, -(-len(names) // 64))

    def gather(node: tr.Group | tr.Indicator, into: list[Word]) -> None:
        if isinstance(node, tr.Indicator):
            _gather(scores[id(node)], places, into)
            return
        closed = open_.get(id(node))
        own = into if closed is None else [np.zeros(len(total), np.uint64) for _ in range(words)]
        for child in node.children:
            gather(child, own)
        if closed is not None:
            for word, more in zip(into, own, strict=True):
                word |= np.where(closed, more, np.uint64(0))

    bits = [np.zeros(len(total), np.uint64) for _ in range(words)]
    if not total.any():
        return Missing(tuple(names), bits, instead)
    for node in nodes:
        gather(node, bits)
    for word in bits:
        word *= total
    return Missing(tuple(names), bits, instead)


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
