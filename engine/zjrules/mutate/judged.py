"""A check as an indicator that scores how it comes out, so that one search and one proof serve both."""

from __future__ import annotations

from fractions import Fraction

from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.unit import POINTS

STATUS = {Fraction(1): "通过", Fraction(0): "不通过", Fraction(2): "跳过"}
"""What the scores of such an indicator stand for."""
_UNROUNDED = tr.RoundScore(None, Fraction(1, 100))


def as_indicator(check: tr.Check) -> tr.Indicator:
    """Return an indicator of 1 where a check passes, 0 where it fails and 2 where it does not apply."""
    skipped = (tr.Case(tm.Not(check.when), _points(2)),) if check.when is not None else ()
    base = tr.Decide((*skipped, tr.Case(_condition(check), _points(1))), _points(0))
    return tr.Indicator(
        check.title, "", Fraction(2), (), (), {}, base, None, (), _UNROUNDED, (), (), "", "", span=check.span
    )


def _points(value: int) -> tm.Expr:
    return tm.Const(Fraction(value), POINTS)


def _condition(check: tr.Check) -> tm.Expr:
    """Return the condition, a tolerance written out as exact/total.py reads it."""
    if check.right is None:
        return check.left
    if not check.tolerance:
        return tm.Cmp(check.op, check.left, check.right)
    gap = tm.Arith("-", check.left, check.right, check.left.type)
    least, most = (tm.Const(sign * check.tolerance, check.left.type) for sign in (-1, 1))
    match check.op:
        case "=" | "≠":
            near = tm.Logic("且", (tm.Cmp("≥", gap, least), tm.Cmp("≤", gap, most)))
            return near if check.op == "=" else tm.Not(near)
        case "≤" | "<":
            return tm.Cmp(check.op, gap, most)
        case _:
            return tm.Cmp(check.op, gap, least)
