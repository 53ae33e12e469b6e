"""Of what number every value of an expression is a multiple: then rounding to a part of it changes nothing."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from zjrules.term import expr as tm
from zjrules.unit import Date, Number, Year

ZERO, ONE = Fraction(0), Fraction(1)


def grain(e: tm.Expr) -> Fraction | None:
    """Return the number that all values of an expression are multiples of; 0 where it is always 0, None where unknown."""
    match e:
        case tm.Const(value=Fraction() as value):
            return abs(value)
        case tm.FactRef() | tm.Column():
            whole = isinstance(e.type, Date | Year) or (isinstance(e.type, Number) and e.type.whole)
            return ONE if whole else None
        case tm.Arith(op, left, right):
            return _arith(op, grain(left), grain(right), right)
        case tm.Neg(operand) | tm.Abs(operand):
            return grain(operand)
        case tm.If(then=then, other=other):
            return common(grain(then), grain(other))
        case tm.Extreme(operands):
            return common(*(grain(o) for o in operands))
        case tm.Round(quantum=quantum):
            return quantum
        case tm.Whole() | tm.CountTrue() | tm.Workdays() | tm.AddWorkdays() | tm.RollOn() | tm.Festival():
            return ONE
        case tm.Over(kind="计数"):
            return ONE
        case tm.Over(kind="合计" | "最大" | "最小", item=item) if item is not None:
            return grain(item)
        case _:
            return None


def _arith(op: str, left: Fraction | None, right: Fraction | None, divisor: tm.Expr) -> Fraction | None:
    if left is None or right is None:
        return None
    if op == "×":
        return left * right
    if op == "÷":
        return left / right if isinstance(divisor, tm.Const) and right else None
    return common(left, right)


def common(*grains: Fraction | None) -> Fraction | None:
    """Return the greatest number that all of some are multiples of."""
    found = ZERO
    for each in grains:
        if each is None:
            return None
        below = found.denominator * each.denominator
        found = Fraction(gcd(found.numerator * each.denominator, each.numerator * found.denominator), below)
    return found


def fits(e: tm.Expr, quantum: Fraction) -> bool:
    """Return whether all values of an expression are multiples of a quantum."""
    found = grain(e)
    return found is not None and (found / quantum).denominator == 1
