"""An indicator as a function of one fact near a point, in the fixed order of its clauses."""

from __future__ import annotations

from typing import assert_never

from zjrules.exact import indicator as exact
from zjrules.exact.expr import has_evidence
from zjrules.exact.scope import Scope
from zjrules.margin.line import ONE, ZERO, AnotherKindError, Line, NoValueError, constant, plus, scaled, times
from zjrules.margin.local import Local, Place
from zjrules.term import rule as tr


def scored(node: tr.Indicator, scope: Scope, run: Local) -> Line:
    """Return the score before it is rounded; the guards of the spot say where it stops to hold."""
    return _scored(node, Place(scope), run)


def _scored(node: tr.Indicator, outer: Place, run: Local) -> Line:
    at = Place(exact.inside(node, outer.scope), dict(outer.names), dict(outer.known))
    for name, let in node.lets.items():
        at.names[name] = (let.value, at)
        at.known.pop(name, None)
    for guard in node.na:
        if run.truth(guard.test, at):
            if guard.value is None:
                raise NoValueError if guard.mean is None else AnotherKindError
            return run.number(guard.value, at)
    for gate in node.gates:
        if not all(has_evidence(name, at.scope) is True for name in gate.facts):
            return run.number(gate.otherwise, at)
    return _computed(node, at, run)


def _computed(node: tr.Indicator, at: Place, run: Local) -> Line:
    if node.parts:
        score = constant(ZERO)
        for part in node.parts:
            score = plus(score, _scored(part, at, run))
    elif node.base is not None:
        score = _base(node.base, at, run)
    else:
        score = constant(node.points)
    if node.deduct is not None:
        score = _deducted(node.deduct, score, at, run)
    for clamp in node.clamps:
        score = run.extreme(True, score, run.number(clamp.low, at))
        score = run.extreme(False, score, run.number(clamp.high, at))
    return score


def _base(base: tr.Base, at: Place, run: Local) -> Line:
    match base:
        case tr.Plain(value):
            return run.number(value, at)
        case tr.Bands():
            return _banded(base, at, run)
        case tr.Decide(cases, rest):
            for case in cases:
                if run.truth(case.test, at):
                    return run.number(case.result, at)
            return run.number(rest, at)
        case tr.Checklist(ticks):
            return _added([_case(t, at, run) for t in ticks])
        case _:
            assert_never(base)


def _banded(base: tr.Bands, at: Place, run: Local) -> Line:
    subject = run.number(base.subject, at)
    for band in base.bands:
        # Every limit is asked, so that the guards hold all edges of the band.
        met = [run.spot.decide(x.op, subject, run.number(x.bound, at)) for x in band.limits]
        if all(met):
            return run.number(band.result, at)
    if base.rest is None:
        raise NoValueError
    return run.number(base.rest, at)


def _added(parts: list[Line]) -> Line:
    total = constant(ZERO)
    for part in parts:
        total = plus(total, part)
    return total


def _case(case: tr.Case, at: Place, run: Local) -> Line:
    return run.number(case.result, at) if run.truth(case.test, at) else constant(ZERO)


def _deducted(deduct: tr.Deduct, score: Line, at: Place, run: Local) -> Line:
    taken = _added([_case(i, at, run) if isinstance(i, tr.Case) else _steps(i, at, run) for i in deduct.items])
    if deduct.most is not None:
        taken = run.extreme(False, taken, run.number(deduct.most, at))
    left = plus(score, scaled(taken, -ONE))
    return run.extreme(True, left, constant(ZERO)) if deduct.to_zero else left


def _steps(item: tr.PerStep, at: Place, run: Local) -> Line:
    return times(run.number(item.steps, at), run.number(item.amount, at))
