"""Leaves out of an expression what cannot matter: settled comparisons, bounds that never bind, roundings of round numbers.

Operands are in normal form already: no names, no words. A part that may have no value is never left out.
"""

from __future__ import annotations

from fractions import Fraction

from attrs import define, evolve

from zjrules.exact.expr import evaluate
from zjrules.exact.scope import Scope
from zjrules.interval.sets import ONE, ZERO, Piece, Range
from zjrules.mutate.grain import fits, grain
from zjrules.num import Rounding
from zjrules.term import expr as tm
from zjrules.term.walk import children
from zjrules.unit import POINTS, Truth
from zjrules.value import Problem, Unknown, Value, problems_of, range_of

_MIRROR = {">": "<", "≥": "≤"}
_CONTRARY = {"<": "≥", "≤": ">", ">": "≤", "≥": "<", "=": "≠", "≠": "="}


def const(value: Fraction) -> tm.Expr:
    """Return a number as normal forms have it."""
    return tm.Const(value, POINTS)


def truth_of(e: tm.Expr) -> bool | None:
    """Return the truth of a condition that is settled."""
    return e.value if isinstance(e, tm.Const) and isinstance(e.value, bool) else None


def _number(e: tm.Expr) -> Fraction | None:
    return e.value if isinstance(e, tm.Const) and isinstance(e.value, Fraction) else None


@define(eq=False)
class Simple:
    """Simplifies one node above simple operands; scope says what facts can be there."""

    def of(self, e: tm.Expr, scope: Scope) -> tm.Expr:
        """Return an equal expression, simpler where it can be."""
        if all(isinstance(k, tm.Const) for k in children(e)) and children(e):
            value = evaluate(e, scope).value
            if isinstance(value, Fraction | bool):
                return tm.Const(value, POINTS)
        match e:
            case tm.Cmp():
                return self._compared(e, scope)
            case tm.Not(tm.Not(operand)):
                return operand
            case tm.Not(tm.Cmp(op, left, right)):
                return self.of(tm.Cmp(_CONTRARY[op], left, right), scope)
            case tm.If(then=then, other=other, test=test):
                return then if then == other and not _open(self.value(test, scope)) else e
            case tm.Extreme():
                return self._extreme(e, scope)
            case tm.Arith():
                return _arith(e)
            case tm.Round(operand, quantum):
                return operand if fits(operand, quantum) else e
            case tm.Whole(tm.Extreme() as inner):
                # Whole numbers rise with what they are taken of, so that a bound can be made whole first.
                whole = tuple(self.of(evolve(e, operand=o), scope) for o in inner.operands)
                return self.of(evolve(inner, operands=whole), scope)
            case tm.Whole(operand):
                return operand if fits(operand, ONE) else e
            case tm.Abs(operand):
                return operand if _low(self.value(operand, scope), ZERO) else e
            case tm.Require(test, operand):
                return operand if truth_of(test) is True else e
            case _:
                return e

    def value(self, e: tm.Expr, scope: Scope) -> Value:
        """Return what an expression can be; inside a word or a row only what it is made of says so."""
        try:
            return evaluate(e, scope).value
        except (KeyError, AssertionError):
            return Unknown(frozenset({True, False}), tight=False, problems=frozenset({Problem("")}))

    def _compared(self, e: tm.Cmp, scope: Scope) -> tm.Expr:
        op, left, right = e.op, e.left, e.right
        if op in _MIRROR:
            op, left, right = _MIRROR[op], right, left
        value = self.value(tm.Cmp(op, left, right), scope)
        if isinstance(value, bool):
            return tm.Const(value, Truth())
        for one, two in ((left, right), (right, left)):
            if op in "=≠" and isinstance(one, tm.Round) and one.operand == two:
                # In every mode a number stays as it is where it is a multiple of the quantum, and only there.
                left, right = evolve(one, mode=Rounding.DOWN), two
        if op in "=≠" and repr(right) < repr(left):
            left, right = right, left
        return self._stepped(tm.Cmp(op, left, right), scope)

    def _stepped(self, e: tm.Cmp, scope: Scope) -> tm.Expr:
        """Return a comparison of whole steps with a number as one with the last step that meets it."""
        for number, other, low in ((e.left, e.right, True), (e.right, e.left, False)):
            bound, step = _number(number), grain(other)
            if bound is None or e.op not in "<≤":
                continue
            op = e.op
            if step:
                units = bound / step
                whole = units.numerator // units.denominator
                if low:
                    whole = whole if whole == units and op == "≤" else whole + 1
                elif whole == units and op == "<":
                    whole -= 1
                bound, op = whole * step, "≤"
            value = self.value(other, scope)
            if op == "≤" and isinstance(value, Unknown) and _ends_at(value, bound, low):
                one, two = sorted((const(bound), other), key=repr)
                return tm.Cmp("=", one, two)
            return tm.Cmp(op, const(bound), other) if low else tm.Cmp(op, other, const(bound))
        return e

    def _extreme(self, e: tm.Extreme, scope: Scope) -> tm.Expr:
        flat: list[tm.Expr] = []
        for operand in e.operands:
            flat += operand.operands if isinstance(operand, tm.Extreme) and operand.most == e.most else (operand,)
        flat = list(dict.fromkeys(flat))
        branches = [o for o in flat if isinstance(o, tm.If)]
        if len(branches) == 1 and all(isinstance(o, tm.Const | tm.If) for o in flat):
            # A bound on a branch is a bound on both sides of it.
            test, rest = branches[0], tuple(o for o in flat if o is not branches[0])
            sides = (self.of(evolve(e, operands=(side, *rest)), scope) for side in (test.then, test.other))
            return self.of(evolve(test, then=next(sides), other=next(sides)), scope)
        values = [self.value(o, scope) for o in flat]
        kept: list[int] = list(range(len(flat)))
        for place in range(len(flat)):
            others = [values[k] for k in kept if k != place]
            if not _open(values[place]) and any(_beaten(values[place], other, e.most) for other in others):
                kept.remove(place)
        operands = tuple(sorted((flat[k] for k in kept), key=repr))
        return operands[0] if len(operands) == 1 else evolve(e, operands=operands)


def _open(value: Value) -> bool:
    """Return whether there may be no value."""
    return isinstance(value, Problem) or bool(problems_of(value))


def _hull(value: Value) -> Piece | None:
    if isinstance(value, bool | str | Problem) or (isinstance(value, Unknown) and not isinstance(value.can, Range)):
        return None
    found = range_of(value)
    return None if found.is_empty else found.hull


def _low(value: Value, bound: Fraction) -> bool:
    """Return whether a value is never below a bound."""
    hull = _hull(value)
    return hull is not None and hull.lo is not None and hull.lo >= bound


def _beaten(value: Value, other: Value, most: bool) -> bool:
    """Return whether another operand is always at least as good."""
    one, two = _hull(value), _hull(other)
    if one is None or two is None:
        return False
    if most:
        return one.hi is not None and two.lo is not None and one.hi <= two.lo
    return one.lo is not None and two.hi is not None and one.lo >= two.hi


def _ends_at(value: Unknown, bound: Fraction, low: bool) -> bool:
    hull = _hull(value)
    if hull is None:
        return False
    return hull.hi == bound if low else hull.lo == bound


def _arith(e: tm.Arith) -> tm.Expr:
    left, right = _number(e.left), _number(e.right)
    match e.op:
        case "+" if left == 0:
            return e.right
        case "+" | "-" if right == 0:
            return e.left
        case "×" if left == 1:
            return e.right
        case "×" | "÷" if right == 1:
            return e.left
        case "+" | "×" if repr(e.right) < repr(e.left):
            return evolve(e, left=e.right, right=e.left)
        case _:
            return e
