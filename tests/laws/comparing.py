"""A rule set that compares units in every way that the language has, and units that make it hard: ties, gaps, no value."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise
from random import Random

import polars as pl
from books import compiled

from zjrules.fact import Evidence, Fact, Facts, State
from zjrules.term.rule import Program

TIES = ("并列取前", "并列取后", "并列取均", "并列不空")
HEAD = """规则集 编制效能
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 {full} 分
  舍入 各指标 不舍入
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  舍入 同级平均 四舍五入 精确到 0.01 分
  等级 优 ≥ 900 分，差 其余
事实 值 : 数   可不适用
事实 上 : 数
事实 下 : 数
事实 适用 : 是否
事实 人均 : 数 ≥ 0   佐证 "名册"
校验 提示 "不在平均以下"
  应有 人均 ≥ 同级平均(人均，自己：计入)
一级指标 全部 {full} 分
"""
OWN = "计入", "不算"
ENDING = """总评
  加分项 若 名次(人均，次序：从小到大，并列：并列不空) = 1 则 1 分 否则 0 分 至多 1 分
  舍入 总分
  定级
  凡 人均 = 同级最大(人均) 改评为 良
"""


def _rows() -> list[str]:
    rows = []
    for what in ("值", "上 ÷ 下"):
        for order in ("从大到小", "从小到大"):
            rows += [f"得分 名次({what}，次序：{order}，并列：{ties}) × 1 分" for ties in TIES]
        rows += [f"得分 同级平均({what}，自己：{own}) × 1 分" for own in OWN]
        rows += [f"得分 {name}({what}) × 1 分" for name in ("同级最大", "同级最小")]
    # A mean of scores that stand on ranks, and a rank inside a part of an indicator, of a 令 of this one.
    rows += [
        "不适用 当 非 适用 按 同级平均\n  令 倍 = 值 × 2\n  得分 倍 × 1 分",
        "不适用 当 非 适用 按 同级平均\n  得分 满分 ÷ 名次(人均，次序：从大到小，并列：并列取均)",
        (
            "令 差 = 人均 - 同级平均(人均，自己：不算)\n"
            "  分项 子 400 分\n    得分 若 差 > 0 则 满分 否则 名次(人均 × 满分，次序：从大到小，并列：并列取前) × 1 分\n"
            "  分项 丑 600 分\n    不适用 当 非 适用 按 同级平均\n    得分 差 × 1 分"
        ),
        "得分 若 适用 则 名次(值，次序：从大到小，并列：并列取前) × 1 分 否则 人均 × 1 分",
    ]
    without = "不适用 当 不适用(值) 按 1 分\n  "
    return [f"{without}{row}" if "值" in row else row for row in rows]


def text() -> str:
    """Return the rule set as a file."""
    rows = _rows()
    body = "".join(f"指标 「{i:02d}」 1000 分\n  {row}\n" for i, row in enumerate(rows))
    return HEAD.format(full=1000 * len(rows)) + body + ENDING


@cache
def book() -> Program:
    """Return the rule set."""
    return compiled(text())


def units(size: int, seed: int, missing: float = 0.0, na: float = 0.0, zero: float = 0.0, few: int = 3) -> list[Facts]:
    """Return units by a seed: of the facts, how many are missing, 不适用 or 0 where they divide; few: how many numbers."""
    dice = Random(seed)

    def number() -> Fraction:
        return Fraction(dice.randrange(-few, few + 1), dice.choice((1, 2, 4, 5)))

    def fact(name: str, value: Fraction | bool, na: float = 0.0, evidence: Evidence = Evidence.NOT_ASKED) -> Fact:
        if dice.random() < na:
            return Fact(name, State.NOT_APPLICABLE, None, evidence)
        state = State.MISSING if dice.random() < missing else State.GIVEN
        return Fact(name, state, value if state is State.GIVEN else None, evidence)

    def unit(place: int) -> Facts:
        below = Fraction(0) if dice.random() < zero else Fraction(dice.choice((1, 2, 3, -4)))
        proof = dice.choice((Evidence.PROVED, Evidence.CLAIMED))
        found = [
            fact("值", number(), na), fact("上", number()), fact("下", below),
            fact("适用", dice.random() < 0.7), fact("人均", abs(number()), evidence=proof),
        ]  # fmt: skip
        return Facts(f"单位{place:06d}", {f.name: f for f in found}, {}, {})

    return [unit(place) for place in range(size)]


def dealt(table: pl.DataFrame, seed: int, parts: int) -> list[pl.DataFrame]:
    """Return a table in some parts of which some may be empty, in its order."""
    dice = Random(seed)
    cuts = [0, *sorted(dice.randrange(table.height + 1) for _ in range(parts - 1)), table.height]
    return [table.slice(a, b - a) for a, b in pairwise(cuts)]
