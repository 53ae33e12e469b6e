"""Expressions with one change each: every way in which an author's slip could have made them another."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain

from attrs import evolve

from zjrules.mutate.change import Change, became, brief, constant, nudged
from zjrules.num import Rounding
from zjrules.term import expr as tm
from zjrules.term.caps import bounds
from zjrules.term.walk import children, with_children
from zjrules.unit import MONEY_DIM, Choice, Date, Number, Type, Year

Variant = tuple[tm.Expr, Change]
EDGES = {"<": "≤", "≤": "<", ">": "≥", "≥": ">", "=": "≠", "≠": "="}
_OPPOSITE = {"+": "-", "-": "+", "×": "÷", "÷": "×"}
_KINDS = {"最大": "最小", "最小": "最大", "全部": "任一", "任一": "全部", "合计": "平均", "平均": "合计"}
_TIES = ("并列取前", "并列取后", "并列取均", "并列不空")
TEN_THOUSAND = Fraction(10_000)


def variants(e: tm.Expr, hint: Type | None = None) -> Iterator[Variant]:
    """Yield an expression with one change, in it or in one of its operands; hint is the type of what a bare number meets."""
    yield from own(e, hint)
    kids = children(e)
    for place, kid in enumerate(kids):
        beside = _beside(e, kids, place)
        for found, change in variants(kid, beside):
            yield with_children(e, (*kids[:place], found, *kids[place + 1 :])), change


def _beside(e: tm.Expr, kids: tuple[tm.Expr, ...], place: int) -> Type | None:
    """Return the type of what an operand stands beside, where the two are of one kind."""
    alike = isinstance(e, tm.Cmp | tm.Extreme) or (isinstance(e, tm.Arith) and e.op in "+-")
    others = [k.type for i, k in enumerate(kids) if i != place and not isinstance(k, tm.Const)]
    return others[0] if alike and others else None


def own(e: tm.Expr, hint: Type | None) -> Iterator[Variant]:
    """Yield the changes of the expression itself."""
    found: Iterator[tuple[str, tm.Expr]]
    match e:
        case tm.Const():
            found = _constant(e, hint)
        case tm.Arith() | tm.Neg() | tm.Abs() | tm.Whole() | tm.Round() | tm.Extreme():
            found = _number(e)
        case tm.Cmp() | tm.Logic() | tm.Not() | tm.IsOption() | tm.CountTrue():
            found = _condition(e)
        case tm.If():
            found = iter([("分支", evolve(e, then=e.other, other=e.then))])
        case tm.Over():
            found = _over(e)
        case tm.Workdays() | tm.RollOn() | tm.Festival() | tm.Peers() | tm.Require() | tm.Use():
            found = _called(e)
        case _:
            return
    for kind, after in found:
        yield after, Change(kind, _said(kind, e, after), e.span)


def _said(kind: str, before: tm.Expr, after: tm.Expr) -> str:
    if kind == "分支":
        return f"「{brief(before)}」的两边对调"
    if kind == "应有":
        return "去掉「应有」"
    return became(before, after)


def _constant(e: tm.Const, hint: Type | None) -> Iterator[tuple[str, tm.Expr]]:
    if isinstance(e.value, bool):
        yield "数值", evolve(e, value=not e.value, text="否" if e.value else "是")
    elif isinstance(e.value, Fraction) and isinstance(e.type, Number | Date | Year):
        for value in nudged(e.value, e.type, hint):
            yield "数值", constant(e, value, hint)
        if isinstance(e.type, Number) and e.type.dim == MONEY_DIM and e.value:
            yield "单位", constant(e, e.value / TEN_THOUSAND if "万" in e.span.text else e.value * TEN_THOUSAND)


def _number(e: tm.Expr) -> Iterator[tuple[str, tm.Expr]]:
    match e:
        case tm.Arith(op, left, right):
            if (op in "+-" and not (isinstance(left.type, Date) and isinstance(right.type, Date))) or (
                op in "×÷" and isinstance(right.type, Number) and not right.type.dim
            ):
                yield "运算", evolve(e, op=_OPPOSITE[op])
        case tm.Neg(operand) | tm.Abs(operand):
            yield "运算", operand
        case tm.Whole(operand, up):
            yield "取整", evolve(e, up=not up)
            yield "取整", operand
        case tm.Round(operand, quantum, mode):
            yield from (("舍入", evolve(e, mode=other)) for other in Rounding if other is not mode)
            yield from (("舍入", evolve(e, quantum=quantum * times)) for times in (10, Fraction(1, 10)))
            yield "舍入", operand
        case tm.Extreme(operands, most):
            yield "大小", evolve(e, most=not most)
            for place in range(len(operands)):
                left_ = operands[:place] + operands[place + 1 :]
                yield "上下限", left_[0] if len(left_) == 1 else evolve(e, operands=left_)
        case _:
            pass


def _condition(e: tm.Expr) -> Iterator[tuple[str, tm.Expr]]:
    match e:
        case tm.Cmp(op):
            yield "比较", evolve(e, op=EDGES[op])
        case tm.Logic(op, operands):
            yield "且或", evolve(e, op="或" if op == "且" else "且")
            for place in range(len(operands)):
                rest = operands[:place] + operands[place + 1 :]
                yield "条件", rest[0] if len(rest) == 1 else evolve(e, operands=rest)
        case tm.CountTrue(operands):
            for place in range(len(operands)):
                yield "条件", evolve(e, operands=operands[:place] + operands[place + 1 :])
        case tm.Not(operand):
            yield "条件", operand
        case tm.IsOption(operand, options):
            every = operand.type.options if isinstance(operand.type, Choice) else ()
            for place, option in enumerate(options):
                others = [o for o in every[every.index(option) + 1 :] + every if o not in options]
                kept = options[:place] + options[place + 1 :]
                yield from (("选项", evolve(e, options=(*kept, other))) for other in others[:1])
                if kept:
                    yield "选项", evolve(e, options=kept)
        case _:
            pass


def _over(e: tm.Over) -> Iterator[tuple[str, tm.Expr]]:
    if e.kind in _KINDS and e.weight is None:
        yield "汇总", evolve(e, kind=_KINDS[e.kind])
    if e.where is not None:
        yield "汇总", evolve(e, where=None)
    if e.except_ is not None:
        yield "汇总", evolve(e, except_=None)
    if e.weight is not None:
        yield "汇总", evolve(e, weight=None)


def _called(e: tm.Expr) -> Iterator[tuple[str, tm.Expr]]:
    match e:
        case tm.Workdays(start, end):
            yield "日期", evolve(e, start=end, end=start)
        case tm.RollOn(operand):
            yield "日期", operand
        case tm.Festival():
            yield "日期", evolve(e, leave=not e.leave)
        case tm.Require(operand=operand):
            yield "应有", operand
        case tm.Peers(kind="名次", rising=rising, ties=ties):
            yield "同级", evolve(e, rising=not rising)
            yield "同级", evolve(e, ties=_TIES[(_TIES.index(ties) + 1) % len(_TIES)])
        case tm.Peers(kind="同级平均", own=included):
            yield "同级", evolve(e, own=not included)
        case tm.Use(body, args):
            cap = bounds(body)
            if cap is not None:
                yield "上下限", args[body.inputs.index(cap[0])]
        case _:
            pass


def conditions(e: tm.Expr) -> Iterator[Variant]:
    """Yield a condition with one change; what is not turned round by that itself is negated too."""
    if not (isinstance(e, tm.Cmp) and e.op in "=≠") and not isinstance(e, tm.Not):
        yield tm.Not(e, span=e.span), Change("分支", f"「{brief(e)}」改成不成立才算", e.span)
    yield from variants(e)


def word_bodies(body: tm.Body) -> Iterator[tuple[tm.Body, Change]]:
    """Yield a word with one change in its lets or its result."""
    for let in body.lets.values():
        for value, change in variants(let.value):
            yield evolve(body, lets={**body.lets, let.name: evolve(let, value=value)}), change
    for result, change in variants(body.result):
        yield evolve(body, result=result), change


def uses_of(e: tm.Expr) -> Iterator[tm.Use]:
    """Yield the calls of words in an expression, those inside words too."""
    kids = chain.from_iterable(uses_of(k) for k in children(e))
    if isinstance(e, tm.Use):
        yield e
        inner = (*(let.value for let in e.body.lets.values()), e.body.result)
        kids = chain(kids, chain.from_iterable(uses_of(i) for i in inner))
    yield from kids
