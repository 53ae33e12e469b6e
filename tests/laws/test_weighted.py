"""平均 … 按 … and 同项合计, 同项平均: equal to the sum of products over the sum of weights, and sound where rows, items or weights are open."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from books import HEAD, compiled
from hypothesis import given, settings
from hypothesis import strategies as st

from zjrules.exact.total import score
from zjrules.fact import Evidence, Fact, Facts, State, Table
from zjrules.term.rule import Program
from zjrules.value import Problem, Unknown, Value, range_of

BOOK = (
    """明细 项目
  列名 率 : 数 ≥ -1 且 ≤ 2
  列名 重 : 数 ≥ 0 且 ≤ 3
  列名 免 : 是否
"""
    + HEAD.format(points=1, rounding="不舍入", best=1, good=0)
    + "指标 甲 1 分\n  得分 满分 × 平均(项目 的 率 按 重 除外 免)\n"
)
Row = tuple[Fraction, Fraction, bool]


@cache
def book() -> Program:
    return compiled(BOOK)


def fact(name: str, value: Fraction | bool | None) -> Fact:
    return Fact(name, State.MISSING if value is None else State.GIVEN, value, Evidence.NOT_ASKED)


def scored(rows: list[dict[str, Fraction | bool | None]]) -> Value:
    table = Table("项目", tuple({n: fact(n, v) for n, v in row.items()} for row in rows), Evidence.NOT_ASKED)
    return score(book(), Facts("某局", {}, {"项目": table}, {})).indicators()[0].value


def reference(rows: list[Row]) -> Fraction | None:
    weight = sum((w for _, w, out in rows if not out), Fraction(0))
    return sum((x * w for x, w, out in rows if not out), Fraction(0)) / weight if weight else None


rows = st.lists(
    st.tuples(st.fractions(-1, 2, max_denominator=4), st.integers(0, 3).map(Fraction), st.booleans()), max_size=5
)


@given(rows)
@settings(max_examples=150, deadline=None)
def test_known_rows(given_rows: list[Row]) -> None:
    got = scored([{"率": x, "重": w, "免": out} for x, w, out in given_rows])
    expected = reference(given_rows)
    assert isinstance(got, Problem) if expected is None else got == expected


@given(rows, st.data())
@settings(max_examples=300, deadline=None)
def test_open_rows_enclose_what_they_can_become(given_rows: list[Row], data: st.DataObject) -> None:
    partly: list[dict[str, Fraction | bool | None]] = []
    for x, w, out in given_rows:
        hidden = data.draw(st.sets(st.sampled_from(["率", "重", "免"])))
        full: dict[str, Fraction | bool | None] = {"率": x, "重": w, "免": out}
        partly.append({n: None if n in hidden else v for n, v in full.items()})
    got, expected = scored(partly), reference(given_rows)
    if expected is None:
        assert isinstance(got, Problem) or (isinstance(got, Unknown) and got.problems)
    else:
        assert not isinstance(got, Problem) and range_of(got).holds(expected)


# ---------- rows that are alike ----------

ALIKE = (
    """明细 项目
  列名 名 : 选项（东，西，南）
  列名 值 : 数 ≥ -1 且 ≤ 2
  列名 重 : 数 ≥ 1 且 ≤ 3
"""
    + HEAD.format(points=9, rounding="不舍入", best=1, good=0)
    + """指标 合 3 分
  得分 合计(项目 的 (同项合计(值，同：名)) 其中 首次(名)) × 1 分
指标 方 3 分
  得分 合计(项目 的 (同项合计(值，同：名) × 同项合计(值，同：名)) 其中 首次(名)) × 1 分
指标 均 3 分
  得分 合计(项目 的 (同项平均(值，同：名，权重：重)) 其中 首次(名)) × 1 分
"""
)
Kin = tuple[str, Fraction, Fraction]


@cache
def alike() -> Program:
    return compiled(ALIKE)


def scored_alike(given_rows: list[dict[str, Fraction | str | None]]) -> list[Value]:
    def cell(name: str, value: Fraction | str | None) -> Fact:
        return Fact(name, State.MISSING if value is None else State.GIVEN, value, Evidence.NOT_ASKED)

    table = Table("项目", tuple({n: cell(n, v) for n, v in row.items()} for row in given_rows), Evidence.NOT_ASKED)
    return [s.value for s in score(alike(), Facts("某局", {}, {"项目": table}, {})).indicators()]


def together(given_rows: list[Kin]) -> list[Fraction]:
    groups: dict[str, list[Kin]] = {}
    for row in given_rows:
        groups.setdefault(row[0], []).append(row)
    sums = [sum((x for _, x, _ in g), Fraction(0)) for g in groups.values()]
    means = [sum((x * w for _, x, w in g), Fraction(0)) / sum((w for *_, w in g), Fraction(0)) for g in groups.values()]
    return [sum(sums, Fraction(0)), sum((s * s for s in sums), Fraction(0)), sum(means, Fraction(0))]


kin = st.lists(
    st.tuples(st.sampled_from("东西南"), st.fractions(-1, 2, max_denominator=3), st.integers(1, 3).map(Fraction)),
    max_size=5,
)


@given(kin)
@settings(max_examples=150, deadline=None)
def test_rows_that_are_alike_are_taken_together(given_rows: list[Kin]) -> None:
    assert scored_alike([{"名": n, "值": x, "重": w} for n, x, w in given_rows]) == together(given_rows)


@given(kin, st.data())
@settings(max_examples=300, deadline=None)
def test_alike_or_not_every_completion_lands_inside(given_rows: list[Kin], data: st.DataObject) -> None:
    partly: list[dict[str, Fraction | str | None]] = []
    for n, x, w in given_rows:
        hidden = data.draw(st.sets(st.sampled_from(["名", "值", "重"])))
        full: dict[str, Fraction | str | None] = {"名": n, "值": x, "重": w}
        partly.append({k: None if k in hidden else v for k, v in full.items()})
    for got, expected in zip(scored_alike(partly), together(given_rows), strict=True):
        assert not isinstance(got, Problem) and range_of(got).holds(expected), (got, expected)
