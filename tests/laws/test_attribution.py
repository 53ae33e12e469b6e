"""The parts of a difference: they add up to it to the last digit, whichever clauses were edited and whichever orders were taken."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from attrs import evolve
from given import drawn
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amended import Edit, amended, edits_of
from zjrules.bulk.frame import frame_of
from zjrules.diff.compare import compare
from zjrules.dossier import shapley
from zjrules.dossier.asked import of_other_types
from zjrules.dossier.dossier import Dossier, dossier
from zjrules.dossier.replay import Replay, replay
from zjrules.exact.total import score
from zjrules.inout.calendar import work_calendar
from zjrules.inout.spring import with_spring

GOLDEN = Path(__file__).parent.parent / "golden/diff/changes.txt"
UNITS = 4


def _edits() -> list[tuple[Edit, ...]]:
    """Return the edits of zhanjiang/2025 that the goldens of the diff make in the new year alone."""
    blocks = re.split(r"^=== .*\n", GOLDEN.read_text("utf-8"), flags=re.MULTILINE)[1:]
    found = [edits_of(b.partition("\n---\n")[0]) for b in blocks]
    return [own for both, own in found if not both]


EDITS = _edits()


@cache
def _replay(chosen: frozenset[int]) -> Replay | None:
    """Return the replay of 2025 and 2025 with some of the edits; None where these do not go together, or a type has changed."""
    try:
        new = amended("2026", tuple(e for i in sorted(chosen) for e in EDITS[i]))
    except AssertionError:
        return None
    diff = compare(amended("2025"), new)
    return None if of_other_types(diff) else replay(diff, lambda _: with_spring(work_calendar()))


def _told(found: Replay, seed: int, weights: shapley.Weights) -> Dossier:
    asks = evolve(found.diff.hybrid(frozenset()), schema=found.schema)
    units = [evolve(drawn(asks, seed * UNITS + i, 0), unit=str(i)) for i in range(UNITS)]
    nobody = lambda _: None  # noqa: E731
    return dossier(found, [frame_of(found.schema, units)], weights, (nobody, nobody))


@pytest.mark.slow
@given(st.frozensets(st.integers(0, len(EDITS) - 1), min_size=1, max_size=3), st.integers(0, 10**6), st.booleans())
@settings(max_examples=12, deadline=None)
def test_the_parts_add_up_exactly_to_the_difference(chosen: frozenset[int], seed: int, draw: bool) -> None:
    found = _replay(chosen)
    assume(found is not None)
    assert found is not None
    many = len(found.players)
    assume(many <= 5)
    got = _told(found, seed, shapley.drawn_orders(many, 2, seed) if draw else shapley.all_orders(many))
    for unit in got.units:
        assert (unit.parts is None) == (unit.change is None or unit in got.between)
        assert unit.parts is None or sum(unit.parts, Fraction(0)) == unit.change


@given(st.integers(0, len(EDITS) - 1), st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_before_and_after_are_what_the_exact_engine_says(one: int, seed: int) -> None:
    found = _replay(frozenset({one}))
    assume(found is not None)
    assert found is not None
    got = _told(found, seed, shapley.all_orders(0))
    asks = evolve(found.diff.hybrid(frozenset()), schema=found.schema)
    calendar = with_spring(work_calendar())
    for i, unit in enumerate(got.units):
        facts = drawn(asks, seed * UNITS + i, 0)
        for program, standing in ((found.diff.old, unit.old), (found.diff.as_of_one_year, unit.new)):
            total = score(program, facts, calendar).total
            assert standing.total == (total if isinstance(total, Fraction) else None)
