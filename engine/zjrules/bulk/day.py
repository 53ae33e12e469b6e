"""Working days for columns: tables by day, so that a column of dates is one look-up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from fractions import Fraction

from attrs import frozen

from zjrules.bulk.code import YES, Code, Flag, Int, RefusedError, constant
from zjrules.bulk.number import Num
from zjrules.bulk.table import Lookup, lookup
from zjrules.exact.scope import WorkCalendar


def whole(c: Code, a: Num) -> Int:
    """Return the integer that a date or a number of days is; refused where it could be a fraction."""
    if a.most is not None or a.below.known != 1 or a.factor.denominator != 1:
        raise RefusedError
    return c.mul(a.above, constant(a.factor.numerator))


@frozen(eq=False)
class Days:
    """The calendar as tables. first and last are the days between which all years are known."""

    first: int
    last: int
    after: Lookup
    """By day from first: how many working days there are up to and with it."""
    before: Lookup
    """By day from first: how many working days there are before it."""
    days: Lookup
    """Every working day."""
    springs: tuple[Lookup, Lookup]
    """By year from first_year: 春节, and the first day of its holiday; 0 where that is not known."""
    first_year: int

    def _index(self, c: Code, day: Int) -> tuple[Int, Flag]:
        known = c.both(c.least(constant(self.first), day), c.least(day, constant(self.last)))
        index = c.sub(c.larger(c.smaller(day, constant(self.last)), constant(self.first)), constant(self.first))
        return index, c.opposite(known)

    def between(self, c: Code, start: Num, end: Num) -> Num:
        """Return the working days after the first date, up to and with the second."""
        (a, bad), (b, worse) = self._index(c, whole(c, start)), self._index(c, whole(c, end))
        bad = c.either(c.either(start.bad, end.bad), c.either(bad, worse))
        return Num(Fraction(1), c.sub(c.lookup(self.after, b), c.lookup(self.after, a)), constant(1), None, bad)

    def added(self, c: Code, start: Num, count: Num) -> Num:
        """Return the date that lies a number of working days after (or before) a date."""
        day, steps = whole(c, start), whole(c, count)
        index, bad = self._index(c, day)
        forth = c.sub(c.add(c.lookup(self.after, index), steps), constant(1))
        back = c.add(c.lookup(self.before, index), steps)
        place = c.chosen(c.less(constant(0), steps), forth, back)
        found, off = self._nth(c, place)
        still = c.equal(steps, constant(0))
        bad = c.either(bad, c.both(c.opposite(still), off))
        bad = c.either(c.either(start.bad, count.bad), bad)
        return Num(Fraction(1), c.chosen(still, day, found), constant(1), None, bad)

    def rolled(self, c: Code, operand: Num) -> Num:
        """Return the date itself, or the next working day when it is none."""
        index, bad = self._index(c, whole(c, operand))
        found, off = self._nth(c, c.lookup(self.before, index))
        return Num(Fraction(1), found, constant(1), None, c.either(operand.bad, c.either(bad, off)))

    def _nth(self, c: Code, place: Int) -> tuple[Int, Flag]:
        most = constant(len(self.days.values) - 1)
        known = c.both(c.least(constant(0), place), c.least(place, most))
        found = c.lookup(self.days, c.larger(c.smaller(place, most), constant(0)))
        inside = c.both(c.least(constant(self.first), found), c.least(found, constant(self.last)))
        return found, c.opposite(c.both(known, inside))

    def festival(self, c: Code, year: Num, leave: bool) -> Num:
        """Return 春节 of a year, or the first day of its holiday."""
        table, number = self.springs[leave], whole(c, year)
        first, last = constant(self.first_year), constant(self.first_year + len(table.values) - 1)
        known = c.both(c.least(first, number), c.least(number, last))
        found = c.lookup(table, c.sub(c.larger(c.smaller(number, last), first), first))
        bad = c.either(c.opposite(known), c.equal(found, constant(0)))
        return Num(Fraction(1), found, constant(1), None, c.either(year.bad, bad))


def days(calendar: WorkCalendar | None) -> Days | None:
    """Return a calendar as tables; None where there is none."""
    if calendar is None or not calendar.years or not calendar.days:
        return None
    last_year = first_year = max(calendar.years)
    while first_year - 1 in calendar.years:
        first_year -= 1
    first, last = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
    every = range(first, last + 1)
    springs = sorted({*calendar.spring, *calendar.leave}) or [0]
    years = range(springs[0], springs[-1] + 1)
    return Days(
        first,
        last,
        lookup([bisect_right(calendar.days, d) for d in every]),
        lookup([bisect_left(calendar.days, d) for d in every]),
        lookup(list(calendar.days)),
        (lookup([calendar.spring.get(y, 0) for y in years]), lookup([calendar.leave.get(y, 0) for y in years])),
        springs[0],
    )


NOTHING = Num(Fraction(0), constant(1), constant(1), None, YES)
"""What a function of working days gives where there is no calendar."""
