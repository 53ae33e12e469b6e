"""放假安排: the days of a holiday notice, checked."""

from __future__ import annotations

from datetime import date

from zjrules.diag import Code
from zjrules.elaborate.scope import Checker
from zjrules.elaborate.types import text_of
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx
from zjrules.term import rule as tr

BAD_NOTICE = Code("ZJ4061", "holiday-notice")


def notice(check: Checker, node: sd.Notice) -> tr.Notice | None:
    """Return the kernel form of a 放假安排, or None after reporting what is wrong with it.

    Its year is the calendar year of the notice; a 调休上班 may lie in the last days of the year before (for 元旦).
    """
    if node.damaged:
        return None
    before = len(check.problems)
    year = int(node.year.value)
    if node.year.value != year or not 1949 <= year <= 2999:
        check.report(
            BAD_NOTICE, node.year.span, f"「{node.year.span.text}」不是年份", "写四位年份，例如「放假安排 2027」"
        )
    if not node.basis:
        help_ = '补上「依据 "国办发明电〔2026〕…号"」'
        check.report(BAD_NOTICE, node.year.span, f"{year} 年的放假安排没有写依据", help_)
    if not node.off:
        check.report(BAD_NOTICE, node.year.span, f"{year} 年的放假安排没有一天放假", "补上「放假 … 至 …」")
    off = []
    for days in node.off:
        first, last = _day(check, days.first, year), _day(check, days.last, year)
        if first is not None and last is not None:
            if last < first:
                check.report(BAD_NOTICE, days.span, "放假的最后一天在第一天之前", "核对两个日期，是不是写反了")
            off.append((first, last, days.name.text if days.name else ""))
    on = tuple(d for d in (_day(check, day, year) for day in node.on) if d is not None)
    both = next((day for day, n in zip(node.on, on, strict=False) if any(a <= n <= b for a, b, _ in off)), None)
    if both is not None:
        check.report(BAD_NOTICE, both.span, "这一天又写了放假，又写了调休上班", "只留一个")
    if len(check.problems) > before:
        return None
    return tr.Notice(year, tuple(off), on, text_of(node.basis), span=node.span)


def _day(check: Checker, day: sx.DateLit, year: int) -> int | None:
    assert day.year is not None
    try:
        found = date(day.year, day.month, day.day)
    except ValueError:
        check.report(BAD_NOTICE, day.span, f"没有「{day.span.text}」这一天", "核对年月日")
        return None
    if not (day.year == year or (day.year == year - 1 and day.month == 12)):
        check.report(BAD_NOTICE, day.span, f"「{day.span.text}」不在 {year} 年的放假安排里", "一年一条，各写各的")
        return None
    return found.toordinal()
