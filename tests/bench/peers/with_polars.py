"""The 2025 book in Polars expressions over Float64: money in 元, ratios by division, ledgers where they are, as lists.

The scores come back as numpy columns, as every other contestant's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from peers.contest import Context

FEN = "（分）"
Ex = pl.Expr
OPTIONS = {"类别": ["产出", "效益", "满意度", "成本"], "指标性质": ["≥", "≤", "=", "定性"]}


def c(name: str) -> Ex:
    return pl.col(name)


def share(part: Ex, whole: Ex) -> Ex:
    return pl.when(whole == 0).then(1.0).otherwise((part / whole).clip(0.0, 1.0))


def less(most: Ex | float, taken: Ex) -> Ex:
    return pl.max_horizontal(most - taken, pl.lit(0.0))


def ticks(points: float, *names: str) -> Ex:
    return points * pl.sum_horizontal(c(n).cast(pl.Int8) for n in names)


def one(test: Ex) -> Ex:
    return test.cast(pl.Float64)


def simple(deadline: int) -> dict[int, Ex]:
    """Return the indicators that look at no ledger, by their place in the book."""
    added = c("年中追加额") - c("上级转移支付追加") - c("政策性增支追加")
    moved, more = (x / c("年初预算数") for x in (c("预算调剂额"), added))
    late = (c("预算公开日") > c("预算批复日").dt.offset_by("20d")) | (
        c("上年决算公开日") > c("上年决算批复日").dt.offset_by("20d")
    )
    ready = ticks(1.0, "报告已公开且一致", "数据表已公开且一致", "评分表已公开且一致")
    days = c("自评报送日").to_physical() - deadline
    letting = c("有出租出借处置")
    sound = ticks(0.5, "有资产管理制度", "账账相符") + one(~letting | c("出租出借处置规范"))
    return {
        0: ticks(0.5, "编制符合职责与部署", "项目间分配合理", "科目分类准确", "预决算无重大差异") + one(c("项目库储备细化")),
        1: share(c("已申报目标项目"), c("应申报目标项目")) + c("整体目标得分"),
        2: (1 - moved.clip(0.0, 1.0)) * 4 * 0.6 + (1 - more.clip(0.0, 1.0)) * 4 * 0.4,
        3: less(4.0, c("不合规问题数") + 4 * one(c("存在截留挤占挪用"))),
        4: less(3.0, 0.5 * c("公开问题数") + one(late) + 3 * one(~c("预决算均已公开"))),
        5: 0.5 * one(c("绩效目标已公开")) + 0.5 * one(c("绩效目标已公开") & c("公开目标与批复一致")),
        6: less(0.5 * (ready - 1), pl.lit(0.0)),
        7: ticks(0.5, "有目标管理制度", "有监控制度", "有评价制度", "有结果应用制度") + one(c("绩效职责分工明确")),
        8: less(1.0, 0.2 * days.clip(lower_bound=0)) + less(2.0, 0.5 * c("复核差错数")) + ticks(1.0, "项目过程规范", "项目监管有力"),
        10: one(c("有采购内控制度")),
        11: less(2.0, c("投诉成立或处罚数")),
        14: policy(),
        15: less(2.0, 0.5 * c("资产超标项数")),
        16: pl.when(letting).then(share(c("按时上缴收益"), c("应上缴收益"))).otherwise(1.0),
        17: one(c("年内盘点次数") >= 1),
        18: less(1.0, 0.2 * c("年报差错数")) + one(c("核实问题均已说明")),
        19: less(sound, 0.5 * c("资产问题数")),
        20: bands(c("在用固定资产原值") / c("固定资产原值")),
        21: 3 * one(c("日常公用经费决算") <= c("日常公用经费调整预算")),
        22: 2 * one(c("三公经费支出") <= c("三公经费预算")),
        26: 10 * (c("支出合计") / c("调整预算数")).clip(0.0, 1.0),
    }  # fmt: skip


def bands(used: Ex) -> Ex:
    rate = pl.when(used >= 0.9).then(2.0).when(used >= 0.75).then(1.5).when(used >= 0.6).then(1.0).otherwise(0.0)
    return pl.when(c("固定资产原值") == 0).then(2.0).otherwise(rate)


def policy() -> Ex:
    small, large, big = c("小额采购额"), c("大额采购额"), c("大额预留中小企业额")
    reserved = (c("小额预留中小企业额") >= small) & (big >= large * 0.3) & (c("大额预留小微企业额") >= big * 0.6)
    reserved |= (small == 0) & (large == 0)
    blank = c("食材采购额·不适用") | c("食材预留额·不适用")
    fed = ~c("有食堂") | (~blank & (c("食材预留额") >= c("食材采购额") * 0.1).fill_null(value=False))
    return one(reserved) + 0.5 * share(c("已评价订单数"), c("卖场订单数")) + 0.5 * one(fed)


def field(name: str) -> Ex:
    return pl.element().struct.field(name)


def added(ledger: str, item: Ex) -> Ex:
    """Return the sum over the rows of a ledger: worked out for all rows at once, then added up list by list."""
    return c(ledger).list.eval(item.cast(pl.Float64)).list.sum()


def sums(context: Context) -> dict[str, Ex]:
    """Return what is added up over ledgers, as columns of their own: inside when() a list is worked out row by row."""
    days = pl.Series(range(context.days[0] - 1, context.days[-1] + 1), dtype=pl.Int32)
    passed = pl.Series(np.cumsum(np.isin(days.to_numpy(), context.days), dtype=np.int32))
    start, end = (field(n).to_physical().replace_strict(days, passed, default=0) for n in ("签订日", "备案日"))
    open_, signed = ~field("依法免予公开"), field("已签订")
    early = open_ & field("已公开意向") & ((field("采购活动开始日") - field("意向公开日")).dt.total_days() >= 30)
    prompt = signed & ((field("签订日") - field("中标通知日")).dt.total_days() <= 30)
    kinds = ("产出", "效益", "满意度")
    goals = {k: added("目标", pl.when(field("类别") == k).then(field("得分")).otherwise(0.0)) for k in kinds}
    return {
        "按期公开": added("采购项目", early),
        "应公开": added("采购项目", open_),
        "签订": added("采购合同", signed),
        "按期签订": added("采购合同", prompt),
        "按期备案": added("采购合同", signed & field("已备案") & (end - start <= 7)),
        **goals,
    }


def over_ledgers() -> dict[int, Ex]:
    """Return the indicators that rest on the sums."""
    return {
        9: 2 * share(c("按期公开"), c("应公开")),
        12: share(c("按期签订"), c("采购合同").list.len()),
        13: share(c("按期备案"), c("签订")),
        23: c("产出").clip(0.0, 20.0),
        24: c("效益").clip(0.0, 15.0),
        25: c("满意度").clip(0.0, 5.0) * one(c("有满意度调查资料")),
    }


def goals() -> Ex:
    """Return the goals with their kinds and what each of them gives."""
    nature, value, aim = field("指标性质"), field("完成值"), field("目标值")
    up = pl.when(aim > 0).then((value / aim).clip(0.0, 1.0)).otherwise(0.0)
    down = pl.when(value > 0).then((aim / value).clip(0.0, 1.0)).otherwise(1.0)
    done = (
        pl.when(nature == "定性").then(field("定性系数"))
        .when(nature == "≥").then(up)
        .when(nature == "≤").then(down)
        .otherwise(one(value == aim))
    )  # fmt: skip
    return c("绩效目标").list.eval(pl.struct(类别=field("类别"), 得分=field("权重") * done)).alias("目标")


def floats(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with money in 元 and every fraction as Float64."""
    money = [(c(n) / 100).alias(n.removesuffix(FEN)) for n in frame.columns if n.endswith(FEN)]
    kinds = {
        n: pl.List(pl.Struct([pl.Field(f.name, _kind(f.name, f.dtype)) for f in kind.inner.fields]))  # type: ignore[union-attr]
        if isinstance(kind, pl.List)
        else _kind(n, kind)
        for n, kind in frame.schema.items()
    }
    return frame.cast(kinds).with_columns(money)  # type: ignore[arg-type]


def _kind(name: str, kind: Any) -> Any:
    """Return the type that a column is computed in: options as what they are, not as texts."""
    if name in OPTIONS:
        return pl.Enum(OPTIONS[name])
    return pl.Float64() if isinstance(kind, pl.Decimal) else kind


def prepared(frame: pl.DataFrame, context: Context) -> Callable[[], Any]:
    """Return the job that scores all departments."""
    ready = floats(frame).rechunk()
    found = simple(context.deadline) | over_ledgers()
    over = [e.alias(n) for n, e in sums(context).items()]
    rounded = [((found[n] * 100 + 0.5).floor() / 100).alias(f"{n:02}") for n in range(27)]
    total = ((pl.sum_horizontal(f"{n:02}" for n in range(27)) * 100 + 0.5).floor() / 100).alias("27")

    def job() -> Any:
        whole = ready.lazy().with_columns(goals()).with_columns(over)
        scores = whole.select(rounded).with_columns(total).collect()
        return [scores[name].to_numpy() for name in scores.columns]

    return job
