"""Indicators, groups and the total as nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from attrs import frozen

from zjrules.certificate.kernel import lowered
from zjrules.certificate.ledgers import level
from zjrules.certificate.nodes import ZERO, Names, Writer
from zjrules.certificate.plain import seen
from zjrules.span import Span
from zjrules.term import rule as tr
from zjrules.term.expr import Expr
from zjrules.value import DROPPED, LEFT_OUT, NO_CASE, Problem
from zjrules.verifier import Nil

TOTAL = "总分"


def rounding(number: int, how: tr.RoundScore, names: Names, out: Writer) -> int:
    """Return the node of a number, rounded as the rules have it."""
    if how.mode is None:
        return number
    return out.add(names, how.mode.value, (number, out.constant(how.quantum)))


def indicator(node: tr.Indicator, outer: Names, out: Writer) -> int:
    """Return the node of an indicator's or part's score."""
    names = Names(outer.out, node.lets, outer, {"满分": out.points(node)}, unit=outer.facts, averaging=outer.averaging)
    outer.inner[id(node)] = names
    number = rounding(_guarded(node, names, out, node.na), node.rounding, names, out)
    outer.nodes[id(node)] = number
    out.name(number, node.name)
    return number


def _guarded(node: tr.Indicator, names: Names, out: Writer, guards: Sequence[tr.NotApplicable]) -> int:
    if not guards:
        return _gated(node, names, out, node.gates)
    guard, *others = guards
    test, instead = lowered(guard.test, names, out), _policy(node, guard, names, out)
    found = out.branch(names, test, instead, _guarded(node, names, out, others), guard.span)
    names.nodes[id(guard)] = found
    return found


def _policy(node: tr.Indicator, guard: tr.NotApplicable, names: Names, out: Writer) -> int:
    if guard.value is not None:
        return lowered(guard.value, names, out)
    if guard.mean is None:
        return out.constant(seen(Problem(DROPPED, guard.drop)))
    if names.averaging:
        return out.constant(Nil(LEFT_OUT))

    def applied(inner: Names) -> int:
        inner.averaging = True
        return indicator(node, inner, out)

    return rounding(level("同级平均", None, applied, names, out), guard.mean, names, out)


def _gated(node: tr.Indicator, names: Names, out: Writer, gates: Sequence[tr.Gate]) -> int:
    if not gates:
        return _computed(node, names, out)
    gate, *others = gates
    tests = [out.read("有佐证", name, names) for name in gate.facts]
    proved = out.add(names, "且", tests, gate.span)
    rest, instead = _gated(node, names, out, others), lowered(gate.otherwise, names, out)
    found = out.branch(names, proved, rest, instead, gate.span)
    names.nodes[id(gate)] = found
    return found


def _computed(node: tr.Indicator, names: Names, out: Writer) -> int:
    if node.parts:
        found = out.add(names, "合计", [indicator(part, names, out) for part in node.parts])
    elif node.base is not None:
        found = _base(node.base, names, out)
    else:
        found = names.known["满分"]
    names.nodes["base"] = found
    if node.deduct is not None:
        found = names.nodes[id(node.deduct)] = _deducted(node.deduct, found, names, out)
    for clamp in node.clamps:
        found = names.nodes[id(clamp)] = clamped(clamp, found, names, out)
    return found


def clamped(clamp: tr.Clamp, number: int, names: Names, out: Writer) -> int:
    """Return the node of a number held between two others."""
    low, high = lowered(clamp.low, names, out), lowered(clamp.high, names, out)
    return out.add(names, "最小", (out.add(names, "最大", (number, low)), high), clamp.span)


def _base(base: tr.Base, names: Names, out: Writer) -> int:
    match base:
        case tr.Plain(value):
            return lowered(value, names, out)
        case tr.Bands():
            return _banded(base, names, out)
        case tr.Decide(cases, rest):
            tests = [(lowered(c.test, names, out), c.result, c.span) for c in cases]
            return _first(tests, lowered(rest, names, out), names, out)
        case tr.Checklist(ticks):
            return out.add(names, "合计", [_case(t, names, out) for t in ticks], base.span)
        case _:
            assert_never(base)


def _banded(base: tr.Bands, names: Names, out: Writer) -> int:
    subject = lowered(base.subject, names, out)
    tests = []
    for band in base.bands:
        limits = [out.add(names, x.op, (subject, lowered(x.bound, names, out)), band.span) for x in band.limits]
        met = limits[0] if len(limits) == 1 else out.add(names, "且", limits, band.span)
        tests.append((met, band.result, band.span))
    rest = out.constant(Nil(NO_CASE)) if base.rest is None else lowered(base.rest, names, out)
    return _first(tests, rest, names, out)


def _first(tests: Sequence[tuple[int, Expr, Span]], rest: int, names: Names, out: Writer) -> int:
    """Return the node of the first result whose test holds."""
    results = [lowered(result, names, out) for _, result, _ in tests]
    for (test, _, span), result in zip(reversed(tests), reversed(results), strict=True):
        rest = out.branch(names, test, result, rest, span)
    return rest


def _case(case: tr.Case, names: Names, out: Writer) -> int:
    """Return the node of what a 凡 gives or takes."""
    test, result = lowered(case.test, names, out), lowered(case.result, names, out)
    found = names.nodes[id(case)] = out.branch(names, test, result, out.constant(ZERO), case.span)
    return found


def _deducted(deduct: tr.Deduct, base: int, names: Names, out: Writer) -> int:
    items = [_case(i, names, out) if isinstance(i, tr.Case) else _per_step(i, names, out) for i in deduct.items]
    taken = out.add(names, "合计", items)
    if deduct.most is not None:
        taken = out.add(names, "最小", (taken, lowered(deduct.most, names, out)))
    left = out.add(names, "-", (base, taken), deduct.span)
    return out.add(names, "最大", (left, out.constant(ZERO)), deduct.span) if deduct.to_zero else left


def _per_step(item: tr.PerStep, names: Names, out: Writer) -> int:
    steps, amount = lowered(item.steps, names, out), lowered(item.amount, names, out)
    found = names.nodes[id(item)] = out.add(names, "×", (steps, amount), item.span)
    return found


# ---------- groups ----------


@frozen
class Share:
    """What a part of the table brings: its score, and the points that leave its group or the total where it is 不计入."""

    score: int
    group: int | None = None
    total: int | None = None


def share(node: tr.Group | tr.Indicator, names: Names, out: Writer) -> Share:
    """Return the nodes of a group or an indicator."""
    if isinstance(node, tr.Indicator):
        return _single(node, names, out)
    parts = [share(child, names, out) for child in node.children]
    total, group = _dropped([p.total for p in parts], names, out), _dropped([p.group for p in parts], names, out)
    score = out.add(names, "合计", [p.score for p in parts], node.span)
    if node.level == 1 and group is not None:
        found = _rescaled(node, Share(score, group, total), names, out)
    else:
        found = Share(rounding(score, node.rounding, names, out), group, total)
    names.nodes[id(node)] = found.score
    out.name(found.score, node.name)
    return found


def _single(node: tr.Indicator, names: Names, out: Writer) -> Share:
    score, points = indicator(node, names, out), out.points(node)
    levels = sorted(set(_levels(node)))
    drops = {}
    for name in levels:
        away = out.add(names, "无", (score, out.constant(f"{DROPPED}：{name}")))
        drops[name] = out.branch(names, away, points, out.constant(ZERO))
    group = _dropped([n for name, n in drops.items() if name != TOTAL], names, out)
    if levels:
        away = out.add(names, "无", (score, out.constant(DROPPED)))
        score = out.branch(names, away, out.constant(ZERO), score)
    return Share(out.add(names, "计", (score, points)), group, drops.get(TOTAL))


def _levels(node: tr.Indicator) -> Iterator[str]:
    for guard in node.na:
        if guard.value is None and guard.mean is None:
            yield guard.drop
    for part in node.parts:
        yield from _levels(part)


def _dropped(points: Sequence[int | None], names: Names, out: Writer) -> int | None:
    found = [p for p in points if p is not None]
    return out.add(names, "合计", found) if len(found) > 1 else found[0] if found else None


def _rescaled(node: tr.Group, own: Share, names: Names, out: Writer) -> Share:
    """Spread the points that left a group over what stayed in it; a group that is left empty leaves the total."""
    assert own.group is not None
    points = counted = out.points(node)
    if own.total is not None:
        counted = out.add(names, "-", (points, own.total))
    empty = out.add(names, "=", (own.group, counted))
    factor = out.add(names, "÷", (counted, out.add(names, "-", (counted, own.group))))
    scaled = rounding(out.add(names, "×", (own.score, factor)), node.rounding, names, out)
    zero = out.constant(ZERO)
    away = out.branch(names, empty, points, zero if own.total is None else own.total)
    return Share(out.branch(names, empty, zero, scaled, node.span), None, away)


# ---------- the total ----------


def total(program: tr.Program, names: Names, out: Writer) -> tuple[int, int, int]:
    """Return the nodes of the sum of the groups, of the total and of the grade."""
    parts = [share(node, names, out) for node in program.groups]
    added = out.add(names, "合计", [p.score for p in parts])
    away = _dropped([p.total for p in parts], names, out)
    if away is not None:
        full = out.read("分值", 0, names)
        left = out.add(names, "-", (full, away))
        none = out.add(names, "=", (left, out.constant(ZERO)))
        scaled = out.add(names, "×", (added, out.add(names, "÷", (full, left))))
        added = out.branch(names, none, out.constant(seen(Problem(DROPPED, TOTAL))), scaled)
    names.nodes["added"] = last = added
    grade = out.constant(Nil("未定级"))
    for step in program.steps:
        last, grade = _towards(step, last, grade, program, names, out)
        names.nodes["total", id(step)], names.nodes["grade", id(step)] = last, grade
    out.name(last, TOTAL)
    return added, last, grade


def _towards(
    step: tr.TotalStep, last: int, grade: int, program: tr.Program, names: Names, out: Writer
) -> tuple[int, int]:
    match step:
        case tr.Adjust(sign, amount, most):
            value = lowered(amount, names, out)
            if most is not None:
                value = out.add(names, "最小", (value, lowered(most, names, out)))
            return out.add(names, "+" if sign > 0 else "-", (last, value), step.span, 依据=step.basis), grade
        case tr.Clamp():
            return clamped(step, last, names, out), grade
        case tr.RoundScore():
            return rounding(last, step, names, out), grade
        case tr.Regrade():
            return last, _graded(program, last, names, out)
        case tr.Override():
            return _overridden(step, last, grade, [g.name for g in program.grades], names, out)
        case _:
            assert_never(step)


def _graded(program: tr.Program, last: int, names: Names, out: Writer) -> int:
    found = out.constant(Nil("未定级"))
    for grade in reversed(program.grades):
        name = out.constant(grade.name)
        if grade.limit is None:
            found = name
            continue
        met = out.add(names, grade.limit.op, (last, lowered(grade.limit.bound, names, out)), grade.span)
        found = out.branch(names, met, name, found, grade.span)
    return found


def _overridden(
    step: tr.Override, last: int, grade: int, order: list[str], names: Names, out: Writer
) -> tuple[int, int]:
    # A condition that cannot be told may hold or not.
    test = out.add(names, "可知", (lowered(step.test, names, out),), step.span, 依据=step.basis)
    if step.kind == "veto":
        return out.branch(names, test, out.constant(ZERO), last, step.span), grade
    limit = order.index(step.grade) if step.grade in order else 0
    moved = out.constant(step.grade)
    if step.kind != "replace":
        above = order[:limit] if step.kind == "cap" else order[limit : limit + 1] if limit + 1 < len(order) else []
        hit = [out.add(names, "=", (grade, out.constant(name))) for name in above]
        lower = order[limit + (step.kind == "bar")] if above else ""
        moved = out.branch(names, out.add(names, "或", hit), out.constant(lower), grade) if hit else grade
    return last, out.branch(names, test, moved, grade, step.span)
