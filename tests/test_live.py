"""Scores as spreadsheet formulas: equal to the engine in exact numbers, in doubles, in LibreOffice, and after changes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from books import FACTS, VALUES, Made, book, everything, head, made
from books import compiled as program_of
from books import facts as facts_of
from hypothesis import given, settings
from hypothesis import strategies as st

from office import converted
from sheetmath import KINDS, Exact, Workbook, nested, parsed
from zjrules.cli.outcome import outcomes
from zjrules.exact.total import score
from zjrules.fact import Evidence, Fact, Facts, State
from zjrules.live.book import DIFFERS, TOO_LARGE, Live, compiled
from zjrules.live.form import EASY, LIMIT, Int, Op
from zjrules.live.write import text
from zjrules.project import Scored
from zjrules.term.rule import Indicator, Program
from zjrules.trace import Trace
from zjrules.unit import Scalar

ROOT = Path(__file__).parent.parent
CASES = sorted((ROOT / "cases").rglob("*.yaml"))
FULL = ROOT / "cases/zhanjiang-2025/05-full-department.yaml"


def input_cell(place: int) -> str:
    return f"取数!C{place + 2}"


def calc_cell(place: int) -> str:
    return f"计算!C{place + 2}"


@cache
def scored(path: Path) -> tuple[Scored, ...]:
    return tuple(one for one, _ in outcomes([path], ()) if one is not None)


def live_of(program: Program, facts: Facts, trace: Trace) -> Live:
    return compiled(program, facts, trace, input_cell, calc_cell)


@cache
def full() -> Live:
    one = scored(FULL)[0]
    return live_of(one.rules.program, one.facts, one.claimed)


def workbook(live: Live, kind: Exact, changed: Mapping[str, int | str] | None = None) -> Workbook:
    values = {input_cell(i): (changed or {}).get(x.name, x.number) for i, x in enumerate(live.inputs)}
    return Workbook(values, {calc_cell(i): c.formula for i, c in enumerate(live.calcs)}, kind)


def engine(trace: Trace) -> dict[str, Any]:
    return {s.term.name: s.value for s in trace.indicators() if isinstance(s.term, Indicator)}


def agree(live: Live, trace: Trace, changed: Mapping[str, int | str] | None = None) -> int:
    """Assert that every formula gives the engine's score in every arithmetic; return how many do."""
    expected = engine(trace)
    for kind in KINDS:
        sheet = workbook(live, kind, changed)
        for name, formula in live.scores.items():
            found, wanted = sheet.value(parsed(formula)), expected[name]
            if not isinstance(wanted, Fraction):
                assert found is None, (name, found, wanted)
            elif type(kind) is Exact:
                assert found == wanted, (name, found, wanted)
            else:
                assert found == wanted.numerator / wanted.denominator, (name, found, wanted)
    return len(live.scores)


# ---------- the cases ----------


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_known_score_is_a_right_formula_or_a_value_with_a_reason(path: Path) -> None:
    for one in scored(path):
        live = live_of(one.rules.program, one.facts, one.claimed)
        names = [s.term.name for s in one.claimed.indicators() if isinstance(s.term, Indicator)]
        assert sorted([*live.scores, *live.values]) == sorted(names)
        assert all(live.values.values())
        assert DIFFERS not in live.values.values()
        agree(live, one.claimed)


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_formulas_are_short_and_nothing_is_asked_for_in_vain(path: Path) -> None:
    for one in scored(path):
        live = live_of(one.rules.program, one.facts, one.claimed)
        for calc in live.calcs:
            assert len(calc.formula) <= 8000
            assert nested(parsed(calc.formula)) <= 60
            assert calc.name and calc.said
        assert len({c.name for c in live.calcs}) == len(live.calcs)
        assert len({x.name for x in live.inputs}) == len(live.inputs)
        text = " ".join([*(c.formula for c in live.calcs), *live.scores.values()]) + " "
        for i in range(len(live.inputs)):
            assert any(input_cell(i) + end in text for end in ",)=<> +-*/"), live.inputs[i]


def test_the_full_department_is_live() -> None:
    live = full()
    assert len(live.scores) == 27
    assert live.values == {}
    assert "工作日数" in next(x.name for x in live.inputs if "已备案" in x.name)
    money = next(x for x in live.inputs if x.name == "年初预算数")
    assert (money.number, money.shown, money.unit) == (5_000_000_000, "5000 万元", "分（0.01 元）")
    day = next(x for x in live.inputs if x.name == "预算公开日")
    assert (day.number, day.shown) == (45716, "2025-02-28")


def test_reasons_are_said() -> None:
    one = scored(ROOT / "cases/zhanjiang-2025/01-real-report.yaml")[0]
    live = live_of(one.rules.program, one.facts, one.claimed)
    assert live.values["满意度"] == "缺事实，得分还是区间"
    assert live.values["预算编制约束性"].startswith("缺「年初预算数」")
    two = scored(ROOT / "cases/daying-2020/02-education.yaml")[0]
    assert live_of(two.rules.program, two.facts, two.claimed).values["基础信息更新"].startswith("用到工作日")
    three = scored(ROOT / "cases/staffing-2024/01-first.yaml")[0]
    assert "同级平均" in live_of(three.rules.program, three.facts, three.claimed).values["新进人员"]


def test_units_that_are_compared_keep_their_values() -> None:
    files = sorted((ROOT / "cases/staffing-2024").glob("*.yaml"))
    for one, _ in outcomes(files, (), whole=True):
        assert one is not None
        live = live_of(one.rules.program, one.facts, one.claimed)
        assert live.values["编制使用名次"] == "用到全体单位的数，不在这张表里"
        assert DIFFERS not in live.values.values()
        agree(live, one.claimed)


# ---------- what a user changes in the sheet ----------


def edited(facts: Facts, changes: Mapping[str, Scalar | None]) -> Facts:
    """Return facts with some values changed; None takes one away."""
    found = dict(facts.facts)
    for name, value in changes.items():
        state = State.GIVEN if value is not None else State.MISSING
        found[name] = Fact(name, state, value, Evidence.PROVED)
    return Facts(facts.unit, found, facts.ledgers, facts.claims, facts.head)


@st.composite
def edits(draw: st.DrawFn) -> dict[str, tuple[int | str, Scalar | None]]:
    """Return inputs of the full department, each with what the sheet and the engine are to take in its place."""
    one, live = scored(FULL)[0], full()
    schema = one.rules.program.schema.facts
    names = [x for x in live.inputs if x.name in schema]
    found: dict[str, tuple[int | str, Scalar | None]] = {}
    for x in draw(st.lists(st.sampled_from(names), min_size=1, max_size=8, unique=True)):
        old, asked = one.facts.facts[x.name].value, schema[x.name]
        assert isinstance(x.number, int) and old is not None
        if draw(st.integers(0, 15)) == 0:
            found[x.name] = ("", None)
        elif isinstance(old, bool):
            flag = draw(st.booleans())
            found[x.name] = (int(flag), flag)
        else:
            assert isinstance(old, Fraction)
            near = st.integers(x.number - 3, x.number + 3)
            free = st.integers(0, max(10 * x.number, 100))
            other = st.sampled_from([y.number for y in names if y.unit == x.unit and isinstance(y.number, int)])
            number = draw(st.one_of(near, free, other, other.map(lambda n: n + 1), st.just(0)))
            scale = {"分（0.01 元）": 100, "0.01 分": 100}.get(x.unit, 1)
            value = Fraction(number, scale) + (old - x.number if x.unit == "日期的序号" else 0)
            first = 1 if x.unit == "日期的序号" else 0
            if asked.limits.holds(value) and first <= number <= max(10 * x.number, 1000):
                found[x.name] = (number, value)
    return found


@settings(max_examples=150, deadline=None)
@given(edits())
def test_a_changed_sheet_gives_what_the_engine_gives_for_the_changed_facts(
    changes: dict[str, tuple[int | str, Scalar | None]],
) -> None:
    one, live = scored(FULL)[0], full()
    facts = edited(one.facts, {n: v for n, (_, v) in changes.items()})
    # The ledgers stay, so what was worked out from them with working days is no part of this.
    wanted = engine(score(one.rules.program, facts, None))
    for kind in KINDS:
        sheet = workbook(live, kind, {n: c for n, (c, _) in changes.items()})
        for name, formula in live.scores.items():
            if name == "合同备案时效性":
                continue
            found, right = sheet.value(parsed(formula)), wanted[name]
            if found is None:
                assert not isinstance(right, Fraction) or any(v is None for _, v in changes.values()), (name, right)
            else:
                assert isinstance(right, Fraction), (name, found, right)
                assert found == (right if type(kind) is Exact else right.numerator / right.denominator), name


@settings(max_examples=60, deadline=None)
@given(st.lists(made(), min_size=1, max_size=3), everything, everything)
def test_random_rules_are_right_before_and_after_a_change(
    indicators: list[Made], values: dict[str, Scalar], others: dict[str, Scalar]
) -> None:
    program = program_of(book(indicators))
    facts = facts_of(values)
    live = live_of(program, facts, score(program, facts))
    assert set(live.values.values()) <= {TOO_LARGE}
    agree(live, score(program, facts))
    agree_after(program, live, values, others, {})


def agree_after(
    program: Program,
    live: Live,
    values: Mapping[str, Scalar],
    others: Mapping[str, Scalar],
    ledgers: Mapping[str, list[dict[str, Scalar | None]] | None],
) -> None:
    """Assert that formulas give the engine's scores when the inputs are overwritten with other facts; too large is an error."""
    facts = facts_of(others, ledgers)
    after = {(x.name, x.unit): x.number for x in live_of(program, facts, score(program, facts)).inputs}
    changed = {x.name: after[x.name, x.unit] for x in live.inputs if (x.name, x.unit) in after and x.name in others}
    wanted = engine(score(program, facts_of({**values, **{n: others[n] for n in changed}}, ledgers)))
    for kind in KINDS:
        sheet = workbook(live, kind, changed)
        for name, formula in live.scores.items():
            found, right = sheet.value(parsed(formula)), wanted[name]
            if found is not None:
                assert isinstance(right, Fraction), (name, found, right)
                assert found == (right if type(kind) is Exact else right.numerator / right.denominator), name


# ---------- whole division ----------


@st.composite
def divisions(draw: st.DrawFn, most: int) -> tuple[int, int]:
    """Return numbers below most whose quotient is a whole one, or misses it by as little as can be."""
    below = draw(st.integers(1, 10 ** draw(st.integers(1, 14))))
    times = draw(st.integers(0, (most - 2) // below))
    above = min(times * below + draw(st.sampled_from([-1, 0, 1, below // 2])), most - below - 1)
    return draw(st.sampled_from([1, -1])) * max(above, 0), below


HARDEST = (799_999_999_999_999, 400_000_000_000_000)


def divided(name: str, above: int, below: int) -> str:
    return text(Op(name, (Int(above), Int(below))), str)


@settings(max_examples=1500, deadline=None)
@given(divisions(EASY))
def test_int_divides_numbers_of_14_digits(numbers: tuple[int, int]) -> None:
    for kind in KINDS:
        assert Workbook({}, {}, kind).value(parsed(divided("INT", *numbers))) == numbers[0] // numbers[1]


@settings(max_examples=1500, deadline=None)
@given(divisions(LIMIT))
def test_a_remainder_puts_right_the_quotients_of_15_digits(numbers: tuple[int, int]) -> None:
    for kind in KINDS:
        assert Workbook({}, {}, kind).value(parsed(divided("FLOOR", *numbers))) == numbers[0] // numbers[1]


def test_without_the_remainder_some_would_be_wrong() -> None:
    above, below = HARDEST
    assert Workbook({}, {}, KINDS[2]).value(parsed(divided("INT", above, below))) == 2
    assert Workbook({}, {}, KINDS[2]).value(parsed(divided("FLOOR", above, below))) == 1


# ---------- every kind of rule ----------

NEGATIVE = "事实 壬 : 金额\n事实 癸 : 选项（达成，部分达成，未达成）\n明细 行表\n  列名 数 : 金额\n  列名 好 : 是否\n"
KINDS_OF_RULE = (
    "套用 每超(丙，基准：60%，步长：7 个百分点，每步扣：0.3 分，步法：整步)",
    "套用 每超(丙，基准：60%，步长：7 个百分点，每步扣：0.3 分，步法：进整)",
    "套用 每低(甲 ÷ 乙，基准：100%，步长：3 个百分点，每步扣：0.07 分，步法：按比例)",
    "套用 按比例(甲，目标：乙)",
    "套用 按比例(壬，目标：乙，方向：反向，封顶比例：110%)\n限于 0 分 至 满分",
    "套用 死区按比例(丙，起点：70%，满点：100%)",
    "套用 超额处理(丙，上限：105%，办法：折减)",
    "套用 定性评定(癸，比例：丙)",
    "套用 逐档(丁 ÷ 1 处 × 1，每档：0.7 分)",
    "套用 连年改进(甲，上年：乙，本年：壬，持平算进步：戊)",
    "套用 放大扣减(甲 ÷ 乙，倍数：3)",
    "得分 满分 × 限于(绝对值(壬) ÷ 乙，下限：0%，上限：100%)",
    "得分 若 壬 ≠ 0 元 则 满分 × 限于(甲 ÷ 壬，下限：-100%，上限：100%) 否则 1 分",
    "得分 满分 × 限于(壬 ÷ 乙，下限：-80%，上限：80%)",
    "得分 1 分 × 向上取整(限于(壬 ÷ 乙，下限：-2，上限：4))",
    "得分 满分 × 四舍五入(限于(壬 ÷ 乙，下限：-1，上限：1)，精确到：0.001)",
    "得分 若 甲 ÷ 乙 > 丙 且 非 戊 或 庚 为 东 则 满分 否则 满分 × 最小(丙，甲 ÷ 乙，1)",
    "得分 0.5 分 × (真数(戊，己，丙 > 50%，甲 > 乙) ÷ 1 个)",
    "不适用 当 己 不计入 总分\n得分 满分 × 最小(丙，100%)",
    "不适用 当 计数(行表) = 0 按 满分\n得分 满分 × 占比(行表 其中 好)",
    "得分 满分 × 限于(合计(行表 的 数) ÷ 乙，下限：0%，上限：100%)",
    "不适用 当 计数(行表) = 0 按 1 分\n得分 满分 × 限于(平均(行表 的 数) ÷ 乙，下限：0%，上限：100%)",
    "分档 壬\n大于 100 元 得 满分\n介于 0 元（含） 至 100 元（含） 得 2 分\n其余 得 满分 × 最小(丙，1)",
    "扣分\n每 3 元 壬 扣 0.2 分 进整\n每 2 处 丁 扣 0.5 分 整步\n凡 戊 且 己 扣 满分\n最多扣 3 分",
    "令 半 = 满分 ÷ 2\n分项 一 1 分\n得分 半 × 最小(丙，1) × 2\n分项 二 3 分\n扣分\n凡 庚 属于（东，南） 扣 半\n扣完为止",
)  # fmt: skip
ROUNDINGS = (
    "四舍五入 精确到 0.01 分",
    "四舍六入五成双 精确到 0.1 分",
    "去尾 精确到 0.1 分",
    "进一 精确到 0.05 分",
    "不舍入",
)


SEEDS: tuple[dict[str, Scalar], ...] = (
    {
        "甲": Fraction(99),
        "乙": Fraction(100),
        "丙": Fraction(3, 4),
        "丁": Fraction(3),
        "戊": True,
        "己": False,
        "庚": "东",
        "辛": Fraction(739260),
        "壬": Fraction(-3333, 100),
        "癸": "部分达成",
    },
    {
        "甲": Fraction(666_666),
        "乙": Fraction(10**6),
        "丙": Fraction(91, 100),
        "丁": Fraction(0),
        "戊": False,
        "己": False,
        "庚": "西",
        "辛": Fraction(739265),
        "壬": Fraction(10**6 - 1),
        "癸": "达成",
    },
)


@cache
def every_kind(rounding: str) -> Program:
    blocks = [f"指标 「第{i}」 4 分\n{text}\n" for i, text in enumerate(KINDS_OF_RULE)]
    return program_of(FACTS + NEGATIVE + head(4 * len(blocks), rounding) + "\n".join(blocks))


more = st.fixed_dictionaries(
    {
        **VALUES,
        "壬": st.integers(-50_000, 50_000).map(lambda n: Fraction(n, 100)) | st.sampled_from([0, 1, 100]).map(Fraction),
        "癸": st.sampled_from(["达成", "部分达成", "未达成"]),
    }
)
row = st.fixed_dictionaries({"数": st.integers(0, 10**6).map(lambda n: Fraction(n, 100)), "好": st.booleans()})


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(ROUNDINGS), more, more, st.lists(row, max_size=4))
def test_every_kind_of_rule_is_right_before_and_after_a_change(
    rounding: str, values: dict[str, Scalar], others: dict[str, Scalar], rows: list[dict[str, Scalar | None]]
) -> None:
    program = every_kind(rounding)
    facts = facts_of(values, {"行表": rows})
    trace = score(program, facts)
    live = live_of(program, facts, trace)
    unscored = {n for n, v in engine(trace).items() if not isinstance(v, Fraction)}
    assert set(live.values) == unscored
    agree(live, trace)
    agree_after(program, live, values, others, {"行表": rows})


# ---------- thresholds, ties, large amounts ----------


def department(**changes: Scalar | None) -> tuple[Live, Trace]:
    """Return the full department with some facts changed from the start, as formulas and as scored."""
    one = scored(FULL)[0]
    facts = edited(one.facts, changes)
    trace = score(one.rules.program, facts, None)
    return live_of(one.rules.program, facts, trace), trace


BILLION = Fraction(10**9)
HARD: dict[str, dict[str, Scalar | None]] = {
    "tie": {"已评价订单数": Fraction(35), "卖场订单数": Fraction(40), "整体目标得分": Fraction(1, 2)},
    "threshold": {"在用固定资产原值": 27 * BILLION, "固定资产原值": 30 * BILLION},
    "below": {"在用固定资产原值": 27 * BILLION - Fraction(1, 100), "固定资产原值": 30 * BILLION},
    "above": {"在用固定资产原值": 27 * BILLION + Fraction(1, 100), "固定资产原值": 30 * BILLION},
    "thirds": {"预算调剂额": BILLION / 4, "年初预算数": 3 * BILLION + Fraction(1, 100)},
    "almost": {"支出合计": 5 * BILLION - Fraction(1, 100), "调整预算数": 5 * BILLION},
    "many": {"不合规问题数": Fraction(9), "公开问题数": Fraction(7), "资产超标项数": Fraction(3)},
    "nothing": {"支出合计": Fraction(0), "已评价订单数": Fraction(0), "按时上缴收益": Fraction(0)},
    "late": {"自评报送日": Fraction(739776), "预算公开日": Fraction(739312), "预算批复日": Fraction(739292)},
    "yuan": {"年初预算数": 10**13 * Fraction(1), "预算调剂额": Fraction(123456789012), "年中追加额": Fraction(0)},
}


@pytest.mark.parametrize("name", HARD)
def test_hard_numbers(name: str) -> None:
    live, trace = department(**HARD[name])
    assert set(live.values.values()) <= {TOO_LARGE, "没有得分：没有该年的工作日历"}
    assert agree(live, trace) >= 25


# ---------- LibreOffice ----------


def saved(live: Live, path: Path, changed: Mapping[str, int | str] | None = None) -> None:
    """Write the three sheets as a report does: whole numbers, texts as texts, formulas without a value."""
    made_of = openpyxl.Workbook()
    scores, inputs, calcs = made_of.active, made_of.create_sheet("取数"), made_of.create_sheet("计算")
    assert scores is not None
    for i, x in enumerate(live.inputs):
        cell = inputs.cell(i + 2, 3, (changed or {}).get(x.name, x.number))
        cell.data_type = "s" if isinstance(cell.value, str) else "n"
    for i, c in enumerate(live.calcs):
        calcs.cell(i + 2, 3, f"={c.formula}")
    for i, formula in enumerate(live.scores.values()):
        scores.cell(i + 2, 3, f"={formula}")
    made_of.save(path)


def read_back(live: Live, path: Path) -> dict[str, Any]:
    values = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    return {name: values.cell(i + 2, 3).value for i, name in enumerate(live.scores)}


NEAR = [(k, 10**n + d) for n in range(1, 14, 2) for d in (-1, 0, 3) for k in (1, 2, 9, 10 ** (14 - n) - 1)]


def digits(value: Fraction | float) -> str:
    return f"{float(value):.15g}"


@pytest.mark.slow
def test_libreoffice_gives_the_engine_s_scores(tmp_path: Path) -> None:
    books: dict[Path, tuple[Live, dict[str, Any]]] = {}
    for number, path in enumerate(CASES):
        for place, one in enumerate(scored(path)):
            live = live_of(one.rules.program, one.facts, one.claimed)
            books[tmp_path / f"{number}-{place}.xlsx"] = (live, engine(one.claimed))
    for name, changes in HARD.items():
        live, trace = department(**changes)
        books[tmp_path / f"{name}.xlsx"] = (live, engine(trace))
    for place, (rounding, seed) in enumerate(product(ROUNDINGS, SEEDS)):
        facts = facts_of(seed, {"行表": [{"数": Fraction(10, 3), "好": True}, {"数": Fraction(7), "好": False}]})
        trace = score(every_kind(rounding), facts)
        books[tmp_path / f"kinds-{place}.xlsx"] = (live_of(every_kind(rounding), facts, trace), engine(trace))
    close = [HARDEST, (999_999_999_999_999, 1), (-HARDEST[0], HARDEST[1]), *((k * b - 1, b) for k, b in NEAR), (0, 7)]
    whole = {str(i): divided("FLOOR", a, b) for i, (a, b) in enumerate(close)}
    small = {f"-{i}": divided("INT", a // 10, b) for i, (a, b) in enumerate(close)}
    right = {str(i): a // b for i, (a, b) in enumerate(close)} | {
        f"-{i}": a // 10 // b for i, (a, b) in enumerate(close)
    }
    books[tmp_path / "divisions.xlsx"] = (Live((), (), {**whole, **small}, {}), right)
    for file, (live, _) in books.items():
        saved(live, file)
    converted(list(books), "xlsx", tmp_path)
    for file, (live, wanted) in books.items():
        found = read_back(live, tmp_path / "out" / file.name)
        for name in live.scores:
            assert digits(found[name]) == digits(wanted[name]), (file.name, name, found[name], wanted[name])
