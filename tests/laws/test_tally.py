"""Laws of the summary: its numbers are those of plain fractions, and how units are parted into blocks changes nothing."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache, reduce
from itertools import pairwise
from math import ceil, comb
from operator import add

import numpy as np
import pytest
from attrs import evolve
from books import FACTS, compiled, head
from books import facts as given_facts
from hypothesis import given, settings
from hypothesis import strategies as st

from batches import Row, frame, last_of, part, program, rows
from zjrules.bulk.frame import frame_of
from zjrules.bulk.program import Bulk, bulk
from zjrules.bulk.result import End, Kind, Scored, Scores, Why
from zjrules.summary.bunching import MOST_EXACT, tail
from zjrules.summary.histogram import histogram
from zjrules.summary.listed import MOST
from zjrules.summary.money import OFF, WHOLE
from zjrules.summary.note import note, with_facts
from zjrules.summary.points import SUM_GRID, Settled, settled
from zjrules.summary.tally import Tally, nothing, tally
from zjrules.term import survey

MONEY = st.none() | st.sampled_from([Fraction(n) for n in (1, 100, 10_000, 12_345, 10**8, 10**9)])


@cache
def _bulk() -> Bulk:
    return bulk(program())


@st.composite
def units(draw: st.DrawFn) -> list[Row]:
    """Return units with and without their facts; one in some stands in the wrong unit."""
    people = st.none() | st.sampled_from([0, 49, 50, 99, 100, 1000]).map(Fraction)
    one = st.tuples(MONEY, MONEY, MONEY, people, st.none() | st.booleans())
    return [(f"{i}局", *row) for i, row in enumerate(draw(st.lists(one, max_size=12)))]


LAST = last_of({f"{2 * i}局": Fraction(i, 3) for i in range(6)}, Fraction(4))


@settings(max_examples=40, deadline=None)
@given(units(), st.lists(st.integers(0, 12), max_size=4))
def test_however_units_are_parted_their_tally_is_the_same(batch: list[Row], cuts: list[int]) -> None:
    facts = frame(program(), batch)
    scored = _bulk().score(facts)
    whole = tally(scored, facts, LAST)
    edges = sorted([0, 0, len(batch), *(c for c in cuts if c < len(batch))])
    parts = [tally(part(scored, a, b), facts.taken(rows(a, b)), LAST) for a, b in pairwise(edges)]
    assert reduce(add, parts, nothing(program())) == whole
    # So it is where the facts come as notes of blocks, and the scores from a table.
    notes = [note(part(scored, a, b), facts.taken(rows(a, b))) for a, b in pairwise(edges)]
    assert with_facts(tally(scored), notes) == evolve(whole, change=None)
    # Associative: from the right as from the left.
    right = nothing(program())
    for each in reversed(parts):
        right = each + right
    assert right == whole


# ---------- scores of any kind against plain fractions ----------

END = st.fractions(min_value=-2, max_value=12, max_denominator=7) | st.integers(-200, 1000).map(
    lambda n: Fraction(n, 100)
)
HUGE = st.sampled_from([Fraction(2**70 + 1, 3), Fraction(-(2**65)), Fraction(1, 2**66)])


@st.composite
def columns(draw: st.DrawFn, size: int) -> tuple[Scores, list[Fraction | None]]:
    """Return a column of scores, some of them beside it, and the settled ones as fractions."""
    values = draw(st.lists(st.none() | END | HUGE, min_size=size, max_size=size))
    held = [v is not None and max(abs(v.numerator), v.denominator) < 2**61 for v in values]
    low = np.array([v.numerator if v is not None and h else 0 for v, h in zip(values, held, strict=True)], np.int64)
    below = np.array([v.denominator if v is not None and h else 1 for v, h in zip(values, held, strict=True)], np.int64)
    open_ = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    kinds = [(Kind.OPEN if o else Kind.NONE) if v is None else Kind.SETTLED for v, o in zip(values, open_, strict=True)]
    beside = {i: (End(v), End(v)) for i, (v, h) in enumerate(zip(values, held, strict=True)) if v is not None and not h}
    return Scores(low, low, below, np.array(kinds, np.uint8), np.zeros(size, np.int32), (Why(),), beside), values


@st.composite
def scoreds(draw: st.DrawFn) -> tuple[Scored, list[list[Fraction | None]], list[Fraction | None]]:
    """Return units whose scores are drawn, not worked out."""
    size, book = draw(st.integers(0, 8)), program()
    found = [draw(columns(size)) for _ in survey.indicators(book.groups)]
    total, totals = draw(columns(size))
    names = np.array([f"{i}局" for i in range(size)], np.object_)
    no = np.zeros(size, np.int64)
    made = Scored(book, names, tuple(s for s, _ in found), total, no, (), (no.astype(np.uint8),), no.astype(np.bool_))
    return made, [v for _, v in found], totals


@settings(max_examples=150, deadline=None)
@given(scoreds())
def test_its_numbers_are_those_of_plain_fractions(
    batch: tuple[Scored, list[list[Fraction | None]], list[Fraction | None]],
) -> None:
    scored, values, totals = batch
    found = tally(scored)
    for mark, column, scores in zip(found.indicators, values, scored.indicators, strict=True):
        known = [v for v in column if v is not None]
        assert mark.full == sum(v >= mark.points for v in known)
        assert mark.zero == sum(v <= 0 for v in known)
        assert mark.partial == sum(0 < v < mark.points for v in known)
        assert (mark.open, mark.none) == tuple(int((scores.kind == k).sum()) for k in (Kind.OPEN, Kind.NONE))
        assert mark.ends == ((min(known), max(known)) if known else None)
        assert mark.sum.low <= sum(known) * SUM_GRID <= mark.sum.high
        assert mark.sum.exact == all((v * SUM_GRID).denominator == 1 for v in known)
        assert mark.histogram.exact == all(
            (v * 100).denominator == 1 and -mark.points < v < 2 * mark.points for v in known
        )
        for low, high in ((Fraction(0), Fraction(1)), (Fraction(1, 2), mark.points)):
            assert mark.histogram.count(low, high) == sum(low <= v < high for v in known)
    whole = [
        totals[i] is not None
        and all(c[i] is None or c[i] >= m.points for c, m in zip(values, found.indicators, strict=True))  # type: ignore[operator]
        and not any(s.kind[i] == Kind.OPEN for s in scored.indicators)
        and any(c[i] is not None for c in values)
        for i in range(len(scored))
    ]
    assert found.perfect == sum(whole)
    assert [n.place for n in found.perfect_names] == [i for i, w in enumerate(whole) if w][:MOST]
    assert found.units == found.settled + found.open + found.none


@given(st.lists(st.integers(-300, 900).map(lambda n: Fraction(n, 100)), min_size=1, max_size=30), st.integers(1, 4))
def test_a_quantile_is_the_score_at_its_place(values: list[Fraction], quarter: int) -> None:
    low = np.array([int(v * 100) for v in values], np.int64)
    scores = Settled(np.arange(len(values)), low, np.full(len(values), 100, np.int64))
    share = Fraction(quarter, 4)
    usual = [min(max(v, Fraction(-4)), Fraction(8)) for v in values]
    assert (
        histogram(Fraction(4)).added(scores.counted()).quantile(share) == sorted(usual)[ceil(share * len(values)) - 1]
    )


# ---------- changes ----------


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_changes_are_those_of_plain_fractions(data: st.DataObject) -> None:
    scored, _, totals = data.draw(scoreds())
    before = data.draw(st.dictionaries(st.sampled_from([f"{i}局" for i in range(12)]), END | HUGE))
    held = {n: v for n, v in before.items() if max(abs(v.numerator), v.denominator) < 2**61}
    found = tally(scored, None, last_of(held, Fraction(3))).change
    assert found is not None
    by = {f"{i}局": v - held[f"{i}局"] for i, v in enumerate(totals) if v is not None and f"{i}局" in held}
    assert (found.up, found.down) == (sum(x > 0 for x in by.values()), sum(x < 0 for x in by.values()))
    assert found.both == len(by)
    assert found.new == sum(v is not None for v in totals) - len(by)
    assert found.jumps == sum(abs(x) >= 3 for x in by.values())
    assert [n.unit for n in found.farthest] == sorted(
        (n for n, x in by.items() if abs(x) >= 3), key=lambda n: -abs(by[n])
    )
    assert found.sum.low <= sum(by.values()) * SUM_GRID <= found.sum.high


# ---------- what is told as strange ----------


@pytest.mark.parametrize(("above", "every"), [(0, 0), (0, 1), (1, 1), (3, 4), (9, 10), (60, 100)])
def test_the_tail_is_the_sum_of_its_terms(above: int, every: int) -> None:
    assert tail(above, every) == Fraction(sum(comb(every, k) for k in range(above, every + 1)), 2**every)


@pytest.mark.parametrize("over", [0, 40, 150, 200])
def test_the_bound_of_a_large_tail_is_no_smaller_than_the_tail(over: int) -> None:
    every = MOST_EXACT + 1
    above = every // 2 + over
    exact = Fraction(sum(comb(every, k) for k in range(above, every + 1)), 2**every)
    assert exact <= tail(above, every) <= 1
    assert tail(above, every) < Fraction(1, 1000) or over < 150


RATIOS = f"""{head(6)}
指标 率 4 分
  分档 甲 ÷ 乙
    低于 50%   得 满分
    不高于 90% 得 1 分
    其余       得 0 分
指标 数 2 分
  分档 甲
    高于 100 元   得 满分
    不低于 40 元 得 1 分
    其余         得 0 分
{FACTS}"""
NEAR = st.sampled_from(
    [Fraction(n, 100) for n in (0, 1, 3799, 3800, 3999, 4000, 4200, 9500, 9501, 10_000, 10_001, 10_500, 10_501)]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NEAR, st.sampled_from([Fraction(n) for n in (1, 80, 100, 200)])), max_size=10))
def test_who_stands_just_on_either_side_of_a_bands_edge(rows_: list[tuple[Fraction, Fraction]]) -> None:
    book = compiled(RATIOS)
    facts = frame_of(
        book.schema, [evolve(given_facts({"甲": a, "乙": b}), unit=f"{i}局") for i, (a, b) in enumerate(rows_)]
    )
    found = tally(bulk(book).score(facts), facts)
    ratios, amounts = [a / b for a, b in rows_], [a for a, _ in rows_]
    expected = {}
    for text, op, at, values in (
        ("50%", "<", Fraction(1, 2), ratios), ("90%", "≤", Fraction(9, 10), ratios),
        ("100 元", ">", Fraction(100), amounts), ("40 元", "≥", Fraction(40), amounts),
    ):  # fmt: skip
        width = at / 20
        whole = op in "<≥"
        upper = sum(at <= v < at + width if whole else at < v <= at + width for v in values)
        lower = sum(at - width <= v < at if whole else at - width < v <= at for v in values)
        if upper + lower:
            expected[text] = (upper, lower) if op in "≥>" else (lower, upper)
    assert {c.edge.text: (c.better, c.worse) for c in found.crowds} == expected


@settings(max_examples=60, deadline=None)
@given(units().filter(bool))
def test_an_amount_is_off_where_its_level_is(batch: list[Row]) -> None:
    """An independent count of the rule, amount by amount."""

    def level(yuan: Fraction) -> int:
        return max(k for k in range(76) if Fraction(10) ** k <= (yuan * 100) ** 4)

    def middle(values: list[int]) -> int:
        return sorted(values)[(len(values) - 1) // 2]

    names = ("预算", "支出", "结余")
    levels = [{n: level(v) for n, v in zip(names, row[1:4], strict=True) if isinstance(v, Fraction)} for row in batch]
    full = [x for x in levels if len(x) >= 3]
    found: Tally = tally(_bulk().score(frame(program(), batch)), frame(program(), batch))
    expected: Counter[str] = Counter()
    for name in (WHOLE, *names):
        far = [middle(list(x.values())) - 0 if name == WHOLE else x[name] - middle(list(x.values())) for x in full]
        if far and (count := sum(abs(d - middle(far)) >= OFF for d in far)):
            expected[name] = count
    assert {name: many for name, many, _, _ in found.slips} == expected


def test_settled_scores_beside_the_columns_are_seen() -> None:
    big = Fraction(2**70, 3)
    scores = Scores(
        np.array([100, 0], np.int64), np.array([100, 0], np.int64), 100, np.zeros(2, np.uint8), np.zeros(2, np.int32), (Why(),),
        {1: (End(big), End(big))},
    )  # fmt: skip
    assert settled(scores).counted().ends() == (Fraction(1), big)
