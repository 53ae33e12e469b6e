"""汇总: splitting a department among units and summing it up again changes nothing; what a unit leaves out only widens."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from attrs import evolve
from books import HEAD, compiled
from hypothesis import given, settings
from hypothesis import strategies as st

from zjrules.exact.total import score
from zjrules.fact import Evidence, Fact, Facts, State, Table
from zjrules.pool import pooled
from zjrules.term.rule import Program
from zjrules.value import Value, range_of

BOOK = (
    """事实 支出 : 金额 ≥ 0 元
事实 处数 : 个数（处） ≥ 0 处
事实 都做到 : 是否   汇总 全部
事实 有一个 : 是否   汇总 任一
事实 最高 : 金额 ≥ 0 元   汇总 最大
明细 合同
  列名 按时 : 是否
"""
    + HEAD.format(points=20, rounding="不舍入", best=18, good=10)
    + """指标 甲 8 分
  得分 满分 × 限于(支出 ÷ 100 元，下限：0%，上限：100%)
指标 乙 4 分
  扣分
    每 1 处 处数 扣 0.5 分
    扣完为止
指标 丙 4 分
  判定
    当 都做到 且 非 有一个 得 满分
    当 最高 > 30 元 得 2 分
    其余 得 1 分
指标 丁 4 分
  不适用 当 计数(合同) = 0 个 按 0 分
  得分 满分 × 占比(合同 其中 按时)
"""
)


@cache
def book() -> Program:
    return compiled(BOOK)


def fact(name: str, value: Fraction | bool | None) -> Fact:
    return Fact(name, State.MISSING if value is None else State.GIVEN, value, Evidence.NOT_ASKED)


def facts(unit: str, values: dict[str, Fraction | bool | None], rows: list[bool]) -> Facts:
    table = Table("合同", tuple({"按时": fact("按时", ok)} for ok in rows), Evidence.NOT_ASKED)
    return Facts(unit, {n: fact(n, v) for n, v in values.items()}, {"合同": table}, {})


def totals(given: Facts) -> list[Value]:
    trace = score(book(), given)
    return [trace.total, *(s.value for s in trace.indicators())]


money = st.integers(0, 60).map(Fraction)
units = st.lists(
    st.tuples(
        money, st.integers(0, 3).map(Fraction), st.booleans(), st.booleans(), st.lists(st.booleans(), max_size=3)
    ),
    min_size=1,
    max_size=4,
)
Unit = tuple[Fraction, Fraction, bool, bool, list[bool]]


def whole(parts: list[Unit]) -> Facts:
    values: dict[str, Fraction | bool | None] = {
        "支出": sum((p[0] for p in parts), Fraction(0)),
        "处数": sum((p[1] for p in parts), Fraction(0)),
        "都做到": all(p[2] for p in parts),
        "有一个": any(p[3] for p in parts),
        "最高": max(p[0] for p in parts),
    }
    return facts("全局", values, [ok for p in parts for ok in p[4]])


def split(parts: list[Unit]) -> list[Facts]:
    return [
        facts(f"单位{i}", {"支出": p[0], "处数": p[1], "都做到": p[2], "有一个": p[3], "最高": p[0]}, p[4])
        for i, p in enumerate(parts)
    ]


@given(units)
@settings(max_examples=100, deadline=None)
def test_a_department_is_the_sum_of_its_units(parts: list[Unit]) -> None:
    summed, problems = pooled(Facts("全局", {}, {}, {}), split(parts), book().schema)
    assert not problems
    assert totals(summed) == totals(whole(parts))


@given(units, st.data())
@settings(max_examples=150, deadline=None)
def test_what_units_leave_out_only_widens(parts: list[Unit], data: st.DataObject) -> None:
    handed = split(parts)
    for i, unit in enumerate(handed):
        gone = data.draw(st.sets(st.sampled_from(sorted(unit.facts))))
        ledgers = {} if data.draw(st.booleans()) else unit.ledgers
        handed[i] = evolve(unit, facts={n: f for n, f in unit.facts.items() if n not in gone}, ledgers=ledgers)
    summed, _ = pooled(Facts("全局", {}, {}, {}), handed, book().schema)
    for partly, known in zip(totals(summed), totals(whole(parts)), strict=True):
        assert isinstance(known, Fraction)
        assert range_of(partly).holds(known)
