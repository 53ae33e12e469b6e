"""Mutants: killed ones differ in what was signed, equivalent ones nowhere, and what tells a survivor apart does so when read back."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from attrs import evolve
from books import Made, book, made
from books import compiled as built
from given import drawn
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from zjrules.case import READINGS, met, results_of, wishes
from zjrules.exact import indicator, total
from zjrules.exact.scope import WorkCalendar, scope_of
from zjrules.fact import Facts
from zjrules.fit import fit
from zjrules.inout import casefile, factfile
from zjrules.inout.calendar import work_calendar
from zjrules.mutate.bench import Bench, Signed, bench
from zjrules.mutate.book import mutants
from zjrules.mutate.change import Mutant
from zjrules.mutate.normal import NoFormError, normal_form
from zjrules.mutate.protocol import Distinguishing, Equivalent
from zjrules.mutate.run import replays
from zjrules.mutate.settle import proved_total, settled, usual
from zjrules.mutate.solver import by_solver
from zjrules.project import fitted, load, read_facts, score_units
from zjrules.ruleset import RuleSet
from zjrules.span import Source
from zjrules.term import survey
from zjrules.term.rule import Plain, Program
from zjrules.value import Problem, Unknown

ROOT = Path(__file__).parents[2]


@cache
def calendar() -> WorkCalendar:
    return work_calendar()


@cache
def zhanjiang() -> tuple[RuleSet, Bench, tuple[Mutant, ...]]:
    rules, _ = load("zhanjiang/2025")
    assert rules is not None
    signed = []
    for path in sorted((ROOT / "cases/zhanjiang-2025").glob("*.yaml")):
        handed, _ = read_facts(path)
        assert handed is not None and handed.case is not None
        unit, _ = fitted(handed, rules)
        signed.append(Signed(path.stem, (unit,), wishes(handed.case, rules.program)[0]))
    return rules, bench(rules, signed, calendar()), mutants(rules.program)


def said(value: object) -> object:
    """Return what of a value a case could expect."""
    return (value.kind, value.detail) if isinstance(value, Problem) else value


def outcomes(program: Program, mutant: Mutant, unit: Facts) -> list[object]:
    """Return all that a mutant touches, as a program has it, in the exact engine."""
    scope = scope_of(program, unit, calendar(), proved_only=False)
    nodes = list(survey.indicators(program.groups))
    steps = [indicator.score(nodes[place], scope) for place in mutant.indicators]
    found: list[object] = [said(v) for s in steps for v in (s.value, s.note)]
    return [*found, *(total.checked(program.checks[place], scope).status for place in mutant.checks)]


# ---------- killed ----------


def test_a_killed_mutant_differs_in_what_was_signed() -> None:
    _killed_differ(29)


@pytest.mark.slow
def test_more_killed_mutants_differ_in_what_was_signed() -> None:
    _killed_differ(4)


def _killed_differ(every: int) -> None:
    rules, ready, made_of = zhanjiang()
    cases = {r.case.name: r.case for r in ready.readings}
    seen = 0
    for mutant in made_of[::every]:
        kill = ready.killed(mutant)
        if kill is None:
            continue
        seen += 1
        for program, holds in ((rules.program, True), (mutant.program, False)):
            one = score_units(evolve(rules, program=program), cases[kill.case].units, calendar())[0]
            traces = dict(zip(READINGS, (one.claimed, one.proved, one.reviewed or one.claimed), strict=True))
            got = results_of(traces[kill.wish.reading])[kill.wish.kind, kill.wish.name]
            assert met(kill.wish, got) is holds, (mutant.number, mutant.change.said, kill.wish.what)
    assert seen > 700 // every


# ---------- equivalent ----------


@cache
def equivalents() -> tuple[Mutant, ...]:
    """Return the survivors of zhanjiang/2025 below the total, which are all said to be equivalent."""
    rules, ready, made_of = zhanjiang()
    alive = [m for m in made_of if not m.total and ready.killed(m) is None]
    prover = usual((), calendar())
    assert all(isinstance(settled(rules.program, m, prover, calendar()), Equivalent) for m in alive)
    return tuple(alive)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(st.integers(0, 2**32))
def test_equivalent_mutants_of_the_2025_book_agree(seed: int) -> None:
    rules = zhanjiang()[0]
    unit = drawn(rules.program, seed, absent=10)
    for mutant in equivalents():
        one, two = outcomes(rules.program, mutant, unit), outcomes(mutant.program, mutant, unit)
        assert all(alike(a, b) for a, b in zip(one, two, strict=True)), (mutant.change.said, one, two)


@settings(max_examples=4, deadline=None)
@seed(11)
@given(st.lists(made(), min_size=1, max_size=1), st.integers(0, 2**32))
def test_what_the_solver_says_of_random_mutants_holds(indicators: list[Made], number: int) -> None:
    program = built(book(indicators))
    (before,) = survey.indicators(program.groups)
    units = [drawn(program, number + turn) for turn in range(200)]
    for mutant in [m for m in mutants(program) if m.indicators and not m.total][:4]:
        found = by_solver(None, 300)(program, before, mutant.indicators[0])
        if isinstance(found, Distinguishing):
            assert replays(program, mutant, found, None), mutant.change.said
        for unit in units if isinstance(found, Equivalent) else ():
            assert outcomes(program, mutant, unit) == outcomes(mutant.program, mutant, unit), mutant.change.said


def alike(one: object, two: object) -> bool:
    """Return whether two outcomes agree; where facts are missing, two enclosures of one value may differ in width."""
    return one == two or (isinstance(one, Unknown) and isinstance(two, Unknown))


@settings(max_examples=10, deadline=None)
@given(st.lists(made(), min_size=1, max_size=2), st.integers(0, 2**32))
def test_equivalent_mutants_of_random_books_agree(indicators: list[Made], seed: int) -> None:
    program = built(book(indicators))
    for mutant in mutants(program):
        if mutant.total or not proved(program, mutant):
            continue
        for turn in range(40):
            unit = drawn(program, seed + turn)
            assert outcomes(program, mutant, unit) == outcomes(mutant.program, mutant, unit), mutant.change.said


@settings(max_examples=15, deadline=None)
@given(st.lists(made(), min_size=1, max_size=2), st.integers(0, 2**32))
def test_equivalent_mutants_of_the_total_agree(indicators: list[Made], seed: int) -> None:
    program = built(book(indicators))
    same = [m for m in mutants(program) if m.total and isinstance(proved_total(program, m, None), Equivalent)]
    for turn in range(40):
        unit = drawn(program, seed + turn)
        before = total.score(program, unit)
        for mutant in same:
            after = total.score(mutant.program, unit)
            assert (before.total, before.grades) == (after.total, after.grades), mutant.change.said


def proved(program: Program, mutant: Mutant) -> bool:
    nodes = list(survey.indicators(program.groups))
    try:
        forms = [
            (normal_form(program, nodes[p], None), normal_form(program, n, None)) for p, n in mutant.indicators.items()
        ]
    except NoFormError:
        return False
    return all(one == two for one, two in forms)


@settings(max_examples=150, deadline=None)
@given(st.lists(made(), min_size=1, max_size=1), st.integers(0, 2**32))
def test_a_normal_form_scores_as_the_rule(indicators: list[Made], seed: int) -> None:
    program = built(book(indicators))
    (node,) = survey.indicators(program.groups)
    form = normal_form(program, node, None)
    unit = drawn(program, seed)
    scope = scope_of(program, unit, None, proved_only=False)
    plain = evolve(node, na=(), gates=(), lets={}, base=Plain(form), deduct=None, clamps=(), parts=())
    assert said(indicator.score(plain, scope).value) == said(indicator.score(node, scope).value)


# ---------- told apart ----------


@settings(max_examples=25, deadline=None)
@given(st.lists(made(), min_size=1, max_size=1), st.data())
def test_what_tells_a_mutant_apart_does_so_when_it_is_read_back(indicators: list[Made], data: st.DataObject) -> None:
    program = built(book(indicators))
    every = [m for m in mutants(program) if not m.total]
    prover = usual((), None)
    for mutant in data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=2, unique_by=lambda m: m.number)):
        found = settled(program, mutant, prover, None)
        if isinstance(found, Distinguishing):
            text = casefile.text(found.facts, program.schema, "试验", 2025)
            document, problems = factfile.facts(Source("事实.yaml", text))
            assert document is not None and not problems, text
            back, more = fit(document.raw, program.schema, 2025, [])
            assert not [d for d in more if d.is_error], [d.message for d in more]
            assert replays(program, mutant, evolve(found, facts=back), None), text
