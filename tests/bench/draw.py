"""Columns of random values for the generator of departments: drawn with numpy as integers, turned into Polars columns."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

from zjrules.fact import Asked
from zjrules.unit import MONEY_DIM, Choice, Date, Number, Text, Truth, Year

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
FEN, FINE = 2, 4
"""Decimal places: money, and all other numbers that need not be whole."""
EPOCH = 719163
"""The ordinal of 1970-01-01, from which Polars counts days."""


@frozen(eq=False)
class Dice:
    """A source of columns of one length. edge is the share of values that are put exactly on an edge."""

    rng: np.random.Generator
    n: int
    edge: float

    def of(self, n: int) -> Dice:
        """Return the same source for columns of another length."""
        return Dice(self.rng, n, self.edge)

    def happens(self, share: float) -> Mask:
        """Return True for a share of the rows."""
        return self.rng.random(self.n, dtype=np.float32) < share

    def on_edge(self) -> Mask:
        """Return which rows are put on an edge; each call draws anew."""
        return self.happens(self.edge)

    def among(self, low: int, high: int) -> Ints:
        """Return integers from low to high."""
        return self.rng.integers(low, high + 1, self.n)

    def count(self, most: int = 14) -> Ints:
        """Return small counts: six in ten are 0, few are so large that everything is deducted."""
        return np.minimum(self.rng.geometric(0.45, self.n) - 1, most) * self.happens(0.75)

    def money(self, least: float, most: float) -> Ints:
        """Return amounts in fen, even over the magnitudes from least to most 元; half of them are whole 元."""
        fen = np.exp(self.rng.uniform(np.log(least * 100), np.log(most * 100), self.n)).astype(np.int64)
        return np.where(self.happens(0.5), fen - fen % 100, fen)

    def share_of(self, whole: Ints) -> Ints:
        """Return parts of a whole: mostly near all of it, few above it."""
        share = np.where(self.happens(0.05), 1.0, 0.0) + 1 - 0.7 * self.rng.random(self.n) ** 2
        return np.asarray(np.floor(whole * np.minimum(share, 1.15)), dtype=np.int64)


@frozen(eq=False)
class Column:
    """Values as integers: fen, days since 1970, counts, years, 1/10000, places of options; given None: all are there."""

    values: NDArray[Any]
    given: Mask | None = None

    def without(self, gone: Mask) -> Column:
        """Return the column with some values missing."""
        return Column(self.values, ~gone if self.given is None else self.given & ~gone)


def day(year: int, month: int, of_month: int) -> int:
    """Return a date in days since 1970."""
    return date(year, month, of_month).toordinal() - EPOCH


def is_money(asked: Asked) -> bool:
    """Return whether amounts of money are asked for."""
    return isinstance(asked.type, Number) and asked.type.dim == MONEY_DIM


def places(asked: Asked) -> int:
    """Return the decimal places that a fact or a column is drawn with."""
    if isinstance(asked.type, Number) and not asked.type.whole:
        return FEN if is_money(asked) else FINE
    return 0


def held(asked: Asked, values: Ints) -> Ints:
    """Return values moved to the nearest one that the declared range allows; only ends are looked at."""
    hull, scale = asked.limits.hull, 10 ** places(asked)
    low = _end(hull.lo, scale, hull.lo_open)
    high = _end(hull.hi, scale, hull.hi_open)
    return np.clip(values, low, None if high is None else high) if low is not None or high is not None else values


def _end(end: Fraction | None, scale: int, is_open: bool) -> int | None:
    return None if end is None else int(end * scale) + is_open


def series(asked: Asked, column: Column, fen: bool) -> pl.Series:
    """Return a column as Polars has it; fen: money as whole fen, otherwise as Decimal in 元."""
    values, given = column.values, column.given
    match asked.type:
        case Truth():
            found = pl.Series(values.astype(np.bool_))
        case Choice(options):
            found = pl.Series(options, dtype=pl.Utf8).gather(pl.Series(values))
        case Text():
            found = pl.Series([f"第{n}笔" for n in range(1, 65)]).gather(pl.Series(values))
        case Date():
            found = pl.Series(values.astype(np.int32)).cast(pl.Date)
        case Year():
            found = pl.Series(values)
        case Number():
            whole = asked.type.whole or (fen and is_money(asked))
            found = pl.Series(values) if whole else decimals(values, places(asked))
        case _:
            raise AssertionError("a checked schema has no other types")
    return found if given is None else found.set(pl.Series(~given), None)


def decimals(values: Ints, scale: int) -> pl.Series:
    """Return integers over 10**scale as Decimal(38, scale): their 128 bits are written down as they are."""
    bits = np.empty((len(values), 2), dtype=np.int64)
    bits[:, 0], bits[:, 1] = values, values >> 63
    found = pl.from_arrow(pa.Array.from_buffers(pa.decimal128(38, scale), len(values), [None, pa.py_buffer(bits)]))
    assert isinstance(found, pl.Series)
    return found


def lists(rows: pl.DataFrame, counts: Ints, missing: Mask | None) -> pl.Series:
    """Return rows as one list a unit, of the lengths given; a missing list is null."""
    offsets = np.concatenate([[0], np.cumsum(counts)])
    gone = pa.array(missing) if missing is not None else None
    flat = rows.to_struct("行").to_arrow()
    found = pl.from_arrow(pa.LargeListArray.from_arrays(pa.array(offsets), flat, mask=gone))
    assert isinstance(found, pl.Series)
    return found
