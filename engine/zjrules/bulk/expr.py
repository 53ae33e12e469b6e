"""Kernel expressions as columns: both branches are worked out, and what has no value is marked `bad` where it counts."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from attrs import evolve

from zjrules.bulk import ledger
from zjrules.bulk.code import NO, YES, Flag, RefusedError, constant
from zjrules.bulk.day import NOTHING
from zjrules.bulk.number import Cond, Num, Pick, Value, exactly
from zjrules.bulk.writer import Place, Thunk, Writer
from zjrules.fact import Asked
from zjrules.interval.sets import compare, point
from zjrules.term import expr as tm
from zjrules.unit import Date, Number, Year

MIRRORED = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "=": "=", "≠": "≠"}


def value(e: tm.Expr, at: Place, w: Writer) -> Value:
    """Write an expression."""
    found: Value = WRITE[type(e)](e, at, w)
    return found


def number(e: tm.Expr, at: Place, w: Writer) -> Num:
    """Write a number."""
    found = value(e, at, w)
    if not isinstance(found, Num):
        raise RefusedError
    return found


def truth(e: tm.Expr, at: Place, w: Writer) -> Cond:
    """Write a condition."""
    found = value(e, at, w)
    if not isinstance(found, Cond):
        raise RefusedError
    return found


def _const(e: tm.Const | tm.ParamRef, _: Place, w: Writer) -> Value:
    known = e.value if isinstance(e, tm.Const) else w.program.params[e.name].value
    match known:
        case bool():
            return Cond(YES if known else NO)
        case Fraction():
            return exactly(known)
        case str():
            return Pick(constant(0), (known,))


def _var(e: tm.Var, at: Place, w: Writer) -> Value:
    thunk = at.names[e.name]
    if w.ledger not in thunk.found:
        with w.noting() as needs:
            found = value(thunk.expr, thunk.place, w)
        thunk.found[w.ledger] = found, frozenset(needs)
    found, needed = thunk.found[w.ledger]
    w.needs |= needed
    return found


def _arith(e: tm.Arith, at: Place, w: Writer) -> Value:
    left, right = number(e.left, at, w), number(e.right, at, w)
    match e.op:
        case "+":
            return w.sums.plus(left, right)
        case "-":
            return w.sums.minus(left, right)
        case "×":
            return w.sums.times(left, right)
        case _:
            return w.sums.over(left, right)


def _cmp(e: tm.Cmp, at: Place, w: Writer) -> Value:
    settled = _settled(e, at, w)
    if settled is not None:
        return Cond(YES if settled else NO)
    left, right = value(e.left, at, w), value(e.right, at, w)
    c = w.code
    match left, right:
        case Num(), Num():
            return w.sums.compared(e.op, left, right)
        case Cond(), Cond():
            same = c.picked(left.flag, right.flag, c.opposite(right.flag))
        case Pick(), Pick():
            same = _same_option(left, right, w)
        case _:
            raise RefusedError
    return Cond(same if e.op == "=" else c.opposite(same), c.either(left.bad, right.bad))


def _settled(e: tm.Cmp, at: Place, w: Writer) -> bool | None:
    """Return what the declared range of a fact or cell says of a comparison with a constant, even where it is blank."""
    for one, other, op in ((e.left, e.right, e.op), (e.right, e.left, MIRRORED[e.op])):
        asked, bound = _asked(one, at, w), _constant(other, at, w)
        if asked is None or bound is None or asked.may_be_na or asked.limits.is_empty:
            continue
        if isinstance(asked.type, Number | Date | Year):
            can = compare(op, asked.limits, point(bound))
            if len(can) == 1:
                return True in can
    return None


def _named(e: tm.Expr, at: Place) -> tm.Expr:
    """Return what an expression is but a name of."""
    while isinstance(e, tm.Var) and (thunk := at.names.get(e.name)) is not None:
        e, at = thunk.expr, thunk.place
    return e


def _asked(e: tm.Expr, at: Place, w: Writer) -> Asked | None:
    match _named(e, at):
        case tm.FactRef(name):
            return w.program.schema.facts[name]
        case tm.Column(name):
            return w.program.schema.ledgers[w.ledger].columns[name]
        case _:
            return None


def _constant(e: tm.Expr, at: Place, w: Writer) -> Fraction | None:
    match _named(e, at):
        case tm.Const(value=Fraction() as value_):
            return value_
        case tm.ParamRef(name=name):
            found = w.program.params[name].value
            return found if isinstance(found, Fraction) else None
        case _:
            return None


def _same_option(a: Pick, b: Pick, w: Writer) -> Flag:
    if len(a.options) == 1:
        a, b = b, a
    if len(b.options) == 1:
        text = b.options[0]
        return w.code.equal(a.number, constant(a.options.index(text))) if text in a.options else NO
    if a.options != b.options:
        raise RefusedError
    return w.code.equal(a.number, b.number)


def _logic(e: tm.Logic, at: Place, w: Writer) -> Value:
    """Return 且 or 或: what stands after a decisive operand is not asked, and cannot be bad."""
    c = w.code
    found = truth(e.operands[0], at, w)
    for operand in e.operands[1:]:
        further = truth(operand, at, w)
        if e.op == "且":
            bad = c.either(found.bad, c.both(found.flag, further.bad))
            found = Cond(c.both(found.flag, further.flag), bad)
        else:
            bad = c.either(found.bad, c.both(c.opposite(found.flag), further.bad))
            found = Cond(c.either(found.flag, further.flag), bad)
    return found


def _not(e: tm.Not, at: Place, w: Writer) -> Value:
    found = truth(e.operand, at, w)
    return Cond(w.code.opposite(found.flag), found.bad)


def _option(e: tm.IsOption, at: Place, w: Writer) -> Value:
    found = value(e.operand, at, w)
    if not isinstance(found, Pick):
        raise RefusedError
    flag = NO
    for option in e.options:
        if option in found.options:
            flag = w.code.either(flag, w.code.equal(found.number, constant(found.options.index(option))))
    return Cond(flag, found.bad)


def chosen(test: Cond, then: Value, other: Value, w: Writer) -> Value:
    """Return then where test holds and other elsewhere."""
    match then, other:
        case Num(), Num():
            return w.sums.chosen(test, then, other)
        case Cond(), Cond():
            bad = w.code.either(test.bad, w.code.picked(test.flag, then.bad, other.bad))
            return Cond(w.code.picked(test.flag, then.flag, other.flag), bad)
        case Pick(), Pick() if then.options == other.options:
            bad = w.code.either(test.bad, w.code.picked(test.flag, then.bad, other.bad))
            return Pick(w.code.chosen(test.flag, then.number, other.number), then.options, bad)
        case _:
            raise RefusedError


def _if(e: tm.If, at: Place, w: Writer) -> Value:
    return chosen(truth(e.test, at, w), value(e.then, at, w), value(e.other, at, w), w)


def _use(e: tm.Use, at: Place, w: Writer) -> Value:
    inner = Place()
    inner.names = {name: Thunk(let.value, inner) for name, let in e.body.lets.items()}
    inner.names |= {name: Thunk(arg, at) for name, arg in zip(e.body.inputs, e.args, strict=True)}
    return value(e.body.result, inner, w)


def _require(e: tm.Require, at: Place, w: Writer) -> Value:
    test, found = truth(e.test, at, w), value(e.operand, at, w)
    bad = w.code.either(test.bad, w.code.either(w.code.opposite(test.flag), found.bad))
    return evolve(found, bad=bad)


def _neg(e: tm.Neg, at: Place, w: Writer) -> Value:
    return w.sums.minus(exactly(Fraction(0)), number(e.operand, at, w))


def _extreme(e: tm.Extreme, at: Place, w: Writer) -> Value:
    found = number(e.operands[0], at, w)
    for operand in e.operands[1:]:
        found = w.sums.extreme(e.most, found, number(operand, at, w))
    return found


def _count(e: tm.CountTrue, at: Place, w: Writer) -> Value:
    total, bad = constant(0), NO
    for operand in e.operands:
        found = truth(operand, at, w)
        total, bad = w.code.add(total, w.code.number(found.flag)), w.code.either(bad, found.bad)
    return Num(Fraction(1), total, constant(1), None, bad)


def _date(e: tm.Workdays | tm.AddWorkdays | tm.RollOn | tm.Festival, at: Place, w: Writer) -> Value:
    if w.days is None:
        return NOTHING
    match e:
        case tm.Workdays(start, end):
            return w.days.between(w.code, number(start, at, w), number(end, at, w))
        case tm.AddWorkdays(start, count):
            return w.days.added(w.code, number(start, at, w), number(count, at, w))
        case tm.RollOn(operand):
            return w.days.rolled(w.code, number(operand, at, w))
        case tm.Festival(operand, leave):
            return w.days.festival(w.code, number(operand, at, w), leave)


def _over(e: tm.Over, at: Place, w: Writer) -> Value:
    with w.noting() as needs:
        found = ledger.over(e, at, w, value)
    w.overs[id(e)] = found, frozenset(needs)
    return found


def _refused(*_: object) -> Value:
    raise RefusedError


WRITE: dict[type, Callable[[Any, Place, Writer], Value]] = {
    tm.Const: _const, tm.ParamRef: _const, tm.Var: _var, tm.Arith: _arith, tm.Cmp: _cmp, tm.Logic: _logic, tm.Not: _not,
    tm.FactRef: lambda e, _, w: w.fact(e.name), tm.Column: lambda e, _, w: w.column(e.name),
    tm.HasEvidence: lambda e, _, w: w.evidence(e.fact), tm.IsNA: lambda e, _, w: Cond(w.absent(e.fact)),
    tm.IsOption: _option, tm.If: _if, tm.Use: _use,
    tm.Require: _require, tm.Neg: _neg, tm.Extreme: _extreme, tm.CountTrue: _count,
    tm.Whole: lambda e, at, w: w.sums.whole(number(e.operand, at, w), e.up),
    tm.Round: lambda e, at, w: w.sums.rounded(number(e.operand, at, w), e.quantum, e.mode),
    tm.Abs: lambda e, at, w: w.sums.magnitude(number(e.operand, at, w)),
    tm.Over: _over,
    **dict.fromkeys((tm.Workdays, tm.AddWorkdays, tm.RollOn, tm.Festival), _date),
    **dict.fromkeys((tm.First, tm.Same, tm.Peers), _refused),
}  # fmt: skip
"""How each kind of expression is written; every kind of the kernel stands here (tests/test_house.py)."""
