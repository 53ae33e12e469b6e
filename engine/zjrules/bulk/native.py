"""Operations compiled for the processor at hand (LLVM, through llvmlite), and run over rows on all of its cores.

An operation costs numpy a walk through memory; compiled, all of them are one walk. Compiling takes about half a millisecond an
operation, so that only what has seen many rows is compiled (run.ENOUGH). What they give is what numpy gives, to the bit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache, lru_cache, partial
from typing import Any, TypeVar

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from zjrules.bulk.block import BLOCK, over_blocks, over_units
from zjrules.bulk.code import Code, Flag, Int
from zjrules.bulk.fold import LANES, Fold, by_unit
from zjrules.bulk.ir import Text, bits_of, over_rows
from zjrules.bulk.machine import Function, kept_function
from zjrules.bulk.operation import Array, dtype_of, kind_of

PIECES = 8
"""Among so many parts the rows of one core are shared out: one that is held up leaves its last ones to others."""
LEAST = 4096
"""Fewer rows than this are not worth a part."""
_T = TypeVar("_T")
Job = Callable[[int, int], None]
"""Does some work for the rows from a start to a stop; all starts are multiples of BLOCK."""


# ---------- over rows ----------


@frozen(eq=False)
class Places:
    """Columns in memory: where each begins, and how far it is from one row to the next (0: it is the same everywhere)."""

    arrays: Sequence[Array]
    starts: NDArray[np.int64]
    steps: NDArray[np.int64]

    @property
    def told(self) -> tuple[int, int]:
        """Where both lists are in memory."""
        return self.starts.ctypes.data, self.steps.ctypes.data


@frozen(eq=False)
class Inputs:
    """The columns that compiled operations read: what each is called, and how its numbers are read."""

    kinds: tuple[tuple[object, Any], ...]

    def at(self, columns: Mapping[object, Array], more: Sequence[Array], rows: int = BLOCK) -> Places:
        """Return where the inputs are, brought into the form in which they are read, and after them some arrays.

        rows: how many a block has at most.
        """
        arrays, steps = [], []
        for name, kind in self.kinds:
            column = columns[name]
            if column.strides == (0,):
                arrays.append(_same(column[0].item() if len(column) else 0, kind, 1 << (rows - 1).bit_length()))
                steps.append(0)
            else:
                arrays.append(np.ascontiguousarray(column, kind))
                steps.append(arrays[-1].itemsize)
        arrays += more
        steps += [a.itemsize for a in more]
        return Places(arrays, np.array([a.ctypes.data for a in arrays], np.int64), np.array(steps, np.int64))


@lru_cache(64)
def _same(value: int, kind: Any, rows: int) -> Array:
    """Return what is the same everywhere for the rows of a block; it is only read."""
    return np.full(rows, value, kind)


@frozen(eq=False)
class Native:
    """A list of operations, compiled."""

    compiled: Function
    inputs: Inputs
    outputs: tuple[Int | Flag, ...]
    """Those that are not the same everywhere."""

    def job(self, columns: Mapping[object, Array], found: Sequence[Array], later: Collection[object] = ()) -> Job:
        """Return what writes the outputs over some rows into arrays; later: columns that are not filled yet."""
        given = self.inputs.at(columns, (*found, *self.compiled.tables))
        for (name, _), array in zip(self.inputs.kinds, given.arrays, strict=False):
            assert name not in later or columns[name].strides == (0,) or array is columns[name], (
                "a copy would stay empty"
            )
        return lambda start, stop: self.compiled.call(start, stop, *given.told)


def compiled(
    code: Code,
    steps: Iterable[int],
    inputs: Mapping[int, object],
    outputs: Sequence[Int | Flag],
    columns: Mapping[object, Array],
) -> Native:
    """Compile operations. columns are some that they will see: what is as wide in all frames is read as it is."""
    read = _inputs(code, inputs, columns)
    written = tuple(o for o in outputs if o.place is not None)
    text = _rows(code, steps, inputs, read, written)
    return Native(kept_function(over_blocks(text, len(inputs), len(written))), read, written)


def _inputs(code: Code, inputs: Mapping[int, object], columns: Mapping[object, Array]) -> Inputs:
    return Inputs(tuple((name, _read(code, place, columns[name])) for place, name in inputs.items()))


def _rows(
    code: Code, steps: Iterable[int], inputs: Mapping[int, object], read: Inputs, written: Sequence[Int | Flag]
) -> Text:
    taken = [(place, bits_of(kind)) for place, (_, kind) in zip(inputs, read.kinds, strict=True)]
    return over_rows(code, steps, taken, [(o, bits_of(kind_of(o))) for o in written])


def _read(code: Code, place: int, column: Array) -> Any:
    """Return how an input is read: as wide as its bounds, or as the column is where that is wider; a truth as a byte."""
    op = code.ops[place]
    if op.name == "truth":
        return column.dtype if column.itemsize == 1 else np.dtype(np.bool_)
    if column.itemsize == 1 and op.lo >= 0 and op.hi < 128:
        return np.dtype(np.int8)
    least = np.dtype(dtype_of(op.lo, op.hi))
    return column.dtype if column.itemsize > least.itemsize else least


# ---------- by unit ----------


@frozen(eq=False)
class Gathering:
    """The rows of a ledger worked out and brought together, a block of units at a time, so that the rows stay in the cache."""

    compiled: Function
    inputs: Inputs
    kinds: tuple[Any, ...]
    """What the rows give, for each fold."""

    def job(self, columns: Mapping[object, Array], starts: Array, found: Sequence[Array]) -> Job:
        """Return what writes what the rows of some units come to into arrays, one for each fold."""
        ends = starts[np.minimum(np.arange(BLOCK, len(starts) + BLOCK - 1, BLOCK), len(starts) - 1)]
        longest = int(np.diff(ends, prepend=0).max(initial=1))
        given = self.inputs.at(columns, (*found, *self.compiled.tables), longest)

        def work(start: int, stop: int) -> None:
            held = [np.empty(longest + LANES, kind) for kind in self.kinds]
            at = np.array([h.ctypes.data for h in held], np.int64)
            self.compiled.call(start, stop, *given.told, starts.ctypes.data, at.ctypes.data)

        return work


def gathering(
    code: Code,
    steps: Iterable[int],
    inputs: Mapping[int, object],
    folds: Sequence[tuple[Int | Flag, Fold]],
    columns: Mapping[object, Array],
) -> Gathering:
    """Compile how rows are worked out and brought together: each fold with what the rows give for it."""
    read, written = _inputs(code, inputs, columns), [o for o, _ in folds]
    text = _rows(code, steps, inputs, read, written)
    made = over_units(text, by_unit([fold for _, fold in folds]), len(inputs), len(folds))
    return Gathering(kept_function(made), read, tuple(kind_of(o) for o in written))


# ---------- on all cores ----------


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, _others()), "zjrules-bulk")


@cache
def _others() -> int:
    return (os.cpu_count() or 1) - 1


def together(size: int, work: Job) -> None:
    """Do some work for all rows, a part at a time, on all cores: compiled code needs no lock of Python's."""
    piece = max(LEAST, -(-size // (PIECES * (_others() + 1))))
    step = -(-piece // BLOCK) * BLOCK
    shared([partial(work, start, min(start + step, size)) for start in range(0, size, step)])


def shared(tasks: Sequence[Callable[[], _T]]) -> list[_T]:
    """Do some tasks on all cores, and return what they give.

    The caller works too, and nobody waits for a core that has not begun: tasks are taken one by one by whoever is free. A
    task may share out its own work in turn.
    """
    left, given = iter(enumerate(tasks)), dict[int, _T]()

    def several() -> None:
        for place, task in left:
            given[place] = task()

    helpers = [_pool().submit(several) for _ in range(min(_others(), len(tasks) - 1))]
    try:
        several()
    finally:
        # An interrupt must not let go of arrays that are still written.
        running = [one for one in helpers if not one.cancel()]
        wait(running)
    for one in running:
        one.result()
    return [given[place] for place in range(len(tasks))]
