"""Units of a frame as the compiled integers read them, without the facts between."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from attrs import frozen

from zjrules.bulk.frame import Cells, Flat, Frame, Ints, Known
from zjrules.bulk.grid import grid
from zjrules.compiled.program import Compiled, Values
from zjrules.compiled.source import Need
from zjrules.fact import Asked
from zjrules.unit import Choice, Text, Truth

Slot = tuple[Any, Any]
NONE: Slot = (None, None)
Table = tuple[tuple[Any, ...], ...]


def values(program: Compiled, frame: Frame, units: Ints, needs: Iterable[Need]) -> list[Values]:
    """Return what some functions need of some units; what a column does not hold as a number is lacking."""
    found = [_Unit([None] * program.widths[0], [None] * program.widths[1], set()) for _ in units]
    schema = program.program.schema
    for need in needs:
        place, name = program.slots[need], need[1]
        match need[0]:
            case "rows":
                for unit, rows in zip(found, _tables(program, frame.ledgers[name], units, name), strict=True):
                    unit.ledgers[place // 2] = rows
                    unit.lacking.update([need] if rows is None else [])
            case "fact" | "evidence":
                cells = frame.facts[name]
                slots = _slots(cells, units, schema.facts[name])
                for at, unit, slot in zip(units.tolist(), found, slots, strict=True):
                    if slot[0] is None:
                        unit.lacking.add(need)
                    elif need[0] == "evidence":
                        unit.facts[place] = cells.claimed is None or not cells.claimed[at]
                    else:
                        unit.facts[place], unit.facts[place + 1] = slot
            case _:
                pass
    return [unit.values() for unit in found]


@frozen(eq=False)
class _Unit:
    """What is known of one unit so far."""

    facts: list[Any]
    ledgers: list[Table | None]
    lacking: set[Need]

    def values(self) -> Values:
        blank = any(cell is None for rows in self.ledgers for found in rows or () for cell in found[::2])
        return Values(tuple(self.facts), tuple(self.ledgers), frozenset(self.lacking), blank)


def _slots(cells: Cells, places: Ints, asked: Asked) -> list[Slot]:
    """Return some values of a column: (None, None) where there is none."""
    numbers, known = cells.values[places].tolist(), (cells.state[places] == Known.GIVEN).tolist()
    match asked.type:
        case Truth():
            return [(bool(n), None) if k else NONE for n, k in zip(numbers, known, strict=True)]
        case Choice(options):
            return [(options[n], None) if k else NONE for n, k in zip(numbers, known, strict=True)]
        case Text():
            return [NONE] * len(numbers)
        case _:
            below = grid(asked.type)
            return [(n, below) if k else NONE for n, k in zip(numbers, known, strict=True)]


def _tables(program: Compiled, flat: Flat, units: Ints, ledger: str) -> list[Table | None]:
    """Return the rows of one ledger of every unit; None where it is missing, or a cell stands beside the columns."""
    asked, found = program.program.schema.ledgers[ledger].columns, program.cells.get(ledger, ())
    starts, places = flat.rows_of(units)
    columns: list[list[Any]] = [[]] * (2 * len(found))
    gone = flat.missing[units]
    for name, place in found:
        cells = flat.columns[name]
        slots = _slots(cells, places, asked[name])
        columns[place], columns[place + 1] = [s[0] for s in slots], [s[1] for s in slots]
        beside = (cells.state[places] == Known.BESIDE).nonzero()[0]
        gone[starts.searchsorted(beside, side="right") - 1] = True
    rows = tuple(zip(*columns, strict=True)) if columns else ((),) * len(places)
    return [None if none else rows[a:b] for none, (a, b) in zip(gone.tolist(), pairwise(starts.tolist()), strict=True)]
