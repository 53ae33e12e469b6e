"""A rule set compiled once to Python functions over integers, for scores without a trace.

It knows one unit whose facts are all there. Where a fact is missing or 不适用, where units are compared, and where there is
no value (a division by 0, an empty ledger), it gives None, and the exact engine says what is to be said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from math import gcd
from typing import Any

from attrs import define, evolve, frozen

from zjrules.compiled import dates
from zjrules.compiled.expr import is_whole
from zjrules.compiled.indicator import every_guard, indicator, total
from zjrules.compiled.source import Code, Need, Num, RefusedError, Writer, literal
from zjrules.exact.scope import WorkCalendar
from zjrules.fact import Asked, Evidence, Fact, Facts, State
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.unit import Scalar

Slots = tuple[Any, ...]
"""Integers, truths and options, by place; None where something is not known."""


@frozen
class Values:
    """The facts of one unit as the functions read them, and what of them is not known."""

    facts: Slots
    ledgers: tuple[tuple[Slots, ...] | None, ...]
    lacking: frozenset[Need]
    blank: bool
    """Whether a cell of a ledger is not known; a function that comes to it gives None."""


@frozen
class Scores:
    """Exact scores in the order of the book, and the total; None is what the exact engine must be asked."""

    indicators: tuple[Fraction | None, ...]
    total: Fraction | None


@frozen
class Function:
    """One function: what it needs to know, and the denominator of its result where that is fixed."""

    run: Callable[[Slots, tuple[Any, ...]], Any]
    needs: frozenset[Need]
    den: int | None
    text: str


@define(eq=False)
class Compiled:
    """A compiled rule set. functions follow the indicators of the book; None is one that is left to the exact engine."""

    program: tr.Program
    functions: tuple[Function | None, ...]
    whole: Function | None
    """All indicators and the total in one; None where one of them is left to the exact engine."""
    slots: dict[Need, int]
    every: frozenset[Need]
    """What any indicator or the total needs."""
    dens: tuple[int | None, ...]
    namespace: dict[str, object]

    @cached_property
    def widths(self) -> tuple[int, int]:
        """How many places there are for facts, and for ledgers."""
        kinds = [need[0] for need in self.slots]
        return 2 * sum(k in ("fact", "evidence") for k in kinds), kinds.count("rows")

    @cached_property
    def cells(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """The columns that are read of each ledger, and the place of each in a row."""
        found: dict[str, tuple[tuple[str, int], ...]] = {}
        for (kind, ledger, column), place in self.slots.items():
            if kind == "cell":
                found[ledger] = (*found.get(ledger, ()), (column, place))
        return found

    def alone(self, node: tr.Indicator) -> Function | None:
        """Compile one more indicator, which reads the same values; None where it needs others, or the exact engine."""
        code = Code(self.program, Writer(dict(self.namespace)), dict(self.slots))
        try:
            function = _function("alone", code, indicator(node, code))
        except RefusedError:
            return None
        return function if function.needs <= self.every else None

    def values(self, facts: Facts, proved_only: bool = False) -> Values:
        """Return a unit's facts in the places where the functions read them."""
        found: list[Any] = [None] * self.widths[0]
        lacking: set[Need] = set()
        for need, place in self.slots.items():
            if need[0] not in ("fact", "evidence"):
                continue
            fact, asked = facts.facts.get(need[1]), self.program.schema.facts[need[1]]
            cell = _slot(fact, asked, proved_only)
            if cell is None or fact is None:
                lacking.add(need)
            elif need[0] == "evidence":
                found[place] = fact.evidence is not Evidence.CLAIMED
            else:
                found[place], found[place + 1] = cell
        ledgers: list[tuple[Slots, ...] | None] = [None] * self.widths[1]
        for need, place in self.slots.items():
            if need[0] == "rows":
                ledgers[place // 2] = self._rows(facts, need[1], proved_only, lacking)
        blank = any(cell is None for rows in ledgers for row in rows or () for cell in row[::2])
        return Values(tuple(found), tuple(ledgers), frozenset(lacking), blank)

    def _rows(self, facts: Facts, name: str, proved_only: bool, lacking: set[Need]) -> tuple[Slots, ...] | None:
        table, asked = facts.ledgers.get(name), self.program.schema.ledgers[name]
        if table is None or table.rows is None or (proved_only and table.evidence is Evidence.CLAIMED):
            lacking.add(("rows", name, ""))
            return None
        columns = self.cells.get(name, ())
        found = []
        for row in table.rows:
            cells: list[Any] = [None] * (2 * len(columns))
            for column, place in columns:
                cell = _slot(row.get(column), asked.columns[column], proved_only)
                cells[place], cells[place + 1] = cell or (None, None)
            found.append(tuple(cells))
        return tuple(found)

    def changed(self, values: Values, facts: Mapping[str, Fraction]) -> Values:
        """Return values of which some facts are others; one that is not what was declared is not known."""
        found, lacking = list(values.facts), set(values.lacking)
        for name, value in facts.items():
            need: Need = ("fact", name, "")
            place = self.slots.get(need)
            if place is None:
                continue
            cell = _fitting(value, self.program.schema.facts[name])
            found[place], found[place + 1] = cell or (None, None)
            lacking = lacking - {need} if cell else lacking | {need}
        return evolve(values, facts=tuple(found), lacking=frozenset(lacking))

    def integers(self, values: Values) -> Any:
        """Return what the functions return as it is, for a unit of which nothing is lacking: integers over self.dens."""
        assert self.whole is not None
        return self.whole.run(values.facts, values.ledgers)

    def scores(self, values: Values) -> Scores:
        """Return the scores of a unit."""
        if self.whole is not None and not values.lacking & self.every:
            found, every = self.whole.run(values.facts, values.ledgers)
            pairs = tuple(
                [_fraction(r, d) if type(r) is int else _score(d, r) for r, d in zip(found, self.dens, strict=True)]
            )
            return Scores(pairs, _score(self.whole.den, every))
        return Scores(tuple(self.indicator(place, values) for place in range(len(self.functions))), None)

    def indicator(self, place: int, values: Values) -> Fraction | None:
        """Return the score of one indicator."""
        function = self.functions[place]
        if function is None or (values.lacking and values.lacking & function.needs):
            return None
        return result(function, values)

    @property
    def source(self) -> str:
        """What was compiled."""
        whole = [self.whole] if self.whole is not None else []
        return "\n".join(f.text for f in (*self.functions, *whole) if f is not None)


def compiled(program: tr.Program, calendar: WorkCalendar | None = None) -> Compiled:
    """Compile a rule set; its calendar is part of it."""
    slots: dict[Need, int] = {}
    namespace: dict[str, object] = {
        "__builtins__": {}, "abs": abs, "gcd": gcd, "half_even": _half_even, "G": _Left("本级"), "T": _Left("总分"),
        **dates.functions(calendar),
    }  # fmt: skip
    functions: list[Function | None] = []
    dens: list[str] = []
    for place, node in enumerate(survey.indicators(program.groups)):
        code = Code(program, Writer(namespace), slots)
        try:
            found = indicator(node, code)
        except RefusedError:
            functions.append(None)
            continue
        functions.append(_function(f"i{place}", code, found))
        dens.append(found.den)
    whole = _whole(program, dens, Code(program, Writer(namespace), slots)) if None not in functions else None
    dens_known = tuple(f.den if f else None for f in functions)
    return Compiled(program, tuple(functions), whole, slots, frozenset(slots), dens_known, namespace)


def _whole(program: tr.Program, dens: list[str], code: Code) -> Function | None:
    """Return the function of all indicators and the total."""
    results: dict[int, tuple[Num, str]] = {}
    for place, (node, den) in enumerate(zip(survey.indicators(program.groups), dens, strict=True)):
        name, drops = f"s{place}", any(g.value is None for g in every_guard(node))
        if literal(den) is not None:
            text = f"0 if {name} is G or {name} is T else {name}"
            results[id(node)] = Num(code.out.fresh(text) if drops else name, den), name
        else:
            text = f"(0, 1) if {name} is G or {name} is T else {name}" if drops else name
            pair = code.out.fresh(text)
            results[id(node)] = Num(f"{pair}[0]", f"{pair}[1]"), name
    try:
        found = total(program, results, code)
    except RefusedError:
        return None
    names = ", ".join(f"s{place}" for place in range(len(dens)))
    made = _function("total", code, found, [f"{names}, = s"], "f, l, s")
    calls = "".join(f" s{place} = i{place}(f, l)\n" for place in range(len(dens)))
    text = f"def run(f, l):\n{calls} s = ({names},)\n return s, None if None in s else total(f, l, s)\n"
    return Function(_run("run", text, code.out.namespace), made.needs, made.den, made.text + text)


def result(function: Function, values: Values) -> Fraction | None:
    """Return what a function gives; None where there is no value, or none that counts."""
    return _score(function.den, function.run(values.facts, values.ledgers))


def score(program: Compiled, facts: Facts) -> Scores | None:
    """Return the scores of a unit; None where the exact engine must be asked for any of them."""
    found = program.scores(program.values(facts))
    return found if found.total is not None else None


@frozen
class _Left:
    """What an indicator returns that does not count."""

    level: str


def _slot(fact: Fact | None, asked: Asked, proved_only: bool) -> tuple[Any, Any] | None:
    """Return a value as it stands in its place; None where it is not known, or not what was declared."""
    if fact is None or fact.state is not State.GIVEN or (proved_only and fact.evidence is Evidence.CLAIMED):
        return None
    return None if fact.value is None else _fitting(fact.value, asked)


def _fitting(value: Scalar, asked: Asked) -> tuple[Any, Any] | None:
    if not isinstance(value, Fraction):
        return value, None
    if (is_whole(asked) and value.denominator != 1) or not asked.limits.holds(value):
        return None
    return value.numerator, value.denominator


@lru_cache(maxsize=8192)
def _fraction(above: int, below: int) -> Fraction:
    return Fraction(above, below)


def _score(den: int | None, found: Any) -> Fraction | None:
    if found is None or isinstance(found, _Left):
        return None
    return _fraction(found, den) if den is not None else _fraction(*found)


def _half_even(above: int, below: int) -> int:
    """Return above ÷ below rounded to the nearest integer, halves to the even one."""
    whole, rest = divmod(2 * above + below, 2 * below)
    return whole - (rest == 0 and whole % 2)


def _function(name: str, code: Code, found: Num, head: Sequence[str] = (), names: str = "f, l") -> Function:
    """Compile what was written: a number with a fixed denominator is returned without it."""
    den = literal(found.den)
    result = found.num if den is not None else f"({found.num}, {found.den})"
    lines = [*code.out.lines, (1, f"return {result}")]
    used = set(re.findall(r"\b[fl]\d+\b", "\n".join(line for _, line in lines)))
    facts = [f"{n} = f[{n[1:]}]" for n in sorted(used) if n[0] == "f"]
    ledgers = [f"{n} = l[{int(n[1:]) // 2}]" for n in sorted(used) if n[0] == "l"]
    body = [*((1, line) for line in (*facts, *ledgers, *head)), *lines]
    text = f"def {name}({names}):\n" + "".join(f"{' ' * depth}{line}\n" for depth, line in body)
    return Function(_run(name, text, code.out.namespace), frozenset(code.needs), den, text)


def _run(name: str, text: str, namespace: dict[str, object]) -> Any:
    """Return the function of a text of ours: it holds our names, integers and operators, and nothing that a user wrote."""
    exec(compile(text, f"<{name}>", "exec"), namespace)  # noqa: S102 - see above
    return namespace[name]
