"""Facts of many units as columns of integers, and the way back to the facts of one unit.

Nothing is rounded here: a value that does not lie on its grid, or lies too far out, is kept beside the columns as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from fractions import Fraction
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from zjrules.bulk.grid import grid, reach
from zjrules.fact import Asked, Evidence, Fact, Facts, Schema, State, Table
from zjrules.unit import Choice, Scalar, Text, Truth

Ints = NDArray[np.int64]
Whole = NDArray[np.signedinteger[Any]]
"""Integers as wide as they need to be (grid.width)."""
States = NDArray[np.uint8]
Truths = NDArray[np.bool_]


class Known(IntEnum):
    """What a column knows of one value."""

    GIVEN = 0
    MISSING = 1
    NOT_APPLICABLE = 2
    BESIDE = 3
    """There is a value, but not on the grid or too far out: it stands in `beside`."""


def _states(states: States) -> States:
    """Return states; where all is given, ones that take no room, so that nobody goes through them."""
    return states if states.any() else np.broadcast_to(np.uint8(Known.GIVEN), states.shape)


@frozen
class Cells:
    """One fact or ledger column over many units or rows. values are over grid(type), option numbers, or 0 where state says so."""

    values: Whole
    state: States = field(converter=_states)
    beside: Mapping[int, Scalar] = field(factory=dict)
    """By row, the values that the columns cannot hold; for text columns, all of them."""
    claimed: Truths | None = None
    """Where the value is only the unit's own word; None: nowhere."""

    def value(self, place: int, asked: Asked) -> Scalar | None:
        """Return one value as the exact engine takes it; None where there is none."""
        state = int(self.state[place])
        if state == Known.BESIDE:
            return self.beside[place]
        if state != Known.GIVEN:
            return None
        number = int(self.values[place])
        match asked.type:
            case Truth():
                return bool(number)
            case Choice(options):
                return options[number]
            case _:
                return Fraction(number, grid(asked.type))

    def taken(self, places: Ints) -> Cells:
        """Return some rows, in the order given; one may be given twice."""
        beside = {i: self.beside[p] for i, p in enumerate(places.tolist()) if p in self.beside} if self.beside else {}
        claimed = None if self.claimed is None else self.claimed[places]
        return Cells(self.values[places], self.state[places], beside, claimed)


_FAR = 128
"""So many units together rarely have more rows than one may have."""


@frozen
class Flat:
    """A ledger over many units: the rows of unit i are from starts[i] up to starts[i + 1]."""

    starts: Ints
    missing: Truths
    """Units whose ledger is missing (an empty one is not)."""
    columns: Mapping[str, Cells]
    claimed: Truths | None = None

    def beyond(self, most: int) -> Truths:
        """Return the units that have more rows than so many; mostly there are none, which is seen from far."""
        if int(np.diff(self.starts[::_FAR], append=self.starts[-1]).max()) <= most:
            return np.broadcast_to(np.bool_(False), len(self.starts) - 1)
        return np.asarray(np.diff(self.starts) > most, np.bool_)

    def rows_of(self, places: Ints) -> tuple[Ints, Ints]:
        """Return where the rows of some units begin and end when these are put together, and the places of the rows."""
        sizes = self.starts[places + 1] - self.starts[places]
        starts = np.concatenate(([0], np.cumsum(sizes)))
        shift = np.repeat(self.starts[places] - starts[:-1], sizes)
        return starts, np.arange(int(starts[-1]), dtype=np.int64) + shift

    def taken(self, places: Ints) -> Flat:
        """Return the ledgers of some units."""
        starts, rows = self.rows_of(places)
        columns = {name: cells.taken(rows) for name, cells in self.columns.items()}
        claimed = None if self.claimed is None else self.claimed[places]
        return Flat(starts, self.missing[places], columns, claimed)


@frozen
class Frame:
    """The facts of many units."""

    schema: Schema
    units: NDArray[np.object_]
    facts: Mapping[str, Cells]
    ledgers: Mapping[str, Flat]

    def __len__(self) -> int:
        """Return how many units there are."""
        return len(self.units)

    def taken(self, places: Ints) -> Frame:
        """Return some units, in the order given."""
        facts = {name: cells.taken(places) for name, cells in self.facts.items()}
        ledgers = {name: flat.taken(places) for name, flat in self.ledgers.items()}
        return Frame(self.schema, self.units[places], facts, ledgers)

    def facts_of(self, place: int, only: Schema | None = None) -> Facts:
        """Return the facts of one unit as the exact engine takes them; only those that a smaller schema asks for."""
        schema = only or self.schema
        facts = {n: _fact(self.facts[n], place, asked) for n, asked in schema.facts.items() if n in self.facts}
        ledgers = {name: self._table(name, place) for name in schema.ledgers if name in self.ledgers}
        return Facts(str(self.units[place]), facts, ledgers, {})

    def _table(self, name: str, place: int) -> Table:
        flat, asked = self.ledgers[name], self.schema.ledgers[name]
        evidence = _evidence(flat.claimed, place, bool(asked.evidence))
        if flat.missing[place]:
            return Table(name, None, evidence)
        rows = range(int(flat.starts[place]), int(flat.starts[place + 1]))
        return Table(
            name,
            tuple(
                {c: _fact(flat.columns[c], r, a) for c, a in asked.columns.items() if c in flat.columns} for r in rows
            ),
            evidence,
        )


def _fact(cells: Cells, place: int, asked: Asked) -> Fact:
    value = cells.value(place, asked)
    evidence = _evidence(cells.claimed, place, bool(asked.evidence))
    state = int(cells.state[place])
    if state == Known.NOT_APPLICABLE:
        return Fact(asked.name, State.NOT_APPLICABLE, None, evidence)
    if value is None:
        return Fact(asked.name, State.MISSING, None, evidence)
    return Fact(asked.name, State.GIVEN, value, evidence)


def _evidence(claimed: Truths | None, place: int, asked: bool) -> Evidence:
    if claimed is not None and claimed[place]:
        return Evidence.CLAIMED
    return Evidence.PROVED if asked else Evidence.NOT_ASKED


def cells_of(values: list[Fact], asked: Asked) -> Cells:
    """Return facts of many units as one column."""
    n = len(values)
    numbers, state = np.zeros(n, np.int64), np.full(n, Known.MISSING, np.uint8)
    claimed = np.array([f.evidence is Evidence.CLAIMED for f in values], np.bool_)
    beside: dict[int, Scalar] = {}
    for place, fact in enumerate(values):
        if fact.state is State.NOT_APPLICABLE:
            state[place] = Known.NOT_APPLICABLE
        elif fact.value is not None:
            number = _held(fact.value, asked)
            if number is None:
                state[place], beside[place] = Known.BESIDE, fact.value
            else:
                state[place], numbers[place] = Known.GIVEN, number
    return Cells(numbers, state, beside, claimed if claimed.any() else None)


def _held(value: Scalar, asked: Asked) -> int | None:
    """Return the integer that stands for a value; None where the columns cannot hold it."""
    from_to = reach(asked)
    match asked.type:
        case Text():
            return None
        case Truth():
            return int(value)
        case Choice(options):
            return options.index(str(value)) if value in options else None
        case _:
            assert isinstance(value, Fraction)
            scaled = value * grid(asked.type)
            return int(scaled) if scaled.denominator == 1 and from_to[0] <= scaled <= from_to[1] else None


_NONE = Fact("", State.MISSING, None, Evidence.NOT_ASKED)


def frame_of(schema: Schema, units: list[Facts]) -> Frame:
    """Return the facts of several units as columns."""
    facts = {name: cells_of([u.facts.get(name, _NONE) for u in units], asked) for name, asked in schema.facts.items()}
    ledgers = {name: _flat(schema, name, units) for name in schema.ledgers}
    return Frame(schema, np.array([u.unit for u in units], np.object_), facts, ledgers)


def _flat(schema: Schema, name: str, units: list[Facts]) -> Flat:
    tables = [u.ledgers.get(name) for u in units]
    rows = [() if t is None or t.rows is None else t.rows for t in tables]
    starts = np.concatenate(([0], np.cumsum([len(r) for r in rows]))).astype(np.int64)
    columns = {
        column: cells_of([row.get(column, _NONE) for some in rows for row in some], asked)
        for column, asked in schema.ledgers[name].columns.items()
    }
    missing = np.array([t is None or t.rows is None for t in tables], np.bool_)
    claimed = np.array([t is not None and t.evidence is Evidence.CLAIMED for t in tables], np.bool_)
    return Flat(starts, missing, columns, claimed if claimed.any() else None)
