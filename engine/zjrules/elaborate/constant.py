"""Constant expressions: parameters, declared ranges, thresholds."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from zjrules.diag import Code
from zjrules.elaborate.scope import Checker
from zjrules.resolve import unknown
from zjrules.syntax import expr as sx
from zjrules.term.expr import Const
from zjrules.unit import PURE, Date, Number, Text, Truth, Year, quantity, show

NO_SUCH_DAY = Code("ZJ3020", "no-such-day")
NOT_CONSTANT = Code("ZJ3021", "not-constant")


def literal(check: Checker, e: sx.Expr) -> Const | None:
    """Return a literal as a constant, None for anything else."""
    match e:
        case sx.Quantity():
            return quantity_const(e)
        case sx.DateLit(year, shift, month, day):
            try:
                value = date((check.year + shift) if year is None else year, month, day).toordinal()
            except ValueError:
                return check.report(NO_SUCH_DAY, e.span, f"没有「{e.span.text}」这一天", "核对月和日")
            return Const(Fraction(value), Date(), e.span.text, span=e.span)
        case sx.TextLit():
            return Const(e.text, Text(), e.text, span=e.span)
        case sx.TheYear():
            return Const(Fraction(check.year), Year(), "评价年度", span=e.span)
        case sx.Name("是" | "否"):
            return Const(e.text == "是", Truth(), e.text, span=e.span)
        case _:
            return None


def quantity_const(q: sx.Quantity) -> Const:
    """Return a written number as a constant in base units."""
    # The reader has accepted the unit, so a 1 of it reads as its type.
    found = quantity(f"1 {q.unit}") if q.unit else None
    kind = found[1] if found else Number(None) if q.value == 0 else PURE
    whole = q.value.denominator == 1 and not kind.percent and bool(q.unit)
    typed = Number(kind.dim, kind.points, kind.delta, kind.percent, whole)
    return Const(q.value, typed, show(q.value, typed), span=q.span)


def constant(check: Checker, e: sx.Expr) -> Const | None:
    """Return the value of an expression of literals and parameters; None after reporting that it is not one."""
    found = literal(check, e)
    if found is not None:
        return found
    match e:
        case sx.Name() if e.text in check.params:
            param = check.params[e.text]
            return Const(param.value, param.type, param.text, span=e.span)
        case sx.Unary("-", operand):
            inner = constant(check, operand)
            if inner is not None and isinstance(inner.value, Fraction) and isinstance(inner.type, Number):
                return Const(-inner.value, inner.type, f"-{inner.text}", span=e.span)
            return inner
        case sx.Name() if check.index.kind_of(e.text) is None and e.text not in check.index.lost:
            check.add(unknown(e.text, e.span, check.index.params, "参数"))
        case _:
            help_ = "这里只能写数、日期或参数；要算的放进指标的 令"
            check.report(NOT_CONSTANT, e.span, f"「{e.span.text}」不是固定的值", help_)
    return None
