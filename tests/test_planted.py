"""Defects planted in the real book, which is clean: each is found, and nothing else is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from zjrules.lint.run import lint
from zjrules.linted import book_of
from zjrules.span import Source

BOOK = Path(__file__).parent.parent / "rules/zhanjiang/2025"

# Where, what stood there, what stands there now, and the codes that it gives.
PLANTED = {
    "the point 90% belongs to no band": (
        "6-assets.zj", "    不低于 90% 得 满分\n    不低于 75%", "    高于 90% 得 满分\n    介于 75%（含） 至 90%（不含）", "ZJ8001",
    ),
    "bands on whole percents": (
        "6-assets.zj", "    不低于 75% 得 1.5 分", "    介于 75%（含） 至 89%（含） 得 1.5 分", "ZJ8002",
    ),
    "a grade above 89": ("0-book.zj", "优 ≥ 90 分", "优 > 89 分", "ZJ8003"),
    "two bands exchanged": (
        "6-assets.zj", "75% 得 1.5 分\n    不低于 60% 得 1 分", "75% 得 1 分\n    不低于 60% 得 1.5 分", "ZJ8004",
    ),
    "a band copied": ("6-assets.zj", "不低于 60% 得 1 分", "不低于 60% 得 1.5 分", "ZJ8005"),
    "a wide case before a narrow one": (
        "3-disclosure.zj", "当 齐备件数 = 3 个 得 满分\n    当 齐备件数 = 2 个 得 0.5 分",
        "当 齐备件数 ≥ 2 个 得 0.5 分\n    当 齐备件数 = 3 个 得 满分", "ZJ8006",
    ),
    "a step for overspending that never comes": (
        "2-execution.zj", "每 1 处 不合规问题数 扣 1 分", "每 1 处 不合规问题数 扣 0 分", "ZJ8021 ZJ8065",
    ),
    "a band above the points": ("6-assets.zj", "不低于 75% 得 1.5 分", "不低于 75% 得 3 分", "ZJ8013"),
    "a deduction above the points": ("2-execution.zj", "扣 满分", "扣 5 分", "ZJ8020"),
    "two deductions for one delay": (
        "3-disclosure.zj", "    凡 非 预决算均已公开",
        "    凡 预算公开日 晚于 预算批复日 + 60 日 扣 0.5 分\n    凡 预算公开日 晚于 预算批复日 + 90 日 扣 0.5 分\n    凡 非 预决算均已公开",
        "ZJ8022",
    ),
    "a finding that costs points twice": (
        "6-assets.zj", "每 1 项 资产超标项数 扣 0.5 分\n    扣完为止\n  随 资产超标项数 不增",
        "每 1 项 资产超标项数 扣 0.5 分\n    每 1 处 不合规问题数 扣 0.5 分\n    扣完为止\n  随 资产超标项数 不增", "ZJ8023",
    ),
    "a tick copied": (
        "1-budgeting.zj", "凡 项目间分配合理     得 0.5 分", "凡 编制符合职责与部署 得 0.5 分", "ZJ8024 ZJ8040",
    ),
    "a check of a thing with itself": (
        "7-costs.zj", "应有 三公经费支出 ≤ 日常公用经费决算", "应有 三公经费支出 ≤ 三公经费支出", "ZJ8025",
    ),
    "points for equal amounts": (
        "7-costs.zj", "若 日常公用经费决算 ≤ 日常公用经费调整预算", "若 日常公用经费决算 = 日常公用经费调整预算", "ZJ8026",
    ),
    "more findings, more points": ("2-execution.zj", "随 不合规问题数 不增", "随 存在截留挤占挪用 不增\n  随 预算调剂额 不增", "ZJ8066"),
    "no evidence for a count": ("6-assets.zj", '  佐证 "盘点表；盘点报告"\n', "", "ZJ8042"),
    "a canteen on one's word": (
        "6-assets.zj", '  佐证 "资产出租、出借、处置审批表；没有的附资产系统查询截图"\n', "", "ZJ8042",
    ),
    "no word on what counts as yes": ("4-management.zj", '  说明 "资金管理制度里写明绩效目标管理的要求"\n', "", "ZJ8044"),
    "a ledger that counts rows twice": ("5-procurement.zj", "  主键 合同名称\n", "", "ZJ8050"),
    "an indicator without a basis": (
        "7-costs.zj", '  依据 "评分表 7.（2）"\n  依据 "实际支出 ≤ 预算安排：报告所述（三（二）7（2））；得满分或不得分、分值：重构"\n', "",
        "ZJ8062",
    ),
    "a row of the score table cited twice": ("5-procurement.zj", '依据 "评分表 5.（2）"', '依据 "评分表 5.（1）"', "ZJ8064"),
    "an amount that the text does not know": (
        "2-execution.zj", "每 1 处 不合规问题数 扣 1 分", "每 1 处 不合规问题数 扣 2 分", "ZJ8065",
    ),
    "weights that nobody adds up": (
        "8-effects.zj", "应有 合计(绩效目标 的 权重 其中 类别 为 产出) = 20 分   容差 0.01 分\n",
        "应有 计数(绩效目标 其中 类别 为 产出) > 0 个\n", "ZJ8067",
    ),
    "a tie-out to the fen": (
        "2-execution.zj", '= 调整预算数   容差 0.01 元\n  说明 "本部门', '= 调整预算数\n  说明 "本部门', "ZJ8080",
    ),
    "a check that cannot fail": (
        "1-budgeting.zj", "应有 已申报目标项目 ≤ 应申报目标项目", "应有 已申报目标项目 ≥ 0 项", "ZJ8081",
    ),
    "a check the wrong way round": ("7-costs.zj", "应有 三公经费支出 ≤ 三公经费预算", "应有 三公经费支出 ≥ 三公经费预算", "ZJ8083"),
    "a date written beside its parameter": (
        "4-management.zj", "自评报送日 不晚于 自评报送期限", "自评报送日 不晚于 次年5月30日", "ZJ8071",
    ),
    "a date of one year": ("0-book.zj", "= 次年5月30日", "= 2026-05-30", "ZJ8073"),
    "a Saturday that nobody speaks of": (
        "0-book.zj", '  说明 "2026-05-30 是星期六；没有见到遇休息日顺延的规定，所以不顺延"\n', "", "ZJ8074",
    ),
    "a parameter left behind": ("7-costs.zj", "日常公用经费调整预算 × 重大差异界线", "日常公用经费调整预算 × 10%", "ZJ8069"),
    "brackets of a document number": ("0-book.zj", "《湛财绩〔2025〕2号》", "《湛财绩[2025]2号》", "ZJ8075"),
    "an amount in another unit": ("6-assets.zj", "事实 应上缴收益 : 金额 ≥ 0 元", "事实 应上缴收益 : 金额 ≥ 0 万元", "ZJ8047"),
    "an amount that may be negative": ("6-assets.zj", "事实 应上缴收益 : 金额 ≥ 0 元", "事实 应上缴收益 : 金额", "ZJ8046"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "codes"), PLANTED.values(), ids=PLANTED)
def test_a_planted_defect_is_found_and_nothing_else(file: str, old: str, new: str, codes: str) -> None:
    texts = {path.name: path.read_text("utf-8") for path in sorted(BOOK.glob("*.zj"))}
    assert texts[file].count(old) == 1
    texts[file] = texts[file].replace(old, new)
    book, told = book_of([Source(name, text) for name, text in texts.items()])
    assert book is not None, [d.message for d in told]
    assert {d.code.number for d in lint(book)} == set(codes.split())
