"""Margins: before a threshold nothing is decided otherwise, on or past it something is; what suffices is the least that does."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from books import Made, book, everything, facts, made
from books import compiled as built
from given import drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from zjrules.compiled.program import Compiled, compiled
from zjrules.displayed import decisions
from zjrules.exact.total import score
from zjrules.fact import Facts
from zjrules.inout.calendar import work_calendar
from zjrules.margin.reach import FAR, Reach, reaching
from zjrules.margin.threshold import Margin, Threshold, Unit, grade_rounded, margins, rounding_decided, smallest
from zjrules.project import fitted, load, read_facts
from zjrules.term import expr as tm
from zjrules.term.rule import Indicator, NotApplicable, Program
from zjrules.trace import Step
from zjrules.unit import Scalar

ROOT = Path(__file__).parents[2]
TINY = Fraction(1, 10**12)


@cache
def zhanjiang() -> tuple[Program, Compiled, Facts]:
    rules, _ = load("zhanjiang/2025")
    handed, _ = read_facts(ROOT / "cases/zhanjiang-2025/05-full-department.yaml")
    assert rules is not None and handed is not None
    return rules.program, compiled(rules.program, work_calendar()), fitted(handed, rules)[0]


def unit_of(program: Program, given_facts: Facts) -> Unit:
    return Unit(program, compiled(program, work_calendar()), given_facts, work_calendar())


def told(step: Step) -> tuple[object, ...]:
    """Return what was decided on the way: conditions, bands, and whole numbers taken."""
    own: tuple[object, ...] = (step.value,) if isinstance(step.term, tm.Whole | tm.Round) else ()
    own += ("不适用",) if isinstance(step.term, NotApplicable) else ()
    return (*own, *(d for kid in step.kids for d in told(kid)))


def everything_told(unit: Unit, node: Indicator, margin: Margin, x: Fraction) -> object:
    step = unit.step(node, {margin.fact: x})
    return decisions(step), told(step)


def holds(unit: Unit, node: Indicator, margin: Margin, threshold: Threshold, way: int, sure: bool) -> None:
    here = everything_told(unit, node, margin, margin.now)
    gap = abs(threshold.at - margin.now)
    for part in (Fraction(1, 2), Fraction(1) - TINY) if gap else ():
        assert everything_told(unit, node, margin, margin.now + way * gap * part) == here
    if not threshold.bend and sure:
        there = threshold.at if threshold.reached else threshold.at + way * TINY
        assert everything_told(unit, node, margin, there) != here
    if gap and not threshold.reached and sure:
        assert everything_told(unit, node, margin, threshold.at) == here
    assert (threshold.point - threshold.at) * way >= 0
    asked = unit.program.schema.facts[margin.fact]
    assert abs(threshold.point - threshold.at) <= smallest(asked)
    value = unit.step(node, {margin.fact: threshold.point}).value
    assert threshold.score == (value if isinstance(value, Fraction) else None)


def check_margins(unit: Unit, node: Indicator, sure: bool) -> int:
    found = margins(node, unit)
    for margin in found:
        for threshold, way in ((margin.up, 1), (margin.down, -1)):
            if threshold is not None:
                holds(unit, node, margin, threshold, way, sure)
    return sum(m.why == "不是这种规则" for m in found)


def check_reach(unit: Unit, node: Indicator, goal: Fraction, between: list[Fraction]) -> None:
    held = unit.score(node, {})
    for found in reaching(node, unit, goal):
        if found.point is not None:
            assert held is not None
            _suffices(unit, node, goal, found, held, between)


def _suffices(
    unit: Unit, node: Indicator, goal: Fraction, found: Reach, held: Fraction, between: list[Fraction]
) -> None:
    def enough(x: Fraction) -> bool:
        value = unit.step(node, {found.fact: x}).value
        return isinstance(value, Fraction) and (value >= goal if goal > held else value <= goal)

    assert found.point is not None
    asked = unit.program.schema.facts[found.fact]
    grain, way = smallest(asked), 1 if found.point > found.now else -1
    assert asked.limits.holds(found.point) and abs(found.point - found.now) <= FAR
    assert enough(found.point)
    before = found.point - way * grain
    if (before - found.now) * way >= 0:
        assert not enough(before)
    for part in between:
        x = (found.now + (found.point - found.now) * part) // grain * grain
        if (x - found.now) * way > 0 and (found.point - x) * way > 0:
            assert not enough(x)
    if found.bound is not None:
        assert (found.point - found.bound) * way >= 0
        assert not found.reached or enough(found.bound)
        assert found.bound == found.now or not enough(found.bound - way * TINY)


parts = st.lists(st.fractions(0, 1, max_denominator=1000), min_size=3, max_size=3)


@settings(max_examples=80, deadline=None)
@given(st.lists(made(), min_size=1, max_size=2), everything)
def test_thresholds_of_random_books(indicators: list[Made], values: dict[str, Scalar]) -> None:
    unit = unit_of(built(book(indicators)), facts(values))
    for node in unit.nodes:
        check_margins(unit, node, sure=True)


@settings(max_examples=80, deadline=None)
@given(made(), everything, st.sampled_from([0, 1, 2, 3, 4]) | st.fractions(0, 4, max_denominator=100), parts)
def test_what_suffices_in_random_books(
    indicator: Made, values: dict[str, Scalar], goal: Fraction, between: list[Fraction]
) -> None:
    unit = unit_of(built(book([indicator])), facts(values))
    check_reach(unit, unit.nodes[0], Fraction(goal), between)


def test_a_bound_between_two_whole_numbers_is_said_only_where_it_holds() -> None:
    """3 of 4 points are left once 0.995 are taken off and rounded, at 3.3166… of a count: just before 10/3 as well."""
    rule = "指标 一 4 分\n  扣分\n    每 1 处 丁 扣 0.3 分\n    最多扣 1 分\n"
    unit = unit_of(
        built(ROUNDED[: ROUNDED.index("指标 一")].replace("事实 甲", "事实 丁 : 个数（处） ≥ 0 处\n事实 甲") + rule),
        facts({"丁": Fraction(0)}),
    )
    check_reach(unit, unit.nodes[0], Fraction(3), [Fraction(0)])
    (found,) = reaching(unit.nodes[0], unit, Fraction(3))
    assert (found.point, found.bound, found.before) == (Fraction(4), None, Fraction("3.1"))


@pytest.mark.parametrize("place", range(27))
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), between=parts)
def test_the_2025_book(place: int, seed: int, between: list[Fraction]) -> None:
    program, fast, _ = zhanjiang()
    unit = Unit(program, fast, drawn(program, seed), work_calendar())
    node = unit.nodes[place]
    assert check_margins(unit, node, sure=False) == 0
    check_reach(unit, node, node.points, between)


def test_a_full_department() -> None:
    program, fast, given_facts = zhanjiang()
    unit = Unit(program, fast, given_facts, work_calendar())
    by_name = {n.name: n for n in unit.nodes}
    for node in unit.nodes:
        check_margins(unit, node, sure=False)
        check_reach(unit, node, node.points, [Fraction(1, 3)])
    # 27,000,000 ÷ 30,000,000 is 90% exactly: one 分 less and it is the next band.
    down = next(m.down for m in margins(by_name["固定资产利用率"], unit) if m.fact == "在用固定资产原值")
    assert down == Threshold(Fraction(27000000), False, False, Fraction("26999999.99"), Fraction("1.5"))
    # 支出合计 ÷ 55,000,000 × 10 rounds to 10.00 from 9.995 on.
    best = next(r for r in reaching(by_name["部门预算资金支出率"], unit, Fraction(10)) if r.fact == "支出合计")
    assert (best.bound, best.point, best.before) == (Fraction(54972500), Fraction(54972500), Fraction("9.99"))


ROUNDED = (
    "事实 甲 : 金额 ≥ 0 元\n事实 乙 : 金额 > 0 元\n"
    """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 4 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 3 分，差 其余
一级指标 全部 4 分
指标 一 4 分
  分档 四舍五入(甲 ÷ 乙，精度：1%)
    不低于 90% 得 满分
    其余       得 0 分
"""
)


@pytest.mark.parametrize(("amount", "decided"), [("89.6", True), ("89.4", False), ("90", False), ("89.5", True)])
def test_rounding_that_decided_a_band(amount: str, decided: bool) -> None:
    unit = unit_of(built(ROUNDED), facts({"甲": Fraction(amount), "乙": Fraction(100)}))
    node = unit.nodes[0]
    assert rounding_decided(node, unit.scope({})) is decided
    assert (unit.score(node, {}) == 4) is (decided or amount == "90")


@pytest.mark.parametrize(("amount", "decided"), [("89.995", True), ("89.99", False), ("89.994", False), ("90", False)])
def test_rounding_that_decided_the_grade(amount: str, decided: bool) -> None:
    text = (
        ROUNDED.replace("满分 4 分", "满分 100 分")
        .replace("一级指标 全部 4 分", "一级指标 全部 100 分")
        .replace("优 ≥ 3 分", "优 ≥ 90 分")
    )
    text = text.replace("舍入 各指标 四舍五入 精确到 0.01 分", "舍入 各指标 不舍入")
    text = text[: text.index("指标 一")] + "指标 一 100 分\n  得分 甲 ÷ 乙 × 1 分\n"
    unit = unit_of(built(text), facts({"甲": Fraction(amount), "乙": Fraction(1)}))
    assert grade_rounded(score(unit.program, unit.facts), unit.scope({})) is decided
