"""Exact evaluation equals an independent reference written with fractions.Fraction."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from books import Made, book, compiled, everything, facts, made
from hypothesis import given, settings
from hypothesis import strategies as st

from zjrules.exact.total import score
from zjrules.unit import Scalar


def cents(x: Fraction) -> Fraction:
    """Round half away from zero to 0.01, written independently."""
    whole = floor(abs(x) * 100 + Fraction(1, 2))
    return Fraction(whole if x >= 0 else -whole, 100)


@settings(max_examples=250, deadline=None)
@given(st.lists(made(), min_size=1, max_size=3), everything)
def test_scores_equal_the_reference(indicators: list[Made], values: dict[str, Scalar]) -> None:
    trace = score(compiled(book(indicators)), facts(values))
    expected = [m.score(values) for m in indicators]
    assert [s.note for s in trace.indicators()] == expected
    assert [s.value for s in trace.indicators()] == [cents(e) for e in expected]
    assert trace.total == cents(sum((cents(e) for e in expected), Fraction(0)))


@settings(max_examples=60, deadline=None)
@given(st.lists(made(), min_size=1, max_size=3), everything)
def test_no_float_is_anywhere_in_a_trace(indicators: list[Made], values: dict[str, Scalar]) -> None:
    trace = score(compiled(book(indicators)), facts(values))
    stack = list(trace.groups)
    while stack:
        step = stack.pop()
        assert not isinstance(step.value, float)
        stack.extend(step.kids)
