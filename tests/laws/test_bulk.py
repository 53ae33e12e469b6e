"""The columnar reading equals the exact one in everything it says: scores, ends, reasons, grades, checks."""

from __future__ import annotations

import os
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from books import Made, book, everything, facts, made
from books import compiled as built
from columns_as_slots import slots
from departments import departments
from given import drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from zjrules.bulk import column, run, slow
from zjrules.bulk import open as ways
from zjrules.bulk.frame import Frame, frame_of
from zjrules.bulk.program import Bulk, bulk
from zjrules.bulk.result import Scored, Scores
from zjrules.compiled.program import compiled as compiled_program
from zjrules.exact.scope import WorkCalendar
from zjrules.inout.calendar import work_calendar
from zjrules.inout.spring import with_spring
from zjrules.inout.table.frame import frame_from
from zjrules.project import load, rule_sets
from zjrules.unit import Scalar

BOOKS = sorted(rule_sets())


@cache
def calendar() -> WorkCalendar:
    return with_spring(work_calendar())


@cache
def ready(name: str) -> Bulk:
    found, _ = load(name)
    assert found is not None
    return bulk(found.program, calendar())


@pytest.fixture(autouse=True)
def every_key_has_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow every unit, however few are alike: otherwise most of a small frame goes to the exact engine."""
    monkeypatch.setattr(ways, "FEWEST", 1)


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile everything that is run, and every way as soon as it is known; take the ways wherever there are any."""
    monkeypatch.setattr(column, "ALONE", 0)
    monkeypatch.setattr(run, "ENOUGH", 0)
    monkeypatch.setattr(run, "FEW", 0)
    monkeypatch.setattr(ways, "COMPILING", 0)


def agree(program: Bulk, frame: Frame, whole: bool = False) -> Scored:
    """Hold the columns against the exact engine, unit by unit."""
    ours, theirs = program.score(frame, whole), slow.scored(program.program, frame, calendar(), whole)
    columns = zip((*ours.indicators, ours.total), (*theirs.indicators, theirs.total), strict=True)
    for number, (mine, exact) in enumerate(columns):
        assert mine.low.dtype.kind == mine.high.dtype.kind == "i", "no float in a score"
        for place in range(len(frame)):
            assert said(mine, place) == said(exact, place), (number, place)
    for place in range(len(frame)):
        assert ours.grade_names(place) == theirs.grade_names(place), place
    for check, mine_, exact_ in zip(program.program.checks, ours.checks, theirs.checks, strict=True):
        assert (mine_ == exact_).all(), check.title
    return ours


def said(scores: Scores, place: int) -> tuple[object, ...]:
    return int(scores.kind[place]), scores.ends(place), scores.reason(place)


@pytest.mark.parametrize("name", BOOKS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), absent=st.sampled_from([0, 10, 30]), units=st.integers(1, 10))
def test_facts_near_every_edge_of_every_book(name: str, seed: int, absent: int, units: int) -> None:
    # Few units too: what occurs in none of them is treated otherwise than what occurs in some.
    program = ready(name).program
    agree(ready(name), frame_of(program.schema, [drawn(program, seed + i, absent) for i in range(units)]))


@pytest.mark.slow
@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("absent", [0, 10, 30])
def test_many_units_of_every_book(name: str, absent: int) -> None:
    program = ready(name).program
    agree(ready(name), frame_of(program.schema, [drawn(program, seed, absent) for seed in range(120)]))


@pytest.mark.slow
@pytest.mark.parametrize("name", BOOKS)
def test_many_units_of_every_book_compiled(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    found, _ = load(name)
    assert found is not None
    program = bulk(found.program, calendar())
    for absent in (10, 0, 30, 10):
        seeds = range(absent * 100, absent * 100 + 40)
        agree(program, frame_of(program.program.schema, [drawn(program.program, seed, absent) for seed in seeds]))


@pytest.mark.parametrize("name", ["staffing/2024-city", "staffing/2024-district"])
@pytest.mark.parametrize("absent", [0, 20])
def test_units_that_are_compared(name: str, absent: int) -> None:
    program = ready(name).program
    agree(ready(name), frame_of(program.schema, [drawn(program, seed, absent) for seed in range(12)]), whole=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(made(), min_size=1, max_size=3), st.lists(everything, min_size=3, max_size=6))
def test_random_books(indicators: list[Made], units: list[dict[str, Scalar]]) -> None:
    program = bulk(built(book(indicators)), calendar())
    given_facts = [facts(values) for values in units]
    agree(program, frame_of(program.program.schema, given_facts))


@pytest.mark.parametrize("missing", [0.0, 0.1, 0.5])
def test_departments_on_the_edges(missing: float) -> None:
    program = ready("zhanjiang/2025")
    frame, rejects = frame_from(program.program, departments(150, 11, missing=missing, evidence=True))
    assert not rejects.height
    agree(program, frame)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_departments_on_the_edges_compiled(missing: float, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    program = bulk(ready("zhanjiang/2025").program, calendar())
    for seed in (21, 22):  # the ways that the first finds are compiled before the second
        frame, rejects = frame_from(program.program, departments(50, seed, missing=missing, evidence=True))
        assert not rejects.height
        agree(program, frame)


@pytest.mark.slow
def test_departments_without_gaps_stay_in_the_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    program = ready("zhanjiang/2025")
    frame, _ = frame_from(program.program, departments(20_000, 5, na=0, evidence=True))
    scored = program.score(frame)
    assert scored.slow.mean() < 0.001
    sample = np.arange(0, 20_000, 20, dtype=np.int64)
    agree(program, frame.taken(sample))


COMPARED = int(os.environ.get("ZJRULES_DEPARTMENTS", "100000"))
"""How many departments are held against the compiled integers: 2,000,000 were, with ZJRULES_DEPARTMENTS=2000000."""


@pytest.mark.slow
def test_the_compiled_integers_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    program = ready("zhanjiang/2025")
    plain = compiled_program(program.program, calendar())
    block, different, held = 50_000, 0, 0
    for start in range(0, COMPARED, block):
        frame, _ = frame_from(program.program, departments(block, 100 + start, na=0, evidence=True, first=start))
        scored = program.score(frame)
        columns = [*scored.indicators, scored.total]
        assert all(isinstance(c.below, int) and not c.beside for c in columns)
        ours = zip(*((c.low * 100 // c.below).tolist() for c in columns), strict=True)
        for mine, values in zip(ours, slots(plain, frame), strict=True):
            theirs = plain.scores(values)
            found = [*theirs.indicators, theirs.total]
            if None not in found:
                held += 1
                different += list(mine) != [f * 100 for f in found if f is not None]
    assert different == 0
    assert held > 0.99 * COMPARED


def test_an_empty_frame() -> None:
    program = ready("zhanjiang/2025")
    assert len(agree(program, frame_of(program.program.schema, []))) == 0


def test_a_number_beyond_the_columns_is_taken_by_the_exact_engine() -> None:
    program = ready("zhanjiang/2025")
    unit = drawn(program.program, 3, 0)
    for name, value in (("年初预算数", Fraction(10**30)), ("年中追加额", Fraction(1, 3))):
        fact = unit.facts[name]
        unit.facts[name] = type(fact)(name, fact.state, value, fact.evidence)  # type: ignore[index]
    scored = agree(program, frame_of(program.program.schema, [unit, drawn(program.program, 4, 0)]))
    assert scored.slow[0]
