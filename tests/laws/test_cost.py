"""What a rule costs is known before any fact is: evaluation never takes more, and its numbers are never longer."""

from __future__ import annotations

from fractions import Fraction

from books import Made, book, compiled, everything, facts, made
from hypothesis import given, settings

from zjrules.exact import indicator
from zjrules.exact.scope import NARROW_STEPS, scope_of
from zjrules.fact import Facts
from zjrules.project import load
from zjrules.term import cost, survey
from zjrules.term.expr import Expr
from zjrules.trace import Step
from zjrules.unit import Scalar


@settings(max_examples=100, deadline=None)
@given(made(), everything)
def test_steps_and_digits_stay_below_what_was_measured(one: Made, values: dict[str, Scalar]) -> None:
    program = compiled(book([one]))
    scope = scope_of(program, facts(values), None, proved_only=False)
    (node,) = survey.indicators(program.groups)
    step = indicator.score(node, scope)
    assert 0 < scope.run.steps <= cost.of_indicator(node)
    # 扣分 adds its parts up and takes them from 满分: short decimals, which the 200 bits more allow for.
    assert max(_bits(e.value) for e in _values(step)) <= max(_measured(e) for e in survey.own(node)) + 200


def _measured(e: Expr) -> int:
    found = cost.Meter().measure(e, {"满分": cost.Cost(64, 64)})
    return found.above + found.below


def _values(step: Step) -> list[Step]:
    return [s for kid in step.kids for s in (kid, *_values(kid)) if isinstance(s.value, Fraction)]


def _bits(value: object) -> int:
    assert isinstance(value, Fraction)
    return value.numerator.bit_length() + value.denominator.bit_length()


def test_the_real_book_is_far_below_the_limits() -> None:
    rules, _ = load("zhanjiang/2025")
    assert rules is not None
    assert max(cost.of_indicator(n) for n in rules.indicators()) < cost.MAX_STEPS / 50
    scope = scope_of(rules.program, Facts("", {}, {}, {}), None, proved_only=False)
    for node in rules.indicators():
        indicator.score(node, scope)
        assert scope.run.steps < NARROW_STEPS / 50, node.name
