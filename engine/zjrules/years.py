"""Years that cannot be: a slip of a digit in a year, as 2205 for 2025, in what is handed in and in a rule set's head."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.fact import Fact, Raw, Schema, Table
from zjrules.unit import Date, Type, Year, read_date

IMPOSSIBLE = Code("ZJ5036", "year-that-cannot-be", Severity.WARNING)

FIRST, LAST = 1900, 2099
"""What a rule set is for, what a contract runs to and when an office was founded lies in these years."""


def impossible(
    facts: Mapping[str, Fact], ledgers: Mapping[str, Table], schema: Schema, head: Mapping[str, Raw], year: int
) -> Iterator[Diagnostic]:
    """Yield what is to be said of the dates and years of a unit; year is that of the rules."""
    day = head.get("填报日期")
    if day is not None and (when := read_date(day.text)) is not None:
        yield from _told("填报日期", day, day.text, _year(when, Date()), year)
    for fact, kind in _every(facts, ledgers, schema):
        for one in (fact, fact.review):
            if one is not None and isinstance(one.value, Fraction) and isinstance(kind, Date | Year):
                yield from _told(fact.name, one, one.shown, _year(one.value, kind), year)


def _every(facts: Mapping[str, Fact], ledgers: Mapping[str, Table], schema: Schema) -> Iterable[tuple[Fact, Type]]:
    for name, fact in facts.items():
        yield fact, schema.facts[name].type
    for name, table in ledgers.items():
        columns = schema.ledgers[name].columns
        for row in table.rows or ():
            yield from ((cell, columns[column].type) for column, cell in row.items())


def _year(value: Fraction, kind: Date | Year) -> int:
    return int(value) if isinstance(kind, Year) else date.fromordinal(int(value)).year


def _told(name: str, place: Fact | Raw, shown: str, found: int, year: int) -> Iterator[Diagnostic]:
    if not FIRST <= found <= LAST:
        yield at(IMPOSSIBLE, place.span, f"「{name}」填的是「{shown}」，不会有 {found} 年的事", meant(found, year))


def other(said: str, year: int) -> str:
    """Return the help for facts that say another year than that of the rules."""
    wrong = said.isdecimal() and len(said) < 10 and not FIRST <= int(said) <= LAST
    return meant(int(said), year) if wrong else "换用那一年的规则，或更正年度"


def meant(written: int, expected: int) -> str:
    """Return the help for a year that cannot be: a year around the expected one that is one slip away, where there is one."""
    near = (y for y in (expected, expected - 1, expected + 1) if _one_slip(f"{written:04}", str(y)))
    likely = next(near, None)
    return f"是不是 {likely} 年？" if likely is not None else f"核对年份，写四位，例如 {expected}"


def _one_slip(one: str, other: str) -> bool:
    """Return whether one digit was mistaken, or two changed places."""
    differ = [i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    if len(one) != len(other) or len(differ) > 2:
        return False
    return len(differ) == 1 or one[differ[0]] + one[differ[1]] == other[differ[1]] + other[differ[0]]
