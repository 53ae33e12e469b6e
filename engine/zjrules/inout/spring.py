"""正月初一, from lunardate."""

from __future__ import annotations

from attrs import evolve
from lunardate import LunarDate

from zjrules.exact.scope import WorkCalendar

YEARS = range(1900, 2100)
"""What lunardate's tables cover."""


def with_spring(calendar: WorkCalendar) -> WorkCalendar:
    """Return the calendar with 正月初一 of every year that is known."""
    return evolve(calendar, spring={y: LunarDate(y, 1, 1).to_solar_date().toordinal() for y in YEARS})
