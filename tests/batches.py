"""Small batches of units with known scores, the parts of a batch, and the table that a batch is written as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import polars as pl
from attrs import evolve
from books import compiled

from zjrules.bulk.frame import Frame, frame_of
from zjrules.bulk.program import bulk
from zjrules.bulk.result import CHECKS, Kind, Scored, Scores
from zjrules.fact import Evidence, Fact, Facts, State
from zjrules.num import fixed
from zjrules.summary.change import Last
from zjrules.summary.points import Settled
from zjrules.term import survey
from zjrules.term.rule import Program
from zjrules.unit import Scalar

BOOK = """规则集 某市部门自评
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 10 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 9 分，良 ≥ 6 分，差 其余
一级指标 投入 4 分
指标 支出率 4 分
  得分 限于(支出 ÷ 预算，下限：0%，上限：100%) × 满分
一级指标 产出 6 分
指标 人次 4 分
  分档 培训人次
    不低于 100 人 得 满分
    不低于 50 人  得 1 分
    其余          得 0 分
指标 公开 2 分
  得分 若 已公开 则 满分 否则 0 分
事实 预算 : 金额 > 0 元
事实 支出 : 金额 ≥ 0 元
事实 结余 : 金额 ≥ 0 元
事实 培训人次 : 个数（人） ≥ 0 人
事实 已公开 : 是否
校验 警告 "支出不大于预算"
  应有 支出 ≤ 预算
"""


def program() -> Program:
    """Return the program of BOOK."""
    return compiled(BOOK)


Row = tuple[str, Scalar | None, Scalar | None, Scalar | None, Scalar | None, bool | None]
"""A unit: its name, 预算, 支出, 结余 (元), 培训人次, 已公开; None is missing."""

HAND: tuple[Row, ...] = (
    ("甲局", Fraction(1000), Fraction(1000), Fraction(100), Fraction(120), True),  # 4 + 4 + 2 = 10 优
    ("乙局", Fraction(2000), Fraction(1500), Fraction(200), Fraction(100), True),  # 3 + 4 + 2 = 9 优
    ("丙局", Fraction(3000), Fraction(1000), Fraction(300), Fraction(60), True),  # 1.33 + 1 + 2 = 4.33 差
    ("丁局", Fraction(1000), Fraction(2000), Fraction(100), Fraction(0), False),  # 4 + 0 + 0 = 4 差, 勾稽不符
    ("戊局", Fraction(4000), Fraction(4000), Fraction(0), None, True),  # 4 + 0 至 4 + 2 = 6 至 10, 优或良
    (
        "己局",
        Fraction(8000),
        Fraction(3000),
        Fraction(10_000_000),
        Fraction(99),
        True,
    ),  # 1.5 + 1 + 2 = 4.5 差, 结余 错了单位
)
"""Six units and what they score, worked out by hand."""


def frame(found: Program, rows: Sequence[Row]) -> Frame:
    """Return units as a frame."""
    return frame_of(found.schema, [_facts(row) for row in rows])


def _facts(row: Row) -> Facts:
    unit, *values = row
    names = ("预算", "支出", "结余", "培训人次", "已公开")
    facts = {
        n: Fact(n, State.MISSING if v is None else State.GIVEN, v, Evidence.NOT_ASKED)
        for n, v in zip(names, values, strict=True)
    }
    return Facts(unit, facts, {}, {})


def hand() -> tuple[Scored, Frame]:
    """Return the units of HAND, scored."""
    found = program()
    facts = frame(found, HAND)
    return bulk(found).score(facts), facts


def last_of(totals: Mapping[str, Fraction], jump: Fraction) -> Last:
    """Return last year's totals."""
    low, below = (np.array([getattr(t, n) for t in totals.values()], np.int64) for n in ("numerator", "denominator"))
    return Last({n: i for i, n in enumerate(totals)}, Settled(np.arange(len(totals)), low, below), jump)


# ---------- parts ----------


def part(scored: Scored, start: int, end: int) -> Scored:
    """Return the units from start up to end."""
    return evolve(
        scored,
        units=scored.units[start:end],
        indicators=tuple(_part(s, start, end) for s in scored.indicators),
        total=_part(scored.total, start, end),
        grades=scored.grades[start:end],
        checks=tuple(c[start:end] for c in scored.checks),
        slow=scored.slow[start:end],
    )


def _part(scores: Scores, start: int, end: int) -> Scores:
    below = scores.below if isinstance(scores.below, int) else scores.below[start:end]
    beside = {row - start: ends for row, ends in scores.beside.items() if start <= row < end}
    return Scores(
        scores.low[start:end], scores.high[start:end], below, scores.kind[start:end], scores.why[start:end], scores.reasons, beside
    )  # fmt: skip


def rows(start: int, end: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the places from start up to end."""
    return np.arange(start, end, dtype=np.int64)


# ---------- tables ----------


def table(scored: Scored) -> pl.DataFrame:
    """Return the output table of a batch whose scores are all rounded to a hundredth, as its description says."""
    places = range(len(scored))
    states = {Kind.SETTLED: "已算", Kind.OPEN: "缺事实", Kind.NONE: "无法计算"}
    columns = {"单位": pl.Series(scored.units.tolist(), dtype=pl.String)}
    columns |= _columns("总分", scored.total)
    texts = {
        "等级": ["或".join(reversed(scored.grade_names(i))) for i in places],
        "状态": [states[Kind(int(scored.total.kind[i]))] for i in places],
        "缺少": ["、".join(scored.total.reason(i).missing) for i in places],
        "勾稽不符": [
            "、".join(
                c.title for c, s in zip(scored.program.checks, scored.checks, strict=True) if CHECKS[s[i]] == "不通过"
            )
            for i in places
        ],
    }
    columns |= {n: pl.Series(x, dtype=pl.String).replace("", None) for n, x in texts.items()}
    for node, scores in zip(survey.indicators(scored.program.groups), scored.indicators, strict=True):
        columns |= _columns(node.name, scores)
    return pl.DataFrame(columns)


def _columns(name: str, scores: Scores) -> dict[str, pl.Series]:
    ends = [scores.ends(i) for i in range(len(scores.kind))]
    low = [None if e is None or e[0].value is None else fixed(e[0].value, 2) for e in ends]
    high = [
        None if e is None or e[1].value is None or k != Kind.OPEN else fixed(e[1].value, 2)
        for e, k in zip(ends, scores.kind, strict=True)
    ]
    return {n: pl.Series(v, dtype=pl.String).cast(pl.Decimal(38, 2)) for n, v in ((name, low), (f"{name}·至", high))}
