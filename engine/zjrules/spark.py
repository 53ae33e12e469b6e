"""A Spark DataFrame scored by the columnar engine on Spark's workers: `mapInArrow`, the rules by broadcast, nothing of our own.

Needs pyspark ≥ 4, pyarrow and pandas < 3 (the extra `spark`) on the driver and on every worker; this module imports none of
pyspark, so that it may be imported anywhere. The workers must have the same zjrules as the driver, which they check.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from attrs import frozen

from zjrules.batch.run import compares
from zjrules.diag import Diagnostics
from zjrules.exact.census import Census
from zjrules.exact.places import places
from zjrules.exact.scope import WorkCalendar
from zjrules.inout.calendar import supplied, work_calendar
from zjrules.inout.spring import with_spring
from zjrules.inout.table import counted, scores
from zjrules.inout.table.columns import UNIT, Reading, reading
from zjrules.pack import packed_whole
from zjrules.ruleset import RuleSet
from zjrules.term import rule as tr
from zjrules.workers import ASIDE, ORDER, TOLD, Count, Sent, SparkError, Task, digest_of, schema_of, stamp

DataFrame = Any
"""pyspark.sql.DataFrame."""
MOST_TWICE = 100_000
"""Names that may stand more than once: every worker is told all of them."""
MOST_NUMBERS = 2_000_000
"""Different numbers at one place where units are compared: some 100 bytes each on the driver and in every worker."""
MOST_OPEN = 10_000
"""Units whose value at one place is not known: every worker knows all of them, and every row names those it depends on."""


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
    stand twice. A rule set that compares units (名次, 同级平均 …) takes one pass more, two where a mean of scores stands on ranks,
    which are made here, not lazily: the DataFrame must give the same rows each time, so persist it where it is costly to make.
    What that brings to the driver, and is sent to every worker, are no facts but what is compared: for a rank how many units
    have each number, for a mean the sum of each denominator, for a best four numbers a batch, and the units whose value is
    not known, of which the scores name each. Raises SparkError for more than MOST_NUMBERS and MOST_OPEN of these.
    """
    program = rules.program
    empty = pl.from_arrow(df.limit(0).toArrow())
    assert isinstance(empty, pl.DataFrame)
    how, problems = reading(program.schema, dict(empty.schema), "DataFrame", ignored)
    if how is None:
        return None, problems
    if calendar is None:
        calendar, _ = supplied(with_spring(work_calendar()), program.notices)
    shipped = json.dumps(packed_whole(program), ensure_ascii=False).encode()
    load = {"规则": shipped, "日历": calendar, "重名": _twice(df), "不用的列": tuple(ignored)}
    if compares(program):
        load["全体"] = _everyone(df, program, load)
    every = _mapped(df, Task(*_sent(df, load)), schema_of(program))
    return Scored(every, how, how.said, tuple(scores.schema_of(program).names())), ()


def _sent(df: DataFrame, load: Mapping[str, Any]) -> tuple[Any, str, str]:
    return df.sparkSession.sparkContext.broadcast(load), digest_of(load["规则"]), stamp()


def _mapped(df: DataFrame, task: Sent, schema: pl.Schema) -> DataFrame:
    return df.mapInArrow(task, ", ".join(f"{_quoted(name)} {_ddl(kind)}" for name, kind in schema.items()))


def _twice(df: DataFrame) -> list[str]:
    """Return the names that stand in more than one row, by Spark's own aggregate."""
    counts = df.select(_quoted(UNIT)).where(f"{_quoted(UNIT)} is not null").groupBy(_quoted(UNIT)).count()
    found = counts.where("`count` > 1").select(_quoted(UNIT)).limit(MOST_TWICE + 1).toArrow()[UNIT].to_pylist()
    if len(found) > MOST_TWICE:
        raise SparkError(f"重名的单位超过 {MOST_TWICE:,} 个，例如「{found[0]}」；「{UNIT}」一列多半不是单位的名称")
    return [str(name) for name in found]


# ---------- rule sets that compare units ----------


def _everyone(df: DataFrame, program: tr.Program, load: Mapping[str, Any]) -> list[Census | None]:
    """Return what all units bring to each place at which the rules compare them; first where it stands on nothing else."""
    asked = places(program)
    found: list[Census | None] = [None] * len(asked)
    for leans in (False, True):
        wanted = tuple(number for number, place in enumerate(asked) if place.leans == leans)
        if wanted:
            rows = _counted(df, Count(*_sent(df, {**load, "全体": found}), wanted))
            for number in wanted:
                found[number] = counted.census_of(asked[number].kind, rows.get(number, ()))
    return found


def _counted(df: DataFrame, task: Count) -> dict[int, list[dict[str, Any]]]:
    """Return what workers counted, added up by Spark, by place. Raises SparkError where it is too much to be sent."""
    ordered = df.selectExpr("*", f"monotonically_increasing_id() as {_quoted(ORDER)}")
    parts = _mapped(ordered, task, counted.SCHEMA).groupBy(*map(_quoted, counted.KEYS))
    added = parts.agg({**dict.fromkeys(counted.SUMS, "sum"), "*": "count"})
    names = {**{n: n for n in counted.KEYS}, **{n: f"sum({n})" for n in counted.SUMS}, counted.TIMES: "count(1)"}
    table = added.selectExpr(*(f"{_quoted(old)} as {_quoted(new)}" for new, old in names.items()))
    rows: dict[int, list[dict[str, Any]]] = {}
    for row in table.limit((MOST_NUMBERS + MOST_OPEN) * len(task.wanted) + 1).toArrow().to_pylist():
        rows.setdefault(row["处"], []).append(row)
    for each in rows.values():
        open_ = sum(row["余"] is not None for row in each)
        if open_ > MOST_OPEN:
            message = f"有 {open_:,} 个单位要比较的数还不知道（缺事实，或算不出来），最多 {MOST_OPEN:,} 个"
            raise SparkError(f"{message}：每个单位的得分都要列出它们；先补齐，或把它们从表里拿掉")
        if len(each) - open_ > MOST_NUMBERS:
            raise SparkError(
                f"要比较的数有 {len(each) - open_:,} 种，最多 {MOST_NUMBERS:,} 种；用一台内存大的机器算：--engine local"
            )
    return rows


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _ddl(kind: pl.DataType) -> str:
    match kind:
        case pl.Decimal(precision=precision, scale=scale):
            return f"decimal({precision},{scale})"
        case pl.Int64():
            return "bigint"
        case _:
            return "string"
