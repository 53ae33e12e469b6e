"""Indicators as cells, in the order that the kernel fixes: 不适用, 须佐证, the base, 扣分, 限于, 舍入."""

from __future__ import annotations

from functools import reduce
from typing import assert_never

from attrs import evolve

from zjrules.explain.formula import names as written
from zjrules.live import inputs, pair, rounding
from zjrules.live.expr import ZERO, Place, named, number, truth
from zjrules.live.form import FAIL, Form, joined, negated
from zjrules.live.inputs import Source, Unsupported
from zjrules.live.pair import Pair
from zjrules.live.sheet import Sheet
from zjrules.term import expr as tm
from zjrules.term import rule as tr


def scored(node: tr.Indicator, source: Source, sheet: Sheet) -> Pair:
    """Return the rounded score of an indicator."""
    sheet.place = node.name
    return _scored(node, Place(source, sheet, {}, {}))


def _scored(node: tr.Indicator, outer: Place) -> Pair:
    # A 令 is worked out anew for a part, whose 满分 is its own.
    names = {n: v for n, v in outer.names.items() if n not in node.lets and n != "满分"}
    at = Place(outer.source, outer.sheet, {**names, "满分": pair.constant(node.points)}, {**outer.lets, **node.lets})
    found = _guarded(node, at, node.na)
    mode = node.rounding.mode
    if mode is None:
        return found
    return rounding.rounded(at.sheet, found, node.rounding.quantum, mode)


def _guarded(node: tr.Indicator, at: Place, guards: tuple[tr.NotApplicable, ...]) -> Pair:
    if not guards:
        return _gated(node, at, node.gates)
    guard = guards[0]
    if guard.mean is not None:
        raise Unsupported("不适用时按同级平均，要看全体单位")
    test = at.sheet.row(truth(guard.test, at), "不适用", f"不适用 当 {written(guard.test)}")
    rest = _guarded(node, at, guards[1:])
    if guard.value is None:
        return pair.required(at.sheet, negated(test), rest)
    return pair.either_of(at.sheet, test, number(guard.value, at), rest)


def _gated(node: tr.Indicator, at: Place, gates: tuple[tr.Gate, ...]) -> Pair:
    if not gates:
        return _computed(node, at)
    proofs = [inputs.has_evidence(at.source, at.sheet, name) for name in gates[0].facts]
    test = at.sheet.row(joined(False, proofs), "须佐证", "要有佐证的都有")
    return pair.either_of(at.sheet, test, _gated(node, at, gates[1:]), number(gates[0].otherwise, at))


def _computed(node: tr.Indicator, at: Place) -> Pair:
    sheet = at.sheet
    if node.parts:
        found = _parts(node, at)
    elif node.base is not None:
        found = _base(node.base, at)
    else:
        found = _full(at)
    if node.deduct is not None:
        found = _deducted(node.deduct, found, at)
    for clamp in node.clamps:
        low, high = number(clamp.low, at), number(clamp.high, at)
        found = pair.extreme(sheet, False, (pair.extreme(sheet, True, (found, low)), high))
    return found


def _full(at: Place) -> Pair:
    found = at.names["满分"]
    assert isinstance(found, Pair)
    return found


def _parts(node: tr.Indicator, at: Place) -> Pair:
    place = at.sheet.place
    found = []
    for part in node.parts:
        at.sheet.place = f"{place}·{part.name}"
        score = named(at, _scored(part, at), "得分", f"分项「{part.name}」的得分")
        assert isinstance(score, Pair)
        found.append(score)
    at.sheet.place = place
    return _sum(at, found)


def _sum(at: Place, pairs: list[Pair]) -> Pair:
    return reduce(lambda a, b: pair.add(at.sheet, a, b), pairs)


def _base(base: tr.Base, at: Place) -> Pair:
    match base:
        case tr.Plain(value):
            return number(value, at)
        case tr.Bands():
            return _banded(base, at)
        case tr.Decide(cases, rest):
            found = number(rest, at)
            for case in reversed(cases):
                found = pair.either_of(at.sheet, _test(case.test, at), number(case.result, at), found)
            return found
        case tr.Checklist(ticks):
            return _sum(at, [_case(t, at) for t in ticks])
        case _:
            assert_never(base)


def _case(case: tr.Case, at: Place) -> Pair:
    return pair.either_of(at.sheet, _test(case.test, at), number(case.result, at), ZERO)


def _test(e: tm.Expr, at: Place) -> Form:
    return at.sheet.row(truth(e, at), "条件", written(e))


def _banded(base: tr.Bands, at: Place) -> Pair:
    subject = named(at, number(base.subject, at), "分档的数", written(base.subject))
    assert isinstance(subject, Pair)
    # Without a rest, a number in no band has no score.
    found = number(base.rest, at) if base.rest is not None else evolve(ZERO, factor=1, top=FAIL)
    for band in reversed(base.bands):
        tests: list[Form] = [pair.compare(at.sheet, x.op, subject, number(x.bound, at)) for x in band.limits]
        said = " 且 ".join(f"{x.op} {written(x.bound)}" for x in band.limits)
        test = at.sheet.row(joined(False, tests), "在这一档", f"{written(base.subject)} {said}")
        found = pair.either_of(at.sheet, test, number(band.result, at), found)
    return found


def _deducted(deduct: tr.Deduct, base: Pair, at: Place) -> Pair:
    sheet = at.sheet
    taken = _sum(at, [_case(i, at) if isinstance(i, tr.Case) else _per_step(i, at) for i in deduct.items])
    if deduct.most is not None:
        taken = pair.extreme(sheet, False, (taken, number(deduct.most, at)))
    shown = named(at, taken, "扣分", "各条扣分的合计")
    assert isinstance(shown, Pair)
    left = pair.add(sheet, base, pair.negative(shown))
    return pair.extreme(sheet, True, (left, ZERO)) if deduct.to_zero else left


def _per_step(item: tr.PerStep, at: Place) -> Pair:
    return pair.multiply(at.sheet, number(item.steps, at), number(item.amount, at))
