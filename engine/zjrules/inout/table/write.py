"""Tables written to files, piece by piece: the same rows give the same bytes, in whatever pieces they come."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from zjrules.diag import Code
from zjrules.inout.archive import CLOCK, NO_CLOCK, SETTLED
from zjrules.inout.table.compact import arrow, whole_schema
from zjrules.inout.table.files import KINDS

TOO_MANY = Code("ZJ5513", "too-many-rows-for-a-sheet")
SUFFIXES = {**KINDS, ".xlsx": "xlsx"}
"""The kinds of files that are written, by how their names end."""
MOST_ROWS = 1_048_575
"""Rows of a sheet, its heading left out."""
ROWS = 30_000
"""Rows of a row group or record batch: a constant, so that it does not depend on how the rows were read."""
Piece: TypeAlias = pl.DataFrame | pa.Table
"""Some rows of what is written."""
_MARK = b"\xef\xbb\xbf"
"""Excel reads a CSV file as UTF-8 only with this in front."""


def written(kind: str, path: Path, schema: pl.Schema, pieces: Iterable[Piece]) -> None:
    """Write a table as a file of a kind. Raises OSError."""
    match kind:
        case "csv":
            _csv(path, schema, _frames(pieces))
        case "xlsx":
            _xlsx(path, schema, _frames(pieces))
        case "parquet":
            _parquet(path, schema, pieces)
        case _:
            _ipc(path, schema, pieces)


def _even(pieces: Iterable[Piece]) -> Iterator[pa.Table]:
    """Yield the rows in tables of ROWS rows each, the last of which may be shorter."""
    waiting, have = list[pa.Table](), 0
    for piece in pieces:
        table = piece if isinstance(piece, pa.Table) else arrow(piece)
        del piece  # while the next is read, only what is waiting is kept
        while have + table.num_rows >= ROWS:
            waiting.append(table.slice(0, ROWS - have))
            table = table.slice(ROWS - have)
            yield _one(waiting)
            waiting, have = [], 0
        waiting, have = [*waiting, table], have + table.num_rows
        del table
    if have:
        yield _one(waiting)


def _one(tables: list[pa.Table]) -> pa.Table:
    """Return tables as one, with its columns in one piece each: how the rows came must not be seen in the bytes."""
    filled = [t for t in tables if t.num_rows]
    if len(filled) == 1 and all(c.num_chunks == 1 for c in filled[0].columns):
        return filled[0]
    return pa.concat_tables(filled).combine_chunks()


def _frames(pieces: Iterable[Piece]) -> Iterator[pl.DataFrame]:
    for piece in pieces:
        found = pl.from_arrow(piece) if isinstance(piece, pa.Table) else piece
        assert isinstance(found, pl.DataFrame)
        yield found


def _parquet(path: Path, schema: pl.Schema, pieces: Iterable[Piece]) -> None:
    with pq.ParquetWriter(path, whole_schema(schema), compression="zstd") as writer:
        for table in _even(pieces):
            writer.write_table(table, row_group_size=ROWS)


def _ipc(path: Path, schema: pl.Schema, pieces: Iterable[Piece]) -> None:
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with (
        pa.OSFile(str(path), "wb") as sink,
        pa.ipc.new_file(sink, whole_schema(schema), options=options) as writer,
    ):
        for table in _even(pieces):
            writer.write_table(_same_bytes(table), ROWS)


def _same_bytes(table: pa.Table) -> pa.Table:
    """Return a table of which the buffers hold nothing but its values: zeros under nulls, no mask where there is no null."""
    places = pa.array(range(table.num_rows), pa.int64())
    return pa.Table.from_arrays([_settled_column(c, places) for c in table.columns], schema=table.schema)


def _settled_column(column: pa.ChunkedArray, places: pa.Array) -> pa.Array:
    taken = pc.take(column.combine_chunks(), places)
    buffers = taken.buffers()
    return taken if taken.null_count else pa.Array.from_buffers(taken.type, len(taken), [None, *buffers[1:]])


def _csv(path: Path, schema: pl.Schema, pieces: Iterable[pl.DataFrame]) -> None:
    with path.open("wb") as file:
        file.write(_MARK)
        pl.DataFrame(schema=schema).write_csv(file)
        for piece in pieces:
            piece.write_csv(file, include_header=False)


# ---------- xlsx ----------


def _xlsx(path: Path, schema: pl.Schema, pieces: Iterable[pl.DataFrame]) -> None:
    book = Workbook(write_only=True)
    book.properties.created = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - the library knows no zones
    sheet = book.create_sheet("得分")
    assert isinstance(sheet, WriteOnlyWorksheet)
    sheet.freeze_panes = "B2"
    sheet.append(schema.names())
    for piece in pieces:
        for row in piece.iter_rows():
            sheet.append([_plain(sheet, value) for value in row])
    raw = path.with_name(f"{path.name}.x")
    try:
        book.save(raw)
        _settled(raw, path)
    finally:
        raw.unlink(missing_ok=True)


def _plain(sheet: WriteOnlyWorksheet, value: object) -> object:
    """Return a value as a cell; what begins with = is a text, not a formula, and what no cell can hold is a mark."""
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _settled(raw: Path, path: Path) -> None:
    """Copy a zip part by part without a clock in it."""
    with zipfile.ZipFile(raw) as before, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            fixed = zipfile.ZipInfo(entry.filename, SETTLED)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            if entry.filename == "docProps/core.xml":
                after.writestr(fixed, CLOCK.sub(NO_CLOCK, before.read(entry)))
                continue
            with before.open(entry) as source, after.open(fixed, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1 << 20)
