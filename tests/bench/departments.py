"""Departments by the million for the benchmarks: facts of a rule set drawn from its schema, many exactly on an edge.

What a fact is, and what range it has, is read from the schema. What belongs together (a part and its whole, two dates
and the days allowed between them) stands in the tables below for zhanjiang/2025; its limits are read from the parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import cast

import numpy as np
import polars as pl
from attrs import frozen
from draw import EPOCH, FINE, Column, Dice, Ints, day, held, is_money, lists, series
from ledger_rows import rows

from zjrules.fact import Asked
from zjrules.inout.calendar import work_calendar
from zjrules.project import load
from zjrules.term.rule import Program
from zjrules.unit import Date, Number, Truth, Year

BOOK = "zhanjiang/2025"
Drawn = dict[str, Ints]
OFTEN = 0.85
SELDOM = {
    "存在截留挤占挪用": 0.03, "声称无调剂无追加": 0.2, "声称资金含增人增编": 0.3, "有出租出借处置": 0.4, "有食堂": 0.6,
}  # fmt: skip
"""How often 是 is the answer, where it is not mostly."""


@frozen
class Part:
    """A part of a whole: marks are the shares at which a rule turns, ties the shares k ÷ ties (k odd) that end on half a cent."""

    part: str
    whole: str
    marks: tuple[Fraction, ...]
    ties: int = 0
    grain: int = 1
    """The whole on an edge is a multiple of this too, where its part is the whole of another."""
    inner: bool = False
    """Whether the whole is itself a part, and stays as it was drawn."""


@frozen
class Lag:
    """Two dates, and the days that are allowed from one to the other."""

    later: str
    earlier: str
    most: int


def rules() -> Program:
    """Return the rule set whose departments are drawn."""
    found, problems = load(BOOK)
    assert found is not None, problems
    return found.program


def departments(
    n: int,
    seed: int,
    *,
    edge: float = 0.2,
    missing: float = 0.0,
    na: float = 0.05,
    evidence: bool = False,
    fen: bool = True,
    first: int = 0,
) -> pl.DataFrame:
    """Return n departments, named from number first on, in the columns that ``zjrules batch`` reads.

    edge: for each relation (a part and its whole, two dates, a value and its range), the share of departments that are
    exactly on a threshold, on a rounding tie, one smallest unit beside it, at 0, or at the end of a range.
    missing: the share of facts, and of ledgers, that are missing. na: the share of 不适用, where a fact may be that.
    evidence: whether columns 「…·佐证」 say which facts have evidence. fen: money as whole fen in 「…（分）」, else Decimal in 元.
    """
    program = rules()
    dice = Dice(np.random.default_rng(seed), n, edge)
    drawn = _facts(program, dice)
    columns = [(pl.lit("单位") + pl.int_range(first, first + n).cast(pl.Utf8).str.zfill(8)).alias("单位")]
    frame = pl.select(columns)
    found: list[pl.Series] = []
    for name, asked in program.schema.facts.items():
        column = Column(held(asked, drawn[name]) if not isinstance(asked.type, Truth) else drawn[name])
        found += _fact(asked, column, dice, missing, na, evidence, fen)
    calendar = work_calendar()
    for name, ledger in program.schema.ledgers.items():
        counts = dice.among(0, 6)
        gone = dice.happens(missing) if missing else None
        cells = rows(program, ledger, dice, counts, calendar.days)
        table = pl.DataFrame([series(a, cells[c], fen).alias(header(a, fen)) for c, a in ledger.columns.items()])
        found.append(lists(table, counts, gone).alias(name))
    return frame.hstack(found)


def header(asked: Asked, fen: bool) -> str:
    """Return the name of the column of a fact, or of a ledger's column."""
    return f"{asked.name}（分）" if fen and is_money(asked) else asked.name


def _fact(
    asked: Asked, column: Column, dice: Dice, missing: float, na: float, evidence: bool, fen: bool
) -> list[pl.Series]:
    """Return the columns of one fact."""
    beside = []
    if missing:
        column = column.without(dice.happens(missing))
    if asked.may_be_na:
        gone = dice.happens(na)
        column = column.without(gone)
        beside.append(pl.Series(f"{asked.name}·不适用", gone))
    if evidence and asked.evidence:
        beside.append(pl.Series(f"{asked.name}·佐证", dice.happens(OFTEN)))
    return [series(asked, column, fen).alias(header(asked, fen)), *beside]


# ---------- facts by their types ----------


def _facts(program: Program, dice: Dice) -> Drawn:
    budget = dice.money(1e4, 1e10)
    drawn = {name: _plain(asked, program, dice, budget) for name, asked in program.schema.facts.items()}
    _budgets(drawn, dice, budget)
    for part in _parts(program):
        _share(drawn, part, program.schema.facts, dice)
    _totals(drawn, dice)
    _dates(program, drawn, dice)
    return drawn


def _plain(asked: Asked, program: Program, dice: Dice, budget: Ints) -> Ints:
    """Return a fact by its type alone."""
    match asked.type:
        case Truth():
            return cast(Ints, dice.happens(SELDOM.get(asked.name, OFTEN)))
        case Year():
            return program.book.year + (dice.among(0, 9) > 6) - (dice.among(0, 9) > 8)
        case Date():
            return dice.among(day(program.book.year, 1, 1), day(program.book.year + 1, 6, 30))
        case Number() as kind if kind.whole:
            return dice.count()
        case Number() if is_money(asked):
            fen = np.asarray(np.floor(budget * 10 ** dice.rng.uniform(-3, 0, dice.n)), dtype=np.int64)
            return np.where(dice.happens(0.5), fen - fen % 100, fen)
        case _:
            return _fine(asked, dice)


def _fine(asked: Asked, dice: Dice) -> Ints:
    """Return points or a ratio: in hundredths, and on an edge in eighths, halves of a hundredth, or at an end of the range."""
    hull, one = asked.limits.hull, 10**FINE
    low, high = int((hull.lo or Fraction(0)) * one), int((hull.hi if hull.hi is not None else Fraction(10)) * one)
    values = dice.among(low // 100, high // 100) * 100
    eighths = low + dice.among(0, 8) * (one // 8)
    halves = values + 50
    ends = np.where(dice.happens(0.5), low, high)
    edges = np.choose(dice.among(0, 2), [eighths, halves, ends])
    return np.where(dice.on_edge(), edges, values)


# ---------- what belongs together in zhanjiang/2025 ----------


def _budgets(v: Drawn, dice: Dice, budget: Ints) -> None:
    """Draw the budget and its changes; on an edge, 2.4 × 调剂率 + 1.6 × 追加率 ends on half a cent."""
    edge = dice.on_edge()
    base = np.where(edge, np.maximum(budget // 480, 1) * 480, budget)
    small = dice.rng.random((2, dice.n)) ** 3
    moved = np.floor(base * np.where(dice.happens(0.03), 1.2, 0.5 * small[0])).astype(np.int64)
    net = np.floor(base * np.where(dice.happens(0.03), -0.1, 0.6 * small[1])).astype(np.int64)
    moved = np.where(edge, base // 480 * (2 * dice.among(0, 239) + 1), moved)
    net = np.where(edge, base // 480 * (3 * dice.among(0, 160)), net)
    above = np.where(dice.happens(0.5), 0, v["上级转移支付追加"])
    staff = np.where(dice.happens(0.7), 0, v["政策性增支追加"])
    v["年初预算数"], v["预算调剂额"] = base, np.where(dice.on_edge(), 0, moved)
    v["上级转移支付追加"], v["政策性增支追加"] = above, staff
    v["年中追加额"] = np.maximum(net + above + staff, 0)
    v["调整预算数"] = np.maximum((base + v["年中追加额"]) * dice.among(90, 105) // 100, 1)
    v["应申报目标项目"], v["卖场订单数"] = dice.among(0, 60), dice.among(0, 400)
    v["年内盘点次数"] = v["年内盘点次数"] + dice.happens(0.8)


def _parts(program: Program) -> tuple[Part, ...]:
    def share(name: str) -> Fraction:
        return cast(Fraction, program.params[name].value)

    one, bands = Fraction(1), (Fraction(9, 10), Fraction(3, 4), Fraction(3, 5))
    return (
        Part("已申报目标项目", "应申报目标项目", (one,), 8),
        Part("小额预留中小企业额", "小额采购额", (one,)),
        Part("大额预留中小企业额", "大额采购额", (share("大额预留比例"), one), grain=1000),
        Part("大额预留小微企业额", "大额预留中小企业额", (share("小微预留比例"),), inner=True),
        Part("已评价订单数", "卖场订单数", (one,), 100),
        Part("食材预留额", "食材采购额", (share("食材预留比例"),)),
        Part("按时上缴收益", "应上缴收益", (one,), 200),
        Part("在用固定资产原值", "固定资产原值", bands),
        Part("日常公用经费决算", "日常公用经费调整预算", (one,)),
        Part("三公经费支出", "三公经费预算", (one,)),
        Part("支出合计", "调整预算数", (one,), 2000),
    )


def _share(v: Drawn, rel: Part, asked: Mapping[str, Asked], dice: Dice) -> None:
    """Draw a part; on an edge, it is at a mark, a unit beside it, on a tie or 0, or the whole is 0."""
    whole, edge = v[rel.whole], dice.on_edge()
    marks = np.array([(m.numerator, m.denominator) for m in rel.marks])[dice.among(0, len(rel.marks) - 1)]
    above, below = marks[:, 0], marks[:, 1]
    kind = dice.among(0, 9)
    if rel.ties:
        tie = kind >= 6
        above = np.where(tie, 2 * dice.among(0, rel.ties // 2 - 1) + 1, above)
        below = np.where(tie, rel.ties, below)
    if not rel.inner:
        grain = below * rel.grain
        whole = np.where(edge, np.maximum(whole // grain, 1) * grain, whole)
        if asked[rel.whole].limits.holds(Fraction(0)):
            whole = np.where(edge & (kind == 0), 0, whole)
    part = whole * above // below + np.select([kind == 1, kind == 2], [1, -1], 0)
    part = np.where(kind == 3, 0, part)
    v[rel.whole], v[rel.part] = whole, np.maximum(np.where(edge, part, dice.share_of(whole)), 0)


def _totals(v: Drawn, dice: Dice) -> None:
    """Draw what only the checks look at, so that most of them hold."""
    gap = v["调整预算数"] - v["年初预算数"] - v["年中追加额"]
    # What is missing between the budgets came from 净额, and where it is an even number of fen, cuts are 追减.
    cut = np.where(gap % 2 == 0, np.maximum(-gap, 0), 0)
    v["年中追减额"], v["预算调剂净额"] = cut, gap + cut
    spent = v["支出合计"]
    v["基本支出"] = dice.share_of(spent) // 2
    v["项目支出"] = spent - v["基本支出"]
    v["收入合计"] = np.where(dice.happens(0.8), spent, v["收入合计"])
    v["年末结转结余"] = np.maximum(v["调整预算数"] - spent, 0)
    v["资产账固定资产原值"] = np.where(dice.happens(0.9), v["固定资产原值"], v["资产账固定资产原值"])
    v["日常公用经费年初预算"] = np.where(dice.happens(0.8), v["日常公用经费调整预算"], v["日常公用经费年初预算"])


def _dates(program: Program, v: Drawn, dice: Dice) -> None:
    days, deadline = (int(cast(Fraction, program.params[n].value)) for n in ("公开期限", "自评报送期限"))
    year = program.book.year
    v["预算批复日"] = dice.among(day(year, 1, 10), day(year, 3, 31))
    v["上年决算批复日"] = dice.among(day(year, 7, 1), day(year, 10, 31))
    for lag in (Lag("预算公开日", "预算批复日", days), Lag("上年决算公开日", "上年决算批复日", days)):
        usual = dice.among(0, lag.most + lag.most // 5)
        v[lag.later] = v[lag.earlier] + np.where(dice.on_edge(), lag.most + dice.among(0, 1), usual)
    late = np.where(dice.on_edge(), np.choose(dice.among(0, 3), [0, 1, 5, 6]), dice.among(-25, 3))
    v["自评报送日"] = deadline - EPOCH + late
    v["自评填报日"] = v["自评报送日"] - dice.among(0, 10)
    v["自评公开日"] = v["自评报送日"] + dice.among(0, 30)
