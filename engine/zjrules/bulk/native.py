"""Operations compiled for the processor at hand (LLVM, through llvmlite), and run over rows on all of its cores.

An operation costs numpy a walk through memory; compiled, all of them are one walk. Compiling takes about half a millisecond an
operation, so that only what has seen many rows is compiled (run.ENOUGH). What they give is what numpy gives, to the bit.
"""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from zjrules.bulk.code import Code, Flag, Int
from zjrules.bulk.ir import Fold, Text, bits_of, by_unit, over_rows
from zjrules.bulk.operation import Array, dtype_of, kind_of

PIECE = 16384
"""Rows that one core takes at a time."""
MOST_TAKEN = 1024
"""More than so many arguments ctypes does not pass."""


@frozen(eq=False)
class Function:
    """A compiled function; the engine holds its code, and the tables are read while it runs."""

    engine: Any
    call: Callable[..., None]
    tables: tuple[Array, ...]


def function(text: Text) -> Function:
    """Compile a function; all that it takes are integers of 64 bits, the addresses of columns among them."""
    _start()
    features = llvm.get_host_cpu_features().flatten()
    machine = llvm.Target.from_default_triple().create_target_machine(
        opt=3, cpu=llvm.get_host_cpu_name(), features=features
    )
    module = llvm.parse_assembly(text.text)
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = True
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    # The code is the engine's by now; what it was made of takes several times the room.
    engine.remove_module(module)
    tables = tuple(np.ascontiguousarray(t.values.astype(dtype_of(t.lo, t.hi))) for t in text.tables)
    kind = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * text.takes)
    return Function(engine, kind(engine.get_function_address(text.name)), tables)


@cache
def _start() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


@cache
def able() -> bool:
    """Return whether a program may make code while it runs here; a hardened system forbids it, and numpy is left."""
    try:
        return _executable() and bool(function(Text("nothing", 0, "define void @nothing() {\n  ret void\n}\n", ())))
    except RuntimeError:
        return False


def _executable() -> bool:
    """Return whether memory that was written may be executed: LLVM does not ask, and what it calls then ends the program."""
    if os.name != "posix":
        return True
    with mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE) as memory:
        held = ctypes.c_char.from_buffer(memory)
        change = ctypes.CDLL(None).mprotect
        change.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        found: int = change(ctypes.addressof(held), mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC)
        del held
    return found == 0


# ---------- over rows ----------


@frozen(eq=False)
class Places:
    """Columns in memory: where each begins, and how far it is from one row to the next (0: it is the same everywhere)."""

    arrays: Sequence[Array]
    starts: NDArray[np.int64]
    steps: NDArray[np.int64]

    def at(self, row: int) -> list[int]:
        """Return the addresses of a row."""
        found: list[int] = (self.starts + row * self.steps).tolist()
        return found


def places(arrays: Sequence[Array], steps: Sequence[int] | None = None) -> Places:
    """Return where some columns are."""
    by = [a.itemsize for a in arrays] if steps is None else steps
    return Places(arrays, np.array([a.ctypes.data for a in arrays], np.int64), np.array(by, np.int64))


@frozen(eq=False)
class Native:
    """A list of operations, compiled."""

    compiled: Function
    inputs: tuple[tuple[object, Any], ...]
    """What each is called among the columns, and how its numbers are read."""
    outputs: tuple[Int | Flag, ...]
    """Those that are not the same everywhere."""

    def given(self, columns: Mapping[object, Array]) -> Places:
        """Return where the inputs are, brought into the form in which they are read."""
        arrays, steps = [], []
        for name, kind in self.inputs:
            column = columns[name]
            if column.strides == (0,):
                # One piece of it serves for all.
                arrays.append(np.full(PIECE, column[0] if len(column) else 0, kind))
                steps.append(0)
            else:
                arrays.append(np.ascontiguousarray(column, kind))
                steps.append(arrays[-1].itemsize)
        return places(arrays, steps)

    def run(self, columns: Mapping[object, Array], found: Sequence[Array], size: int) -> None:
        """Write the outputs over all rows into arrays."""
        given, into = self.given(columns), places(found)
        together(size, PIECE, lambda start, stop: self.piece(given, into, start, stop))

    def piece(self, given: Places, into: Places, start: int, stop: int, first: int = 0) -> None:
        """Work out some rows; first is the row with which the outputs begin."""
        tables = [t.ctypes.data for t in self.compiled.tables]
        for at in range(start, stop, PIECE):
            self.compiled.call(0, min(PIECE, stop - at), *given.at(at), *into.at(at - first), *tables)


def compiled(
    code: Code,
    steps: Iterable[int],
    inputs: Mapping[int, object],
    outputs: Sequence[Int | Flag],
    columns: Mapping[object, Array],
) -> Native:
    """Compile operations. columns are some that they will see: what is as wide in all frames is read as it is."""
    kinds = [_read(code, place, columns[name]) for place, name in inputs.items()]
    written = tuple(o for o in outputs if o.place is not None)
    read = [(place, bits_of(kind)) for place, kind in zip(inputs, kinds, strict=True)]
    text = over_rows(code, steps, read, [(o, bits_of(kind_of(o))) for o in written])
    return Native(function(text), tuple(zip(inputs.values(), kinds, strict=True)), written)


def _read(code: Code, place: int, column: Array) -> Any:
    """Return how an input is read: as wide as its bounds, or as the column is where that is wider; a truth as a byte."""
    op = code.ops[place]
    if op.name == "truth":
        return column.dtype if column.itemsize == 1 else np.dtype(np.bool_)
    least = dtype_of(op.lo, op.hi)
    return column.dtype if column.dtype.itemsize > np.dtype(least).itemsize else np.dtype(least)


# ---------- by unit ----------


@frozen(eq=False)
class Gathering:
    """The rows of a ledger worked out and brought together, a few units at a time, so that the rows stay in the cache."""

    rows: Native
    units: Function
    kinds: tuple[Any, ...]
    """What the rows hold, for each fold."""

    def run(self, columns: Mapping[object, Array], starts: Array, found: Sequence[Array]) -> None:
        """Write what the rows of every unit come to into arrays, one for each fold."""
        size = len(starts) - 1
        given, addresses = self.rows.given(columns), [starts.ctypes.data, *(f.ctypes.data for f in found)]
        piece = max(1, PIECE * size // max(int(starts[-1]), 1))
        together(size, piece, lambda start, stop: self._piece(given, starts, addresses, start, stop))

    def _piece(self, given: Places, starts: Array, addresses: Sequence[int], start: int, stop: int) -> None:
        first, last = int(starts[start]), int(starts[stop])
        rows = places([np.empty(last - first, kind) for kind in self.kinds])
        self.rows.piece(given, rows, first, last, first)
        self.units.call(start, stop, first, addresses[0], *rows.at(0), *addresses[1:])


def gathering(rows: Native, folds: Sequence[Fold]) -> Gathering:
    """Compile how rows are brought together; there is one fold for each output of the rows."""
    return Gathering(rows, function(by_unit(folds)), tuple(kind_of(o) for o in rows.outputs))


# ---------- on all cores ----------


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, _others()), "zjrules-bulk")


@cache
def _others() -> int:
    return (os.cpu_count() or 1) - 1


def together(size: int, piece: int, work: Callable[[int, int], None]) -> None:
    """Do some work for all rows, a piece at a time, on all cores: compiled code needs no lock of Python's.

    The caller works too, and nobody waits for a core that has not begun: pieces are taken one by one by whoever is free.
    """
    starts = range(0, size, piece)
    left = iter(starts)

    def several() -> None:
        for start in left:
            work(start, min(start + piece, size))

    helpers = [_pool().submit(several) for _ in range(min(_others(), len(starts) - 1))]
    try:
        several()
    finally:
        # An interrupt must not let go of arrays that are still written.
        running = [one for one in helpers if not one.cancel()]
        wait(running)
    for one in running:
        one.result()
