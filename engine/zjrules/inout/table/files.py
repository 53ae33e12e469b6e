"""Table files: one file, or a folder of part files of one kind, opened before anything is read of them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pyarrow as pa
from attrs import frozen
from polars.exceptions import PolarsError

from zjrules.diag import Code, Diagnostic, Diagnostics, Label
from zjrules.inout.text import UNREADABLE, decode
from zjrules.span import Source, Span

NOT_A_TABLE = Code("ZJ5500", "unreadable-table")
UNLIKE_PARTS = Code("ZJ5510", "unlike-part-files")

KINDS = {
    ".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".arrow": "ipc", ".ipc": "ipc", ".feather": "ipc",
}  # fmt: skip
"""The kinds of table files, by how their names end."""
TITLES = {"parquet": "Parquet", "csv": "CSV", "ipc": "Arrow IPC", "xlsx": "工作簿"}
CELLS = 3_000_000
"""About so many cells are read at a time: with what is made of them, they take about 200 MB."""
MARKS = 1 << 16
"""Bytes at either end of a file that its stamp is made of."""


class UnreadableError(Exception):
    """A table that could be opened cannot be read to its end: carries what is said of it."""

    def __init__(self, found: Diagnostic) -> None:
        super().__init__(found.message)
        self.found = found


@frozen
class Files:
    """Table files of one kind with the same columns, in the order in which they are read."""

    kind: str
    paths: tuple[Path, ...]
    names: tuple[str, ...]
    """What the user calls them."""
    schema: pl.Schema

    @property
    def block(self) -> int:
        """How many rows are read at a time, where nothing else is said."""
        rows = CELLS // max(len(self.schema), 1)
        return next((n for n in (100_000, 50_000, 30_000, 20_000, 10_000, 5_000) if n <= rows), 1_000)

    def scan(self, place: int) -> pl.LazyFrame:
        """Return one file that can be read from anywhere."""
        path = self.paths[place]
        if self.kind == "parquet":
            return pl.scan_parquet(path, glob=False, hive_partitioning=False)
        return pl.scan_ipc(path, glob=False, hive_partitioning=False)


def here(name: str) -> tuple[Label, ...]:
    """Return a file as a place."""
    return (Label(Span(Source(name, ""), 0, 0)),)


def is_table(path: Path) -> bool:
    """Return whether a file, or the files of a folder, are tables."""
    return path.suffix.lower() in KINDS or (path.is_dir() and bool(parts_of(path)))


def parts_of(folder: Path) -> list[Path]:
    """Return the table files of a folder by name; what other programs leave beside them (_SUCCESS, .crc) is passed over."""
    found = (p for p in sorted(folder.iterdir()) if p.suffix.lower() in KINDS and p.name[0] not in "._")
    return [p for p in found if p.is_file()]


def opened(path: Path, name: str) -> tuple[Files | None, Diagnostics]:
    """Open a table file, or a folder of them, and read what their columns are."""
    folder = path.is_dir()
    paths = parts_of(path) if folder else [path]
    names = [f"{name}/{p.name}" if folder else name for p in paths]
    kinds = sorted({KINDS[p.suffix.lower()] for p in paths})
    if len(kinds) > 1:
        message = f"「{name}」里有几种表：{'、'.join(TITLES[k] for k in kinds)}"
        return None, (Diagnostic(UNLIKE_PARTS, message, here(name), "一个目录里只放一种"),)
    schemas: list[pl.Schema] = []
    for each, called in zip(paths, names, strict=True):
        schema, problems = _schema(each, kinds[0], called)
        if schema is None:
            return None, problems
        schemas.append(schema)
        if schema != schemas[0]:
            return None, (_unlike(schemas[0], schema, names[0], called),)
    return Files(kinds[0], tuple(paths), tuple(names), schemas[0]), ()


def _unlike(first: pl.Schema, other: pl.Schema, name: str, called: str) -> Diagnostic:
    differ = [n for n in (*first, *other) if first.get(n) != other.get(n)]
    what = f"「{differ[0]}」这一列" if differ else "列的次序"
    message = f"「{called}」和「{name}」的列不一样：{what}"
    return Diagnostic(UNLIKE_PARTS, message, here(called), "一个目录里的各份，列名、类型和次序要相同")


def _schema(path: Path, kind: str, name: str) -> tuple[pl.Schema | None, Diagnostics]:
    try:
        if kind == "csv":
            return _csv_schema(path, name)
        return Files(kind, (path,), (name,), pl.Schema()).scan(0).collect_schema(), ()
    except FileNotFoundError:
        return None, (Diagnostic(UNREADABLE, f"读不了「{name}」：没有这个文件", here(name), "核对路径"),)
    except PermissionError:
        return None, (Diagnostic(UNREADABLE, f"读不了「{name}」：没有读取的权限", here(name), "核对路径"),)
    except (OSError, PolarsError, pa.ArrowException, UnicodeDecodeError):
        return None, (unreadable(name, kind),)


def unreadable(name: str, kind: str) -> Diagnostic:
    """Return what is said of a file that is not what its name says."""
    help_ = "核对文件是不是完整；CSV 用 UTF-8 编码" if kind == "csv" else "核对文件是不是完整，名称的结尾是不是对"
    return Diagnostic(NOT_A_TABLE, f"「{name}」读不成 {TITLES[kind]}", here(name), help_)


def _csv_schema(path: Path, name: str) -> tuple[pl.Schema | None, Diagnostics]:
    with path.open("rb") as file:
        start = file.read(1 << 20)
    # A piece may end inside a character.
    _, problems = decode(name, start[: start.rfind(b"\n") + 1] or start)
    if problems:
        return None, problems
    text = start.decode("utf-8-sig", "ignore")
    names = next(csv.reader(io.StringIO(text, newline="")), [])
    if not names:
        return None, (unreadable(name, "csv"),)
    again = sorted({n for n in names if names.count(n) > 1})
    if again:
        message = f"「{name}」有两列都叫「{again[0]}」"
        return None, (Diagnostic(NOT_A_TABLE, message, here(name), "列名要不同"),)
    return pl.Schema(dict.fromkeys(names, pl.String())), ()


def stamp(paths: Iterable[Path]) -> list[dict[str, object]]:
    """Return what tells a changed file from the one that was read: name, size, time, and a digest of both its ends."""
    found: list[dict[str, object]] = []
    for path in paths:
        info = path.stat()
        with path.open("rb") as file:
            ends = hashlib.sha256(file.read(MARKS))
            file.seek(max(info.st_size - MARKS, 0))
            ends.update(file.read(MARKS))
        found.append({"名称": path.name, "大小": info.st_size, "时间": info.st_mtime_ns, "两端摘要": ends.hexdigest()})
    return found
