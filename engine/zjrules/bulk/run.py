"""Carries out a list of operations over columns: numpy, a chunk of rows at a time so that they stay in the processor's cache.

Measured against polars on two cores (tests/bench/README.md): operation by operation over whole columns both wait for memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from zjrules.bulk.code import NARROW, Code, Flag, Int, Op
from zjrules.bulk.table import Lookup

Array = NDArray[Any]
Columns = Mapping[object, Array]
CHUNK = 8192

FUNCTIONS: dict[str, Callable[..., Array]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "floor": np.floor_divide, "abs": np.absolute,
    "max": np.maximum, "min": np.minimum, "if": np.where, "bits": np.bitwise_or,
    "lt": np.less, "le": np.less_equal, "eq": np.equal, "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
}  # fmt: skip


@frozen(eq=False)
class Ready:
    """Operations made ready: only those that the outputs need, each with what is no longer needed after it."""

    steps: tuple[tuple[int, Callable[..., Array], tuple[Any, ...], tuple[int, ...]], ...]
    inputs: Mapping[int, object]
    truths: Mapping[int, bool]
    """Which inputs are truths."""
    outputs: tuple[Int | Flag, ...]
    wide: bool
    """Whether an operation may leave 64 bits: then it is not for numpy."""

    def run(self, columns: Columns, size: int) -> list[Array]:
        """Return the outputs over all rows: int64 or bool, one array each."""
        found = [np.empty(size, np.bool_ if isinstance(o, Flag) else np.int64) for o in self.outputs]
        for start in range(0, size, CHUNK):
            stop = min(start + CHUNK, size)
            self._chunk(columns, start, stop, found)
        return found

    def _chunk(self, columns: Columns, start: int, stop: int, found: list[Array]) -> None:
        held: dict[int, Array] = {place: columns[name][start:stop] for place, name in self.inputs.items()}
        # Rows of which something is missing hold 0 there and are not looked at; they may divide by it.
        with np.errstate(all="ignore"):
            for place, function, args, done in self.steps:
                held[place] = function(*[held[a] if type(a) is int else a[1] for a in args])
                for gone in done:
                    del held[gone]
        for output, array in zip(self.outputs, found, strict=True):
            array[start:stop] = _constant(output) if output.place is None else held[output.place]


def _constant(output: Int | Flag) -> int | bool:
    return bool(output.known) if isinstance(output, Flag) else output.lo


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
    steps = tuple(
        (p, *_call(code.ops[p]), tuple(gone.get(p, ()))) for p in wanted if p not in inputs
    )
    wide = any(max(-code.ops[p].lo, code.ops[p].hi) > NARROW for p in wanted)
    truths = {p: code.ops[p].name == "truth" for p in inputs}
    return Ready(steps, inputs, truths, tuple(outputs), wide)


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


def _call(op: Op) -> tuple[Callable[..., Array], tuple[Any, ...]]:
    """Return the function of an operation and its arguments: places, or ("int", constant)."""
    if op.name == "lookup":
        table = op.args[0]
        assert isinstance(table, Lookup)
        return (lambda index: table.values.take(index, mode="clip")), (op.args[1],)
    args: tuple[Any, ...] = op.args
    if op.name in ("and", "or", "not") or op.name == "if":
        args = tuple(("int", bool(a[1])) if i == 0 and type(a) is tuple else a for i, a in enumerate(args))
    function = FUNCTIONS[op.name]
    if op.name == "if" and args[1:] == (("int", 1), ("int", 0)):
        return (lambda test: test.view(np.int8).astype(np.int64)), args[:1]
    if op.name == "if" and args[2] == ("int", 0) and type(args[1]) is tuple:
        times = args[1][1]
        return (lambda test: np.multiply(test, times, dtype=np.int64)), args[:1]
    return function, args


