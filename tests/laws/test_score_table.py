"""Scored units written as a table: every row says what the exact engine says of its unit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from given import drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import writable
from test_tables import BOOKS, rules

from zjrules.bulk.frame import frame_of
from zjrules.bulk.program import bulk
from zjrules.bulk.result import End, Kind, Scores, Why
from zjrules.exact.total import score
from zjrules.inout.calendar import work_calendar
from zjrules.inout.spring import with_spring
from zjrules.inout.table.compact import whole_schema, widened
from zjrules.inout.table.scores import TOTAL, Place, _columns, _types, places, schema_of, table_of
from zjrules.interval.sets import Range
from zjrules.term.rule import Program
from zjrules.value import Unknown, Value

CALENDAR = with_spring(work_calendar())
Row = Mapping[str, object]


def end(row: Row, place: Place, name: str) -> Fraction | None:
    """Return one end of a score as the table says it."""
    if place.decimals is not None:
        found = row[name]
        return None if found is None else Fraction(str(found))
    above, below = row[f"{name}·分子"], row[f"{name}·分母"]
    assert isinstance(above, int | None) and isinstance(below, int | None)
    return None if above is None or below is None else Fraction(above, below)


def agrees(row: Row, place: Place, value: Value) -> None:
    low, high = end(row, place, place.name), end(row, place, f"{place.name}·至")
    note = row[f"{place.name}·注"]
    match value:
        case Fraction():
            assert (low, high) == (value, None) or (low is None and str(value) in str(note))
        case Unknown(can=Range() as can) if not can.is_empty:
            hull = can.hull
            for mine, theirs, opened in ((low, hull.lo, hull.lo_open), (high, hull.hi, hull.hi_open)):
                assert mine == theirs or (mine is None and note is not None)
                assert not opened or note is not None
        case _:
            assert low is high is None and note


@pytest.mark.parametrize("name", BOOKS)
@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0, 3, 12]))
def test_a_row_says_what_the_trace_says(name: str, seed: int, absent: int) -> None:
    program = rules(name).program
    units = writable(drawn(program, seed + i, absent) for i in range(4))
    table = table_of(bulk(program, CALENDAR).score(frame_of(program.schema, units)))
    assert table.schema == schema_of(program)
    assert pl.Float64 not in table.dtypes and pl.Int128 not in table.dtypes
    for unit, row in zip(units, table.iter_rows(named=True), strict=True):
        trace = score(program, unit, CALENDAR)
        assert row["单位"] == unit.unit
        total, *rest = places(program)
        agrees(row, total, trace.total)
        for place, step in zip(rest, trace.indicators(), strict=True):
            agrees(row, place, step.value)
        assert row["等级"] == ("或".join(reversed(dict.fromkeys(_in_order(program, trace.grades)))) or None)
        failed = [c.check.title for c in trace.checks if c.status == "不通过"]
        assert (row["勾稽不符"] or "") == "、".join(failed)
        settled = isinstance(trace.total, Fraction)
        assert row["状态"] == (
            "已算"
            if settled
            else "缺事实"
            if row["总分·注"] is None or end(row, total, TOTAL) is not None
            else "无法计算"
        )


def _in_order(program: Program, grades: tuple[str, ...]) -> list[str]:
    names = [g.name for g in program.grades]
    return sorted(grades, key=lambda g: names.index(g) if g in names else len(names))


def scores(
    low: list[int], high: list[int], below: int | list[int], kind: list[Kind], beside: dict[int, tuple[End, End]]
) -> Scores:
    size = len(low)
    under = below if isinstance(below, int) else np.array(below)
    return Scores(
        np.array(low), np.array(high), under, np.array(kind, np.uint8), np.zeros(size, np.int32), (Why(),), beside
    )  # fmt: skip


def whole(place: Place, found: Scores) -> pl.DataFrame:
    """Return the columns of one score as the table has them."""
    kept = pl.DataFrame([c.alias(n) for n, c in _columns(place, found).items() if c is not None])
    table = pl.from_arrow(widened(kept, whole_schema(pl.Schema(_types(place)))))
    assert isinstance(table, pl.DataFrame)
    return table


def test_ends_that_no_column_holds_are_told() -> None:
    third, big = Fraction(1, 3), Fraction(10**40 + 1, 7)
    beside = {
        1: (End(third), End(third)),
        2: (End(Fraction(1), True), End(None, True)),
        3: (End(third), End(Fraction(5, 2))),
    }
    found = whole(
        Place("甲", 2),
        scores([250, 0, 0, 0], [250, 0, 0, 0], 100, [Kind.SETTLED, Kind.SETTLED, Kind.OPEN, Kind.OPEN], beside),
    )
    assert found.rows() == [
        (Decimal("2.50"), None, None),
        (None, None, "得分 1/3"),
        (Decimal("1.00"), None, "大于 1；没有上限"),
        (None, Decimal("2.50"), "下限 1/3"),
    ]
    odd = pl.DataFrame(
        _columns(Place("甲", None), scores([2, 0], [2, 0], [6, 1], [Kind.SETTLED] * 2, {1: (End(big), End(big))}))
    )
    assert odd.rows() == [(1, 3, None, None, None), (None, None, None, None, f"得分 {big}")]
    over = whole(Place("甲", 2), scores([1, 2**62], [1, 2**62], 3, [Kind.SETTLED] * 2, {}))
    assert over.rows() == [(None, None, "得分 1/3"), (None, None, f"得分 {Fraction(2**62, 3)}")]
