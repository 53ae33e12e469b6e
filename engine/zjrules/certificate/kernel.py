"""Expressions as nodes: what the checker knows no operation for is written with those that it knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zjrules.certificate.ledgers import first, over, peers, same
from zjrules.certificate.nodes import ONE, ZERO, Names, Writer
from zjrules.certificate.plain import seen
from zjrules.term import expr as tm
from zjrules.term.expr import Expr
from zjrules.value import MISUSED, NOT_APPLICABLE, Problem


def lowered(e: Expr, names: Names, out: Writer) -> int:
    """Return the node of an expression; one that was met before at this place has one already."""
    number = names.nodes.get(id(e))
    if number is None:
        number = names.nodes[id(e)] = LOWER[type(e)](e, names, out)
    return number


def _plain(op: str, *parts: str) -> Callable[[Any, Names, Writer], int]:
    """Return the writer of an operation that the checker has too."""

    def write(e: Any, names: Names, out: Writer) -> int:
        return out.add(names, op, [lowered(getattr(e, part), names, out) for part in parts], e.span)

    return write


def _op(e: tm.Arith | tm.Cmp, names: Names, out: Writer) -> int:
    return out.add(names, e.op, (lowered(e.left, names, out), lowered(e.right, names, out)), e.span)


def _several(e: tm.Logic | tm.Extreme | tm.CountTrue, names: Names, out: Writer) -> int:
    match e:
        case tm.Logic(op):
            pass
        case tm.Extreme(most=most):
            op = "最大" if most else "最小"
        case tm.CountTrue():
            op = "真数"
    return out.add(names, op, [lowered(o, names, out) for o in e.operands], e.span)


def _var(e: tm.Var, names: Names, out: Writer) -> int:
    where: Names | None = names
    while where is not None:
        if e.name in where.known:
            return where.known[e.name]
        if e.name in where.lets:
            number = where.known[e.name] = lowered(where.lets[e.name].value, where, out)
            out.name(number, e.name)
            return number
        where = where.outer
    raise KeyError(e.name)


def _use(e: tm.Use, names: Names, out: Writer) -> int:
    args = (lowered(a, names, out) for a in e.args)
    inner = Names(names.out, e.body.lets, known=dict(zip(e.body.inputs, args, strict=True)), unit=names.facts)
    names.inner[id(e)] = inner
    number = lowered(e.body.result, inner, out)
    out.name(number, e.body.word)
    return number


def _negative(e: tm.Neg, names: Names, out: Writer) -> int:
    return out.add(names, "-", (out.constant(ZERO), lowered(e.operand, names, out)), e.span)


def _magnitude(e: tm.Abs, names: Names, out: Writer) -> int:
    operand = lowered(e.operand, names, out)
    return out.add(names, "最大", (operand, out.add(names, "-", (out.constant(ZERO), operand))), e.span)


def _whole(e: tm.Whole, names: Names, out: Writer) -> int:
    return out.add(names, "向上" if e.up else "向下", (lowered(e.operand, names, out), out.constant(ONE)), e.span)


def _round(e: tm.Round, names: Names, out: Writer) -> int:
    return out.add(names, e.mode.value, (lowered(e.operand, names, out), out.constant(e.quantum)), e.span)


def _not(e: tm.Not, names: Names, out: Writer) -> int:
    return out.branch(names, lowered(e.operand, names, out), out.constant(False), out.constant(True), e.span)


def _option(e: tm.IsOption, names: Names, out: Writer) -> int:
    operand = lowered(e.operand, names, out)
    return out.add(names, "属于", (operand, *(out.constant(option) for option in e.options)), e.span)


def _not_applicable(e: tm.IsNA, names: Names, out: Writer) -> int:
    return out.add(names, "无", (out.read("事实", e.fact, names), out.constant(NOT_APPLICABLE)), e.span)


def _require(e: tm.Require, names: Names, out: Writer) -> int:
    wrong = out.constant(seen(Problem(MISUSED, e.message)))
    return out.branch(names, lowered(e.test, names, out), lowered(e.operand, names, out), wrong, e.span)


def _festival(e: tm.Festival, names: Names, out: Writer) -> int:
    return out.add(names, "春节假期首日" if e.leave else "春节", (lowered(e.operand, names, out),), e.span)


LOWER: dict[type, Callable[[Any, Names, Writer], int]] = {
    tm.Const: lambda e, _, out: out.constant(e.value, e.text),
    tm.FactRef: lambda e, names, out: out.read("事实", e.name, names),
    tm.ParamRef: lambda e, names, out: out.read("参数", e.name, names),
    tm.HasEvidence: lambda e, names, out: out.read("有佐证", e.fact, names),
    tm.IsNA: _not_applicable,
    tm.Column: lambda e, names, out: out.cell(e.name, names),
    tm.Var: _var,
    tm.Use: _use,
    tm.Arith: _op,
    tm.Cmp: _op,
    tm.Logic: _several,
    tm.Extreme: _several,
    tm.Neg: _negative,
    tm.Abs: _magnitude,
    tm.Whole: _whole,
    tm.Round: _round,
    tm.Not: _not,
    tm.IsOption: _option,
    tm.CountTrue: _several,
    tm.If: _plain("若", "test", "then", "other"),
    tm.Require: _require,
    tm.Workdays: _plain("工作日数", "start", "end"),
    tm.AddWorkdays: _plain("加工作日", "start", "days"),
    tm.RollOn: _plain("顺延", "operand"),
    tm.Festival: _festival,
    tm.Over: lambda e, names, out: over(e, names, out, lowered),
    tm.Same: lambda e, names, out: same(e, names, out, lowered),
    tm.First: first,
    tm.Peers: lambda e, names, out: peers(e, names, out, lowered),
}
"""How each kind of expression is written; every kind of the kernel stands here (tests/test_house.py)."""
