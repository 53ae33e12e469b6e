"""A table of scores as it is kept between blocks, and made whole: integers instead of decimals, no columns of nothing.

What is joined of several columns in the end (the titles of failed checks) is kept in these, which take far less room.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

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


def decimals(values: Ints, valid: Truths, places: int) -> pl.Series:
    """Return integers as decimals with so many places: 250 with two is 2.50."""
    words = np.empty((len(values), 2), np.int64)
    words[:, 0] = values
    np.right_shift(words[:, 0], 63, out=words[:, 1])
    return _series(pa.decimal128(DIGITS, places), len(values), valid, pa.py_buffer(words))


def _series(kind: pa.DataType, size: int, valid: Truths, data: pa.Buffer) -> pl.Series:
    known = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    found = pl.from_arrow(pa.Array.from_buffers(kind, size, [known, data]))
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


def widened(kept: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Return the whole table with the columns of a schema."""
    blank: dict[pl.DataType, pl.Series] = {}
    for kind in schema.dtypes():
        blank[kind] = blank[kind] if kind in blank else nothing(kind, kept.height)
    return pl.DataFrame([_wide(kept, name, kind, blank[kind]).alias(name) for name, kind in schema.items()])


def _wide(kept: pl.DataFrame, name: str, kind: pl.DataType, blank: pl.Series) -> pl.Series:
    if name not in kept.columns:
        parts = [s.cast(pl.String) for s in kept if s.name.startswith(name + PART)]
        return joined(parts) if parts else blank
    column = kept[name]
    if isinstance(kind, pl.Decimal):
        valid = column.is_not_null().to_numpy() if column.null_count() else np.ones(len(column), np.bool_)
        numbers = column.fill_null(0) if column.null_count() else column
        return decimals(numbers.to_numpy().astype(np.int64), valid, kind.scale)
    return column if column.dtype == kind else column.cast(kind)


def joined(parts: list[pl.Series]) -> pl.Series:
    """Return texts that stand in several columns as one; null where all of them are."""
    if len(parts) == 1:
        return parts[0]
    return pl.select(pl.concat_str(parts, separator=JOINT, ignore_nulls=True).replace("", None)).to_series()
