"""The 2025 book in CEL, by the Rust binding common-expression-language: one program that returns a list of scores.

CEL has no sum, so that what adds up the goals (产出, 效益, 满意度) is left out, and with it the total; it has no calendar, so
that the working days from signing to filing are handed in. It has neither min nor floor: conditions and int() do it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cel
import numpy as np
import polars as pl
from peers.contest import Context
from peers.rows import Names, rows, with_workdays

ONLY = tuple(n for n in range(28) if n not in (23, 24, 25, 27))
MOST = 2000


def tick(points: float, *facts: str) -> str:
    return " + ".join(f"({fact} ? {points} : 0.0)" for fact in facts)


def less(most: float, taken: str) -> str:
    return f"({taken} >= {most} ? 0.0 : {most} - ({taken}))"


def share(part: str, whole: str) -> str:
    return f"({whole} == 0.0 || {part} >= {whole} ? 1.0 : {part} / {whole})"


def rate(part: str) -> str:
    """Return part ÷ 年初预算数 within 0 and 1."""
    return f"({part} <= 0.0 ? 0.0 : {share(part, '年初预算数')})"


def counted(ledger: str, test: str) -> str:
    return f"double(size({ledger}.filter(r, {test})))"


OPEN, SIGNED = "!r.依法免予公开", "r.已签订"
EARLY = f"{OPEN} && r.已公开意向 && r.采购活动开始日 - r.意向公开日 >= 30.0"
LATE = "(预算公开日 > 预算批复日 + 20.0 || 上年决算公开日 > 上年决算批复日 + 20.0)"
ADDED = "(年中追加额 - 上级转移支付追加 - 政策性增支追加)"
READY = "[报告已公开且一致, 数据表已公开且一致, 评分表已公开且一致].filter(x, x).size()"
RESERVED = (
    "小额采购额 == 0.0 && 大额采购额 == 0.0 || 小额预留中小企业额 >= 小额采购额 && 大额预留中小企业额 >= 大额采购额 * 0.3"
    " && 大额预留小微企业额 >= 大额预留中小企业额 * 0.6"
)
FED = "!有食堂 || !食材采购额·不适用 && !食材预留额·不适用 && 食材预留额 >= 食材采购额 * 0.1"
SOUND = f"({tick(0.5, '有资产管理制度', '账账相符')} + (!有出租出借处置 || 出租出借处置规范 ? 1.0 : 0.0))"
FAULTY = "资产问题数 * 0.5"
USED = "在用固定资产原值 / 固定资产原值"
BANDS = f"{USED} >= 0.9 ? 2.0 : {USED} >= 0.75 ? 1.5 : {USED} >= 0.6 ? 1.0 : 0.0"
SCORES = (
    tick(0.5, "编制符合职责与部署", "项目间分配合理", "科目分类准确", "预决算无重大差异")
    + " + "
    + tick(1.0, "项目库储备细化"),
    share("已申报目标项目", "应申报目标项目") + " + 整体目标得分",
    f"(1.0 - {rate('预算调剂额')}) * 4.0 * 0.6 + (1.0 - {rate(ADDED)}) * 4.0 * 0.4",
    less(4.0, "(不合规问题数 + (存在截留挤占挪用 ? 4.0 : 0.0))"),
    less(3.0, f"(公开问题数 * 0.5 + {tick(1.0, LATE)} + {tick(3.0, '!预决算均已公开')})"),
    tick(0.5, "绩效目标已公开", "(绩效目标已公开 && 公开目标与批复一致)"),
    f"{READY} == 3 ? 1.0 : {READY} == 2 ? 0.5 : 0.0",
    tick(0.5, "有目标管理制度", "有监控制度", "有评价制度", "有结果应用制度") + " + " + tick(1.0, "绩效职责分工明确"),
    f"(自评报送日 <= DEADLINE ? 1.0 : {less(1.0, '(自评报送日 - DEADLINE) * 0.2')}) + {less(2.0, '复核差错数 * 0.5')} + "
    + tick(1.0, "项目过程规范", "项目监管有力"),
    f"2.0 * {share(counted('采购项目', EARLY), counted('采购项目', OPEN))}",
    tick(1.0, "有采购内控制度"),
    less(2.0, "投诉成立或处罚数"),
    share(counted("采购合同", f"{SIGNED} && r.签订日 - r.中标通知日 <= 30.0"), "double(size(采购合同))"),
    share(counted("采购合同", f"{SIGNED} && r.已备案 && r.备案工作日数 <= 7.0"), counted("采购合同", SIGNED)),
    f"({RESERVED} ? 1.0 : 0.0) + 0.5 * {share('已评价订单数', '卖场订单数')} + ({FED} ? 0.5 : 0.0)",
    less(2.0, "资产超标项数 * 0.5"),
    f"!有出租出借处置 ? 1.0 : {share('按时上缴收益', '应上缴收益')}",
    "年内盘点次数 >= 1.0 ? 1.0 : 0.0",
    f"{less(1.0, '年报差错数 * 0.2')} + {tick(1.0, '核实问题均已说明')}",
    f"{FAULTY} >= {SOUND} ? 0.0 : {SOUND} - {FAULTY}",
    f"固定资产原值 == 0.0 ? 2.0 : {BANDS}",
    "日常公用经费决算 <= 日常公用经费调整预算 ? 3.0 : 0.0",
    "三公经费支出 <= 三公经费预算 ? 2.0 : 0.0",
    f"10.0 * {share('支出合计', '调整预算数')}",
)


def prepared(frame: pl.DataFrame, context: Context) -> Callable[[], Any]:
    """Return the job that scores all departments."""
    found = with_workdays(rows(frame, float), context.days)
    names = Names(found[0])
    text = ", ".join(f"double(int(({names.text(s)}) * 100.0 + 0.5)) / 100.0" for s in SCORES)
    program = cel.compile(f"[{text.replace('DEADLINE', f'{context.deadline}.0')}]")
    ready = [cel.Context(variables=names.row(row)) for row in found]

    def job() -> Any:
        scores = np.zeros((28, len(ready)))
        scores[list(ONLY)] = np.array([program.execute(row) for row in ready]).T
        return scores

    return job
