"""Rule texts compiled in a test, facts given as values, and random indicators with an independent reference.

A generated indicator is a pair: its text in the language, and a Python function that computes its score with
fractions.Fraction from plain values. The two share nothing but the generator.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from math import ceil, floor
from pathlib import Path

from attrs import frozen
from hypothesis import strategies as st

from zjrules import resolve
from zjrules.build import Built, build, check, the_parser
from zjrules.diag import Diagnostic
from zjrules.elaborate.program import program
from zjrules.exact.total import score
from zjrules.explain.findings import findings
from zjrules.fact import Evidence, Fact, Facts, State, Table
from zjrules.inout.asset import standard
from zjrules.layer import Layer, based_on
from zjrules.library import drawn_on
from zjrules.lint.book import Book
from zjrules.num import brief
from zjrules.read.book import read
from zjrules.span import Source
from zjrules.syntax.decl import File
from zjrules.term.rule import Program
from zjrules.unit import Scalar

HEAD = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 {points} 分
  舍入 各指标 {rounding}
  舍入 各一级指标 不舍入
  舍入 总分 {rounding}
  等级 优 ≥ {best} 分，良 ≥ {good} 分，差 其余
一级指标 全部 {points} 分
"""
CENT = "四舍五入 精确到 0.01 分"

FACTS = """
事实 甲 : 金额 ≥ 0 元
事实 乙 : 金额 > 0 元
事实 丙 : 比率 介于 0% 至 120%
事实 丁 : 个数（处） ≥ 0 处 且 ≤ 6 处
事实 戊 : 是否
事实 己 : 是否
事实 庚 : 选项（东，西，南）
事实 辛 : 日期 不早于 2025-01-01 且 不晚于 2025-01-20
"""
Values = Mapping[str, Scalar]
Score = Callable[[Values], Fraction]


def head(points: int, rounding: str = CENT) -> str:
    """Return the head of a book worth some points."""
    best, good = (brief(Fraction(points) * share) for share in (Fraction(9, 10), Fraction(1, 2)))
    return HEAD.format(points=points, rounding=rounding, best=best, good=good)


@cache
def _std() -> tuple[File, ...]:
    return tuple(read(Source(p.name, p.read_text("utf-8")), the_parser())[0] for p in standard())


def parse(text: str) -> tuple[File, tuple[Diagnostic, ...]]:
    """Read a rule text."""
    return read(Source("规则.zj", text), the_parser())


def compiled(text: str) -> Program:
    """Return the program of a complete rule text, which must be clean."""
    file, slips = parse(text)
    index, names = resolve.index([file], _std())
    found, problems = program(index)
    assert found is not None, (text, [d.message for d in (*slips, *names, *problems)])
    return found


def facts(values: Values, ledgers: Mapping[str, list[dict[str, Scalar | None]] | None] | None = None) -> Facts:
    """Return a unit's facts from plain values; a cell of None is missing, a ledger of None too."""
    given = {n: Fact(n, State.GIVEN, v, Evidence.NOT_ASKED) for n, v in values.items()}
    tables = {}
    for name, rows in (ledgers or {}).items():
        cells = None if rows is None else tuple(
            {c: Fact(c, State.GIVEN if v is not None else State.MISSING, v, Evidence.NOT_ASKED) for c, v in r.items()}
            for r in rows
        )  # fmt: skip
        tables[name] = Table(name, cells, Evidence.NOT_ASKED)
    return Facts("某局", given, tables, {})


# ---------- random values, heavy at the boundaries ----------

money = st.sampled_from([0, 1, 99, 100, 101, 1000]).map(Fraction) | st.integers(0, 10**6).map(
    lambda n: Fraction(n, 100)
)
VALUES: dict[str, st.SearchStrategy[Scalar]] = {
    "甲": money,
    "乙": money.map(lambda m: m + Fraction(1, 100)),
    "丙": st.sampled_from([Fraction(n, 100) for n in (0, 10, 40, 60, 75, 90, 100, 120)])
    | st.integers(0, 1200).map(lambda n: Fraction(n, 1000)),
    "丁": st.integers(0, 6).map(Fraction),
    "戊": st.booleans(),
    "己": st.booleans(),
    "庚": st.sampled_from(["东", "西", "南"]),
    "辛": st.integers(739252, 739271).map(Fraction),
}
everything = st.fixed_dictionaries(VALUES)


# ---------- random indicators ----------


@frozen
class Made:
    """An indicator's clauses as text and its unrounded score as a function."""

    text: str
    score: Score


def _ratio() -> st.SearchStrategy[tuple[str, Callable[[Values], Fraction]]]:
    def quotient(v: Values) -> Fraction:
        return Fraction(v["甲"]) / Fraction(v["乙"])

    leaves = st.sampled_from(
        [
            ("丙", lambda v: Fraction(v["丙"])),
            ("(甲 ÷ 乙)", quotient),
            ("限于(甲 ÷ 乙，下限：0%，上限：100%)", lambda v: min(max(quotient(v), Fraction(0)), Fraction(1))),
            ("(1 - 丙)", lambda v: 1 - Fraction(v["丙"])),
            ("(若 戊 则 丙 否则 50%)", lambda v: Fraction(v["丙"]) if v["戊"] else Fraction(1, 2)),
            ("(若 庚 属于（东，西） 则 30% 否则 丙)",
             lambda v: Fraction(3, 10) if v["庚"] in ("东", "西") else Fraction(v["丙"])),
            ("(若 辛 晚于 2025-01-10 则 0% 否则 25%)", lambda v: Fraction(0 if v["辛"] > 739261 else 1, 4)),
        ]
    )  # fmt: skip

    def grown(inner: st.SearchStrategy[tuple[str, Callable[[Values], Fraction]]]) -> st.SearchStrategy[object]:
        def join(op: str) -> Callable[[tuple[tuple[str, Callable[[Values], Fraction]], ...]], object]:
            def build(pair: tuple[tuple[str, Callable[[Values], Fraction]], ...]) -> object:
                (a, f), (b, g) = pair
                if op in "+-×":
                    run = {"+": lambda v: f(v) + g(v), "-": lambda v: f(v) - g(v), "×": lambda v: f(v) * g(v)}[op]
                    return f"({a} {op} {b})", run
                pick = max if op == "最大" else min
                return f"{op}({a}，{b})", lambda v: pick(f(v), g(v))

            return build

        return st.one_of([st.tuples(inner, inner).map(join(op)) for op in ("+", "-", "×", "最大", "最小")])

    return st.recursive(leaves, grown, max_leaves=4)  # type: ignore[arg-type]


def _plain(points: int) -> st.SearchStrategy[Made]:
    return _ratio().map(lambda r: Made(f"得分 满分 × {r[0]}", lambda v: points * r[1](v)))


def _bands(points: int) -> st.SearchStrategy[Made]:
    def build(r: tuple[str, Callable[[Values], Fraction]]) -> Made:
        text = (
            f"分档 {r[0]}\n不低于 90% 得 满分\n介于 40%（不含） 至 75%（含） 得 1 分\n等于 40% 得 0.5 分\n其余 得 0 分"
        )

        def score(v: Values) -> Fraction:
            x = r[1](v)
            if x >= Fraction(9, 10):
                return Fraction(points)
            if Fraction(2, 5) < x <= Fraction(3, 4):
                return Fraction(1)
            return Fraction(1, 2) if x == Fraction(2, 5) else Fraction(0)

        return Made(text, score)

    return _ratio().map(build)


def _per_step(points: int) -> st.SearchStrategy[Made]:
    def build(pair: tuple[tuple[str, Callable[[Values], Fraction]], str]) -> Made:
        (text, f), mode = pair
        count = {"整步": floor, "进整": ceil, "按比例": lambda x: x}[mode]

        def score(v: Values) -> Fraction:
            steps = max(Fraction(count(f(v) / Fraction(1, 20))), Fraction(0))
            taken = steps * Fraction(1, 2) + (1 if v["戊"] else 0)
            return max(points - taken, Fraction(0))

        return Made(f"扣分\n每 5 个百分点 {text} 扣 0.5 分 {mode}\n凡 戊 扣 1 分\n扣完为止", score)

    return st.tuples(_ratio(), st.sampled_from(["整步", "进整", "按比例"])).map(build)


def _findings(points: int) -> Made:
    def score(v: Values) -> Fraction:
        return points - min(Fraction(v["丁"]) * Fraction(3, 10) + (1 if v["己"] else 0), Fraction(1))

    return Made("扣分\n每 1 处 丁 扣 0.3 分\n凡 己 扣 1 分\n最多扣 1 分", score)


def _checklist(points: int) -> Made:
    def score(v: Values) -> Fraction:
        first = Fraction(1) if v["戊"] and not v["己"] else Fraction(0)
        return first + (points - 1 if v["庚"] == "东" or Fraction(v["丙"]) < Fraction(1, 2) else 0)

    return Made(f"清单\n凡 戊 且 非 己 得 1 分\n凡 庚 为 东 或 丙 < 50% 得 {points - 1} 分", score)


def _decision(points: int) -> st.SearchStrategy[Made]:
    def build(r: tuple[str, Callable[[Values], Fraction]]) -> Made:
        def score(v: Values) -> Fraction:
            if v["甲"] == 0:
                return Fraction(points)
            return r[1](v) * points if v["戊"] else Fraction(1)

        return Made(f"判定\n当 甲 = 0 元 得 满分\n当 戊 得 满分 × {r[0]}\n其余 得 1 分", score)

    return _ratio().map(build)


def _split(points: int) -> Made:
    """The second test is only asked where the first one failed: the branch must know that, ends included."""

    def score(v: Values) -> Fraction:
        x, n = Fraction(v["丙"]), Fraction(v["丁"])
        if x < Fraction(2, 5):
            return Fraction(points) if n >= 3 else Fraction(3, 2)
        return Fraction(0) if x <= Fraction(2, 5) else (Fraction(1) if n != 3 else Fraction(2))

    low = "若 丁 ≥ 3 处 则 满分 否则 1.5 分"
    high = "若 丙 ≤ 40% 则 0 分 否则 若 丁 ≠ 3 处 则 1 分 否则 2 分"
    return Made(f"得分 若 丙 < 40% 则 ({low}) 否则 {high}", score)


def made(points: int = 4) -> st.SearchStrategy[Made]:
    """Return a strategy of indicators worth some points; some are guarded or clamped."""
    base = st.one_of(
        _plain(points), _bands(points), _per_step(points), _decision(points),
        st.just(_findings(points)), st.just(_checklist(points)), st.just(_split(points)),
    )  # fmt: skip

    def finish(pair: tuple[Made, bool, bool]) -> Made:
        m, guarded, clamped = pair
        text = m.text
        if clamped:
            text += "\n限于 0.5 分 至 3 分"
        if guarded:
            text = "不适用 当 丁 = 0 处 按 满分\n" + text

        def score(v: Values) -> Fraction:
            raw = m.score(v)
            raw = min(max(raw, Fraction(1, 2)), Fraction(3)) if clamped else raw
            return Fraction(points) if guarded and v["丁"] == 0 else raw

        return Made(text, score)

    return st.tuples(base, st.booleans(), st.booleans()).map(finish)


def book(indicators: list[Made], points: int = 4) -> str:
    """Return a complete rule text of indicators."""
    blocks = [f"指标 第{'一二三四五六'[i]} {points} 分\n{m.text}\n" for i, m in enumerate(indicators)]
    return FACTS + head(points * len(indicators)) + "\n".join(blocks)


def checked(text: str) -> tuple[Program | None, list[Diagnostic]]:
    """Read and check a complete rule text."""
    file, slips = parse(text)
    built, problems = check([file], _std(), slips)
    return (built.program if built is not None else None), list(problems)


def lint_book(text: str) -> Book | None:
    """Return a complete rule text as lint sees it, None when it has errors."""
    file, slips = parse(text)
    built, problems = check([file], _std(), slips)
    return Book(built.program, built.files, problems) if built is not None else None


OVERLAY = """规则集 试验修改
  语言 1
  沿用 试验/2025
  评价年度 2026
  依据 "试验 2"
  自 2026-01-01 起施行
"""


def overlaid(base: str, files: Sequence[str], as_of: date | None = None) -> tuple[Built | None, tuple[Diagnostic, ...]]:
    """Return a rule text (with or without a head) as the files amend it; the first may lack its head."""
    if "规则集" not in base:
        points = re.search(r"^一级指标 \S+ (\d+) 分", base, re.MULTILINE)
        base = head(int(points[1]) if points else 10).rpartition("一级指标")[0] + base
    texts = [t if i or "规则集" in t else OVERLAY + t for i, t in enumerate(files)]
    own = [Source(f"修改{i + 1}.zj", t) for i, t in enumerate(texts)]
    said = based_on(own)
    layer = Layer(said[0] if said else "", Path(), (Source("基础.zj", base),))
    std = [Source(p.name, p.read_text("utf-8")) for p in standard()]
    return build(own, *drawn_on([*layer.sources, *own], std), (layer,), as_of)


def check_text(text: str) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Return all diagnostics of a complete rule text, and the findings of scoring it with every fact missing."""
    found, problems = checked(text)
    if found is None:
        return problems, []
    nothing = Facts("某局", {}, {}, {})
    return problems, findings(score(found, nothing), nothing)
