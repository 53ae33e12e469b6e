"""Single operations on numpy arrays: 32 bits wide where the bounds allow it, since those take half the memory and time."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zjrules.bulk.code import SHORT, Code, Flag, Int, Op
from zjrules.bulk.table import Lookup

Array = NDArray[Any]
Step = Callable[..., Array]

ARITHMETIC: dict[str, Any] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "floor": np.floor_divide, "abs": np.absolute,
    "max": np.maximum, "min": np.minimum, "bits": np.bitwise_or,
}  # fmt: skip
TRUTHS: dict[str, Any] = {
    "lt": np.less, "le": np.less_equal, "eq": np.equal, "and": np.bitwise_and, "or": np.bitwise_or, "not": np.invert,
}  # fmt: skip


@lru_cache(32, typed=True)
def everywhere(value: np.generic, size: int) -> Array:
    """Return a column that is the same everywhere and takes no room; it cannot be written to."""
    return np.broadcast_to(value, size)


def dtype_of(lo: int, hi: int) -> type[np.int32 | np.int64]:
    """Return the narrower of two widths that holds all numbers between two bounds."""
    return np.int32 if max(-lo, hi) <= SHORT else np.int64


def kind_of(output: Int | Flag) -> Any:
    """Return the numbers that the array of an output holds."""
    if isinstance(output, Flag):
        return np.bool_
    return np.int8 if output.lo >= 0 and output.hi < 128 else dtype_of(output.lo, output.hi)


def step(code: Code, op: Op) -> tuple[Step, tuple[int, ...]]:
    """Return the function of an operation and the places of the arrays that it takes; constants are in the function."""
    if op.name == "lookup":
        return _lookup(op)
    places = tuple(a for a in op.args if type(a) is int)
    given = [a if type(a) is int else None for a in op.args]
    constants = [a[1] if isinstance(a, tuple) else None for a in op.args]
    if op.name == "if":
        return _chosen(code, op, given, constants), places
    if op.name in TRUTHS:
        return _bound(TRUTHS[op.name], given, [None if c is None else dtype_of(c, c)(c) for c in constants], {}), places
    kind = dtype_of(op.lo, op.hi)
    wide = any(_dtype(code, p) is np.int64 for p in places) or any(c is not None and abs(c) > SHORT for c in constants)
    function = ARITHMETIC[op.name]
    scalars = [None if c is None else (np.int64 if wide else kind)(c) for c in constants]
    if wide and kind is np.int32:
        inner = _bound(function, given, scalars, {"dtype": np.int64})
        return (lambda *arrays: inner(*arrays).astype(np.int32)), places
    return _bound(function, given, scalars, {"dtype": kind}), places


def _dtype(code: Code, place: int) -> type:
    op = code.ops[place]
    return dtype_of(op.lo, op.hi)


def _bound(function: Any, given: list[int | None], scalars: list[Any], named: dict[str, Any]) -> Step:
    """Return a function of the arrays alone: constants stand where they belong."""
    match [g is None for g in given]:
        case [False] | [False, False]:
            return (lambda *arrays: function(*arrays, **named)) if named else function
        case [True, False]:
            first = scalars[0]
            return lambda b: function(first, b, **named)
        case _:
            second = scalars[1]
            return lambda a: function(a, second, **named)


def _lookup(op: Op) -> tuple[Step, tuple[int, ...]]:
    table, place = op.args
    assert isinstance(table, Lookup) and isinstance(place, int)
    values = table.values.astype(dtype_of(table.lo, table.hi))

    def looked_up(index: Array) -> Array:
        return np.take(values, index, mode="clip")

    return looked_up, (place,)


def _chosen(code: Code, op: Op, given: list[int | None], constants: list[Any]) -> Step:
    """Return what picks between two columns: by multiplication where that is 32 bits wide, which knows no branches."""
    kind = dtype_of(op.lo, op.hi)
    first, second = constants[1], constants[2]
    if first is not None and second is not None:
        times, more = kind(first - second), kind(second)
        if not second:
            return lambda test: np.multiply(test, times, dtype=kind)
        return lambda test: np.multiply(test, times, dtype=kind) + more
    if second == 0:
        return lambda test, a: np.multiply(a, test, dtype=kind)
    if first == 0:
        return lambda test, b: np.multiply(b, ~test, dtype=kind)
    # A difference may wrap round; what is added back to it is right all the same.
    if first is not None:
        return lambda test, b: _picked(test, np.subtract(kind(first), b, dtype=kind), b, kind)
    if second is not None:
        return lambda test, a: _picked(test, np.subtract(a, kind(second), dtype=kind), kind(second), kind)
    return lambda test, a, b: _picked(test, np.subtract(a, b, dtype=kind), b, kind)


def _picked(test: Array, difference: Array, other: Any, kind: type) -> Array:
    """Return other plus the difference where test holds; masks are cheaper than a branch and than a 64-bit product."""
    if kind is np.int32:
        difference *= test
    else:
        difference &= np.negative(test.view(np.int8), dtype=np.int64)
    difference += other
    return difference
