"""The fast reading equals the exact one: on every case, on facts near every edge of every book, on random books."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from books import Made, book, everything, facts, made
from books import compiled as built
from given import drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from zjrules.compiled.program import Compiled, compiled, score
from zjrules.exact import total as exact
from zjrules.exact.scope import WorkCalendar
from zjrules.fact import Facts
from zjrules.inout.calendar import work_calendar
from zjrules.inout.spring import with_spring
from zjrules.num import Rounding
from zjrules.project import fitted, load, read_facts, rule_sets, rules_named
from zjrules.ruleset import RuleSet
from zjrules.unit import Scalar

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "cases").rglob("*.yaml"))
BOOKS = sorted(rule_sets())
LEFT_OUT = {"hubei/2020": 1, "staffing/2024-city": 2, "staffing/2024-district": 2}
"""Indicators that are left to the exact engine: 首次 and 同项, and what is compared with other units."""


@cache
def calendar() -> WorkCalendar:
    return with_spring(work_calendar())


@cache
def rules(name: str) -> RuleSet:
    found, _ = load(name)
    assert found is not None
    return found


@cache
def fast(name: str) -> Compiled:
    return compiled(rules(name).program, calendar())


def agree(program: Compiled, given_facts: Facts, proved_only: bool = False) -> int:
    """Compare all scores; return how many the fast reading gave."""
    trace = exact.score(program.program, given_facts, calendar(), proved_only)
    values = program.values(given_facts, proved_only)
    found = program.scores(values)
    for step, function, ours in zip(trace.indicators(), program.functions, found.indicators, strict=True):
        theirs = step.value if isinstance(step.value, Fraction) else None
        name = step.term.name  # type: ignore[union-attr]
        if function is None or values.lacking & function.needs:
            assert ours is None, name
        else:
            assert ours == theirs or (ours is None and values.blank), (name, ours, step.value)
    assert found.total in (None, trace.total)
    if program.whole is not None and not values.lacking and not values.blank:
        assert found.total is not None or not isinstance(trace.total, Fraction) or None in found.indicators
    return sum(s is not None for s in found.indicators)


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_every_case(path: Path) -> None:
    handed, _ = read_facts(path)
    assert handed is not None
    for name in rules_named(handed, ())[0]:
        found, _ = fitted(handed, rules(name))
        agree(fast(name), found)
        agree(fast(name), found, proved_only=True)


def test_a_full_department_is_scored_to_the_total() -> None:
    handed, _ = read_facts(ROOT / "cases/zhanjiang-2025/05-full-department.yaml")
    assert handed is not None
    found, _ = fitted(handed, rules("zhanjiang/2025"))
    scores = score(fast("zhanjiang/2025"), found)
    assert scores is not None and scores.total == Fraction("87.32")


@pytest.mark.parametrize("name", BOOKS)
def test_what_is_left_to_the_exact_engine(name: str) -> None:
    assert sum(f is None for f in fast(name).functions) == LEFT_OUT.get(name, 0)


@pytest.mark.parametrize("name", BOOKS)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), absent=st.sampled_from([0, 0, 0, 20]))
def test_facts_near_every_edge_of_every_book(name: str, seed: int, absent: int) -> None:
    agree(fast(name), drawn(rules(name).program, seed, absent))


@settings(max_examples=200, deadline=None)
@given(st.lists(made(), min_size=1, max_size=3), everything)
def test_random_books(indicators: list[Made], values: dict[str, Scalar]) -> None:
    program = compiled(built(book(indicators)), calendar())
    assert agree(program, facts(values)) == len(indicators)


ROUNDINGS = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 500 分
  舍入 各指标 {mode} 精确到 {quantum} 分
  舍入 各一级指标 {mode} 精确到 0.5 分
  舍入 总分 {mode} 精确到 0.1 分
  等级 优 ≥ 3 分，差 其余
事实 甲 : 数 ≥ -100 且 ≤ 100
事实 乙 : 数 ≥ -3 且 ≤ 3
一级指标 全部 500 分
指标 一 100 分
  得分 甲 × 1 分
指标 二 100 分
  得分 (甲 ÷ 乙) × 1 分
指标 三 100 分
  得分 (0 - 甲) × 1 分
指标 四 100 分
  得分 若 甲 > 0 则 满分 × (甲 ÷ 乙) 否则 1 分
指标 五 100 分
  得分 (向下取整(甲 ÷ 7) + 向上取整(甲 × 乙) + 绝对值(乙)) × 1 分
"""


@cache
def roundings(mode: Rounding, quantum: str) -> Compiled:
    return compiled(built(ROUNDINGS.format(mode=mode.value, quantum=quantum)))


halves = st.integers(-2000, 2000).map(lambda n: Fraction(n, 200)) | st.fractions(-100, 100, max_denominator=40)


@settings(max_examples=300, deadline=None)
@given(
    halves,
    st.integers(-6, 6).map(lambda n: Fraction(n, 2)),
    st.sampled_from(list(Rounding)),
    st.sampled_from(["0.01", "0.5", "0.1"]),
)
def test_ties_are_rounded_alike_and_nothing_is_divided_by_zero(
    a: Fraction, b: Fraction, mode: Rounding, quantum: str
) -> None:
    agree(roundings(mode, quantum), facts({"甲": a, "乙": b}))


DROPS = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 10 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 四舍五入 精确到 0.1 分
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 9 分，差 其余
事实 甲 : 比率 介于 0% 至 100%
事实 子 : 是否
事实 丑 : 是否
事实 寅 : 是否
一级指标 前 6 分
指标 一 2 分
  不适用 当 子 按 不计入 本一级指标
  得分 满分 × 甲
指标 二 4 分
  不适用 当 丑 按 不计入 总分
  不适用 当 寅 按 不计入 本一级指标
  得分 满分 × (1 - 甲)
一级指标 后 4 分
指标 三 4 分
  不适用 当 寅 按 不计入 本一级指标
  得分 满分 × 甲 × 甲
总评
  加分项 甲 × 2 分 至多 1 分
  限于 0 分 至 10 分
  舍入 总分
  定级
  凡 子 且 甲 = 0% 总分归零
"""


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 12).map(lambda n: Fraction(n, 12)), st.booleans(), st.booleans(), st.booleans())
def test_what_does_not_count_is_rescaled_alike(a: Fraction, b: bool, c: bool, d: bool) -> None:
    program = compiled(built(DROPS))
    given_facts = facts({"甲": a, "子": b, "丑": c, "寅": d})
    total = exact.score(program.program, given_facts).total
    ours = score(program, given_facts)
    if ours is not None:
        assert ours.total == total
    else:
        # 总分归零 of a total that there is none of is for the exact engine.
        assert d and (total == 0 or not isinstance(total, Fraction))


def test_the_text_holds_nothing_that_a_user_wrote() -> None:
    for name in BOOKS:
        text = fast(name).source
        assert text.isascii() and not re.search(r"""["'.@\\]|__|import|lambda""", text)
