"""The case whose values are shown beside the rules, scored by the rules as they were when they last had no errors."""

from __future__ import annotations

from pathlib import Path

from attrs import define, field, frozen

from zjrules.lsp.cases import calendar_of, rules_of
from zjrules.lsp.checked import Checked
from zjrules.lsp.papers import case_of, cases_of
from zjrules.lsp.shelf import Shelf
from zjrules.project import FACT_FILES, Scored, fitted, read_facts, score_units


@frozen(eq=False)
class Sample:
    """A case and how it was scored."""

    path: Path
    scored: Scored

    @property
    def title(self) -> str:
        """The case as it is called beside its values: the name of its file."""
        return self.path.stem


@define(eq=False)
class Samples:
    """The cases that were chosen, and the last scores."""

    chosen: dict[Shelf, Path] = field(factory=dict)
    """What the user chose, for one rule set."""
    wanted: str = ""
    """zjrules.case of the settings: a path, for every rule set that it names; '' for the first case of each."""
    kept: dict[Shelf, tuple[Checked, Path, float, Sample | None]] = field(factory=dict)

    def path(self, shelf: Shelf) -> Path | None:
        """Return the case of a rule set: the chosen one, the one of the settings, else the first that names it."""
        if shelf in self.chosen:
            return self.chosen[shelf]
        wanted = Path(self.wanted).resolve() if self.wanted else None
        if wanted is not None and wanted.is_file() and wanted in cases_of(shelf):
            return wanted
        return case_of(shelf)

    def of(self, good: Checked | None) -> Sample | None:
        """Return the scored case of a shelf that has no errors; None where there is no case that can be scored."""
        if good is None or good.book is None or not good.book.whole or good.texts is None:
            return None
        kept = self.kept.get(good.shelf)
        if kept is not None and kept[0] is good and _changed(kept[1]) == kept[2]:
            return kept[3]
        path = self.path(good.shelf)
        if path is None:
            return None
        found = self._scored(good, path)
        self.kept[good.shelf] = (good, path, _changed(path), found)
        return found

    def _scored(self, good: Checked, path: Path) -> Sample | None:
        assert good.book is not None and good.texts is not None
        if path.suffix.lower() not in FACT_FILES:
            return None
        handed, _ = read_facts(path)
        if handed is None:
            return None
        rules = rules_of(good)
        units = [fitted(handed, rules)[0]]
        for other in handed.case.others if handed.case is not None else ():
            beside, _ = read_facts(other)
            units += [fitted(beside, rules)[0]] if beside is not None else []
        return Sample(path, score_units(rules, units, calendar_of(rules), len(units) > 1)[0])

    def choose(self, shelf: Shelf, path: Path | None) -> None:
        """Take a case for a rule set; None takes the first again."""
        self.kept.pop(shelf, None)
        if path is None:
            self.chosen.pop(shelf, None)
        else:
            self.chosen[shelf] = path


def _changed(path: Path) -> float:
    """Return when a file was written last, 0 where it is gone."""
    return path.stat().st_mtime if path.is_file() else 0.0
