"""Carries out a list of operations over columns: by numpy, a chunk of rows at a time so that they stay in the processor's cache.

What has seen many rows is compiled (native.py). Measured in tests/bench/README.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from attrs import define

from zjrules.bulk.code import Code, Flag, Int, Op
from zjrules.bulk.machine import able, keeps
from zjrules.bulk.native import Job, Native, compiled, together
from zjrules.bulk.operation import Array, Step, dtype_of, everywhere, kind_of, step

Columns = Mapping[object, Array]
CHUNK = 32768
ENOUGH = 200_000
"""Rows after which operations are compiled where nobody knows how many are to come: numpy takes about half as long for these."""
WORTH = 2 * ENOUGH
"""Rows to come for which compiling pays: numpy takes about as long for these as compiling does. ENOUGH where code is kept."""
FEW = 1024
"""So few rows are left to numpy, which begins at once."""


@define(eq=False)
class Ready:
    """Operations made ready: only those that the outputs need, each with what is no longer needed after it."""

    code: Code
    steps: tuple[tuple[int, Step, tuple[int, ...], tuple[int, ...]], ...]
    inputs: Mapping[int, object]
    outputs: tuple[Int | Flag, ...]

    seen: int = 0
    """Rows so far."""
    paid: bool = False
    """Whether it was decided to compile."""
    native: Native | None = None

    def run(self, columns: Columns, size: int, due: int | None = None) -> list[Array]:
        """Return the outputs over all rows: bool, or integers as wide as their bounds ask for. due: see pays."""
        if not self.pays(size, due):
            return self.interpreted(columns, size)
        found, job = self.job(columns, size)
        together(size, job)
        return found

    def job(self, columns: Columns, size: int, later: Collection[object] = ()) -> tuple[list[Array], Job]:
        """Return the outputs, and what writes them: the operations, compiled. later: columns that are not filled yet."""
        found = [_empty(o, size) for o in self.outputs]
        written = [a for o, a in zip(self.outputs, found, strict=True) if o.place is not None]
        return found, self._native(columns).job(columns, written, later)

    def expect(self, columns: Columns, due: int) -> None:
        """Compile, if that pays for so many rows to come with columns like these."""
        if self.decided(due):
            self._native(columns)

    def decided(self, due: int) -> bool:
        """Decide whether compiling pays for so many rows to come; that it does is kept to."""
        # What is kept is compiled once for many runs.
        self.paid = self.paid or (due >= (ENOUGH if keeps() else WORTH) and able())
        return self.paid

    def _native(self, columns: Columns) -> Native:
        if self.native is None:
            places = [place for place, *_ in self.steps]
            self.native = compiled(self.code, places, self.inputs, self.outputs, columns)
        return self.native

    def interpreted(self, columns: Columns, size: int) -> list[Array]:
        """Return the same, by numpy whatever the number of rows."""
        found = [_empty(o, size) for o in self.outputs]
        writes = [(o.place, array) for o, array in zip(self.outputs, found, strict=True) if o.place is not None]
        # Rows of which something is missing hold 0 there and are not looked at; they may divide by it.
        with np.errstate(all="ignore"):
            for start in range(0, size, CHUNK):
                self._chunk(columns, start, min(start + CHUNK, size), writes)
        return found

    def pays(self, size: int, due: int | None = None) -> bool:
        """Return whether compiling pays: for the rows that are due, these included, or that were seen where nobody knows.

        It never does for few at a time.
        """
        self.seen += size
        if size < FEW or not able():
            return False
        if due is not None:
            return self.decided(due)
        self.paid = self.paid or self.seen >= ENOUGH
        return self.paid

    def _chunk(self, columns: Columns, start: int, stop: int, writes: list[tuple[int, Array]]) -> None:
        held: dict[int, Array] = {}
        for place, name in self.inputs.items():
            op = self.code.ops[place]
            kind = np.bool_ if op.name == "truth" else dtype_of(op.lo, op.hi)
            held[place] = columns[name][start:stop].astype(kind, copy=False)
        for place, function, args, done in self.steps:
            held[place] = function(*[held[a] for a in args])
            for gone in done:
                del held[gone]
        for place, array in writes:
            array[start:stop] = held[place]


def _empty(output: Int | Flag, size: int) -> Array:
    """Return an array for an output; one that is the same everywhere takes no room."""
    if output.place is None:
        return everywhere(np.bool_(output.known) if isinstance(output, Flag) else np.int64(output.lo), size)
    return np.empty(size, kind_of(output))


def ready(code: Code, outputs: Sequence[Int | Flag]) -> Ready:
    """Make ready what some outputs need."""
    wanted = needed(code, outputs)
    inputs = {p: code.ops[p].args[0] for p in wanted if code.ops[p].name in ("input", "truth")}
    kept = {o.place for o in outputs}
    last: dict[int, int] = {}
    for place in wanted:
        for arg in _places(code.ops[place]):
            last[arg] = place
    gone: dict[int, list[int]] = {}
    for arg, place in last.items():
        if arg not in kept and arg not in inputs:
            gone.setdefault(place, []).append(arg)
    steps = tuple((p, *step(code, code.ops[p]), tuple(gone.get(p, ()))) for p in wanted if p not in inputs)
    return Ready(code, steps, inputs, tuple(outputs))


def needed(code: Code, outputs: Iterable[Int | Flag]) -> list[int]:
    """Return the operations that some outputs rest on, in order."""
    wanted: set[int] = set()
    todo = [o.place for o in outputs if o.place is not None]
    while todo:
        place = todo.pop()
        if place not in wanted:
            wanted.add(place)
            todo += _places(code.ops[place])
    return sorted(wanted)


def _places(op: Op) -> list[int]:
    return [] if op.name in ("input", "truth") else [a for a in op.args if type(a) is int]
