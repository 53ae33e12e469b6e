"""Indicators as columns, in the fixed order of their clauses."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from attrs import evolve

from zjrules.bulk.code import NO, YES, Flag, RefusedError, constant
from zjrules.bulk.expr import number, truth, value
from zjrules.bulk.number import Cond, Num, exactly
from zjrules.bulk.writer import Place, Thunk, Writer
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.unit import POINTS

ZERO = exactly(Fraction(0))
NONE = Num(Fraction(0), constant(1), constant(1), None, YES)
"""No score here: the exact engine says why."""


def scored(node: tr.Indicator, outer: Place, w: Writer) -> Num:
    """Write a whole indicator or part, rounded."""
    at = inside(node, outer)
    found = _guarded(node, node.na, at, w)
    mode = node.rounding.mode
    return found if mode is None else w.sums.rounded(found, node.rounding.quantum, mode)


def inside(node: tr.Indicator, outer: Place) -> Place:
    """Return the names of an indicator or part: its 满分, its 令 and, for a part, those around it."""
    mixed = any(("var", "满分") in t.refs for t in outer.names.values()) or set(node.lets) & set(outer.names)
    if outer.names and mixed:
        # A 令 that is read inside a part sees the part's own names; that is left to the exact engine.
        raise RefusedError
    at = Place({name: t for name, t in outer.names.items() if name != "满分"})
    at.names |= {name: Thunk(let.value, at, refs=let.refs) for name, let in node.lets.items()}
    at.names["满分"] = Thunk(tm.Const(node.points, POINTS, "满分"), at)
    return at


def _guarded(node: tr.Indicator, guards: tuple[tr.NotApplicable, ...], at: Place, w: Writer) -> Num:
    if not guards:
        return _gated(node, node.gates, at, w)
    guard, rest = guards[0], guards[1:]
    test = truth(guard.test, at, w)
    # What does not count, and 按 同级平均, is for the exact engine.
    given = NONE if guard.value is None else number(guard.value, at, w)
    return w.sums.chosen(test, given, _guarded(node, rest, at, w))


def _gated(node: tr.Indicator, gates: tuple[tr.Gate, ...], at: Place, w: Writer) -> Num:
    if not gates:
        return _computed(node, at, w)
    gate = gates[0]
    proved: Flag = YES
    for name in gate.facts:
        proved = w.code.both(proved, w.evidence(name).flag)
    return w.sums.chosen(Cond(proved), _gated(node, gates[1:], at, w), number(gate.otherwise, at, w))


def _computed(node: tr.Indicator, at: Place, w: Writer) -> Num:
    sums = w.sums
    if node.parts:
        score = ZERO
        for part in node.parts:
            score = sums.plus(score, scored(part, at, w))
    elif node.base is not None:
        score = based(node.base, at, w)
    else:
        score = exactly(node.points)
    if node.deduct is not None:
        score = _deducted(node.deduct, score, at, w)
    for clamp in node.clamps:
        score = sums.extreme(True, score, number(clamp.low, at, w))
        score = sums.extreme(False, score, number(clamp.high, at, w))
    return score


def based(base: tr.Base, at: Place, w: Writer) -> Num:
    """Write the base of an indicator."""
    match base:
        case tr.Plain(value_):
            return number(value_, at, w)
        case tr.Bands():
            return _banded(base, at, w)
        case tr.Decide(cases, rest):
            found = number(rest, at, w)
            for case in reversed(cases):
                found = w.sums.chosen(truth(case.test, at, w), number(case.result, at, w), found)
            return found
        case tr.Checklist(ticks):
            score = ZERO
            for tick in ticks:
                score = w.sums.plus(score, cased(tick, at, w))
            return score
        case _:
            assert_never(base)


def cased(case: tr.Case, at: Place, w: Writer) -> Num:
    """Write what a 凡 gives or takes: its result when it holds, nothing when not."""
    return w.sums.chosen(truth(case.test, at, w), number(case.result, at, w), ZERO)


def _banded(base: tr.Bands, at: Place, w: Writer) -> Num:
    subject = number(base.subject, at, w)
    found = NONE if base.rest is None else number(base.rest, at, w)
    unset = NO
    for band in reversed(base.bands):
        test = Cond(YES)
        for limit in band.limits:
            bound = number(limit.bound, at, w)
            unset = w.code.either(unset, bound.bad)
            held = w.sums.compared(limit.op, subject, bound)
            test = Cond(w.code.both(test.flag, held.flag), w.code.either(test.bad, held.bad))
        found = w.sums.chosen(test, number(band.result, at, w), found)
    # With a threshold that has no value the exact engine looks at all bands.
    return evolve(found, bad=w.code.either(found.bad, unset))


def _deducted(deduct: tr.Deduct, base: Num, at: Place, w: Writer) -> Num:
    taken = ZERO
    for item in deduct.items:
        taken = w.sums.plus(taken, cased(item, at, w) if isinstance(item, tr.Case) else stepped(item, at, w))
    if deduct.most is not None:
        taken = w.sums.extreme(False, taken, number(deduct.most, at, w))
    left = w.sums.minus(base, taken)
    return w.sums.extreme(True, left, ZERO) if deduct.to_zero else left


def stepped(item: tr.PerStep, at: Place, w: Writer) -> Num:
    """Write what a 每 takes; where its subject has no value, the steps have none."""
    return w.sums.times(number(item.steps, at, w), number(item.amount, at, w))


# ---------- checks ----------


def checked(check: tr.Check, w: Writer) -> tuple[Cond, Cond]:
    """Return when a check applies, and whether it holds."""
    at = Place()
    when = Cond(YES) if check.when is None else truth(check.when, at, w)
    if check.right is None:
        return when, truth(check.left, at, w)
    if not check.tolerance:
        compared = value(tm.Cmp(check.op, check.left, check.right), at, w)
        assert isinstance(compared, Cond)
        return when, compared
    left, right = number(check.left, at, w), number(check.right, at, w)
    difference = w.sums.minus(left, right)
    far, near = exactly(check.tolerance), exactly(-check.tolerance)
    match check.op:
        case "=" | "≠":
            low, high = w.sums.compared("≥", difference, near), w.sums.compared("≤", difference, far)
            both = w.code.both(low.flag, high.flag)
            flag = both if check.op == "=" else w.code.opposite(both)
            return when, Cond(flag, w.code.either(low.bad, high.bad))
        case "≤" | "<":
            return when, w.sums.compared(check.op, difference, far)
        case _:
            return when, w.sums.compared(check.op, difference, near)
