"""A Spark DataFrame scored by the columnar engine on Spark's workers: `mapInArrow`, the rules by broadcast, nothing of our own.

Needs pyspark ≥ 4, pyarrow and pandas < 3 (the extra `spark`) on the driver and on every worker; this module imports none of
pyspark, so that it may be imported anywhere. The workers must have the same zjrules as the driver, which they check.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from attrs import frozen

import zjrules
from zjrules.batch.run import compares
from zjrules.bulk.program import Bulk, bulk
from zjrules.diag import Diagnostics
from zjrules.exact.scope import WorkCalendar
from zjrules.inout.calendar import supplied, work_calendar
from zjrules.inout.spring import with_spring
from zjrules.inout.table import faults, scores
from zjrules.inout.table.columns import UNIT, Reading, reading
from zjrules.inout.table.frame import frame_from
from zjrules.pack import packed_whole, unpacked_whole
from zjrules.ruleset import RuleSet

DataFrame = Any
"""pyspark.sql.DataFrame."""
ASIDE = "退回·"
"""What stands before the columns of what is said of a row, which are null in the rows of scores."""
TOLD = tuple(name for name in faults.SCHEMA.names() if name not in (UNIT, "行"))
"""What is said of a row: Spark's rows have no numbers."""
MOST_TWICE = 100_000
"""Names that may stand more than once: every worker is told all of them."""
_LIBRARIES = ("polars", "numpy", "chinesecalendar", "lunardate")


class SparkError(Exception):
    """Why a DataFrame cannot be scored on Spark, and a way out, in the user's words."""


@frozen(eq=False)
class Scored:
    """A DataFrame scored, lazily: Spark works it out when one of these is written or counted.

    every: the rows of scores and, told apart by ASIDE, what is said of rows; persist it where both are used.
    """

    every: DataFrame
    how: Reading
    said: Diagnostics
    """What is said of the columns."""
    names: tuple[str, ...]

    @property
    def scores(self) -> DataFrame:
        """The units that are scored, in the columns of `zjrules batch`."""
        return self._part(f"{_quoted(ASIDE + '代码')} is null", self.names)

    @property
    def rejects(self) -> DataFrame:
        """What is said of rows: 单位, 列, 值, 级别, 代码, 说明, 帮助. A unit with a 错误 is not among the scores."""
        found = self._part(f"{_quoted(ASIDE + '代码')} is not null", (UNIT, *(ASIDE + name for name in TOLD)))
        return found.toDF(UNIT, *TOLD)

    def _part(self, which: str, names: Sequence[str]) -> DataFrame:
        return self.every.where(which).select(*map(_quoted, names))


def scored(
    df: DataFrame, rules: RuleSet, calendar: WorkCalendar | None = None, ignored: Sequence[str] = ()
) -> tuple[Scored | None, Diagnostics]:
    """Score a DataFrame in the input format of `zjrules batch`: 单位, a column for each fact, ledgers as arrays of structs.

    None with the reasons where its columns do not fit the rules; nothing is read for that. One pass over 单位 finds names that
    stand twice. Raises SparkError for rule sets that compare units, which Spark's rows, scored apart, cannot know.
    """
    program = rules.program
    allowed(rules)
    empty = pl.from_arrow(df.limit(0).toArrow())
    assert isinstance(empty, pl.DataFrame)
    how, problems = reading(program.schema, dict(empty.schema), "DataFrame", ignored)
    if how is None:
        return None, problems
    if calendar is None:
        calendar, _ = supplied(with_spring(work_calendar()), program.notices)
    shipped = json.dumps(packed_whole(program), ensure_ascii=False).encode()
    load = {"规则": shipped, "日历": calendar, "重名": _twice(df), "不用的列": tuple(ignored)}
    task = Task(df.sparkSession.sparkContext.broadcast(load), digest_of(shipped), stamp())
    schema = schema_of(scores.schema_of(program))
    every = df.mapInArrow(task, ", ".join(f"{_quoted(name)} {_ddl(kind)}" for name, kind in schema.items()))
    return Scored(every, how, how.said, tuple(scores.schema_of(program).names())), ()


def allowed(rules: RuleSet) -> None:
    """Refuse rule sets that compare units. Raises SparkError."""
    if compares(rules.program):
        message = f"「{rules.id}」要比较各单位（名次、同级平均），Spark 上一块一块地算不了"
        raise SparkError(f"{message}；用这台机器算：--engine local")


def _twice(df: DataFrame) -> list[str]:
    """Return the names that stand in more than one row, by Spark's own aggregate."""
    counts = df.select(_quoted(UNIT)).where(f"{_quoted(UNIT)} is not null").groupBy(_quoted(UNIT)).count()
    found = counts.where("`count` > 1").select(_quoted(UNIT)).limit(MOST_TWICE + 1).toArrow()[UNIT].to_pylist()
    if len(found) > MOST_TWICE:
        raise SparkError(f"重名的单位超过 {MOST_TWICE:,} 个，例如「{found[0]}」；「{UNIT}」一列多半不是单位的名称")
    return [str(name) for name in found]


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def schema_of(table: pl.Schema) -> pl.Schema:
    """Return the columns of what the workers give back: those of the scores, then what is said of rows."""
    return pl.Schema({**table, **{ASIDE + name: pl.String() for name in TOLD}})


def _ddl(kind: pl.DataType) -> str:
    match kind:
        case pl.Decimal(precision=precision, scale=scale):
            return f"decimal({precision},{scale})"
        case pl.Int64():
            return "bigint"
        case _:
            return "string"


# ---------- on the workers ----------


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of what is shipped."""
    return hashlib.sha256(data).hexdigest()


@cache
def stamp() -> str:
    """Return what is the same where the engine and what decides its scores are: its texts, and versions of libraries."""
    package = Path(zjrules.__file__).parent
    found = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        found.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    found.update("".join(f"{name} {version(name)}\n" for name in _LIBRARIES).encode())
    return found.hexdigest()


@frozen(eq=False)
class Task:
    """What a worker does with its rows. It travels as data: the rules are in the broadcast, their digest here."""

    load: Any
    digest: str
    engine: str

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Score batches of rows. Raises SparkError where rules or engine are not the driver's."""
        if self.engine != stamp():
            raise SparkError(
                "这个节点上的 zjrules（或 polars、numpy、工作日历的库）和驱动程序的不是一版；装成一样的再算"
            )
        load = self.load.value
        if digest_of(load["规则"]) != self.digest:
            raise SparkError("节点收到的规则和驱动程序发的不一样（摘要不符）；重新提交")
        made = _ready(self.digest, lambda: _made(load))
        twice = pl.Series(load["重名"], dtype=pl.String)
        how: Reading | None = None
        for batch in batches:
            table = pl.from_arrow(batch)
            assert isinstance(table, pl.DataFrame)
            if how is None:
                how, problems = reading(made.program.schema, dict(table.schema), "DataFrame", load["不用的列"])
                assert how is not None, [d.message for d in problems]
            yield from _batches(made, table, how, twice)


_READY: dict[str, Bulk] = {}


def _ready(digest: str, make: Callable[[], Bulk]) -> Bulk:
    """Return the rules made ready; a worker process does that once, whatever number of tasks it is given."""
    if digest not in _READY:
        _READY.clear()
        _READY[digest] = make()
    return _READY[digest]


def _made(load: Mapping[str, Any]) -> Bulk:
    return bulk(unpacked_whole(json.loads(load["规则"])), load["日历"])


def _batches(made: Bulk, table: pl.DataFrame, how: Reading, twice: pl.Series) -> Iterator[pa.RecordBatch]:
    """Yield the rows of scores of a batch and what is said of its rows."""
    frame, said = frame_from(made.program, table, how, twice=twice)
    schema = schema_of(scores.schema_of(made.program))
    told = said.select(UNIT, *(pl.col(name).alias(ASIDE + name) for name in TOLD))
    for part in (scores.table_of(made.score(frame)), told):
        if part.height:
            columns = [
                part[n] if n in part.columns else pl.Series(n, [None] * part.height, dtype=k) for n, k in schema.items()
            ]
            yield from _arrow(pl.DataFrame(columns))


def _arrow(table: pl.DataFrame) -> list[pa.RecordBatch]:
    """Return a table in the types that Spark asks for."""
    found = table.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    plain = [pa.field(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in found.schema]
    batches: list[pa.RecordBatch] = found.cast(pa.schema(plain)).combine_chunks().to_batches()
    return batches
