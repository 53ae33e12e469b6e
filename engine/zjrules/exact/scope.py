"""What an expression is evaluated in: facts, ledgers, lets, inputs and the row at hand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import define, field, frozen

from zjrules.exact.census import Census, Others
from zjrules.fact import Asked, Evidence, Fact, Facts, State
from zjrules.interval.sets import ONE, ZERO, Range, between, point
from zjrules.term.expr import Expr, Let, Ref
from zjrules.term.rule import Program
from zjrules.trace import Step
from zjrules.unit import Choice, Number, Scalar, Truth, Type
from zjrules.value import NOT_APPLICABLE, Atom, Problem, Unknown, Value


@frozen
class WorkCalendar:
    """The calendar as data, days as ordinals: every working day of the years that are known, in order, and 春节.

    spring is 正月初一 by year, leave the first day of the Spring Festival holiday as the year's notice has it.
    """

    years: frozenset[int]
    days: tuple[int, ...]
    spring: Mapping[int, int] = field(factory=dict)
    leave: Mapping[int, int] = field(factory=dict)


@frozen
class Rows:
    """The rows of a ledger as values; rows None is a missing ledger, whose length lies in sizes."""

    rows: tuple[Mapping[str, Value], ...] | None
    sizes: Range
    columns: Mapping[str, Value]
    """What each column can be in a row that nobody has seen."""
    deps: frozenset[Atom] = frozenset()
    nonempty: frozenset[Expr | None] = frozenset()
    """What is known not to leave the ledger empty when excluded; None: the ledger itself has rows."""


NARROW_STEPS = 50_000
"""A narrowing evaluates anew what depends on it, and branches inside branches double; a real indicator takes under 2,000."""


@define(eq=False)
class Run:
    """One evaluation: what does not change in it, and its budget."""

    program: Program
    evidence: Mapping[str, Evidence]
    calendar: WorkCalendar | None
    versions: int = 0
    """Narrowings made so far."""
    steps: int = 0
    """Nodes evaluated for the indicator at hand. Past NARROW_STEPS nothing is narrowed: wider, but still sound."""
    parents: dict[Atom, int] = field(factory=dict)
    """For a narrowed atom, the version that it had outside the branch."""
    population: Population | None = None
    unit: int = 0
    """The place of this unit in the population."""
    averaging: bool = False
    """Whether the score is wanted for the mean of the units that an indicator applies to."""
    alike: dict[tuple[int, str], Alike] = field(factory=dict)
    given: Mapping[int, Value] = field(factory=dict)
    """What aggregates are known to be beforehand, by the identity of the kernel node; their rows are then not looked at."""


@frozen
class Alike:
    """For a column: the rows that have each value, in order, and the rows whose value is not known."""

    rows: Mapping[Scalar, tuple[int, ...]]
    open: tuple[tuple[int, Value], ...]


@frozen
class Compared:
    """What all units have at one place of the rules; a missing fact bears its unit's name.

    values: of the units at hand; places: where those that are not known stand in the rest of the census. ends: the least and
    the greatest with its unit, where the units at hand are all units and all is known.
    """

    values: tuple[Value, ...]
    places: Mapping[int, int]
    census: Census
    ends: tuple[tuple[Fraction, str], tuple[Fraction, str]] | None = None

    def others(self, unit: int) -> Others:
        """Return all units but one of those at hand."""
        return self.census.but(self.values[unit], self.places.get(unit))


@define(eq=False)
class Population:
    """The units at hand, which are all units of the run unless `compared` knows more: what rank, best and mean are taken over."""

    names: tuple[str, ...]
    roots: tuple[Scope, ...] = ()
    compared: dict[int, Compared] = field(factory=dict)
    """By the identity of the kernel node."""
    whole: bool = True
    """Whether the units at hand are all units there are."""


@define(eq=False)
class Scope:
    """The names at one place. steps caches lets and holds inputs; it is dropped where a narrowing touches it."""

    run: Run
    facts: Mapping[str, Value]
    ledgers: Mapping[str, Rows]
    steps: dict[str, Step] = field(factory=dict)
    lets: Mapping[str, Let] = field(factory=dict)
    row: Mapping[str, Value] | None = None
    place: int = 0
    """The 0-based number of the row at hand."""

    def narrowed(self, ref: Ref, value: Value | Rows) -> Scope:
        """Return the scope in which one thing is known better; what depends on it is computed anew."""
        kind, name = ref
        steps = {n: s for n, s in self.steps.items() if n not in self.lets or ref not in self.lets[n].refs}
        scope = Scope(self.run, self.facts, self.ledgers, steps, self.lets, self.row, self.place)
        if kind == "fact":
            scope.facts = {**self.facts, name: value}  # type: ignore[dict-item]
        elif kind == "ledger":
            scope.ledgers = {**self.ledgers, name: value}  # type: ignore[dict-item]
        elif kind == "column":
            scope.row = {**(self.row or {}), name: value}  # type: ignore[dict-item]
        else:
            old = self.steps[name]
            steps[name] = Step(old.term, value, old.kids, old.note)  # type: ignore[arg-type]
        return scope

    def outside(self, atoms: frozenset[Atom], before: int) -> frozenset[Atom]:
        """Return atoms in the versions that they had before a branch narrowed them."""
        found = set()
        for name, version in atoms:
            while version > before:
                version = self.run.parents[name, version]
            found.add((name, version))
        return frozenset(found)


def possible(kind: Type, limits: Range, atom: str, may_be_na: bool) -> Value:
    """Return what a missing value of a type can be."""
    problems = frozenset({Problem(NOT_APPLICABLE, atom)}) if may_be_na else frozenset()
    deps = frozenset({(atom, 0)})
    match kind:
        case Truth():
            return Unknown(frozenset({True, False}), deps, True, problems)
        case Choice(options):
            return Unknown(frozenset(options), deps, True, problems)
        case Number():
            return Unknown(limits, deps, True, problems)
        case _:
            return Unknown(limits, deps, True, problems)


def scope_of(program: Program, facts: Facts, calendar: WorkCalendar | None, proved_only: bool) -> Scope:
    """Return the scope of a unit; with proved_only, values that are only claimed count as missing."""
    values: dict[str, Value] = {}
    evidence: dict[str, Evidence] = {}
    for name, asked in program.schema.facts.items():
        fact = facts.facts.get(name)
        hidden = fact is None or (proved_only and fact.evidence is Evidence.CLAIMED)
        if fact is not None and fact.state is not State.MISSING:
            evidence[name] = fact.evidence
        if fact is not None and not hidden and fact.state is State.NOT_APPLICABLE:
            values[name] = Problem(NOT_APPLICABLE, name, fact.span)
        elif fact is not None and not hidden and fact.value is not None:
            values[name] = fact.value
        else:
            values[name] = lacking(fact, asked)
    ledgers = {name: _rows(program, facts, name, proved_only) for name in program.schema.ledgers}
    return Scope(Run(program, evidence, calendar), values, ledgers)


def lacking(fact: Fact | None, asked: Asked) -> Value:
    """Return what a missing fact can be; where only some units lack it, the others bound it and these are named."""
    value = possible(asked.type, asked.limits, asked.name, asked.may_be_na)
    if fact is None or not fact.lacking or not isinstance(value, Unknown):
        return value
    deps = frozenset((f"{unit}：{asked.name}", 0) for unit in fact.lacking)
    return Unknown(value.can if fact.bounds is None else fact.bounds, deps, True, value.problems)


def _rows(program: Program, facts: Facts, name: str, proved_only: bool) -> Rows:
    asked = program.schema.ledgers[name]
    table = facts.ledgers.get(name)
    unseen = {c: possible(a.type, a.limits, name, a.may_be_na) for c, a in asked.columns.items()}
    hidden = table is None or table.rows is None or (proved_only and table.evidence is Evidence.CLAIMED)
    if table is None or table.rows is None or hidden:
        names = [f"{unit}：{name}" for unit in table.lacking] if table else []
        return Rows(None, between(ZERO, None, step=ONE), unseen, frozenset((n, 0) for n in names or [name]))
    rows = []
    for number, row in enumerate(table.rows, 1):
        cells: dict[str, Value] = {}
        for column, ask in asked.columns.items():
            cell = row.get(column)
            atom = f"{name} 第 {number} 行「{column}」"
            claimed = cell is not None and proved_only and cell.evidence is Evidence.CLAIMED
            if cell is not None and not claimed and cell.state is State.NOT_APPLICABLE:
                cells[column] = Problem(NOT_APPLICABLE, atom, cell.span)
            elif cell is not None and not claimed and cell.value is not None:
                cells[column] = cell.value
            else:
                cells[column] = possible(ask.type, ask.limits, atom, ask.may_be_na)
        rows.append(cells)
    return Rows(tuple(rows), point(Fraction(len(rows))), unseen)
