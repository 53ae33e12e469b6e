"""The rows of a frame as the slots of the compiled reading: made by columns, since two million units are many."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from zjrules.bulk.frame import Cells, Frame
from zjrules.bulk.grid import grid
from zjrules.compiled.program import Compiled, Values
from zjrules.fact import Asked
from zjrules.unit import Choice, Truth


def _column(cells: Cells, asked: Asked) -> tuple[list[Any], list[Any]]:
    """Return the first and the second slot of every row; None where there is no value."""
    given = (cells.state == 0).tolist()
    numbers = cells.values.tolist()
    match asked.type:
        case Truth():
            first = [bool(v) if g else None for v, g in zip(numbers, given, strict=True)]
        case Choice(options):
            first = [options[v] if g else None for v, g in zip(numbers, given, strict=True)]
        case _:
            first = [v if g else None for v, g in zip(numbers, given, strict=True)]
    return first, [grid(asked.type)] * len(first)


def slots(program: Compiled, frame: Frame) -> Iterator[Values]:
    """Yield every unit's facts as the compiled functions read them."""
    schema, size = program.program.schema, len(frame)
    width = 2 * sum(need[0] in ("fact", "evidence") for need in program.slots)
    facts: list[list[Any]] = [[None] * size for _ in range(width)]
    ledgers: list[list[Any]] = [[] for _ in range(sum(need[0] == "rows" for need in program.slots))]
    for need, place in program.slots.items():
        if need[0] == "fact":
            facts[place], facts[place + 1] = _column(frame.facts[need[1]], schema.facts[need[1]])
        elif need[0] == "evidence":
            claimed = frame.facts[need[1]].claimed
            facts[place] = [True] * size if claimed is None else (~claimed).tolist()
        elif need[0] == "rows":
            ledgers[place // 2] = _rows(program, frame, need[1])
    for unit in zip(zip(*facts, strict=True), zip(*ledgers, strict=True), strict=True):
        yield Values(unit[0], unit[1], frozenset(), blank=False)


def _rows(program: Compiled, frame: Frame, ledger: str) -> list[tuple[Any, ...]]:
    flat, asked = frame.ledgers[ledger], program.program.schema.ledgers[ledger].columns
    columns = [(need, place) for need, place in program.slots.items() if need[:2] == ("cell", ledger)]
    cells: list[list[Any]] = [[] for _ in range(2 * len(columns))]
    for need, place in columns:
        cells[place], cells[place + 1] = _column(flat.columns[need[2]], asked[need[2]])
    rows = list(zip(*cells, strict=True))
    starts = flat.starts.tolist()
    return [tuple(rows[a:b]) for a, b in pairwise(starts)]
