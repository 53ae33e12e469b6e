"""Rows of the ledgers of zhanjiang/2025: columns by their types, then what belongs together in a row."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

import numpy as np
from draw import EPOCH, FINE, Column, Dice, Ints, Mask, day, held

from zjrules.fact import Asked, AskedLedger
from zjrules.term.rule import Program
from zjrules.unit import Choice, Date, Number, Text, Truth

ONE = 10**FINE
TINY = (1, 2, 4, 5, 8, 16, 20, 40, 80, 200)
"""Goals on an edge: what is done of them, times a weight, often ends on half a cent."""
SELDOM = {"依法免予公开": 0.15}
FREQUENT = {"类别": (0.45, 0.3, 0.15, 0.1), "指标性质": (0.55, 0.15, 0.1, 0.2)}
Cells = dict[str, Column]


def rows(program: Program, ledger: AskedLedger, dice: Dice, counts: Ints, working: Sequence[int]) -> Cells:
    """Return the cells of all units' rows, one after the other. working are the working days, as ordinals."""
    inside = dice.of(int(counts.sum()))
    cells = {name: Column(_plain(asked, inside, counts, program.book.year)) for name, asked in ledger.columns.items()}
    match ledger.name:
        case "采购项目":
            _projects(cells, inside, _limit(program, "意向提前期"))
        case "采购合同":
            _contracts(
                cells, inside, _limit(program, "签订期限"), _limit(program, "备案期限"), np.array(working) - EPOCH
            )
        case "绩效目标":
            _goals(cells, inside, np.repeat(dice.on_edge(), counts), program)
    return {name: Column(held(ledger.columns[name], c.values), c.given) for name, c in cells.items()}


def _limit(program: Program, name: str) -> int:
    return int(cast(Fraction, program.params[name].value))


def _plain(asked: Asked, dice: Dice, counts: Ints, year: int) -> Ints:
    """Return a column by its type alone."""
    match asked.type:
        case Truth():
            return dice.happens(SELDOM.get(asked.name, 0.85)).astype(np.int64)
        case Choice(options):
            return dice.rng.choice(len(options), dice.n, p=FREQUENT.get(asked.name))
        case Date():
            return dice.among(day(year, 3, 1), day(year, 11, 5))
        case Text():
            return np.arange(dice.n) - np.repeat(np.cumsum(counts) - counts, counts)
        case Number() as kind:
            return dice.among(1, 12) if kind.whole else dice.among(1, 20) * (ONE // 2)
        case _:
            raise AssertionError("a ledger of this rule set has no other types")


def _lag(dice: Dice, most: int, usual: int) -> Ints:
    """Return days between two dates, on an edge the days that are allowed, one less or one more."""
    return np.where(dice.on_edge(), most + dice.among(-1, 1), dice.among(0, usual))


def _projects(cells: Cells, dice: Dice, lead: int) -> None:
    said = cells["已公开意向"].values > 0
    cells["意向公开日"] = Column(cells["采购活动开始日"].values - _lag(dice, lead, 2 * lead), said)


def _contracts(cells: Cells, dice: Dice, sign: int, file: int, working: Ints) -> None:
    """Sign within about the days allowed, and file by working days: the last of them is mostly one."""
    signed = cells["已签订"].values > 0
    filed = signed & (cells["已备案"].values > 0)
    day = cells["中标通知日"].values + _lag(dice, sign, sign + sign // 3)
    passed = np.searchsorted(working, day, side="right")
    filing = working[passed + np.maximum(_lag(dice, file, file + 3), 1) - 1]
    filing += dice.happens(0.1)
    cells["已备案"] = Column(filed)
    cells["签订日"], cells["备案日"] = Column(day, signed), Column(filing, filed)


def _goals(cells: Cells, dice: Dice, edge: Mask, program: Program) -> None:
    """Draw goals and what was done of them; edge are the rows of units whose goals are all small round numbers."""
    nature = cells["指标性质"].values
    judged = nature == 3
    percent = dice.happens(0.5)
    goal = np.where(percent, dice.among(5_000, 10_000), dice.among(1, 9_999) * ONE)
    grain = np.where(percent, 1, ONE)
    done = np.floor(goal * dice.rng.uniform(0.6, 1.2, dice.n)).astype(np.int64) // grain * grain
    small = np.array(TINY)[dice.among(0, len(TINY) - 1)]
    goal = np.where(edge, small * ONE, goal)
    done = np.where(edge, np.floor(small * dice.rng.uniform(0, 1.2, dice.n)) * ONE, done).astype(np.int64)
    kind = dice.among(0, 39) + 40 * ~edge
    goal = np.where(kind == 0, 0, goal)
    done = np.select(
        [kind == 1, kind == 2, kind < 8, nature == 2], [0, -ONE, goal, np.where(percent, goal, done)], done
    )
    reached, partly = (int(cast(Fraction, program.params[n].value) * ONE) for n in ("达成线", "部分达成线"))
    ratio = np.where(edge, np.array([ONE, reached, partly, 0])[dice.among(0, 3)], dice.among(30, 100) * 100)
    band = np.where(ratio >= reached, 0, np.where(ratio >= partly, 1, 2))
    cells["目标值"], cells["完成值"] = Column(goal, ~judged), Column(done, ~judged)
    cells["定性系数"], cells["定性档次"] = Column(ratio, judged), Column(band, judged)
