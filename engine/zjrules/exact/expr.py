"""Expressions, evaluated exactly; the result is the trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zjrules.exact import alike, dates, ledger, peers
from zjrules.exact.narrow import narrow
from zjrules.exact.operation import (
    arithmetic,
    chosen,
    comparison,
    count_true,
    extreme,
    is_truths,
    negated,
    negative,
    stepped,
)
from zjrules.exact.scope import Scope
from zjrules.fact import Evidence
from zjrules.interval.sets import either
from zjrules.term import expr as tm
from zjrules.trace import Step
from zjrules.value import (
    MISUSED,
    NOT_APPLICABLE,
    Problem,
    Unknown,
    Value,
    apart,
    deps_of,
    problems_of,
    range_of,
    settled,
    truths,
)  # fmt: skip


def evaluate(e: tm.Expr, scope: Scope) -> Step:
    """Return the step that evaluates an expression."""
    scope.run.steps += 1
    step: Step = EVALUATE[type(e)](e, scope)
    return step


def _column(e: tm.Column, scope: Scope) -> Step:
    assert scope.row is not None
    return Step(e, scope.row[e.name])


def _arith(e: tm.Arith, scope: Scope) -> Step:
    left, right = evaluate(e.left, scope), evaluate(e.right, scope)
    return Step(e, arithmetic(e.op, left.value, right.value, e.span), (left, right))


def _cmp(e: tm.Cmp, scope: Scope) -> Step:
    left, right = evaluate(e.left, scope), evaluate(e.right, scope)
    return Step(e, comparison(e.op, left.value, right.value), (left, right))


def _extreme(e: tm.Extreme, scope: Scope) -> Step:
    kids = tuple(evaluate(o, scope) for o in e.operands)
    return Step(e, extreme(e.most, *(k.value for k in kids)), kids)


def _count(e: tm.CountTrue, scope: Scope) -> Step:
    kids = tuple(evaluate(o, scope) for o in e.operands)
    return Step(e, count_true([k.value for k in kids]), kids)


def _of_one(e: tm.IsOption | tm.Neg | tm.Not | tm.Whole | tm.Round | tm.Abs, scope: Scope) -> Step:
    operand = evaluate(e.operand, scope)
    return Step(e, _unary(e, operand.value), (operand,))


def _unary(e: tm.IsOption | tm.Neg | tm.Not | tm.Whole | tm.Round | tm.Abs, value: Value) -> Value:
    match e:
        case tm.IsOption():
            return chosen(value, e.options)
        case tm.Neg():
            return negative(value)
        case tm.Not():
            return negated(value)
        case _:
            return stepped(e, value)


def _logic(e: tm.Logic, scope: Scope) -> Step:
    stop = e.op == "或"
    kids: list[Step] = []
    inner, before = scope, scope.run.versions
    known = True
    for operand in e.operands:
        step = evaluate(operand, inner)
        kids.append(step)
        if step.value is stop and known:
            return Step(e, stop, (step,))
        if step.value is stop:
            # Decided by this one alone, unless an earlier one may have no value at all.
            return Step(
                e,
                settled(frozenset({stop}), scope.outside(deps_of(*_values(kids)), before), True, _earlier(kids)),
                (step,),
            )
        if isinstance(step.value, Problem):
            return Step(e, step.value, tuple(kids))
        if isinstance(step.value, Unknown):
            # What follows is only asked when this one did not decide.
            inner = narrow(inner, operand, not stop, evaluate)[0] or inner
            known = False
    if known:
        return Step(e, not stop, tuple(kids))
    values = _values(kids)
    decided = [truths(v) for v in values]
    can: set[bool] = set()
    if any(stop in t for t in decided):
        can.add(stop)
    if all((not stop) in t for t in decided):
        can.add(not stop)
    deps = scope.outside(deps_of(*values), before)
    return Step(e, settled(frozenset(can), deps, apart(*values), problems_of(*values)), tuple(kids))


def _values(kids: list[Step]) -> list[Value]:
    return [k.value for k in kids]


def _earlier(kids: list[Step]) -> frozenset[Problem]:
    return problems_of(*_values(kids[:-1]))


def _is_na(a: Value) -> Value:
    if isinstance(a, Problem):
        return a.kind == NOT_APPLICABLE
    if isinstance(a, Unknown) and any(p.kind == NOT_APPLICABLE for p in a.problems):
        return Unknown(frozenset({True, False}), a.deps, a.tight)
    return False


def has_evidence(fact: str, scope: Scope) -> Value:
    """Return whether a fact has evidence; for a missing one that is open."""
    evidence = scope.run.evidence.get(fact)
    value = scope.facts[fact]
    if evidence is Evidence.CLAIMED:
        return False
    if isinstance(value, Unknown) and scope.run.program.schema.facts[fact].evidence:
        return Unknown(frozenset({True, False}), frozenset({(f"{fact}的佐证", 0)}))
    return True


# ---------- names, branches, words ----------


def _var(e: tm.Var, scope: Scope) -> Step:
    step = scope.steps.get(e.name)
    if step is None:
        step = evaluate(scope.lets[e.name].value, scope)
        scope.steps[e.name] = step
    return Step(e, step.value, (step,))


def _if(e: tm.If, scope: Scope) -> Step:
    test = evaluate(e.test, scope)
    if isinstance(test.value, bool):
        chosen = evaluate(e.then if test.value else e.other, scope)
        return Step(e, chosen.value, (test, chosen))
    if isinstance(test.value, Problem):
        return Step(e, test.value, (test,))
    return branched(e, scope, test, e.then, e.other)


def branched(e: tm.If, scope: Scope, test: Step, then: tm.Expr, other: tm.Expr) -> Step:
    """Evaluate both branches of an open test, each knowing what its side of the test says."""
    outcomes: list[tuple[Step, frozenset[str], int]] = []
    before = scope.run.versions
    for truth, branch in ((True, then), (False, other)):
        if truth in truths(test.value):
            inner, exact = narrow(scope, e.test, truth, evaluate)
            if inner is not None:
                version = inner.run.versions
                outcomes.append((evaluate(branch, inner), exact, version))
    value = union_of(scope, before, test.value, [(s.value, exact, version) for s, exact, version in outcomes])
    return Step(e, value, (test, *(s for s, _, _ in outcomes)))


def union_of(scope: Scope, before: int, test: Value, outcomes: list[tuple[Value, frozenset[str], int]]) -> Value:
    """Join what the branches of an open test can give.

    Each outcome comes with the atoms that its branch knows exactly as far as the test goes, and the version they have
    there: a branch that reads such an atom in another version reads it wider than it can be.
    """
    values = [v for v, _, _ in outcomes]
    tight = not isinstance(test, Unknown) or test.tight
    tested = {name for name, _ in deps_of(test)}
    for value, exact, version in outcomes:
        if isinstance(value, Unknown):
            shared = {(n, v) for n, v in value.deps if n in tested}
            tight = tight and value.tight and all(n in exact and v == version for n, v in shared)
    deps = deps_of(test, *values)
    problems = problems_of(test, *values)
    live = [v for v in values if not isinstance(v, Problem)]
    flat = scope.outside(deps, before)
    if any(isinstance(v, bool | str) or is_truths(v) for v in live):
        members: frozenset[Any] = frozenset().union(*(_members(v) for v in live))
        return settled(members, flat, tight, problems)
    return settled(either(*(range_of(v) for v in live)), flat, tight, problems)


def _members(value: Value) -> frozenset[Any]:
    if isinstance(value, Unknown) and isinstance(value.can, frozenset):
        return value.can
    return frozenset({value}) if isinstance(value, bool | str) else frozenset()


def _use(e: tm.Use, scope: Scope) -> Step:
    args = tuple(evaluate(a, scope) for a in e.args)
    inner = Scope(scope.run, scope.facts, scope.ledgers, dict(zip(e.body.inputs, args, strict=True)), e.body.lets)
    result = evaluate(e.body.result, inner)
    return Step(e, result.value, (*args, result), inner.steps)


def _require(e: tm.Require, scope: Scope) -> Step:
    test = evaluate(e.test, scope)
    if test.value is False:
        return Step(e, Problem(MISUSED, e.message, e.span), (test,))
    if isinstance(test.value, Problem):
        return Step(e, test.value, (test,))
    if test.value is True:
        found = evaluate(e.operand, scope)
        return Step(e, found.value, (found,), aside=(test,))
    before = scope.run.versions
    inner, exact = narrow(scope, e.test, True, evaluate)
    wrong = Problem(MISUSED, e.message, e.span)
    if inner is None:
        return Step(e, wrong, (test,))
    version = inner.run.versions
    found = evaluate(e.operand, inner)
    value = union_of(scope, before, test.value, [(found.value, exact, version), (wrong, frozenset(), 0)])
    return Step(e, value, (found,), aside=(test,))


# By type and not by a match, which would ask a node up to twenty times what it is: this is the innermost loop.
EVALUATE: dict[type, Callable[[Any, Scope], Step]] = {
    tm.Const: lambda e, _: Step(e, e.value),
    tm.FactRef: lambda e, scope: Step(e, scope.facts[e.name]),
    tm.ParamRef: lambda e, scope: Step(e, scope.run.program.params[e.name].value),
    tm.Var: _var,
    tm.Column: _column,
    tm.Arith: _arith,
    tm.Cmp: _cmp,
    tm.Logic: _logic,
    tm.If: _if,
    tm.Use: _use,
    tm.Over: lambda e, scope: ledger.over(e, scope, evaluate),
    tm.Extreme: _extreme,
    tm.CountTrue: _count,
    tm.IsNA: lambda e, scope: Step(e, _is_na(scope.facts[e.fact])),
    tm.HasEvidence: lambda e, scope: Step(e, has_evidence(e.fact, scope)),
    **dict.fromkeys((tm.IsOption, tm.Neg, tm.Not, tm.Whole, tm.Round, tm.Abs), _of_one),
    tm.First: lambda e, scope: Step(e, alike.first(e, scope)),
    tm.Same: lambda e, scope: alike.same(e, scope, evaluate),
    tm.Peers: lambda e, scope: peers.evaluate_peers(e, scope, evaluate),
    tm.Require: _require,
    **dict.fromkeys(
        (tm.Workdays, tm.AddWorkdays, tm.RollOn, tm.Festival), lambda e, scope: dates.evaluate_date(e, scope, evaluate)
    ),
}
"""How each kind of expression is evaluated; every kind of the kernel stands here (tests/test_house.py)."""
