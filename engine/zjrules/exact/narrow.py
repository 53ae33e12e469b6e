"""What a branch knows: inside it, the fact that its test asks about lies on one side."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from attrs import evolve

from zjrules.exact.scope import NARROW_STEPS, Scope
from zjrules.interval.sets import Range, between, restrict
from zjrules.term import expr as tm
from zjrules.term.expr import Ref
from zjrules.trace import Step
from zjrules.value import NOT_APPLICABLE, Atom, Problem, Unknown, Value, range_of, settled, truths

Evaluate = Callable[[tm.Expr, Scope], Step]
_CONTRARY = {"<": "≥", "≤": ">", ">": "≤", "≥": "<", "=": "≠", "≠": "="}
_MIRROR = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "=": "=", "≠": "≠"}
_NOTHING: frozenset[str] = frozenset()


def narrow(scope: Scope, test: tm.Expr, truth: bool, evaluate: Evaluate) -> tuple[Scope | None, frozenset[str]]:
    """Return the scope in which test is truth, and the atoms whose possible values are then exactly known.

    None when nothing that is possible makes it so. A test that cannot be used leaves the scope as it is: wider, sound.
    """
    run = scope.run
    if run.steps > NARROW_STEPS:
        return scope, _NOTHING
    match test:
        case tm.Cmp(op, left, right):
            op = op if truth else _CONTRARY[op]
            found = _compared(scope, op, left, right, evaluate)
            return found or _compared(scope, _MIRROR[op], right, left, evaluate) or (scope, _NOTHING)
        case tm.Not(operand):
            return narrow(scope, operand, not truth, evaluate)
        case tm.Logic():
            return _logic(scope, test, truth, evaluate)
        case tm.If(asked, then, other):
            decided = evaluate(asked, scope).value
            if isinstance(decided, bool):
                return narrow(scope, then if decided else other, truth, evaluate)
            return scope, _NOTHING
        case tm.FactRef() | tm.Var() | tm.Column():
            return _replaced(scope, test, frozenset({truth}))
        case tm.IsOption(operand, options):
            value = _current(scope, operand)
            if isinstance(value, Unknown) and isinstance(value.can, frozenset):
                kept = frozenset(o for o in value.can if (o in options) == truth)
                return _replaced(scope, operand, kept)  # type: ignore[arg-type]
            return scope, _NOTHING
        case tm.IsNA(fact):
            return _na(scope, fact, truth)
        case _:
            return scope, _NOTHING


def _logic(scope: Scope, test: tm.Logic, truth: bool, evaluate: Evaluate) -> tuple[Scope | None, frozenset[str]]:
    together = (test.op == "且") == truth
    open_ = [o for o in test.operands if len(truths(evaluate(o, scope).value)) != 1]
    if not together and len(open_) != 1:
        return scope, _NOTHING
    exact = _NOTHING
    versions: set[int] = set()
    for operand in open_:
        inner, known = narrow(scope, operand, truth, evaluate)
        if inner is None:
            return None, _NOTHING
        if inner is not scope:
            versions.add(inner.run.versions)
        scope, exact = inner, exact | known
    # Several narrowings carry several versions; only one version can be compared, so more than one is not called exact.
    return scope, exact if len(versions) == 1 else _NOTHING


def _ref(e: tm.Expr) -> Ref | None:
    match e:
        case tm.FactRef(name):
            return ("fact", name)
        case tm.Var(name):
            return ("var", name)
        case tm.Column(name):
            return ("column", name)
        case _:
            return None


def _current(scope: Scope, e: tm.Expr) -> Value | None:
    match e:
        case tm.FactRef(name):
            return scope.facts[name]
        case tm.Var(name):
            return scope.steps[name].value if name in scope.steps else None
        case tm.Column(name):
            return scope.row[name] if scope.row is not None else None
        case _:
            return None


def _fresh(scope: Scope, deps: frozenset[Atom]) -> frozenset[Atom]:
    scope.run.versions += 1
    fresh = scope.run.versions
    for name, version in deps:
        scope.run.parents[name, fresh] = version
    return frozenset((name, fresh) for name, _ in deps)


def _replaced(
    scope: Scope, e: tm.Expr, can: Range | frozenset[bool] | frozenset[str]
) -> tuple[Scope | None, frozenset[str]]:
    """Return the scope in which the thing that e names can only be what can holds."""
    ref, value = _ref(e), _current(scope, e)
    if ref is None or not isinstance(value, Unknown):
        return scope, _NOTHING
    if can.is_empty if isinstance(can, Range) else not can:
        return None, _NOTHING
    deps = _fresh(scope, value.deps)
    # The test had a value, so inside the branch this one has no problem.
    found = settled(can, deps, value.tight)
    exact = frozenset(name for name, _ in deps) if value.tight else _NOTHING
    return scope.narrowed(ref, found), exact


def _compared(
    scope: Scope, op: str, subject: tm.Expr, other: tm.Expr, evaluate: Evaluate
) -> tuple[Scope | None, frozenset[str]] | None:
    """Narrow subject by ``subject op other``; None when subject is nothing that can be narrowed."""
    counted = isinstance(subject, tm.Over) and subject.kind == "计数"
    value = _current(scope, subject)
    if not counted and not (isinstance(value, Unknown) and isinstance(value.can, Range)):
        return None
    bound = evaluate(other, scope).value
    if isinstance(bound, Problem | bool | str):
        return None
    if counted:
        assert isinstance(subject, tm.Over)
        return _counted(scope, subject, op, bound)
    assert isinstance(value, Unknown) and isinstance(value.can, Range)
    scope = _through_let(scope, op, subject, bound)
    if isinstance(bound, Unknown):
        loose = _loose(value.can, op, range_of(bound))
        inner, _ = _replaced(scope, subject, loose)
        return inner, _NOTHING
    return _replaced(scope, subject, restrict(value.can, op, bound))


def _through_let(scope: Scope, op: str, subject: tm.Expr, bound: Value) -> Scope:
    """Where a 令 only counts a ledger, what a test says of the 令 it says of the ledger."""
    let = scope.lets.get(subject.name) if isinstance(subject, tm.Var) else None
    if let is None or not isinstance(let.value, tm.Over) or let.value.kind != "计数":
        return scope
    found = _counted(scope, let.value, op, bound)
    if found is None or found[0] is None:
        return scope
    inner = found[0]
    inner.steps[let.name] = scope.steps[let.name]
    return inner


def _loose(can: Range, op: str, bound: Range) -> Range:
    """Narrow by a bound that is itself open: by its far end."""
    if bound.is_empty:
        return can
    hull = bound.hull
    end = hull.hi if op in ("<", "≤") else hull.lo if op in (">", "≥") else None
    return restrict(can, op, end) if end is not None else can


def excluded(over: tm.Over) -> tuple[bool, tm.Expr | None]:
    """Return whether the rows that an aggregate ranges over are those that are left when one condition is excluded."""
    if over.where is None:
        return True, over.except_
    if isinstance(over.where, tm.Not) and over.except_ is None:
        return True, over.where.operand
    return False, None


def _counted(scope: Scope, subject: tm.Over, op: str, bound: Value) -> tuple[Scope | None, frozenset[str]] | None:
    """计数(明细) op n says how long a missing ledger is; a count of at least 1 says that something is left in it."""
    rows = scope.ledgers[subject.ledger]
    simple, left_out = excluded(subject)
    if not isinstance(bound, Fraction) or not simple:
        return None
    some = restrict(between(Fraction(0), Fraction(0)), op, bound).is_empty
    nonempty = rows.nonempty | ({left_out, None} if some else set())
    sizes = rows.sizes
    if left_out is None:
        sizes = restrict(sizes, op, bound)
    elif some:
        sizes = restrict(sizes, "≥", Fraction(1))
    if sizes.is_empty:
        return None, _NOTHING
    deps = _fresh(scope, rows.deps) if rows.deps else rows.deps
    known = evolve(rows, sizes=sizes, deps=deps, nonempty=nonempty)
    exact = frozenset(name for name, _ in deps) if left_out is None else _NOTHING
    return scope.narrowed(("ledger", subject.ledger), known), exact


def _na(scope: Scope, fact: str, truth: bool) -> tuple[Scope | None, frozenset[str]]:
    value = scope.facts[fact]
    if not isinstance(value, Unknown):
        return scope, _NOTHING
    deps = _fresh(scope, value.deps)
    exact = frozenset(name for name, _ in deps)
    if truth:
        return scope.narrowed(("fact", fact), Problem(NOT_APPLICABLE, fact)), exact
    left = frozenset(p for p in value.problems if p.kind != NOT_APPLICABLE)
    return scope.narrowed(("fact", fact), settled(value.can, deps, value.tight, left)), exact
