"""The public face of the columnar reading: a rule set made ready once, then frames of units scored by it."""

from __future__ import annotations

from attrs import frozen

from zjrules.bulk import slow
from zjrules.bulk.frame import Frame
from zjrules.bulk.result import Scored
from zjrules.exact.scope import WorkCalendar
from zjrules.term import rule as tr


@frozen
class Bulk:
    """A rule set made ready for columns."""

    program: tr.Program
    calendar: WorkCalendar | None

    def score(self, frame: Frame, whole: bool = False) -> Scored:
        """Score all units of a frame, equal to the exact engine; whole: they are all units there are, for ranks and means."""
        return slow.scored(self.program, frame, self.calendar, whole)


def bulk(program: tr.Program, calendar: WorkCalendar | None = None) -> Bulk:
    """Make a rule set ready; its calendar is part of it."""
    return Bulk(program, calendar)
