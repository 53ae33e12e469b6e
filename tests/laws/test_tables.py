"""Tables read as frames: what stands in a cell is what `fit` makes of it, in whatever form it is written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import polars as pl
import pytest
from given import drawn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sheets import FORMS, sheet, writable

from zjrules import fit
from zjrules.bulk.frame import Frame, frame_of
from zjrules.fact import Asked, Evidence, Fact, State
from zjrules.inout.table.cells import cells
from zjrules.inout.table.columns import Column, reading
from zjrules.inout.table.faults import Faults
from zjrules.inout.table.frame import frame_from
from zjrules.inout.workbook.values import entry
from zjrules.interval.sets import Piece, union
from zjrules.project import load, rule_sets
from zjrules.ruleset import RuleSet
from zjrules.span import NOWHERE
from zjrules.unit import COUNT, MONEY, RATIO, Choice, Date, Scalar, Text, Truth, Year

BOOKS = sorted(rule_sets())


@cache
def rules(name: str) -> RuleSet:
    found, _ = load(name)
    assert found is not None
    return found


def facts_of(frame: Frame, place: int) -> object:
    """Return what the engine sees of a unit: states, values, and whose word it is where there is a value."""
    unit = frame.facts_of(place)
    rows = {n: None if t.rows is None else [_seen(r) for r in t.rows] for n, t in unit.ledgers.items()}
    words = {n: t.evidence is Evidence.CLAIMED for n, t in unit.ledgers.items()}
    return unit.unit, _seen(unit.facts), rows, words


def _seen(facts: object) -> dict[str, tuple[State, Scalar | None, bool]]:
    assert isinstance(facts, dict)
    return {n: _one(f) for n, f in facts.items()}


def _one(fact: Fact) -> tuple[State, Scalar | None, bool]:
    return fact.state, fact.value, fact.state is State.GIVEN and fact.evidence is Evidence.CLAIMED


@pytest.mark.parametrize("name", BOOKS)
@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(FORMS))
def test_a_table_is_the_facts_that_it_was_written_from(name: str, seed: int, form: str) -> None:
    program = rules(name).program
    units = writable(drawn(program, seed + i, absent=6) for i in range(5))
    frame, said = frame_from(program, sheet(program.schema, units, form))
    assert set(said["级别"]) <= {"警告"}, said.to_dicts()
    expected = frame_of(program.schema, units)
    assert [facts_of(frame, i) for i in range(5)] == [facts_of(expected, i) for i in range(5)]


ASKED = (
    Asked("甲", MONEY, union([Piece(Fraction(0), None)]), "≥ 0 元"),
    Asked("乙", MONEY),
    Asked("率", RATIO, union([Piece(Fraction(0), Fraction(1))]), "介于 0% 至 100%", may_be_na=True),
    Asked("数", COUNT, union([Piece(Fraction(0), Fraction(6), False, True)])),
    Asked("日", Date(), union([Piece(Fraction(739252), Fraction(739617))])),
    Asked("年", Year(), union([Piece(Fraction(2024), None)])),
    Asked("是否", Truth(), may_be_na=True),
    Asked("选", Choice(("东", "≥", "南 北"))),
    Asked("文", Text()),
)
WRITTEN = st.one_of(
    st.decimals(-(10**18), 10**18, places=3).map(str),
    st.tuples(
        st.sampled_from(["", "-", "+", "0", "1,", "1,234", "12,34", "１２", "99999999999999", "1" * 41]),
        st.sampled_from(["", "5", ".5", ".50", ".0", ".123456789", "000", "e3"]),
        st.sampled_from(["", " "]),
        st.sampled_from(["", "元", "万元", "亿元", "%", "％", "‰", "个", "项", "百分点", "分", "人", "天", "千克", "圆"]),
    ).map("".join),
    st.sampled_from(["", " ", "缺失", "暂缺", "null", "不适用", "不适用：没有", "不适用（没有）", "无", "—", "是", "否", "TRUE", "√"]),
    st.sampled_from(["2025-05-01", "2025/5/1", "2025年5月1日", "2025-02-30", "2025", "2023年", "45778", "5月1日", "2030-01-01"]),
    st.sampled_from(["东", " 东", ">=", "西", "南 北", "南北", "#REF!", "=1+1", "约3", "NaN", "inf"]),
    st.text(max_size=4),
)  # fmt: skip


@pytest.mark.parametrize("asked", ASKED, ids=lambda a: a.name)
@settings(max_examples=60, deadline=None)
@given(st.lists(WRITTEN, min_size=1, max_size=12))
@example(["12", "12.345", "1,234.50 万元", "0", "0.00", "-0"])
def test_a_cell_of_text_is_what_fit_makes_of_it(asked: Asked, texts: list[str]) -> None:
    faults = Faults()
    table = pl.DataFrame({asked.name: pl.Series(texts, dtype=pl.String)})
    found = cells(table, Column(asked.name, asked), faults)
    said = faults.table(pl.Series(["某局"] * len(texts)))
    for place, text in enumerate(texts):
        raw = entry(asked.name, {"值": text.strip()}, NOWHERE, NOWHERE)
        fact, problems = fit.single(raw, asked)
        mine = said.filter(pl.col("行") == place + 1)
        assert mine["代码"].to_list() == [d.code.number for d in problems], text
        assert mine["说明"].to_list() == [d.message for d in problems]
        if not problems:
            expected = fact.value.strip() if isinstance(fact.value, str) else fact.value
            value = found.value(place, asked)
            assert (value.strip() if isinstance(value, str) else value) == expected, text
            assert (found.state[place] == 2) == (fact.state is State.NOT_APPLICABLE)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.decimals(-(10**12), 10**12, places=4).map(float),
            st.integers(-(10**17), 10**17).map(lambda n: n / 100),
            st.floats(),
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["元", "万元", "分"]),
)
def test_a_double_is_taken_only_where_it_is_one_short_decimal(values: list[float], unit: str) -> None:
    asked, faults = ASKED[1], Faults()
    scale = {"元": Fraction(1), "万元": Fraction(10_000), "分": Fraction(1, 100)}[unit]
    table = pl.DataFrame({"乙": pl.Series(values, dtype=pl.Float64)})
    found = cells(table, Column("乙", asked, unit, scale), faults)
    said = faults.table(pl.Series(["某局"] * len(values)))
    for place, value in enumerate(values):
        short = _short(value)
        fen = None if short is None else short * scale * 100
        if fen is None or fen.denominator != 1 or abs(fen) >= 10**15:
            assert said.filter(pl.col("行") == place + 1)["代码"].to_list() == ["ZJ5507"], value
        else:
            assert found.value(place, asked) == fen / 100


def _short(value: float) -> Fraction | None:
    """Return the decimal of at most 15 digits that is read as a double, by Python's own printing."""
    if value != value or value in (float("inf"), float("-inf")):
        return None
    digits = Decimal(repr(value)).normalize().as_tuple().digits
    return Fraction(Decimal(repr(value))) if len(digits) <= 15 else None


@pytest.mark.parametrize("kind", [pl.Int16, pl.Int64, pl.UInt64, pl.Decimal(38, 0), pl.Decimal(20, 4), pl.Float64])
def test_every_type_of_number_is_the_same_number(kind: pl.DataType) -> None:
    numbers = [0, 1, -3, 32_000] if kind != pl.UInt64 else [0, 1, 3, 32_000]
    for unit, scale in (("元", 1), ("万元", 10_000), ("千元", 1000), ("亿元", 10**8)):
        faults = Faults()
        table = pl.DataFrame({"乙": pl.Series(numbers).cast(kind)})
        found = cells(table, Column("乙", ASKED[1], unit, Fraction(scale)), faults)
        assert not faults.parts
        assert [found.value(i, ASKED[1]) for i in range(4)] == [Fraction(n * scale) for n in numbers]


def test_dates_and_moments() -> None:
    asked = ASKED[4]
    days = [date(2025, 1, 1), None, date(2026, 1, 2)]
    for series in (pl.Series(days, dtype=pl.Date), pl.Series(days, dtype=pl.Date).cast(pl.Datetime("ns"))):
        faults = Faults()
        found = cells(pl.DataFrame({"日": series}), Column("日", asked), faults)
        assert found.value(0, asked) == date(2025, 1, 1).toordinal()
        assert found.value(1, asked) is None
        assert faults.table(pl.Series(["甲", "乙", "丙"]))["代码"].to_list() == ["ZJ5015"]
    faults = Faults()
    moment = pl.Series(["2025-05-01 13:00:00"]).str.to_datetime()
    cells(pl.DataFrame({"日": moment}), Column("日", asked), faults)
    assert faults.table(pl.Series(["甲"]))["代码"].to_list() == ["ZJ5011"]


def test_rows_that_are_set_aside_leave_the_others_as_they_are() -> None:
    program = rules("zhanjiang/2025").program
    units = writable(drawn(program, i, absent=5) for i in range(6))
    table = sheet(program.schema, units, "text")
    broken = table.with_columns(支出合计=pl.when(pl.int_range(6) % 2 == 0).then(pl.lit("一百")).otherwise("支出合计"))
    frame, said = frame_from(program, broken, first=100)
    assert said.filter(pl.col("级别") == "错误")["行"].to_list() == [101, 103, 105]
    assert list(frame.units) == ["单位1", "单位3", "单位5"]
    whole, _ = frame_from(program, table)
    assert [facts_of(frame, i) for i in range(3)] == [facts_of(whole, 2 * i + 1) for i in range(3)]


@pytest.mark.parametrize("form", FORMS)
def test_a_table_of_arrow_is_the_same(form: str) -> None:
    program = rules("zhanjiang/2025").program
    units = writable(drawn(program, i, absent=5) for i in range(4))
    table = sheet(program.schema, units, form)
    mine, _ = frame_from(program, table)
    for other in (table.to_arrow(), table.to_arrow(compat_level=pl.CompatLevel.oldest()).to_batches()[0]):
        frame, _ = frame_from(program, other)
        assert [facts_of(frame, i) for i in range(4)] == [facts_of(mine, i) for i in range(4)]


def test_a_column_that_is_not_there_is_missing_and_what_has_no_evidence_is_only_claimed() -> None:
    program = rules("zhanjiang/2025").program
    frame, said = frame_from(program, pl.DataFrame({"单位": ["甲", "乙"], "支出合计（万元）": [1, None]}))
    assert said.is_empty()
    unit = frame.facts_of(0)
    assert unit.facts["支出合计"].value == 10_000
    assert unit.facts["基本支出"].state is State.MISSING
    assert unit.ledgers["采购合同"].rows is None
    asked = next(a for a in program.schema.facts.values() if a.evidence)
    frame, _ = frame_from(program, pl.DataFrame({"单位": ["甲"], asked.name: ["是" if asked.type == Truth() else "0"]}))
    assert frame.facts[asked.name].claimed is not None and np.all(frame.facts[asked.name].claimed)


def test_reading_says_nothing_of_a_good_table() -> None:
    program = rules("staffing/2024-city").program
    units = writable([drawn(program, 1)])
    found, said = reading(program.schema, dict(sheet(program.schema, units, "fen").schema))
    assert found is not None and not said
