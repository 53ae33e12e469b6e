"""How clauses turned out, read from traces. Where facts are missing, every way that is still possible is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import define, field

from zjrules.coverage.place import (
    ABOVE,
    BELOW,
    HIT,
    HOLDS,
    MOST_WAYS,
    PROOF_WAYS,
    TAKES,
    WITHIN,
    ZERO_WAYS,
    Key,
    cap_way,
    key_of,
)
from zjrules.exact.operation import arithmetic, comparison
from zjrules.interval.sets import ZERO
from zjrules.span import NOWHERE, Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.caps import bounds
from zjrules.trace import Checked, Step, Trace
from zjrules.value import Problem, Value, truths

Outcome = tuple[Key, frozenset[str]]
"""A clause and the ways in which it can have turned out: one where all is known."""


def of_indicator(step: Step) -> Iterator[Outcome]:
    """Yield how the clauses of an indicator turned out."""
    yield from _Reader().read(step)


def of_check(checked: Checked) -> Iterator[Outcome]:
    """Yield how a check turned out."""
    every = ("通过", "不通过", "跳过")
    ways = every if checked.status == "不可核" else (checked.status,)
    yield key_of("校验", checked.check.span), frozenset(ways)
    reader = _Reader()
    for kid in checked.kids:
        yield from reader.read(kid)


def of_total(trace: Trace) -> Iterator[Outcome]:
    """Yield how the steps of the total turned out, and which grades are possible."""
    reader = _Reader()
    before: Value = trace.added
    for step in trace.steps:
        match step.term:
            case tr.Adjust(amount=_, most=most) if most is not None:
                yield (
                    key_of("至多", most.span),
                    _two(comparison("≥", step.kids[0].value, step.aside[0].value), MOST_WAYS),
                )
            case tr.Clamp():
                yield key_of("限于", step.term.span), _clamped(before, step.kids)
            case tr.Override():
                yield key_of("凡", step.term.span), _two(step.kids[0].value, HOLDS)
            case _:
                pass
        for kid in step.kids:
            yield from reader.read(kid)
        before = step.value
    named = [g for g in trace.program.grades if g.name in trace.grades]
    for grade in named:
        # With one grade possible it was given; with several each of them may have been, or not.
        yield key_of("等级", grade.span), frozenset(HIT if len(named) == 1 else (*HIT, ""))


def _two(value: Value, ways: tuple[str, str]) -> frozenset[str]:
    """Return the ways of a condition: the first where it holds."""
    if isinstance(value, Problem):
        return frozenset()
    return frozenset(ways[0] if truth else ways[1] for truth in truths(value))


def _clamped(value: Value, ends: Sequence[Step]) -> frozenset[str]:
    low, high = ends[0].value, ends[1].value
    return _bounded(value, [(low, True, BELOW), (high, False, ABOVE)])


def _bounded(value: Value, limits: Iterable[tuple[Value, bool, str]]) -> frozenset[str]:
    """Return the ways of a value between bounds, each a bound, whether it is a floor and what it is called."""
    found, inside = set(), True
    for bound, floor, way in limits:
        beyond = comparison("<" if floor else ">", value, bound)
        if isinstance(beyond, Problem):
            return frozenset()
        found |= {way} if True in truths(beyond) else set()
        inside = inside and False in truths(beyond)
    return frozenset(found | ({WITHIN} if inside else set()))


@define(eq=False)
class _Reader:
    """Walks a trace; a step that several others share is read once."""

    seen: set[int] = field(factory=set)

    def read(self, step: Step) -> Iterator[Outcome]:
        if id(step) in self.seen:
            return
        self.seen.add(id(step))
        kids: Iterable[Step] = (*step.kids, *step.aside)
        match step.term:
            case tr.NotApplicable(span=span):
                yield key_of("不适用", span), _two(step.kids[0].value, HOLDS)
                # Where it is open whether it applies, the stages of the indicator are its kids.
                yield from _stages(step)
            case tr.Gate(span=span):
                yield key_of("须佐证", span), _proved(step)
            case tr.Bands() | tr.Decide():
                yield from _chosen(step)
            case tr.Checklist():
                yield from ((key_of("清单", _span(k)), _two(k.kids[0].value, HOLDS)) for k in step.kids)
            case tr.PerStep():
                # The subject stands again in the count of steps, which is no clause of its own.
                kids = (step.kids[0], *step.kids[2:])
            case tr.Indicator():
                yield from _stages(step)
            case tm.If(span=span):
                yield key_of("若", span), _two(step.kids[0].value, HOLDS)
            case tm.Require(span=span):
                test = step.aside[0] if step.aside else step.kids[0]
                yield key_of("应有", span), _two(test.value, HOLDS)
            case tm.Extreme(span=span) if span != NOWHERE:
                yield key_of("取", span), _picked(step)
            case tm.Use():
                yield from _capped(step, step.term)
            case _:
                pass
        for kid in kids:
            yield from self.read(kid)


def _span(step: Step) -> Span:
    return step.term.span


def _proved(step: Step) -> frozenset[str]:
    values = [k.value for k in step.kids if isinstance(k.term, tm.HasEvidence)]
    if any(v is False for v in values):
        return frozenset({PROOF_WAYS[1]})
    return frozenset({PROOF_WAYS[0]}) if all(v is True for v in values) else frozenset(PROOF_WAYS)


def _chosen(step: Step) -> Iterator[Outcome]:
    """Yield the band or case that gave the result, or all that may have."""
    base = step.term
    if isinstance(base, tr.Bands):
        rest = [base.rest] if base.rest is not None else []
        if isinstance(step.note, tr.Band):
            yield key_of("分档", step.note.span), frozenset(HIT)
        elif step.note == "其余":
            yield from ((key_of("分档", e.span), frozenset(HIT)) for e in rest)
        elif step.note == "未定":
            tried = [k for k in step.aside if isinstance(k.term, tr.Band) and k.value is not False]
            left = [k for k in step.aside if not isinstance(k.term, tr.Band)]
            yield from ((key_of("分档", _span(k)), frozenset((*HIT, ""))) for k in (*tried, *left))
    elif isinstance(base, tr.Decide):
        for kid in step.kids:
            if isinstance(kid.term, tr.Case):
                ways = _two(kid.kids[0].value, (HIT[0], ""))
                yield key_of("判定", _span(kid)), ways
        if step.note == "其余":
            yield key_of("判定", base.rest.span), frozenset(HIT)
        elif step.note == "未定":
            yield key_of("判定", base.rest.span), frozenset((*HIT, ""))


def _stages(step: Step) -> Iterator[Outcome]:
    """Yield how 扣分 and 限于 turned out, each by what stood before it."""
    before: Value = ZERO
    for stage in step.kids:
        match stage.term:
            case tr.Deduct():
                yield from _deducted(stage, stage.term, before)
            case tr.Clamp(span=span):
                yield key_of("限于", span), _clamped(before, stage.kids)
            case _:
                pass
        before = stage.value


def _deducted(stage: Step, deduct: tr.Deduct, before: Value) -> Iterator[Outcome]:
    items = stage.kids[: len(deduct.items)]
    taken: Value = ZERO
    for kid in items:
        took = kid.kids[0].value if isinstance(kid.term, tr.Case) else comparison(">", kid.value, ZERO)
        yield key_of("扣分", _span(kid)), _two(took, TAKES)
        taken = arithmetic("+", taken, kid.value, NOWHERE)
    if deduct.most is not None:
        yield key_of("最多扣", deduct.most.span), _two(comparison("≥", taken, stage.kids[-1].value), MOST_WAYS)
        taken = stage.note  # type: ignore[assignment]
    if deduct.to_zero:
        yield key_of("扣完为止", deduct.span), _two(comparison("≤", before, taken), ZERO_WAYS)


def _picked(step: Step) -> frozenset[str]:
    """Return which operands of a 最大 or 最小 can be the one that counts; of equal ones the first."""
    assert isinstance(step.term, tm.Extreme)
    values = [k.value for k in step.kids]
    beats = "≥" if step.term.most else "≤"
    found = set()
    for place, value in enumerate(values):
        # An earlier one must be strictly beaten.
        others = [
            comparison(beats if place < other else beats.translate({ord("≥"): ">", ord("≤"): "<"}), value, v)
            for other, v in enumerate(values)
            if other != place
        ]
        if all(not isinstance(o, Problem) and True in truths(o) for o in others):
            found.add(f"第 {place + 1} 个")
    return frozenset(found)


def _capped(step: Step, use: tm.Use) -> Iterator[Outcome]:
    cap = bounds(use.body)
    if cap is None:
        return
    values = dict(zip(use.body.inputs, (k.value for k in step.kids), strict=False))
    yield key_of("限", use.span), _bounded(values[cap[0]], [(values[n], f, cap_way(n, f)) for n, f in cap[1]])
