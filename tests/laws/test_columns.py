"""Operations on columns: they give what integers and rationals give, and never leave their bounds."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zjrules.bulk.block import BLOCK
from zjrules.bulk.code import Code, Flag, Int, RefusedError, constant
from zjrules.bulk.fold import Fold
from zjrules.bulk.ir import DIGITS, bits_of
from zjrules.bulk.native import compiled, gathering, together
from zjrules.bulk.number import Num, exactly
from zjrules.bulk.operation import kind_of
from zjrules.bulk.run import ready
from zjrules.bulk.sums import Sums
from zjrules.num import Rounding, round_to

ROWS = 6
SIZES = (1, 50, 10**4, 10**9, 10**13)


@st.composite
def columns(draw: st.DrawFn) -> tuple[Code, list[Num], dict[object, np.ndarray]]:
    """Draw a few columns of rationals, of very different sizes."""
    code, numbers = Code(most=2**63 - 1), list[Num]()
    given_: dict[object, np.ndarray] = {}
    for name in "abc":
        size = draw(st.sampled_from(SIZES))
        low = draw(st.sampled_from([0, -size]))
        given_[name] = np.array(draw(st.lists(st.integers(low, size), min_size=ROWS, max_size=ROWS)), np.int64)
        factor = draw(st.sampled_from([Fraction(1), Fraction(1, 100), Fraction(-3, 7)]))
        numbers.append(Num(factor, code.input(name, low, size)))
    return code, numbers, given_


def values(number: Num, code: Code, given_: dict[object, np.ndarray]) -> list[Fraction | None]:
    """Return what a number comes to in every row; None where it has no value. Its integers lie within their bounds."""
    steps = ready(code, [number.above, number.below, number.bad])
    above, below, bad = steps.interpreted(given_, ROWS)
    found: list[Fraction | None] = []
    for a, b, none in zip(above.tolist(), below.tolist(), bad.tolist(), strict=True):
        if not none:
            assert number.above.lo <= a <= number.above.hi and number.below.lo <= b <= number.below.hi
            low, high = number.limits
            assert low <= number.factor * a / b <= high
        found.append(None if none else number.factor * Fraction(a, b))
    return found


def test_what_is_known_in_one_place_of_a_number_does_not_bound_it_in_another() -> None:
    """The same sum is worked out once, as wide as the widest of those who ask for it."""
    code, far = Code(), 2**40
    a, b = code.input("a", 0, far), code.input("b", 0, far)
    narrow, wide = code.add(a, b, (0, 10)), code.add(a, b)
    assert narrow.place == wide.place and wide.hi == 2 * far
    given_: dict[object, np.ndarray] = {"a": np.array([3, far]), "b": np.array([4, far])}
    first, second = ready(code, [narrow, wide]).interpreted(given_, 2)
    assert first[0] == 7 and second.tolist() == [7, 2 * far]


def test_a_number_that_one_place_bounds_is_refused_where_another_does_not() -> None:
    code = Code(most=1000)
    a, b = code.input("a", 0, 1000), code.input("b", 0, 1000)
    code.add(a, b, (0, 10))
    with pytest.raises(RefusedError):
        code.add(a, b)


Operation = tuple[Callable[[Sums, list[Num]], Num], Callable[[list[Fraction]], Fraction | None]]
OPERATIONS: dict[str, Operation] = {
    "a + b": (lambda s, n: s.plus(n[0], n[1]), lambda x: x[0] + x[1]),
    "a - b": (lambda s, n: s.minus(n[0], n[1]), lambda x: x[0] - x[1]),
    "a × b": (lambda s, n: s.times(n[0], n[1]), lambda x: x[0] * x[1]),
    "a ÷ b": (lambda s, n: s.over(n[0], n[1]), lambda x: x[0] / x[1] if x[1] else None),
    "(a ÷ b) × b": (lambda s, n: s.times(s.over(n[0], n[1]), n[1]), lambda x: x[0] if x[1] else None),
    "a ÷ b + c": (lambda s, n: s.plus(s.over(n[0], n[1]), n[2]), lambda x: x[0] / x[1] + x[2] if x[1] else None),
    "max(a ÷ b, c)": (
        lambda s, n: s.extreme(True, s.over(n[0], n[1]), n[2]), lambda x: max(x[0] / x[1], x[2]) if x[1] else None,
    ),
    "min(a, 1)": (lambda s, n: s.extreme(False, n[0], exactly(Fraction(1))), lambda x: min(x[0], Fraction(1))),
    "a < b ? c : a ÷ b": (
        lambda s, n: s.chosen(s.compared("<", n[0], n[1]), n[2], s.over(n[0], n[1])),
        lambda x: x[2] if x[0] < x[1] else x[0] / x[1] if x[1] else None,
    ),
    "⌊a ÷ b⌋": (
        lambda s, n: s.whole(s.over(n[0], n[1]), up=False), lambda x: Fraction(x[0] // x[1]) if x[1] else None,
    ),
    "|a|": (lambda s, n: s.magnitude(n[0]), lambda x: abs(x[0])),
}  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(columns(), st.sampled_from(sorted(OPERATIONS)))
def test_operations(drawn: tuple[Code, list[Num], dict[object, np.ndarray]], name: str) -> None:
    code, numbers, given_ = drawn
    write, meant = OPERATIONS[name]
    try:
        found = write(Sums(code), numbers)
    except RefusedError:
        return
    if found.most is not None or found.bad.known:
        return  # left to the exact engine, or held between two integers
    rows = [[n.factor * int(given_[k][i]) for k, n in zip("abc", numbers, strict=True)] for i in range(ROWS)]
    for ours, row in zip(values(found, code, given_), rows, strict=True):
        assert ours == meant(row), (name, row)


@settings(max_examples=300, deadline=None)
@given(columns(), st.sampled_from(list(Rounding)), st.sampled_from([Fraction(1, 100), Fraction(1, 2), Fraction(3)]))
def test_rounding(drawn: tuple[Code, list[Num], dict[object, np.ndarray]], mode: Rounding, quantum: Fraction) -> None:
    code, (a, b, _), given_ = drawn
    try:
        found = Sums(code).rounded(Sums(code).over(a, b), quantum, mode)
    except RefusedError:
        return
    if found.most is not None:
        return
    for place, ours in enumerate(values(found, code, given_)):
        x, y = a.factor * int(given_["a"][place]), b.factor * int(given_["b"][place])
        assert ours == (round_to(x / y, quantum, mode) if y else None)


@settings(max_examples=300, deadline=None)
@given(columns())
def test_a_bracket_holds_the_ratio(drawn: tuple[Code, list[Num], dict[object, np.ndarray]]) -> None:
    code, (a, b, _), given_ = drawn
    try:
        found = Sums(code).bracket(Sums(code).over(a, b))
    except RefusedError:
        return
    if found.most is None:
        return
    low, high, bad = ready(code, [found.above, found.most, found.bad]).run(given_, ROWS)
    for place in range(ROWS):
        x, y = a.factor * int(given_["a"][place]), b.factor * int(given_["b"][place])
        assert bool(bad[place]) == (y == 0)
        if y:
            ends = sorted((found.factor * int(low[place]), found.factor * int(high[place])))
            assert ends[0] <= x / y <= ends[1]
            assert ends[1] - ends[0] <= abs(found.factor)


@settings(max_examples=150, deadline=None)
@given(columns(), st.sampled_from(sorted(OPERATIONS)), st.sampled_from(list(Rounding)), st.integers(1, 40))
def test_compiled_operations_give_what_numpy_gives(
    drawn: tuple[Code, list[Num], dict[object, np.ndarray]], name: str, mode: Rounding, rows: int
) -> None:
    code, numbers, given_ = drawn
    try:
        found = OPERATIONS[name][0](Sums(code), numbers)
        rounded = Sums(code).rounded(found, Fraction(1, 100), mode)
    except RefusedError:
        return
    outputs = [x for n in (found, rounded) for x in (n.above, n.below, n.most, n.bad) if x is not None]
    steps = ready(code, outputs)
    if not steps.steps:
        return
    # Whole vectors, and what is left after the last.
    columns_ = {name: np.resize(column, rows) for name, column in given_.items()}
    places = [place for place, *_ in steps.steps]
    ours = [o for o in outputs if o.place is not None]
    into = [np.empty(rows, kind_of(o)) for o in ours]
    together(rows, compiled(code, places, steps.inputs, outputs, columns_).job(columns_, into))
    theirs = [a for o, a in zip(outputs, steps.interpreted(columns_, rows), strict=True) if o.place is not None]
    known = ~(np.broadcast_to(steps.interpreted(columns_, rows)[outputs.index(found.bad)], rows))
    for mine, numpys in zip(into, theirs, strict=True):
        assert mine.dtype == numpys.dtype
        assert (mine[known] == numpys[known]).all(), name


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from([10**3, 10**12, 2**58]))
def test_a_small_quotient_needs_no_division(data: st.DataObject, most: int) -> None:
    below = np.array(data.draw(st.lists(st.integers(1, most), min_size=9, max_size=9)), np.int64)
    whole = np.array(data.draw(st.lists(st.integers(0, 14), min_size=9, max_size=9)), np.int64)
    rest = np.array([data.draw(st.sampled_from([0, b // 2, b - 1])) for b in below.tolist()], np.int64)
    code = Code(most=2**63 - 1)
    q, b, r = code.input("q", 0, 14), code.input("b", 1, most), code.input("r", 0, most - 1)
    found = code.floor(code.add(code.mul(q, b), r), b, (0, 14))
    assert found.hi < 2**DIGITS
    steps = ready(code, [found])
    columns_: dict[object, np.ndarray] = {"q": whole, "b": below, "r": rest}
    into = np.empty(9, kind_of(found))
    together(
        9, compiled(code, [place for place, *_ in steps.steps], steps.inputs, [found], columns_).job(columns_, [into])
    )
    assert into.tolist() == whole.tolist()


SIZES_OF_UNITS = st.lists(
    st.one_of(st.integers(0, 6), st.sampled_from([0, 1, 7, 8, 9, 16, 17, 2_500])), min_size=1, max_size=3 * BLOCK
)


@settings(max_examples=60, deadline=None)
@given(SIZES_OF_UNITS, st.integers(0, 2**32))
def test_rows_of_a_unit_are_brought_together(sizes: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    starts = np.concatenate(([0], np.cumsum(sizes)))
    code, count = Code(), int(starts[-1])
    bounds = {"narrow": (0, 1), "signed": (-1000, 1000), "wide": (-(10**15), 10**15)}
    rows = {name: code.input(name, *ends) for name, ends in bounds.items()}
    columns_: dict[object, np.ndarray] = {
        n: random.integers(a, b, count, endpoint=True) for n, (a, b) in bounds.items()
    }
    outputs: list[Int | Flag] = [code.add(r, code.mul(r, constant(2))) for r in rows.values()]
    flag = code.less(rows["narrow"], rows["signed"])
    folds = [(o, Fold(kind, bits_of(kind_of(o)), 64)) for o in outputs for kind in ("sum", "max", "min")]
    folds.append((flag, Fold("sum", 8, 32)))
    steps = ready(code, [o for o, _ in folds])
    made = gathering(code, [place for place, *_ in steps.steps], steps.inputs, folds, columns_)
    into = [np.full(len(sizes), 77, f"int{fold.into}") for _, fold in folds]
    together(len(sizes), made.job(columns_, starts, into))
    per_row = steps.interpreted(columns_, count)
    for (_, fold), column, ours in zip(folds, per_row, into, strict=True):
        listed = [column[a:b].tolist() or [0] for a, b in pairwise(starts.tolist())]
        act = sum if fold.kind == "sum" else max if fold.kind == "max" else min
        assert ours.tolist() == [act(some) for some in listed]


def test_what_may_leave_64_bits_is_refused() -> None:
    code = Code(most=2**63 - 1)
    a = code.input("a", 0, 10**14)
    with pytest.raises(RefusedError):
        code.mul(a, a)
    with pytest.raises(RefusedError):
        code.mul(code.mul(a, constant(10**4)), constant(10))


def test_equal_operations_stand_once() -> None:
    code = Code()
    a, b = code.input("a", 0, 9), code.input("b", 0, 9)
    first, second = code.add(a, b), code.add(a, b)
    assert isinstance(first, Int) and first.place == second.place
    assert isinstance(code.less(a, b), Flag)
    assert len(code.ops) == 4
