"""Tables read block by block: never more than one block is in memory, and the blocks are the same every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import polars as pl
import pyarrow as pa
from attrs import define, frozen
from numpy.typing import NDArray
from polars.exceptions import PolarsError
from pyarrow import csv

from zjrules.bulk.frame import Ints
from zjrules.inout.table import parquet
from zjrules.inout.table.columns import UNIT
from zjrules.inout.table.files import Files, UnreadableError, unreadable

PIECE = 1 << 21
"""Bytes of a CSV file that are read at a time."""
Hashes = NDArray[np.uint64]


@frozen(eq=False)
class Broken:
    """A row of a CSV file that has more or fewer cells than there are columns; number counts rows after the heading from 1."""

    number: int
    cells: int
    text: str


@frozen(eq=False)
class Survey:
    """What is known of all rows before one is scored."""

    sizes: tuple[int, ...]
    """How many rows each file has, broken ones left out."""
    twice: pl.Series
    """The names of units that stand in more than one row."""
    broken: tuple[tuple[Broken, ...], ...]
    """By file."""
    hashes: Hashes
    """Of the name of every unit, in the order of the rows."""

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(self.sizes)

    def places(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return for rows of the whole input, from 0, the file and the number of the row in it, from 1."""
        starts = np.concatenate(([0], np.cumsum(self.sizes))).astype(np.int64)
        files = np.searchsorted(starts, rows, side="right") - 1
        numbers = rows - starts[files]
        for place, broken in enumerate(self.broken):
            if broken:
                gaps = np.array([b.number - 1 - i for i, b in enumerate(broken)])
                mine = files == place
                numbers[mine] += np.searchsorted(gaps, numbers[mine], side="right")
        return files, numbers + 1


def survey(files: Files) -> Survey:
    """Read the names of all units. Raises UnreadableError."""
    hashes: list[Hashes] = []
    sizes: list[int] = []
    broken: list[tuple[Broken, ...]] = []
    for place in range(len(files.paths)):
        lost: list[Broken] = []
        own = [_hashed(names) for names in _names(files, place, lost)]
        hashes += own
        sizes.append(sum(map(len, own)))
        broken.append(tuple(lost))
    every = np.concatenate(hashes) if hashes else np.zeros(0, np.uint64)
    return Survey(tuple(sizes), _twice(files, every), tuple(broken), every)


def _hashed(names: pl.Series) -> Hashes:
    return names.hash(7).to_numpy()


def _twice(files: Files, hashes: Hashes) -> pl.Series:
    """Return the names that stand twice: those of equal hashes, of which the names are then read."""
    sorted_ = np.sort(hashes)
    equal = np.unique(sorted_[1:][sorted_[1:] == sorted_[:-1]])
    del sorted_
    found = [pl.Series(UNIT, [], dtype=pl.String)]
    if len(equal):
        alike = pl.Series(equal)
        for place in range(len(files.paths)):
            found += [n.filter(n.hash(7).is_in(alike.implode()) & n.is_not_null()) for n in _names(files, place, [])]
    names = pl.concat(found)
    return names.filter(names.is_duplicated()).unique().sort()


def _names(files: Files, place: int, lost: list[Broken]) -> Iterator[pl.Series]:
    """Yield the names of the units of a file, piece by piece."""
    if files.kind == "csv":
        for table in _pieces(files, place, lost, [UNIT]):
            yield table[UNIT]
        return
    try:
        for table in files.scan(place).select(pl.col(UNIT).cast(pl.String)).collect_batches(maintain_order=True):
            yield table[UNIT]
    except (OSError, PolarsError) as error:
        raise UnreadableError(unreadable(files.names[place], files.kind)) from error


def rows_of(files: Files, unit: str) -> list[tuple[int, int, pl.DataFrame]]:
    """Return the rows of a unit: the file, the number of the row in it from 1, and the row. Raises UnreadableError."""
    each = _found_streaming if files.kind == "csv" else _found
    return [(place, *found) for place in range(len(files.paths)) for found in each(files, place, unit)]


def _found(files: Files, place: int, unit: str) -> Iterator[tuple[int, pl.DataFrame]]:
    number = "·行"
    try:
        table = files.scan(place).with_row_index(number, 1).filter(pl.col(UNIT).cast(pl.String) == unit).collect()
    except (OSError, PolarsError) as error:
        raise UnreadableError(unreadable(files.names[place], files.kind)) from error
    for row in range(table.height):
        yield int(table[number][row]), table.slice(row, 1).drop(number)


def _found_streaming(files: Files, place: int, unit: str) -> Iterator[tuple[int, pl.DataFrame]]:
    lost: list[Broken] = []
    done = 0
    for table in _pieces(files, place, lost):
        for row in (table[UNIT] == unit).fill_null(value=False).arg_true().to_list():
            yield done + row + 1 + sum(b.number <= done + row + 1 + i for i, b in enumerate(lost)), table.slice(row, 1)
        done += table.height


def blocks(
    files: Files, known: Survey, size: int, wanted: Callable[[int], bool] = lambda _: True
) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield the wanted blocks of so many rows with their numbers from 0. Raises UnreadableError."""
    each = _streamed if files.kind == "csv" else _sliced
    return each(files, known, size, wanted)


def _sliced(
    files: Files, known: Survey, size: int, wanted: Callable[[int], bool]
) -> Iterator[tuple[int, pl.DataFrame]]:
    starts = np.concatenate(([0], np.cumsum(known.sizes)))
    reader = _Reader(files)
    for number, start in enumerate(range(0, known.rows, size)):
        if not wanted(number):
            continue
        end = min(start + size, known.rows)
        parts = []
        for place, (low, high) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
            if low < end and high > start:
                first = max(start - low, 0)
                parts.append(reader.rows(place, first, min(end, high) - low))
        whole = pl.concat(parts) if len(parts) > 1 else parts[0]
        del parts
        yield number, whole
        del whole


@define
class _Reader:
    """Reads files forwards; the one that is read is open."""

    files: Files
    place: int = -1
    opened: parquet.Rows | None = None

    def rows(self, place: int, start: int, stop: int) -> pl.DataFrame:
        """Return the rows of a file from start up to stop. Raises UnreadableError."""
        files = self.files
        try:
            if files.kind == "parquet" and place != self.place:
                self.opened = parquet.rows(files.paths[place], files.schema)
            self.place = place
            if self.opened is not None:
                return self.opened.taken(start, stop)
            return files.scan(place).slice(start, stop - start).collect()
        except (OSError, PolarsError, pa.ArrowException) as error:
            raise UnreadableError(unreadable(files.names[place], files.kind)) from error


def _streamed(
    files: Files, known: Survey, size: int, wanted: Callable[[int], bool]
) -> Iterator[tuple[int, pl.DataFrame]]:
    number, waiting = 0, list[pl.DataFrame]()
    have = 0
    for place in range(len(files.paths)):
        for table in _pieces(files, place, []):
            piece = table
            while have + piece.height >= size:
                waiting.append(piece.head(size - have))
                piece, have = piece.slice(size - have), 0
                if wanted(number):
                    yield number, pl.concat(waiting)
                number, waiting = number + 1, []
            waiting, have = [*waiting, piece], have + piece.height
    if have and wanted(number):
        yield number, pl.concat(waiting)


def _pieces(files: Files, place: int, lost: list[Broken], columns: Sequence[str] = ()) -> Iterator[pl.DataFrame]:
    """Yield a CSV file piece by piece, every cell as text, a blank one as null. Broken rows go to lost."""

    def drop(row: csv.InvalidRow) -> str:
        lost.append(Broken(row.number - 1, row.actual_columns, row.text))
        return "skip"

    names = list(files.schema)
    try:
        reader = csv.open_csv(
            files.paths[place],
            # Only one thread knows the number of a row.
            read_options=csv.ReadOptions(use_threads=False, block_size=PIECE),
            parse_options=csv.ParseOptions(newlines_in_values=True, invalid_row_handler=drop),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
                include_columns=list(columns),
            ),
        )
        for batch in reader:
            found = pl.from_arrow(batch)
            assert isinstance(found, pl.DataFrame)
            yield found
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise UnreadableError(unreadable(files.names[place], files.kind)) from error
