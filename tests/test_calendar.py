"""调休 and 春节 of 2024 to 2026 against the days of the State Council's notices, and years that nobody has announced."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from books import HEAD, check_text, compiled

from zjrules.exact.scope import WorkCalendar
from zjrules.exact.total import score
from zjrules.explain.findings import findings
from zjrules.fact import Facts
from zjrules.inout.calendar import supplied, work_calendar
from zjrules.inout.spring import with_spring
from zjrules.value import Problem

# 国办发明电〔2023〕7号, 〔2024〕12号, 〔2025〕7号: the days off (month, day, last month, last day) and the days made up.
NOTICES: dict[int, tuple[list[tuple[int, int, int, int]], list[tuple[int, int]]]] = {
    2024: (
        [(1, 1, 1, 1), (2, 10, 2, 17), (4, 4, 4, 6), (5, 1, 5, 5), (6, 10, 6, 10), (9, 15, 9, 17), (10, 1, 10, 7)],
        [(2, 4), (2, 18), (4, 7), (4, 28), (5, 11), (9, 14), (9, 29), (10, 12)],
    ),
    2025: (
        [(1, 1, 1, 1), (1, 28, 2, 4), (4, 4, 4, 6), (5, 1, 5, 5), (5, 31, 6, 2), (10, 1, 10, 8)],
        [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)],
    ),
    2026: (
        [(1, 1, 1, 3), (2, 15, 2, 23), (4, 4, 4, 6), (5, 1, 5, 5), (6, 19, 6, 21), (9, 25, 9, 27), (10, 1, 10, 7)],
        [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)],
    ),
}
NEW_YEAR = {2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17)}
FIRST_OFF = {2024: date(2024, 2, 10), 2025: date(2025, 1, 28), 2026: date(2026, 2, 15)}


def calendar() -> WorkCalendar:
    return with_spring(work_calendar())


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_is_as_the_notice_has_it(year: int) -> None:
    off = {
        day
        for m, d, last_m, last_d in NOTICES[year][0]
        for day in range(date(year, m, d).toordinal(), date(year, last_m, last_d).toordinal() + 1)
    }
    on = {date(year, m, d).toordinal() for m, d in NOTICES[year][1]}
    days = set(calendar().days)
    day = date(year, 1, 1)
    while day.year == year:
        working = day.toordinal() in on or (day.weekday() < 5 and day.toordinal() not in off)
        assert (day.toordinal() in days) == working, day
        day += timedelta(1)


@pytest.mark.parametrize("year", NEW_YEAR)
def test_spring_festival_and_the_first_day_of_its_holiday_are_two_days(year: int) -> None:
    assert date.fromordinal(calendar().spring[year]) == NEW_YEAR[year]
    assert date.fromordinal(calendar().leave[year]) == FIRST_OFF[year]


def book(expression: str, more: str = "") -> str:
    return HEAD.format(points=4, rounding="不舍入", best=3, good=2) + f"指标 一 4 分\n  得分 {expression}\n" + more


def value(text: str) -> object:
    program = compiled(text)
    known, problems = supplied(calendar(), program.notices)
    assert not problems
    return score(program, Facts("某局", {}, {}, {}), known).indicators()[0].value


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        # 2025-01-24 is a Friday; Sunday the 26th is made up, the 27th is the last day before the holiday.
        ("2025-01-24 + 1 个工作日 = 2025-01-26", True),
        ("2025-01-24 + 3 个工作日 = 2025-02-05", True),
        ("工作日数(2025-01-27，2025-02-05) = 1 个工作日", True),
        ("顺延(2026-05-30) = 2026-06-01", True),
        ("顺延(2026-02-14) = 2026-02-14", True),
        ("春节(评价年度) = 2025-01-29", True),
        ("春节假期首日(评价年度) = 2025-01-28", True),
        ("春节(评价年度 + 1 年) - 春节(评价年度) = 384 日", True),
        ("工作日数(2025-12-31，2026-01-05) = 2 个工作日", True),
    ],
)
def test_dates_in_rules(condition: str, holds: bool) -> None:
    assert value(book(f"若 {condition} 则 满分 否则 0 分")) == (Fraction(4) if holds else Fraction(0))


NOTICE = """放假安排 2031
  依据 "试验"
  放假 2031-01-01 "元旦"
  放假 2031-01-22 至 2031-01-28 "春节"
  调休上班 2031-01-19，2031-02-01
"""


def test_a_year_that_is_not_known_is_an_error_that_says_how_to_supply_it() -> None:
    program = compiled(book("若 2031-01-17 + 1 个工作日 = 2031-01-19 则 满分 否则 0 分"))
    facts = Facts("某局", {}, {}, {})
    trace = score(program, facts, calendar())
    (found,) = findings(trace, facts)
    assert isinstance(trace.indicators()[0].value, Problem)
    assert found.code.number == "ZJ6014" and found.is_error
    assert "2031 年" in found.message and "放假安排 年份" in found.help


def test_a_rule_set_may_supply_a_year() -> None:
    assert value(book("若 2031-01-17 + 1 个工作日 = 2031-01-19 则 满分 否则 0 分", NOTICE)) == 4
    assert value(book("若 春节假期首日(评价年度 + 6 年) = 2031-01-22 则 满分 否则 0 分", NOTICE)) == 4
    assert value(book("若 顺延(2031-02-01) = 2031-02-01 则 满分 否则 0 分", NOTICE)) == 4


def test_what_lies_between_is_not_guessed() -> None:
    """2027 to 2030 stay unknown when only 2031 is supplied."""
    found = value(book("若 工作日数(2026-12-01，2031-01-05) > 3 个工作日 则 满分 否则 0 分", NOTICE))
    assert isinstance(found, Problem) and "2027 年" in found.detail


def test_a_year_that_is_known_stays_as_it_is() -> None:
    program = compiled(book("满分", NOTICE.replace("2031", "2025").replace("2025-01-19", "2025-02-09")))
    known, problems = supplied(calendar(), program.notices)
    assert known == calendar()
    assert [p.code.number for p in problems] == ["ZJ4062"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (NOTICE.replace('  依据 "试验"\n', ""), "没有写依据"),
        (NOTICE.replace("至 2031-01-28", "至 2031-01-20"), "在第一天之前"),
        (NOTICE.replace("2031-02-01", "2032-02-01"), "不在 2031 年的放假安排里"),
        (NOTICE.replace("2031-02-01", "2031-01-25"), "又写了放假，又写了调休上班"),
        (NOTICE.replace("2031-02-01", "2031-02-30"), "没有「2031-02-30」这一天"),
        (NOTICE + NOTICE, "写了两次"),
    ],
)
def test_a_notice_is_checked(text: str, says: str) -> None:
    found, _ = check_text(book("满分", text))
    assert [d.code.number for d in found] == ["ZJ4061"] and says in found[0].message
