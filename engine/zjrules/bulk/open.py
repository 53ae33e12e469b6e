"""Units of which something is missing: each leaf by the ways that the exact engine takes, many units at a time."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import numpy as np
from attrs import define, field
from numpy.typing import NDArray

from zjrules.bulk.fast import Aggregate, Run, nowhere
from zjrules.bulk.frame import Frame, Ints, Truths
from zjrules.bulk.key import Key, column, key_of
from zjrules.bulk.machine import able
from zjrules.bulk.number import Cond, Num
from zjrules.bulk.operation import Array
from zjrules.bulk.result import Gathered, Why
from zjrules.bulk.tracks import UNKNOWN, Direct, Tracks, tracks
from zjrules.bulk.way import Bounds, Outcome, Reader, Way, widened

FEWEST, MOST_WAYS = 8, 60
"""A key of which fewer units than this came so far is not worth a new path, and no key gets more paths than MOST_WAYS."""
WALK, COMPILING = 1000, 8000
"""What it costs to walk along a way beside its units, and to compile one: in units that go along one."""
MOST_TRIES = 4
"""How many units of a key may turn out not to be followed before all that are left go to the exact engine."""


@define(eq=False)
class Found:
    """What the ways give for some units: the number of the outcome (UNKNOWN: none, WRITTEN: it is written), and both ends."""

    outcomes: list[Outcome]
    outcome: NDArray[np.int32]
    ends: tuple[Ints, Ints, Ints, Ints]
    """Lower, its denominator, upper, its denominator: 1 where the outcome is not known."""
    bounds: Bounds = ((1, 1), (1, 1), (1, 1), (1, 1))
    """What the ends lie between, as far as that is known without looking at them."""


@define(eq=False)
class Ways:
    """The ways through one leaf, with numbers for their outcomes that stay the same from frame to frame."""

    reader: Reader
    key: Key
    direct: bool = False
    """Whether it is all of an indicator, so that what it gives can be written where it belongs."""
    reasons: dict[Why, int] = field(factory=lambda: {Why(): 0})
    outcomes: list[Outcome] = field(factory=list)
    numbers: dict[Outcome, int] = field(factory=dict)
    waiting: Counter[int] = field(factory=Counter)
    """How many units of a key were left to the exact engine so far."""
    spent: int = 0
    """What walking along the ways has cost so far, in units."""
    tracks: Tracks | None = None
    edges: tuple[int, Bounds] = 0, ((1, 1), (1, 1), (1, 1), (1, 1))
    """How many ways there were when their bounds were last looked at, and these: those of all ends, and 1."""

    def number(self, outcome: Outcome) -> int:
        """Return the number of an outcome."""
        if outcome not in self.numbers:
            self.numbers[outcome] = len(self.outcomes)
            self.outcomes.append(outcome)
            self.reasons.setdefault(outcome.why, len(self.reasons))
        return self.numbers[outcome]

    def find(self, frame: Frame, rows: Ints, run: Run, into: Gathered | None = None) -> Found:
        """Return what some units of a frame come to; where this is direct, most of it is written into the scores."""
        ends = tuple(np.empty(len(rows), np.int64) for _ in range(4))
        found = Found(self.outcomes, np.full(len(rows), UNKNOWN, np.int32), (ends[0], ends[1], ends[2], ends[3]))
        batch = _Batch(self, frame, rows, run, found)
        counted = self._counted(frame, rows, run)
        places = np.arange(len(rows), dtype=np.int64)
        if self.tracks is not None:
            final: list[Array] = []
            if self.direct:
                assert into is not None
                into.reasons.update(self.reasons)
                final = [into.low, into.high, into.kind, into.why, into.gaps]
            self.tracks.run(batch.column, rows, counted, (found.outcome, *ends, *final))
            places = np.flatnonzero(found.outcome == UNKNOWN)
        if len(places):
            # What comes together with other leaves is looked at whole, what is not known included.
            for end in ends:
                end[places] = 1
            keys, follow = self.key.numbers(batch.column, rows[places], counted[places])
            for key, some in _grouped(keys, np.flatnonzero(follow)):
                batch.fill(key, places[some])
            self._worth(batch)
        found.bounds = self._bounds()
        return found

    def _bounds(self) -> Bounds:
        """Return what the ends lie between, widened to powers of two: a new way then seldom moves them."""
        ways = [way for some in self.reader.ways.values() for way in some]
        if len(ways) != self.edges[0]:
            found = []
            for ends in zip(((1, 1),) * 4, *(way.bounds for way in ways), strict=True):
                low, high = min(e[0] for e in ends), max(e[1] for e in ends)
                found.append(widened(low, high) if low != high else (low, high))
            self.edges = len(ways), (found[0], found[1], found[2], found[3])
        return self.edges[1]

    def _worth(self, batch: _Batch) -> None:
        """Compile the ways where walking along them has cost about as much as that does."""
        self.spent += batch.spent
        ways = sum(len(w) for w in self.reader.ways.values())
        if self.spent > COMPILING * ways and (self.tracks is None or ways > self.tracks.ways) and able():
            direct = Direct(self.reader.below, dict(self.reasons)) if self.direct else None
            self.tracks = tracks(self.key, self.reader.ways, self.numbers, batch.column, direct)
            self.spent = 0

    def _counted(self, frame: Frame, rows: Ints, run: Run) -> Truths:
        """Return the units of which every ledger is missing, or all aggregates over it are known beforehand."""
        good = np.ones(len(rows), np.bool_)
        for ledger in self.reader.leaf.ledgers:
            good &= (frame.ledgers[ledger].missing | self._known(ledger, run))[rows]
        return good

    def _known(self, ledger: str, run: Run) -> Truths:
        good = run.known(("rows", ledger))
        for over in self.reader.leaf.overs:
            if over.ledger != ledger:
                continue
            aggregate = self.reader.aggregates.get(id(over))
            if aggregate is None or not self.reader.leaf.whole:
                return nowhere(run.size)
            good &= ~run.over(aggregate.bad)
            for need in aggregate.needs:
                good &= run.known(need)
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


@define(eq=False)
class _Batch:
    """One frame being worked through for one leaf."""

    ways: Ways
    frame: Frame
    rows: Ints
    run: Run
    found: Found
    spent: int = 0

    def fill(self, key: int, places: Ints) -> None:
        """Take the units of one key along the ways that are known, and find new ways for those that are left."""
        reader, waiting = self.ways.reader, self.ways.waiting
        known = reader.ways.setdefault(key, [])
        for way in known:
            places = self._along(way, places)
            if not len(places):
                return
        waiting[key] += len(places)
        if waiting[key] < FEWEST and not reader.finite:
            return
        while len(places) and len(known) < MOST_WAYS and reader.tries[key] < MOST_TRIES:
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
        self.spent += WALK + len(places)
        if way.steps is None:
            found.outcome[places] = number
            for array, end in zip(found.ends, way.ends, strict=True):
                array[places] = end
            return places[:0]
        rows = self.rows[places]
        columns = {name: self.column(name)[rows] for name in way.steps.inputs.values()}
        goes, *columns_of_ends = way.steps.interpreted(columns, len(rows))
        some = places[goes]
        found.outcome[some] = number
        for array, column_ in zip(found.ends, columns_of_ends, strict=True):
            array[some] = column_[goes]
        return places[~goes]

    def column(self, name: object) -> Array:
        """Return a column by its name, by the rows of the frame."""
        assert isinstance(name, tuple)
        if name[0] not in ("over", "under", "most"):
            return column(self.frame, name)
        aggregate = self.ways.reader.aggregates[name[1]]
        output = {"over": aggregate.number, "under": aggregate.below, "most": aggregate.most}[str(name[0])]
        assert output is not None
        return self.run.over(output)


def ways(reader: Reader, direct: bool = False) -> Ways:
    """Return the ways through a leaf, of which none is known yet."""
    return Ways(reader, key_of(reader.leaf, reader.program.schema), direct)
