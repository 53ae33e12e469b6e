"""Small books with what columns could trip over: each is scored by columns and by the exact engine, frame after frame."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from attrs import evolve
from books import compiled, facts
from given import drawn
from test_bulk import agree, calendar

from zjrules.bulk import open as ways
from zjrules.bulk.frame import frame_of
from zjrules.bulk.program import bulk
from zjrules.fact import Facts
from zjrules.unit import Scalar

HEAD = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 100 分
  舍入 各指标 {indicators}
  舍入 各一级指标 {groups}
  舍入 总分 {total}
  等级 {grades}
事实 丙 : 比率 介于 0% 至 120%
事实 丁 : 个数（处） ≥ 0 处 且 ≤ 6 处
事实 子 : 个数（处） ≥ 1 处 且 ≤ 7 处
事实 戊 : 是否
事实 己 : 是否
事实 庚 : 选项（东，西，南）
"""
LEDGER = """
事实 甲 : 金额 ≥ 0 元
事实 乙 : 金额 > 0 元
明细 账
  列名 额 : 金额 ≥ 0 元
  列名 率 : 比率 介于 0% 至 120%
  列名 真 : 是否
"""
CENT, WHOLE, NOT = "四舍五入 精确到 0.01 分", "四舍五入 精确到 1 分", "不舍入"
FINE_GRADES = "优 ≥ 90 分，良 ≥ 88 分，中 ≥ 70 分，可 ≥ 62 分，差 其余"


def head(indicators: str = CENT, groups: str = NOT, total: str = CENT, grades: str = FINE_GRADES) -> str:
    return HEAD.format(indicators=indicators, groups=groups, total=total, grades=grades)


SHARE_AND_TRUTH = """
一级指标 全部 100 分
指标 一 70 分
  得分 满分 × 丙
  限于 0 分 至 满分
指标 二 30 分
  判定
    当 戊 得 满分
    其余 得 20 分
"""
TRAPS = {
    "totals in whole points, limits in halves": head(
        WHOLE, NOT, WHOLE, "优 ≥ 89.5 分，良 ≥ 70.5 分，中 > 60.25 分，差 其余"
    ) + SHARE_AND_TRUTH + "总评\n  限于 0 分 至 100 分\n  舍入 总分\n  定级\n",
    "a total rounded wider than a band": head(total="四舍五入 精确到 5 分") + SHARE_AND_TRUTH,
    "a total cut wider than a band": head(total="去尾 精确到 10 分") + SHARE_AND_TRUTH,
    "a group rounded wider than a band": head(groups="四舍五入 精确到 5 分") + SHARE_AND_TRUTH,
    "a band without either end": head(grades="优 ≥ 90 分，良 > 80 分，中 > 70 分，可 ≥ 60 分，差 其余") + """
一级指标 全部 100 分
指标 一 80 分
  得分 满分
指标 二 10 分
  判定
    当 戊 得 满分
    其余 得 0 分
指标 三 10 分
  判定
    当 庚 为 东 得 满分
    当 庚 为 西 得 5 分
    其余 得 0 分
""",
    "multiples of five over a narrow band": head(grades="优 ≥ 90 分，良 ≥ 88 分，中 ≥ 87.5 分，差 其余") + """
一级指标 全部 100 分
指标 一 70 分
  得分 满分
指标 二 30 分
  得分 5 分 × 丁 ÷ 1 处
""",
    "everything may drop out": head() + """
一级指标 一 40 分
指标 一 10 分
  不适用 当 庚 为 东 按 不计入 总分
  不适用 当 庚 为 西 按 不计入 本一级指标
  得分 满分 × 丁 ÷ 子
  限于 0 分 至 满分
指标 二 30 分
  不适用 当 戊 按 不计入 本一级指标
  得分 满分
一级指标 二 60 分
指标 三 60 分
  不适用 当 己 按 不计入 总分
  得分 10 分 × 丁 ÷ 1 处
""",
    "a name that rows read stands for facts": head() + LEDGER + """
一级指标 全部 100 分
指标 一 100 分
  令 界 = 绝对值(甲 - 乙) ÷ 乙
  判定
    当 任一(账 的 (率 > 界 且 真)) 得 满分
    其余 得 1 分
""",
    "working days counted back": head() + """
事实 起 : 日期 不早于 2025-03-01 且 不晚于 2025-04-30
事实 止 : 日期 不早于 2025-03-01 且 不晚于 2025-04-30
事实 数 : 个数（工作日） 介于 -20 工作日 至 20 工作日
一级指标 全部 100 分
指标 一 100 分
  得分 1 分 × (工作日数(起 - 数，止) ÷ 1 个工作日)
  限于 0 分 至 满分
""",
    "a ledger that is missing, and of which no row takes part": head() + LEDGER + """
一级指标 全部 100 分
指标 一 50 分
  得分 满分 × 平均(账 的 率 其中 己)
  限于 0 分 至 满分
指标 二 50 分
  判定
    当 最大(账 的 额 其中 己) > 甲 得 满分
    当 合计(账 的 额 其中 己) > 乙 得 10 分
    其余 得 1 分
""",
    "ratios that are settled by a clamp, and others that are not": head(NOT, NOT) + LEDGER + """
一级指标 全部 100 分
指标 一 100 分
  令 率 = 甲 ÷ 乙
  得分 满分 × 率
  扣分
    凡 戊 扣 1 分
    每 1 处 丁 扣 率 × 1 分 按比例
    扣完为止
  限于 0 分 至 满分
""",
    "ratios that are not rounded": head(NOT, NOT, NOT) + """
一级指标 全部 100 分
指标 一 100 分
  得分 满分 × 丁 ÷ 子
  限于 0 分 至 满分
""",
}  # fmt: skip


@pytest.mark.parametrize("few", [1, ways.FEWEST])
@pytest.mark.parametrize("trap", sorted(TRAPS))
def test_a_trap(trap: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "FEWEST", few)
    program = compiled(TRAPS[trap])
    ready = bulk(program, calendar())
    # What one frame teaches must hold for the next; a frame of one unit knows of no other.
    for seed, units in enumerate((1, 1, 2, 3, 12, 30)):
        dice = Random(seed)
        absent = dice.choice([1, 3, 5])
        given = [drawn(program, 100 * seed + i, absent) for i in range(units)]
        agree(ready, frame_of(program.schema, [_without(g) if dice.random() < 0.3 else g for g in given]))


def _without(unit: Facts) -> Facts:
    """Return a unit whose ledgers are missing."""
    return evolve(unit, ledgers={name: evolve(table, rows=None) for name, table in unit.ledgers.items()})


def test_what_rows_bring_stays_within_64_bits() -> None:
    program = compiled(
        head()
        + LEDGER
        + """
一级指标 全部 100 分
指标 一 100 分
  判定
    当 任一(账 的 (率 > 甲 ÷ 乙)) 得 满分
    其余 得 1 分
"""
    )
    amounts = {"甲": Fraction(999_999_999_999), "乙": Fraction(999_999_999_998)}
    rows: list[list[dict[str, Scalar | None]]] = [
        [{"率": Fraction(share, 1000), "额": Fraction(1), "真": True}] for share in (0, 999, 1000, 1001, 1200)
    ]
    agree(bulk(program, calendar()), frame_of(program.schema, [facts(amounts, {"账": r}) for r in rows]))


def test_what_drops_out_by_a_number_beyond_the_columns_adds_nothing() -> None:
    program = compiled(
        head(WHOLE, NOT, WHOLE)
        + """
事实 量 : 个数（处）
一级指标 一 100 分
指标 一 12.5 分
  不适用 当 量 > 3 处 按 不计入 总分
  得分 3 分 × 丙
指标 二 87.5 分
  得分 满分 × 丙
"""
    )
    units = [facts({"丙": Fraction(1), "量": Fraction(many)}) for many in (1, 10**30)]
    agree(bulk(program, calendar()), frame_of(program.schema, units))


def test_a_unit_may_be_taken_twice() -> None:
    program = compiled(TRAPS["ratios that are not rounded"])
    many = facts({"丁": Fraction(10**30), "子": Fraction(3)})
    frame = frame_of(program.schema, [many, facts({"丁": Fraction(2), "子": Fraction(3)})])
    agree(bulk(program, calendar()), frame.taken(np.array([0, 1, 0, 0], np.int64)))
