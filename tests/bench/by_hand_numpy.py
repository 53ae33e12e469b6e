"""The 2025 book by hand in numpy and float64, a whole column at a time: as a good data engineer writes it for speed.

Right up to what floats do at thresholds and ties. Facts must be there, or 不适用; no intervals, no messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from arrays import OPTIONS, ROW, Arrays, arrays, workdays
from numpy.typing import NDArray
from peers.contest import Context

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
KINDS = OPTIONS["类别"]
AT_LEAST, AT_MOST, EQUAL, JUDGED = range(4)


def scores(v: Arrays, deadline: int, counted: NDArray[np.int64], first: int, slack: float = 0.0) -> Floats:
    """Return one row for each indicator and, last, the total, in points.

    deadline and first are days since 1970; counted is how many working days there are up to each day from first on.
    slack: how much each threshold and each rounding is moved in the department's favour, relative to what is compared.
    """
    n = len(v["年初预算数"])
    out = np.empty((28, n))
    with np.errstate(divide="ignore", invalid="ignore"):
        out[0:2] = budgeting(v)
        out[2:4] = execution(v)
        out[4:7] = disclosure(v)
        out[7:9] = management(v, deadline)
        out[9:15] = procurement(v, counted, first, slack)
        out[15:21] = assets(v, slack)
        out[21] = 3.0 * (v["日常公用经费决算"] <= v["日常公用经费调整预算"])
        out[22] = 2.0 * (v["三公经费支出"] <= v["三公经费预算"])
        out[23:27] = effects(v, n)
    cents(out[:27], slack)
    np.sum(out[:27], axis=0, out=out[27])
    cents(out[27], slack)
    return out


def prepared(frame: pl.DataFrame, context: Context, slack: float = 0.0) -> Callable[[], Floats]:
    """Return the job that scores all departments of a frame, as a contestant (peers/contest.py)."""
    found = arrays(frame)
    counted, first = workdays(context.days)
    return lambda: scores(found, context.deadline, counted, first, slack)


def cents(x: Floats, slack: float) -> None:
    """Round to cents in place, halves up."""
    x *= 100
    x += 0.5 + 100 * slack
    np.floor(x, out=x)
    x /= 100


def share(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """Return part ÷ whole within 0 and 1, and 1 where there is no whole."""
    found: Floats = np.clip(part / whole, 0.0, 1.0)
    found[whole == 0] = 1.0
    return found


def ticks(v: Arrays, points: float, *names: str) -> Floats:
    found = np.zeros(len(v[names[0]]), dtype=np.int8)
    for name in names:
        found += v[name]
    return np.multiply(found, points, dtype=np.float64)


def less(most: Any, taken: Any) -> Floats:
    """Return what is left of points after deductions, not below 0."""
    return np.asarray(np.maximum(most - taken, 0.0))


def budgeting(v: Arrays) -> tuple[Floats, Floats]:
    first = ticks(v, 0.5, "编制符合职责与部署", "项目间分配合理", "科目分类准确", "预决算无重大差异")
    return first + v["项目库储备细化"], share(v["已申报目标项目"], v["应申报目标项目"]) + v["整体目标得分"]


def execution(v: Arrays) -> tuple[Floats, Floats]:
    base = v["年初预算数"]
    moved = np.clip(v["预算调剂额"] / base, 0.0, 1.0)
    added = np.clip((v["年中追加额"] - v["上级转移支付追加"] - v["政策性增支追加"]) / base, 0.0, 1.0)
    return (1 - moved) * 4 * 0.6 + (1 - added) * 4 * 0.4, less(4, v["不合规问题数"] + 4 * v["存在截留挤占挪用"])


def disclosure(v: Arrays) -> tuple[Floats, Floats, Floats]:
    late = (v["预算公开日"] > v["预算批复日"] + 20) | (v["上年决算公开日"] > v["上年决算批复日"] + 20)
    taken = 0.5 * v["公开问题数"] + late + 3 * ~v["预决算均已公开"]
    goals = 0.5 * v["绩效目标已公开"] + 0.5 * (v["绩效目标已公开"] & v["公开目标与批复一致"])
    ready = ticks(v, 1, "报告已公开且一致", "数据表已公开且一致", "评分表已公开且一致")
    return less(3, taken), goals, np.maximum(0.5 * (ready - 1), 0.0)


def management(v: Arrays, deadline: int) -> tuple[Floats, Floats]:
    rules = ticks(v, 0.5, "有目标管理制度", "有监控制度", "有评价制度", "有结果应用制度")
    on_time = less(1, 0.2 * np.maximum(v["自评报送日"] - deadline, 0))
    quality = less(2, 0.5 * v["复核差错数"])
    return rules + v["绩效职责分工明确"], on_time + quality + v["项目过程规范"] + v["项目监管有力"]


def counts(rows: Mask, starts: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return how many of some rows each unit has; starts are where the rows of each unit begin."""
    passed = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum(rows, out=passed[1:])
    return np.diff(passed[starts])


def procurement(v: Arrays, counted: NDArray[np.int64], first: int, slack: float) -> tuple[Floats, ...]:
    starts = v["采购项目"]
    open_ = ~v["采购项目.依法免予公开"]
    early = open_ & v["采购项目.已公开意向"] & (v["采购项目.采购活动开始日"] - v["采购项目.意向公开日"] >= 30)
    intent = 2 * share(counts(early, starts), counts(open_, starts))
    starts, signed, day = v["采购合同"], v["采购合同.已签订"], v["采购合同.签订日"]
    prompt = signed & (day - v["采购合同.中标通知日"] <= 30)
    # Rows without a date read the first day of the calendar, and are left out by the masks.
    taken = counted.take(v["采购合同.备案日"] - first, mode="clip") - counted.take(day - first, mode="clip")
    filed = signed & v["采购合同.已备案"] & (taken <= 7)
    return (
        intent, v["有采购内控制度"].astype(float), less(2, v["投诉成立或处罚数"]),
        share(counts(prompt, starts), np.diff(starts)), share(counts(filed, starts), counts(signed, starts)), policy(v, 1 - slack),
    )  # fmt: skip


def policy(v: Arrays, ease: float) -> Floats:
    small, large, big = v["小额采购额"], v["大额采购额"], v["大额预留中小企业额"]
    reserved = (
        (v["小额预留中小企业额"] >= small)
        & (big >= large * (0.3 * ease))
        & (v["大额预留小微企业额"] >= big * (0.6 * ease))
    )
    reserved |= (small == 0) & (large == 0)
    blank = v["食材采购额·不适用"] | v["食材预留额·不适用"]
    food = ~v["有食堂"] | (~blank & (v["食材预留额"] >= v["食材采购额"] * (0.1 * ease)))
    return reserved + 0.5 * share(v["已评价订单数"], v["卖场订单数"]) + 0.5 * food


def assets(v: Arrays, slack: float) -> tuple[Floats, ...]:
    letting = v["有出租出借处置"]
    paid = np.where(letting, share(v["按时上缴收益"], v["应上缴收益"]), 1.0)
    sound = ticks(v, 0.5, "有资产管理制度", "账账相符") + (~letting | v["出租出借处置规范"])
    whole = v["固定资产原值"]
    used = v["在用固定资产原值"] / whole
    rate = 0.5 * (used >= 0.9 - slack) + 0.5 * (used >= 0.75 - slack) + (used >= 0.6 - slack)
    return (
        less(2, 0.5 * v["资产超标项数"]), paid, (v["年内盘点次数"] >= 1).astype(float),
        less(1, 0.2 * v["年报差错数"]) + v["核实问题均已说明"], less(sound, 0.5 * v["资产问题数"]),
        np.where(whole == 0, 2.0, rate),
    )  # fmt: skip


def reached(v: Arrays) -> Floats:
    """Return how far each goal was reached, within 0 and 1."""
    nature, value, goal = v["绩效目标.指标性质"], v["绩效目标.完成值"], v["绩效目标.目标值"]
    up = np.fmin(np.fmax(value / goal, 0.0), 1.0) * (goal > 0)
    down = np.maximum(np.fmin(np.fmax(goal / value, 0.0), 1.0), value <= 0)
    # Sums of masked terms: branches on random masks cost more. fmin and fmax turn 0 ÷ 0 into a number.
    found = (nature == AT_LEAST) * up + (nature == AT_MOST) * down + (nature == EQUAL) * (value == goal)
    return np.asarray(found + (nature == JUDGED) * v["绩效目标.定性系数"])


def effects(v: Arrays, n: int) -> tuple[Floats, ...]:
    place = v[f"绩效目标{ROW}"] * len(KINDS) + v["绩效目标.类别"]
    points = np.bincount(place, v["绩效目标.权重"] * reached(v), minlength=n * len(KINDS)).reshape(n, len(KINDS))
    out, good, pleased = np.minimum(points[:, :3], (20.0, 15.0, 5.0)).T
    spent = 10 * np.clip(v["支出合计"] / v["调整预算数"], 0.0, 1.0)
    return out, good, pleased * v["有满意度调查资料"], spent
