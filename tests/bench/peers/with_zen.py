"""The 2025 book in ZEN expressions (GoRules), by zen-engine: one expression node whose rows are the indicators and the total.

ZEN computes in decimals of 28 digits. It has no calendar, so that the working days from signing to filing are handed in.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import zen
from peers.contest import Context
from peers.rows import Names, rows, with_workdays

MOST = 2000


def tick(points: float, *facts: str) -> str:
    return " + ".join(f"(({fact}) ? {points} : 0)" for fact in facts)


def less(most: str, taken: str) -> str:
    return f"max([{most} - ({taken}), 0])"


def share(part: str, whole: str) -> str:
    return f"({whole} == 0 ? 1 : min([{part} / {whole}, 1]))"


def rate(part: str) -> str:
    """Return part ÷ 年初预算数 within 0 and 1."""
    return f"max([min([{part} / 年初预算数, 1]), 0])"


def counted(ledger: str, test: str) -> str:
    return f"count({ledger}, {test})"


def reached(kind: str, most: int) -> str:
    """Return the points of the goals of one kind."""
    up = "(#.目标值 <= 0 ? 0 : max([min([#.完成值 / #.目标值, 1]), 0]))"
    down = "(#.完成值 <= 0 ? 1 : max([min([#.目标值 / #.完成值, 1]), 0]))"
    same = "(#.完成值 == #.目标值 ? 1 : 0)"
    done = f"(#.指标性质 == '定性' ? #.定性系数 : #.指标性质 == '≥' ? {up} : #.指标性质 == '≤' ? {down} : {same})"
    return f"min([sum(map(filter(绩效目标, #.类别 == '{kind}'), #.权重 * {done})), {most}])"


OPEN, SIGNED = "not #.依法免予公开", "#.已签订"
EARLY = f"{OPEN} and #.已公开意向 and #.采购活动开始日 - #.意向公开日 >= 30"
LATE = "预算公开日 > 预算批复日 + 20 or 上年决算公开日 > 上年决算批复日 + 20"
ADDED = "(年中追加额 - 上级转移支付追加 - 政策性增支追加)"
READY = f"({tick(1, '报告已公开且一致', '数据表已公开且一致', '评分表已公开且一致')})"
RESERVED = (
    "(小额采购额 == 0 and 大额采购额 == 0) or (小额预留中小企业额 >= 小额采购额 and 大额预留中小企业额 >= 大额采购额 * 0.3"
    " and 大额预留小微企业额 >= 大额预留中小企业额 * 0.6)"
)
FED = "not 有食堂 or (not 食材采购额·不适用 and not 食材预留额·不适用 and 食材预留额 >= 食材采购额 * 0.1)"
SOUND = tick(0.5, "有资产管理制度", "账账相符") + " + " + tick(1, "not 有出租出借处置 or 出租出借处置规范")
USED = "在用固定资产原值 / 固定资产原值"
SCORES = (
    tick(0.5, "编制符合职责与部署", "项目间分配合理", "科目分类准确", "预决算无重大差异")
    + " + "
    + tick(1, "项目库储备细化"),
    share("已申报目标项目", "应申报目标项目") + " + 整体目标得分",
    f"(1 - {rate('预算调剂额')}) * 4 * 0.6 + (1 - {rate(ADDED)}) * 4 * 0.4",
    less("4", f"不合规问题数 + {tick(4, '存在截留挤占挪用')}"),
    less("3", f"公开问题数 * 0.5 + {tick(1, LATE)} + {tick(3, 'not 预决算均已公开')}"),
    tick(0.5, "绩效目标已公开", "绩效目标已公开 and 公开目标与批复一致"),
    f"{READY} == 3 ? 1 : {READY} == 2 ? 0.5 : 0",
    tick(0.5, "有目标管理制度", "有监控制度", "有评价制度", "有结果应用制度") + " + " + tick(1, "绩效职责分工明确"),
    less("1", "max([自评报送日 - DEADLINE, 0]) * 0.2")
    + f" + {less('2', '复核差错数 * 0.5')} + {tick(1, '项目过程规范', '项目监管有力')}",
    f"2 * {share(counted('采购项目', EARLY), counted('采购项目', OPEN))}",
    tick(1, "有采购内控制度"),
    less("2", "投诉成立或处罚数"),
    share(counted("采购合同", f"{SIGNED} and #.签订日 - #.中标通知日 <= 30"), "len(采购合同)"),
    share(counted("采购合同", f"{SIGNED} and #.已备案 and #.备案工作日数 <= 7"), counted("采购合同", SIGNED)),
    f"{tick(1, RESERVED)} + 0.5 * {share('已评价订单数', '卖场订单数')} + {tick(0.5, FED)}",
    less("2", "资产超标项数 * 0.5"),
    f"not 有出租出借处置 ? 1 : {share('按时上缴收益', '应上缴收益')}",
    tick(1, "年内盘点次数 >= 1"),
    f"{less('1', '年报差错数 * 0.2')} + {tick(1, '核实问题均已说明')}",
    less(f"({SOUND})", "资产问题数 * 0.5"),
    f"固定资产原值 == 0 ? 2 : {USED} >= 0.9 ? 2 : {USED} >= 0.75 ? 1.5 : {USED} >= 0.6 ? 1 : 0",
    tick(3, "日常公用经费决算 <= 日常公用经费调整预算"),
    tick(2, "三公经费支出 <= 三公经费预算"),
    reached("产出", 20),
    reached("效益", 15),
    f"有满意度调查资料 ? {reached('满意度', 5)} : 0",
    f"10 * {share('支出合计', '调整预算数')}",
)


def graph(names: Names, deadline: int) -> dict[str, Any]:
    """Return the decision: input, one expression node, output."""
    texts = [names.text(s).replace("DEADLINE", str(deadline)) for s in SCORES]
    lines = [{"id": f"e{n}", "key": f"s{n:02}", "value": f"round({text}, 2)"} for n, text in enumerate(texts)]
    total = " + ".join(f"$.s{n:02}" for n in range(len(texts)))
    lines.append({"id": "total", "key": f"s{len(texts):02}", "value": f"round({total}, 2)"})
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "rules", "name": "rules", "type": "expressionNode", "content": {"expressions": lines}},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in (("in", "rules"), ("rules", "out"))
    ]
    return {"nodes": nodes, "edges": edges}


def prepared(frame: pl.DataFrame, context: Context) -> Callable[[], Any]:
    """Return the job that scores all departments."""
    found = with_workdays(rows(frame, float), context.days)
    names = Names(found[0])
    engine = zen.ZenEngine()
    decision = engine.create_decision(json.dumps(graph(names, context.deadline)))
    ready = [names.row(row) for row in found]
    keys = [f"s{n:02}" for n in range(28)]

    def job() -> Any:
        results = [decision.evaluate(row)["result"] for row in ready]
        return np.array([[r[k] for k in keys] for r in results]).T

    return job
