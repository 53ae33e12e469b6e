"""Working days, from a calendar that is data; a year that it does not know gives no value rather than a guess."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date
from fractions import Fraction

from zjrules.exact.scope import Scope, WorkCalendar
from zjrules.interval.sets import ONE, Range, between, point
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.trace import Step
from zjrules.value import NO_CALENDAR, Problem, Unknown, Value, apart, deps_of, problems_of, range_of, settled

Evaluate = Callable[[tm.Expr, Scope], Step]
Working = tm.Workdays | tm.AddWorkdays | tm.RollOn | tm.Festival


def evaluate_date(e: Working, scope: Scope, evaluate: Evaluate) -> Step:
    """Return the step of a working-day operation."""
    kids: tuple[Step, ...]
    match e:
        case tm.Workdays(start, end):
            kids = (evaluate(start, scope), evaluate(end, scope))
        case tm.AddWorkdays(start, days):
            kids = (evaluate(start, scope), evaluate(days, scope))
        case tm.RollOn(operand) | tm.Festival(operand):
            kids = (evaluate(operand, scope),)
    return Step(e, _apply(e, scope.run.calendar, [k.value for k in kids]), kids)


def _apply(e: Working, calendar: WorkCalendar | None, values: list[Value]) -> Value:
    for value in values:
        if isinstance(value, Problem):
            return value
    if calendar is None:
        return Problem(NO_CALENDAR, "", e.span)
    known = [v for v in values if isinstance(v, Fraction)]
    if len(known) == len(values):
        return _known(e, calendar, known)
    return _enclosed(e, calendar, values)


def _known(e: Working, calendar: WorkCalendar, values: list[Fraction]) -> Value:
    days = calendar.days
    if isinstance(e, tm.Festival):
        found = (calendar.leave if e.leave else calendar.spring).get(int(values[0]))
        return Fraction(found) if found is not None else Problem(NO_CALENDAR, f"{int(values[0])} 年", e.span)
    outside = next((v for v in values[: 1 if isinstance(e, tm.AddWorkdays) else 2] if not _covers(calendar, v)), None)
    if outside is not None:
        return _no_year(outside, e.span)
    match e:
        case tm.Workdays():
            count = Fraction(bisect_right(days, values[1]) - bisect_right(days, values[0]))
            return _gap(calendar, values[0], values[1], e.span) or count
        case tm.AddWorkdays():
            if values[1] == 0:
                return values[0]
            start = bisect_right(days, values[0]) if values[1] > 0 else bisect_left(days, values[0])
            return _nth(calendar, values[0], start + int(values[1]) - (1 if values[1] > 0 else 0), e.span)
        case tm.RollOn():
            return _nth(calendar, values[0], bisect_left(days, values[0]), e.span)


def _nth(calendar: WorkCalendar, start: Fraction, index: int, span: Span) -> Value:
    """Return a working day by its place; none beyond a year that is not known."""
    if not 0 <= index < len(calendar.days):
        return _no_year(start, span)
    found = Fraction(calendar.days[index])
    return _gap(calendar, start, found, span) or found


def _gap(calendar: WorkCalendar, a: Fraction, b: Fraction, span: Span) -> Problem | None:
    """Return the problem of a year between two days that the calendar does not know."""
    first, last = sorted((_year(a), _year(b)))
    unknown = next((y for y in range(first, last + 1) if y not in calendar.years), None)
    return Problem(NO_CALENDAR, f"{unknown} 年", span) if unknown is not None else None


def _year(day: Fraction) -> int:
    return date.fromordinal(int(day)).year if 1 <= day <= date.max.toordinal() else int(day)


def _covers(calendar: WorkCalendar, day: Fraction) -> bool:
    return _year(day) in calendar.years


def _no_year(day: Fraction, span: Span) -> Problem:
    return Problem(NO_CALENDAR, f"{_year(day)} 年", span)


def _enclosed(e: Working, calendar: WorkCalendar, values: list[Value]) -> Value:
    """Enclose by the ends, since all operations are monotone; an end outside the calendar is open."""
    ranges = [range_of(v) for v in values]
    falling = (True, False) if isinstance(e, tm.Workdays) else (False, False)
    low = _at(e, calendar, [r.hull.hi if f else r.hull.lo for r, f in zip(ranges, falling, strict=False)])
    high = _at(e, calendar, [r.hull.lo if f else r.hull.hi for r, f in zip(ranges, falling, strict=False)])
    can: Range = between(low, high, step=ONE) if low is None or high is None or low < high else point(low)
    also = frozenset({Problem(NO_CALENDAR, "", e.span)}) if low is None or high is None else frozenset()
    problems = problems_of(*(v for v in values if isinstance(v, Unknown))) | also
    return settled(can, deps_of(*values), apart(*values) and not also, problems)


def _at(e: Working, calendar: WorkCalendar, ends: list[Fraction | None]) -> Fraction | None:
    if any(end is None for end in ends):
        return None
    found = _known(e, calendar, [end for end in ends if end is not None])
    return found if isinstance(found, Fraction) else None
