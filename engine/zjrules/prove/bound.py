"""Answers on the bounds of a score: within its points, full points and 0 reached, and always a value."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from attrs import evolve, frozen

from zjrules.num import Rounding, brief
from zjrules.prove.example import Example
from zjrules.prove.lab import NEVER, SOME, Bench, Lab
from zjrules.prove.question import REFUTED, Answer, Question
from zjrules.prove.symbol import Fails, Num, fails_at_all, holds, land, number
from zjrules.prove.tell import inside, never, replayed, score_of, shown, some
from zjrules.term import rule as tr
from zjrules.value import EMPTY_LEDGER, NO_CASE, NOT_APPLICABLE, ZERO_DIVISION, Problem

ZERO = Fraction(0)
FAULTS = (ZERO_DIVISION, EMPTY_LEDGER, NO_CASE, NOT_APPLICABLE)
"""Why a rule can have no score though all facts are there and fit."""


@frozen
class Reach:
    """From which unrounded score on the rounded one is at least a target."""

    bound: Fraction
    open: bool


def reaching(how: tr.RoundScore, target: Fraction) -> Reach:
    """Return which unrounded scores round to at least a target above 0, a multiple of the quantum."""
    if how.mode is None or (target / how.quantum).denominator != 1:
        return Reach(target, False)
    match how.mode:
        case Rounding.HALF_UP:
            return Reach(target - how.quantum / 2, False)
        case Rounding.HALF_EVEN:
            return Reach(target - how.quantum / 2, (target / how.quantum).numerator % 2 == 1)
        case Rounding.UP:
            return Reach(target - how.quantum, True)
        case Rounding.DOWN:
            return Reach(target, False)


def bounded(question: Question, bench: Bench) -> Answer:
    """Answer whether a score ever lies below 0 or above its points."""
    part = question.part or bench.node
    low = question.kind == "下界"
    bound = ZERO if low else part.points
    step = part.rounding.quantum if part.rounding.mode is not None else ZERO

    def leaves(lab: Lab, by: Fraction = ZERO) -> Any:
        found = inside(lab, part)
        op, far = ("<" if low else ">", bound - by if low else bound + by)
        return land(found.has_score, lab.sound(found.raw.fails), holds(op, found.raw, number(far)))

    def check(example: Example) -> bool:
        score = score_of(replayed(question, bench, example))
        return score is not None and (score < bound if low else score > bound)

    found = bench.ask(leaves, check, sure=lambda lab: leaves(lab, step))
    return never(question, bench, found, check, f"会{'低于' if low else '超过'} {brief(bound)} 分")


def full_points(question: Question, bench: Bench) -> Answer:
    """Answer whether full points are ever reached; where not, with the best score that is."""
    part = question.part or bench.node
    reach = reaching(part.rounding, part.points)

    def full(lab: Lab, bound: Fraction = part.points, op: str = "≥") -> Any:
        found = inside(lab, part)
        return land(found.has_score, lab.sound(found.raw.fails), holds(op, found.raw, number(bound)))

    def check(example: Example) -> bool:
        score = score_of(replayed(question, bench, example))
        return score is not None and score >= part.points

    found = bench.ask(lambda lab: full(lab, reach.bound, ">" if reach.open else "≥"), check, sure=full)
    if found.verdict != NEVER:
        return some(question, found, "")
    best = _best(question, bench)
    return evolve(best, verdict=REFUTED)


def _best(question: Question, bench: Bench) -> Answer:
    """Return the best score that there is, in hundredths, with facts that give it."""
    part = question.part or bench.node
    low, high = 0, int(part.points * 100)
    example: Example | None = None
    while low < high:
        middle = (low + high + 1) // 2
        bound = Fraction(middle, 100)

        def check(e: Example, bound: Fraction = bound) -> bool:
            score = score_of(replayed(question, bench, e))
            return score is not None and score >= bound

        def wanted(lab: Lab, bound: Fraction = bound) -> Any:
            found = inside(lab, part)
            return land(found.has_score, lab.sound(found.raw.fails), holds("≥", found.raw, number(bound)))

        found = bench.ask(wanted, check)
        if found.verdict == SOME:
            low, example = middle, found.examples[0]
        else:
            high = middle - 1
    if example is None:
        return Answer(question, REFUTED, "总是 0 分")
    best = Fraction(low, 100)
    holds_ = lambda e: (score_of(replayed(question, bench, e)) or ZERO) >= best  # noqa: E731
    return Answer(question, REFUTED, f"最多得 {brief(best)} 分", (shown(example, question, bench, holds_),))


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
        return isinstance(value, Problem) and value.kind in FAULTS

    found = bench.ask(fails, check)
    return never(question, bench, found, check, "会没有得分")


def _own(raw: Num) -> Fails:
    return {site: term for site, term in raw.fails.items() if site[0].split("：")[0] in FAULTS}
