"""What answers are made of: the part that is meant, its exact score in an example, and the verdict with its words."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from zjrules.exact import indicator
from zjrules.explain.formula import value_text
from zjrules.prove.example import Example, plainer
from zjrules.prove.lab import NEVER, SOME, Bench, Found, Lab
from zjrules.prove.question import OPEN, PROVED, REFUTED, Answer, Question, Shown
from zjrules.prove.score import Scored
from zjrules.term import rule as tr
from zjrules.trace import Step
from zjrules.unit import POINTS
from zjrules.value import Problem


def inside(lab: Lab, part: tr.Indicator | None) -> Scored:
    """Return the score of the indicator or of one of its parts."""
    return within(lab.score(), part)


def within(scored: Scored, part: tr.Indicator | None) -> Scored:
    """Return the score of a part, or the whole score where no part is meant."""
    return _within(scored, part) or scored


def _within(scored: Scored, part: tr.Indicator | None) -> Scored | None:
    if scored.node is part:
        return scored
    return next((f for inner in scored.parts if (f := _within(inner, part)) is not None), None)


def replayed(question: Question, bench: Bench, example: Example) -> Step:
    """Return the exact step of the indicator or part that a question is about."""
    node, part = bench.node, question.part or bench.node
    scope = bench.replay.scope(example)
    return indicator.score(part, scope if part is node else indicator.inside(node, scope))


def shown(example: Example, question: Question, bench: Bench, holds_: Callable[[Example], bool]) -> Shown:
    """Return an example in plain numbers, with what it gives."""
    plain = plainer(example, bench.replay.program, lambda e: bench.replay.fits(e) and holds_(e))
    return Shown(plain, gives(replayed(question, bench, plain)))


def gives(step: Step) -> str:
    """Return the score of a step in words."""
    if isinstance(step.value, Problem):
        detail = f"（{step.value.detail}）" if step.value.detail else ""
        return f"没有得分：{step.value.kind}{detail}"
    return f"得 {value_text(step.value, POINTS)} 分" if isinstance(step.value, Fraction) else "得分未定"


def score_of(step: Step) -> Fraction | None:
    """Return the score of a step; None where there is none."""
    return step.value if isinstance(step.value, Fraction) else None


def never(question: Question, bench: Bench, found: Found, check: Callable[[Example], bool], but: str) -> Answer:
    """Return the answer where no facts should do a thing."""
    if found.verdict == NEVER:
        return Answer(question, PROVED, "")
    if found.verdict == SOME:
        return Answer(question, REFUTED, but, (shown(found.examples[0], question, bench, check),))
    return Answer(question, OPEN, "", tried=found.tried)


def some(question: Question, found: Found, but: str) -> Answer:
    """Return the answer where some facts should do a thing."""
    if found.verdict == SOME:
        return Answer(question, PROVED, "", tuple(Shown(e, "") for e in found.examples[:1]))
    if found.verdict == NEVER:
        return Answer(question, REFUTED, but)
    return Answer(question, OPEN, "", tried=found.tried)
