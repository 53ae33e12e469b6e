"""Units that are compared, counted and scored a batch at a time as Spark's workers do, are what they are all at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import SimpleNamespace

import polars as pl
import pyarrow as pa
import pytest
from comparing import book, dealt, units
from given import drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import sheet, writable

from zjrules.bulk.program import bulk
from zjrules.exact.census import Census
from zjrules.exact.places import places
from zjrules.fact import Facts
from zjrules.inout.calendar import work_calendar
from zjrules.inout.table import counted, scores
from zjrules.inout.table.columns import UNIT
from zjrules.inout.table.frame import frame_from
from zjrules.pack import packed_whole
from zjrules.project import load
from zjrules.term.rule import Program
from zjrules.workers import ASIDE, ORDER, Count, Task, digest_of, stamp

BOOKS = ("staffing/2024-city", "staffing/2024-district")


def added(parts: Sequence[pa.RecordBatch]) -> list[dict[str, object]]:
    """Add up what workers counted, as Spark's aggregate is asked to."""
    if not parts:
        return []
    table = pl.from_arrow(pa.Table.from_batches(parts))
    assert isinstance(table, pl.DataFrame)
    assert dict(table.schema) == dict(counted.SCHEMA)
    sums = [pl.col("短").cast(pl.Int128).sum(), pl.col("单位数").sum(), pl.len().alias(counted.TIMES)]
    return table.group_by(counted.KEYS).agg(sums).to_dicts()


def by_parts(program: Program, tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the scores of tables that no worker sees more than one of."""
    data = json.dumps(packed_whole(program)).encode()
    sent: dict[str, object] = {"规则": data, "日历": work_calendar(), "重名": [], "不用的列": ()}
    asked = places(program)
    every: list[Census | None] = [None] * len(asked)

    def handed(table: pl.DataFrame) -> list[pa.RecordBatch]:
        found: list[pa.RecordBatch] = table.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks().to_batches()
        return found

    def task() -> tuple[SimpleNamespace, str, str]:
        return SimpleNamespace(value={**sent, "全体": every}), digest_of(data), stamp()

    ordered, seen = [], 0
    for table in tables:
        ordered.append(table.with_columns(pl.int_range(seen, seen + table.height, dtype=pl.Int64).alias(ORDER)))
        seen += table.height
    for leans in (False, True):
        wanted = tuple(i for i, p in enumerate(asked) if p.leans == leans)
        rows = added([b for t in ordered for b in Count(*task(), wanted)(iter(handed(t)))])
        found = {i: counted.census_of(asked[i].kind, [r for r in rows if r["处"] == i]) for i in wanted}
        every = [found.get(i, each) for i, each in enumerate(every)]
    done = [b for t in tables for b in Task(*task())(iter(handed(t)))]
    if not done:
        return pl.DataFrame(schema=scores.schema_of(program))
    back = pl.from_arrow(pa.Table.from_batches(done))
    assert isinstance(back, pl.DataFrame)
    return back.filter(pl.col(f"{ASIDE}代码").is_null()).select(scores.schema_of(program).names())


def written(program: Program, rows: Sequence[Facts]) -> pl.DataFrame:
    return sheet(program.schema, rows, "text").with_columns(pl.col(pl.Null).cast(pl.Boolean))


def at_once(program: Program, table: pl.DataFrame) -> pl.DataFrame:
    frame, _ = frame_from(program, table)
    return scores.table_of(bulk(program, work_calendar()).score(frame, whole=True))


def agree(program: Program, rows: Sequence[Facts], seed: int, parts: int) -> pl.DataFrame:
    table = written(program, rows)
    expected, found = at_once(program, table), by_parts(program, dealt(table, seed, parts))
    for name in expected.columns:
        assert found[name].to_list() == expected[name].to_list(), name
    return expected


share = st.sampled_from([0.0, 0.0, 0.1, 0.5])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 8), st.integers(0, 2**32), share, share, share, st.integers(1, 4))
def test_in_parts_is_at_once(size: int, seed: int, missing: float, na: float, zero: float, parts: int) -> None:
    agree(book(), units(size, seed, missing, na, zero), seed, parts)


@pytest.mark.parametrize("name", BOOKS)
@settings(max_examples=20, deadline=None)
@given(size=st.integers(0, 8), seed=st.integers(0, 2**32), absent=st.sampled_from([0, 3, 10]), parts=st.integers(1, 4))
def test_the_books_of_the_repository(name: str, size: int, seed: int, absent: int, parts: int) -> None:
    rules, problems = load(name)
    assert rules is not None, problems
    rows = writable(drawn(rules.program, seed + i, absent) for i in range(size))
    agree(rules.program, rows, seed, parts)


def test_many_units_whose_numbers_are_all_different() -> None:
    """The middle of the numbers is left out where only means and bests are taken."""
    found = agree(book(), units(120, 5, na=0.05, few=10**6), 1, 5)
    assert found["状态"].to_list() == ["已算"] * 120


def test_numerators_too_long_for_spark_are_added_up_all_the_same() -> None:
    rows = units(40, 7, few=10**30)
    assert any(abs(u.facts["值"].value.numerator) > counted.SHORT for u in rows)  # type: ignore[union-attr]
    assert agree(book(), rows, 2, 3).height == 40


def test_a_row_that_is_set_aside_is_compared_with_nobody() -> None:
    program = book()
    tables = dealt(written(program, units(12, 3)), 1, 3)
    expected = by_parts(program, tables)
    bad = tables[1].head(1).with_columns(pl.lit("坏").alias(UNIT), pl.lit("不是数").alias("值"))
    assert by_parts(program, [bad, *tables]).equals(expected)
