"""Sets of rationals: every operation encloses the pointwise results, and solid ones are exact at their ends."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zjrules.interval import arith
from zjrules.interval.sets import Range, between, compare, either, point, restrict
from zjrules.num import Rounding, round_to

halves = st.integers(-12, 12).map(lambda n: Fraction(n, 2))


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    pieces = []
    for _ in range(draw(st.integers(1, 2))):
        lo, hi = sorted((draw(halves), draw(halves)))
        piece = between(
            draw(st.sampled_from([lo, lo, None])),
            draw(st.sampled_from([hi, hi, None])),
            draw(st.booleans()),
            draw(st.booleans()),
            draw(st.sampled_from([None, None, Fraction(1), Fraction(1, 2)])),
        )
        pieces.append(piece)
    found = either(*pieces)
    assume(not found.is_empty)
    return found


def members(a: Range) -> list[Fraction]:
    return [x for n in range(-56, 57) if a.holds(x := Fraction(n, 4))]


BINARY: dict[str, tuple[Callable[[Range, Range], Range], Callable[[Fraction, Fraction], Fraction]]] = {
    "加": (arith.add, lambda x, y: x + y),
    "乘": (arith.multiply, lambda x, y: x * y),
    "小": (arith.smaller, min),
    "大": (arith.larger, max),
}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(BINARY)), ranges(), ranges())
def test_binary_operations_enclose(name: str, a: Range, b: Range) -> None:
    on_sets, on_points = BINARY[name]
    found = on_sets(a, b)
    for x in members(a)[::5]:
        for y in members(b)[::5]:
            assert found.holds(on_points(x, y)), (name, x, y)


@settings(max_examples=300, deadline=None)
@given(ranges(), ranges())
def test_division_encloses_and_leaves_zero_out(a: Range, b: Range) -> None:
    found = arith.divide(a, b)
    for x in members(a)[::5]:
        for y in members(b)[::5]:
            assert y == 0 or found.holds(x / y)


@settings(max_examples=300, deadline=None)
@given(ranges(), st.sampled_from(list(Rounding)), st.sampled_from([Fraction(1), Fraction(1, 2)]))
def test_rounding_encloses(a: Range, mode: Rounding, quantum: Fraction) -> None:
    found = arith.round_range(a, quantum, mode)
    for x in members(a):
        assert found.holds(round_to(x, quantum, mode))
        assert arith.floor_range(a).holds(Fraction(floor(x)))
        assert arith.floor_range(a, up=True).holds(Fraction(ceil(x)))
        assert arith.negate(a).holds(-x)
        assert arith.scale(a, Fraction(-3, 2)).holds(x * Fraction(-3, 2))


@settings(max_examples=300, deadline=None)
@given(ranges(), ranges(), st.sampled_from(["<", "≤", ">", "≥", "=", "≠"]))
def test_comparison_knows_every_outcome(a: Range, b: Range, op: str) -> None:
    holds: dict[str, Callable[[Fraction, Fraction], bool]] = {
        "<": lambda x, y: x < y, "≤": lambda x, y: x <= y, ">": lambda x, y: x > y,
        "≥": lambda x, y: x >= y, "=": lambda x, y: x == y, "≠": lambda x, y: x != y,
    }  # fmt: skip
    can = compare(op, a, b)
    for x in members(a)[::4]:
        for y in members(b)[::4]:
            assert holds[op](x, y) in can
            assert restrict(a, op, y).holds(x) == holds[op](x, y)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-6, 6).map(Fraction), min_size=1, max_size=4), st.integers(-4, 4).map(Fraction))
def test_finite_sets_are_exact(xs: list[Fraction], c: Fraction) -> None:
    found = arith.add(either(*(point(x) for x in xs)), point(c))
    assert {p.lo for p in found.pieces} == {x + c for x in xs}


def test_zero_over_something_positive_is_zero() -> None:
    assert arith.divide(point(Fraction(0)), between(Fraction(0), None, lo_open=True)).point == 0
