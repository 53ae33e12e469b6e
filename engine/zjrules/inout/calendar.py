"""The calendar of mainland China as data: working days and the holidays of 春节, from chinesecalendar.

A year that the libraries do not know is left out, never guessed; a rule set may supply its notice (放假安排).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import evolve
from chinese_calendar import constants

from zjrules.diag import Code, Diagnostic, Diagnostics, Severity, at
from zjrules.exact.scope import WorkCalendar
from zjrules.term.rule import Notice

NOTICE_DIFFERS = Code("ZJ4062", "holiday-notice-differs", Severity.WARNING)

_SPRING = "Spring Festival"


def work_calendar() -> WorkCalendar:
    """Return every working day of the years that the library knows (holidays and 调休 of the State Council's notices).

    The library's own rule, over ordinals: a weekday that is no holiday, or a day that a notice makes one of work.
    """
    off = {day.toordinal() for day in constants.holidays}
    on = {day.toordinal() for day in constants.workdays}
    years = frozenset(day.year for day in constants.holidays)
    first, last = date(min(years), 1, 1).toordinal(), date(max(years), 12, 31).toordinal()
    days = (n for n in range(first, last + 1) if n in on or (_weekday(n) and n not in off))
    leave: dict[int, int] = {}
    for day, name in constants.holidays.items():
        if name == _SPRING:
            leave[day.year] = min(leave.get(day.year, day.toordinal()), day.toordinal())
    return WorkCalendar(years, tuple(days), {}, leave)


def _weekday(ordinal: int) -> bool:
    return (ordinal - 1) % 7 < 5  # ordinal 1 is a Monday


def supplied(calendar: WorkCalendar, notices: Sequence[Notice]) -> tuple[WorkCalendar, Diagnostics]:
    """Return the calendar with the years that a rule set supplies; for a year that is known, the library's days hold."""
    problems: list[Diagnostic] = []
    for notice in notices:
        if notice.year in calendar.years:
            if _days_of(notice) != [d for d in calendar.days if date.fromordinal(d).year == notice.year]:
                message = f"{notice.year} 年的放假安排与工作日历里的不同"
                help_ = "日历里已有这一年，按日历算；核对通知后删去这一条"
                problems.append(at(NOTICE_DIFFERS, notice.span, message, help_))
            continue
        calendar = _added(calendar, notice)
    return calendar, tuple(problems)


def _days_of(notice: Notice) -> list[int]:
    off = {day for first, last, _ in notice.off for day in range(first, last + 1)}
    year = range(date(notice.year, 1, 1).toordinal(), date(notice.year, 12, 31).toordinal() + 1)
    return [d for d in year if d in notice.on or (_weekday(d) and d not in off)]


def _added(calendar: WorkCalendar, notice: Notice) -> WorkCalendar:
    """Add a year. Its notice may also move days of the last December, which the older notice did not know of."""
    off = {day for first, last, _ in notice.off for day in range(first, last + 1)}
    new_year = date(notice.year, 1, 1).toordinal()
    moved = {d for d in notice.on if d < new_year and notice.year - 1 in calendar.years}
    days = {d for d in calendar.days if d not in off} | moved | set(_days_of(notice))
    spring = [first for first, _, name in notice.off if "春节" in name]
    leave = {**calendar.leave, notice.year: min(spring)} if spring else calendar.leave
    return evolve(calendar, years=calendar.years | {notice.year}, days=tuple(sorted(days)), leave=leave)
