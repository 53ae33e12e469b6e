"""A table of scores as it is kept between blocks, and made whole: integers instead of decimals, no columns of nothing.

What is joined of several columns in the end (the titles of failed checks) is kept in these, which take far less room.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from zjrules.bulk.frame import Ints, Truths

PART = "·份"
"""Between the name of a column that is joined of several ones, and the number of one."""
DIGITS = 38
JOINT = "、"
_KINDS = (np.int8, np.int16, np.int32, np.int64)


def integers(values: Ints, valid: Truths) -> pl.Series:
    """Return integers as a column that is as narrow as they are."""
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    kind = next(k for k in _KINDS if np.iinfo(k).min <= low and high <= np.iinfo(k).max)
    narrow = np.ascontiguousarray(values, kind)
    return _series(pa.from_numpy_dtype(kind), len(values), valid, pa.py_buffer(narrow))


def _decimals(values: Ints, valid: Truths | None, kind: pa.DataType) -> pa.Array:
    """Return integers as decimals: 250 with two places is 2.50."""
    words = np.empty((len(values), 2), np.int64)
    words[:, 0] = values
    np.right_shift(words[:, 0], 63, out=words[:, 1])
    return _array(kind, len(values), valid, pa.py_buffer(words))


def _array(kind: pa.DataType, size: int, valid: Truths | None, data: pa.Buffer) -> pa.Array:
    known = None if valid is None or valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(kind, size, [known, data])


def _series(kind: pa.DataType, size: int, valid: Truths, data: pa.Buffer) -> pl.Series:
    found = pl.from_arrow(_array(kind, size, valid, data))
    assert isinstance(found, pl.Series)
    return found


def coded(texts: Sequence[str | None], which: Ints) -> pl.Series:
    """Return texts by the number that each row has, as options: the numbers are what is kept."""
    options = list(dict.fromkeys(t for t in texts if t))
    places = {t: place for place, t in enumerate(options)}
    numbers = np.array([places.get(t or "", len(options)) for t in texts], np.uint32)[which]
    if not options:
        return nothing(pl.String(), len(which))
    valid = numbers < len(options)
    numbers = np.where(valid, numbers, np.uint32(0))
    return _series(pa.uint32(), len(which), valid, pa.py_buffer(numbers)).cat.to(pl.Enum(options))


def nothing(kind: pl.DataType, size: int) -> pl.Series:
    """Return a column of nulls."""
    return pl.Series([None], dtype=kind).new_from_index(0, size)


def narrow(table: pl.DataFrame) -> pl.DataFrame:
    """Return a whole table as it is kept."""
    return pl.DataFrame([_narrow(s) for s in table if s.null_count() < len(s)])


def _narrow(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Decimal):
        return column.to_physical().cast(pl.Int64).shrink_dtype()
    return column


# ---------- made whole ----------


def arrow(table: pl.DataFrame) -> pa.Table:
    """Return a table in the types that everybody reads."""
    return table.to_arrow(compat_level=pl.CompatLevel.oldest())


def whole_schema(schema: pl.Schema) -> pa.Schema:
    """Return the columns of a whole table as Arrow has them."""
    return arrow(pl.DataFrame(schema=schema)).schema


def widened(kept: pl.DataFrame, schema: pa.Schema) -> pa.Table:
    """Return the whole table with the columns of a schema."""
    blank = {kind: pa.nulls(kept.height, kind) for kind in set(schema.types)}
    parts: dict[str, list[pl.Series]] = {}
    for column in kept:
        parts.setdefault(column.name.partition(PART)[0], []).append(column)
    columns = [_joined([_wide(c, f.type) for c in parts[f.name]]) if f.name in parts else blank[f.type] for f in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _wide(column: pl.Series, kind: pa.DataType) -> pa.Array:
    if pa.types.is_decimal(kind):
        valid = column.is_not_null().to_numpy() if column.null_count() else None
        numbers = column if valid is None else column.fill_null(0)
        return _decimals(numbers.to_numpy().astype(np.int64), valid, kind)
    found = column.to_arrow(compat_level=pl.CompatLevel.oldest())
    if pa.types.is_dictionary(found.type):
        return found.dictionary.cast(kind).take(found.indices)
    return found.cast(kind)


def _joined(parts: list[pa.Array]) -> pa.Array:
    """Return texts that stand in several columns as one; null where all of them are."""
    if len(parts) == 1:
        return parts[0]
    none, kind = reduce(pc.and_, (part.is_null() for part in parts)), parts[0].type
    # pyarrow 26 loses a row of which all parts are null: one of them is a blank there.
    first = pc.if_else(none, pa.scalar("", kind), parts[0]) if pc.any(none).as_py() else parts[0]
    found = pc.binary_join_element_wise(first, *parts[1:], pa.scalar(JOINT, kind), null_handling="skip")
    if first is parts[0]:
        return found
    known = np.packbits(~none.to_numpy(zero_copy_only=False), bitorder="little")
    return pa.Array.from_buffers(kind, len(found), [pa.py_buffer(known), *found.buffers()[1:]])
