"""One unit of a frame as the compiled integers read it, without the facts between."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zjrules.bulk.frame import Cells, Frame, Known
from zjrules.bulk.grid import grid
from zjrules.compiled.program import Compiled, Values
from zjrules.compiled.source import Need
from zjrules.fact import Asked
from zjrules.unit import Choice, Text, Truth

Slot = tuple[Any, Any]
NONE: Slot = (None, None)


def values(program: Compiled, frame: Frame, row: int, needs: Iterable[Need]) -> Values:
    """Return what some functions need of one unit; what a column does not hold as a number is lacking."""
    facts: list[Any] = [None] * program.widths[0]
    ledgers: list[tuple[tuple[Any, ...], ...] | None] = [None] * program.widths[1]
    lacking: set[Need] = set()
    schema = program.program.schema
    for need in needs:
        place, name = program.slots[need], need[1]
        match need[0]:
            case "rows":
                ledgers[place // 2] = _rows(program, frame, row, name)
                lacking |= {need} if ledgers[place // 2] is None else set()
            case "fact" | "evidence":
                cells = frame.facts[name]
                (slot,) = _slots(cells, row, row + 1, schema.facts[name])
                if slot[0] is None:
                    lacking.add(need)
                elif need[0] == "evidence":
                    facts[place] = cells.claimed is None or not cells.claimed[row]
                else:
                    facts[place], facts[place + 1] = slot
            case _:
                pass
    blank = any(cell is None for rows in ledgers for found in rows or () for cell in found[::2])
    return Values(tuple(facts), tuple(ledgers), frozenset(lacking), blank)


def _slots(cells: Cells, first: int, last: int, asked: Asked) -> list[Slot]:
    """Return some values of one column: (None, None) where there is none."""
    known = [state == Known.GIVEN for state in cells.state[first:last].tolist()]
    numbers = cells.values[first:last].tolist()
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


def _rows(program: Compiled, frame: Frame, unit: int, ledger: str) -> tuple[tuple[Any, ...], ...] | None:
    """Return the rows of one ledger; None where it is missing, or a cell stands beside the columns."""
    flat, asked = frame.ledgers[ledger], program.program.schema.ledgers[ledger].columns
    first, last = int(flat.starts[unit]), int(flat.starts[unit + 1])
    if flat.missing[unit]:
        return None
    found = program.cells.get(ledger, ())
    columns: list[list[Any]] = [[]] * (2 * len(found))
    for name, place in found:
        cells = flat.columns[name]
        if Known.BESIDE in cells.state[first:last].tolist():
            return None
        slots = _slots(cells, first, last, asked[name])
        columns[place], columns[place + 1] = [s[0] for s in slots], [s[1] for s in slots]
    return tuple(zip(*columns, strict=True)) if columns else ((),) * (last - first)
