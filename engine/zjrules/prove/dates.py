"""Working days as formulas: monotone functions of dates, enclosed; 春节 by the table of the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import z3

from zjrules.exact.scope import WorkCalendar
from zjrules.interval.sets import ONE, Range, between, either, point
from zjrules.prove.ground import FIRST_DAY, LAST_DAY, Ground
from zjrules.prove.symbol import (
    TRUE,
    UNIT,
    ZERO,
    Fails,
    Num,
    Site,
    both,
    crossed,
    holds,
    land,
    lor,
    number,
    real,
)  # fmt: skip
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.value import NO_CALENDAR

Dated = tm.Workdays | tm.AddWorkdays | tm.RollOn | tm.Festival
LONGEST = Fraction(15)
"""No rest lasts longer than this many days."""


def dated(e: Dated, scope: Any, numeric: Callable[[tm.Expr, Any], Num]) -> Num:
    """Return a working-day operation as a formula."""
    ground: Ground = scope.world.ground
    match e:
        case tm.Workdays(start, end):
            return _workdays(numeric(start, scope), numeric(end, scope), ground, e.span)
        case tm.AddWorkdays(start, days):
            return _added(numeric(start, scope), numeric(days, scope), ground, e.span)
        case tm.RollOn(operand):
            return _rolled(numeric(operand, scope), ground, e.span)
        case tm.Festival(operand):
            return _feast(e, numeric(operand, scope), ground)


def _unknown(days: tuple[Num, ...], ground: Ground, span: Span) -> Fails:
    """Return that a day lies in a year that the calendar does not know."""
    site: Site = (NO_CALENDAR, span.source.name, span.start)
    if ground.calendar is None:
        return {site: TRUE}
    first, last = _ends(ground.calendar)
    outside = [c for d in days for c in (holds("<", d, number(first)), holds(">", d, number(last)))]
    return {site: lor(*outside)}


def _ends(calendar: WorkCalendar) -> tuple[Fraction, Fraction]:
    first, last = min(calendar.years), max(calendar.years)
    return Fraction(date(first, 1, 1).toordinal()), Fraction(date(last, 12, 31).toordinal())


def _workdays(start: Num, end: Num, ground: Ground, span: Span) -> Num:
    """Return the days of work up to end less those up to start, each day counted by one function that rises by 0 or 1."""
    ground.enclosed("工作日的天数")
    after, before = (_upto(d, ground) for d in (end, start))
    fails = both(start.fails, end.fails, _unknown((start, end), ground, span))
    return Num(after - before, UNIT, between(None, None, step=ONE), fails)


def _upto(day: Num, ground: Ground) -> Any:
    found = ground.whole("工作日")
    for other, count in ground.sites.setdefault("工作日", []):
        here, there = crossed(day, other)
        gap = here - there
        rising = land(found - count >= 0, found - count <= gap)
        falling = land(count - found >= 0, count - found <= -gap)
        ground.always.append(z3.If(here >= there, rising, falling))
    ground.sites["工作日"].append((day, found))
    return found


def _added(start: Num, days: Num, ground: Ground, span: Span) -> Num:
    ground.enclosed("加减工作日的日期")
    found = ground.enclosure("加工作日", _all_days(), whole=True)
    later, earlier = holds(">", days, number(ZERO)), holds("<", days, number(ZERO))
    ground.always.append(
        z3.If(later, found.num > start.num, z3.If(earlier, found.num < start.num, found.num == start.num))
    )
    for one, count, result in ground.sites.setdefault("加工作日", []):
        for a, b, c, d, low, high in (
            (one, count, start, days, result, found.num),
            (start, days, one, count, found.num, result),
        ):
            ground.always.append(z3.Implies(land(holds("≤", a, c), holds("≤", b, d)), low <= high))
    ground.sites["加工作日"].append((start, days, found.num))
    fails = both(start.fails, days.fails, _unknown((start, found), ground, span))
    return Num(found.num, UNIT, found.range, fails)


def _rolled(day: Num, ground: Ground, span: Span) -> Num:
    ground.enclosed("顺延的日期")
    found = ground.enclosure("顺延", _all_days(), whole=True)
    ground.always.append(land(found.num >= day.num, found.num <= day.num + real(LONGEST)))
    for other, result in ground.sites.setdefault("顺延", []):
        ground.always.append(z3.Implies(holds("≤", day, other), found.num <= result))
        ground.always.append(z3.Implies(holds("≥", day, other), found.num >= result))
    ground.sites["顺延"].append((day, found.num))
    return Num(found.num, UNIT, found.range, both(day.fails, _unknown((day, found), ground, span)))


def _all_days() -> Range:
    return between(FIRST_DAY, LAST_DAY, step=ONE)


def _feast(e: tm.Festival, year: Num, ground: Ground) -> Num:
    known = {} if ground.calendar is None else ground.calendar.leave if e.leave else ground.calendar.spring
    site: Site = (NO_CALENDAR, e.span.source.name, e.span.start)
    found: Any = real(ZERO)
    for each, day in known.items():
        found = z3.If(year.num == each, real(Fraction(day)), found)
    missing = land(*(year.num != each for each in known))
    range_ = either(*(point(Fraction(d)) for d in known.values())) if known else point(ZERO)
    return Num(found, UNIT, range_, both(year.fails, {site: missing}))
