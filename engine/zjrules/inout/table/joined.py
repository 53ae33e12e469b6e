"""A ledger in a table of its own, keyed by unit, in any order: its rows are laid out on disk by the blocks of their units."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from attrs import evolve, frozen

from zjrules.bulk.frame import Ints
from zjrules.diag import Code, Diagnostic, Diagnostics
from zjrules.fact import Schema
from zjrules.inout.table.blocks import Survey, blocks, survey
from zjrules.inout.table.columns import NO_UNITS, PROOF, TWICE, UNIT, Nested, Reading, inside
from zjrules.inout.table.faults import Faults, note
from zjrules.inout.table.files import Files, here
from zjrules.inout.table.ledgers import Lines
from zjrules.inout.table.rejects import broken_rows, placed

STRANGER = Code("ZJ5511", "ledger-of-unknown-unit")
_ROW, _ORDER = "·行", "·序"
"""Columns of ours: the row of the unit in the input, and the order of the ledger's rows."""


@frozen(eq=False)
class Beside:
    """A ledger's own table: how it is read, and whether a unit without a row in it has an empty ledger, not a missing one."""

    ledger: str
    files: Files
    empty: bool


def added(
    how: Reading, schema: Schema, given: Mapping[str, pl.DataType], tables: tuple[Beside, ...]
) -> tuple[Reading | None, Diagnostics]:
    """Return a reading with the ledgers that stand in tables of their own."""
    problems: list[Diagnostic] = []
    ledgers = dict(how.ledgers)
    for one in tables:
        name = one.files.names[0]
        if one.ledger in ledgers:
            message = f"明细「{one.ledger}」在单位的表里有一列，又另有一张表"
            problems.append(Diagnostic(TWICE, message, here(name), "只留一处"))
        columns = {n: t for n, t in one.files.schema.items() if n != UNIT}
        if UNIT not in one.files.schema:
            message = f"明细「{one.ledger}」的表里没有「{UNIT}」这一列"
            problems.append(Diagnostic(NO_UNITS, message, here(name), f"加一列「{UNIT}」，写这一行是哪个单位的"))
        nested = inside(one.ledger, columns, schema, name, problems)
        proof = f"{one.ledger}·{PROOF}"
        asked = proof in given and bool(schema.ledgers[one.ledger].evidence)
        ledgers[one.ledger] = evolve(nested, name="", proof=proof if asked else "")
    if problems:
        return None, tuple(problems)
    return evolve(how, ledgers=ledgers, absent=tuple(n for n in how.absent if n not in ledgers)), ()


@frozen(eq=False)
class Laid:
    """The rows of a ledger on disk: by block of units, the record batches that hold its rows."""

    how: Beside
    nested: Nested
    paths: tuple[Path, ...]
    where: Mapping[int, tuple[tuple[int, int], ...]]
    said: pl.DataFrame
    """What is said of rows whose unit is not in the input."""
    rows: int

    def lines(self, block: int, units: pl.Series, first: int) -> Lines:
        """Return the rows of a block of units, of which the first is so many rows from the start of the input."""
        parts = []
        for path, batch in self.where.get(block, ()):
            with pa.ipc.open_file(pa.memory_map(str(self.paths[path]))) as reader:
                parts.append(reader.get_batch(batch))
        counts = np.zeros(len(units), np.int64)
        rows = pl.DataFrame(schema={n: t for n, t in self.how.files.schema.items() if n != UNIT})
        if parts:
            table = pl.from_arrow(pa.Table.from_batches(parts))
            assert isinstance(table, pl.DataFrame)
            table = table.sort(_ROW, _ORDER)
            counts = np.bincount(table[_ROW].to_numpy() - first, minlength=len(units)).astype(np.int64)
            rows = table.drop(_ROW, _ORDER, UNIT)
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        missing = (counts == 0) & (not self.how.empty)
        return Lines(rows, starts, missing)


def laid(one: Beside, nested: Nested, known: Survey, size: int, folder: Path) -> Laid:
    """Lay the rows of a ledger out on disk by the blocks of their units. Raises UnreadableError and OSError."""
    order = np.argsort(known.hashes, kind="stable").astype(np.uint32)
    keys = known.hashes[order]
    own = survey(one.files)
    paths: list[Path] = []
    where: dict[int, list[tuple[int, int]]] = {}
    said: list[pl.DataFrame] = []
    done = 0
    for number, table in blocks(one.files, own, one.files.block):
        names = table[UNIT].cast(pl.String)
        rows = _rows(names, keys, order)
        lost = np.flatnonzero(rows < 0).astype(np.int64)
        said.append(_strangers(one, names, lost, own, done))
        kept = table.with_columns(
            pl.Series(_ROW, rows), pl.int_range(done, done + table.height, dtype=pl.Int64, eager=True).alias(_ORDER)
        ).filter(pl.col(_ROW) >= 0)
        paths.append(folder / f"{one.ledger}-{number:06d}.arrow")
        for batch, block in enumerate(_written(kept, size, paths[-1])):
            where.setdefault(block, []).append((number, batch))
        done += table.height
    said.append(broken_rows(one.files, own))
    return Laid(one, nested, tuple(paths), {k: tuple(v) for k, v in where.items()}, pl.concat(said), done)


def _rows(names: pl.Series, keys: np.ndarray[tuple[int, ...], np.dtype[np.uint64]], order: object) -> Ints:
    """Return the row of every named unit in the input, -1 where there is none."""
    if not len(keys):
        return np.full(len(names), -1, np.int64)
    wanted = names.hash(7).to_numpy()
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = np.asarray(order)[at].astype(np.int64)
    return np.where((keys[at] == wanted) & names.is_not_null().to_numpy(), found, -1)


def _written(table: pl.DataFrame, size: int, path: Path) -> list[int]:
    """Write rows as one record batch for each block of units, and return the blocks."""
    table = table.with_columns((pl.col(_ROW) // size).alias("·块")).sort("·块", maintain_order=True)
    parts = table.partition_by("·块", maintain_order=True, include_key=False)
    blocks_ = table["·块"].unique(maintain_order=True).to_list()
    schema = table.drop("·块").to_arrow().schema
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for part in parts:
            writer.write_batch(part.rechunk().to_arrow().combine_chunks().to_batches()[0])
    return blocks_


def _strangers(one: Beside, names: pl.Series, lost: Ints, own: Survey, done: int) -> pl.DataFrame:
    faults = Faults(UNIT)
    message = f"明细「{one.ledger}」的这一行，单位不在单位的表里"
    faults.say(lost, names.gather(lost), note(STRANGER, message, "核对单位的名称：和单位的表里的一字不差"))
    return placed(faults.table(names, done), one.files, own)
