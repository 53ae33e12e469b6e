"""Mutants against the cases: a mutant is killed where something that a person signed comes out different.

Only what a mutant changed is scored again, in the fast reading where that knows all, in the exact one where not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import define, evolve, field, frozen

from zjrules import review
from zjrules.case import READINGS, Result, Results, Wish, met, results_of
from zjrules.compiled.program import Compiled, Function, Values, compiled, result
from zjrules.exact import indicator, total
from zjrules.exact.scope import Run, Scope, WorkCalendar, scope_of
from zjrules.fact import Facts
from zjrules.mutate.change import Mutant
from zjrules.num import round_to
from zjrules.project import score_units
from zjrules.ruleset import RuleSet
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.value import Value


@frozen
class Signed:
    """A case of which every expectation holds: its name, its unit (and those that it is compared with), what it expects."""

    name: str
    units: tuple[Facts, ...]
    wishes: tuple[Wish, ...]


@frozen
class Kill:
    """Who noticed a mutant: the case, what it expects, and what came out."""

    case: str
    wish: Wish
    got: Result


@define(eq=False)
class Reading:
    """A case read in one way: 自述, 仅有佐证 or 复核."""

    case: Signed
    facts: Facts
    proved_only: bool
    scope: Scope
    values: Values
    wishes: tuple[Wish, ...]
    before: dict[int, Value] = field(factory=dict)
    """The scores of the rules as they are, by the place of the indicator."""


@define(eq=False)
class Bench:
    """A rule set with its cases, ready for mutants."""

    rules: RuleSet
    calendar: WorkCalendar | None
    compiled: Compiled
    readings: tuple[Reading, ...]
    """Of the cases of one unit."""
    compared: tuple[Signed, ...]
    """Cases of several units, which are scored together."""
    nodes: tuple[tr.Indicator, ...]
    fast: int = 0
    exact: int = 0
    """How often an indicator was scored in either reading."""

    def killed(self, mutant: Mutant) -> Kill | None:
        """Return who notices a mutant, None where it survives."""
        functions = {place: self.compiled.alone(unrounded(node)) for place, node in mutant.indicators.items()}
        for kill in self._by_indicator(mutant, functions):
            return kill
        for kill in self._by_check(mutant):
            return kill
        for kill in self._by_total(mutant, functions):
            return kill
        return next(self._by_comparison(mutant), None)

    def _by_indicator(self, mutant: Mutant, functions: Mapping[int, Function | None]) -> Iterator[Kill]:
        for place, node in mutant.indicators.items():
            for reading in self.readings:
                mine = [w for w in reading.wishes if w.name == node.name and w.kind in ("指标", "舍入前")]
                if mine:
                    score, raw = self.score(node, functions[place], reading, mutant.program)
                    yield from _missed(reading, mine, {("指标", node.name): score, ("舍入前", node.name): raw})

    def _by_check(self, mutant: Mutant) -> Iterator[Kill]:
        for check in mutant.checks.values():
            for reading in self.readings:
                mine = [w for w in reading.wishes if w.name == check.title and w.kind == "校验"]
                if mine:
                    status = total.checked(check, self._scope(reading, mutant.program)).status
                    yield from _missed(reading, mine, {("校验", check.title): status})

    def _by_total(self, mutant: Mutant, functions: Mapping[int, Function | None]) -> Iterator[Kill]:
        groups = {g.name for g in self.rules.program.groups}
        for reading in self.readings:
            mine = [w for w in reading.wishes if w.kind in ("总分", "等级") or w.name in groups]
            if mine and (mutant.total or self._moved(mutant, functions, reading)):
                above = evolve(mutant.program, checks=())
                trace = total.score(above, reading.facts, self.calendar, reading.proved_only)
                yield from _missed(reading, mine, results_of(trace))

    def _moved(self, mutant: Mutant, functions: Mapping[int, Function | None], reading: Reading) -> bool:
        """Return whether any score that a mutant touches is another than before."""
        for place, node in mutant.indicators.items():
            if place not in reading.before:
                old = self.nodes[place]
                reading.before[place] = self.score(old, None, reading, self.rules.program)[0]
            if self.score(node, functions[place], reading, mutant.program)[0] != reading.before[place]:
                return True
        return False

    def _by_comparison(self, mutant: Mutant) -> Iterator[Kill]:
        for case in self.compared:
            rules = evolve(self.rules, program=mutant.program)
            scored = score_units(rules, case.units, self.calendar, whole=True)[0]
            traces = dict(
                zip(READINGS, (scored.claimed, scored.proved, scored.reviewed or scored.claimed), strict=True)
            )
            for wish in case.wishes:
                got = results_of(traces[wish.reading])[wish.kind, wish.name]
                if not met(wish, got):
                    yield Kill(case.name, wish, got)

    def score(
        self, node: tr.Indicator, function: Function | None, reading: Reading, program: tr.Program
    ) -> tuple[Value, Value]:
        """Return the score of an indicator and what it was before rounding; function gives the latter, where it can."""
        if function is not None and not (reading.values.lacking and reading.values.lacking & function.needs):
            raw = result(function, reading.values)
            if raw is not None:
                self.fast += 1
                return finished(node, raw), raw
        self.exact += 1
        step = indicator.score(node, self._scope(reading, program))
        return step.value, step.note if step.note is not None else step.value  # type: ignore[return-value]

    def _scope(self, reading: Reading, program: tr.Program) -> Scope:
        old = reading.scope
        return Scope(Run(program, old.run.evidence, self.calendar), old.facts, old.ledgers)


def _missed(reading: Reading, wishes: Sequence[Wish], results: Results) -> Iterator[Kill]:
    for wish in wishes:
        got = results[wish.kind, wish.name]
        if not met(wish, got):
            yield Kill(reading.case.name, wish, got)


def unrounded(node: tr.Indicator) -> tr.Indicator:
    """Return an indicator whose score is not rounded; its parts are as they were."""
    return evolve(node, rounding=evolve(node.rounding, mode=None))


def finished(node: tr.Indicator, raw: Fraction) -> Fraction:
    """Return the rounded score."""
    mode = node.rounding.mode
    return raw if mode is None else round_to(raw, node.rounding.quantum, mode)


def bench(rules: RuleSet, cases: Sequence[Signed], calendar: WorkCalendar | None) -> Bench:
    """Return a rule set with its cases, ready for mutants."""
    fast = compiled(rules.program, calendar)
    readings = []
    for case in cases:
        for name in dict.fromkeys(w.reading for w in case.wishes) if len(case.units) == 1 else ():
            proved = name == READINGS[1]
            facts = (review.reviewed(case.units[0]) or case.units[0]) if name == READINGS[2] else case.units[0]
            scope = scope_of(rules.program, facts, calendar, proved)
            mine = tuple(w for w in case.wishes if w.reading == name)
            readings.append(Reading(case, facts, proved, scope, fast.values(facts, proved), mine))
    compared = tuple(c for c in cases if len(c.units) > 1)
    nodes = tuple(survey.indicators(rules.program.groups))
    return Bench(rules, calendar, fast, tuple(readings), compared, nodes)
