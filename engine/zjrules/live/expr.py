"""Kernel expressions as cells."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from attrs import define

from zjrules.explain.formula import names as written
from zjrules.live import inputs, pair, rounding
from zjrules.live.form import FAIL, At, Flag, Form, Int, Row, Said, choice, compared, is_one_of, negated
from zjrules.live.inputs import Item, Source, Unsupported, serial
from zjrules.live.pair import Pair
from zjrules.live.sheet import Sheet
from zjrules.term import expr as tm
from zjrules.term.walk import refs
from zjrules.unit import Scalar, Type


@define(eq=False)
class Place:
    """The names at one place: those worked out, and the 令 that are not yet."""

    source: Source
    sheet: Sheet
    names: dict[str, Item]
    lets: Mapping[str, tm.Let]
    label: str = ""
    """What stands before the name of a 令: the word that it belongs to."""


def compiled(e: tm.Expr, at: Place) -> Item:
    """Return an expression as a pair, or as a formula for a truth or text."""
    match e:
        case tm.Const() | tm.ParamRef() | tm.FactRef() | tm.Var() | tm.IsNA() | tm.HasEvidence():
            return _leaf(e, at)
        case tm.Arith() | tm.Neg() | tm.Whole() | tm.Round() | tm.Abs() | tm.Extreme() | tm.CountTrue():
            return _number(e, at)
        case tm.Cmp() | tm.Logic() | tm.Not() | tm.IsOption():
            return _truth(e, at)
        case tm.If():
            return either(at, truth(e.test, at), compiled(e.then, at), compiled(e.other, at))
        case tm.Require():
            return _required(e, at)
        case tm.Over():
            return _over(e, at)
        case tm.Use():
            return _use(e, at)
        case tm.Workdays() | tm.AddWorkdays() | tm.RollOn() | tm.Festival():
            raise Unsupported("用到工作日或节日，表格里没有这一年的日历")
        case tm.Peers():
            raise Unsupported("用到全体单位的数，不在这张表里")
        case tm.Column() | tm.First() | tm.Same():
            raise Unsupported("要逐行看明细")
        case _:
            assert_never(e)


def number(e: tm.Expr, at: Place) -> Pair:
    """Return a numeric expression."""
    found = compiled(e, at)
    assert isinstance(found, Pair)
    return found


def truth(e: tm.Expr, at: Place) -> Form:
    """Return a condition."""
    found = compiled(e, at)
    assert not isinstance(found, Pair)
    return found


def literal(value: Scalar, kind: Type) -> Item:
    """Return a constant."""
    if isinstance(value, bool):
        return Flag(value)
    return Said(value) if isinstance(value, str) else pair.constant(serial(value, kind))


def either(at: Place, test: Form, then: Item, other: Item) -> Item:
    """Return then where test holds, other where not."""
    if isinstance(then, Pair) and isinstance(other, Pair):
        return pair.either_of(at.sheet, test, then, other)
    assert not isinstance(then, Pair) and not isinstance(other, Pair)
    return at.sheet.short(choice(test, then, other))


# ---------- operations ----------


def _leaf(e: tm.Const | tm.ParamRef | tm.FactRef | tm.Var | tm.IsNA | tm.HasEvidence, at: Place) -> Item:
    match e:
        case tm.Const():
            return literal(e.value, e.type)
        case tm.ParamRef():
            param = at.source.program.params[e.name]
            return literal(param.value, param.type)
        case tm.FactRef():
            return inputs.fact(at.source, at.sheet, e.name)
        case tm.Var():
            return _var(e, at)
        case tm.IsNA():
            return inputs.is_na(at.source, at.sheet, e.fact)
        case tm.HasEvidence():
            return inputs.has_evidence(at.source, at.sheet, e.fact)
        case _:
            assert_never(e)


def _number(e: tm.Arith | tm.Neg | tm.Whole | tm.Round | tm.Abs | tm.Extreme | tm.CountTrue, at: Place) -> Pair:
    match e:
        case tm.Arith():
            return _arith(e.op, number(e.left, at), number(e.right, at), at.sheet)
        case tm.Neg():
            return pair.negative(number(e.operand, at))
        case tm.Whole():
            return rounding.whole(at.sheet, number(e.operand, at), e.up)
        case tm.Round():
            return rounding.rounded(at.sheet, number(e.operand, at), e.quantum, e.mode)
        case tm.Abs():
            return pair.magnitude(number(e.operand, at))
        case tm.Extreme():
            return pair.extreme(at.sheet, e.most, [number(o, at) for o in e.operands])
        case tm.CountTrue():
            return pair.count_true(at.sheet, [truth(o, at) for o in e.operands])
        case _:
            assert_never(e)


def _arith(op: str, left: Pair, right: Pair, sheet: Sheet) -> Pair:
    match op:
        case "+":
            return pair.add(sheet, left, right)
        case "-":
            return pair.add(sheet, left, pair.negative(right))
        case "×":
            return pair.multiply(sheet, left, right)
        case _:
            return pair.divide(sheet, left, right)


def _truth(e: tm.Cmp | tm.Logic | tm.Not | tm.IsOption, at: Place) -> Form:
    match e:
        case tm.Cmp():
            return _compared(e, at)
        case tm.Logic():
            return at.sheet.all_or_any(e.op == "或", [truth(o, at) for o in e.operands])
        case tm.Not():
            return negated(truth(e.operand, at))
        case tm.IsOption():
            return is_one_of(truth(e.operand, at), e.options)
        case _:
            assert_never(e)


def _compared(e: tm.Cmp, at: Place) -> Form:
    left, right = compiled(e.left, at), compiled(e.right, at)
    if isinstance(left, Pair) and isinstance(right, Pair):
        return pair.compare(at.sheet, e.op, left, right)
    assert not isinstance(left, Pair) and not isinstance(right, Pair)
    return compared("=" if e.op == "=" else "<>", left, right)


def _required(e: tm.Require, at: Place) -> Item:
    found = compiled(e.operand, at)
    if isinstance(found, Pair):
        return pair.required(at.sheet, truth(e.test, at), found)
    return at.sheet.short(choice(truth(e.test, at), found, FAIL))


def _over(e: tm.Over, at: Place) -> Item:
    """Return what a ledger came to; a fact that its rows are held against could be changed in the sheet without effect."""
    for kind, name in sorted(refs(e, at.lets)):
        if kind == "fact":
            raise Unsupported(f"明细要逐行与「{name}」比，明细不在这张表里")
        if kind == "var" and name not in at.lets and name != "满分":
            raise Unsupported(f"明细要逐行用到「{name}」，明细不在这张表里")
    points = at.names.get("满分")
    full = None
    if ("var", "满分") in refs(e, at.lets):
        if not isinstance(points, Pair) or points.can.point is None:
            raise Unsupported("明细要逐行用到「满分」，明细不在这张表里")
        full = points.can.point
    return inputs.over(at.source, at.sheet, e, at.lets, full)


# ---------- names and words ----------


def _var(e: tm.Var, at: Place) -> Item:
    found = at.names.get(e.name)
    if found is None:
        let = at.lets[e.name]
        said = f"令 {e.name} = {written(let.value)}"
        found = at.names[e.name] = named(at, compiled(let.value, at), e.name, said)
    return found


def _use(e: tm.Use, at: Place) -> Item:
    label = f"{at.label}{e.body.word}·"
    inner = Place(at.source, at.sheet, {}, e.body.lets, label)
    for name, arg in zip(e.body.inputs, e.args, strict=True):
        inner.names[name] = named(inner, compiled(arg, at), name, f"{e.body.word} 的 {name} = {written(arg)}")
    return compiled(e.body.result, inner)


def named(at: Place, value: Item, name: str, said: str) -> Item:
    """Return a value in rows of its own; a constant and what already stands in a cell need none."""
    sheet, full = at.sheet, f"{at.label}{name}"
    if not isinstance(value, Pair):
        return sheet.row(value, full, said)
    if isinstance(value.top, Int) or (isinstance(value.top, At) and value.factor == 1):
        return value
    if value.den == 1 and not value.atoms:
        return Pair(1, sheet.row(value.above(), full, said), 1, (), value.can)
    below = sheet.row(value.below(), f"{full} 分母", said)
    if isinstance(below, At) and isinstance(below.cell, Row):
        note = f"分母是「{below.cell.name}」"
    else:
        assert isinstance(below, Int)
        note = f"分母是 {below.value}"
    above = sheet.row(value.above(), f"{full} 分子", f"{said}；{note}")
    if isinstance(below, At) and isinstance(above, At) and isinstance(above.cell, Row) and isinstance(below.cell, Row):
        sheet.beside.setdefault(above.cell, below.cell)
    return Pair(1, above, value.den, value.atoms, value.can)


ZERO = pair.constant(Fraction(0))
