"""The public face of the columnar reading: a rule set made ready once, then frames of units scored by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock

import numpy as np
from attrs import field, frozen

from zjrules.bulk import check, slow
from zjrules.bulk.column import Column, columns, scored
from zjrules.bulk.day import days
from zjrules.bulk.ends import put_ends
from zjrules.bulk.fast import Fast, Run, expect, fast, run, somewhere
from zjrules.bulk.frame import Frame, Ints, States, Truths
from zjrules.bulk.grade import graded
from zjrules.bulk.missing import Missing
from zjrules.bulk.parts import Extra, part
from zjrules.bulk.result import Gathered, Kind, Scored, Scores, Why, between, gathered, why_of
from zjrules.bulk.total import Adder, added
from zjrules.exact.census import Census
from zjrules.exact.scope import WorkCalendar
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.expr import Peers


@frozen
class Bulk:
    """A rule set made ready for columns."""

    program: tr.Program
    calendar: WorkCalendar | None
    fast: Fast
    columns: tuple[Column, ...]
    checks: tuple[check.CheckColumn, ...]
    adder: Adder
    compares: bool
    """Whether the rule set compares units: then the exact engine takes all of them, with what it knows of all."""
    lock: Lock = field(factory=Lock, init=False, eq=False, repr=False)
    """What one frame teaches (ways, bounds, compiled code) is kept for the next: one frame is scored at a time."""

    def score(
        self,
        frame: Frame,
        whole: bool = False,
        every: Sequence[Census | None] | None = None,
        due: int | None = None,
    ) -> Scored:
        """Score all units of a frame, equal to the exact engine; whole: they are all units there are, for ranks and means.

        every: what all units there are bring to the places at which units are compared, where this frame has only some.
        due: how many units are to be scored from here on, these included, where that is known: few are not worth compiling
        for, and for many it is done at once. Several threads may ask.
        """
        if self.compares or not len(frame):
            return slow.scored(self.program, frame, self.calendar, whole, every)
        with self.lock:
            return self._scored(frame, due)

    def expect(self, outline: Frame, due: int) -> None:
        """Compile what pays for so many units to come, of which the columns are as wide as those of an outline without units."""
        if not self.compares:
            with self.lock:
                expect(self.fast, outline, due)

    def _scored(self, frame: Frame, due: int | None) -> Scored:
        done = run(self.fast, frame, due)
        indicators, asked = scored(self.columns, frame, done)
        checks = []
        for each in self.checks:
            status, alone = each.score(frame, done)
            checks.append(status)
            if somewhere(alone):
                asked |= alone
        return Totals(self, frame, done, tuple(indicators), tuple(checks), asked).scored()


@frozen
class Totals:
    """A frame whose indicators are scored."""

    bulk: Bulk
    frame: Frame
    run: Run
    indicators: tuple[Scores, ...]
    checks: tuple[States, ...]
    asked: Truths

    def scored(self) -> Scored:
        """Return the frame with its totals and grades."""
        program, size = self.bulk.program, len(self.frame)
        nodes = list(survey.indicators(program.groups))
        parts = [part(node, scores) for node, scores in zip(nodes, self.indicators, strict=True)]
        left = np.zeros(size, np.bool_)
        for _, more in parts:
            if somewhere(more):
                left |= more
        extras, lacking = self._extras()
        left |= lacking
        others: list[str] = []
        sums = added(self.bulk.adder, [p for p, _ in parts], extras, size, self.run.due)
        found = None if sums is None else graded(program, sums.grades, extras, [p for p, _ in parts], others)
        below = slow.total_below(program)
        open_: Mapping[int, Truths] = {}
        if sums is None or found is None:
            left[:] = True
            grades, total = np.zeros(size, np.int64), gathered(size, below)
        else:
            left |= sums.bad | found.left
            grades, open_ = _own(found.bits), sums.open
            total = _filled(below, *sums.low, *sums.high)
        instead: dict[int, Why] = {}
        for row in np.flatnonzero(left).tolist():
            trace = slow.traced(program, self.frame, row, self.bulk.calendar)
            total.put([row], trace.total)
            grades[row] = slow.grade_bits(program, trace.grades, others)
            instead[row] = why_of(trace.total)
        by_node = {id(n): s for n, s in zip(nodes, self.indicators, strict=True)}
        why = Missing(program.groups, by_node, open_, total.kind == Kind.OPEN, instead)
        done = Scores(
            total.low, total.high, total.below if total.belows is None else total.belows, total.kind,
            np.arange(size, dtype=np.int32), why, total.beside,
        )  # fmt: skip
        asked = self.asked | left
        return Scored(program, self.frame.units, self.indicators, done, grades, tuple(others), self.checks, asked)

    def _extras(self) -> tuple[dict[int, Extra], Truths]:
        left = np.zeros(len(self.frame), np.bool_)
        found = {}
        for number, written in self.bulk.fast.extras.items():
            if written is None:
                left[:] = True
                found[number] = Extra(np.zeros(len(self.frame), np.int64))
                continue
            left |= self.run.outputs[written.bad]
            # Where something is missing nothing stands below: the unit is left over, and must not end the others' division.
            below = written.fixed if written.below is None else np.maximum(self.run.outputs[written.below], 1)
            found[number] = Extra(self.run.outputs[written.number], below)
        return found, left


def _own(column: Ints) -> Ints:
    """Return a column that can be written to."""
    return column if column.flags.writeable else np.array(column)


def _filled(below: int, low: Ints, low_below: Ints, high: Ints, high_below: Ints) -> Gathered:
    """Return the totals with their ends."""
    if low_below.strides == high_below.strides == (0,) and {int(low_below[0]), int(high_below[0])} == {below}:
        return between(below, _own(low), _own(high))
    total = gathered(len(low), below)
    places = np.arange(len(low), dtype=np.int64)
    if not ((total.below % low_below == 0).all() and (total.below % high_below == 0).all()):
        total.belows = np.ones(len(low), np.int64)
    none = np.zeros(len(low), np.bool_)
    total.kind[:] = np.where((low * high_below == high * low_below), Kind.SETTLED, Kind.OPEN)
    put_ends(total, places, (low, low_below, high, high_below), (none, none, none, none))
    return total


def bulk(program: tr.Program, calendar: WorkCalendar | None = None) -> Bulk:
    """Make a rule set ready; its calendar is part of it."""
    made = fast(program, days(calendar))
    nodes = list(survey.indicators(program.groups))
    checks = tuple(
        check.check_column(c, program, w, calendar) for c, w in zip(program.checks, made.checks, strict=True)
    )
    means = any(g.mean is not None for n in nodes for g in _guards(n))
    compares = means or survey.uses(program, Peers)
    return Bulk(program, calendar, made, columns(program, made.indicators, calendar), checks, Adder(program), compares)


def _guards(node: tr.Indicator) -> list[tr.NotApplicable]:
    return [*node.na, *(g for part_ in node.parts for g in _guards(part_))]
