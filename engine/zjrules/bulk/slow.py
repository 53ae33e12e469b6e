"""Many units by the exact engine, one after the other: what the columns are held against, and what they leave over."""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm

import numpy as np

from zjrules.bulk.frame import Frame
from zjrules.bulk.result import CHECKS, Gathered, Scored, gathered
from zjrules.exact.census import Census
from zjrules.exact.places import give, places
from zjrules.exact.scope import Population, WorkCalendar
from zjrules.exact.total import population, score
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.trace import Trace


def below_of(rounding: tr.RoundScore) -> int:
    """Return the denominator that a rounded score has; 1 where it is not rounded."""
    return rounding.quantum.denominator if rounding.mode is not None else 1


def total_below(program: tr.Program) -> int:
    """Return the denominator of the total after its steps, where these round."""
    return lcm(*(below_of(s) for s in program.steps if isinstance(s, tr.RoundScore)), 1)


def empty(program: tr.Program, frame: Frame) -> tuple[list[Gathered], Gathered]:
    """Return empty columns for the indicators and the total."""
    columns = [gathered(len(frame), below_of(n.rounding)) for n in survey.indicators(program.groups)]
    return columns, gathered(len(frame), total_below(program))


def grade_bits(program: tr.Program, grades: Sequence[str], others: list[str]) -> int:
    """Return grades as bits; a grade that the book does not list is added to others."""
    names = [g.name for g in program.grades]
    bits = 0
    for grade in grades:
        if grade in names:
            bits |= 1 << names.index(grade)
            continue
        if grade not in others:
            others.append(grade)
        bits |= 1 << (len(names) + others.index(grade))
    return bits


def traced(
    program: tr.Program, frame: Frame, place: int, calendar: WorkCalendar | None, among: Population | None = None
) -> Trace:
    """Return the trace of one unit of a frame."""
    return score(program, frame.facts_of(place), calendar, among=(among, place) if among else None)


def among_all(
    program: tr.Program, frame: Frame, calendar: WorkCalendar | None, every: Sequence[Census | None] | None = None
) -> Population:
    """Return the units of a frame as all units there are, or among all units, of which every says what they bring."""
    found = population(program, [frame.facts_of(i) for i in range(len(frame))], calendar)
    if every is not None:
        give(found, list(zip(places(program), every, strict=True)))
    return found


def scored(
    program: tr.Program,
    frame: Frame,
    calendar: WorkCalendar | None,
    whole: bool = False,
    every: Sequence[Census | None] | None = None,
) -> Scored:
    """Score all units of a frame by the exact engine.

    whole: they are all units there are. every: what all units there are bring to the places at which units are compared.
    """
    columns, total = empty(program, frame)
    grades, others = np.zeros(len(frame), np.int64), list[str]()
    checks = tuple(np.zeros(len(frame), np.uint8) for _ in program.checks)
    among = among_all(program, frame, calendar, every) if whole or every is not None else None
    for place in range(len(frame)):
        trace = traced(program, frame, place, calendar, among)
        for column, step in zip(columns, trace.indicators(), strict=True):
            column.put([place], step.value)
        total.put([place], trace.total)
        grades[place] = grade_bits(program, trace.grades, others)
        for found, check in zip(checks, trace.checks, strict=True):
            found[place] = CHECKS.index(check.status)
    done = tuple(c.done() for c in columns)
    return Scored(
        program, frame.units, done, total.done(), grades, tuple(others), checks, np.ones(len(frame), np.bool_)
    )
