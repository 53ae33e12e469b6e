"""Rows of a Parquet file in their order: what has been decoded for one block is not decoded again for the next.

pyarrow reads lists in half the time that polars takes for them; polars goes on where the two would not give the same types.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from attrs import define

from zjrules.bulk.frame import Ints

AT_ONCE = 15_000
"""So many rows are decoded at a time: fewer take less room, and more time in the end."""


@define(eq=False)
class Rows:
    """A file that is read forwards."""

    path: Path
    file: pq.ParquetFile
    starts: Ints
    """Of its row groups, and the number of its rows."""
    at: int = 0
    """The number of the next row, from 0."""
    batches: Iterator[pa.RecordBatch] | None = None
    waiting: pa.RecordBatch | None = None

    def taken(self, start: int, stop: int) -> pl.DataFrame:
        """Return the rows from start up to stop, of which none was taken before. Raises OSError and pa.ArrowException."""
        group = self._group(start)
        if self.batches is None or group > self._group(self.at):
            # Row groups of which no row is wanted are not decoded.
            groups = range(group, len(self.starts) - 1)
            # One thread decodes while others score and write; several cost half as much again.
            self.batches, self.waiting = self.file.iter_batches(AT_ONCE, groups, use_threads=False), None
            self.at = int(self.starts[group])
        found = []
        while self.at < stop:
            batch = self.waiting if self.waiting is not None else next(self.batches, None)
            if batch is None:
                raise pa.ArrowInvalid("fewer rows than the file says")
            first, last = (min(max(end - self.at, 0), batch.num_rows) for end in (start, stop))
            if first < last:
                found.append(batch.slice(first, last - first))
            self.waiting = batch.slice(last) if last < batch.num_rows else None
            self.at += last
        table = pl.from_arrow(found[0] if len(found) == 1 else pa.Table.from_batches(found, self.file.schema_arrow))
        assert isinstance(table, pl.DataFrame)
        return table

    def _group(self, row: int) -> int:
        return int(np.searchsorted(self.starts, row, side="right")) - 1


def rows(path: Path, schema: pl.Schema) -> Rows | None:
    """Open a file; None where pyarrow would not give the types of a schema. Raises OSError and pa.ArrowException."""
    # Without reading ahead, less of a file is in memory.
    file = pq.ParquetFile(path, pre_buffer=False)
    empty = pl.from_arrow(file.schema_arrow.empty_table())
    if not isinstance(empty, pl.DataFrame) or empty.schema != schema:
        return None
    counts = [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)]
    return Rows(path, file, np.concatenate(([0], np.cumsum(counts))).astype(np.int64))
