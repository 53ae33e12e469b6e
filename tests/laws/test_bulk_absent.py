"""A fact that a unit declares 不适用 is known to the columns: asked about it is a truth, and reading it has no value."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from attrs import evolve
from books import compiled, facts
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bulk import agree, at_once, calendar
from test_bulk_traps import NOT, head

from zjrules.bulk import open as ways
from zjrules.bulk.frame import Cells, Frame, frame_of
from zjrules.bulk.program import bulk
from zjrules.fact import Evidence, Fact, Facts, State, Table
from zjrules.unit import Scalar

GIVEN = """
事实 额 : 金额 ≥ 0 元   可不适用   佐证 "表"
事实 数 : 个数（处） ≥ 1 处 且 ≤ 9 处   可不适用
事实 真 : 是否   可不适用
事实 选 : 选项（东，西）   可不适用
事实 丑 : 金额 ≥ 0 元
明细 账
  列名 钱 : 金额 ≥ 0 元
  列名 份 : 个数（处） ≥ 1 处 且 ≤ 9 处
"""
BODIES = [
    ("额", "得分 满分 × 限于(丑 ÷ 额，下限：0%，上限：100%)"),
    ("额", "得分 满分 × 限于(额 ÷ 丑，下限：0%，上限：100%)"),
    ("额", "得分 若 额 ≥ 丑 × 10% 则 满分 否则 0 分"),
    ("额", "得分 若 不适用(额) 则 满分 否则 满分 × 限于(丑 ÷ 额，下限：0%，上限：100%)"),
    ("真", "得分 若 不适用(真) 或 真 则 满分 否则 1 分"),
    ("选", "得分 若 非 不适用(选) 且 选 为 东 则 满分 否则 1 分"),
    ("选", "得分 若 选 为 东 则 满分 否则 1 分"),
    ("额", "得分 若 丑 > 0 元 且 额 > 丑 则 满分 否则 0 分"),
    ("数", "得分 满分 × 1 处 ÷ 数"),
    ("额", "分档 额\n不超过 2 元 得 满分\n不超过 5 元 得 2 分\n其余 得 0 分"),
    ("额", "分档 丑\n不超过 额 得 满分\n其余 得 0 分"),
    ("数", "判定\n当 不适用(数) 得 满分\n当 数 > 3 处 得 2 分\n其余 得 0 分"),
    ("数真", "扣分\n每 1 处 数 扣 0.5 分\n凡 真 扣 1 分\n扣完为止"),
    ("额", "须佐证 额 否则 得 0 分\n得分 若 额 > 丑 则 满分 否则 1 分"),
    ("额", "须佐证 额 否则 得 0 分\n得分 若 不适用(额) 则 满分 否则 1 分"),
    ("额", "得分 满分 × 计数(账 其中 钱 ≤ 额) ÷ 3 个"),
    ("额", "得分 若 任一(账 的 (钱 > 丑 且 非 不适用(额))) 则 0 分 否则 满分"),
    ("额", "得分 限于(合计(账 的 (若 钱 > 丑 则 50 分 否则 50 分 × 1 处 ÷ 份)) + 1 分，下限：0 分，上限：满分)"),
    ("额", "得分 限于(最大(额，丑) ÷ 1 元 × 满分，下限：0 分，上限：满分)"),
]
"""What an indicator gives, with the facts in it that may be 不适用."""
FIRST = [
    ("", ""),
    ("", "不适用 当 丑 = 0 元 按 满分\n"),
    ("额", "不适用 当 额 > 丑 按 满分\n"),
    ("真", "不适用 当 非 真 按 满分\n"),
]
SAID = [
    "不适用 当 {} 按 0 分\n", '不适用 当 {} 按 满分 佐证 "标记"\n', "不适用 当 丑 > 1 元 且 ({}) 按 0 分\n",
    "不适用 当 {} 按 不计入 总分\n",
]  # fmt: skip
"""How a rule says what then: the third does not say it for all units."""


def asked(body: tuple[str, str], first: tuple[str, str] = FIRST[0], said: str = SAID[0]) -> str:
    """Return the lines of an indicator; with first, one of its facts may be read before it is asked about."""
    named = dict.fromkeys(body[0] + first[0])
    return first[1] + said.format(" 或 ".join(f"不适用({f})" for f in named)) + body[1]


INDICATORS = st.builds(asked, st.sampled_from(BODIES), st.sampled_from(FIRST), st.sampled_from(SAID))
STATES = st.sampled_from([State.GIVEN, State.GIVEN, State.NOT_APPLICABLE, State.NOT_APPLICABLE, State.MISSING])
MONEY = st.sampled_from([Fraction(n, 100) for n in (0, 1, 199, 200, 201, 500, 10**14)])
VALUES: dict[str, st.SearchStrategy[Scalar]] = {
    "额": MONEY, "数": st.integers(1, 9).map(Fraction), "真": st.booleans(), "选": st.sampled_from(["东", "西"]), "丑": MONEY,
}  # fmt: skip
CLAIMED = st.sampled_from([Evidence.PROVED, Evidence.PROVED, Evidence.CLAIMED])


@st.composite
def cells(draw: st.DrawFn, name: str, kind: str, may: bool = True) -> Fact:
    state = draw(STATES) if may else draw(st.sampled_from([State.GIVEN, State.GIVEN, State.MISSING]))
    evidence = draw(CLAIMED) if name == "额" else Evidence.NOT_ASKED
    return Fact(name, state, draw(VALUES[kind]) if state is State.GIVEN else None, evidence)


@st.composite
def units(draw: st.DrawFn) -> Facts:
    found = {name: draw(cells(name, name, name != "丑")) for name in VALUES}
    cell = st.fixed_dictionaries({"钱": cells("钱", "丑", may=False), "份": cells("份", "数", may=False)})
    rows = tuple(draw(st.lists(cell, max_size=3)))
    return Facts("某局", found, {"账": Table("账", rows, Evidence.NOT_ASKED)}, {})


def book(texts: list[str]) -> str:
    each = 100 // len(texts)
    points = [each] * (len(texts) - 1) + [100 - each * (len(texts) - 1)]
    indicators = [f"指标 {name} {n} 分\n{text}\n" for name, n, text in zip("一二三", points, texts, strict=False)]
    return head() + GIVEN + f"一级指标 全部 {sum(points)} 分\n" + "".join(indicators)


def littered(frame: Frame, junk: int) -> Frame:
    """Return a frame in which junk stands where nothing is given: nobody may look at it."""

    def more(one: Cells) -> Cells:
        values = one.values.astype(np.int64)
        values[np.flatnonzero(one.state)] = junk
        return evolve(one, values=values)

    return evolve(frame, facts={name: more(one) for name, one in frame.facts.items()})


@settings(max_examples=200, deadline=None)
@given(
    st.lists(INDICATORS, min_size=1, max_size=3),
    st.lists(units(), min_size=2, max_size=8),
    st.sampled_from([0, -1, 2**62, -(2**63)]),
)
def test_columns_know_what_is_declared_not_applicable(texts: list[str], some: list[Facts], junk: int) -> None:
    program = bulk(compiled(book(texts)), calendar())
    agree(program, littered(frame_of(program.program.schema, some), junk))


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@settings(max_examples=3, deadline=None)
@given(st.sampled_from(FIRST), st.sampled_from(SAID), st.lists(units(), min_size=12, max_size=24))
def test_the_same_compiled(body: tuple[str, str], first: tuple[str, str], said: str, some: list[Facts]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        at_once(monkeypatch)
        monkeypatch.setattr(ways, "FEWEST", 1)
        program = bulk(compiled(book([asked(body, first, said)])), calendar())
        agree(program, frame_of(program.program.schema, some))


def test_a_guard_that_asks_is_settled_without_the_ways() -> None:
    program = bulk(compiled(book([asked(BODIES[0])])), calendar())
    none = {name: Fact(name, State.NOT_APPLICABLE, None, Evidence.PROVED) for name in VALUES if name != "丑"}
    beside = {"丑": Fact("丑", State.GIVEN, Fraction(3), Evidence.NOT_ASKED)}
    unit = Facts("某局", none | beside, {"账": Table("账", (), Evidence.NOT_ASKED)}, {})
    scored = agree(program, frame_of(program.program.schema, [unit] * 3))
    assert scored.indicators[0].settled
    assert not scored.slow.any()


def test_a_blank_cell_below_a_branch_that_is_not_taken() -> None:
    """What is blank is held as 0, which 份 cannot be: the 50 分 of the branch that is taken must not be divided by it."""
    (body,) = (b for b in BODIES if "份" in b[1])
    program = bulk(compiled(book([asked(body)])), calendar())
    values: dict[str, Scalar] = {"额": Fraction(5), "丑": Fraction(1), "数": Fraction(1), "真": True, "选": "东"}
    given_ = {name: Fact(name, State.GIVEN, value, Evidence.PROVED) for name, value in values.items()}
    row = {
        "钱": Fact("钱", State.GIVEN, Fraction(2), Evidence.NOT_ASKED),
        "份": Fact("份", State.MISSING, None, Evidence.NOT_ASKED),
    }
    unit = Facts("某局", given_, {"账": Table("账", (row,), Evidence.NOT_ASKED)}, {})
    scored = agree(program, frame_of(program.program.schema, [unit] * 3))
    ends = scored.indicators[0].ends(0)
    assert ends is not None and ends[0].value == 51
    assert not scored.slow.any()


@pytest.mark.parametrize("native", [False, True])
def test_a_step_of_the_total_is_divided_by_what_one_unit_lacks(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another unit of the frame has it: the totals that are not rounded then have a denominator each."""
    if native:
        at_once(monkeypatch)
    program = bulk(
        compiled(
            head(total=NOT)
            + GIVEN
            + "事实 处 : 个数（处） ≥ 1 处 且 ≤ 9 处\n一级指标 全部 100 分\n指标 一 100 分\n  得分 满分 × 丙\n  限于 0 分 至 满分\n"
            + "总评\n  加分项 2 分 × 1 处 ÷ 处 至多 2 分\n  限于 0 分 至 100 分\n  定级\n  舍入 总分\n"
        ),
        calendar(),
    )
    for some in ([None], [3], [None, 3], [3, None, 7], [None, 1]):
        given_ = [{"丙": Fraction(1, 2)} | ({} if n is None else {"处": Fraction(n)}) for n in some]
        agree(program, frame_of(program.program.schema, [facts(values) for values in given_]))


def test_a_clamped_ratio_is_a_short_number() -> None:
    """Its numerator and denominator are amounts of money; rounded, it cannot leave its points."""
    text = asked(BODIES[0])
    written = bulk(compiled(book([text])), calendar()).fast.indicators[0]
    assert written is not None and written.bounds == (0, 100 * 100)
    free = bulk(compiled(book([text]).replace("舍入 各指标 四舍五入 精确到 0.01 分", f"舍入 各指标 {NOT}")), calendar())
    assert free.fast.indicators[0] is not None and free.fast.indicators[0].below is not None
