"""The 2025 book by hand with Python's Decimal (28 digits), one department at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import polars as pl
from peers.contest import Context
from peers.rows import Row, rows

D = Decimal
ZERO, HALF, ONE, CENT = D(0), D("0.5"), D(1), D("0.01")
MOST = 2000


def cents(x: Decimal) -> Decimal:
    return x.quantize(CENT, ROUND_HALF_UP)


def clamp(x: Decimal, high: Decimal = ONE) -> Decimal:
    return min(max(x, ZERO), high)


def share(part: Decimal, whole: Decimal) -> Decimal:
    return clamp(part / whole) if whole else ONE


def ticks(v: Row, points: Decimal, *names: str) -> Decimal:
    return points * sum(1 for name in names if v[name])


def budgeting(v: Row) -> list[Decimal]:
    first = ticks(v, HALF, "编制符合职责与部署", "项目间分配合理", "科目分类准确", "预决算无重大差异")
    return [first + v["项目库储备细化"], share(v["已申报目标项目"], v["应申报目标项目"]) + v["整体目标得分"]]


def execution(v: Row) -> list[Decimal]:
    base = v["年初预算数"]
    moved = clamp(v["预算调剂额"] / base)
    added = clamp((v["年中追加额"] - v["上级转移支付追加"] - v["政策性增支追加"]) / base)
    bound = (1 - moved) * 4 * D("0.6") + (1 - added) * 4 * D("0.4")
    return [bound, max(4 - v["不合规问题数"] - (4 if v["存在截留挤占挪用"] else 0), ZERO)]


def disclosure(v: Row) -> list[Decimal]:
    late = v["预算公开日"] > v["预算批复日"] + 20 or v["上年决算公开日"] > v["上年决算批复日"] + 20
    taken = v["公开问题数"] * HALF + late + (0 if v["预决算均已公开"] else 3)
    goals = HALF * v["绩效目标已公开"] + HALF * (v["绩效目标已公开"] and v["公开目标与批复一致"])
    ready = sum(v[n] for n in ("报告已公开且一致", "数据表已公开且一致", "评分表已公开且一致"))
    return [max(3 - taken, ZERO), goals, {3: ONE, 2: HALF}.get(ready, ZERO)]


def management(v: Row, deadline: int) -> list[Decimal]:
    rules = ticks(v, HALF, "有目标管理制度", "有监控制度", "有评价制度", "有结果应用制度") + v["绩效职责分工明确"]
    on_time = max(1 - max(v["自评报送日"] - deadline, ZERO) * D("0.2"), ZERO)
    quality = max(2 - v["复核差错数"] * HALF, ZERO)
    return [rules, on_time + quality + v["项目过程规范"] + v["项目监管有力"]]


def procurement(v: Row, days: list[int]) -> list[Decimal]:
    projects, contracts = v["采购项目"], v["采购合同"]
    open_ = [p for p in projects if not p["依法免予公开"]]
    early = [p for p in open_ if p["已公开意向"] and p["采购活动开始日"] - p["意向公开日"] >= 30]
    signed = [c for c in contracts if c["已签订"]]
    prompt = [c for c in signed if c["签订日"] - c["中标通知日"] <= 30]
    filed = [
        c for c in signed if c["已备案"] and bisect_right(days, c["备案日"]) - bisect_right(days, c["签订日"]) <= 7
    ]
    return [
        2 * share(D(len(early)), D(len(open_))),
        D(v["有采购内控制度"]),
        max(2 - v["投诉成立或处罚数"], ZERO),
        share(D(len(prompt)), D(len(contracts))),
        share(D(len(filed)), D(len(signed))),
        policy(v),
    ]


def policy(v: Row) -> Decimal:
    small, large, big = v["小额采购额"], v["大额采购额"], v["大额预留中小企业额"]
    reserved = (small == 0 and large == 0) or (
        v["小额预留中小企业额"] >= small and big >= large * D("0.3") and v["大额预留小微企业额"] >= big * D("0.6")
    )
    blank = v["食材采购额·不适用"] or v["食材预留额·不适用"]
    fed = not v["有食堂"] or (not blank and v["食材预留额"] >= v["食材采购额"] * D("0.1"))
    return D(reserved) + HALF * share(v["已评价订单数"], v["卖场订单数"]) + HALF * fed


def assets(v: Row) -> list[Decimal]:
    letting, whole = v["有出租出借处置"], v["固定资产原值"]
    paid = share(v["按时上缴收益"], v["应上缴收益"]) if letting else ONE
    sound = ticks(v, HALF, "有资产管理制度", "账账相符") + (not letting or v["出租出借处置规范"])
    used = v["在用固定资产原值"] / whole if whole else ONE
    rate = D(2) if used >= D("0.9") else D("1.5") if used >= D("0.75") else ONE if used >= D("0.6") else ZERO
    return [
        max(2 - v["资产超标项数"] * HALF, ZERO),
        paid,
        D(v["年内盘点次数"] >= 1),
        max(1 - v["年报差错数"] * D("0.2"), ZERO) + v["核实问题均已说明"],
        max(sound - v["资产问题数"] * HALF, ZERO),
        rate,
    ]


def done(row: Row) -> Decimal:
    if row["指标性质"] == "定性":
        return D(row["定性系数"])
    value, goal = row["完成值"], row["目标值"]
    if row["指标性质"] == "=":
        return D(value == goal)
    if row["指标性质"] == "≥":
        return clamp(value / goal) if goal > 0 else ZERO
    return clamp(goal / value) if value > 0 else ONE


def effects(v: Row) -> list[Decimal]:
    out, good, pleased = (
        clamp(sum((row["权重"] * done(row) for row in v["绩效目标"] if row["类别"] == kind), ZERO), D(most))
        for kind, most in (("产出", 20), ("效益", 15), ("满意度", 5))
    )
    return [out, good, pleased if v["有满意度调查资料"] else ZERO, 10 * share(v["支出合计"], v["调整预算数"])]


def scores(v: Row, deadline: int, days: list[int]) -> list[Decimal]:
    """Return the score of every indicator, and the total."""
    costs = [
        D(3 * (v["日常公用经费决算"] <= v["日常公用经费调整预算"])),
        D(2 * (v["三公经费支出"] <= v["三公经费预算"])),
    ]
    found = [
        *budgeting(v), *execution(v), *disclosure(v), *management(v, deadline), *procurement(v, days), *assets(v),
        *costs, *effects(v),
    ]  # fmt: skip
    rounded = [cents(x) for x in found]
    return [*rounded, cents(sum(rounded, ZERO))]


def prepared(frame: pl.DataFrame, context: Context) -> Callable[[], Any]:
    """Return the job that scores all departments."""
    ready = rows(frame, Decimal)

    def job() -> Any:
        return np.array([scores(row, context.deadline, context.days) for row in ready]).T

    return job
