"""The cases of a rule set: which there are, which one the scores in the editor are of, and how it comes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import define, field, frozen

from zjrules.case import units_of
from zjrules.diag import has_errors
from zjrules.exact.scope import WorkCalendar
from zjrules.inout.calendar import supplied, work_calendar
from zjrules.inout.spring import with_spring
from zjrules.lint.book import Book
from zjrules.lsp.checked import Checked
from zjrules.lsp.shelf import Shelf
from zjrules.project import Handed, Scored, read_facts, rules_said, score_units
from zjrules.ruleset import RuleSet

Stamp = tuple[int, int]
"""When a file was written, in nanoseconds, and its size in bytes."""


@frozen
class CaseFile:
    """A case on disk."""

    path: Path
    stamp: Stamp
    handed: Handed

    @property
    def title(self) -> str:
        """What it is called: its own title, else its file's name."""
        return (self.handed.case.title if self.handed.case is not None else "") or self.path.stem


@define(eq=False)
class Cases:
    """The cases as they were last read."""

    chosen: dict[Shelf, Path | None] = field(factory=dict)
    """What the user chose; None for no scores at all. Where nothing was chosen it is the first case."""
    read: dict[Path, tuple[Stamp, Handed | None]] = field(factory=dict)
    scored: dict[Shelf, tuple[CaseFile, Book, Scored | None]] = field(factory=dict)

    def of(self, shelf: Shelf) -> list[CaseFile]:
        """Return the cases of a rule set, by their paths; a file that cannot be read is none."""
        found = []
        for path in _files(shelf):
            try:
                stamp = (path.stat().st_mtime_ns, path.stat().st_size)
                handed = self._handed(path, stamp, shelf.id)
            except OSError:
                continue
            if handed is not None and handed.case is not None and shelf.id in rules_said(handed):
                found.append(CaseFile(path, stamp, handed))
        return found

    def current(self, shelf: Shelf) -> CaseFile | None:
        """Return the case whose scores are shown."""
        if self.chosen.get(shelf, shelf) is None:
            return None
        cases = self.of(shelf)
        return next((c for c in cases if c.path == self.chosen.get(shelf)), cases[0] if cases else None)

    def score(self, checked: Checked) -> tuple[CaseFile, Scored] | None:
        """Return the chosen case with its scores; None where there is none, the rules have errors or the facts do not fit."""
        case = self.current(checked.shelf)
        if case is None or checked.book is None:
            return None
        last = self.scored.get(checked.shelf)
        if last is None or last[0] != case or last[1] is not checked.book:
            last = (case, checked.book, scored(case, rules_of(checked)))
            self.scored[checked.shelf] = last
        return (case, last[2]) if last[2] is not None else None

    def _handed(self, path: Path, stamp: Stamp, rules: str) -> Handed | None:
        last = self.read.get(path)
        if last is None or last[0] != stamp:
            # Reading YAML takes long: what does not even name the rule set need not be read.
            if rules not in path.read_text("utf-8", "replace"):
                return None
            last = self.read[path] = (stamp, read_facts(path)[0])
        return last[1]


def _files(shelf: Shelf) -> Iterator[Path]:
    """Yield the fact files in the nearest folder cases/ above a rule set, else above where the server stands."""
    starts = [p for p in (shelf.path, Path.cwd()) if p is not None]
    above = (p / "cases" for start in starts for p in (start, *start.parents))
    root = next((p for p in above if p.is_dir()), None)
    if root is not None:
        yield from sorted([*root.rglob("*.yaml"), *root.rglob("*.yml")])


def rules_of(checked: Checked) -> RuleSet:
    """Return a rule set without errors as if it had been loaded, what is not saved in it included."""
    assert checked.book is not None
    return RuleSet(checked.shelf.id, checked.shelf.path or Path(), checked.book.program, "", ())


def calendar_of(rules: RuleSet) -> WorkCalendar:
    """Return the calendar with the days that a rule set supplies."""
    return supplied(with_spring(work_calendar()), rules.program.notices)[0]


def scored(case: CaseFile, rules: RuleSet) -> Scored | None:
    """Return a case scored; None where its facts do not fit."""
    units, problems = units_of(case.handed, rules)
    if has_errors(problems):
        return None
    return score_units(rules, units, calendar_of(rules), whole=len(units) > 1)[0]
