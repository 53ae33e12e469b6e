"""What a survivor is: told apart by facts that no case has, equivalent, or undecided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from zjrules.exact.scope import WorkCalendar
from zjrules.fact import Facts
from zjrules.mutate.change import Mutant
from zjrules.mutate.grain import common, grain
from zjrules.mutate.judged import as_indicator
from zjrules.mutate.normal import NoFormError, normal_form
from zjrules.mutate.point import read_by
from zjrules.mutate.proof import by_cases, by_form
from zjrules.mutate.protocol import Distinguishing, Equivalent, Prover, Undecided, Verdict, first_decided
from zjrules.mutate.search import searcher
from zjrules.mutate.whole import apart_in_total, grades_agree
from zjrules.term import rule as tr
from zjrules.term import survey

MOST_OPEN = 4
"""Indicators of one mutant that are left undecided before the others are not asked any more."""


def usual(cases: Sequence[Facts], calendar: WorkCalendar | None) -> Prover:
    """Return the provers that need no solver, the quickest first; cases are where the search begins."""
    return first_decided((by_form(calendar), searcher(cases, calendar), by_cases(calendar)))


def settled(
    program: tr.Program,
    mutant: Mutant,
    prover: Prover,
    calendar: WorkCalendar | None,
    cases: Sequence[Facts] = (),
) -> Verdict:
    """Return what a survivor is. program is the rule set as it is; cases are where a search for totals begins."""
    if mutant.total:
        proved = proved_total(program, mutant, calendar)
        return proved or apart_in_total(program, mutant.program, cases, calendar)
    nodes = tuple(survey.indicators(program.groups))
    pairs = [(nodes[place], node) for place, node in mutant.indicators.items()]
    pairs += [(as_indicator(program.checks[place]), as_indicator(check)) for place, check in mutant.checks.items()]
    # One pair that is told apart is enough; those without ledgers, of few facts, are told apart soonest.
    reads = [(read_by(program.schema, pair), pair) for pair in pairs]
    verdicts: list[Verdict] = []
    for _, (before, after) in sorted(reads, key=lambda r: (len(r[0].ledgers), len(r[0].facts))):
        verdicts.append(prover(program, before, after))
        open_ = [v for v in verdicts if isinstance(v, Undecided)]
        if isinstance(verdicts[-1], Distinguishing) or len(open_) >= MOST_OPEN:
            return verdicts[-1]
    return next((v for v in verdicts if isinstance(v, Undecided)), verdicts[0])


def proved_total(program: tr.Program, mutant: Mutant, calendar: WorkCalendar | None) -> Equivalent | None:
    """Return that no total gets there, or that another rounding of what is a round number changes nothing, where it is so."""
    before, after = program.steps, mutant.program.steps
    if before == after and program.groups == mutant.program.groups:
        # Grades are compared by value; what else stands above the indicators is the same.
        same = grades_agree(program, mutant.program, calendar, _grain_of_sum(program, calendar))
        return Equivalent("总分到不了改动的那一段") if same else None
    changed = [(a, b) for a, b in zip(before, after, strict=False) if a != b]
    if len(before) == len(after) and len(changed) == 1 and program.grades == mutant.program.grades:
        one, two = changed[0]
        first = all(not isinstance(s, tr.Adjust | tr.Clamp) for s in before[: before.index(one)])
        if isinstance(one, tr.RoundScore) and isinstance(two, tr.RoundScore) and first:
            step = _grain_of_sum(program, calendar)
            if step and (step / one.quantum).denominator == 1 and (step / two.quantum).denominator == 1:
                return Equivalent(f"各指标加起来总是 {step} 分的整数倍，怎么舍入都不变")
    return None


def _grain_of_sum(program: tr.Program, calendar: WorkCalendar | None) -> Fraction | None:
    """Return what the sum of all indicators is a multiple of; None where groups round or points drop out."""
    if any(g.rounding.mode is not None for g in _groups(program.groups)):
        return None
    found: list[Fraction | None] = []
    for node in survey.indicators(program.groups):
        if any(na.value is None for each in (node, *node.parts) for na in each.na):
            return None
        try:
            # An indicator without a value counts as anything up to its points.
            found += [grain(normal_form(program, node, calendar)), node.points]
        except NoFormError:
            return None
    return common(*found)


def _groups(nodes: Sequence[tr.Group | tr.Indicator]) -> Iterator[tr.Group]:
    for node in nodes:
        if isinstance(node, tr.Group):
            yield node
            yield from _groups(node.children)
