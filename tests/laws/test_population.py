"""Rank, best and mean over all units: against a reference written here, with missing facts, and at 500 units."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import pytest
from books import compiled
from hypothesis import given, settings
from hypothesis import strategies as st

from zjrules.exact.total import population, score
from zjrules.fact import Evidence, Fact, Facts, State
from zjrules.term.rule import Program
from zjrules.value import Problem, Value, range_of

TIES = ("并列取前", "并列取后", "并列取均", "并列不空")
ORDERS = ("从大到小", "从小到大")

HEAD = """规则集 编制效能
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 {full} 分
  舍入 各指标 不舍入
  舍入 各一级指标 不舍入
  舍入 总分 不舍入
  舍入 同级平均 不舍入
  等级 优 ≥ 9 分，差 其余
事实 值 : 数
事实 适用 : 是否
一级指标 全部 {full} 分
"""


@cache
def book() -> Program:
    rows = [
        f"指标 {order}{ties} 1000 分\n  得分 名次(值，次序：{order}，并列：{ties}) × 1 分\n"
        for order in ORDERS
        for ties in TIES
    ]
    rows += [f"指标 平均{own} 1000 分\n  得分 同级平均(值，自己：{own}) × 1 分\n" for own in ("计入", "不算")]
    rows += [f"指标 {name} 1000 分\n  得分 {name}(值) × 1 分\n" for name in ("同级最大", "同级最小")]
    rows += ["指标 均分 1000 分\n  不适用 当 非 适用 按 同级平均\n  令 倍 = 值 × 2\n  得分 倍 × 1 分\n"]
    return compiled(HEAD.format(full=1000 * len(rows)) + "".join(rows))


def unit(name: str, value: Fraction | None, applies: bool | None) -> Facts:
    def fact(what: str, given: Fraction | bool | None) -> Fact:
        state = State.MISSING if given is None else State.GIVEN
        return Fact(what, state, given, Evidence.NOT_ASKED)

    return Facts(name, {"值": fact("值", value), "适用": fact("适用", applies)}, {}, {})


def scored(values: list[Fraction | None], applies: list[bool | None]) -> list[dict[str, Value]]:
    units = [unit(f"单位{i}", v, a) for i, (v, a) in enumerate(zip(values, applies, strict=True))]
    among = population(book(), units)
    traces = [score(book(), facts, among=(among, i)) for i, facts in enumerate(units)]
    return [{s.term.name: s.value for s in t.indicators()} for t in traces]  # type: ignore[union-attr]


def reference(values: list[Fraction], applies: list[bool], i: int) -> dict[str, Fraction | None]:
    """What unit i must get, from the definitions and nothing else."""
    mine = values[i]
    found: dict[str, Fraction | None] = {}
    for order in ORDERS:
        ahead = [v for v in values if (v > mine if order == "从大到小" else v < mine)]
        same = sum(v == mine for v in values)
        found[f"{order}并列取前"] = Fraction(len(ahead) + 1)
        found[f"{order}并列取后"] = Fraction(len(ahead) + same)
        found[f"{order}并列取均"] = sum((Fraction(len(ahead) + k) for k in range(1, same + 1)), Fraction(0)) / same
        found[f"{order}并列不空"] = Fraction(len(set(ahead)) + 1)
    others = values[:i] + values[i + 1 :]
    found["平均计入"] = sum(values, Fraction(0)) / len(values)
    found["平均不算"] = sum(others, Fraction(0)) / len(others) if others else None
    found["同级最大"], found["同级最小"] = max(values), min(values)
    scores = [2 * v for v, a in zip(values, applies, strict=True) if a]
    mean = sum(scores, Fraction(0)) / len(scores) if scores else None
    found["均分"] = 2 * mine if applies[i] else mean
    return found


def same(got: Value, expected: Fraction | None) -> bool:
    return isinstance(got, Problem) if expected is None else got == expected


@pytest.mark.slow
def test_five_hundred_units() -> None:
    values = [Fraction((i * 7919) % 137, 1 + i % 7) for i in range(500)]
    applies = [i % 5 != 0 for i in range(500)]
    for i, got in enumerate(scored(list(values), list(applies))):
        for name, expected in reference(values, applies, i).items():
            assert same(got[name], expected), (i, name)


few = st.lists(st.fractions(0, 3, max_denominator=3), min_size=1, max_size=6)


@given(few, st.data())
@settings(max_examples=150, deadline=None)
def test_known_units_agree_with_the_reference(values: list[Fraction], data: st.DataObject) -> None:
    applies = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    for i, got in enumerate(scored(list(values), list(applies))):
        for name, expected in reference(values, applies, i).items():
            assert same(got[name], expected), (i, name)


@given(few, st.data())
@settings(max_examples=200, deadline=None)
def test_every_completion_lands_inside(values: list[Fraction], data: st.DataObject) -> None:
    """What some units do not say leaves an interval that holds what it would be, whatever they say later."""
    size = len(values)
    applies = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    hide = st.lists(st.booleans(), min_size=size, max_size=size)
    hidden, silent = data.draw(hide), data.draw(hide)
    partly = scored(
        [None if h else v for v, h in zip(values, hidden, strict=True)],
        [None if s else a for a, s in zip(applies, silent, strict=True)],
    )
    for i, got in enumerate(partly):
        for name, expected in reference(values, applies, i).items():
            value = got[name]
            if expected is None:
                assert isinstance(value, Problem) or getattr(value, "problems", None), (i, name)
            else:
                assert not isinstance(value, Problem) and range_of(value).holds(expected), (i, name, value)


def test_without_the_others_nothing_is_claimed() -> None:
    got = {s.term.name: s.value for s in score(book(), unit("甲", Fraction(1), True)).indicators()}  # type: ignore[union-attr]
    assert got["均分"] == 2
    for name in ("从大到小并列取前", "平均计入", "平均不算", "同级最大"):
        assert range_of(got[name]).holds(Fraction(7)), name
    assert not range_of(got["从大到小并列取均"]).holds(Fraction(1, 2))
