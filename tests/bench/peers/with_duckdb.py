"""The 2025 book in SQL, by DuckDB: money as DECIMAL(18,2) in 元, which its division turns into DOUBLE; ledgers as lists of structs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Any

import duckdb
import polars as pl
from peers.contest import Context

FEN = "（分）"


def share(part: str, whole: str) -> str:
    return f"CASE WHEN {whole} = 0 THEN 1 ELSE greatest(least({part} / {whole}, 1), 0) END"


def rate(part: str) -> str:
    return f"greatest(least(({part}) / 年初预算数, 1), 0)"


def ticks(points: float, *facts: str) -> str:
    return f"{points} * (" + " + ".join(f"({fact})::INT" for fact in facts) + ")"


def less(most: str, taken: str) -> str:
    return f"greatest({most} - ({taken}), 0)"


def counted(ledger: str, test: str) -> str:
    return f"len(list_filter({ledger}, lambda r: {test}))"


def reached(kind: str, most: int) -> str:
    """Return the points of the goals of one kind."""
    up = "CASE WHEN r.目标值 <= 0 THEN 0 ELSE greatest(least(r.完成值 / r.目标值, 1), 0) END"
    down = "CASE WHEN r.完成值 <= 0 THEN 1 ELSE greatest(least(r.目标值 / r.完成值, 1), 0) END"
    done = (
        f"CASE r.指标性质 WHEN '定性' THEN r.定性系数::DOUBLE WHEN '≥' THEN {up} WHEN '≤' THEN {down}"
        " ELSE (r.完成值 = r.目标值)::INT::DOUBLE END"
    )
    rows = f"list_filter(绩效目标, lambda r: r.类别 = '{kind}')"
    return f"least(coalesce(list_sum(list_transform({rows}, lambda r: r.权重 * ({done}))), 0), {most})"


OPEN, SIGNED = "NOT r.依法免予公开", "r.已签订"
EARLY = f"{OPEN} AND r.已公开意向 AND r.采购活动开始日 - r.意向公开日 >= 30"
FILED = f"{SIGNED} AND r.已备案 AND 工作日[r.备案日 - 起] - 工作日[r.签订日 - 起] <= 7"
LATE = "预算公开日 > 预算批复日 + 20 OR 上年决算公开日 > 上年决算批复日 + 20"
READY = ticks(1, "报告已公开且一致", "数据表已公开且一致", "评分表已公开且一致")
RESERVED = (
    "小额采购额 = 0 AND 大额采购额 = 0 OR 小额预留中小企业额 >= 小额采购额 AND 大额预留中小企业额 >= 大额采购额 * 0.3"
    " AND 大额预留小微企业额 >= 大额预留中小企业额 * 0.6"
)
FED = 'NOT 有食堂 OR NOT "食材采购额·不适用" AND NOT "食材预留额·不适用" AND 食材预留额 >= 食材采购额 * 0.1'
SOUND = ticks(0.5, "有资产管理制度", "账账相符") + " + " + ticks(1, "NOT 有出租出借处置 OR 出租出借处置规范")
USED = "在用固定资产原值 / 固定资产原值"
SCORES = (
    ticks(0.5, "编制符合职责与部署", "项目间分配合理", "科目分类准确", "预决算无重大差异") + " + 项目库储备细化::INT",
    share("已申报目标项目", "应申报目标项目") + " + 整体目标得分",
    f"(1 - {rate('预算调剂额')}) * 4 * 0.6 + (1 - {rate('年中追加额 - 上级转移支付追加 - 政策性增支追加')}) * 4 * 0.4",
    less("4", "不合规问题数 + 4 * 存在截留挤占挪用::INT"),
    less("3", f"公开问题数 * 0.5 + ({LATE})::INT + 3 * (NOT 预决算均已公开)::INT"),
    ticks(0.5, "绩效目标已公开", "绩效目标已公开 AND 公开目标与批复一致"),
    f"CASE {READY} WHEN 3 THEN 1 WHEN 2 THEN 0.5 ELSE 0 END",
    ticks(0.5, "有目标管理制度", "有监控制度", "有评价制度", "有结果应用制度") + " + 绩效职责分工明确::INT",
    f"{less('1', 'greatest(自评报送日 - DEADLINE, 0) * 0.2')} + {less('2', '复核差错数 * 0.5')} + "
    + ticks(1, "项目过程规范", "项目监管有力"),
    f"2 * {share(counted('采购项目', EARLY), counted('采购项目', OPEN))}",
    "有采购内控制度::INT",
    less("2", "投诉成立或处罚数"),
    share(counted("采购合同", f"{SIGNED} AND r.签订日 - r.中标通知日 <= 30"), "len(采购合同)"),
    share(counted("采购合同", FILED), counted("采购合同", SIGNED)),
    f"({RESERVED})::INT + 0.5 * {share('已评价订单数', '卖场订单数')} + 0.5 * ({FED})::INT",
    less("2", "资产超标项数 * 0.5"),
    f"CASE WHEN NOT 有出租出借处置 THEN 1 ELSE {share('按时上缴收益', '应上缴收益')} END",
    "(年内盘点次数 >= 1)::INT",
    f"{less('1', '年报差错数 * 0.2')} + 核实问题均已说明::INT",
    less(f"({SOUND})", "资产问题数 * 0.5"),
    f"CASE WHEN 固定资产原值 = 0 THEN 2 WHEN {USED} >= 0.9 THEN 2 WHEN {USED} >= 0.75 THEN 1.5 WHEN {USED} >= 0.6 THEN 1 ELSE 0 END",
    "3 * (日常公用经费决算 <= 日常公用经费调整预算)::INT",
    "2 * (三公经费支出 <= 三公经费预算)::INT",
    reached("产出", 20),
    reached("效益", 15),
    f"有满意度调查资料::INT * {reached('满意度', 5)}",
    f"10 * {share('支出合计', '调整预算数')}",
)


def query(context: Context) -> str:
    """Return the SELECT of all scores, rounded, and of the total."""
    rounded = ", ".join(f"floor(({s})::DOUBLE * 100 + 0.5) / 100 AS s{n:02}" for n, s in enumerate(SCORES))
    total = " + ".join(f"s{n:02}" for n in range(len(SCORES)))
    text = f"SELECT *, floor(({total}) * 100 + 0.5) / 100 AS s27 FROM (SELECT {rounded} FROM 部门, 日历)"
    return text.replace("DEADLINE", f"(DATE '1970-01-01' + {context.deadline})")


def prepared(frame: pl.DataFrame, context: Context) -> Callable[[], Any]:
    """Return the job that scores all departments; they are in a table of DuckDB's own before it begins."""
    base = duckdb.connect()
    first = context.days[0] - 1
    known = set(context.days)
    passed = list(accumulate(day in known for day in range(first + 1, context.days[-1] + 1)))
    base.execute(f"CREATE TABLE 日历 AS SELECT ?::INT[] AS 工作日, DATE '1970-01-01' + {first} AS 起", [passed])
    incoming = frame.to_arrow()
    base.register("incoming", incoming)
    columns = [
        f'(("{n}"::DECIMAL(18,0)) * 0.01)::DECIMAL(18,2) AS "{n.removesuffix(FEN)}"' if n.endswith(FEN) else f'"{n}"'
        for n in frame.columns
    ]
    base.execute(f"CREATE TABLE 部门 AS SELECT {', '.join(columns)} FROM incoming")
    base.unregister("incoming")
    text = query(context)

    def job() -> Any:
        return list(base.execute(text).fetchnumpy().values())

    return job
