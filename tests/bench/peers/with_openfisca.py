"""The 2025 book as an OpenFisca system: a department is a group of rows, each row holding the n-th line of every ledger.

OpenFisca keeps numbers as float32. Every indicator is a variable with a formula, and so are the conditions of rows; a run
forgets what was computed and asks for the total, as a simulation does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl
from arrays import OPTIONS, Arrays, arrays
from numpy.typing import NDArray
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from peers.contest import Context

YEAR = "2025"
LEDGERS = ("采购项目", "采购合同", "绩效目标")
Array = NDArray[Any]
Ask = Callable[[str], Array]
AT_LEAST, AT_MOST, EQUAL, JUDGED = range(4)
OUTPUT, BENEFIT, PLEASED = range(3)


def share(part: Array, whole: Array) -> Array:
    return np.where(whole == 0, np.float32(1), np.clip(part / whole, 0, 1))


def less(most: Any, taken: Any) -> Array:
    return np.asarray(np.maximum(most - taken, 0))


def cents(x: Array) -> Array:
    return np.asarray(np.floor(x * np.float32(100) + np.float32(0.5)) / np.float32(100))


# ---------- rows: conditions of one line ----------


def row_formulas(context: Context) -> dict[str, Callable[[Ask], Array]]:
    """Return what is worked out for each row, by name."""
    first = context.days[0] - 1
    counted = np.zeros(context.days[-1] - first + 1, dtype=np.int32)
    counted[np.array(context.days) - first] = 1
    passed = np.cumsum(counted, dtype=np.int32)

    def filed(v: Ask) -> Array:
        start, end = (passed.take(v(f"采购合同_{n}") - first, mode="clip") for n in ("签订日", "备案日"))
        return np.asarray(v("采购合同_已签订") & v("采购合同_已备案") & (end - start <= 7))

    return {
        "应公开": lambda v: v("有采购项目") & ~v("采购项目_依法免予公开"),
        "按期公开": lambda v: (
            v("应公开") & v("采购项目_已公开意向") & (v("采购项目_采购活动开始日") - v("采购项目_意向公开日") >= 30)
        ),
        "按期签订": lambda v: v("采购合同_已签订") & (v("采购合同_签订日") - v("采购合同_中标通知日") <= 30),
        "按期备案": filed,
        "目标得分": lambda v: v("绩效目标_权重") * reached(v),
        **{
            f"目标得分_{kind}": lambda v, n=n: v("目标得分") * (v("绩效目标_类别") == n)  # type: ignore[misc]
            for n, kind in enumerate(OPTIONS["类别"])
        },
    }


def reached(v: Ask) -> Array:
    nature, value, goal = v("绩效目标_指标性质"), v("绩效目标_完成值"), v("绩效目标_目标值")
    up = np.where(goal > 0, np.clip(value / goal, 0, 1), 0)
    down = np.where(value > 0, np.clip(goal / value, 0, 1), 1)
    return np.select(
        [nature == JUDGED, nature == AT_LEAST, nature == AT_MOST], [v("绩效目标_定性系数"), up, down], value == goal
    )


# ---------- departments: indicators; 「Σ…」 is the sum of what the rows of a department have ----------


def bound(v: Ask) -> Array:
    base = v("年初预算数")
    moved = np.clip(v("预算调剂额") / base, 0, 1)
    added = np.clip((v("年中追加额") - v("上级转移支付追加") - v("政策性增支追加")) / base, 0, 1)
    return np.asarray((1 - moved) * 4 * 0.6 + (1 - added) * 4 * 0.4)


def ticks(v: Ask, points: float, *names: str) -> Array:
    return np.asarray(points * sum(v(n).astype(np.int8) for n in names))


def disclosed(v: Ask) -> Array:
    late = (v("预算公开日") > v("预算批复日") + 20) | (v("上年决算公开日") > v("上年决算批复日") + 20)
    return less(3, 0.5 * v("公开问题数") + late + 3 * ~v("预决算均已公开"))


def managed(v: Ask, deadline: int) -> Array:
    on_time = less(1, 0.2 * np.maximum(v("自评报送日") - deadline, 0))
    return np.asarray(on_time + less(2, 0.5 * v("复核差错数")) + v("项目过程规范") + v("项目监管有力"))


def policy(v: Ask) -> Array:
    small, large, big = v("小额采购额"), v("大额采购额"), v("大额预留中小企业额")
    reserved = (v("小额预留中小企业额") >= small) & (big >= large * 0.3) & (v("大额预留小微企业额") >= big * 0.6)
    reserved |= (small == 0) & (large == 0)
    blank = v("食材采购额·不适用") | v("食材预留额·不适用")
    fed = ~v("有食堂") | (~blank & (v("食材预留额") >= v("食材采购额") * 0.1))
    return np.asarray(reserved + 0.5 * share(v("已评价订单数"), v("卖场订单数")) + 0.5 * fed)


def used(v: Ask) -> Array:
    whole = v("固定资产原值")
    rate = v("在用固定资产原值") / whole
    return np.select([whole == 0, rate >= 0.9, rate >= 0.75, rate >= 0.6], [2.0, 2.0, 1.5, 1.0], 0.0)


def kept(v: Ask) -> Array:
    sound = ticks(v, 0.5, "有资产管理制度", "账账相符") + (~v("有出租出借处置") | v("出租出借处置规范"))
    return less(sound, 0.5 * v("资产问题数"))


def indicators(deadline: int) -> tuple[Callable[[Ask], Array], ...]:
    """Return the formulas of the indicators, in the order of the book."""
    return (
        lambda v: ticks(v, 0.5, "编制符合职责与部署", "项目间分配合理", "科目分类准确", "预决算无重大差异") + v("项目库储备细化"),
        lambda v: share(v("已申报目标项目"), v("应申报目标项目")) + v("整体目标得分"),
        bound,
        lambda v: less(4, v("不合规问题数") + 4 * v("存在截留挤占挪用")),
        disclosed,
        lambda v: 0.5 * v("绩效目标已公开") + 0.5 * (v("绩效目标已公开") & v("公开目标与批复一致")),
        lambda v: less(0.5 * ticks(v, 1, "报告已公开且一致", "数据表已公开且一致", "评分表已公开且一致"), 0.5),
        lambda v: ticks(v, 0.5, "有目标管理制度", "有监控制度", "有评价制度", "有结果应用制度") + v("绩效职责分工明确"),
        lambda v: managed(v, deadline),
        lambda v: 2 * share(v("Σ按期公开"), v("Σ应公开")),
        lambda v: v("有采购内控制度") * 1.0,
        lambda v: less(2, v("投诉成立或处罚数")),
        lambda v: share(v("Σ按期签订"), v("Σ有采购合同")),
        lambda v: share(v("Σ按期备案"), v("Σ采购合同_已签订")),
        policy,
        lambda v: less(2, 0.5 * v("资产超标项数")),
        lambda v: np.where(v("有出租出借处置"), share(v("按时上缴收益"), v("应上缴收益")), 1),
        lambda v: (v("年内盘点次数") >= 1) * 1.0,
        lambda v: less(1, 0.2 * v("年报差错数")) + v("核实问题均已说明"),
        kept,
        used,
        lambda v: 3.0 * (v("日常公用经费决算") <= v("日常公用经费调整预算")),
        lambda v: 2.0 * (v("三公经费支出") <= v("三公经费预算")),
        lambda v: np.minimum(v("Σ目标得分_产出"), 20),
        lambda v: np.minimum(v("Σ目标得分_效益"), 15),
        lambda v: np.minimum(v("Σ目标得分_满意度"), 5) * v("有满意度调查资料"),
        lambda v: 10 * np.clip(v("支出合计") / v("调整预算数"), 0, 1),
    )  # fmt: skip


# ---------- the system ----------


def asking(population: Any, period: Any) -> Ask:
    """Return what gives a variable by its name; departments at the end that have no rows are not left out of a sum."""

    def ask(name: str) -> Array:
        if not name.startswith("Σ"):
            return np.asarray(population(name, period))
        found = population.sum(population.members(name[1:], period))
        return np.pad(found, (0, population.count - len(found)))

    return ask


def row_formula(formula: Callable[[Ask], Array]) -> Any:
    return lambda row, period: formula(asking(row, period))


def indicator_formula(formula: Callable[[Ask], Array]) -> Any:
    return lambda department, period: cents(formula(asking(department, period)).astype(np.float32))


def total_formula(names: list[str]) -> Any:
    return lambda department, period: cents(np.sum([department(n, period) for n in names], axis=0))


def variable(name: str, entity: Any, kind: type, formula: Any = None) -> Any:
    body = {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
    return type(name, (Variable,), {**body, **({"formula": formula} if formula else {})})


def kind_of(values: Array) -> type:
    return bool if values.dtype == bool else float if values.dtype == np.float64 else int


def side_by_side(found: Arrays, n: int) -> tuple[Array, Arrays]:
    """Return the department of each row, and the columns of all ledgers on the same rows."""
    counts = {ledger: np.diff(found[ledger]) for ledger in LEDGERS}
    most = np.max(list(counts.values()), axis=0)
    starts = np.cumsum(most) - most
    rows: Arrays = {}
    for ledger in LEDGERS:
        unit = np.repeat(np.arange(n), counts[ledger])
        place = starts[unit] + np.arange(len(unit)) - found[ledger][unit]
        columns = {f"{ledger}_{k.split('.')[1]}": v for k, v in found.items() if k.startswith(f"{ledger}.")}
        for name, values in {**columns, f"有{ledger}": np.ones(len(unit), dtype=bool)}.items():
            rows[name] = np.zeros(most.sum(), dtype=values.dtype)
            rows[name][place] = values
    return np.repeat(np.arange(n), most), rows


def system(facts: Mapping[str, Array], rows: Mapping[str, Array], context: Context) -> tuple[Any, list[str], list[str]]:
    """Return the system, the names of the indicators and total, and all names that are computed."""
    row = build_entity("row", "rows", "一行", is_person=True)
    department = build_entity("department", "departments", "部门", roles=[{"key": "line", "plural": "lines"}])
    book = TaxBenefitSystem([row, department])
    made = [variable(n, department, kind_of(v)) for n, v in facts.items()]
    made += [variable(n, row, kind_of(v)) for n, v in rows.items()]
    inner = row_formulas(context)
    made += [variable(n, row, float if "得分" in n else bool, row_formula(f)) for n, f in inner.items()]
    formulas = indicators(context.deadline)
    names = [f"得分{n:02}" for n in range(len(formulas))]
    made += [variable(n, department, float, indicator_formula(f)) for n, f in zip(names, formulas, strict=True)]
    made.append(variable("总分", department, float, total_formula(names)))
    for each in made:
        book.add_variable(each)
    return book, [*names, "总分"], [*inner, *names, "总分"]


def prepared(frame: pl.DataFrame, context: Context) -> Callable[[], Any]:
    """Return the job that computes the total, and with it all scores."""
    found = arrays(frame)
    unit, rows = side_by_side(found, frame.height)
    facts = {k: v for k, v in found.items() if "." not in k and not k.endswith("的单位") and k not in LEDGERS}
    book, names, computed = system(facts, rows, context)
    builder = SimulationBuilder()
    builder.create_entities(book)
    builder.declare_person_entity("row", range(len(unit)))
    group = builder.declare_entity("department", range(frame.height))
    group.members_entity_id = unit
    simulation = builder.build(book)
    for name, values in {**facts, **rows}.items():
        simulation.set_input(name, YEAR, values)

    def job() -> Any:
        for name in computed:
            simulation.delete_arrays(name)
        with np.errstate(divide="ignore", invalid="ignore"):
            simulation.calculate("总分", YEAR)
            return [simulation.calculate(n, YEAR) for n in names]

    return job
