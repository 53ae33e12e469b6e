"""Indicators: 不适用, 须佐证, the base, 扣分, 限于 and 舍入, in their fixed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import assert_never

from zjrules.exact import peers
from zjrules.exact.expr import evaluate, has_evidence, union_of
from zjrules.exact.narrow import narrow
from zjrules.exact.operation import arithmetic, comparison, extreme, rounded
from zjrules.exact.scope import Scope
from zjrules.interval.sets import Piece, Range, between, restrict, union
from zjrules.span import NOWHERE
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.trace import Step
from zjrules.unit import POINTS
from zjrules.value import ALL_UNITS, DROPPED, LEFT_OUT, NO_CASE, Problem, Unknown, Value, deps_of, range_of, truths

ZERO = Fraction(0)
_CONTRARY = {"<": "≥", "≤": ">", ">": "≤", "≥": "<", "=": "≠", "≠": "="}
_NO_ATOMS: frozenset[str] = frozenset()


def score(node: tr.Indicator, scope: Scope) -> Step:
    """Return the step of an indicator: its value is rounded, its note the value before rounding."""
    scope.run.steps = 0
    return scored(node, scope)


def inside(node: tr.Indicator, scope: Scope) -> Scope:
    """Return the scope in which the expressions of an indicator or part are evaluated: its 满分 and its 令."""
    full = Step(tm.Const(node.points, POINTS, "满分"), node.points)
    steps = {**scope.steps, "满分": full}
    for name in node.lets:
        steps.pop(name, None)
    return Scope(scope.run, scope.facts, scope.ledgers, steps, {**scope.lets, **node.lets})


def scored(node: tr.Indicator, scope: Scope) -> Step:
    """Return the step of an indicator or part, in the scope around it."""
    inner = inside(node, scope)
    aside: list[Step] = []
    kids = _guarded(node, inner, node.na, aside)
    raw = kids[-1].value
    mode = node.rounding.mode
    value = raw if mode is None or isinstance(raw, Problem) else rounded(raw, node.rounding.quantum, mode)
    return Step(node, value, kids, raw, tuple(aside))


def _guarded(
    node: tr.Indicator, scope: Scope, guards: tuple[tr.NotApplicable, ...], aside: list[Step]
) -> tuple[Step, ...]:
    if not guards:
        return _gated(node, scope, node.gates, aside)
    guard = guards[0]
    test = evaluate(guard.test, scope)
    if test.value is False:
        aside.append(Step(guard, False, (test,)))
        return _guarded(node, scope, guards[1:], aside)
    if isinstance(test.value, Problem):
        return (Step(guard, test.value, (test,)),)
    if test.value is True:
        policy = _policy(node, guard, scope)
        return (Step(guard, policy.value, (test, policy)),)
    before = scope.run.versions
    outcomes: list[tuple[Value, frozenset[str], int]] = []
    kids: list[Step] = [test]
    policy_of: tuple[Step, ...] = ()
    for truth in (True, False):
        inner, exact = narrow(scope, guard.test, truth, evaluate)
        if inner is None or truth not in truths(test.value):
            continue
        version = inner.run.versions
        found = (_policy(node, guard, inner),) if truth else _guarded(node, inner, guards[1:], aside)
        policy_of = found if truth else policy_of
        outcomes.append((found[-1].value, exact, version))
        kids += found
    return (Step(guard, union_of(scope, before, test.value, outcomes), tuple(kids), aside=policy_of),)


def _policy(node: tr.Indicator, guard: tr.NotApplicable, scope: Scope) -> Step:
    if guard.value is not None:
        return evaluate(guard.value, scope)
    if guard.mean is not None:
        return _peer_mean(node, guard, guard.mean, scope)
    return Step(tm.Const("不计入", POINTS, "不计入"), Problem(DROPPED, guard.drop, guard.span))


def _peer_mean(node: tr.Indicator, guard: tr.NotApplicable, rounding: tr.RoundScore, scope: Scope) -> Step:
    """Return the mean score of the units to which the indicator applies."""
    said = tm.Const("同级平均", POINTS, "同级平均")
    population = scope.run.population
    if scope.run.averaging:
        return Step(said, Problem(LEFT_OUT, "", guard.span))
    if population is None:
        return Step(said, Unknown(between(ZERO, node.points), frozenset({(ALL_UNITS, 0)})))
    table = population.compared.get(id(guard))
    if table is None:
        table = peers.compared(population, lambda root: applied(node, root, scope.lets))
        population.compared[id(guard)] = table
    value = peers.mean(None, table.others(scope.run.unit), guard.span)
    value = (
        value
        if rounding.mode is None or isinstance(value, Problem)
        else rounded(value, rounding.quantum, rounding.mode)
    )
    return Step(said, value, (), peers.standing(table, scope.run.unit))


def applied(node: tr.Indicator, root: Scope, lets: Mapping[str, tm.Let]) -> Value:
    """Return the score of another unit; none where the indicator does not apply to it either."""
    root.run.averaging, root.run.steps = True, 0
    try:
        return scored(node, Scope(root.run, root.facts, root.ledgers, {}, lets)).value
    finally:
        root.run.averaging = False


def _gated(node: tr.Indicator, scope: Scope, gates: tuple[tr.Gate, ...], aside: list[Step]) -> tuple[Step, ...]:
    if not gates:
        return _computed(node, scope)
    gate = gates[0]
    tests = [Step(tm.HasEvidence(name, span=gate.span), has_evidence(name, scope)) for name in gate.facts]
    failed = [t for t in tests if t.value is False]
    if failed:
        other = evaluate(gate.otherwise, scope)
        return (Step(gate, other.value, (*failed, other)),)
    open_ = [t for t in tests if isinstance(t.value, Unknown)]
    rest = _gated(node, scope, gates[1:], aside)
    if not open_:
        aside.append(Step(gate, False, tuple(tests)))
        return rest
    other = evaluate(gate.otherwise, scope)
    test: Value = Unknown(frozenset({True, False}), deps_of(*(t.value for t in open_)))
    outcomes = [(rest[-1].value, _NO_ATOMS, 0), (other.value, _NO_ATOMS, 0)]
    value = union_of(scope, scope.run.versions, test, outcomes)
    return (*rest[:-1], rest[-1], Step(gate, value, (*open_, other)))


def _computed(node: tr.Indicator, scope: Scope) -> tuple[Step, ...]:
    stages: list[Step] = []
    if node.parts:
        parts = [scored(p, scope) for p in node.parts]
        stages.append(Step(node, _added([p.value for p in parts]), tuple(parts)))
    elif node.base is not None:
        stages.append(based(node.base, scope))
    else:
        stages.append(scope.steps["满分"])
    if node.deduct is not None:
        stages.append(_deducted(node.deduct, stages[-1].value, scope))
    for clamp in node.clamps:
        low, high = evaluate(clamp.low, scope), evaluate(clamp.high, scope)
        value = extreme(False, extreme(True, stages[-1].value, low.value), high.value)
        stages.append(Step(clamp, value, (low, high)))
    return tuple(stages)


def _added(values: Sequence[Value]) -> Value:
    total: Value = values[0] if values else ZERO
    for value in values[1:]:
        total = arithmetic("+", total, value, NOWHERE)
    return total


def based(base: tr.Base, scope: Scope) -> Step:
    """Return the step of the base of an indicator."""
    match base:
        case tr.Plain(value):
            found = evaluate(value, scope)
            return Step(base, found.value, (found,))
        case tr.Bands():
            return _banded(base, scope)
        case tr.Decide(cases, rest):
            return _decided(base, cases, rest, scope)
        case tr.Checklist(ticks):
            kids = tuple(cased(t, scope) for t in ticks)
            return Step(base, _added([k.value for k in kids]), kids)
        case _:
            assert_never(base)


def cased(case: tr.Case, scope: Scope) -> Step:
    """Return what a 凡 gives or takes: its result when it holds, nothing when not."""
    test = evaluate(case.test, scope)
    if test.value is False:
        return Step(case, ZERO, (test,))
    if isinstance(test.value, Problem):
        return Step(case, test.value, (test,))
    before = scope.run.versions
    inner, exact = (scope, _NO_ATOMS) if test.value is True else narrow(scope, case.test, True, evaluate)
    if inner is None:
        return Step(case, ZERO, (test,))
    version = inner.run.versions
    result = evaluate(case.result, inner)
    if test.value is True:
        return Step(case, result.value, (test, result))
    value = union_of(scope, before, test.value, [(result.value, exact, version), (ZERO, _NO_ATOMS, 0)])
    return Step(case, value, (test, result))


def _decided(base: tr.Decide, cases: tuple[tr.Case, ...], rest: tm.Expr, scope: Scope) -> Step:
    if not cases:
        found = evaluate(rest, scope)
        return Step(base, found.value, (found,), "其余")
    case = cases[0]
    test = evaluate(case.test, scope)
    if test.value is True:
        result = evaluate(case.result, scope)
        return Step(base, result.value, (Step(case, result.value, (test, result)),), "命中")
    if isinstance(test.value, Problem):
        return Step(base, test.value, (test,))
    if test.value is False:
        later = _decided(base, cases[1:], rest, scope)
        return Step(base, later.value, (Step(case, False, (test,)), *later.kids), later.note)
    before = scope.run.versions
    outcomes: list[tuple[Value, frozenset[str], int]] = []
    kids: list[Step] = []
    for truth in (True, False):
        inner, exact = narrow(scope, case.test, truth, evaluate)
        if inner is None:
            continue
        version = inner.run.versions
        if truth:
            found = evaluate(case.result, inner)
            kids.append(Step(case, found.value, (test, found)))
        else:
            found = _decided(base, cases[1:], rest, inner)
            kids += found.kids
        outcomes.append((found.value, exact, version))
    return Step(base, union_of(scope, before, test.value, outcomes), tuple(kids), "未定")


# ---------- bands ----------


def _banded(base: tr.Bands, scope: Scope) -> Step:
    subject = evaluate(base.subject, scope)
    if isinstance(subject.value, Problem):
        return Step(base, subject.value, (subject,))
    bounds = [tuple(evaluate(limit.bound, scope) for limit in band.limits) for band in base.bands]
    missed: list[Step] = []
    if isinstance(subject.value, Fraction):
        for band, found in zip(base.bands, bounds, strict=True):
            tests = [comparison(x.op, subject.value, b.value) for x, b in zip(band.limits, found, strict=True)]
            if all(t is True for t in tests):
                result = evaluate(band.result, scope)
                missed.append(Step(band, result.value, (*found, result)))
                return Step(base, result.value, (subject, *found, result), band, tuple(missed))
            if any(not isinstance(t, bool) for t in tests):
                break
            missed.append(Step(band, False, found))
        else:
            return _rest(base, subject, scope, missed)
    return _open_bands(base, subject, bounds, scope)


def _rest(base: tr.Bands, subject: Step, scope: Scope, missed: list[Step]) -> Step:
    if base.rest is None:
        return Step(base, Problem(NO_CASE, "", base.span), (subject,), aside=tuple(missed))
    result = evaluate(base.rest, scope)
    return Step(base, result.value, (subject, result), "其余", (*missed, result))


def _open_bands(base: tr.Bands, subject: Step, bounds: list[tuple[Step, ...]], scope: Scope) -> Step:
    """Cut the set of possible subjects by the bands in turn; every band that something falls into counts."""
    left = range_of(subject.value)
    before, solid = scope.run.versions, left.solid
    outcomes: list[tuple[Value, frozenset[str], int]] = []
    kids: list[Step] = [subject]
    tried: list[Step] = []
    firm = True
    for band, found in zip(base.bands, bounds, strict=True):
        limits = [(x.op, b.value) for x, b in zip(band.limits, found, strict=True)]
        known = all(isinstance(b, Fraction) for _, b in limits)
        # A threshold that is itself open: the band may be met or not.
        hit, left = _cut(left, limits) if known else (left, left)
        firm = firm and known
        inner, exact = narrow(scope, _met(base, band), True, evaluate) if known else (scope, _NO_ATOMS)
        if not hit.is_empty:
            version = scope.run.versions
            result = evaluate(band.result, inner or scope)
            kids += [*found, result]
            tried.append(Step(band, result.value, (*found, result)))
            outcomes.append((result.value, exact, version))
        else:
            tried.append(Step(band, False, found))
        # What later bands get did not meet this one.
        scope = (narrow(scope, _met(base, band), False, evaluate)[0] if known else None) or scope
    if not left.is_empty:
        rest = _rest(base, subject, scope, tried)
        kids += rest.kids[1:]
        tried = list(rest.aside)
        outcomes.append((rest.value, _NO_ATOMS, 0))
    test = subject.value if isinstance(subject.value, Unknown) else Unknown(frozenset({True}))
    if len(outcomes) > 1 and not (solid and firm):
        test = Unknown(test.can, test.deps, False, test.problems)
    deps = deps_of(*(b.value for found in bounds for b in found))
    test = Unknown(test.can, test.deps | deps, test.tight, test.problems)
    return Step(base, union_of(scope, before, test, outcomes), tuple(kids), "未定", tuple(tried))


def _met(base: tr.Bands, band: tr.Band) -> tm.Expr:
    """Return the condition that the subject lies in a band."""
    tests = tuple(tm.Cmp(x.op, base.subject, x.bound) for x in band.limits)
    return tests[0] if len(tests) == 1 else tm.Logic("且", tests)


def _cut(left: Range, limits: list[tuple[str, Value]]) -> tuple[Range, Range]:
    """Return the part of a set that meets all limits, and the part that does not."""
    hit = left
    missed: list[Piece] = []
    for op, bound in limits:
        assert isinstance(bound, Fraction)
        missed += restrict(hit, _CONTRARY[op], bound).pieces
        hit = restrict(hit, op, bound)
    return hit, union(missed, left.solid)


# ---------- deductions ----------


def _deducted(deduct: tr.Deduct, base: Value, scope: Scope) -> Step:
    """Return what is left; the note is what was taken."""
    kids = tuple(cased(i, scope) if isinstance(i, tr.Case) else stepped(i, scope) for i in deduct.items)
    taken = _added([k.value for k in kids])
    if deduct.most is not None:
        most = evaluate(deduct.most, scope)
        taken = extreme(False, taken, most.value)
        kids = (*kids, most)
    left = arithmetic("-", base, taken, deduct.span)
    if deduct.to_zero:
        left = extreme(True, left, ZERO)
    return Step(deduct, left, kids, taken)


def stepped(item: tr.PerStep, scope: Scope) -> Step:
    """Return what a 每 takes."""
    subject = evaluate(item.subject, scope)
    # The subject stands again inside the count of steps; its own step is there for the explanation.
    steps, amount = evaluate(item.steps, scope), evaluate(item.amount, scope)
    return Step(item, arithmetic("×", steps.value, amount.value, item.span), (subject, steps, amount))
