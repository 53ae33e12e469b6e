"""What prove says of random rules holds of random facts, by a reference that shares nothing with it; its examples replay.

The solver-free prover agrees with the solver wherever it has an answer.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from fractions import Fraction

import pytest
from books import Made, book, compiled, made
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from zjrules.inout.calendar import work_calendar
from zjrules.inout.spring import with_spring
from zjrules.num import Rounding, round_to
from zjrules.project import load, rule_sets
from zjrules.prove import pieces
from zjrules.prove.example import Example, Replay
from zjrules.prove.question import OPEN, PROVED, REFUTED, Answer
from zjrules.prove.run import Prover
from zjrules.term import survey
from zjrules.unit import Scalar

CENT = Fraction(1, 100)
SETS = 1000
MONEY = [0, 1, 99, 100, 101, 1000, 10_000, 12_345, 10**6]


def _drawn(dice: random.Random) -> dict[str, Scalar]:
    def money() -> Fraction:
        return Fraction(dice.choice(MONEY)) if dice.random() < 0.6 else Fraction(dice.randrange(10**7), 100)

    share = dice.choice([0, 10, 40, 60, 75, 90, 100, 120]) if dice.random() < 0.6 else dice.randrange(121)
    return {
        "甲": money(), "乙": money() + CENT, "丙": Fraction(share, 100), "丁": Fraction(dice.randrange(7)),
        "戊": dice.random() < 0.5, "己": dice.random() < 0.5, "庚": dice.choice(["东", "西", "南"]),
        "辛": Fraction(dice.randrange(739252, 739272)),
    }  # fmt: skip


def _score(rule: Made, values: Mapping[str, Scalar]) -> Fraction:
    return round_to(rule.score(values), CENT, Rounding.HALF_UP)


def _whole(example: Example) -> dict[str, Scalar]:
    """Return an example with some value for what the rule does not read."""
    rest: dict[str, Scalar] = {"甲": Fraction(1), "乙": Fraction(1), "丙": CENT, "丁": Fraction(1), "戊": True, "己": True, "庚": "东",
            "辛": Fraction(739260)}  # fmt: skip
    return {**rest, **{n: v for n, v in example.values.items() if v is not None}}


def _holds(answer: Answer, rule: Made, sets: list[dict[str, Scalar]]) -> None:
    """Hold one answer that is proved against many facts."""
    kind, fact = answer.question.kind, answer.question.subject
    scores = [_score(rule, v) for v in sets]
    if kind == "下界" and answer.verdict == PROVED:
        assert min(scores) >= 0
    elif kind == "上界" and answer.verdict == PROVED:
        assert max(scores) <= 4
    elif kind == "满分" and answer.verdict == REFUTED:
        assert max(scores) < 4
    elif kind == "零分" and answer.verdict == REFUTED:
        assert min(scores) > 0
    elif kind in ("方向", "影响") and answer.verdict != OPEN:
        for values, other in itertools.pairwise(sets):
            moved = {**values, fact: other[fact]}
            before, after = _score(rule, values), _score(rule, moved)
            up = kind == "方向" and moved[fact] > values[fact]  # type: ignore[operator]
            low, high = (before, after) if up else (after, before)
            assert not ("不减" in answer.said and low > high), (values, moved)
            assert not ("不增" in answer.said and low < high), (values, moved)
            assert not (("不影响" in answer.said or answer.verdict == REFUTED) and low != high), (values, moved)


def _replays(answer: Answer, rule: Made) -> None:
    """Hold the examples of an answer against the reference."""
    scores = [_score(rule, _whole(s.example)) for s in answer.examples]
    match answer.question.kind:
        case "下界" if answer.verdict == REFUTED:
            assert scores[0] < 0
        case "上界" if answer.verdict == REFUTED:
            assert scores[0] > 4
        case "满分" if answer.verdict == PROVED:
            assert scores[0] >= 4
        case "零分" if answer.verdict == PROVED:
            assert scores[0] <= 0
        case "方向" if answer.said == "有升有降":
            assert scores[0] < scores[1] and scores[2] > scores[3]
        case "断崖" if answer.examples:
            assert abs(scores[0] - scores[1]) >= Fraction(answer.size)
        case _:
            pass


def _random_rules(rule: Made, number: int) -> None:
    program = compiled(book([rule]))
    (node,) = survey.indicators(program.groups)
    answers = Prover(program, None, 500).about(node)
    dice = random.Random(number)
    sets = [_drawn(dice) for _ in range(SETS)]
    for answer in answers:
        _holds(answer, rule, sets)
        _replays(answer, rule)


@settings(max_examples=12, deadline=None)
@seed(7)
@given(made(), st.integers(0, 1000))
def test_what_is_said_of_random_rules_holds(rule: Made, number: int) -> None:
    _random_rules(rule, number)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(made(), st.integers(0, 1000))
def test_what_is_said_of_many_random_rules_holds(rule: Made, number: int) -> None:
    _random_rules(rule, number)


@pytest.mark.parametrize("name", sorted(rule_sets()))
def test_the_prover_without_a_solver_agrees(name: str) -> None:
    rules, _ = load(name)
    assert rules is not None
    calendar = with_spring(work_calendar())
    replay, prover = Replay(rules.program, calendar), Prover(rules.program, calendar, 500)
    for node in rules.indicators():
        if pieces.course(node, replay) is None:
            continue
        for answer in prover.about(node):
            other = pieces.answered(answer.question, node, replay)
            if other is not None and OPEN not in (answer.verdict, other.verdict):
                assert (other.verdict, other.said) == (answer.verdict, answer.said) or other.said == "", answer
