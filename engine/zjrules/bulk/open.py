"""Units of which something is missing: each leaf by the ways that the exact engine takes, many units at a time."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

from zjrules.bulk.fast import Aggregate, Run
from zjrules.bulk.frame import Frame, Ints, Known, Truths
from zjrules.bulk.number import Cond, Num
from zjrules.bulk.operation import Array
from zjrules.bulk.way import Outcome, Reader, Way
from zjrules.bulk.writer import MOST_ROWS
from zjrules.unit import Choice, Text, Truth

FEWEST, MOST_WAYS = 8, 60
"""A key of fewer units than this is not worth a new path, and no key gets more paths than MOST_WAYS."""
MOST_TRIES = 4
"""How many units of a key may turn out not to be followed before all that are left go to the exact engine."""
UNKNOWN = -1
"""The exact engine must be asked."""


@define(eq=False)
class Found:
    """What the ways give for some units: the number of the outcome (UNKNOWN: none), and both ends."""

    outcomes: list[Outcome]
    outcome: NDArray[np.int32]
    low: Ints
    low_below: Ints
    high: Ints
    high_below: Ints


@define(eq=False)
class Ways:
    """The ways through one leaf, with numbers for their outcomes that stay the same from frame to frame."""

    reader: Reader
    outcomes: list[Outcome] = field(factory=list)
    numbers: dict[Outcome, int] = field(factory=dict)

    def number(self, outcome: Outcome) -> int:
        """Return the number of an outcome."""
        if outcome not in self.numbers:
            self.numbers[outcome] = len(self.outcomes)
            self.outcomes.append(outcome)
        return self.numbers[outcome]

    def find(self, frame: Frame, rows: Ints, run: Run) -> Found:
        """Return what some units of a frame come to."""
        size = len(rows)
        ends = [np.ones(size, np.int64) for _ in range(4)]
        found = Found(self.outcomes, np.full(size, UNKNOWN, np.int32), *ends)
        keys, open_ = self._keys(frame, rows, run)
        batch = _Batch(self, frame, rows, run, found)
        places = np.flatnonzero(open_)
        for key, some in _grouped(keys, places):
            batch.fill(key, some)
        return found

    def _keys(self, frame: Frame, rows: Ints, run: Run) -> tuple[Ints, Truths]:
        """Return a number for what is known of each unit in kind, and where a unit can be followed at all."""
        keys, follow = np.zeros(len(rows), np.int64), np.ones(len(rows), np.bool_)
        most = 1
        for name in self.reader.leaf.facts:
            cells, asked = frame.facts[name], self.reader.program.schema.facts[name]
            state = cells.state[rows]
            match asked.type:
                case Truth():
                    kinds = 2
                case Choice(options):
                    kinds = len(options)
                case _:
                    kinds = 1
            digit = np.where(state == Known.GIVEN, cells.values[rows] if kinds > 1 else 0, kinds - 1 + state)
            follow &= state != Known.BESIDE
            keys, most = keys * (kinds + 2) + digit, most * (kinds + 2)
            if isinstance(asked.type, Text):
                follow[:] = False
            if name in self.reader.leaf.evidence:
                claimed = np.zeros(len(rows), np.bool_) if cells.claimed is None else cells.claimed[rows]
                keys, most = keys * 2 + claimed, most * 2
        for ledger in self.reader.leaf.ledgers:
            missing = frame.ledgers[ledger].missing[rows]
            keys, most = keys * 2 + missing, most * 2
            follow &= missing | self._counted(frame, ledger, rows, run)
        return keys, follow & (most < 1 << 60)

    def _counted(self, frame: Frame, ledger: str, rows: Ints, run: Run) -> Truths:
        """Return the units of which all aggregates over a ledger are known beforehand."""
        flat = frame.ledgers[ledger]
        good = flat.starts[rows + 1] - flat.starts[rows] <= MOST_ROWS
        for over in self.reader.leaf.overs:
            if over.ledger != ledger:
                continue
            aggregate = self.reader.aggregates.get(id(over))
            if aggregate is None or not self.reader.leaf.whole:
                return np.zeros(len(rows), np.bool_)
            good &= ~run.over(aggregate.bad)[rows]
            for need in aggregate.needs:
                if need in run.lacking:
                    good &= ~run.lacking[need][rows]
        return good


def _grouped(keys: Ints, places: Ints) -> list[tuple[int, Ints]]:
    """Return the places of every key."""
    if not len(places):
        return []
    some = keys[places]
    if some.max() < 1 << 16:
        # Short numbers are sorted by their digits, in a fraction of the time.
        some = some.astype(np.uint16)
    order = np.argsort(some, kind="stable")
    ordered = some[order]
    cuts = np.flatnonzero(np.diff(ordered)) + 1
    starts = [0, *cuts.tolist(), len(ordered)]
    return [(int(ordered[a]), places[order[a:b]]) for a, b in pairwise(starts)]


@frozen(eq=False)
class _Batch:
    """One frame being worked through for one leaf."""

    ways: Ways
    frame: Frame
    rows: Ints
    run: Run
    found: Found

    def fill(self, key: int, places: Ints) -> None:
        """Take the units of one key along the ways that are known, and find new ways for those that are left."""
        reader = self.ways.reader
        known = reader.ways.setdefault(key, [])
        for way in known:
            places = self._along(way, places)
            if not len(places):
                return
        fewest = 1 if reader.finite else FEWEST
        while len(places) >= fewest and len(known) < MOST_WAYS and reader.tries[key] < MOST_TRIES:
            found = self._new(int(self.rows[places[0]]))
            left = places if found is None else self._along(found, places)
            if found is None or len(left) == len(places):
                # Not even its own unit goes along it: an aggregate is held between two integers that a question falls between.
                places = places[1:]
                reader.tries[key] += 1
                continue
            known.append(found)
            places = left

    def _new(self, row: int) -> Way | None:
        reader = self.ways.reader
        known: dict[int, Fraction | bool] = {}
        for over in reader.leaf.overs:
            if not self.frame.ledgers[over.ledger].missing[row]:
                known[id(over)] = self._aggregate(reader.aggregates[id(over)], row)
        return reader.follow(self.frame.facts_of(row, reader.program.schema), known)

    def _aggregate(self, aggregate: Aggregate, row: int) -> Fraction | bool:
        number = self.run.over(aggregate.number)[row]
        if isinstance(aggregate.value, Cond):
            return bool(number)
        assert isinstance(aggregate.value, Num)
        below = 1 if aggregate.below is None else int(self.run.over(aggregate.below)[row])
        below *= aggregate.value.below.known or 1
        return aggregate.value.factor * Fraction(int(number), below)

    def _along(self, way: Way, places: Ints) -> Ints:
        """Write what a way gives for the units that go along it; return the others."""
        found, number = self.found, self.ways.number(way.outcome)
        if way.steps is None:
            found.outcome[places] = number
            for array, end in zip((found.low, found.low_below, found.high, found.high_below), way.ends, strict=True):
                array[places] = end
            return places[:0]
        rows = self.rows[places]
        columns = {name: self._column(name, rows) for name in way.steps.inputs.values()}
        goes, *columns_of_ends = way.steps.run(columns, len(rows))
        some = places[goes]
        found.outcome[some] = number
        arrays = (found.low, found.low_below, found.high, found.high_below)
        for array, column in zip(arrays, columns_of_ends, strict=True):
            array[some] = column[goes]
        return places[~goes]

    def _column(self, name: object, rows: Ints) -> Array:
        assert isinstance(name, tuple)
        if name[0] == "fact":
            return self.frame.facts[name[1]].values[rows]
        aggregate = self.ways.reader.aggregates[name[1]]
        output = {"over": aggregate.number, "under": aggregate.below, "most": aggregate.most}[str(name[0])]
        assert output is not None
        found: Array = self.run.over(output)[rows]
        return found
