"""Both rule sets, and what stands between them, over all units of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import lcm

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from zjrules.batch.run import compares
from zjrules.bulk.frame import Frame, Truths
from zjrules.bulk.program import Bulk, bulk
from zjrules.bulk.result import End, Kind, Scored
from zjrules.diff.change import Change
from zjrules.diff.compare import Diff
from zjrules.dossier.asked import schema_of_both
from zjrules.exact.scope import WorkCalendar
from zjrules.fact import Schema
from zjrules.summary.points import settled
from zjrules.term import rule as tr

Calendars = Callable[[tr.Program], WorkCalendar | None]
"""The calendar of a rule set, with the days that it supplies."""
Objects = NDArray[np.object_]


@frozen
class Standing:
    """What one unit has under one rule set. Ranks are among settled totals: the best is 1, equal totals share the better one."""

    ends: tuple[End, End] | None
    """The lower and upper end of the total in points; equal where it is settled, None where there is none."""
    settled: bool
    grades: tuple[str, ...]
    missing: tuple[str, ...] = ()
    rank: int | None = None

    @property
    def total(self) -> Fraction | None:
        """The total, where it is settled."""
        return self.ends[0].value if self.settled and self.ends is not None else None

    @property
    def grade(self) -> str:
        """The grade, '' where there are several that it can be."""
        return self.grades[0] if len(self.grades) == 1 else ""


@frozen(eq=False)
class Totals:
    """One total for each unit, value ÷ below; values are Python integers or fractions, and nothing where not settled."""

    values: Objects
    below: int
    settled: Truths


@frozen(eq=False)
class Replay:
    """Two rule sets ready to be scored over the same units."""

    diff: Diff
    schema: Schema
    calendar: Calendars
    players: tuple[Change, ...]
    """The changes that can move a score, but for the year and for names: those are the same for both here."""

    @property
    def whole(self) -> bool:
        """Whether units are compared, so that all of them must be in one frame."""
        return compares(self.diff.old) or compares(self.diff.told)

    def made(self, chosen: frozenset[Change]) -> Bulk:
        """Return the rule set in which some of the players were made; with none it is the old one, with all the new one."""
        whole = bool(chosen) and chosen == frozenset(self.players)
        program = self.diff.as_of_one_year if whole else self.diff.hybrid(chosen)
        return bulk(evolve(program, schema=self.schema), self.calendar(program))

    def both(self) -> tuple[Bulk, Bulk]:
        """Return the old rule set and the new one, as of one year. What cannot move a score is made in the new one too."""
        new = self.diff.as_of_one_year
        return self.made(frozenset()), bulk(evolve(new, schema=self.schema), self.calendar(new))

    def totals(self, chosen: frozenset[Change], frames: Sequence[Frame]) -> Totals:
        """Return the total of every unit with some of the players made."""
        ready = self.made(chosen)
        return joined([totals_of(ready.score(frame, whole=self.whole)) for frame in frames])


def replay(diff: Diff, calendar: Calendars) -> Replay:
    """Make two rule sets ready; their facts are to be of one type (asked.of_other_types)."""
    names = {*diff.renames, diff.year}
    players = tuple(c for c in diff.changes if c.scores and c not in names)
    return Replay(diff, schema_of_both(diff), calendar, players)


def totals_of(scored: Scored) -> Totals:
    """Return the settled totals of some units as integers over one number, or as fractions where there is none."""
    found, size = settled(scored.total), len(scored)
    values = np.full(size, 0, np.object_)
    mask = np.zeros(size, np.bool_)
    mask[found.rows] = True
    if isinstance(found.below, int):
        values[found.rows] = found.low.astype(object)
        return Totals(values, found.below, mask)
    for place, row in enumerate(found.rows.tolist()):
        values[row] = found.value(place)
    return Totals(values, 1, mask)


def joined(parts: Sequence[Totals]) -> Totals:
    """Return the totals of several frames, one after the other."""
    below = lcm(*(p.below for p in parts), 1)
    if not parts:
        return Totals(np.zeros(0, np.object_), 1, np.zeros(0, np.bool_))
    values = np.concatenate([p.values * (below // p.below) for p in parts])
    return Totals(values, below, np.concatenate([p.settled for p in parts]))


def standings(scored: Scored) -> list[Standing]:
    """Return what the units of a frame have, without ranks."""
    total = scored.total
    open_ = (total.kind != Kind.SETTLED).tolist()
    bits = scored.grades.tolist()
    # A batch has few sets of grades.
    named = {b: scored.grade_names(i) for b, i in {b: i for i, b in enumerate(bits)}.items()}
    return [
        Standing(total.ends(i), not open_[i], named[bits[i]], total.reason(i).missing if open_[i] else ())
        for i in range(len(scored))
    ]


def ranked(found: Sequence[Standing]) -> list[Standing]:
    """Return standings with their ranks: 并列取前, among the settled totals alone."""
    order = sorted((s.total for s in found if s.total is not None), reverse=True)
    ranks: dict[Fraction, int] = {}
    for place, value in enumerate(order, 1):
        ranks.setdefault(value, place)
    return [evolve(s, rank=ranks[s.total]) if s.total is not None else s for s in found]


@frozen(eq=False)
class Units:
    """All units under both rule sets. frames are kept where they are wanted again."""

    names: tuple[str, ...]
    old: tuple[Standing, ...]
    new: tuple[Standing, ...]
    frames: tuple[Frame, ...] = ()


def replayed(found: Replay, frames: Iterable[Frame], keep: bool, seen: Callable[[int], None]) -> Units:
    """Score all units by both rule sets; seen is told how many are done. Raises what reading the frames does."""
    old, new = found.both()
    names: list[str] = []
    before: list[Standing] = []
    after: list[Standing] = []
    kept: list[Frame] = []
    for frame in frames:
        names += map(str, frame.units)
        before += standings(old.score(frame, whole=found.whole))
        after += standings(new.score(frame, whole=found.whole))
        kept += [frame] if keep else []
        seen(len(names))
    return Units(tuple(names), tuple(ranked(before)), tuple(ranked(after)), tuple(kept))
