"""Two rule sets compared: all changes between them, and the rule set that stands between when some of them were made."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_

from attrs import evolve, field, frozen

from zjrules.diff import head
from zjrules.diff.asked import Asking, schema
from zjrules.diff.change import Change, Chosen, Patch, distinct
from zjrules.diff.checks import checks
from zjrules.diff.context import Place, by_name
from zjrules.diff.form import Table
from zjrules.diff.matching import Match
from zjrules.diff.names import Renames, renamed
from zjrules.diff.outline import outline
from zjrules.diff.recognised import recognised
from zjrules.diff.renaming import renamings
from zjrules.diff.total import grades, steps
from zjrules.diff.words import words
from zjrules.diff.year import in_the_year, moves
from zjrules.term import rule as tr
from zjrules.term import survey


@frozen(eq=False)
class Diff:
    """What has changed from one rule set to another, clause by clause, in the order of the rules."""

    old: tr.Program
    new: tr.Program
    told: tr.Program
    """The new one in the names and the year of the old one."""
    changes: tuple[Change, ...]
    year: Change | None
    renames: Mapping[Change, Renames]
    """The changes of the names of facts, ledgers, columns, parameters and words."""
    matches: tuple[Match, ...]
    """Which indicators have become which; the new ones are those of told."""
    _between: Patch[tr.Program] = field(repr=False)

    def hybrid(self, chosen: Chosen) -> tr.Program:
        """Return the rule set in which only some of the changes were made: none gives what the old one scores, all the new.

        Names are those of the old rule set unless their change is chosen, and dates are as of its year unless that is. Facts are
        to be given under these names. Points of groups and of the whole are the sums of what is there.
        """
        names = reduce(or_, (n for c, n in self.renames.items() if c in chosen), Renames())
        found = renamed(self._between.build(chosen), names)
        return in_the_year(found, self.new.book.year) if self.year is not None and self.year in chosen else found

    @property
    def as_of_one_year(self) -> tr.Program:
        """The new rule set in the names and as of the year of the old one, so that both can be asked of the same facts."""
        return self._between.build(frozenset(self.changes) - {*self.renames, self.year})


def hybrid(old: tr.Program, new: tr.Program, chosen: Chosen) -> tr.Program:
    """Return the rule set between two in which the chosen of their changes were made."""
    return compare(old, new).hybrid(chosen)


def compare(old: tr.Program, new: tr.Program) -> Diff:
    """Return all that has changed from one rule set to another."""
    now = in_the_year(new, old.book.year)
    names = recognised(old, now)
    now = renamed(now, names.back)
    place = Place("", "", by_name(Table()))
    year = head.year_change(old.book, new.book, place, moves(old) or moves(new))
    renames = renamings(old, new, names, place)
    place = evolve(place, shared=head.shared_roundings(old, now, place))
    asking = Asking((survey.used_in(old), survey.used_in(now)), new.book.year - old.book.year, year)

    parameters = head.params(old, now, place)
    asked = schema(old.schema, now.schema, place, asking)
    shape = outline(old, now, place)
    tests = checks(old.checks, now.checks, place)
    total = steps(old.steps, now.steps, place)
    ranks = grades(old.grades, now.grades, place)
    days = head.notices(old.notices, now.notices, place)
    said = words(old, now, place)
    book = head.book(old.book, evolve(now.book, span=new.book.span), place)

    def build(chosen: Chosen) -> tr.Program:
        groups = shape.build(chosen)
        found = tr.Program(
            evolve(book.build(chosen), full=sum((g.points for g in groups), start=old.book.full * 0)),
            parameters.build(chosen),
            asked.build(chosen),
            tests.build(chosen),
            groups,
            total.build(chosen),
            ranks.build(chosen),
            days.build(chosen),
        )
        return said.put(found, chosen)

    parts = (book.changes, parameters.changes, said.changes, tuple(renames), asked.changes, shape.changes, tests.changes,
             total.changes, ranks.changes, days.changes)  # fmt: skip
    every = distinct([*((year,) if year is not None else ()), *(c for cs in parts for c in cs)])
    return Diff(old, new, now, every, year, renames, shape.matches, Patch(every, build))
