"""Answers to the questions about one indicator."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from zjrules.prove import bound, clause, motion
from zjrules.prove.expr import NoFormulaError
from zjrules.prove.lab import Bench
from zjrules.prove.question import OPEN, Answer, Question


def answered(question: Question, bench: Bench) -> Answer:
    """Return the answer to a question about an indicator."""
    bench.begin()
    try:
        found = ANSWERS[question.kind](question, bench)
    except NoFormulaError as error:
        return Answer(question, OPEN, "这种规则没有化成公式", tried=(f"用了{error}",))
    return evolve(found, enclosed=tuple(bench.general.ground.loose))


ANSWERS: dict[str, Callable[[Question, Bench], Answer]] = {
    "下界": bound.bounded,
    "上界": bound.bounded,
    "满分": bound.full_points,
    "零分": bound.no_points,
    "有值": bound.valued,
    "到达": clause.reached,
    "重叠": clause.overlapping,
    "作用": clause.removed,
    "词": clause.word,
    "方向": motion.direction,
    "断崖": motion.cliff,
    "影响": motion.matters,
}
"""How each kind of question is answered; those about the whole book are answered by book.py."""
