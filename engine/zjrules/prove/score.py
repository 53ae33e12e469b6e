"""Indicators as formulas: 不适用, 须佐证, the base, 扣分, 限于 and 舍入, in their fixed order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from attrs import define, field

from zjrules.interval import arith
from zjrules.interval.sets import between
from zjrules.prove.expr import Scope, condition, numeric, site
from zjrules.prove.ground import World
from zjrules.prove.symbol import (
    FALSE,
    TRUE,
    ZERO,
    Cond,
    Fails,
    Num,
    both,
    either_of,
    extreme,
    fails_at_all,
    holds,
    land,
    lnot,
    lor,
    minus,
    number,
    plus,
    times,
    under,
)
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.value import NO_CASE


@define(eq=False)
class Scored:
    """The score of an indicator before its rounding, as a formula. left_out says when it does not count (不计入)."""

    node: tr.Indicator
    raw: Num
    left_out: Any
    scope: Scope
    reached: list[tuple[object, Any]] = field(factory=list)
    """不适用, 须佐证, bands, cases, 其余 and steps, and the condition under which each is come to."""
    parts: list[Scored] = field(factory=list)
    levels: dict[str, Any] = field(factory=dict)
    """left_out by the level from which the points are taken."""
    known: dict[object, Any] = field(factory=dict)
    """Terms that many questions ask for."""

    @property
    def has_score(self) -> Any:
        """The condition under which there is a number."""
        if "has" not in self.known:
            self.known["has"] = land(lnot(self.left_out), lnot(fails_at_all(self.raw.fails)))
        return self.known["has"]


def scored(node: tr.Indicator, world: World) -> Scored:
    """Return the score of an indicator in a world. Raises NoFormulaError where it has no formula."""
    return _scored(node, Scope(world, {}, {}))


def _scored(node: tr.Indicator, outer: Scope) -> Scored:
    done = {name: value for name, value in outer.done.items() if name not in node.lets}
    scope = outer.inner({**outer.lets, **node.lets}, {**done, "满分": number(node.points)})
    found = Scored(node, number(ZERO), FALSE, scope)
    found.raw = _guarded(found, node.na, TRUE)
    return found


def _guarded(found: Scored, guards: Sequence[tr.NotApplicable], reached: Any) -> Num:
    node, scope = found.node, found.scope
    if not guards:
        return _gated(found, node.gates, reached)
    guard = guards[0]
    test = condition(guard.test, scope)
    here = land(reached, lnot(fails_at_all(test.fails)), test.term)
    found.reached.append((guard, here))
    rest = _guarded(found, guards[1:], land(reached, lnot(test.term)))
    if guard.value is not None:
        policy = numeric(guard.value, scope)
    elif guard.mean is not None:
        scope.world.ground.enclosed("同级平均")
        key = id(guard)
        if key not in scope.world.ground.known:
            scope.world.ground.known[key] = scope.world.ground.enclosure("同级平均", between(ZERO, node.points))
        policy = scope.world.ground.known[key]  # type: ignore[assignment]
    else:
        found.left_out = lor(found.left_out, here)
        found.levels[guard.drop] = lor(found.levels.get(guard.drop, FALSE), here)
        policy = number(ZERO)
    return _joined(test, policy, rest)


def _joined(test: Cond, a: Num, b: Num) -> Num:
    value = either_of(test.term, a, b)
    assert isinstance(value, Num)
    fails = both(test.fails, under(lnot(fails_at_all(test.fails)), value.fails))
    return Num(value.num, value.den, value.range, fails)


def _gated(found: Scored, gates: Sequence[tr.Gate], reached: Any) -> Num:
    if not gates:
        return _computed(found, reached)
    gate = gates[0]
    proved = land(*(found.scope.world.evidence.get(name, TRUE) for name in gate.facts))
    found.reached.append((gate, land(reached, lnot(proved))))
    other = numeric(gate.otherwise, found.scope)
    return _joined(Cond(proved), _gated(found, gates[1:], land(reached, proved)), other)


def _computed(found: Scored, reached: Any) -> Num:
    found.scope.path = land(found.scope.path, reached)
    node, scope = found.node, found.scope
    if node.parts:
        value = number(ZERO)
        for part in node.parts:
            inner = _scored(part, scope)
            found.parts.append(inner)
            found.reached += [(n, land(reached, t)) for n, t in inner.reached]
            value = plus(value, rounded(inner))
    elif node.base is not None:
        value = _base(node.base, found, reached)
    else:
        value = number(node.points)
    if node.deduct is not None:
        value = _deducted(node.deduct, value, found, reached)
    for clamp in node.clamps:
        low, high = numeric(clamp.low, scope), numeric(clamp.high, scope)
        value = extreme(False, [extreme(True, [value, low]), high])
    return value


def rounded(inner: Scored) -> Num:
    """Return a score as it is rounded."""
    how, raw = inner.node.rounding, inner.raw
    if how.mode is None:
        return raw
    range_ = arith.round_range(raw.range, how.quantum, how.mode)
    return inner.scope.world.ground.rounded(raw, how.quantum, how.mode, range_)


def _base(base: tr.Base, found: Scored, reached: Any) -> Num:
    match base:
        case tr.Plain(value):
            return numeric(value, found.scope)
        case tr.Bands():
            return _banded(base, found, reached)
        case tr.Decide(cases, rest):
            return _decided(cases, rest, found, reached)
        case tr.Checklist(ticks):
            total = number(ZERO)
            for tick in ticks:
                total = plus(total, _case(tick, found, reached))
            return total
        case _:
            assert_never(base)


def _case(case: tr.Case, found: Scored, reached: Any) -> Num:
    test = condition(case.test, found.scope)
    found.reached.append((case, land(reached, test.term)))
    return _joined(test, numeric(case.result, found.scope), number(ZERO))


def _decided(cases: Sequence[tr.Case], rest: tm.Expr, found: Scored, reached: Any) -> Num:
    if not cases:
        found.reached.append((rest, reached))
        return numeric(rest, found.scope)
    test = condition(cases[0].test, found.scope)
    here = land(reached, test.term)
    found.reached.append((cases[0], here))
    later = _decided(cases[1:], rest, found, land(reached, lnot(test.term)))
    return _joined(test, numeric(cases[0].result, found.scope), later)


def in_band(band: tr.Band, subject: Num, scope: Scope) -> Any:
    """Return the condition that a subject lies in a band, whatever the bands before it say."""
    return land(*(holds(x.op, subject, numeric(x.bound, scope)) for x in band.limits))


def _banded(base: tr.Bands, found: Scored, reached: Any) -> Num:
    subject = numeric(base.subject, found.scope)
    reached = land(reached, lnot(fails_at_all(subject.fails)))
    met = [(band, in_band(band, subject, found.scope)) for band in base.bands]
    left = TRUE
    for band, term in met:
        found.reached.append((band, land(reached, left, term)))
        left = land(left, lnot(term))
    if base.rest is None:
        value = Num(number(ZERO).num, fails={site(NO_CASE, base.span): TRUE}, range=between(ZERO, ZERO))
    else:
        found.reached.append((base.rest, land(reached, left)))
        value = numeric(base.rest, found.scope)
    for band, term in reversed(met):
        value = _joined(Cond(term), numeric(band.result, found.scope), value)
    # All bounds are asked for, whichever band is met.
    bounds = both(*(numeric(x.bound, found.scope).fails for band in base.bands for x in band.limits))
    fails: Fails = both(subject.fails, under(lnot(fails_at_all(subject.fails)), both(bounds, value.fails)))
    return Num(value.num, value.den, value.range, fails)


def _deducted(deduct: tr.Deduct, value: Num, found: Scored, reached: Any) -> Num:
    taken = number(ZERO)
    for item in deduct.items:
        taken = plus(
            taken, _case(item, found, reached) if isinstance(item, tr.Case) else _per_step(item, found, reached)
        )
    if deduct.most is not None:
        taken = extreme(False, [taken, numeric(deduct.most, found.scope)])
    left = plus(value, minus(taken))
    return extreme(True, [left, number(ZERO)]) if deduct.to_zero else left


def _per_step(item: tr.PerStep, found: Scored, reached: Any) -> Num:
    steps = numeric(item.steps, found.scope)
    found.reached.append((item, land(reached, holds(">", steps, number(ZERO)))))
    return times(steps, numeric(item.amount, found.scope))
