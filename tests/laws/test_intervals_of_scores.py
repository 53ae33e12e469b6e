"""The interval law: whatever completes the missing facts, the score lies inside; and missing is never zero."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from books import FACTS, VALUES, Made, book, compiled, everything, facts, head, made
from hypothesis import given, settings
from hypothesis import strategies as st

from zjrules.exact.total import score
from zjrules.num import Rounding, round_to
from zjrules.trace import Trace
from zjrules.unit import Scalar
from zjrules.value import Problem, Unknown, Value, range_of

some_missing = st.sets(st.sampled_from(sorted(VALUES)), min_size=1)


def inside(value: Value, outer: Value) -> bool:
    """Return whether a value (or interval) lies in another; a problem counts as the whole range of points."""
    if isinstance(outer, Problem) or isinstance(value, Problem):
        return isinstance(outer, Problem) or bool(isinstance(outer, Unknown) and outer.problems)
    hull = range_of(outer).hull
    reach = range_of(value).hull
    low = hull.lo is None or (reach.lo is not None and reach.lo >= hull.lo)
    high = hull.hi is None or (reach.hi is not None and reach.hi <= hull.hi)
    return low and high


def assert_inside(completed: Trace, partial: Trace) -> None:
    for inner, outer in zip(completed.indicators(), partial.indicators(), strict=True):
        assert inside(inner.value, outer.value), (inner.value, outer.value)
    for inner, outer in zip(completed.groups, partial.groups, strict=True):
        assert inside(inner.value, outer.value)
    assert inside(completed.total, partial.total)
    assert set(completed.grades) <= set(partial.grades)


@settings(max_examples=300, deadline=None)
@given(st.lists(made(), min_size=1, max_size=2), everything, some_missing, st.lists(everything, min_size=4, max_size=8))
def test_every_completion_lands_inside(
    indicators: list[Made], values: dict[str, Scalar], missing: set[str], completions: list[dict[str, Scalar]]
) -> None:
    program = compiled(book(indicators))
    known = {n: v for n, v in values.items() if n not in missing}
    partial = score(program, facts(known))
    for completion in completions:
        full = {**known, **{n: completion[n] for n in missing}}
        assert_inside(score(program, facts(full)), partial)


@settings(max_examples=100, deadline=None)
@given(made(), everything, some_missing, everything)
def test_a_decided_score_does_not_depend_on_what_is_missing(
    indicator: Made, values: dict[str, Scalar], missing: set[str], other: dict[str, Scalar]
) -> None:
    program = compiled(book([indicator]))
    known = {n: v for n, v in values.items() if n not in missing}
    (step,) = score(program, facts(known)).indicators()
    if isinstance(step.value, Fraction):
        exact = indicator.score({**known, **{n: other[n] for n in missing}})
        assert isinstance(exact, Fraction)
        # Where only rounding decides, what it rounds is still open.
        assert step.note == exact or isinstance(step.note, Unknown)
        assert step.value == round_to(exact, Fraction(1, 100), Rounding.HALF_UP)


SMALL: dict[str, list[Scalar]] = {
    "丁": [Fraction(n) for n in range(7)],
    "戊": [True, False],
    "己": [True, False],
    "庚": ["东", "西", "南"],
    "辛": [Fraction(n) for n in range(739252, 739272)],
}
ONCE = [
    "清单\n凡 戊 且 非 己 得 1 分\n凡 庚 为 东 得 3 分",
    "扣分\n每 1 处 丁 扣 0.3 分\n凡 己 扣 1 分\n最多扣 1 分",
    "扣分\n每 2 处 丁 扣 1.5 分 进整\n扣完为止",
    "判定\n当 戊 且 己 得 满分\n当 庚 属于（东，西） 得 2 分\n其余 得 1 分",
    "分档 丁\n不低于 5 处 得 0 分\n不低于 3 处 得 1 分\n不低于 1 处 得 2.5 分\n其余 得 满分",
    "得分 若 辛 晚于 2025-01-10 则 满分 否则 若 戊 则 1 分 否则 2 分",
    "得分 满分 × 最小(若 戊 则 30% 否则 80%，若 庚 为 南 则 50% 否则 100%)",
    "套用 按时 实际日 辛 期限 2025-01-10",
    "令 差 = 丁 - 3 处\n得分 若 绝对值(差) ≤ 1 处 则 满分 否则 0 分",
    "得分 1 分 × 真数(戊，己，庚 为 东) ÷ 1 个",
    "得分 若 丁 < 3 处 则 满分 否则 若 丁 ≤ 3 处 则 0 分 否则 1 分",
    "得分 四舍五入(满分 × 丁 ÷ 7 处，精度：1 分)",
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ONCE), st.sets(st.sampled_from(sorted(SMALL)), min_size=1), everything)
def test_tight_where_each_missing_fact_occurs_once(text: str, missing: set[str], values: dict[str, Scalar]) -> None:
    program = compiled(FACTS + head(4) + f"指标 一 4 分\n{text}\n")
    known = {n: v for n, v in values.items() if n not in missing}
    (step,) = score(program, facts(known)).indicators()
    names = sorted(missing)
    reached = set()
    for choice in product(*(SMALL[n] for n in names)):
        full = {**known, **dict(zip(names, choice, strict=True))}
        (done,) = score(program, facts(full)).indicators()
        assert isinstance(done.value, Fraction)
        reached.add(done.value)
    hull = range_of(step.value).hull
    assert (hull.lo, hull.hi) == (min(reached), max(reached))
    assert not isinstance(step.value, Unknown) or step.value.tight


def test_a_fact_that_occurs_twice_is_marked() -> None:
    program = compiled(FACTS + head(4) + "指标 一 4 分\n得分 满分 × (丙 - 丙)\n")
    (step,) = score(program, facts({})).indicators()
    assert isinstance(step.value, Unknown)
    assert not step.value.tight


LEDGER = """
明细 合同
  列名 号 : 文本
  列名 额 : 金额 ≥ 0 元
  列名 迟 : 天数 ≥ 0 天 且 ≤ 9 天
  列名 免 : 是否
"""
ROWS = st.fixed_dictionaries(
    {
        "额": st.none() | st.sampled_from([Fraction(n) for n in (0, 1, 50, 100)]),
        "迟": st.none() | st.integers(0, 9).map(Fraction),
        "免": st.none() | st.booleans(),
    }
)
OVER_LEDGER = [
    "不适用 当 计数(合同 除外 免) = 0 按 满分\n得分 满分 × 占比(合同 其中 迟 ≤ 3 天 除外 免)",
    "得分 满分 × 占比(合同 其中 迟 ≤ 3 天)",
    "不适用 当 合计(合同 的 额) = 0 元 按 满分\n得分 满分 × 占比(合同 的 额 其中 非 免)",
    "扣分 每 1 个 计数(合同 其中 迟 > 2 天 且 非 免) 扣 0.5 分 扣完为止",
    "得分 若 全部(合同 的 (迟 ≤ 5 天) 其中 非 免) 则 满分 否则 1 分",
    "得分 若 任一(合同 的 (迟 > 5 天) 其中 非 免) 则 0 分 否则 满分",
    "得分 限于(满分 × 合计(合同 的 额 其中 免) ÷ 100 元，下限：0 分，上限：满分)",
    "不适用 当 计数(合同) = 0 按 0 分\n分档 平均(合同 的 迟)\n不超过 2 天 得 满分\n不超过 5 天 得 2 分\n其余 得 0 分",
    "不适用 当 计数(合同 其中 非 免) = 0 按 0 分\n得分 若 最大(合同 的 迟 其中 非 免) ≤ 4 天 则 满分 否则 0 分",
    "令 有效 = 计数(合同 除外 免)\n不适用 当 有效 = 0 按 满分\n得分 若 最小(合同 的 额 其中 非 免) > 1 元 则 满分 否则 0 分",
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(OVER_LEDGER), st.lists(ROWS, max_size=4), st.data())
def test_ledgers_with_missing_cells_enclose_their_completions(
    text: str, rows: list[dict[str, Scalar | None]], data: st.DataObject
) -> None:
    program = compiled(LEDGER + head(4) + f"指标 一 4 分\n{text}\n")
    partial = score(program, facts({}, {"合同": rows}))
    nothing = score(program, facts({}, {"合同": None}))
    for _ in range(4):
        full: list[dict[str, Scalar | None]]
        full = [{c: data.draw(st.just(v) if v is not None else _cell(c)) for c, v in row.items()} for row in rows]
        done = score(program, facts({}, {"合同": full}))
        assert_inside(done, partial)
        assert_inside(done, nothing)


def _cell(column: str) -> st.SearchStrategy[Scalar]:
    cells: dict[str, st.SearchStrategy[Scalar]] = {
        "额": st.sampled_from([Fraction(n) for n in (0, 1, 50, 1000)]),
        "迟": st.integers(0, 9).map(Fraction),
        "免": st.booleans(),
    }
    return cells[column]
