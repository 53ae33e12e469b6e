"""Two rule sets compared into a report: what their form settles, and what a judge says that is asked besides."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from zjrules.appraisal import calendar_for
from zjrules.diff.compare import Diff, compare
from zjrules.diff.report import Report
from zjrules.diff.settle import Judge, by_form, settled
from zjrules.exact.scope import WorkCalendar
from zjrules.ruleset import RuleSet
from zjrules.term import rule as tr

Side = tuple[tr.Program, WorkCalendar | None]
Sides = tuple[Side, Side]
"""The old rule set, and the new one as of the old year, each with its calendar."""


def reported(old: RuleSet, new: RuleSet, unasked: str, ask: Callable[[Diff, Sides], Judge] | None = None) -> Report:
    """Compare two rule sets. ask makes the judge of what their form does not settle; unasked says why there is none."""
    diff = compare(old.program, new.program)
    other = diff.as_of_one_year
    before, after = (calendar_for(evolve(old, program=p))[0] for p in (old.program, other))
    judges = [by_form(diff, other, before)] if before == after else []
    judges += [ask(diff, ((old.program, before), (other, after)))] if ask is not None else []
    return Report(old, new, diff, other, settled(diff, tuple(judges), other), unasked)
