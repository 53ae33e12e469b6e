"""Indicators with one change each, in the order of their clauses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Protocol, TypeVar

from attrs import evolve

from zjrules.interval.sets import ZERO
from zjrules.mutate.change import Change, brief
from zjrules.mutate.expression import EDGES, conditions, variants
from zjrules.num import fixed
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import walk
from zjrules.unit import PURE

CENT = Fraction(1, 100)


class Clause(Protocol):
    """What stands in a text."""

    @property
    def span(self) -> Span:
        """Its place."""


Node = TypeVar("Node", bound=Clause)
Changed = Iterator[tuple[tr.Indicator, Change]]
MODES = ("整步", "进整", "按比例")


def indicators(node: tr.Indicator) -> Changed:
    """Yield an indicator or part with one change. Rounding is one clause for all and is left to the book."""
    yield from _points(node)
    yield from ((evolve(node, na=na), c) for na, c in _each(node.na, _not_applicable, "这一句「不适用」"))
    yield from ((evolve(node, gates=gates), c) for gates, c in _each(node.gates, _gate, "这一句「须佐证」"))
    for let in node.lets.values():
        for value, change in variants(let.value):
            yield evolve(node, lets={**node.lets, let.name: evolve(let, value=value)}), change
    if node.base is not None:
        yield from ((evolve(node, base=base), change) for base, change in _base(node.base))
    if node.deduct is not None:
        yield from ((evolve(node, deduct=deduct), change) for deduct, change in _deduct(node.deduct))
    yield from ((evolve(node, clamps=clamps), c) for clamps, c in _each(node.clamps, clamp, "这一句「限于」"))
    for place, part in enumerate(node.parts):
        for found, change in indicators(part):
            yield evolve(node, parts=(*node.parts[:place], found, *node.parts[place + 1 :])), change


def _points(node: tr.Indicator) -> Changed:
    """Yield the indicator worth a cent less and more, where its points are anything to its score."""
    used = (n for e in (*(let.value for let in node.lets.values()), *survey.own(node)) for n in walk(e))
    if any(isinstance(n, tm.Var) and n.name == "满分" for n in used) or (node.base is None and not node.parts):
        for points in (node.points - CENT, node.points + CENT):
            said = f"「{node.name}」的分值改成 {fixed(points, 2)} 分"
            yield evolve(node, points=points), Change("分值", said, _first_line(node.span))


def _first_line(span: Span) -> Span:
    end = span.source.text.find("\n", span.start, span.end)
    return span if end < 0 else evolve(span, end=end)


def _each(
    items: tuple[Node, ...], change: Callable[[Node], Iterable[tuple[Node, Change]]], called: str
) -> Iterator[tuple[tuple[Node, ...], Change]]:
    """Yield some clauses without one of them, and with one of them changed."""
    for place, item in enumerate(items):
        yield items[:place] + items[place + 1 :], Change("去掉", f"去掉{called}", item.span)
        for found, said in change(item):
            yield (*items[:place], found, *items[place + 1 :]), said


def _not_applicable(na: tr.NotApplicable) -> Iterator[tuple[tr.NotApplicable, Change]]:
    yield from ((evolve(na, test=test), change) for test, change in conditions(na.test))
    if na.value is not None:
        yield from ((evolve(na, value=value), change) for value, change in variants(na.value))
    elif na.drop:
        other = "总分" if na.drop != "总分" else "本一级指标"
        yield evolve(na, drop=other), Change("不计入", f"「不计入 {na.drop}」改成「不计入 {other}」", na.span)


def _gate(gate: tr.Gate) -> Iterator[tuple[tr.Gate, Change]]:
    yield from ((evolve(gate, otherwise=other), change) for other, change in variants(gate.otherwise))


def clamp(clamped: tr.Clamp) -> Iterator[tuple[tr.Clamp, Change]]:
    """Yield a 限于 with one change of its ends."""
    yield from ((evolve(clamped, low=low), change) for low, change in variants(clamped.low))
    yield from ((evolve(clamped, high=high), change) for high, change in variants(clamped.high))


# ---------- bases ----------


def _base(base: tr.Base) -> Iterator[tuple[tr.Base, Change]]:
    match base:
        case tr.Plain(value):
            yield from ((evolve(base, value=found), change) for found, change in variants(value))
        case tr.Bands():
            yield from _bands(base)
        case tr.Decide():
            yield from _decide(base)
        case tr.Checklist(ticks):
            for items, change in _each(ticks, _case, "这一个要点"):
                yield evolve(base, ticks=items), change


def _bands(base: tr.Bands) -> Iterator[tuple[tr.Bands, Change]]:
    yield from ((evolve(base, subject=found), change) for found, change in variants(base.subject))
    for place, band in enumerate(base.bands):
        rest = (*base.bands[:place], *base.bands[place + 1 :])
        if rest:
            yield evolve(base, bands=rest), Change("去掉", "去掉这一档", band.span)
        for found, change in _band(band, base.subject):
            yield evolve(base, bands=(*base.bands[:place], found, *base.bands[place + 1 :])), change
    if base.rest is not None:
        yield from ((evolve(base, rest=found), change) for found, change in variants(base.rest))
    results = [band.result for band in base.bands] + ([base.rest] if base.rest is not None else [])
    for place, change in _swaps(results, [band.span for band in base.bands]):
        results_now = _swapped(results, place)
        bands = tuple(evolve(b, result=r) for b, r in zip(base.bands, results_now, strict=False))
        yield evolve(base, bands=bands, rest=results_now[-1] if base.rest is not None else None), change


def _band(band: tr.Band, subject: tm.Expr) -> Iterator[tuple[tr.Band, Change]]:
    for place, limit in enumerate(band.limits):
        turned = evolve(limit, op=EDGES[limit.op])
        said = f"「{limit.op} {brief(limit.bound)}」改成「{turned.op} {brief(limit.bound)}」"
        found = [(turned, Change("比较", said, band.span))]
        found += [
            (evolve(limit, bound=bound), Change("界线", change.said, band.span))
            for bound, change in variants(limit.bound, subject.type)
        ]
        for other, change in found:
            yield evolve(band, limits=(*band.limits[:place], other, *band.limits[place + 1 :])), change
    yield from ((evolve(band, result=result), change) for result, change in variants(band.result))


def _swaps(results: Sequence[tm.Expr], spans: Sequence[Span]) -> Iterator[tuple[int, Change]]:
    for place, (one, two) in enumerate(pairwise(results)):
        if one != two:
            said = f"这一档与下一档的得分对调：{brief(one)} 与 {brief(two)}"
            yield place, Change("对调", said, spans[place])


def _swapped(results: Sequence[tm.Expr], place: int) -> list[tm.Expr]:
    return [*results[:place], results[place + 1], results[place], *results[place + 2 :]]


def _decide(base: tr.Decide) -> Iterator[tuple[tr.Decide, Change]]:
    for items, change in _each(base.cases, _case, "这一种情形"):
        yield evolve(base, cases=items), change
    yield from ((evolve(base, rest=rest), change) for rest, change in variants(base.rest))
    results = [*(c.result for c in base.cases), base.rest]
    for place, change in _swaps(results, [c.span for c in base.cases]):
        now = _swapped(results, place)
        cases = tuple(evolve(c, result=r) for c, r in zip(base.cases, now, strict=False))
        yield evolve(base, cases=cases, rest=now[-1]), change


def _case(case: tr.Case) -> Iterator[tuple[tr.Case, Change]]:
    yield from ((evolve(case, test=test), change) for test, change in conditions(case.test))
    yield from ((evolve(case, result=result), change) for result, change in variants(case.result))


# ---------- deductions ----------


def _deduct(deduct: tr.Deduct) -> Iterator[tuple[tr.Deduct, Change]]:
    for place, item in enumerate(deduct.items):
        before, after = deduct.items[:place], deduct.items[place + 1 :]
        yield evolve(deduct, items=(*before, *after)), Change("去掉", "去掉这一条扣分", item.span)
        changed = _case(item) if isinstance(item, tr.Case) else _per_step(item)
        for found, change in changed:
            yield evolve(deduct, items=(*before, found, *after)), change
    if deduct.most is not None:
        yield evolve(deduct, most=None), Change("去掉", "去掉「最多扣」", deduct.span)
        yield from ((evolve(deduct, most=most), change) for most, change in variants(deduct.most))
    if deduct.to_zero:
        yield evolve(deduct, to_zero=False), Change("去掉", "去掉「扣完为止」", deduct.span)


def _per_step(item: tr.PerStep) -> Iterator[tuple[tr.PerStep, Change]]:
    yield from ((evolve(item, amount=amount), change) for amount, change in variants(item.amount))
    for subject, change in variants(item.subject):
        yield evolve(item, subject=subject, steps=counted(subject, item, item.step, item.mode)), change
    step = step_const(item)
    for found, change in variants(step, item.subject.type):
        assert isinstance(found, tm.Const) and isinstance(found.value, Fraction)
        if found.value > 0:
            steps = counted(item.subject, item, found.value, item.mode)
            yield evolve(item, step=found.value, steps=steps), Change("步长", change.said, item.span)
    for mode in MODES if item.mode else ():
        if mode != item.mode:
            steps = counted(item.subject, item, item.step, mode)
            yield evolve(item, mode=mode, steps=steps), Change("步法", f"「{item.mode}」改成「{mode}」", item.span)


def step_const(item: tr.PerStep) -> tm.Const:
    """Return the step of a 每 clause as it was written."""
    quotient = next(n for n in walk(item.steps) if isinstance(n, tm.Arith) and n.op == "÷")
    assert isinstance(quotient.right, tm.Const)
    return quotient.right


def counted(subject: tm.Expr, item: tr.PerStep, step: Fraction, mode: str) -> tm.Expr:
    """Return the count of steps, as the author's words would have been lowered (elaborate/clause.py)."""
    count: tm.Expr = tm.Arith("÷", subject, evolve(step_const(item), value=step), PURE, span=subject.span)
    if mode in MODES[:2]:
        count = tm.Whole(count, mode == "进整", PURE, span=subject.span)
    return tm.Extreme((count, tm.Const(ZERO, PURE)), True, PURE, span=subject.span)
