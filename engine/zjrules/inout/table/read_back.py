"""An output table of `zjrules batch`, read back block by block into scored units.

Of an open score only is known here that it is open: its ends are not read. A table does not say why an indicator has no score,
nor how a check came out that did not fail.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
from attrs import frozen
from numpy.typing import NDArray

from zjrules.bulk.frame import Ints, States
from zjrules.bulk.result import CHECKS, End, Kind, Scored, Scores, Why
from zjrules.diag import Code, Diagnostic, Diagnostics, Label
from zjrules.inout.table.scores import PARAMETER
from zjrules.span import Source, Span
from zjrules.spelling import nearest
from zjrules.term import rule as tr
from zjrules.term import survey

NOT_A_RESULT = Code("ZJ5190", "not-a-result-table")
BLOCK, CSV_BLOCK = 50_000, 2**24
"""Units that are looked at together, and bytes of a CSV."""
UNIT, TOTAL, GRADE, STATE, MISSING, FAILED = "单位", "总分", "等级", "状态", "缺少", "勾稽不符"
_STATES = {"已算": Kind.SETTLED, "缺事实": Kind.OPEN, "无法计算": Kind.NONE}
_DECIMAL = r"^-?\d{1,9}(\.\d{1,9})?$"
"""A score as a CSV has it: what 64 bits hold without its point."""
_NUMBER = re.compile(r"(?:得分 )?(-?\d+)(?:/(\d+))?")
"""A note that is a score which its columns cannot hold."""
_END = re.compile(r"(?:.*；)?(?:(?:大于|小于|下限|上限) -?[\d./]+|没有[上下]限)(?:；.*)?|可能没有得分：.*")
"""A note on an end of an open score."""


class NotAResultError(Exception):
    """A table that is none of ours; what is wrong with it, and what to do. Ends in a diagnostic."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message, self.help = message, help


@frozen
class Opened:
    """A table in a file, of which a few rows are in memory at a time. Numbers of a CSV stay texts."""

    path: Path
    kind: str

    def blocks(self) -> Iterator[pl.DataFrame]:
        """Yield the rows in their order, many at a time. Raises NotAResultError where the file is broken further on."""
        try:
            for batch in _READ[self.kind](self.path):
                found = pl.from_arrow(batch)
                assert isinstance(found, pl.DataFrame)
                yield found
        except (OSError, pa.ArrowException) as error:
            raise NotAResultError("表的后面是坏的，读不下去", "重新拷一份，或重新运行 zjrules batch") from error


def _parquet(path: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=BLOCK)


def _csv(path: Path) -> Iterator[pa.RecordBatch]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file), [])
    texts = arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    yield from arrow_csv.open_csv(path, arrow_csv.ReadOptions(block_size=CSV_BLOCK), convert_options=texts)


def _arrow(path: Path) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as file:
        yield from (file.get_batch(i) for i in range(file.num_record_batches))


_READ = {".parquet": _parquet, ".csv": _csv, ".arrow": _arrow, ".ipc": _arrow, ".feather": _arrow}


def opened(path: Path) -> tuple[Opened | None, Diagnostics]:
    """Return a table of which no row is read yet; None with the reason when it is no table."""
    why = f"名称以 {'、'.join(_READ)} 结尾的表才读"
    if (kind := path.suffix.lower()) in _READ:
        try:
            next(_READ[kind](path), None)
        except FileNotFoundError:
            why = "没有这个文件"
        except (OSError, UnicodeDecodeError, pa.ArrowException):
            why = f"里面不是 {kind} 的表"
        else:
            return Opened(path, kind), ()
    return None, (refused(path.as_posix(), f"读不了「{path}」：{why}", "给 zjrules batch 写出的那一份"),)


def refused(name: str, message: str, help: str) -> Diagnostic:
    """Return the diagnostic of a table that is none of ours."""
    return Diagnostic(NOT_A_RESULT, message, (Label(Span(Source(name, ""), 0, 0)),), help)


# ---------- columns ----------


@frozen
class Columns:
    """A block of a table, asked by the names of its columns."""

    table: pl.DataFrame

    def text(self, name: str) -> pl.Series:
        """Return a column of texts, '' where there is none."""
        return self._column(name).cast(pl.String).fill_null("")

    def _column(self, name: str) -> pl.Series:
        if name not in self.table.columns:
            likely = nearest(name, [n for n in self.table.columns if "·" not in n])
            said = f"，有一列叫「{likely}」" if likely else ""
            message = f"表里没有「{name}」这一列{said}"
            raise NotAResultError(message, "核对是不是 zjrules batch 按这本规则写出的表（--rules）")
        return self.table[name]

    def one_variant(self) -> None:
        """Refuse a sweep, in which a unit has several rows."""
        for name in self.table.columns:
            if name.startswith(PARAMETER) and self.table[name].n_unique() > 1:
                message = f"这是扫描的结果，一个单位有几行：「{name}」有几种取值"
                raise NotAResultError(message, "先筛出一种取值，或不带 --sweep 算一份")

    def has(self, name: str) -> bool:
        """Return whether there is such a column with something in it."""
        return name in self.table.columns and self.text(name).ne("").any()

    def score(self, name: str) -> Scores:
        """Return a column of scores, with what stands beside it in its further columns."""
        under: Ints | int
        if f"{name}·分子" in self.table.columns:
            low, below = self._whole(f"{name}·分子"), self._whole(f"{name}·分母")
            given, under = low.is_not_null(), _ints(below.fill_null(1))
            open_ = self._given(f"{name}·至·分子")
        else:
            low, under = self._decimal(name)
            given, open_ = low.is_not_null(), self._given(f"{name}·至")
        kind = np.where(open_.to_numpy(), Kind.OPEN, np.where(given.to_numpy(), Kind.SETTLED, Kind.NONE)).astype(
            np.uint8
        )
        beside = {}
        if self.has(f"{name}·注"):
            notes = self.text(f"{name}·注")
            for row in np.flatnonzero(notes.ne("").to_numpy() & (kind != Kind.OPEN)).tolist():
                if (found := _NUMBER.fullmatch(notes[row])) is not None:
                    end = End(Fraction(int(found[1]), int(found[2] or 1)))
                    kind[row], beside[row] = Kind.SETTLED, (end, end)
                elif kind[row] == Kind.SETTLED or _END.fullmatch(notes[row]) is not None:
                    # A number has a note where its other end is excluded or without a limit.
                    kind[row] = Kind.OPEN
        return _scores(_ints(low.fill_null(0)), under, kind, beside)

    def _given(self, name: str) -> pl.Series:
        if name not in self.table.columns:
            return pl.Series([False] * len(self.table), dtype=pl.Boolean)
        return self.text(name).ne("")

    def _whole(self, name: str) -> pl.Series:
        column = self._column(name)
        found = column.cast(pl.Int64, strict=False) if not _float(column) else None
        if found is None or bool((found.is_null() & self.text(name).ne("")).any()):
            raise NotAResultError(f"「{name}」这一列里有的不是整数", "不要用别的程序改写这一份，重新运行 zjrules batch")
        return found

    def _decimal(self, name: str) -> tuple[pl.Series, int]:
        """Return a column of decimals as integers, over what."""
        column = self._column(name)
        match column.dtype:
            case pl.Decimal(scale=scale):
                return column.to_physical().cast(pl.Int64), 10**scale
            case pl.String:
                return self._written(name, column)
            case _ if column.dtype.is_integer():
                return column.cast(pl.Int64), 1
            case _ if column.dtype == pl.Null:
                return column.cast(pl.Int64), 1
            case _:
                message = f"「{name}」这一列是 {column.dtype}，不是准确的数"
                raise NotAResultError(message, "浮点数不是准确的得分；重新运行 zjrules batch")

    def _written(self, name: str, column: pl.Series) -> tuple[pl.Series, int]:
        clean = column.str.strip_chars().replace("", None)
        wrong = clean.filter(~clean.str.contains(_DECIMAL))
        if len(wrong):
            raise NotAResultError(
                f"「{name}」这一列里的「{wrong[0]}」不是得分", "重新运行 zjrules batch，不要改写它的表"
            )
        longest = clean.str.extract(r"\.(\d+)$").str.len_chars().max()
        places = longest if isinstance(longest, int) else 0
        return clean.cast(pl.Decimal(38, places)).to_physical().cast(pl.Int64), 10**places


def _float(column: pl.Series) -> bool:
    return column.dtype.is_float()


def _ints(column: pl.Series) -> Ints:
    return np.asarray(column.to_numpy(), np.int64)


def _scores(low: Ints, below: Ints | int, kind: States, beside: dict[int, tuple[End, End]]) -> Scores:
    return Scores(low, low, below, kind, np.zeros(len(low), np.int32), (Why(),), beside)


# ---------- units ----------


def scored(block: pl.DataFrame, program: tr.Program) -> Scored:
    """Return a block of a table as scored units. Raises NotAResultError."""
    columns = Columns(block)
    columns.one_variant()
    units = np.asarray(columns.text(UNIT).to_numpy(), np.object_)
    names = [g.name for g in program.grades]
    grades, others = _grades(columns.text(GRADE), names)
    titles = [c.title for c in program.checks]
    return Scored(
        program,
        units,
        tuple(columns.score(node.name) for node in survey.indicators(program.groups)),
        _total(columns, waits=True),
        grades,
        others,
        _checks(columns.text(FAILED), titles),
        np.zeros(len(units), np.bool_),
    )


def totals(block: pl.DataFrame) -> tuple[NDArray[np.object_], Scores]:
    """Return the names and totals of a block of a table, by whatever rules they were scored. Raises NotAResultError."""
    columns = Columns(block)
    columns.one_variant()
    return np.asarray(columns.text(UNIT).to_numpy(), np.object_), _total(columns, waits=False)


def _total(columns: Columns, waits: bool) -> Scores:
    found = columns.score(TOTAL)
    stated = columns.text(STATE)
    unknown = stated.filter(~stated.is_in(list(_STATES)))
    if len(unknown):
        raise NotAResultError(f"「{STATE}」里的「{unknown[0]}」不认识", f"只会是 {'、'.join(_STATES)}")
    kind = np.asarray(stated.replace_strict(_STATES, return_dtype=pl.UInt8).to_numpy(), np.uint8)
    if np.any((kind == Kind.SETTLED) & (found.kind != Kind.SETTLED)):
        raise NotAResultError("有的单位状态是「已算」，却没有总分", "重新运行 zjrules batch，不要改写它的表")
    if not waits:
        return _scores(found.low, found.below, kind, dict(found.beside))
    missing, reasons = _numbered(columns.text(MISSING))
    # Names of facts, ledgers and columns have no 、 in them.
    why = tuple(Why(tuple(t.split("、")) if t else ()) for t in reasons)
    return Scores(found.low, found.low, found.below, kind, missing.astype(np.int32), why, found.beside)


def _numbered(column: pl.Series) -> tuple[Ints, list[str]]:
    """Return a column of texts as places in a list of those that occur."""
    texts = column.unique(maintain_order=True).to_list()
    places = (
        column.replace_strict(texts, list(range(len(texts))), return_dtype=pl.Int64) if texts else column.cast(pl.Int64)
    )
    return _ints(places), texts


def _grades(column: pl.Series, names: Sequence[str]) -> tuple[Ints, tuple[str, ...]]:
    places, texts = _numbered(column)
    others: list[str] = []
    bits = []
    for text in texts:
        # A grade that only a 总评 step gives is not listed in the book; it stands alone or between 或.
        found = _parts(text, "或", tuple(names)) or tuple(text.split("或")) if text else ()
        others += [g for g in found if g not in names and g not in others]
        bits.append(sum(1 << (names.index(g) if g in names else len(names) + others.index(g)) for g in found))
    return np.array(bits or [0], np.int64)[places], tuple(others)


def _checks(column: pl.Series, titles: Sequence[str]) -> tuple[States, ...]:
    places, texts = _numbered(column)
    failed = np.zeros((len(texts) or 1, len(titles)), np.bool_)
    for row, text in enumerate(texts):
        found = _parts(text, "、", tuple(titles)) if text else ()
        if found is None:
            raise NotAResultError(f"「{FAILED}」里的「{text}」，这本规则没有", "核对 --rules 是不是算这张表的那一本")
        for title in found:
            failed[row, titles.index(title)] = True
    state = np.where(failed, CHECKS.index("不通过"), CHECKS.index("通过")).astype(np.uint8)
    return tuple(state[places, i] for i in range(len(titles)))


def _parts(text: str, sign: str, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the names of which a text consists, joined by a sign that may stand in a name too; None where it does not."""
    if text in names:
        return (text,)
    split = tuple(text.split(sign))
    if set(split) <= set(names):
        return split
    for name in names:
        if text.startswith(name + sign) and (rest := _parts(text[len(name) + len(sign) :], sign, names)) is not None:
            return (name, *rest)
    return None
