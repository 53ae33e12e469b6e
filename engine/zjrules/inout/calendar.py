"""Working days of mainland China as data, from chinesecalendar; years that it does not know are left out."""

from __future__ import annotations

from datetime import date, timedelta

from chinese_calendar import constants, is_workday

from zjrules.exact.scope import WorkCalendar


def work_calendar() -> WorkCalendar:
    """Return every working day of the years that the library knows (holidays and 调休 of the State Council's notices)."""
    years = {day.year for day in constants.holidays}
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return WorkCalendar(first.toordinal(), last.toordinal(), tuple(d.toordinal() for d in span if is_workday(d)))
