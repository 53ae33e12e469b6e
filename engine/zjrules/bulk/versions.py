"""Versions of one rule set over the same units: what a version shares with the first is scored once.

A version scores again the indicators and checks that are written differently in it or read a parameter that has another value;
its total it adds up itself. Rule sets that compare units are scored by the exact engine, each version whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from attrs import evolve, frozen

from zjrules.bulk import slow
from zjrules.bulk.check import check_column
from zjrules.bulk.column import columns, scored
from zjrules.bulk.day import days
from zjrules.bulk.fast import fast, run
from zjrules.bulk.frame import Frame
from zjrules.bulk.program import Bulk, Totals
from zjrules.bulk.result import Scored
from zjrules.bulk.total import Adder
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.expr import Expr, ParamRef


@frozen
class Version:
    """A version made ready: its columns are those of the indicators and checks, by their places, that it scores itself."""

    bulk: Bulk
    indicators: tuple[int, ...]
    checks: tuple[int, ...]

    def score(self, frame: Frame, first: Scored, whole: bool = False) -> Scored:
        """Score all units of a frame, of which first is what the first version gave."""
        own = self.bulk
        if own.compares or not len(frame):
            return slow.scored(own.program, frame, own.calendar, whole)
        with own.lock:
            return self._scored(frame, first)

    def _scored(self, frame: Frame, first: Scored) -> Scored:
        own = self.bulk
        done = run(own.fast, frame)
        mine, asked = scored(own.columns, frame, done)
        # What is shared was asked of the exact engine for these units.
        asked |= first.slow
        indicators, checks = list(first.indicators), list(first.checks)
        for place, scores in zip(self.indicators, mine, strict=True):
            indicators[place] = scores
        for place, each in zip(self.checks, own.checks, strict=True):
            checks[place], alone = each.score(frame, done)
            asked |= alone
        return Totals(own, frame, done, tuple(indicators), tuple(checks), asked).scored()


def version(first: Bulk, program: tr.Program) -> Version:
    """Make a version of a rule set ready; it asks for the same facts and has the same indicators and checks by name."""
    before = first.program
    assert program.schema == before.schema, "a version asks for the same facts"
    moved = {n for n, p in program.params.items() if p.value != before.params[n].value}
    old, new = (list(survey.indicators(p.groups)) for p in (before, program))
    assert [n.name for n in old] == [n.name for n in new], "a version has the same indicators"
    nodes = tuple(
        i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b or _reads(survey.of_indicator(b), moved)
    )
    checks = tuple(
        i
        for i, (a, b) in enumerate(zip(before.checks, program.checks, strict=True))
        if a != b or _reads((e for e in (b.when, b.left, b.right) if e is not None), moved)
    )
    part = evolve(program, groups=tuple(new[i] for i in nodes), checks=tuple(program.checks[i] for i in checks))
    made = fast(part, days(first.calendar))
    tests = tuple(check_column(c, program, w, first.calendar) for c, w in zip(part.checks, made.checks, strict=True))
    own = Bulk(
        program,
        first.calendar,
        made,
        columns(part, made.indicators, first.calendar),
        tests,
        Adder(program),
        first.compares,
    )
    return Version(own, nodes, checks)


def _reads(exprs: Iterable[Expr], names: set[str]) -> bool:
    return any(isinstance(n, ParamRef) and n.name in names for n in _deep(exprs))


def _deep(exprs: Iterable[Expr]) -> Iterator[Expr]:
    for e in exprs:
        yield from survey.deep(e)


def same_grades(one: Scored, other: Scored) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return the units whose possible grades are the same in two versions."""
    if one.other_grades == other.other_grades or not (one.other_grades or other.other_grades):
        return np.asarray(one.grades == other.grades, np.bool_)
    _, first, which = np.unique(np.stack([one.grades, other.grades]), axis=1, return_index=True, return_inverse=True)
    same = [set(one.grade_names(int(i))) == set(other.grade_names(int(i))) for i in first]
    return np.array(same, np.bool_)[which.reshape(-1)]
