"""The 2025 book written out in Python with fractions.Fraction, for one department whose facts are all there.

What the engine is measured against, and what it must agree with. No trace, no units, no missing facts, no messages.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any

F = Fraction
ZERO, ONE = F(0), F(1)
Values = Mapping[str, Any]
Rows = Sequence[Mapping[str, Any]]


def clamp(x: Fraction, low: Fraction = ZERO, high: Fraction = ONE) -> Fraction:
    return min(max(x, low), high)


def cents(x: Fraction) -> Fraction:
    return F(floor(x * 100 + F(1, 2)), 100)


def ticks(v: Values, *items: tuple[str, Fraction]) -> Fraction:
    return sum((points for name, points in items if v[name]), ZERO)


def budgeting(v: Values) -> list[Fraction]:
    half = F(1, 2)
    first = ticks(v, ("编制符合职责与部署", half), ("项目间分配合理", half), ("项目库储备细化", ONE), ("科目分类准确", half),
                  ("预决算无重大差异", half))  # fmt: skip
    asked = v["应申报目标项目"]
    share = ONE if asked == 0 else clamp(v["已申报目标项目"] / asked)
    return [first, share + v["整体目标得分"]]


def execution(v: Values) -> list[Fraction]:
    base = v["年初预算数"]
    moved = clamp(v["预算调剂额"] / base)
    added = clamp((v["年中追加额"] - v["上级转移支付追加"] - v["政策性增支追加"]) / base)
    bound = (1 - moved) * 4 * F(6, 10) + (1 - added) * 4 * F(4, 10)
    clean = max(4 - v["不合规问题数"] - (4 if v["存在截留挤占挪用"] else 0), ZERO)
    return [bound, clean]


def disclosure(v: Values) -> list[Fraction]:
    late = v["预算公开日"] > v["预算批复日"] + 20 or v["上年决算公开日"] > v["上年决算批复日"] + 20
    taken = v["公开问题数"] * F(1, 2) + (1 if late else 0) + (0 if v["预决算均已公开"] else 3)
    goals = F(1, 2) * v["绩效目标已公开"] + F(1, 2) * (v["绩效目标已公开"] and v["公开目标与批复一致"])
    ready = sum(v[n] for n in ("报告已公开且一致", "数据表已公开且一致", "评分表已公开且一致"))
    return [max(3 - taken, ZERO), goals, {3: ONE, 2: F(1, 2)}.get(ready, ZERO)]


def management(v: Values, deadline: int) -> list[Fraction]:
    half = F(1, 2)
    rules = ticks(v, ("有目标管理制度", half), ("有监控制度", half), ("有评价制度", half), ("有结果应用制度", half),
                  ("绩效职责分工明确", ONE))  # fmt: skip
    on_time = max(1 - max(v["自评报送日"] - deadline, ZERO) * F(2, 10), ZERO)
    quality = max(2 - v["复核差错数"] * half, ZERO)
    return [rules, on_time + quality + F(v["项目过程规范"]) + F(v["项目监管有力"])]


def procurement(v: Values, projects: Rows, contracts: Rows, working: Sequence[int]) -> list[Fraction]:
    open_ = [p for p in projects if not p["依法免予公开"]]
    early = [p for p in open_ if p["已公开意向"] and p["采购活动开始日"] - p["意向公开日"] >= 30]
    intent = 2 * F(len(early), len(open_)) if open_ else F(2)
    signed = [c for c in contracts if c["已签订"]]
    prompt = [c for c in signed if c["签订日"] - c["中标通知日"] <= 30]
    filed = [c for c in signed if c["已备案"]
             and bisect_right(working, c["备案日"]) - bisect_right(working, c["签订日"]) <= 7]  # fmt: skip
    sign = F(len(prompt), len(contracts)) if contracts else ONE
    file = F(len(filed), len(signed)) if signed else ONE
    return [intent, F(v["有采购内控制度"]), max(2 - v["投诉成立或处罚数"], ZERO), sign, file, policy(v)]


def policy(v: Values) -> Fraction:
    big = v["大额预留中小企业额"]
    none = v["小额采购额"] == 0 and v["大额采购额"] == 0
    reserved = none or (
        v["小额预留中小企业额"] >= v["小额采购额"]
        and big >= v["大额采购额"] * F(3, 10)
        and v["大额预留小微企业额"] >= big * F(6, 10)
    )
    orders = v["卖场订单数"]
    rated = F(1, 2) * (ONE if orders == 0 else clamp(v["已评价订单数"] / orders))
    food = F(1, 2) if not v["有食堂"] or v["食材预留额"] >= v["食材采购额"] * F(1, 10) else ZERO
    return F(reserved) + rated + food


def assets(v: Values) -> list[Fraction]:
    due = v["应上缴收益"]
    paid = ONE if not v["有出租出借处置"] or due == 0 else clamp(v["按时上缴收益"] / due)
    report = max(1 - v["年报差错数"] * F(2, 10), ZERO) + F(v["核实问题均已说明"])
    sound = F(1, 2) * v["有资产管理制度"] + F(1, 2) * v["账账相符"]
    sound += F(not v["有出租出借处置"] or v["出租出借处置规范"])
    whole = v["固定资产原值"]
    used = v["在用固定资产原值"] / whole if whole else ONE
    rate = F(2) if used >= F(9, 10) else F(3, 2) if used >= F(3, 4) else ONE if used >= F(6, 10) else ZERO
    return [
        max(2 - v["资产超标项数"] * F(1, 2), ZERO), paid, F(v["年内盘点次数"] >= 1), report,
        max(sound - v["资产问题数"] * F(1, 2), ZERO), rate,
    ]  # fmt: skip


def effects(v: Values, goals: Rows) -> list[Fraction]:
    def done(row: Mapping[str, Any]) -> Fraction:
        if row["指标性质"] == "定性":
            return F(row["定性系数"])
        value, goal = row["完成值"], row["目标值"]
        if row["指标性质"] == "=":
            return F(value == goal)
        if row["指标性质"] == "≥":
            return clamp(value / goal) if goal > 0 else ZERO
        return clamp(goal / value) if value > 0 else ONE

    out, good, pleased = (
        clamp(sum((row["权重"] * done(row) for row in goals if row["类别"] == kind), ZERO), ZERO, F(most))
        for kind, most in (("产出", 20), ("效益", 15), ("满意度", 5))
    )
    return [out, good, pleased if v["有满意度调查资料"] else ZERO, 10 * clamp(v["支出合计"] / v["调整预算数"])]


def scores(v: Values, ledgers: Mapping[str, Rows], deadline: int, working: Sequence[int]) -> list[Fraction]:
    """Return the score of every indicator, in the order of the book, rounded to cents."""
    costs = [
        F(3 * (v["日常公用经费决算"] <= v["日常公用经费调整预算"])),
        F(2 * (v["三公经费支出"] <= v["三公经费预算"])),
    ]
    found = [
        *budgeting(v), *execution(v), *disclosure(v), *management(v, deadline),
        *procurement(v, ledgers["采购项目"], ledgers["采购合同"], working), *assets(v), *costs,
        *effects(v, ledgers["绩效目标"]),
    ]  # fmt: skip
    return [cents(x) for x in found]
