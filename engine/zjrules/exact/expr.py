"""Expressions, evaluated exactly; the result is the trace."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from zjrules.exact import dates, ledger
from zjrules.exact.narrow import narrow
from zjrules.exact.scope import Scope
from zjrules.fact import Evidence
from zjrules.interval import arith
from zjrules.interval.sets import Range, between, compare, either, restrict
from zjrules.num import Rounding, round_to
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.trace import Step
from zjrules.value import (
    NOT_APPLICABLE,
    ZERO_DIVISION,
    Problem,
    Unknown,
    Value,
    apart,
    combined,
    deps_of,
    problems_of,
    range_of,
    settled,
    truths,
)  # fmt: skip

ZERO = Fraction(0)


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
    return Step(e, _count_true([k.value for k in kids]), kids)


def _of_one(e: tm.IsOption | tm.Neg | tm.Not | tm.Whole | tm.Round | tm.Abs, scope: Scope) -> Step:
    operand = evaluate(e.operand, scope)
    return Step(e, _unary(e, operand.value), (operand,))


def _unary(e: tm.IsOption | tm.Neg | tm.Not | tm.Whole | tm.Round | tm.Abs, value: Value) -> Value:
    match e:
        case tm.IsOption():
            return _option(value, e.options)
        case tm.Neg():
            return negative(value)
        case tm.Not():
            return _not(value)
        case _:
            return _stepped(e, value)


# ---------- numbers ----------


def arithmetic(op: str, a: Value, b: Value, span: Span) -> Value:
    """Return a op b for + - × ÷."""
    if type(a) is Fraction and type(b) is Fraction:
        match op:
            case "+":
                return a + b
            case "-":
                return a - b
            case "×":
                return a * b
            case _:
                return a / b if b else Problem(ZERO_DIVISION, "", span)
    match op:
        case "+":
            return combined(arith.add, a, b)
        case "-":
            return combined(lambda x, y: arith.add(x, arith.negate(y)), a, b)
        case "×":
            return combined(arith.multiply, a, b)
        case _:
            return _quotient(a, b, span)


def _quotient(a: Value, b: Value, span: Span) -> Value:
    if isinstance(a, Problem):
        return a
    may_be_zero = not isinstance(b, Problem) and range_of(b).holds(ZERO)
    also = frozenset({Problem(ZERO_DIVISION, "", span)}) if may_be_zero else frozenset()
    return combined(arith.divide, a, b, also=also)


def negative(a: Value) -> Value:
    """Return -a."""
    return -a if type(a) is Fraction else combined(arith.negate, a)


def extreme(most: bool, *values: Value) -> Value:
    """Return the largest or smallest of several."""
    known = [v for v in values if type(v) is Fraction]
    if len(known) == len(values):
        return max(known) if most else min(known)
    found = values[0]
    for value in values[1:]:
        found = combined(arith.larger if most else arith.smaller, found, value)
    return found


def _stepped(e: tm.Whole | tm.Round | tm.Abs, a: Value) -> Value:
    match e:
        case tm.Whole(up=up):
            if type(a) is Fraction:
                return Fraction(-(-a.numerator // a.denominator) if up else a.numerator // a.denominator)
            return combined(lambda r: arith.floor_range(r, up), a)
        case tm.Round(quantum=quantum, mode=mode):
            return rounded(a, quantum, mode)
        case tm.Abs():
            if type(a) is Fraction:
                return abs(a)
            return combined(_magnitude, a)


def _magnitude(a: Range) -> Range:
    return either(restrict(a, "≥", ZERO), arith.negate(restrict(a, "<", ZERO)))


def rounded(a: Value, quantum: Fraction, mode: Rounding) -> Value:
    """Return a rounded to a multiple of quantum."""
    if type(a) is Fraction:
        return round_to(a, quantum, mode)
    return combined(lambda r: arith.round_range(r, quantum, mode), a)


# ---------- conditions ----------


def comparison(op: str, a: Value, b: Value) -> Value:
    """Return whether a op b."""
    if type(a) is Fraction and type(b) is Fraction:
        match op:
            case "≤":
                return a <= b
            case "<":
                return a < b
            case "≥":
                return a >= b
            case ">":
                return a > b
            case "=":
                return a == b
            case _:
                return a != b
    for value in (a, b):
        if isinstance(value, Problem):
            return value
    if isinstance(a, bool) or isinstance(b, bool) or _is_truths(a):
        can = frozenset((x == y) == (op == "=") for x in truths(a) for y in truths(b))
        return settled(can, deps_of(a, b), apart(a, b), problems_of(a, b))
    x, y = range_of(a), range_of(b)
    if x.is_empty or y.is_empty:
        return settled(frozenset[bool](), deps_of(a, b), True, problems_of(a, b))
    can = compare(op, x, y)
    exact = apart(a, b) and (len(can) == 1 or (x.solid and y.solid))
    return settled(can, deps_of(a, b), exact, problems_of(a, b))


def _count_true(values: list[Value]) -> Value:
    for value in values:
        if isinstance(value, Problem):
            return value
    sure = Fraction(sum(value is True for value in values))
    maybe = sum(isinstance(value, Unknown) and True in truths(value) for value in values)
    if not maybe and not problems_of(*values):
        return sure
    can = between(sure, sure + maybe, step=Fraction(1))
    return settled(can, deps_of(*values), apart(*values), problems_of(*values))


def _is_truths(a: Value) -> bool:
    return isinstance(a, Unknown) and isinstance(a.can, frozenset)


def _not(a: Value) -> Value:
    if isinstance(a, bool):
        return not a
    if isinstance(a, Unknown):
        return settled(frozenset(not t for t in truths(a)), a.deps, a.tight, a.problems)
    return a


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


def _option(a: Value, options: tuple[str, ...]) -> Value:
    if isinstance(a, str):
        return a in options
    if isinstance(a, Unknown) and isinstance(a.can, frozenset):
        return settled(frozenset(o in options for o in a.can), a.deps, a.tight, a.problems)
    return a


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
    if any(isinstance(v, bool | str) or _is_truths(v) for v in live):
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
    **dict.fromkeys((tm.Workdays, tm.AddWorkdays, tm.RollOn), lambda e, scope: dates.evaluate_date(e, scope, evaluate)),
}
"""How each kind of expression is evaluated; every kind of the kernel stands here (tests/test_house.py)."""
