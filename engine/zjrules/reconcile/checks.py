"""The checks (校验) of the rule set over what the report states, with what only the data table knows beside it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from fractions import Fraction

from attrs import evolve

from zjrules.diag import Diagnostic
from zjrules.exact.scope import WorkCalendar
from zjrules.exact.total import score
from zjrules.explain.findings import findings
from zjrules.fact import Fact, Facts, State
from zjrules.interval.sets import Range, between
from zjrules.reconcile.between import worth_of
from zjrules.reconcile.tally import Summary
from zjrules.ruleset import RuleSet
from zjrules.term import expr as tm
from zjrules.term import survey
from zjrules.term.rule import Check
from zjrules.trace import Checked
from zjrules.unit import MONEY_DIM, Number

EXACT = Fraction(1)
"""Money whose last digit is worth no more than this (元) is taken as exact: a trailing zero of 817118.90 is often left out."""
_ROUNDED = "报告写的是取整的数"


def failed(
    report: Facts,
    table: Facts | None,
    differing: AbstractSet[str],
    rules: RuleSet,
    calendar: WorkCalendar | None,
    summary: Summary,
) -> list[Diagnostic]:
    """Return the checks that the statements of a report fail.

    A check that only the data table's facts fail is no matter of the report, and a report is no evidence.
    """
    facts = _together(report, table, differing, rules)
    trace = score(rules.program, facts, calendar)
    keep: list[Checked] = []
    for checked in trace.checks:
        names, proofs = uses(checked.check)
        stated = {n for n in names | proofs if n in report.facts}
        if not stated or checked.status == "跳过":
            continue
        open_ = checked.status == "不可核" or any(n in stated and not given(table, n) for n in proofs)
        mixed = bool(names & differing) and any(n not in report.facts for n in names)
        summary.count(None if open_ or mixed else checked.status == "通过")
        if checked.status == "不通过" and not open_ and not mixed:
            keep.append(checked)
    return findings(evolve(trace, checks=tuple(keep), groups=()), evolve(facts, claims={}))


def uses(check: Check) -> tuple[set[str], set[str]]:
    """Return the facts whose values a check uses, and those whose evidence it asks for."""
    exprs = [n for e in (check.when, check.left, check.right) if e is not None for n in survey.deep(e)]
    names = {n.name for n in exprs if isinstance(n, tm.FactRef)} | {n.fact for n in exprs if isinstance(n, tm.IsNA)}
    return names, {n.fact for n in exprs if isinstance(n, tm.HasEvidence)}


def given(table: Facts | None, name: str) -> bool:
    """Return whether the data table has a fact."""
    fact = table.facts.get(name) if table is not None else None
    return fact is not None and fact.state is not State.MISSING


def _together(report: Facts, table: Facts | None, differing: AbstractSet[str], rules: RuleSet) -> Facts:
    """Return the report's facts, each at its place in the report, and those that only the data table has.

    Where both agree, the value is the more exact one and the evidence is the table's.
    """
    if table is None:
        known = {name: _bounded(fact, rules) for name, fact in report.facts.items()}
        return evolve(report, facts=known)
    known = dict(table.facts)
    for name, said in report.facts.items():
        own = table.facts.get(name)
        if own is None or own.state is State.MISSING:
            known[name] = _bounded(said, rules)
        elif name in differing:
            known[name] = evolve(_bounded(said, rules), evidence=own.evidence)
        else:
            exact = own if worth_of(own) <= worth_of(said) else said
            known[name] = evolve(own, value=exact.value, shown=said.shown, source=said.source, span=said.span)
    return evolve(table, facts=known)


def _bounded(fact: Fact, rules: RuleSet) -> Fact:
    """Return a rounded amount as what it can be: then no check fails by rounding alone."""
    asked = rules.program.schema.facts[fact.name]
    if not isinstance(asked.type, Number) or asked.type.dim != MONEY_DIM or not isinstance(fact.value, Fraction):
        return fact
    half = worth_of(fact) / 2
    if half * 2 <= EXACT or fact.value == 0:
        return fact
    low = fact.value - half
    can: Range = between(max(low, Fraction(0)) if fact.value > 0 else low, fact.value + half)
    return evolve(fact, state=State.MISSING, value=None, bounds=can, lacking=(_ROUNDED,))
