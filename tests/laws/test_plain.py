"""Columns taken whole are what their rows are one by one, and files read forwards what they are when read at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from given import drawn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sheets import sheet, writable
from test_tables import ASKED, facts_of, rules

from zjrules import fit, mistyped, years
from zjrules.bulk.frame import Cells
from zjrules.fact import Asked
from zjrules.inout.table import cells as by_rows
from zjrules.inout.table import parquet
from zjrules.inout.table.blocks import blocks, survey
from zjrules.inout.table.cells import cells
from zjrules.inout.table.columns import Column
from zjrules.inout.table.compact import PART, coded, whole_schema, widened
from zjrules.inout.table.faults import Faults
from zjrules.inout.table.files import opened
from zjrules.inout.table.frame import frame_from
from zjrules.inout.table.plain import SPACES, doubtful, plain
from zjrules.interval.sets import Piece, union
from zjrules.unit import COUNT, MONEY, POINTS, Choice

NUMBERS = (
    *(a for a in ASKED if a.name in ("甲", "乙", "率", "数", "年")),
    Asked("权", POINTS),
    Asked("几段", COUNT, union([Piece(Fraction(0), Fraction(3)), Piece(Fraction(8), Fraction(9))])),
    Asked("偶数", COUNT, union([Piece(Fraction(0), None, step=Fraction(2))])),
    Asked("到分", MONEY, union([Piece(Fraction(0), None, step=Fraction(1, 100))])),
    Asked("正", COUNT, union([Piece(Fraction(0), None, lo_open=True)])),
    Asked("没有", COUNT, union([])),
)
UNITS = {"元": Fraction(1), "万元": Fraction(10_000), "分": Fraction(1, 100)}
TYPES: tuple[pl.DataType, ...] = (
    pl.Int8(), pl.Int16(), pl.Int32(), pl.Int64(), pl.UInt8(), pl.UInt16(), pl.UInt32(), pl.UInt64(),
    pl.Decimal(38, 0), pl.Decimal(38, 2), pl.Decimal(38, 4), pl.Decimal(20, 6),
)  # fmt: skip
EDGES = (
    0,
    1,
    -1,
    6,
    99,
    100,
    101,
    127,
    2023,
    2024,
    10_000,
    10**9,
    10**14,
    10**14 + 1,
    2**62,
    2**63 - 1,
    -(2**63),
    2**63,
    10**25,
)
WHOLE = st.lists(st.none() | st.sampled_from(EDGES) | st.integers(-3, 12) | st.integers(2000, 2030), max_size=7)


def same(series: pl.Series, column: Column) -> None:
    """Hold a column that may be taken whole against the same one read row by row."""
    table, found = pl.DataFrame({column.name: series}), []
    for taken in (plain, lambda *_: None):
        faults = Faults()
        with patch.object(by_rows, "plain", taken):
            each = cells(table, column, faults)
        found.append((*_seen(each, column.asked), faults.table(pl.Series(["某局"] * len(series))).rows()))
    assert found[0] == found[1], series


def _seen(found: Cells, asked: Asked) -> tuple[object, ...]:
    size = len(found.state)
    return found.values.dtype, found.values.tolist(), found.state.tolist(), [found.value(i, asked) for i in range(size)]


def odd_ways(series: pl.Series) -> list[pl.Series]:
    """Return the same values in other places of memory: after some rows, and in two pieces."""
    return [series, pl.concat([series, series]).rechunk().slice(len(series)), pl.concat([series[:2], series[2:]])]


def typed(values: list[int | None], kind: pl.DataType) -> pl.Series | None:
    places = kind.scale if isinstance(kind, pl.Decimal) else 0
    try:
        if isinstance(kind, pl.Decimal):
            return pl.Series([None if v is None else Decimal(v).scaleb(-places) for v in values], dtype=kind)
        return pl.Series(values, dtype=kind)
    except (TypeError, OverflowError, pl.exceptions.PolarsError):
        return None


@pytest.mark.parametrize("asked", NUMBERS, ids=lambda a: a.name)
@settings(max_examples=150, deadline=None)
@given(WHOLE, st.sampled_from(TYPES), st.sampled_from(sorted(UNITS)))
@example([100, 0, 350], pl.Decimal(38, 4), "分")
@example([10**20, 0], pl.Decimal(38, 0), "元")
@example([2**64 + 5], pl.Decimal(38, 0), "元")
@example([3 - 2**64, 0], pl.Decimal(38, 0), "分")
@example([None, None], pl.Int64(), "元")
@example([None, 5], pl.UInt64(), "万元")
def test_numbers(asked: Asked, values: list[int | None], kind: pl.DataType, unit: str) -> None:
    series = typed(values, kind)
    money = asked.type == MONEY
    for each in odd_ways(series) if series is not None else ():
        same(each, Column(asked.name, asked, unit if money else "", UNITS[unit] if money else None))


def test_what_is_right_in_every_row_is_taken_whole() -> None:
    """Without this, the laws above and below would hold of nothing."""
    for kind in TYPES:
        series = typed([1, None, 3], kind)
        money = Column("乙", ASKED[1], "亿元", Fraction(10**8))
        assert series is not None and plain(series, money) is not None, kind
    for series, name in (
        (pl.Series([date(2025, 2, 1), None]), "日"), (pl.Series([2025, None]), "年"), (pl.Series([True, None]), "是否"),
        (pl.Series(["东", None]), "选"), (pl.Series(["东", None], dtype=pl.Categorical), "选"),
    ):  # fmt: skip
        assert plain(series, Column(name, next(a for a in ASKED if a.name == name))) is not None, name


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.none() | st.dates(date(2024, 12, 1), date(2026, 2, 1)), max_size=7),
    st.lists(st.none() | st.booleans(), max_size=20),
)
def test_dates_and_truths(days: list[date | None], truths: list[bool | None]) -> None:
    by_name = {a.name: a for a in ASKED}
    for each in odd_ways(pl.Series(days, dtype=pl.Date)):
        same(each, Column("日", by_name["日"]))
    for each in odd_ways(pl.Series(truths, dtype=pl.Boolean)):
        same(each, Column("是否", by_name["是否"]))
        assert by_rows.said(each).tolist() == [bool(t) for t in truths]


OPTIONS = ["东", " 东　", "≥", ">=", "南 北", "", "  ", "缺失", "null", "不适用", "西", "东\0"]
LONG = ["可持续影响", "可持续影向", "东甲", "东乙", "经济效益", "经济效应"]
CHOICES = (
    next(a for a in ASKED if a.name == "选"),
    Asked("长", Choice(("可持续影响", "东甲", "经济效益", "东乙", "东"))),
    Asked("只有长", Choice(("可持续影响", "不可持续影响"))),
    Asked("如空", Choice(("无", "缺失", "东"))),
    Asked("两次", Choice(("西", "东", "东", "南 北", "东甲", "≥", ">="))),
    Asked("有空格", Choice(("东", " 东　", "西"))),
)


@pytest.mark.parametrize("asked", CHOICES, ids=lambda a: a.name)
@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | st.sampled_from([*OPTIONS, *LONG]), max_size=7))
def test_choices(asked: Asked, texts: list[str | None]) -> None:
    for kind in (pl.String, pl.Categorical, pl.Enum([*OPTIONS, *LONG])):
        for each in odd_ways(pl.Series(texts, dtype=kind)):
            same(each, Column(asked.name, asked))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.none()
        | st.text(max_size=3)
        | st.tuples(
            st.sampled_from([*SPACES, ""]), st.sampled_from([*fit.BLANK, "不适用", "未央区", "第一中学校的合同"])
        ).map("".join),
        max_size=8,
    )
)
def test_no_text_that_says_nothing_is_passed_over(texts: list[str | None]) -> None:
    for each in odd_ways(pl.Series(texts, dtype=pl.String)):
        rows = set(doubtful(each).tolist())
        for row, text in enumerate(texts):
            bare = (text or "x").strip(SPACES)
            assert row in rows or not (bare in fit.BLANK or bare.startswith("不适用"))
    same(pl.Series(texts, dtype=pl.String), Column("文", next(a for a in ASKED if a.name == "文")))


@pytest.mark.parametrize("form", ["fen", "text"])
def test_lists_that_do_not_begin_at_their_beginning(form: str) -> None:
    program = rules("zhanjiang/2025").program
    units = writable(drawn(program, i, absent=4) for i in range(8))
    table = sheet(program.schema, units, form)
    whole, _ = frame_from(program, table)
    for start, size in ((0, 8), (3, 4), (7, 1), (2, 0)):
        arrow = table.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
        for part in (table.slice(start, size), arrow.slice(start, size), arrow.to_batches()[0].slice(start, size)):
            frame, said = frame_from(program, part)
            assert set(said["级别"]) <= {"警告"}
            assert [facts_of(frame, i) for i in range(size)] == [facts_of(whole, start + i) for i in range(size)]


# ---------- files ----------


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.integers(1, 12), st.sets(st.integers(0, 30)))
def test_a_file_read_forwards_is_the_file(
    tmp_path_factory: pytest.TempPathFactory, group: int, size: int, left: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("表")
    every = pl.DataFrame(
        {
            "单位": [f"单位{i}" for i in range(31)],
            "钱": pl.Series([None if i % 5 == 0 else Decimal(i) for i in range(31)], dtype=pl.Decimal(38, 2)),
            "行": [
                None if i % 7 == 0 else [{"名": str(i), "日": date(2025, 1, 1 + k)} for k in range(i % 4)]
                for i in range(31)
            ],
        }
    )
    every.head(20).write_parquet(folder / "1.parquet", row_group_size=group)
    every.slice(20).write_parquet(folder / "2.parquet", row_group_size=group)
    files, _ = opened(folder, "表")
    assert files is not None and parquet.rows(files.paths[0], files.schema) is not None
    with patch.object(parquet, "AT_ONCE", 4):
        found = list(blocks(files, survey(files), size, lambda n: n not in left))
    assert [n for n, _ in found] == [n for n in range(-(-31 // size)) if n not in left]
    for number, table in found:
        assert table.equals(every.slice(number * size, size))


def test_types_that_are_read_otherwise_are_left_to_polars(tmp_path: Path) -> None:
    table = pl.DataFrame({"单位": ["甲"], "数": [1]})
    table.write_parquet(tmp_path / "表.parquet")
    assert parquet.rows(tmp_path / "表.parquet", pl.Schema({"单位": pl.String(), "数": pl.Int32()})) is None


# ---------- what is kept ----------


def test_parts_are_joined_also_where_there_is_none() -> None:
    which = np.array([0, 1, 2, 2, 0], np.int64)
    other = np.array([2, 1, 2, 0, 0], np.int64)
    kept = pl.DataFrame(
        {
            f"不符{PART}0": coded(["甲", "乙", None], which),
            f"不符{PART}1": coded(["子", "丑", ""], other),
        }
    )
    schema = whole_schema(pl.Schema({"不符": pl.String(), "没有": pl.Decimal(38, 2)}))
    for start, size in ((0, 5), (1, 4), (2, 1), (3, 0)):
        found = widened(kept.slice(start, size), schema)
        assert found.column("不符").to_pylist() == ["甲", "乙、丑", None, "子", "甲、子"][start : start + size]
        assert found.column("没有").null_count == size and found.schema.field("没有").type == pa.decimal128(38, 2)


@pytest.mark.parametrize("text", ["❶", "²", "9" * 5000])
def test_what_only_looks_like_digits_is_told_as_any_other_slip(text: str) -> None:
    assert mistyped.day(text) == "写成 2025-05-30"
    assert years.other(text, 2025) == "换用那一年的规则，或更正年度"
