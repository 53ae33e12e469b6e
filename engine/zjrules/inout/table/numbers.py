"""Columns of numbers as integers over the grid of a fact, without rounding: what cannot be told at once is left to `fit`."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import polars as pl
from attrs import frozen

from zjrules.bulk.frame import Ints, Truths
from zjrules.bulk.grid import grid
from zjrules.fact import Asked
from zjrules.inout.table.columns import Column
from zjrules.interval.sets import Piece
from zjrules.unit import MONEY_DIM, Number, quantity, same

MOST = 2**62
MOST_DIGITS = 15
"""Up to here, one double stands for one decimal number."""
MOST_UNITS = 30
"""So many different units written in the cells of one column are read at once."""
_INTEGER = r"[+-]?\d{1,15}"
_GROUPED = r"([+-]?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.\d+)?)\s*([^\d\s+\-.,，;；:：（(][^\d]*)?"


@frozen
class Held:
    """Integers over a grid, and where they are certain; elsewhere they are 0."""

    numbers: Ints
    certain: Truths


def _none(size: int) -> Held:
    return Held(np.zeros(size, np.int64), np.zeros(size, np.bool_))


def filled(values: pl.Series, instead: int) -> pl.Series:
    """Return values with something instead of nulls; polars plans a query for it even where there are none."""
    return values.fill_null(instead) if values.null_count() else values


def _held(numbers: pl.Series, certain: pl.Series) -> Held:
    """Return numbers of at most 128 bits as such that fit 64."""
    narrow = numbers.cast(pl.Int64, strict=False)
    sure = filled(certain & narrow.is_not_null(), instead=False).to_numpy()
    return Held(np.where(sure, filled(narrow, 0).to_numpy(), 0), sure)


def _times(held: Held, factor: int) -> Held:
    if factor == 1:
        return held
    fits = held.certain & (np.abs(held.numbers) <= MOST // factor)
    return Held(np.where(fits, held.numbers, 0) * factor, fits)


def steps(asked: Asked, scale: Fraction | None) -> Fraction | None:
    """Return how many steps of the grid one unit is; None where a bare number says nothing: an amount without a unit."""
    kind = asked.type
    if scale is None and isinstance(kind, Number) and kind.dim == MONEY_DIM:
        return None
    return Fraction(grid(kind)) * (scale or 1)


def numbers(values: pl.Series, column: Column) -> Held:
    """Return a column of numbers of any type; nulls are not certain."""
    each = steps(column.asked, column.scale)
    match values.dtype:
        case pl.String:
            return texts(values, column)
        case pl.Null:
            return _none(len(values))
        case pl.Float64:
            return floats(values, each or Fraction(1))
        case pl.Decimal(scale=places):
            return _scaled(values.to_physical(), (each or Fraction(1)) / 10**places)
        case _:
            return _scaled(values, each or Fraction(1))


def _scaled(values: pl.Series, each: Fraction) -> Held:
    """Return integers times a ratio, certain where that is whole."""
    above, below = each.numerator, each.denominator
    if below == 1:
        return _times(_held(values, values.is_not_null()), above)
    wide, divisor = values.cast(pl.Int128), pl.Series([below], dtype=pl.Int128)
    quotient = wide // divisor
    return _times(_held(quotient, quotient * divisor == wide), above)


def floats(values: pl.Series, each: Fraction) -> Held:
    """Return doubles of which each is the one that stands for n ÷ each with at most 15 digits; what is none is not certain."""
    if each.denominator != 1 or each.numerator > 10**MOST_DIGITS:
        return _none(len(values))
    plain = values.fill_null(float("nan")).to_numpy()
    with np.errstate(all="ignore"):
        near = np.rint(plain * each.numerator)
        sure = np.isfinite(plain) & (np.abs(near) < 10.0**MOST_DIGITS)
        near = np.where(sure, near, 0.0)
        # A quotient of two doubles is rounded rightly: it is the double that the decimal number is read as.
        sure &= near / each.numerator == plain
    return Held(np.where(sure, near, 0.0).astype(np.int64), sure)


def texts(values: pl.Series, column: Column) -> Held:
    """Return texts such as 12.50 and 1,234.5 万元 as integers; other ways to write them are not certain."""
    each = steps(column.asked, column.scale)
    found = _none(len(values)) if each is None else _decimals(values, each)
    rest = ~found.certain & values.is_not_null().to_numpy()
    if not rest.any():
        return found
    places = np.flatnonzero(rest)
    parts = values.gather(places).str.extract_groups(f"^{_GROUPED}$").struct.unnest()
    amounts, units = parts.to_series(0).str.replace_all(",", "", literal=True), parts.to_series(1).fill_null("")
    units = units.str.strip_chars()
    kinds = units.filter(amounts.is_not_null()).unique()
    if len(kinds) > MOST_UNITS:
        return found
    for unit in kinds:
        one = each if not unit else _steps_of(unit, column.asked)
        if one is None:
            continue
        mine = (units == unit) & amounts.is_not_null()
        some = _decimals(amounts.filter(mine), one)
        where = places[mine.to_numpy()]
        found.numbers[where], found.certain[where] = some.numbers, some.certain
    return found


def _steps_of(unit: str, asked: Asked) -> Fraction | None:
    """Return how many steps one of a written unit is; None where `fit` would not take it."""
    read, kind = quantity(f"1 {unit}"), asked.type
    if read is None or not isinstance(kind, Number) or read[1].points or not same(read[1].dim, kind.dim)[0]:
        return None
    return grid(kind) * read[0]


def _decimals(values: pl.Series, each: Fraction) -> Held:
    """Return plain decimals times a ratio, certain where they have no more decimals than the grid holds."""
    if each.denominator != 1:
        return _none(len(values))
    places, rest = 0, each.numerator
    while rest % 10 == 0 and places < MOST_DIGITS:
        places, rest = places + 1, rest // 10
    pattern = rf"^{_INTEGER}(\.\d{{1,{places}}}0*|\.0+)?$" if places else rf"^{_INTEGER}(\.0+)?$"
    plain = values.str.contains(pattern)
    wide = values.set(~plain.fill_null(value=False), None).cast(pl.Decimal(38, places), strict=False).to_physical()
    return _times(_held(wide, plain), rest)


def within(numbers: Ints, asked: Asked) -> Truths:
    """Return which numbers over the grid lie in the declared range."""
    if asked.limits.is_empty:
        return np.zeros(len(numbers), np.bool_)
    scale = grid(asked.type)
    found = np.zeros(len(numbers), np.bool_)
    for piece in asked.limits.pieces:
        found |= _in_piece(numbers, piece, scale)
    return found


def _in_piece(numbers: Ints, piece: Piece, scale: int) -> Truths:
    found = np.ones(len(numbers), np.bool_)
    if piece.lo is not None:
        low = piece.lo * scale
        least = _floor(low) + 1 if piece.lo_open or low.denominator != 1 else int(low)
        found &= numbers >= max(least, -MOST)
    if piece.hi is not None:
        high = piece.hi * scale
        most = -_floor(-high) - 1 if piece.hi_open or high.denominator != 1 else int(high)
        found &= numbers <= min(most, MOST)
    if piece.step is not None:
        # (n - anchor) ÷ step is whole; in integers over the grid and the step's denominators.
        step, anchor = piece.step * scale, piece.anchor * scale
        below = step.denominator * anchor.denominator
        found &= (numbers * below - int(anchor * below)) % int(step * below) == 0
    return found


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator


def joined(values: Iterable[str], column: Column) -> list[str]:
    """Return texts with the unit of their column, where they have none of their own."""
    if column.scale is None:
        return list(values)
    found = []
    for text in values:
        read = quantity(text.replace("，", ","))
        if read is None or read[2]:
            found.append(text)
        elif column.unit == "分" and column.scale != 1:
            found.append(f"{_in_yuan(read[0])} 元")
        else:
            found.append(f"{text} {column.unit}")
    return found


def _in_yuan(fen: Fraction) -> str:
    whole = fen.numerator * 10**13 // fen.denominator
    sign, size = ("-" if whole < 0 else ""), abs(whole)
    return f"{sign}{size // 10**15}.{size % 10**15:015d}".rstrip("0").rstrip(".")
