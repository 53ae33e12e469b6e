"""All mutants of a rule set: every clause of it with one change.

What is one clause to its author is one mutant: a parameter, the rounding of all indicators, a word that several indicators
use. A parameter's mutant puts the other value in its place wherever it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain, count

from attrs import evolve

from zjrules.mutate import clause
from zjrules.mutate.change import Change, Mutant, constant
from zjrules.mutate.expression import EDGES, conditions, own, uses_of, variants, word_bodies
from zjrules.num import Rounding
from zjrules.span import NOWHERE, Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.caps import bounds
from zjrules.term.mapped import check_mapped, indicator_mapped
from zjrules.term.walk import children, with_children
from zjrules.unit import POINTS, show

Expr = Callable[[tm.Expr], tm.Expr]
Parts = tuple[str, Change, Mapping[int, tr.Indicator], Mapping[int, tr.Check], tr.Program | None]
"""An owner, a change, the indicators and checks that it makes, and the program where what stands above them changed."""


def mutants(program: tr.Program) -> tuple[Mutant, ...]:
    """Return all mutants of a rule set, in the order of its clauses."""
    made = chain(
        _parameters(program),
        _indicators(program),
        _roundings(program),
        _words(program),
        _checks(program),
        _total(program),
    )
    numbers = count(1)
    found = []
    for owner, change, indicators, checks, above in made:
        if not indicators and not checks and above is None:
            continue
        whole = replaced(above or program, program, indicators, checks)
        found.append(Mutant(next(numbers), owner, change, whole, indicators, checks, above is not None))
    return tuple(found)


def replaced(
    program: tr.Program, before: tr.Program, indicators: Mapping[int, tr.Indicator], checks: Mapping[int, tr.Check]
) -> tr.Program:
    """Return a program with some indicators and checks in place of those that stand there."""
    places = {id(n): i for i, n in enumerate(survey.indicators(before.groups))}

    def node(old: tr.Group | tr.Indicator) -> tr.Group | tr.Indicator:
        if isinstance(old, tr.Indicator):
            return indicators.get(places[id(old)], old)
        return evolve(old, children=tuple(node(child) for child in old.children))

    groups = tuple(node(g) for g in program.groups) if indicators else program.groups
    now = tuple(checks.get(i, c) for i, c in enumerate(program.checks)) if checks else program.checks
    return evolve(program, groups=groups, checks=now)


def _indicators(program: tr.Program) -> Iterator[Parts]:
    for place, node in enumerate(survey.indicators(program.groups)):
        for found, change in clause.indicators(node):
            yield node.name, change, {place: found}, {}, None


# ---------- what several indicators share ----------


def _everywhere(program: tr.Program, change: Expr) -> tuple[dict[int, tr.Indicator], dict[int, tr.Check]]:
    """Return the indicators and checks in which an expression comes out different."""
    nodes = ((i, n, indicator_mapped(n, change)) for i, n in enumerate(survey.indicators(program.groups)))
    checks = ((i, c, check_mapped(c, change)) for i, c in enumerate(program.checks))
    return {i: a for i, b, a in nodes if a is not b}, {i: a for i, b, a in checks if a is not b}


def _parameters(program: tr.Program) -> Iterator[Parts]:
    for param in program.params.values():
        written = tm.Const(param.value, param.type, param.text, span=param.span)
        for found, change in own(written, None):
            assert isinstance(found, tm.Const)
            indicators, checks = _everywhere(program, _in_place_of(param, found))
            said = f"参数「{param.name}」{change.said}"
            yield (
                f"参数「{param.name}」",
                Change("参数", said, param.span),
                indicators,
                checks,
                _above(program, param, found),
            )


def _in_place_of(param: tr.Param, found: tm.Const) -> Expr:
    def change(e: tm.Expr) -> tm.Expr:
        return evolve(found, type=e.type, span=e.span) if isinstance(e, tm.ParamRef) and e.name == param.name else e

    return lambda e: rewritten(e, change)


def rewritten(e: tm.Expr, change: Expr) -> tm.Expr:
    """Return an expression with a change made at every node of it, those of words too; itself where nothing changed."""
    kids = children(e)
    now = tuple(rewritten(k, change) for k in kids)
    if any(a is not b for a, b in zip(kids, now, strict=True)):
        e = with_children(e, now)
    if isinstance(e, tm.Use):
        body = change_body(e.body, change)
        e = e if body is e.body else evolve(e, body=body)
    return change(e)


def change_body(body: tm.Body, change: Expr) -> tm.Body:
    """Return a word with a change made in it."""
    lets = {n: rewritten(let.value, change) for n, let in body.lets.items()}
    result = rewritten(body.result, change)
    if result is body.result and all(lets[n] is let.value for n, let in body.lets.items()):
        return body
    return evolve(body, lets={n: evolve(let, value=lets[n]) for n, let in body.lets.items()}, result=result)


def _above(program: tr.Program, param: tr.Param, found: tm.Const) -> tr.Program | None:
    """Return the program where the steps of the total use a parameter."""
    used = (n for step in program.steps for e in _step_exprs(step) for n in survey.deep(e))
    if not any(isinstance(n, tm.ParamRef) and n.name == param.name for n in used):
        return None
    return evolve(program, params={**program.params, param.name: evolve(param, value=found.value)})


def _step_exprs(step: tr.TotalStep) -> tuple[tm.Expr, ...]:
    match step:
        case tr.Adjust(amount=amount, most=most):
            return (amount,) if most is None else (amount, most)
        case tr.Clamp(low, high):
            return low, high
        case tr.Override(test=test):
            return (test,)
        case _:
            return ()


def _roundings(program: tr.Program) -> Iterator[Parts]:
    """Yield other modes and digits of every clause 舍入, which many indicators share."""
    seen: dict[Span, tr.RoundScore] = {}
    for node in survey.indicators(program.groups):
        for each in (node, *node.parts):
            if each.rounding.mode is not None:
                seen.setdefault(each.rounding.span, each.rounding)
    for span, rounding in seen.items():
        for found, change in rounded(rounding):
            nodes = {
                i: now
                for i, node in enumerate(survey.indicators(program.groups))
                if (now := _with_rounding(node, span, found)) is not node
            }
            yield "舍入", change, nodes, {}, None


def rounded(rounding: tr.RoundScore) -> Iterator[tuple[tr.RoundScore, Change]]:
    """Yield a rounding in other modes and to other digits."""
    assert rounding.mode is not None
    for mode in Rounding:
        if mode is not rounding.mode:
            said = f"「{rounding.mode.value}」改成「{mode.value}」"
            yield evolve(rounding, mode=mode), Change("舍入", said, rounding.span)
    for quantum in (rounding.quantum * 10, rounding.quantum / 10):
        said = f"精确到 {show(rounding.quantum, POINTS)} 改成精确到 {show(quantum, POINTS)}"
        yield evolve(rounding, quantum=quantum), Change("舍入", said, rounding.span)


def _with_rounding(node: tr.Indicator, span: Span, found: tr.RoundScore) -> tr.Indicator:
    parts = tuple(_with_rounding(p, span, found) for p in node.parts)
    if any(a is not b for a, b in zip(parts, node.parts, strict=True)):
        node = evolve(node, parts=parts)
    return evolve(node, rounding=found) if node.rounding.mode is not None and node.rounding.span == span else node


def _words(program: tr.Program) -> Iterator[Parts]:
    """Yield changes of every word that is used, at all its calls; a cap is changed where it is called."""
    bodies: dict[object, list[tm.Body]] = {}
    for use in (u for e in survey.of_program(program) for u in uses_of(e)):
        alike = bodies.setdefault(use.body.span, [])
        if not any(b is use.body for b in alike) and bounds(use.body) is None:
            alike.append(use.body)
    for alike in bodies.values():
        for versions in zip(*(list(word_bodies(b)) for b in alike), strict=False):
            # The types of a word differ from call to call, its text does not.
            change = versions[0][1]
            now = {id(b): found for b, (found, said) in zip(alike, versions, strict=True) if said == change}
            indicators, checks = _everywhere(program, _other_word(now))
            yield f"词「{alike[0].word}」", change, indicators, checks, None


def _other_word(now: Mapping[int, tm.Body]) -> Expr:
    def change(e: tm.Expr) -> tm.Expr:
        return evolve(e, body=now[id(e.body)]) if isinstance(e, tm.Use) and id(e.body) in now else e

    return lambda e: rewritten(e, change)


# ---------- checks ----------


def _checks(program: tr.Program) -> Iterator[Parts]:
    for place, check in enumerate(program.checks):
        for found, change in _check(check):
            yield "勾稽", change, {}, {place: found}, None


def _check(check: tr.Check) -> Iterator[tuple[tr.Check, Change]]:
    if check.when is not None:
        yield evolve(check, when=None), Change("去掉", "去掉「当」", check.when.span)
        yield from ((evolve(check, when=when), change) for when, change in conditions(check.when))
    if check.right is None:
        yield from ((evolve(check, left=left), change) for left, change in conditions(check.left))
        return
    said = f"「{check.op}」改成「{EDGES[check.op]}」"
    yield evolve(check, op=EDGES[check.op]), Change("比较", said, check.left.span.to(check.right.span))
    yield from ((evolve(check, left=left), change) for left, change in variants(check.left, check.right.type))
    yield from ((evolve(check, right=right), change) for right, change in variants(check.right, check.left.type))
    if check.tolerance:
        written = tm.Const(check.tolerance, check.left.type)
        for value in (check.tolerance - Fraction(1, 100), check.tolerance + Fraction(1, 100)):
            said = f"容差 {show(check.tolerance, check.left.type)} 改成 {constant(written, value).text}"
            yield evolve(check, tolerance=value), Change("容差", said, check.span)


# ---------- the total ----------


def _total(program: tr.Program) -> Iterator[Parts]:
    for found, change in chain(_steps(program), _grades(program), _groups(program)):
        yield "总评", change, {}, {}, found


def _steps(program: tr.Program) -> Iterator[tuple[tr.Program, Change]]:
    for place, step in enumerate(program.steps):
        before, after = program.steps[:place], program.steps[place + 1 :]
        if isinstance(step, tr.Adjust | tr.Clamp | tr.Override) and step.span != NOWHERE:
            yield evolve(program, steps=(*before, *after)), Change("去掉", "去掉这一步", step.span)
        for found, change in _step(step):
            yield evolve(program, steps=(*before, found, *after)), change


def _step(step: tr.TotalStep) -> Iterable[tuple[tr.TotalStep, Change]]:
    match step:
        case tr.Adjust(amount=amount, most=most):
            yield from ((evolve(step, amount=found), change) for found, change in variants(amount))
            if most is not None:
                yield evolve(step, most=None), Change("去掉", "去掉「至多」", step.span)
                yield from ((evolve(step, most=found), change) for found, change in variants(most))
        case tr.Clamp():
            yield from clause.clamp(step)
        case tr.RoundScore(mode=mode) if mode is not None:
            yield from rounded(step)
        case tr.Override(test=test):
            yield from ((evolve(step, test=found), change) for found, change in conditions(test))
        case _:
            pass


def _grades(program: tr.Program) -> Iterator[tuple[tr.Program, Change]]:
    for place, grade in enumerate(program.grades):
        before, after = program.grades[:place], program.grades[place + 1 :]
        if grade.limit is None:
            continue
        yield evolve(program, grades=(*before, *after)), Change("去掉", f"去掉「{grade.name}」这一等", grade.span)
        limit = grade.limit
        said = f"「{grade.name} {limit.op}」改成「{grade.name} {EDGES[limit.op]}」"
        found = [(evolve(limit, op=EDGES[limit.op]), Change("比较", said, grade.span))]
        found += [(evolve(limit, bound=bound), c) for bound, c in variants(limit.bound, POINTS)]
        for other, change in found:
            yield evolve(program, grades=(*before, evolve(grade, limit=other), *after)), change


def _groups(program: tr.Program) -> Iterator[tuple[tr.Program, Change]]:
    """Yield other roundings of the groups; one clause for all of a level."""
    seen: dict[Span, tr.RoundScore] = {}
    for group in _every_group(program.groups):
        if group.rounding.mode is not None:
            seen.setdefault(group.rounding.span, group.rounding)
    for span, rounding in seen.items():
        for found, change in rounded(rounding):
            yield evolve(program, groups=tuple(_regrouped(g, span, found) for g in program.groups)), change


def _every_group(nodes: Iterable[tr.Group | tr.Indicator]) -> Iterator[tr.Group]:
    for node in nodes:
        if isinstance(node, tr.Group):
            yield node
            yield from _every_group(node.children)


def _regrouped(node: tr.Group | tr.Indicator, span: Span, found: tr.RoundScore) -> tr.Group | tr.Indicator:
    if isinstance(node, tr.Indicator):
        return node
    kids = tuple(_regrouped(child, span, found) for child in node.children)
    return evolve(node, children=kids, rounding=found if node.rounding.span == span else node.rounding)
