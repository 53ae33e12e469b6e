"""Expressions as functions of one fact near a point. What does not depend on it is left to the exact engine."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from attrs import define, field

from zjrules.exact.expr import evaluate
from zjrules.exact.scope import Scope
from zjrules.margin.line import ZERO, AnotherKindError, Line, NoValueError, Spot, constant, plus, scaled, times
from zjrules.num import Rounding, round_to
from zjrules.term import expr as tm
from zjrules.term.walk import walk
from zjrules.trace import Standing
from zjrules.value import LEFT_OUT, NOT_APPLICABLE, Problem

Found = Line | bool | str


@define(eq=False)
class Place:
    """Where an expression stands: the exact scope at the point, and what its names stand for."""

    scope: Scope
    names: dict[str, tuple[tm.Expr, Place]] = field(factory=dict)
    known: dict[str, Found] = field(factory=dict)


@define(eq=False)
class Local:
    """One evaluation near a point; fact '' is none, to see what is decided as things are.

    rounding False leaves roundings inside a formula out, to see what they decided.
    """

    fact: str
    spot: Spot
    rounding: bool = True
    asked: dict[tuple[int, Place], bool] = field(factory=dict)
    """What was found to depend on the fact, by the identity of the expression."""

    def value(self, e: tm.Expr, at: Place) -> Found:
        """Return what an expression is."""
        if not self.depends(e, at):
            found = evaluate(e, at.scope).value
            return _plain(found)
        result: Found = LOCAL[type(e)](self, e, at)
        return result

    def number(self, e: tm.Expr, at: Place) -> Line:
        """Return a number."""
        found = self.value(e, at)
        if not isinstance(found, Line):
            raise AnotherKindError
        return found

    def truth(self, e: tm.Expr, at: Place) -> bool:
        """Return a condition."""
        found = self.value(e, at)
        if not isinstance(found, bool):
            raise AnotherKindError
        return found

    def depends(self, e: tm.Expr, at: Place) -> bool:
        """Return whether an expression depends on the fact; without one, every decision is asked for."""
        if not self.fact:
            return LOCAL[type(e)] not in (_given, _refused)
        key = (id(e), at)
        if key not in self.asked:
            self.asked[key] = self._depends(e, at)
        return self.asked[key]

    def _depends(self, e: tm.Expr, at: Place) -> bool:
        for node in walk(e):
            match node:
                case tm.FactRef(name) | tm.IsNA(name) | tm.HasEvidence(name) if name == self.fact:
                    return True
                case tm.Var(name) if name in at.names and self.depends(*at.names[name]):
                    return True
                case _:
                    pass
        return False

    def extreme(self, most: bool, one: Line, two: Line) -> Line:
        """Return the larger or smaller of two."""
        return one if self.spot.decide("≥" if most else "≤", one, two, kink=True) else two

    def rounded(self, line: Line, quantum: Fraction, mode: Rounding) -> Line:
        """Return a rounded to a multiple of quantum."""
        if not self.rounding:
            return line
        value = line.steady
        if value is not None:
            return constant(round_to(value, quantum, mode))
        unit = scaled(line, 1 / quantum)
        falls = self.spot.sign(unit.a, unit.b) < 0
        size = scaled(unit, Fraction(-1)) if falls else unit
        self.spot.decide("<" if falls else "≥", unit, constant(ZERO))
        whole = self._whole(size, mode)
        return scaled(whole, -quantum if falls else quantum)

    def _whole(self, size: Line, mode: Rounding) -> Line:
        half = constant(Fraction(1, 2))
        match mode:
            case Rounding.DOWN:
                return self.spot.floor(size)
            case Rounding.UP:
                return self.ceiling(size)
            case Rounding.HALF_UP:
                return self.spot.floor(plus(size, half))
            case Rounding.HALF_EVEN:
                raise AnotherKindError

    def ceiling(self, line: Line) -> Line:
        """Return the least integer not below."""
        return scaled(self.spot.floor(scaled(line, Fraction(-1))), Fraction(-1))


def _plain(found: object) -> Found:
    match found:
        case bool() | str():
            return found
        case Fraction():
            return constant(found)
        case _:
            raise NoValueError


def _var(run: Local, e: tm.Var, at: Place) -> Found:
    if e.name not in at.names:
        return _given(run, e, at)
    if e.name not in at.known:
        at.known[e.name] = run.value(*at.names[e.name])
    return at.known[e.name]


def _arith(run: Local, e: tm.Arith, at: Place) -> Found:
    left, right = run.number(e.left, at), run.number(e.right, at)
    match e.op:
        case "+":
            return plus(left, right)
        case "-":
            return plus(left, scaled(right, Fraction(-1)))
        case "×":
            return times(left, right)
        case _:
            return run.spot.over(left, right)


def _cmp(run: Local, e: tm.Cmp, at: Place) -> Found:
    left, right = run.value(e.left, at), run.value(e.right, at)
    if isinstance(left, Line) and isinstance(right, Line):
        return run.spot.decide(e.op, left, right)
    return (left == right) == (e.op == "=")


def _logic(run: Local, e: tm.Logic, at: Place) -> Found:
    stop = e.op == "或"
    return stop if any(run.truth(o, at) is stop for o in e.operands) else not stop


def _use(run: Local, e: tm.Use, at: Place) -> Found:
    steps = {name: evaluate(arg, at.scope) for name, arg in zip(e.body.inputs, e.args, strict=True)}
    inner = Place(Scope(at.scope.run, at.scope.facts, at.scope.ledgers, steps, e.body.lets))
    inner.names = {name: (let.value, inner) for name, let in e.body.lets.items()}
    inner.names |= {name: (arg, at) for name, arg in zip(e.body.inputs, e.args, strict=True)}
    return run.value(e.body.result, inner)


def _require(run: Local, e: tm.Require, at: Place) -> Found:
    if not run.truth(e.test, at):
        raise NoValueError
    return run.value(e.operand, at)


def _extreme(run: Local, e: tm.Extreme, at: Place) -> Found:
    best = run.number(e.operands[0], at)
    for other in e.operands[1:]:
        best = run.extreme(e.most, best, run.number(other, at))
    return best


def _abs(run: Local, e: tm.Abs, at: Place) -> Found:
    found = run.number(e.operand, at)
    return found if run.spot.decide("≥", found, constant(ZERO), kink=True) else scaled(found, Fraction(-1))


def _whole(run: Local, e: tm.Whole, at: Place) -> Found:
    found = run.number(e.operand, at)
    return run.ceiling(found) if e.up else run.spot.floor(found)


def _count(run: Local, e: tm.CountTrue, at: Place) -> Found:
    return constant(Fraction(sum(run.truth(o, at) for o in e.operands)))


def _fact(run: Local, e: tm.FactRef, at: Place) -> Found:
    return Line(Fraction(1), ZERO) if e.name == run.fact else _plain(at.scope.facts[e.name])


def _given(run: Local, e: tm.Expr, at: Place) -> Found:
    return _plain(evaluate(e, at.scope).value)


def _refused(*_: object) -> Found:
    raise AnotherKindError


def _option(run: Local, e: tm.IsOption, at: Place) -> Found:
    return run.value(e.operand, at) in e.options


def _peers(run: Local, e: tm.Peers, at: Place) -> Found:
    """Return what is taken over all units, of which the others stay as they are."""
    step = evaluate(e, at.scope)
    if not run.fact:
        return _plain(step.value)
    if not isinstance(step.note, Standing):
        raise AnotherKindError
    values = [v for place, v in enumerate(step.note.values) if place != step.note.unit]
    there = [v for v in values if not (isinstance(v, Problem) and v.kind in (NOT_APPLICABLE, LEFT_OUT))]
    others = [constant(v) for v in there if isinstance(v, Fraction)]
    if len(others) < len(there):
        raise AnotherKindError
    own = run.number(e.operand, at)
    if e.kind == "名次":
        return _rank(run, e, own, others)
    counted = [*others, *([own] if e.own else [])]
    if not counted:
        raise NoValueError
    found = counted[0]
    for other in counted[1:]:
        found = plus(found, other) if e.kind == "同级平均" else run.extreme(e.kind == "同级最大", found, other)
    return scaled(found, Fraction(1, len(counted))) if e.kind == "同级平均" else found


def _rank(run: Local, e: tm.Peers, own: Line, others: list[Line]) -> Line:
    """Count who is ahead and who is level; every other unit is a place where the rank can turn."""
    strict, loose = ("<", "≤") if e.rising else (">", "≥")
    # Who is level counts as ahead where all who tie take the last place, and by half where they take the mean.
    asked = {"并列取后": (loose,), "并列取均": (strict, loose)}.get(e.ties, (strict,))
    there = dict.fromkeys(others) if e.ties == "并列不空" else others
    ahead = sum(run.spot.decide(op, other, own) for other in there for op in asked)
    return constant(1 + Fraction(ahead, len(asked)))


LOCAL: dict[type, Callable[[Local, Any, Place], Found]] = {
    tm.FactRef: _fact, tm.Var: _var, tm.Arith: _arith, tm.Cmp: _cmp, tm.Logic: _logic, tm.Use: _use,
    tm.Require: _require, tm.Extreme: _extreme, tm.Abs: _abs, tm.Whole: _whole, tm.CountTrue: _count,
    tm.IsOption: _option, tm.Peers: _peers,
    tm.Not: lambda run, e, at: not run.truth(e.operand, at),
    tm.Neg: lambda run, e, at: scaled(run.number(e.operand, at), Fraction(-1)),
    tm.If: lambda run, e, at: run.value(e.then if run.truth(e.test, at) else e.other, at),
    tm.Round: lambda run, e, at: run.rounded(run.number(e.operand, at), e.quantum, e.mode),
    **dict.fromkeys((tm.Const, tm.ParamRef, tm.Column, tm.IsNA, tm.HasEvidence), _given),
    **dict.fromkeys(
        (tm.Over, tm.Workdays, tm.AddWorkdays, tm.RollOn, tm.Festival, tm.First, tm.Same), _refused
    ),
}  # fmt: skip
"""How each kind of expression depends on a fact; every kind of the kernel stands here (tests/test_house.py)."""
