"""Columns taken whole: Arrow's own memory read as integers, and bounds, nulls and grid looked at once for all rows.

A column in which one row is not plainly right gives None, and `cells` looks at its rows; what both give is the same.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

from zjrules import fit
from zjrules.bulk.frame import Ints, Known, States, Truths, Whole
from zjrules.bulk.grid import grid, reach, width
from zjrules.fact import Asked
from zjrules.inout.table import numbers as num
from zjrules.inout.table.columns import Column
from zjrules.inout.table.fitted import fitted
from zjrules.unit import Choice, Date, Number, Truth, Year

EPOCH = 719163
"""1970-01-01 as a proleptic Gregorian ordinal."""
SPACES = "".join(c for c in map(chr, range(0x3001)) if c.isspace()) + "\ufeff"
"""What may stand around a text without meaning anything."""
_WORD = 2**63
INLINE = 12
"""Bytes of a text that stand in its view."""
_NOTHING = (*fit.BLANK, "不适用")
"""What a text may be that says nothing, or begin with."""


@frozen(eq=False)
class Plain:
    """The numbers and states of a column, as `Cells` has them."""

    numbers: Whole
    states: States


def plain(values: pl.Series, column: Column) -> Plain | None:
    """Return a column of which every row is null or plainly right; None where single rows must be looked at."""
    asked, dtype = column.asked, values.dtype
    if not len(values):
        return Plain(np.zeros(0, width(asked)), np.zeros(0, np.uint8))
    match asked.type:
        case Number():
            each = num.steps(asked, column.scale) or Fraction(1)
            if isinstance(dtype, pl.Decimal):
                return _ranged(values, each / 10**dtype.scale, asked)
            return _ranged(values, each, asked) if dtype.is_integer() else None
        case Year() if dtype.is_integer():
            return _ranged(values, Fraction(1), asked)
        case Date() if dtype == pl.Date:
            return _ranged(values, Fraction(1), asked, EPOCH)
        case Truth() if dtype == pl.Boolean:
            return _truths(_arrow(values), asked)
        case Choice() if dtype in (pl.String, pl.Categorical) or isinstance(dtype, pl.Enum):
            return _written(values, column) if dtype == pl.String else _choices(_arrow(values), column)
        case _:
            return None


def _arrow(values: pl.Series) -> pa.Array:
    return values.to_arrow(compat_level=pl.CompatLevel.oldest())


def _states(known: Truths | None, size: int) -> States:
    # Known.GIVEN is 0, Known.MISSING 1.
    return np.zeros(size, np.uint8) if known is None else (~known).view(np.uint8)


# ---------- Arrow's memory ----------


def valid(array: pa.Array) -> Truths | None:
    """Return where an array holds a value; None: everywhere."""
    return bits(array, 0) if array.null_count else None


def bits(array: pa.Array, which: int) -> Truths:
    """Return a buffer of an array that holds one bit a row; an array may begin within a byte."""
    packed = np.frombuffer(array.buffers()[which], np.uint8)
    first, last = array.offset, array.offset + len(array)
    start = first // 8
    found = np.unpackbits(packed[start : (last + 7) // 8], count=last - start * 8, bitorder="little")
    return found[first - start * 8 :].view(np.bool_)


def _whole(array: pa.Array, known: Truths | None) -> NDArray[np.integer[Any]] | None:
    """Return the integers of an array without a copy; None for decimals that need more than 64 bits."""
    kind = array.type
    if not pa.types.is_decimal(kind):
        dtype = np.dtype(np.int32) if pa.types.is_date32(kind) else np.dtype(str(kind))
        return np.frombuffer(array.buffers()[1], dtype)[array.offset : array.offset + len(array)]
    words = np.frombuffer(array.buffers()[1], np.int64).reshape(-1, 2)[array.offset : array.offset + len(array)]
    low = np.ascontiguousarray(words[:, 0])
    wide = words[:, 1] != low >> 63
    return None if (wide if known is None else wide & known).any() else low


# ---------- by type ----------


def _ranged(values: pl.Series, each: Fraction, asked: Asked, shift: int = 0) -> Plain | None:
    """Return integers times a ratio, and moved, where all of them are whole and in the declared range."""
    size = len(values)
    if values.null_count() == size:
        return Plain(np.zeros(size, width(asked)), np.full(size, Known.MISSING, np.uint8))
    array, bounds = _arrow(values), allowed(asked)
    known = valid(array)
    numbers = _whole(array, known)
    if bounds is None or numbers is None:
        return None
    if known is not None:
        # What stands under a null is nothing; another row's number is in the range where that is.
        numbers = np.where(known, numbers, numbers[known.argmax()])
    least, most = int(numbers.min()), int(numbers.max())
    above, below = each.numerator, each.denominator
    if least * above < (bounds[0] - shift) * below or most * above > (bounds[1] - shift) * below:
        return None
    if max(-least, most, above, below) >= _WORD or (below > 1 and (numbers.astype(np.int64, copy=False) % below).any()):
        return None
    if below > 1:
        numbers = numbers.astype(np.int64, copy=False) // below
    if above > 1:
        numbers = numbers.astype(np.int64, copy=False) * above
    kind = width(asked)
    found: Whole = (numbers + shift if shift else numbers).astype(kind, copy=False)
    return Plain(found if known is None else np.where(known, found, kind(0)), _states(known, size))


def allowed(asked: Asked) -> tuple[int, int] | None:
    """Return the least and greatest integer over the grid that is allowed and that columns hold; None where that does not tell all."""
    if len(asked.limits.pieces) != 1:
        return None
    (piece,), scale = asked.limits.pieces, grid(asked.type)
    if piece.step is not None:
        step = piece.step * scale
        if step.numerator != 1 or (piece.anchor * scale * step.denominator).denominator != 1:
            return None
    low, high = reach(asked)
    if piece.lo is not None and piece.lo_open and (piece.lo * scale).denominator == 1:
        low = max(low, int(piece.lo * scale) + 1)
    if piece.hi is not None and piece.hi_open and (piece.hi * scale).denominator == 1:
        high = min(high, int(piece.hi * scale) - 1)
    return (max(low, 1000), min(high, 9999)) if isinstance(asked.type, Year) else (low, high)


def truths(values: pl.Series) -> Truths:
    """Return where a column of truths says true; a null says nothing."""
    if not len(values):
        return np.zeros(0, np.bool_)
    array = _arrow(values)
    known, found = valid(array), bits(array, 1)
    return found if known is None else found & known


def _truths(array: pa.Array, asked: Asked) -> Plain:
    known, found = valid(array), bits(array, 1)
    return Plain((found if known is None else found & known).astype(width(asked)), _states(known, len(array)))


def _written(values: pl.Series, column: Column) -> Plain | None:
    """Return options: by their views what is a short one to the letter, and what else there is as `_choices` does."""
    assert isinstance(column.asked.type, Choice)
    options = [
        o for o in dict.fromkeys(column.asked.type.options) if len(o.encode()) <= INLINE and o == o.strip(SPACES)
    ]
    read = fitted(options, column)
    if not options or (read.states != Known.GIVEN).any():
        return _choices(_arrow(values), column)
    array, words = _views(values, np.uint64)
    first, rest = np.ascontiguousarray(words[:, 0]), np.ascontiguousarray(words[:, 1])
    numbers, there = np.zeros(len(values), width(column.asked)), np.zeros(len(values), np.bool_)
    for option, number in zip(options, read.numbers.tolist(), strict=True):
        view = np.frombuffer(_view(option), np.uint64)
        here = (first == view[0]) & (rest == view[1])
        there |= here
        numbers += here * numbers.dtype.type(number)
    known = valid(array)
    states = _states(known, len(values))
    others = np.flatnonzero(~there if known is None else known & ~there)
    if known is not None:
        numbers[~known] = 0  # what stands under a null is nothing
    if len(others):
        found = _choices(_arrow(values.gather(others)), column)
        if found is None:
            return None
        numbers[others], states[others] = found.numbers, found.states
    return Plain(numbers, states)


def _choices(array: pa.Array, column: Column) -> Plain | None:
    """Return texts of which each different one is an option or a blank."""
    held = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    texts = [str(t or "").strip(SPACES) for t in held.dictionary.to_pylist()]
    filled = [k for k, t in enumerate(texts) if t not in fit.BLANK]
    read = fitted([texts[k] for k in filled], column)
    if read.problems or read.beside:
        return None
    # The last one stands for nulls.
    numbers = np.zeros(len(texts) + 1, width(column.asked))
    states = np.full(len(texts) + 1, Known.MISSING, np.uint8)
    numbers[filled], states[filled] = read.numbers, read.states
    known, places = valid(held.indices), _whole(held.indices, None)
    assert places is not None
    which = places if known is None else np.where(known, places, len(texts))
    return Plain(numbers[which], states[which])


# ---------- texts ----------


def _views(values: pl.Series, kind: type[np.unsignedinteger[Any]]) -> tuple[pa.Array, NDArray[Any]]:
    """Return texts, and their views as rows of integers.

    A view has 16 bytes: the length of a text, then the text (zeros after it) or, of one longer than INLINE, its first 4 bytes.
    """
    array = values.to_arrow(compat_level=pl.CompatLevel.newest())
    views = np.frombuffer(array.buffers()[1], kind).reshape(-1, 16 // np.dtype(kind).itemsize)
    return array, views[array.offset : array.offset + len(array)]


def _view(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(4, "little") + data.ljust(INLINE, b"\0")


def _starts() -> Truths:
    """Return by its first two bytes whether a text may be one that says nothing."""
    found = np.zeros(1 << 16, np.bool_)
    for text in (*SPACES, *_NOTHING):
        data = text.encode()
        if len(data) == 1:
            found[data[0] + 256 * np.arange(256)] = True
        else:
            found[data[0] + 256 * data[1] if data else 0] = True
    return found


_STARTS = _starts()


def doubtful(values: pl.Series) -> Ints:
    """Return the rows of texts that may be blank or 不适用, some that are not among them: told by their beginnings."""
    if not len(values):
        return np.zeros(0, np.int64)
    _, views = _views(values, np.uint16)
    return np.flatnonzero(_STARTS[views[:, 2]]).astype(np.int64)
