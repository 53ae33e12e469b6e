"""Working days of mainland China as data, from chinesecalendar; years that it does not know are left out."""

from __future__ import annotations

from datetime import date

from chinese_calendar import constants

from zjrules.exact.scope import WorkCalendar


def work_calendar() -> WorkCalendar:
    """Return every working day of the years that the library knows (holidays and 调休 of the State Council's notices).

    The library's own rule, over ordinals: a weekday that is no holiday, or a day that a notice makes one of work.
    """
    off = {day.toordinal() for day in constants.holidays}
    on = {day.toordinal() for day in constants.workdays}
    years = {day.year for day in constants.holidays}
    first, last = date(min(years), 1, 1).toordinal(), date(max(years), 12, 31).toordinal()
    # Ordinal 1 is a Monday.
    days = (n for n in range(first, last + 1) if n in on or ((n - 1) % 7 < 5 and n not in off))
    return WorkCalendar(first, last, tuple(days))
