"""Ledgers of a table: lists of rows, one list a unit, as flat columns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from attrs import frozen
from numpy.typing import NDArray

from zjrules import fit
from zjrules.bulk.frame import Cells, Flat, Ints, Known, Truths
from zjrules.fact import AskedLedger
from zjrules.inout.table.cells import Texts, cells, claims, nothing, taken
from zjrules.inout.table.columns import Nested
from zjrules.inout.table.faults import Faults, note
from zjrules.inout.table.fitted import coded
from zjrules.unit import PURE, Text, show

NEAR = 12
"""Units of so many rows at most have their rows compared with the next ones, which costs less than a table of all."""
Marks = NDArray[np.uint64]


@frozen(eq=False)
class Lines:
    """The rows of a ledger of many units: those of unit i are from starts[i] up to starts[i + 1]."""

    rows: pl.DataFrame
    starts: Ints
    missing: Truths


def lines_of(lists: pl.Series) -> Lines:
    """Return a column of lists as rows. A null is a missing ledger, [] an empty one, a null row one without values."""
    size = len(lists)
    missing = lists.is_null().to_numpy()
    if lists.dtype == pl.Null:
        return Lines(pl.DataFrame(), np.zeros(size + 1, np.int64), missing)
    counts = lists.list.len().fill_null(0).cast(pl.Int64).to_numpy()
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    full = lists.list.explode(empty_as_null=False, keep_nulls=False)
    rows = full.struct.unnest() if full.dtype != pl.Null else pl.DataFrame(height=int(starts[-1]))
    return Lines(rows, starts, missing)


def flat(lines: Lines, nested: Nested, asked: AskedLedger, faults: Faults, claimed: Truths | None) -> Flat:
    """Return the rows of a ledger as columns; what is wrong with single ones is added to faults."""
    size = int(lines.starts[-1])
    mine = faults.within(lines.starts)
    columns: dict[str, Cells] = {}
    for name in asked.columns:
        own = mine.of(f"{asked.name}.{name}")
        found = nested.columns.get(name)
        columns[name] = nothing(size) if found is None else cells(lines.rows, found, own, own.column)
    _keys(columns, lines.starts, asked, mine)
    _percents(lines.rows, nested, asked, mine)
    return Flat(lines.starts, lines.missing, columns, claimed)


def ledger_claims(table: pl.DataFrame, nested: Nested, asked: AskedLedger) -> Truths | None:
    """Return which units only claim a ledger."""
    return claims(table, nested.proof, bool(asked.evidence), table.height)


def taken_flat(found: Flat, places: Ints) -> Flat:
    """Return the ledgers of some units, in ascending order."""
    sizes = found.starts[places + 1] - found.starts[places]
    starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    rows = np.arange(int(starts[-1]), dtype=np.int64) + np.repeat(found.starts[places] - starts[:-1], sizes)
    columns = {name: taken(each, rows) for name, each in found.columns.items()}
    claimed = None if found.claimed is None else found.claimed[places]
    return Flat(starts, found.missing[places], columns, claimed)


# ---------- what is said of rows ----------


def _keys(columns: Mapping[str, Cells], starts: Ints, asked: AskedLedger, faults: Faults) -> None:
    """Say of rows that have no name, though something else is given, and of two of one unit with one name."""
    if not asked.key or not starts[-1]:
        return
    key, own = columns[asked.key], faults.of(f"{asked.name}.{asked.key}")
    nameless = np.flatnonzero(key.state == Known.MISSING)
    given = np.any([c.state[nameless] != Known.MISSING for c in columns.values()], axis=0)
    nameless = nameless[given]
    message = f"明细「{asked.name}」有一行没有「{asked.key}」，照样算了一笔"
    blank = pl.Series([""] * len(nameless), dtype=pl.String)
    own.say(nameless, blank, note(fit.KEY_MISSING, message, "补上；不是一笔的，删去这一行"))
    named = np.flatnonzero((key.state == Known.GIVEN) | (key.state == Known.BESIDE))
    names = _shown(key, named, asked)
    counts = np.diff(starts)
    # Names that differ in their hash differ: the pairs themselves are compared only where there may be two alike.
    marks = np.repeat(np.arange(len(counts), dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15), counts)
    if not _alike(names.hash(11).to_numpy() ^ _of(marks, named), int(counts.max())):
        return
    owner = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    pairs = pl.DataFrame({"owner": owner[named], "name": names})
    again = ~pairs.is_unique() & ~pairs.select(pl.struct("owner", "name").is_first_distinct()).to_series()
    rows = named[again.to_numpy()]
    which, distinct = coded(names.filter(again)) if len(rows) else (np.zeros(0, np.int64), [])
    said = {
        k: (note(fit.DUPLICATE_KEY, f"明细「{asked.name}」里「{asked.key}」为「{n}」的有两行", "同一笔只填一次"),)
        for k, n in enumerate(distinct)
    }
    own.put(rows, names.filter(again), said, which)


def _of(column: Marks, rows: Ints) -> Marks:
    return column if len(rows) == len(column) else column[rows]


def _alike(marks: Marks, most: int) -> bool:
    """Return whether two are alike, of which those that can be stand fewer than so many rows apart."""
    if most > NEAR:
        return pl.Series(marks).n_unique() < len(marks)
    return any(bool((marks[apart:] == marks[:-apart]).any()) for apart in range(1, most))


def _shown(key: Cells, rows: Ints, asked: AskedLedger) -> pl.Series:
    """Return the names of rows as texts."""
    kind = asked.columns[asked.key].type
    if isinstance(kind, Text) and isinstance(key.beside, Texts):
        column = key.beside.column
        return column if len(rows) == len(column) else column.gather(rows)
    values = [key.value(int(r), asked.columns[asked.key]) for r in rows]
    return pl.Series([show(v, kind) for v in values if v is not None], dtype=pl.String)


def _percents(rows: pl.DataFrame, nested: Nested, asked: AskedLedger, faults: Faults) -> None:
    """Say of two bare ratios in one row that one is written with % and the other, beyond 1, without."""
    ratios = [c for c in nested.columns.values() if c.asked.type == PURE and rows[c.name].dtype == pl.String]
    for first in ratios:
        marked = rows[first.name].str.contains("[%％]").fill_null(value=False)
        for second in ratios if marked.any() else ():
            texts = rows[second.name].str.strip_chars()
            bare = texts.cast(pl.Float64, strict=False).abs().fill_null(0) > 1
            places = (marked & bare).arg_true().to_numpy().astype(np.int64)
            message = f"「{first.asked.name}」带 %，「{second.asked.name}」不带：一个有 %，一个没有"
            own = faults.of(f"{asked.name}.{second.asked.name}")
            own.say(
                places, texts.gather(places), note(fit.PERCENT_MIXED, message, "两个数用同样的写法：都写 %，或都不写")
            )
