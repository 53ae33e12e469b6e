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

Bits = NDArray[np.uint64]
"""One row of words for every unit."""


@frozen(eq=False)
class Missing(Sequence[Why]):
    """Why the totals are open, by unit."""

    names: tuple[str, ...]
    bits: Bits
    instead: Mapping[int, Why]
    """For the units that the exact engine took."""

    def __len__(self) -> int:
        """Return how many units there are."""
        return len(self.bits)

    def __getitem__(self, place: int) -> Why:  # type: ignore[override]
        """Return why the total of a unit is open."""
        if place in self.instead:
            return self.instead[place]
        words = [int(w) for w in self.bits[place]]
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

    def gathered(node: tr.Group | tr.Indicator) -> Bits:
        if isinstance(node, tr.Indicator):
            return _bits(scores[id(node)], places, words)
        found = np.zeros((len(total), words), np.uint64)
        for child in node.children:
            found |= gathered(child)
        if id(node) in open_:
            found[~open_[id(node)]] = 0
        return found

    bits = np.zeros((len(total), words), np.uint64)
    if not total.any():
        return Missing(tuple(names), bits, instead)
    for node in nodes:
        bits |= gathered(node)
    bits[~total] = 0
    return Missing(tuple(names), bits, instead)


def _bits(scores: Scores, places: Mapping[str, int], words: int) -> Bits:
    table = np.zeros((len(scores.reasons), words), np.uint64)
    for number, why in enumerate(scores.reasons):
        for name in why.missing:
            place = places[name]
            table[number, place // 64] |= np.uint64(1) << np.uint64(place % 64)
    found: Bits = table[scores.why]
    broken = np.array([treated(why) == "broken" for why in scores.reasons], np.bool_)
    # One number is left and only a misuse of a word could take it away: the total reckons with the number.
    settled = (scores.low == scores.high) & ~broken[scores.why]
    found[(scores.kind != Kind.OPEN) | settled] = 0
    return found
