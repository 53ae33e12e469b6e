"""Checks over columns: how each comes out, by the columns, by the ways of the exact engine, or unit by unit."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from zjrules.bulk.fast import Run, Written, nowhere
from zjrules.bulk.frame import Frame, States, Truths
from zjrules.bulk.leaf import of_check
from zjrules.bulk.open import Ways, ways
from zjrules.bulk.result import CHECKS
from zjrules.bulk.way import reader
from zjrules.exact.scope import WorkCalendar
from zjrules.term import rule as tr


@frozen(eq=False)
class CheckColumn:
    """One check made ready."""

    written: Written | None
    ways: Ways

    def score(self, frame: Frame, run: Run) -> tuple[States, Truths]:
        """Return how the check comes out for all units, and where the exact engine was asked for one unit alone."""
        size = len(frame)
        if self.written is None:
            found, rows = np.zeros(size, np.uint8), np.arange(size, dtype=np.int64)
        else:
            found = run.outputs[self.written.number].astype(np.uint8)
            rows = np.flatnonzero(run.outputs[self.written.bad])
        if not len(rows):
            return found, nowhere(size)
        slow = np.zeros(size, np.bool_)
        some = self.ways.find(frame, rows, run)
        labels = np.array([CHECKS.index(o.label) for o in some.outcomes] or [0], np.uint8)
        there = some.outcome >= 0
        found[rows[there]] = labels[some.outcome[there]]
        for row in rows[~there].tolist():
            value = self.ways.reader.value(frame.facts_of(row, self.ways.reader.program.schema))
            assert isinstance(value, str)
            found[row], slow[row] = CHECKS.index(value), True
        return found, slow


def check_column(
    check: tr.Check, program: tr.Program, written: Written | None, calendar: WorkCalendar | None
) -> CheckColumn:
    """Make one check ready."""
    aggregates = written.overs if written is not None else {}
    return CheckColumn(written, ways(reader(of_check(check), program, calendar, aggregates)))
