"""Margins and what suffices where a score rests on all units: against the definitions of rank, best and mean."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from test_margin import check_reach, parts
from test_population import book, few, reference, unit

from zjrules.compiled.program import compiled
from zjrules.margin.reach import reaching
from zjrules.margin.threshold import CENT, Threshold, Unit, margins
from zjrules.term.rule import Indicator

TINY = Fraction(1, 10**12)
COMPILED = compiled(book(), None)
Score = Callable[[Fraction], Fraction | None]


def ground(values: list[Fraction], applies: bool = True) -> Unit:
    """Return the first of some units, the others beside it."""
    first, *others = (unit(f"单位{i}", v, applies or i > 0) for i, v in enumerate(values))
    return Unit(book(), COMPILED, first, None, tuple(others))


def by_definition(values: list[Fraction], name: str) -> Score:
    return lambda x: reference([x, *values[1:]], [True] * len(values), 0)[name]


def turns_there(threshold: Threshold, way: int, now: Fraction, score: Score) -> None:
    """Hold a threshold of a rank against what ranks are."""
    held = score(now)
    for part in (Fraction(1, 3), 1 - TINY) if threshold.at != now else ():
        assert score(now + (threshold.at - now) * part) == held
    past = threshold.at + way * TINY
    assert (score(threshold.at) != held) if threshold.reached else (score(past) != held)
    if not threshold.reached:
        assert score(threshold.at) == held


@settings(max_examples=120, deadline=None)
@given(few)
def test_thresholds_among_all_units(values: list[Fraction]) -> None:
    here, now = ground(values), values[0]
    for node in here.nodes:
        score = by_definition(values, node.name)
        if score(now) is None:
            continue
        (margin,) = margins(node, here)
        assert margin.why == ""
        for threshold, way in ((margin.up, 1), (margin.down, -1)):
            if threshold is not None:
                assert threshold.score == score(threshold.point)
            if "并列" in node.name and threshold is not None:
                turns_there(threshold, way, now, score)
            elif "并列" in node.name:
                assert score(now + way * 1000) == score(now)
            else:
                assert threshold is None or threshold.bend


@settings(max_examples=120, deadline=None)
@given(few, st.integers(1, 6), parts)
def test_what_suffices_among_all_units(values: list[Fraction], place: int, between: list[Fraction]) -> None:
    here, goal = ground(values), Fraction(place)
    for node in here.nodes:
        check_reach(here, node, goal, between)
        _none_is_missed(here, node, goal, values)


def _none_is_missed(here: Unit, node: Indicator, goal: Fraction, values: list[Fraction]) -> None:
    """Where no value of the fact is found, none of those around the other units gives the score."""
    score, now = by_definition(values, node.name), values[0]
    held = score(now)
    (found,) = reaching(node, here, goal)
    if found.point is not None or held is None or held == goal:
        return
    assert found.why == "单改这一项到不了"
    for value in values:
        for x in (value // CENT * CENT + k * CENT for k in (-1, 0, 1, 2)):
            got = score(x)
            assert got is not None and (got < goal if goal > held else got > goal)


def test_a_mean_that_stands_for_what_does_not_apply_is_said_to_be_of_another_kind() -> None:
    here = ground([Fraction(1), Fraction(2)], applies=False)
    node = next(n for n in here.nodes if n.name == "均分")
    assert here.score(node, {}) == 4
    assert [m.why for m in margins(node, here)] == ["不是这种规则"]
