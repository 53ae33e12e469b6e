"""The cases of a rule set that are signed, as they can be run by what is in the editor."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from zjrules.case import units_of
from zjrules.diag import has_errors
from zjrules.exact.scope import WorkCalendar
from zjrules.inout.calendar import supplied, work_calendar
from zjrules.inout.spring import with_spring
from zjrules.lsp.checked import Checked
from zjrules.lsp.papers import cases_of
from zjrules.lsp.shelf import Shelf
from zjrules.project import Case, Handed, Scored, read_facts, score_units
from zjrules.ruleset import RuleSet


@frozen
class CaseFile:
    """A case on disk, with what it expects."""

    path: Path
    handed: Handed
    case: Case

    @property
    def title(self) -> str:
        """What it is called: its own title, else its file's name."""
        return self.case.title or self.path.stem


def expecting(shelf: Shelf) -> list[CaseFile]:
    """Return the cases of a rule set that expect something, by their paths; a file that cannot be read is none."""
    read = ((path, read_facts(path)[0]) for path in cases_of(shelf))
    return [CaseFile(path, h, h.case) for path, h in read if h is not None and h.case is not None]


def rules_of(checked: Checked) -> RuleSet:
    """Return a rule set without errors as if it had been loaded, what is not saved in it included."""
    assert checked.book is not None and checked.texts is not None
    return RuleSet(checked.shelf.id, checked.texts.path, checked.book.program, "", (), checked.texts.bases)


def calendar_of(rules: RuleSet) -> WorkCalendar:
    """Return the calendar with the days that a rule set supplies."""
    return supplied(with_spring(work_calendar()), rules.program.notices)[0]


def scored(case: CaseFile, rules: RuleSet) -> Scored | None:
    """Return a case scored; None where its facts do not fit."""
    units, problems = units_of(case.handed, rules)
    if has_errors(problems):
        return None
    return score_units(rules, units, calendar_of(rules), whole=len(units) > 1)[0]
