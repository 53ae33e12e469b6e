"""Expressions of the kernel as formulas, asked for in the order and as lazily as the exact engine asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import z3
from attrs import define, field

from zjrules.interval import arith
from zjrules.interval.sets import EVERYTHING, ONE, between
from zjrules.prove import aggregate, dates
from zjrules.prove.ground import World
from zjrules.prove.symbol import (
    FALSE,
    TRUE,
    UNIT,
    ZERO,
    Cond,
    Fails,
    Num,
    Opt,
    Site,
    Sym,
    both,
    compared,
    count_true,
    either_of,
    extreme,
    fails_at_all,
    land,
    lnot,
    lor,
    magnitude,
    minus,
    never_negative,
    number,
    over,
    plus,
    product,
    real,
    times,
    under,
    zero_at,
)
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.unit import Scalar
from zjrules.value import MISUSED, NOT_APPLICABLE, ZERO_DIVISION


class NoFormulaError(Exception):
    """The expression is of a kind that has no formula; the message says which, in words for a user."""


@define(eq=False)
class Scope:
    """The names at one place: lets, inputs, the row at hand. used keeps what words gave where, for questions about them."""

    world: World
    lets: Mapping[str, tm.Let]
    done: dict[str, Sym]
    row: Mapping[str, Sym] | None = None
    used: list[tuple[tm.Use, Sym, Any]] = field(factory=list)
    path: Any = TRUE
    """The condition under which one comes here."""

    def inner(self, lets: Mapping[str, tm.Let], done: dict[str, Sym], row: Mapping[str, Sym] | None = None) -> Scope:
        """Return a scope inside this one."""
        return Scope(self.world, lets, done, row, self.used, self.path)

    def under(self, term: Any) -> Scope:
        """Return the same scope, come to under a further condition."""
        return Scope(self.world, self.lets, self.done, self.row, self.used, land(self.path, term))


def formula(e: tm.Expr, scope: Scope) -> Sym:
    """Return an expression as a formula. Raises NoFormulaError where there is none."""
    found: Sym = FORMULA[type(e)](e, scope)
    return found


def numeric(e: tm.Expr, scope: Scope) -> Num:
    """Return a number as a formula."""
    found = formula(e, scope)
    if not isinstance(found, Num):
        raise NoFormulaError("文本")
    return found


def condition(e: tm.Expr, scope: Scope) -> Cond:
    """Return a condition as a formula."""
    found = formula(e, scope)
    if not isinstance(found, Cond):
        raise NoFormulaError("文本")
    return found


def site(kind: str, span: Span, detail: str = "") -> Site:
    """Return where and why there is no value."""
    return (f"{kind}：{detail}" if detail else kind, span.source.name, span.start)


def scalar(value: Scalar, scope: Scope) -> Sym:
    """Return a constant; an option by its place among all that were met."""
    match value:
        case bool():
            return Cond(TRUE if value else FALSE)
        case str():
            return Opt(scope.world.ground.option(value))
        case _:
            return number(value)


def _fact(e: tm.FactRef, scope: Scope) -> Sym:
    found = scope.world.facts[e.name]
    lacking = scope.world.lacking.get(e.name)
    if lacking is None:
        return found
    fails = {site(NOT_APPLICABLE, e.span, e.name): lacking}
    match found:
        case Num():
            return Num(found.num, found.den, found.range, fails)
        case Cond():
            return Cond(found.term, fails)
        case Opt():
            return Opt(found.code, fails)


def _var(e: tm.Var, scope: Scope) -> Sym:
    if e.name not in scope.done:
        # It may be asked for again elsewhere: what stands in it is come to wherever it is named.
        anywhere = Scope(scope.world, scope.lets, scope.done, scope.row, scope.used)
        scope.done[e.name] = formula(scope.lets[e.name].value, anywhere)
    return scope.done[e.name]


def _column(e: tm.Column, scope: Scope) -> Sym:
    assert scope.row is not None
    return scope.row[e.name]


def _arith(e: tm.Arith, scope: Scope) -> Sym:
    left, right = numeric(e.left, scope), numeric(e.right, scope)
    match e.op:
        case "+":
            return plus(left, right)
        case "-":
            return plus(left, minus(right))
        case "×":
            return times(left, right)
        case _:
            return quotient(left, right, scope, e.span)


def quotient(a: Num, b: Num, scope: Scope, span: Span) -> Num:
    """Return a ÷ b, which has no value where b is 0."""
    zero = zero_at(b)
    fails = both(a.fails, b.fails, {} if z3.is_false(zero) else {site(ZERO_DIVISION, span): zero})
    range_ = arith.divide(a.range, b.range)
    if b.range.point is not None and b.range.point != ZERO:
        return over(a.num * real(1 / b.range.point), a.den, range_, fails)
    den = scope.world.ground.denominator(b)
    num = a.num if never_negative(b.range) else z3.If(b.num >= 0, a.num, -a.num)
    return over(product(num, b.den), product(a.den, den), range_, fails)


def _cmp(e: tm.Cmp, scope: Scope) -> Sym:
    left, right = formula(e.left, scope), formula(e.right, scope)
    if isinstance(left, Num) and isinstance(right, Num):
        return compared(e.op, left, right)
    return Cond(equal(e.op, left, right), both(left.fails, right.fails))


def equal(op: str, left: Sym, right: Sym) -> Any:
    """Return the term of = or ≠ between conditions or options."""
    match left, right:
        case Cond(), Cond():
            found = left.term == right.term
        case Opt(), Opt():
            found = left.code == right.code
        case _:
            raise NoFormulaError("两种值的比较")
    return found if op == "=" else lnot(found)


def _logic(e: tm.Logic, scope: Scope) -> Sym:
    stop = e.op == "或"
    reached, fails = TRUE, dict[Site, Any]()
    terms = []
    for operand in e.operands:
        found = condition(operand, scope)
        fails = dict(both(fails, under(reached, found.fails)))
        terms.append(found.term)
        reached = land(reached, lnot(found.term) if stop else found.term)
    return Cond((lor if stop else land)(*terms), fails)


def _is_option(e: tm.IsOption, scope: Scope) -> Sym:
    operand = formula(e.operand, scope)
    if not isinstance(operand, Opt):
        raise NoFormulaError("选项")
    codes = [scalar(o, scope) for o in e.options]
    return Cond(lor(*(operand.code == c.code for c in codes if isinstance(c, Opt))), operand.fails)


def _not(e: tm.Not, scope: Scope) -> Sym:
    operand = condition(e.operand, scope)
    return Cond(lnot(operand.term), operand.fails)


def _has_evidence(e: tm.HasEvidence, scope: Scope) -> Sym:
    return Cond(scope.world.evidence.get(e.fact, TRUE))


def _if(e: tm.If, scope: Scope) -> Sym:
    test = condition(e.test, scope)
    if z3.is_true(test.term) or z3.is_false(test.term):
        return formula(e.then if z3.is_true(test.term) else e.other, scope)
    then, other = formula(e.then, scope.under(test.term)), formula(e.other, scope.under(lnot(test.term)))
    found = either_of(test.term, then, other)
    return failing(found, both(test.fails, under(lnot(fails_at_all(test.fails)), found.fails)))


def failing(a: Sym, fails: Fails) -> Sym:
    """Return a value with other failures."""
    match a:
        case Num():
            return Num(a.num, a.den, a.range, fails)
        case Cond():
            return Cond(a.term, fails)
        case Opt():
            return Opt(a.code, fails)


def _whole(e: tm.Whole, scope: Scope) -> Sym:
    a = numeric(e.operand, scope)
    range_ = arith.floor_range(a.range, e.up)
    return scope.world.ground.rounded(a, ONE, "向上" if e.up else "向下", range_)


def _round(e: tm.Round, scope: Scope) -> Sym:
    a = numeric(e.operand, scope)
    return scope.world.ground.rounded(a, e.quantum, e.mode, arith.round_range(a.range, e.quantum, e.mode))


def _use(e: tm.Use, scope: Scope) -> Sym:
    args = {name: formula(a, scope) for name, a in zip(e.body.inputs, e.args, strict=True)}
    found = formula(e.body.result, scope.inner(e.body.lets, args))
    scope.used.append((e, found, scope.path))
    return found


def _require(e: tm.Require, scope: Scope) -> Sym:
    test = condition(e.test, scope)
    inner = formula(e.operand, scope)
    wrong: Fails = {site(MISUSED, e.span): lnot(test.term)}
    return failing(inner, both(test.fails, wrong, under(test.term, inner.fails)))


def _peers(e: tm.Peers, scope: Scope) -> Sym:
    ground = scope.world.ground
    ground.enclosed("与其他单位的比较")
    operand = numeric(e.operand, scope)
    hull = operand.range.hull if not operand.range.is_empty else EVERYTHING.hull
    range_ = between(hull.lo, hull.hi, hull.lo_open, hull.hi_open)
    if e.kind == "名次":
        range_ = between(ONE, None, step=ONE / 2 if e.ties == "并列取均" else ONE)
    # It is one number in all worlds in which this unit has the same; what the others have is not said.
    key = id(e), operand.num.get_id(), operand.den.get_id()
    ground.known["kept", *key] = operand
    if key not in ground.known:
        found = ground.enclosure(e.kind, range_)
        others = {where: ground.truth("别的单位算不出") for where in operand.fails}
        ground.known[key] = Num(found.num, UNIT, range_, both(operand.fails, others))
    return ground.known[key]


def _of_rows(e: tm.Over | tm.Same | tm.First, scope: Scope) -> Sym:
    if not isinstance(e, tm.Over):
        raise NoFormulaError("首次、同项这类要看别的行的算法")
    return aggregate.over(e, scope, formula)


def _option(e: tm.Const, scope: Scope) -> Sym:
    return scalar(e.value, scope)


FORMULA: dict[type, Callable[[Any, Scope], Sym]] = {
    tm.Const: _option,
    tm.FactRef: _fact,
    tm.ParamRef: lambda e, scope: scalar(scope.world.program.params[e.name].value, scope),
    tm.Var: _var,
    tm.Column: _column,
    tm.Arith: _arith,
    tm.Neg: lambda e, scope: minus(numeric(e.operand, scope)),
    tm.Cmp: _cmp,
    tm.Logic: _logic,
    tm.Not: _not,
    tm.IsOption: _is_option,
    tm.IsNA: lambda e, scope: Cond(scope.world.lacking.get(e.fact, FALSE)),
    tm.HasEvidence: _has_evidence,
    tm.If: _if,
    tm.Whole: _whole,
    tm.Round: _round,
    tm.Extreme: lambda e, scope: extreme(e.most, [numeric(o, scope) for o in e.operands]),
    tm.CountTrue: lambda e, scope: count_true([condition(o, scope) for o in e.operands]),
    tm.Abs: lambda e, scope: magnitude(numeric(e.operand, scope)),
    **dict.fromkeys((tm.Over, tm.Same, tm.First), _of_rows),
    **dict.fromkeys(
        (tm.Workdays, tm.AddWorkdays, tm.RollOn, tm.Festival), lambda e, scope: dates.dated(e, scope, numeric)
    ),
    tm.Peers: _peers,
    tm.Require: _require,
    tm.Use: _use,
}
"""How each kind of expression becomes a formula; every kind of the kernel stands here (tests/test_house.py)."""
