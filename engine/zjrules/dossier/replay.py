"""Both rule sets, and what stands between them, over all units of a run."""

from __future__ import annotations

from collections import Counter
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
    """Return what the units of a frame have, without ranks. Equal ones are one object: a batch has few different ones."""
    total = scored.total
    settled_ = (total.kind == Kind.SETTLED).tolist()
    bits, lows = scored.grades.tolist(), total.low.tolist()
    belows = [total.below] * len(lows) if isinstance(total.below, int) else total.below.tolist()
    named = {b: scored.grade_names(i) for b, i in {b: i for i, b in enumerate(bits)}.items()}
    known: dict[tuple[int, int, int], Standing] = {}
    found = []
    for i, key in enumerate(zip(lows, belows, bits, strict=True)):
        if not settled_[i]:
            found.append(Standing(total.ends(i), settled=False, grades=named[bits[i]], missing=total.reason(i).missing))
        elif i in total.beside:
            found.append(Standing(total.ends(i), settled=True, grades=named[bits[i]]))
        else:
            if key not in known:
                end = End(Fraction(key[0], key[1]))
                known[key] = Standing((end, end), settled=True, grades=named[bits[i]])
            found.append(known[key])
    return found


def ranked(found: Sequence[Standing]) -> list[Standing]:
    """Return standings with their ranks: 并列取前, among the settled totals alone. What is one object stays one."""
    one = {id(s): s for s in found}
    totals = {place: s.total for place, s in one.items()}
    sign = sortable([t for t in totals.values() if t is not None])
    signs = {place: sign(t) for place, t in totals.items() if t is not None}
    counts: Counter[int | Fraction] = Counter()
    for place, many in Counter(map(id, found)).items():
        if place in signs:
            counts[signs[place]] += many
    ranks, above = {}, 0
    for value in sorted(counts, reverse=True):
        ranks[value] = above + 1
        above += counts[value]
    now = {
        place: Standing(s.ends, s.settled, s.grades, s.missing, ranks[signs[place]]) if place in signs else s
        for place, s in one.items()
    }
    return [now[id(s)] for s in found]


_LONGEST = 256
"""Bits of a common denominator with which integers are still quicker than fractions."""


def sortable(values: Iterable[Fraction]) -> Callable[[Fraction], int | Fraction]:
    """Return what makes of some fractions numbers in the same order, which compare sooner where they have a common denominator."""
    below = 1
    for each in {v.denominator for v in values}:
        below = lcm(below, each)
        if below.bit_length() > _LONGEST:
            return lambda value: value
    return lambda value: value.numerator * (below // value.denominator)


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
