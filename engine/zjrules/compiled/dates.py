"""Working days for the fast reading: on integers, None where the calendar does not know a year."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date

from zjrules.exact.scope import WorkCalendar

Day = Callable[..., int | None]


def functions(calendar: WorkCalendar | None) -> dict[str, Day]:
    """Return the operations on working days, by the names that the written text calls them by."""
    if calendar is None:
        return dict.fromkeys(("workdays", "add_workdays", "roll_on", "festival"), lambda *_: None)
    days, first, last = calendar.days, *_span(calendar)

    def known(a: int, b: int) -> bool:
        """Return whether the calendar knows all years from one day to another."""
        return first <= a <= last and first <= b <= last

    def nth(start: int, index: int) -> int | None:
        found = days[index] if 0 <= index < len(days) else None
        return found if found is not None and known(start, found) else None

    def workdays(start: int, end: int) -> int | None:
        if not (first <= start <= last and first <= end <= last):
            return None
        return bisect_right(days, end) - bisect_right(days, start)

    def add_workdays(start: int, count: int) -> int | None:
        if not first <= start <= last:
            return None
        if count == 0:
            return start
        return nth(start, bisect_right(days, start) + count - 1 if count > 0 else bisect_left(days, start) + count)

    def roll_on(day: int) -> int | None:
        return nth(day, bisect_left(days, day)) if first <= day <= last else None

    def festival(year: int, leave: bool) -> int | None:
        return (calendar.leave if leave else calendar.spring).get(year)

    return {"workdays": workdays, "add_workdays": add_workdays, "roll_on": roll_on, "festival": festival}


def _span(calendar: WorkCalendar) -> tuple[int, int]:
    """Return the first and last day of the latest years that are known without a gap; days before these are left alone."""
    if not calendar.years:
        return 1, 0
    last = first = max(calendar.years)
    while first - 1 in calendar.years:
        first -= 1
    return date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()
