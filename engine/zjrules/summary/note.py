"""What the facts of a block come to, as bytes that are kept with the block: a resumed run has those of every block.

The output table says nothing of the facts; with the notes its tally is that of the scored units and their facts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from attrs import evolve

from zjrules.bulk.frame import Frame
from zjrules.bulk.result import Scored
from zjrules.summary.bands import band_edges, counted
from zjrules.summary.listed import Named, Names
from zjrules.summary.money import Amounts, Distances, amounts, merged
from zjrules.summary.tally import Tally


def note(scored: Scored, frame: Frame) -> bytes:
    """Return what the facts of a block come to."""
    document = {
        "单位": len(frame),
        "分档": counted(frame, band_edges(scored.program)),
        "金额": {name: [d.counts.tolist(), _plain(d.lowest), _plain(d.highest)] for name, d in amounts(frame).items()},
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _plain(names: Names) -> list[Any]:
    return [[n.key, n.place, n.unit, n.said] for n in names]


def with_facts(found: Tally, notes: Iterable[bytes]) -> Tally:
    """Return the tally of an output table with what its units' facts come to, by the notes of its blocks in their order."""
    seen = 0
    every: Amounts = {}
    bands = found.bands
    for each in notes:
        document = json.loads(each)
        every = merged(every, {name: _distances(*d) for name, d in document["金额"].items()}, seen)
        bands = tuple((a + c, b + d) for (a, b), (c, d) in zip(bands, document["分档"], strict=True))
        seen += document["单位"]
    assert seen == found.units, "notes and scores are of the same units"
    return evolve(found, seen=seen, amounts=every, bands=bands)


def _distances(counts: list[int], lowest: list[Any], highest: list[Any]) -> Distances:
    return Distances(np.array(counts, np.int64), _names(lowest), _names(highest))


def _names(found: list[Any]) -> Names:
    return tuple(Named(key, place, unit, tuple(said)) for key, place, unit, said in found)
