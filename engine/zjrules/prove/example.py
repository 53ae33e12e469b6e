"""Examples: facts that are fit to be written, replayed through the exact engine, and made plainer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from attrs import evolve, field, frozen

from zjrules.exact import indicator
from zjrules.exact.scope import Scope, WorkCalendar, scope_of
from zjrules.fact import Asked, AskedLedger, Evidence, Fact, Facts, Schema, State, Table
from zjrules.interval.sets import ONE
from zjrules.term import rule as tr
from zjrules.trace import Step
from zjrules.unit import MONEY_DIM, POINTS_DIM, Choice, Date, Number, Scalar, Text, Truth, Year, show

CENT = Fraction(1, 100)
FINEST = Fraction(1, 1_000_000)
"""Ratios and other numbers are written with six decimals at most (0.0001%)."""
PASSES = 3


@frozen
class Example:
    """Facts of one unit as far as a question asks for them. None is 不适用; claimed are those without their evidence."""

    values: Mapping[str, Scalar | None] = field(factory=dict)
    claimed: frozenset[str] = frozenset()
    ledgers: Mapping[str, tuple[Mapping[str, Scalar], ...]] = field(factory=dict)

    def with_value(self, name: str, value: Scalar | None) -> Example:
        """Return an example in which one fact is another."""
        return evolve(self, values={**self.values, name: value})


# ---------- the grid on which facts are written ----------


def finest(asked: Asked) -> Fraction:
    """Return the grid on which a fact is written."""
    match asked.type:
        case Number(whole=True) | Date() | Year():
            return ONE
        case Number(dim=dim) if dim in (MONEY_DIM, POINTS_DIM):
            return CENT
        case _:
            return FINEST


def snapped(value: Fraction, asked: Asked) -> Fraction:
    """Return the nearest value on the grid of a fact that it may have."""
    grid = finest(asked)
    near = round(value / grid) * grid
    return next((v for v in (near, near - grid, near + grid) if asked.limits.holds(v)), near)


# ---------- to the exact engine ----------


def facts_of(example: Example, program: tr.Program) -> Facts:
    """Return an example as the facts of a unit."""
    schema = program.schema
    facts = {n: _fact(schema.facts[n], v, n in example.claimed) for n, v in example.values.items() if n in schema.facts}
    ledgers = {n: _table(schema.ledgers[n], rows) for n, rows in example.ledgers.items() if n in schema.ledgers}
    return Facts("反例", facts, ledgers, {})


def _fact(asked: Asked, value: Scalar | None, claimed: bool) -> Fact:
    evidence = Evidence.NOT_ASKED if not asked.evidence else Evidence.CLAIMED if claimed else Evidence.PROVED
    state = State.NOT_APPLICABLE if value is None else State.GIVEN
    return Fact(asked.name, state, value, evidence, "" if value is None else show(value, asked.type))


def _table(asked: AskedLedger, rows: tuple[Mapping[str, Scalar], ...]) -> Table:
    evidence = Evidence.PROVED if asked.evidence else Evidence.NOT_ASKED
    cells = tuple({c: _fact(asked.columns[c], v, False) for c, v in row.items() if c in asked.columns} for row in rows)
    return Table(asked.name, cells, evidence)


@frozen
class Replay:
    """The exact engine, for one rule set."""

    program: tr.Program
    calendar: WorkCalendar | None

    def only(self, facts: frozenset[str], ledgers: frozenset[str]) -> Replay:
        """Return the engine for a rule set that asks for some facts and ledgers only: an indicator reads few of many."""
        schema = self.program.schema
        asked = {n: a for n, a in schema.facts.items() if n in facts}
        rows = {n: a for n, a in schema.ledgers.items() if n in ledgers}
        return Replay(evolve(self.program, schema=Schema(asked, rows)), self.calendar)

    def scope(self, example: Example) -> Scope:
        """Return the exact scope of an example."""
        return scope_of(self.program, facts_of(example, self.program), self.calendar, proved_only=False)

    def step(self, node: tr.Indicator, example: Example) -> Step:
        """Return the exact step of an indicator."""
        return indicator.score(node, self.scope(example))

    def fits(self, example: Example) -> bool:
        """Return whether every value of an example may be what it is."""
        schema = self.program.schema
        facts = ((schema.facts[n], v) for n, v in example.values.items() if n in schema.facts)
        cells = (
            (schema.ledgers[n].columns[c], v)
            for n, rows in example.ledgers.items()
            for row in rows
            for c, v in row.items()
            if n in schema.ledgers and c in schema.ledgers[n].columns
        )
        return all(_may_be(asked, value) for asked, value in (*facts, *cells))


def _may_be(asked: Asked, value: Scalar | None) -> bool:
    if value is None:
        return asked.may_be_na
    if not isinstance(value, Fraction):
        return True
    if isinstance(asked.type, Date) and not 1 <= value <= date.max.toordinal():
        return False
    return asked.limits.holds(value) and (value / finest(asked)).denominator == 1


# ---------- plainer ----------


def plainer(example: Example, program: tr.Program, holds: Callable[[Example], bool]) -> Example:
    """Return an example of the same thing with rounder numbers and fewer rows; holds says whether it still is one."""
    for _ in range(PASSES):
        before = example
        for smaller in _fewer_rows(example):
            example = smaller if holds(smaller) else example
        for name, value in list(example.values.items()):
            example = _plain_fact(example, name, value, program, holds)
        for ledger, rows in list(example.ledgers.items()):
            for number in range(len(rows)):
                for column in rows[number]:
                    example = _plain_cell(example, (ledger, number, column), program, holds)
        if example == before:
            break
    return example


def _fewer_rows(example: Example) -> Iterator[Example]:
    for ledger, rows in example.ledgers.items():
        for number in range(len(rows)):
            left = rows[:number] + rows[number + 1 :]
            yield evolve(example, ledgers={**example.ledgers, ledger: left})


def _plain_fact(
    example: Example, name: str, value: Scalar | None, program: tr.Program, holds: Callable[[Example], bool]
) -> Example:
    asked = program.schema.facts[name]
    if name in example.claimed:
        proved = evolve(example, claimed=example.claimed - {name})
        example = proved if holds(proved) else example
    for other in _plain_values(value, asked, program.book.year):
        simpler = example.with_value(name, other)
        if holds(simpler):
            return simpler
    return example


def _plain_cell(
    example: Example, place: tuple[str, int, str], program: tr.Program, holds: Callable[[Example], bool]
) -> Example:
    ledger, number, column = place
    rows = example.ledgers[ledger]
    if number >= len(rows):
        return example
    asked = program.schema.ledgers[ledger].columns[column]
    for other in _plain_values(rows[number][column], asked, program.book.year):
        row = {**rows[number], column: other}
        changed = (*rows[:number], row, *rows[number + 1 :])
        simpler = evolve(example, ledgers={**example.ledgers, ledger: changed})
        if holds(simpler):
            return simpler
    return example


def _plain_values(value: Scalar | None, asked: Asked, year: int) -> Iterator[Scalar]:
    """Yield plainer values than this one, the plainest first."""
    match asked.type:
        case Truth() | Choice() | Text():
            return
        case Date():
            days = [
                date(year, 6, 30),
                date(year, 1, 1),
                date(year + 1, 5, 30),
                date(year + 1, 3, 1),
                date(year, 12, 31),
            ]
            tried = [Fraction(d.toordinal()) for d in days]
        case Year():
            tried = [Fraction(year)]
        case _:
            tried = list(_round_numbers(value, asked))
    for each in tried:
        if each == value:
            return
        if asked.limits.holds(each) and (each / finest(asked)).denominator == 1:
            yield each


def _round_numbers(value: Scalar | None, asked: Asked) -> Iterator[Fraction]:
    percent = isinstance(asked.type, Number) and asked.type.percent
    money = isinstance(asked.type, Number) and asked.type.dim == MONEY_DIM
    whole = [1, Fraction(1, 2), Fraction(9, 10), Fraction(1, 10), Fraction(1, 100)] if percent else [1, 10, 100, 1000]
    yield from map(Fraction, [0, *([1_000_000, 10_000] if money else []), *whole])
    if not isinstance(value, Fraction) or not value:
        return
    size = Fraction(10) ** (len(str(abs(int(value)))) if abs(value) >= 1 else 0)
    for digits in range(1, 7):
        grid = size / Fraction(10) ** digits
        yield from (round(value / grid) * grid, value // grid * grid, -(-value // grid) * grid)
