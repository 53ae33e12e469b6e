"""Indicators and the total as texts of Python over integers, in the fixed order of their clauses."""

from __future__ import annotations

from typing import assert_never

from attrs import evolve

from zjrules.compiled.expr import chosen, number, truth
from zjrules.compiled.source import FAIL, Code, Join, Num, Place, RefusedError, Thunk, constant
from zjrules.interval.sets import ZERO
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.unit import POINTS

WHOLE = "总分"


def dropped(guard: tr.NotApplicable) -> str:
    """Return what the function of an indicator returns when it does not count: by the level at which it is left out."""
    return "T" if guard.drop == WHOLE else "G"


def indicator(node: tr.Indicator, code: Code) -> Num:
    """Write a whole indicator and return its rounded score."""
    at = Place()
    return _scored(node, at, code)


def _scored(node: tr.Indicator, outer: Place, code: Code) -> Num:
    at = _inside(node, outer)
    found = _guarded(node, node.na, at, code)
    mode = node.rounding.mode
    return found if mode is None else code.out.rounded(found, node.rounding.quantum, mode)


def _inside(node: tr.Indicator, outer: Place) -> Place:
    """Return the names of an indicator or part: its 满分, its 令 and, for a part, those around it."""
    mixed = any(("var", "满分") in thunk_refs for thunk_refs in _outer_refs(outer)) or set(node.lets) & set(outer.names)
    if outer.names and mixed:
        # A 令 that is read inside a part sees the part's own names; that is left to the exact engine.
        raise RefusedError
    at = Place()
    at.names = {name: t for name, t in outer.names.items() if name != "满分"}
    at.names |= {name: Thunk(let.value, at, refs=let.refs) for name, let in node.lets.items()}
    full = tm.Const(node.points, POINTS, "满分")
    at.names["满分"] = Thunk(full, at, constant(node.points))
    return at


def _outer_refs(outer: Place) -> list[frozenset[tm.Ref]]:
    return [t.refs for t in outer.names.values()]


def _guarded(node: tr.Indicator, guards: tuple[tr.NotApplicable, ...], at: Place, code: Code) -> Num:
    if not guards:
        return _gated(node, node.gates, at, code)
    guard, rest = guards[0], guards[1:]
    test = truth(guard.test, at, code)
    if guard.value is None:
        # 按 同级平均 is for the exact engine; an indicator or part that is dropped has no score of its own.
        code.out.line(f"if {test}: {FAIL if guard.mean is not None else f'return {dropped(guard)}'}")
        return _guarded(node, rest, at, code)
    given = guard.value
    found = chosen(test, lambda: number(given, at, code), lambda: _guarded(node, rest, at, code), code)
    assert isinstance(found, Num)
    return found


def _gated(node: tr.Indicator, gates: tuple[tr.Gate, ...], at: Place, code: Code) -> Num:
    if not gates:
        return _computed(node, at, code)
    gate = gates[0]
    proved = [truth(tm.HasEvidence(name, span=gate.span), at, code) for name in gate.facts]
    test = " and ".join(proved)
    found = chosen(test, lambda: _gated(node, gates[1:], at, code), lambda: number(gate.otherwise, at, code), code)
    assert isinstance(found, Num)
    return found


def _computed(node: tr.Indicator, at: Place, code: Code) -> Num:
    out = code.out
    if node.parts:
        score = constant(ZERO)
        for part in node.parts:
            score = out.sum(score, out.number(_scored(part, at, code)))
    elif node.base is not None:
        score = _base(node.base, at, code)
    else:
        score = constant(node.points)
    if node.deduct is not None:
        score = _deducted(node.deduct, score, at, code)
    for clamp in node.clamps:
        score = out.extreme(True, score, number(clamp.low, at, code))
        score = out.extreme(False, score, number(clamp.high, at, code))
    return score


def _base(base: tr.Base, at: Place, code: Code) -> Num:
    match base:
        case tr.Plain(value):
            return number(value, at, code)
        case tr.Bands():
            return _banded(base, at, code)
        case tr.Decide(cases, rest):
            return _decided(cases, rest, at, code)
        case tr.Checklist(ticks):
            return _added([_case(t, at, code) for t in ticks], code)
        case _:
            assert_never(base)


def _added(parts: list[Num], code: Code) -> Num:
    total = constant(ZERO)
    for part in parts:
        total = code.out.sum(total, part)
    return total


def _case(case: tr.Case, at: Place, code: Code) -> Num:
    test = truth(case.test, at, code)
    found = chosen(test, lambda: number(case.result, at, code), lambda: constant(ZERO), code)
    assert isinstance(found, Num)
    return found


def _decided(cases: tuple[tr.Case, ...], rest: tm.Expr, at: Place, code: Code) -> Num:
    if not cases:
        return number(rest, at, code)
    case = cases[0]
    test = truth(case.test, at, code)
    found = chosen(test, lambda: number(case.result, at, code), lambda: _decided(cases[1:], rest, at, code), code)
    assert isinstance(found, Num)
    return found


def _banded(base: tr.Bands, at: Place, code: Code) -> Num:
    subject = code.out.number(number(base.subject, at, code))
    mark = code.out.mark()
    bounds = [[code.out.number(number(x.bound, at, code)) for x in band.limits] for band in base.bands]
    if code.out.fails_since(mark):
        # With a threshold that has no value the exact engine looks at all bands.
        raise RefusedError
    return _from(0, base, (subject, bounds), at, code)


def _from(place: int, base: tr.Bands, found: tuple[Num, list[list[Num]]], at: Place, code: Code) -> Num:
    """Write the bands from one on: the first that holds gives the score."""
    if place == len(base.bands):
        if base.rest is None:
            code.out.line(FAIL)
            return constant(ZERO)
        return number(base.rest, at, code)
    band, (subject, bounds) = base.bands[place], found
    limits = zip(band.limits, bounds[place], strict=True)
    test = " and ".join(code.out.compared(x.op, subject, bound) for x, bound in limits) or "True"
    given = chosen(test, lambda: number(band.result, at, code), lambda: _from(place + 1, base, found, at, code), code)
    assert isinstance(given, Num)
    return given


def _deducted(deduct: tr.Deduct, base: Num, at: Place, code: Code) -> Num:
    out = code.out
    base = out.number(base)
    taken = _added([_case(i, at, code) if isinstance(i, tr.Case) else _steps(i, at, code) for i in deduct.items], code)
    if deduct.most is not None:
        taken = out.extreme(False, taken, number(deduct.most, at, code))
    left = out.sum(base, taken, "-")
    return out.extreme(True, left, constant(ZERO)) if deduct.to_zero else left


def _steps(item: tr.PerStep, at: Place, code: Code) -> Num:
    # The subject stands inside the count of steps; where it has no value, that has none.
    steps, amount = number(item.steps, at, code), number(item.amount, at, code)
    return code.out.number(code.out.times(steps, amount))


# ---------- groups and the total ----------


def total(program: tr.Program, scores: dict[int, tuple[Num, str]], code: Code) -> Num:
    """Write the total from the scores of the indicators, given by identity, each with its text of what was dropped."""
    out = code.out
    parts = [_node(node, scores, code) for node in program.groups]
    score, lost = _sum([p[0] for p in parts], code), _sum([p[2] for p in parts], code)
    left = out.sum(constant(program.book.full), lost, "-")
    if lost.num != "0":
        score = out.times(score, out.over(constant(program.book.full), evolve(left, positive=True)))
    at = Place()
    for step in program.steps:
        match step:
            case tr.Adjust(sign, amount, most):
                more = number(amount, at, code)
                if most is not None:
                    more = out.extreme(False, more, number(most, at, code))
                score = out.sum(score, more, "+" if sign > 0 else "-")
            case tr.Clamp(low, high):
                score = out.extreme(True, score, number(low, at, code))
                score = out.extreme(False, score, number(high, at, code))
            case tr.RoundScore(mode, quantum):
                score = score if mode is None else out.rounded(score, quantum, mode)
            case tr.Regrade():
                pass
            case tr.Override():
                score = _vetoed(step, score, at, code)
            case _:
                assert_never(step)
    return score


def _vetoed(step: tr.Override, score: Num, at: Place, code: Code) -> Num:
    if step.kind != "veto":
        return score
    score = code.out.number(score)
    test = truth(step.test, at, code)
    found = chosen(test, lambda: constant(ZERO), lambda: score, code)
    assert isinstance(found, Num)
    return found


def _sum(parts: list[Num], code: Code) -> Num:
    total = constant(ZERO)
    for part in parts:
        total = code.out.sum(total, part)
    return total


Part = tuple[Num, Num, Num]
"""A score, and the points left out at the level of the group and of the total."""


def _node(node: tr.Group | tr.Indicator, scores: dict[int, tuple[Num, str]], code: Code) -> Part:
    if isinstance(node, tr.Indicator):
        score, name = scores[id(node)]
        return score, _points(node, name, "G", code), _points(node, name, "T", code)
    found = [_node(child, scores, code) for child in node.children]
    score, group, lost = (_sum([p[i] for p in found], code) for i in range(3))
    if node.level == 1:
        return _rescaled(node, (score, group, lost), code)
    return _rounded(score, node, code), group, lost


def _points(node: tr.Indicator, name: str, level: str, code: Code) -> Num:
    if not any(dropped(n) == level and n.value is None and n.mean is None for n in every_guard(node)):
        return constant(ZERO)
    points = constant(node.points)
    return Num(code.out.fresh(f"{points.num} if {name} is {level} else 0"), points.den, True)


def every_guard(node: tr.Indicator) -> list[tr.NotApplicable]:
    """Return the 不适用 of an indicator and its parts."""
    return [*node.na, *(g for part in node.parts for g in every_guard(part))]


def _rounded(score: Num, node: tr.Group, code: Code) -> Num:
    mode = node.rounding.mode
    return score if mode is None else code.out.rounded(score, node.rounding.quantum, mode)


def _rescaled(node: tr.Group, part: Part, code: Code) -> Part:
    """Spread the points that left a group over what stayed in it; an empty group leaves the total."""
    out = code.out
    score, group, lost = (out.number(p) for p in part)
    if group.num == "0":
        return _rounded(score, node, code), group, lost
    counted = out.number(out.sum(constant(node.points), lost, "-"))
    gone = out.fresh(out.compared("=", group, counted))
    value, left = Join(out), Join(out)
    with out.block(f"if {gone}:"):
        value.put(constant(ZERO))
        left.put(constant(node.points))
    with out.block("else:"):
        stayed = evolve(out.sum(counted, group, "-"), positive=True)
        value.put(_rounded(out.times(score, out.over(counted, stayed)), node, code))
        left.put(lost)
    first, second = value.done(), left.done()
    assert isinstance(first, Num) and isinstance(second, Num)
    return first, constant(ZERO), second
