"""A frame of departments as numpy arrays, for what is written by hand: done once, outside what is timed."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
ROW = "的单位"
"""A ledger's name with this: the place of the unit of each of its rows."""


def arrays(frame: pl.DataFrame) -> Arrays:
    """Return every column as an array, money and other fractions as float64 in their units, days since 1970, truths as bool.

    A ledger is its columns, 「明细.列」, one row after the other, with the place of each row's unit and, under the ledger's
    own name, where each unit's rows begin. Options are int8, by their place in what OPTIONS says.
    """
    found: Arrays = {}
    for name, kind in frame.schema.items():
        if isinstance(kind, pl.List):
            found |= _ledger(frame, name)
        elif name != "单位":
            found[name.removesuffix("（分）")] = _column(frame[name])
    return found


OPTIONS = {
    "类别": ("产出", "效益", "满意度", "成本"),
    "指标性质": ("≥", "≤", "=", "定性"),
}


def _ledger(frame: pl.DataFrame, name: str) -> Arrays:
    counts = frame[name].list.len().fill_null(0).to_numpy()
    rows = frame[name].filter(pl.Series(counts > 0)).explode().struct.unnest()
    found = {f"{name}.{c.removesuffix('（分）')}": _column(rows[c]) for c in rows.columns}
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return {name: starts, f"{name}{ROW}": np.repeat(np.arange(len(counts)), counts), **found}


def _column(column: pl.Series) -> NDArray[Any]:
    match column.dtype:
        case pl.Boolean():
            return column.fill_null(value=False).to_numpy()
        case pl.Date():
            return column.to_physical().fill_null(0).cast(pl.Int64).to_numpy()
        case pl.Utf8():
            places = {option: n for n, option in enumerate(OPTIONS.get(column.name, ()))}
            return column.replace_strict(places, default=-1, return_dtype=pl.Int8).to_numpy()
        case pl.Int64() if column.name.endswith("（分）"):
            return (column.fill_null(0) / 100).to_numpy()
        case pl.Int64():
            return column.fill_null(0).to_numpy()
        case _:
            return column.cast(pl.Float64).fill_null(0).to_numpy()


def workdays(days: list[int]) -> tuple[NDArray[np.int64], int]:
    """Return how many working days there are up to each day from a first one on, and that first day; days are since 1970."""
    first = days[0] - 1
    counted = np.zeros(days[-1] - first + 1, dtype=np.int64)
    counted[np.array(days) - first] = 1
    return np.cumsum(counted), first
