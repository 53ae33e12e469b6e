"""Groups, the total, the grade and the checks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import prod

from attrs import frozen

from zjrules.exact import indicator
from zjrules.exact.expr import evaluate
from zjrules.exact.operation import arithmetic, comparison, extreme, rounded
from zjrules.exact.scope import Population, Scope, WorkCalendar, scope_of
from zjrules.fact import Facts
from zjrules.interval.sets import between, either, restrict
from zjrules.span import NOWHERE
from zjrules.term import rule as tr
from zjrules.trace import Checked, Step, Trace
from zjrules.value import (
    BROKEN,
    DROPPED,
    MISUSED,
    Problem,
    Unknown,
    Value,
    deps_of,
    problems_of,
    range_of,
    settled,
    truths,
)

ZERO = Fraction(0)
MOST_ALTERNATIVES = 64
"""More combinations of what may drop out than this are enclosed by 0 and the points."""


@frozen
class Alternative:
    """One way in which a part of the table can count: its score, and the points left out at either level."""

    score: Value
    group_drop: Fraction = ZERO
    total_drop: Fraction = ZERO


def population(
    program: tr.Program, units: Sequence[Facts], calendar: WorkCalendar | None = None, proved_only: bool = False
) -> Population:
    """Return all units of a run as the ground that rank, best and mean are taken over."""
    found = Population(tuple(u.unit for u in units))
    roots = []
    for place, facts in enumerate(units):
        scope = scope_of(program, facts, calendar, proved_only)
        scope.run.population, scope.run.unit = found, place
        roots.append(scope)
    found.roots = tuple(roots)
    return found


def score(
    program: tr.Program,
    facts: Facts,
    calendar: WorkCalendar | None = None,
    proved_only: bool = False,
    among: tuple[Population, int] | None = None,
) -> Trace:
    """Score one unit; among gives the population that it belongs to and its place there.

    Returns the trace, which is the score and its explanation in one. With proved_only, values that the unit only claims
    count as missing. Never raises for facts: what cannot be computed is a Problem in the trace.
    """
    scope = among[0].roots[among[1]] if among else scope_of(program, facts, calendar, proved_only)
    groups: list[Step] = []
    ways: list[list[Alternative]] = []
    for node in program.groups:
        step, alternatives = _node(node, scope)
        groups.append(step)
        ways.append(alternatives)
    added = _sum(program, ways)
    total, steps, grades = _total(program, added, scope)
    checks = tuple(checked(c, scope) for c in program.checks)
    return Trace(program, tuple(groups), tuple(steps), total, grades, checks, added)


# ---------- groups ----------


def _node(node: tr.Group | tr.Indicator, scope: Scope) -> tuple[Step, list[Alternative]]:
    if isinstance(node, tr.Indicator):
        step = indicator.score(node, scope)
        return step, _alternatives(node, step.value)
    found = [_node(child, scope) for child in node.children]
    kids = tuple(step for step, _ in found)
    ways = _combined([ways for _, ways in found], node.points)
    if node.level == 1:
        ways = [_rescaled(way, node) for way in ways]
    else:
        ways = [Alternative(_round(w.score, node.rounding), w.group_drop, w.total_drop) for w in ways]
    return Step(node, _joined([w.score for w in ways]), kids), ways


def _alternatives(node: tr.Indicator, value: Value) -> list[Alternative]:
    """Return how an indicator can count; one that cannot be computed counts as anything from 0 to its points."""
    if not isinstance(value, Unknown | Problem):
        return [Alternative(value)]
    whole = between(ZERO, node.points)
    problems = problems_of(value)
    found = [_dropped(node, p) for p in problems if p.kind == DROPPED]
    # A missing fact that would misuse a word is as little to be reckoned with as one outside its declared range.
    broken = [p for p in problems if p.kind not in (DROPPED, MISUSED)]
    if isinstance(value, Problem):
        atom = frozenset({(f"{node.name}{BROKEN}", 0)})
        return found or [Alternative(Unknown(whole, atom))]
    can = range_of(value)
    if broken:
        can = either(can, whole)
    return [Alternative(settled(can, value.deps, value.tight and not broken and not found)), *found]


def _dropped(node: tr.Indicator, problem: Problem) -> Alternative:
    if problem.detail == "总分":
        return Alternative(ZERO, ZERO, node.points)
    return Alternative(ZERO, node.points, ZERO)


def _combined(parts: list[list[Alternative]], points: Fraction) -> list[Alternative]:
    if prod(len(p) for p in parts) > MOST_ALTERNATIVES:
        deps = deps_of(*(a.score for p in parts for a in p))
        return [Alternative(Unknown(between(ZERO, points), deps, False))]
    ways = []
    for choice in product(*parts):
        total: Value = choice[0].score if choice else ZERO
        for part in choice[1:]:
            total = arithmetic("+", total, part.score, NOWHERE)
        drops = (sum((p.group_drop for p in choice if p.group_drop), ZERO),
                 sum((p.total_drop for p in choice if p.total_drop), ZERO))  # fmt: skip
        ways.append(Alternative(total, *drops))
    return ways


def _rescaled(way: Alternative, node: tr.Group) -> Alternative:
    """Spread the points that left this group over what stayed in it; an empty group leaves the total."""
    counted = node.points - way.total_drop
    if way.group_drop == counted:
        return Alternative(ZERO, ZERO, node.points)
    factor = counted / (counted - way.group_drop)
    scaled = way.score if factor == 1 else arithmetic("×", way.score, factor, node.span)
    return Alternative(_round(scaled, node.rounding), ZERO, way.total_drop)


def _round(value: Value, rounding: tr.RoundScore) -> Value:
    if rounding.mode is None or isinstance(value, Problem):
        return value
    return rounded(value, rounding.quantum, rounding.mode)


def _joined(values: list[Value]) -> Value:
    if len(values) == 1:
        return values[0]
    return settled(either(*(range_of(v) for v in values)), deps_of(*values), False, problems_of(*values))


# ---------- the total ----------


def _sum(program: tr.Program, parts: list[list[Alternative]]) -> Value:
    full = program.book.full
    sums = []
    for way in _combined(parts, full):
        left = full - way.total_drop
        sums.append(arithmetic("×", way.score, full / left, NOWHERE) if left else Problem(DROPPED, "总分"))
    return _joined(sums)


def _total(program: tr.Program, total: Value, scope: Scope) -> tuple[Value, list[Step], tuple[str, ...]]:
    grades: tuple[str, ...] = ()
    steps: list[Step] = []
    for step in program.steps:
        total, grades, done = _step(step, total, grades, program, scope)
        steps.append(done)
    return total, steps, grades


def _step(
    step: tr.TotalStep, total: Value, grades: tuple[str, ...], program: tr.Program, scope: Scope
) -> tuple[Value, tuple[str, ...], Step]:
    match step:
        case tr.Adjust(sign, amount, most):
            added = evaluate(amount, scope)
            value = added.value
            limit = () if most is None else (evaluate(most, scope),)
            if limit:
                value = extreme(False, value, limit[0].value)
            total = arithmetic("+" if sign > 0 else "-", total, value, step.span)
            return total, grades, Step(step, total, (added,), value, limit)
        case tr.Clamp(low, high):
            ends = evaluate(low, scope), evaluate(high, scope)
            total = extreme(False, extreme(True, total, ends[0].value), ends[1].value)
            return total, grades, Step(step, total, ends)
        case tr.RoundScore():
            before = total
            total = _round(total, step)
            return total, grades, Step(step, total, (), before)
        case tr.Regrade():
            bounds = tuple(evaluate(g.limit.bound, scope) for g in program.grades if g.limit is not None)
            grades = _graded(program, total, bounds)
            return total, grades, Step(step, total, (), grades, bounds)
        case tr.Override():
            return _overridden(step, total, grades, program, scope)


def _graded(program: tr.Program, total: Value, bounds: Sequence[Step]) -> tuple[str, ...]:
    """Return the grades that are possible, best first."""
    left = range_of(total)
    limits = iter(bounds)
    found = []
    for grade in program.grades:
        if left.is_empty:
            break
        if grade.limit is None:
            found.append(grade.name)
            break
        bound = next(limits).value
        assert isinstance(bound, Fraction)
        if not restrict(left, grade.limit.op, bound).is_empty:
            found.append(grade.name)
        left = restrict(left, "<" if grade.limit.op == "≥" else "≤", bound)
    return tuple(found)


def _overridden(
    step: tr.Override, total: Value, grades: tuple[str, ...], program: tr.Program, scope: Scope
) -> tuple[Value, tuple[str, ...], Step]:
    test = evaluate(step.test, scope)
    held = truths(test.value) or frozenset({True, False})
    new_total, new_grades = total, grades
    if True in held:
        if step.kind == "veto":
            new_total = ZERO
        else:
            new_grades = moved(step, grades, [g.name for g in program.grades])
    if False in held and True in held:
        new_total = total if new_total is total else _joined([new_total, total])
        new_grades = _ordered({*new_grades, *grades}, program)
    return new_total, new_grades, Step(step, test.value, (test,), new_grades)


def _ordered(grades: set[str], program: tr.Program) -> tuple[str, ...]:
    order = [g.name for g in program.grades]
    return tuple(sorted(grades, key=lambda g: (order.index(g) if g in order else len(order), g)))


def moved(step: tr.Override, grades: tuple[str, ...], order: list[str]) -> tuple[str, ...]:
    """Return the grades after a step that caps, bars or replaces them, where its condition holds."""
    if step.kind == "replace":
        return (step.grade,)
    limit = order.index(step.grade) if step.grade in order else 0
    found: list[str] = []
    for grade in grades:
        index = order.index(grade) if grade in order else len(order)
        if step.kind == "cap" and index < limit:
            grade = order[limit]
        elif step.kind == "bar" and index == limit and limit + 1 < len(order):
            grade = order[limit + 1]
        found.append(grade)
    return tuple(dict.fromkeys(found))


# ---------- checks ----------


def checked(check: tr.Check, scope: Scope) -> Checked:
    """Return a check and how it came out."""
    kids: list[Step] = []
    if check.when is not None:
        when = evaluate(check.when, scope)
        if when.value is False:
            return Checked(check, "跳过", (when,))
        if when.value is not True:
            return Checked(check, "不可核", (when,))
        kids.append(when)
    left = evaluate(check.left, scope)
    kids.append(left)
    if check.right is None:
        return Checked(check, _verdict(left.value), tuple(kids))
    right = evaluate(check.right, scope)
    kids.append(right)
    difference = arithmetic("-", left.value, right.value, check.span) if _numeric(left, right) else None
    status = _verdict(_within(check, left.value, right.value, difference))
    known = difference if isinstance(difference, Fraction) else None
    return Checked(check, status, tuple(kids), known)


def _numeric(left: Step, right: Step) -> bool:
    return not any(isinstance(v, bool | str | Problem) for v in (left.value, right.value))


def _verdict(value: Value) -> str:
    return {True: "通过", False: "不通过"}.get(value, "不可核") if isinstance(value, bool) else "不可核"


def _within(check: tr.Check, left: Value, right: Value, difference: Value | None) -> Value:
    """Return whether the condition holds within its tolerance (左 = 右 容差 t: |左 - 右| ≤ t)."""
    if difference is None or not check.tolerance:
        return comparison(check.op, left, right)
    if isinstance(difference, Problem):
        return difference
    match check.op:
        case "=" | "≠":
            low = comparison("≥", difference, -check.tolerance)
            high = comparison("≤", difference, check.tolerance)
            both = low is True and high is True
            if both or low is False or high is False:
                return both == (check.op == "=")
            return low if isinstance(high, bool) else high
        case "≤" | "<":
            return comparison(check.op, difference, check.tolerance)
        case _:
            return comparison(check.op, difference, -check.tolerance)
