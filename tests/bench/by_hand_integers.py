"""The 2025 book once more by hand, in integers: a number is a pair (numerator, denominator), a score a number of cents.

What the compiled rules are measured against, written as one would write it for speed: no Fraction, no object for a unit,
facts and rows as tuples in the order of the names below. Dates, counts and truths are plain integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd
from typing import Any

WHOLE = (
    "编制符合职责与部署 项目间分配合理 项目库储备细化 科目分类准确 预决算无重大差异 应申报目标项目 已申报目标项目 不合规问题数 存在截留挤占挪用 "
    "预算公开日 预算批复日 上年决算公开日 上年决算批复日 公开问题数 预决算均已公开 绩效目标已公开 公开目标与批复一致 报告已公开且一致 数据表已公开且一致 "
    "评分表已公开且一致 有目标管理制度 有监控制度 有评价制度 有结果应用制度 绩效职责分工明确 自评报送日 复核差错数 项目过程规范 项目监管有力 有采购内控制度 "
    "投诉成立或处罚数 卖场订单数 已评价订单数 有食堂 有出租出借处置 年报差错数 核实问题均已说明 有资产管理制度 账账相符 出租出借处置规范 资产超标项数 "
    "年内盘点次数 资产问题数 有满意度调查资料"
).split()
MONEY = (
    "整体目标得分 年初预算数 预算调剂额 年中追加额 上级转移支付追加 政策性增支追加 大额预留中小企业额 小额采购额 大额采购额 小额预留中小企业额 "
    "大额预留小微企业额 食材预留额 食材采购额 应上缴收益 按时上缴收益 固定资产原值 在用固定资产原值 日常公用经费决算 日常公用经费调整预算 三公经费支出 "
    "三公经费预算 支出合计 调整预算数"
).split()
COLUMNS = {
    "采购项目": "依法免予公开 已公开意向 采购活动开始日 意向公开日".split(),
    "采购合同": "已签订 签订日 中标通知日 已备案 备案日".split(),
    "绩效目标": "类别 指标性质 权重 定性系数 完成值 目标值".split(),
}
PAIRED = frozenset("权重 定性系数 完成值 目标值".split())
Row = tuple[Any, ...]
Pair = tuple[int, int]


def flat(
    values: Mapping[str, Any], ledgers: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[Row, dict[str, tuple[Row, ...]]]:
    """Return the facts and rows as the functions take them."""
    numbers = [values[n] for n in MONEY]
    facts = (*(int(values[n]) for n in WHOLE), *(x for v in numbers for x in (v.numerator, v.denominator)))
    return facts, {n: tuple(_row(row, n) for row in rows) for n, rows in ledgers.items() if n in COLUMNS}


def _row(row: Mapping[str, Any], ledger: str) -> Row:
    cells: list[Any] = []
    for name in COLUMNS[ledger]:
        value = row.get(name)
        if name in PAIRED:
            cells += (value.numerator, value.denominator) if value is not None else (None, None)
        else:
            cells.append(int(value) if isinstance(value, Fraction) else value)
    return tuple(cells)


def cents(above: int, below: int) -> int:
    return (200 * above + below) // (2 * below)


def share(a: int, ad: int, b: int, bd: int, points: int) -> int:
    """Return points × (a ÷ b, within 0 and 1) in cents; b is above 0."""
    above, below = a * bd, ad * b
    if above >= below:
        return 100 * points
    return (200 * points * above + below) // (2 * below) if above > 0 else 0


def bound(o: int, od: int, m: int, md: int, a: int, ad: int, t: int, td: int, p: int, pd: int) -> int:
    """Return (1 - 调剂率) × 4 × 60% + (1 - 追加率) × 4 × 40%."""
    u, v = m * od, md * o
    u = min(u, v)
    left, below = a * td - t * ad, ad * td
    left, below = left * pd - p * below, below * pd
    x, y = left * od, below * o
    x = 0 if x < 0 else min(x, y)
    return cents(24 * (v - u) * y + 16 * (y - x) * v, 10 * v * y)


def goals(rows: tuple[Row, ...]) -> list[int]:
    """Return 产出, 效益 and 满意度: the sum of weight × how far the goal was reached, within the points."""
    sums = {"产出": (0, 1), "效益": (0, 1), "满意度": (0, 1)}
    for kind, nature, w, wd, q, qd, v, vd, g, gd in rows:
        if nature == "定性":
            above, below = q, qd
        elif nature == "=":
            above, below = int(v * gd == g * vd), 1
        elif nature == "≥":
            above, below = (min(max(v * gd, 0), vd * g), vd * g) if g > 0 else (0, 1)
        else:
            above, below = (min(max(g * vd, 0), gd * v), gd * v) if v > 0 else (1, 1)
        n, d = sums[kind]
        above, below = above * w, below * wd
        part = below // gcd(d, below)
        sums[kind] = n * part + above * (d * part // below), d * part
    return [
        100 * most if n >= most * d else cents(n, d) if n > 0 else 0
        for (n, d), most in zip(sums.values(), (20, 15, 5), strict=True)
    ]


def procurement(projects: tuple[Row, ...], contracts: tuple[Row, ...], working: Sequence[int]) -> tuple[int, int, int]:
    """Return 意向公开, 合同签订 and 合同备案."""
    open_ = early = signed = prompt = filed = 0
    for exempt, published, start, day in projects:
        if not exempt:
            open_ += 1
            if published and start - day >= 30:
                early += 1
    for is_signed, day, notice, is_filed, filing in contracts:
        if is_signed:
            signed += 1
            if day - notice <= 30:
                prompt += 1
            if is_filed and bisect_right(working, filing) - bisect_right(working, day) <= 7:
                filed += 1
    return (
        cents(2 * early, open_) if open_ else 200,
        cents(prompt, len(contracts)) if contracts else 100,
        cents(filed, signed) if signed else 100,
    )


def scores(
    facts: Row, ledgers: Mapping[str, tuple[Row, ...]], deadline: int, working: Sequence[int]
) -> tuple[list[int], int]:
    """Return the score of every indicator in cents, in the order of the book, and the total."""
    (fits, fair, stored, sorted_, close, due, asked, wrong, taken, opened, approved, last_opened, last_approved, faults,
     both, goals_open, goals_same, r1, r2, r3, m1, m2, m3, m4, m5, sent, slips, tidy, watched, inner, complaints, orders,
     rated, canteen, letting, report_slips, explained, a1, a2, let_well, over, counted, asset_faults, surveyed,
     g, gd, o, od, m, md, a, ad, t, td, p, pd, big, bigd, small, smalld, large, larged, sme, smed, micro, microd, food, foodd,
     bought, boughtd, income, incomed, paid, paidd, fixed, fixedd, used, usedd, daily, dailyd, planned, plannedd, three, threed,
     three_plan, three_pland, spent, spentd, budget, budgetd) = facts  # fmt: skip
    ready = r1 + r2 + r3
    late = opened > approved + 20 or last_opened > last_approved + 20
    on_time = 100 - 20 * max(sent - deadline, 0)
    reserved = (small == 0 and large == 0) or (
        sme * smalld >= small * smed and big * larged * 10 >= large * bigd * 3 and micro * bigd * 10 >= big * microd * 6
    )
    buying = 100 * reserved + (50 if orders == 0 or rated >= orders else cents(rated, 2 * orders))
    buying += 50 if not canteen or food * boughtd * 10 >= bought * foodd else 0
    x, y = used * fixedd, usedd * fixed
    rate = 200 if not fixed or 10 * x >= 9 * y else 150 if 4 * x >= 3 * y else 100 if 10 * x >= 6 * y else 0
    intent, sign, file = procurement(ledgers["采购项目"], ledgers["采购合同"], working)
    out, good, pleased = goals(ledgers["绩效目标"])
    found = [
        50 * fits + 50 * fair + 100 * stored + 50 * sorted_ + 50 * close,
        cents((min(asked, due)) * gd + g * due, due * gd) if due else cents(gd + g, gd),
        bound(o, od, m, md, a, ad, t, td, p, pd),
        max(400 - 100 * wrong - 400 * taken, 0),
        max(300 - 50 * faults - 100 * late - (0 if both else 300), 0),
        50 * goals_open + 50 * (goals_open and goals_same),
        100 if ready == 3 else 50 if ready == 2 else 0,
        50 * (m1 + m2 + m3 + m4) + 100 * m5,
        max(on_time, 0) + max(200 - 50 * slips, 0) + 100 * tidy + 100 * watched,
        intent, 100 * inner, max(200 - 100 * complaints, 0), sign, file, buying,
        max(200 - 50 * over, 0),
        100 if not letting or income == 0 else share(paid, paidd, income, incomed, 1),
        100 * (counted >= 1),
        max(100 - 20 * report_slips, 0) + 100 * explained,
        max(50 * a1 + 50 * a2 + 100 * (not letting or let_well) - 50 * asset_faults, 0),
        rate,
        300 * (daily * plannedd <= planned * dailyd),
        200 * (three * three_pland <= three_plan * threed),
        out, good, pleased if surveyed else 0, share(spent, spentd, budget, budgetd, 10),
    ]  # fmt: skip
    return found, sum(found)
