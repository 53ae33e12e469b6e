"""Answers on the bounds of a score: within its points, full points and 0 reached, and always a value."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from attrs import frozen

from zjrules.num import Rounding, brief
from zjrules.prove.example import Example
from zjrules.prove.lab import NEVER, SOME, Bench, Found, Lab
from zjrules.prove.question import REFUTED, Answer, Question
from zjrules.prove.symbol import Fails, Num, fails_at_all, holds, land, minus, number
from zjrules.prove.tell import inside, never, replayed, score_of, shown, some
from zjrules.term import rule as tr
from zjrules.value import EMPTY_LEDGER, NO_CASE, NOT_APPLICABLE, ZERO_DIVISION, Problem, Unknown

ZERO, CENT = Fraction(0), Fraction(1, 100)
FAULTS = (ZERO_DIVISION, EMPTY_LEDGER, NO_CASE, NOT_APPLICABLE)
"""Why a rule can have no score though all facts are there and fit."""


@frozen
class Reach:
    """From which unrounded score on the rounded one is at least a target."""

    bound: Fraction
    open: bool


def reaching(how: tr.RoundScore, target: Fraction) -> Reach:
    """Return which unrounded scores round to at least a target above 0."""
    if how.mode is None:
        return Reach(target, False)
    target = -(-target // how.quantum) * how.quantum
    match how.mode:
        case Rounding.HALF_UP:
            return Reach(target - how.quantum / 2, False)
        case Rounding.HALF_EVEN:
            return Reach(target - how.quantum / 2, (target / how.quantum).numerator % 2 == 1)
        case Rounding.UP:
            return Reach(target - how.quantum, True)
        case Rounding.DOWN:
            return Reach(target, False)


def passing(how: tr.RoundScore, bound: Fraction) -> Reach:
    """Return which unrounded scores round to more than a bound, 0 or above."""
    if how.mode is None:
        return Reach(bound, True)
    return reaching(how, (bound // how.quantum + 1) * how.quantum)


def bounded(question: Question, bench: Bench) -> Answer:
    """Answer whether a score ever lies below 0 or above its points."""
    part = question.part or bench.node
    low = question.kind == "下界"
    bound = ZERO if low else part.points
    reach = passing(part.rounding, bound)

    def leaves(lab: Lab) -> Any:
        found = inside(lab, part)
        # Rounding goes by magnitude, so that a score below 0 is read by its opposite.
        value = minus(found.raw) if low else found.raw
        far = holds(">" if reach.open else "≥", value, number(reach.bound))
        return land(found.has_score, lab.sound(found.raw.fails), far)

    def check(example: Example) -> bool:
        score = score_of(replayed(question, bench, example))
        return score is not None and (score < bound if low else score > bound)

    found = bench.ask(leaves, check)
    return never(question, bench, found, check, f"会{'低于' if low else '超过'} {brief(bound)} 分")


def full_points(question: Question, bench: Bench) -> Answer:
    """Answer whether full points are ever reached; where not, with the best score that is."""
    found = _reaches(question, bench, (question.part or bench.node).points)
    return some(question, found, "") if found.verdict != NEVER else _best(question, bench)


def _best(question: Question, bench: Bench) -> Answer:
    """Return the best score that there is, in hundredths, with facts that give it."""
    part = question.part or bench.node
    low, high = ZERO, Fraction(int(part.points * 100), 100)
    best: Example | None = None
    sure = True
    while low < high:
        middle = low + (high - low + CENT) / 2 // CENT * CENT
        found = _reaches(question, bench, middle)
        if found.verdict == SOME:
            best = found.examples[0]
            low = max(middle, score_of(replayed(question, bench, best)) or ZERO)
        else:
            high, sure = middle - CENT, sure and found.verdict == NEVER
    if best is None:
        return Answer(question, REFUTED, "不超过 0 分" if sure else "")
    top = low
    said = f"{'最多得' if sure else '到不了满分，至少能得'} {brief(top)} 分"
    holds_ = lambda e: (score_of(replayed(question, bench, e)) or ZERO) >= top  # noqa: E731
    return Answer(question, REFUTED, said, (shown(best, question, bench, holds_),))


def _reaches(question: Question, bench: Bench, target: Fraction) -> Found:
    """Ask for a score of at least a target above 0, as it is rounded."""
    part = question.part or bench.node
    reach = reaching(part.rounding, target)

    def wanted(lab: Lab) -> Any:
        found = inside(lab, part)
        far = holds(">" if reach.open else "≥", found.raw, number(reach.bound))
        return land(found.has_score, lab.sound(found.raw.fails), far)

    def check(example: Example) -> bool:
        score = score_of(replayed(question, bench, example))
        return score is not None and score >= target

    return bench.ask(wanted, check)


def no_points(question: Question, bench: Bench) -> Answer:
    """Answer whether a score is ever 0."""
    part = question.part or bench.node
    least = reaching(part.rounding, part.rounding.quantum) if part.rounding.mode is not None else Reach(ZERO, True)

    def zero(lab: Lab, op: str = "≤", bound: Fraction = ZERO) -> Any:
        found = inside(lab, part)
        return land(found.has_score, lab.sound(found.raw.fails), holds(op, found.raw, number(bound)))

    def check(example: Example) -> bool:
        score = score_of(replayed(question, bench, example))
        return score is not None and score <= ZERO

    found = bench.ask(lambda lab: zero(lab, "≤" if least.open else "<", least.bound), check, sure=zero)
    return some(question, found, "最少也得一些分")


def valued(question: Question, bench: Bench) -> Answer:
    """Answer whether there is a score whatever the facts are."""
    part = question.part or bench.node

    def fails(lab: Lab) -> Any:
        found = inside(lab, part)
        return land(lab.sound(found.raw.fails), fails_at_all(_own(found.raw)))

    def check(example: Example) -> bool:
        value = replayed(question, bench, example).value
        # With all facts there, an open score is one that a bound without a value leaves.
        return (isinstance(value, Problem) and value.kind in FAULTS) or (isinstance(value, Unknown) and not enclosed())

    def enclosed() -> bool:
        return any("单位" in why or "同级" in why for why in bench.general.ground.loose)

    found = bench.ask(fails, check)
    return never(question, bench, found, check, "会没有得分")


def _own(raw: Num) -> Fails:
    return {site: term for site, term in raw.fails.items() if site[0].split("：")[0] in FAULTS}
