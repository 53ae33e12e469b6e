"""Which clauses the cases of a rule set cover, and by which case.

A clause is covered by a case only where the case expects something of what the clause decides: a score that nobody signed
covers nothing. What no facts can reach is told apart, by the exact engine's own enclosure of all facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from zjrules.case import READINGS, Wish
from zjrules.coverage import reading
from zjrules.coverage.place import BANDS, Key, Place, places
from zjrules.coverage.reading import Outcome
from zjrules.exact.scope import WorkCalendar
from zjrules.exact.total import score
from zjrules.fact import Evidence, Facts, Table
from zjrules.project import Scored
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.trace import Trace


@frozen
class Ran:
    """A case that was run: its name, its scores and what it expects."""

    name: str
    scored: Scored
    wishes: tuple[Wish, ...]


@frozen
class Covered:
    """A clause, the cases by the way in which they make it turn out, and the ways that no facts can."""

    place: Place
    by: Mapping[str, tuple[str, ...]]
    never: frozenset[str]

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways that can be reached."""
        return tuple(w for w in self.place.ways if w not in self.never)

    @property
    def missing(self) -> tuple[str, ...]:
        """The ways that no case reaches."""
        return tuple(w for w in self.ways if w not in self.by)


@frozen
class Share:
    """How many ways are reached, of how many."""

    reached: int
    every: int

    @property
    def part(self) -> Fraction:
        """The share; of nothing, all is reached."""
        return Fraction(self.reached, self.every) if self.every else Fraction(1)


@frozen
class Coverage:
    """What the cases of a rule set cover."""

    items: tuple[Covered, ...]
    cases: tuple[str, ...]

    @property
    def clauses(self) -> Share:
        """The share of the clauses that are no bands."""
        return share(i for i in self.items if i.place.kind not in BANDS)

    @property
    def bands(self) -> Share:
        """The share of bands, cases of a 判定 and grades."""
        return share(i for i in self.items if i.place.kind in BANDS)

    def owners(self) -> dict[str, list[Covered]]:
        """Return the clauses by what they stand in, in the order of the text."""
        found: dict[str, list[Covered]] = {}
        for item in self.items:
            found.setdefault(item.place.owner, []).append(item)
        return found


def share(items: Iterable[Covered]) -> Share:
    """Return how many ways of some clauses are reached."""
    every = list(items)
    return Share(sum(len(i.ways) - len(i.missing) for i in every), sum(len(i.ways) for i in every))


def coverage(program: tr.Program, ran: Sequence[Ran], calendar: WorkCalendar | None) -> Coverage:
    """Return what the cases of a rule set cover."""
    by: dict[Key, dict[str, list[str]]] = {}
    for case in ran:
        for key, ways in _asserted(case):
            for way in ways if len(ways) == 1 else ():
                names = by.setdefault(key, {}).setdefault(way, [])
                names += [case.name] if case.name not in names else []
    can = possible(program, calendar)
    found = []
    for place in places(program):
        never = frozenset(place.ways) - can[place.key] if place.key in can else frozenset[str]()
        mine = by.get(place.key, {})
        found.append(Covered(place, {w: tuple(mine[w]) for w in place.ways if w in mine}, never - set(mine)))
    return Coverage(tuple(found), tuple(c.name for c in ran))


def possible(program: tr.Program, calendar: WorkCalendar | None) -> dict[Key, frozenset[str]]:
    """Return the ways that are possible at all: of a unit of which nothing is known but one row in every ledger."""
    rows = {name: Table(name, ({},), Evidence.NOT_ASKED) for name in program.schema.ledgers}
    found: dict[Key, frozenset[str]] = {}
    for facts in (Facts("", {}, {}, {}), Facts("", {}, rows, {})):
        trace = score(program, facts, calendar)
        outcomes = [o for step in trace.indicators() for o in reading.of_indicator(step)]
        outcomes += [o for checked in trace.checks for o in reading.of_check(checked)]
        for key, ways in outcomes:
            found[key] = found.get(key, frozenset()) | ways
    return found


def _asserted(case: Ran) -> Iterator[Outcome]:
    traces = dict(zip(READINGS, (case.scored.claimed, case.scored.proved, case.scored.reviewed), strict=True))
    for said, trace in traces.items():
        mine = [w for w in case.wishes if w.reading == said]
        yield from _of_trace(trace or case.scored.claimed, mine)


def _of_trace(trace: Trace, mine: Sequence[Wish]) -> Iterator[Outcome]:
    whole = any(w.kind in ("总分", "等级") for w in mine)
    names = {w.name for w in mine if w.kind in ("指标", "舍入前")}
    inside = {n.name for g in trace.program.groups if g.name in names for n in survey.indicators((g,))}
    for step in trace.indicators():
        assert isinstance(step.term, tr.Indicator)
        if whole or step.term.name in names | inside:
            yield from reading.of_indicator(step)
    titles = {w.name for w in mine if w.kind == "校验"}
    for checked in trace.checks:
        if checked.check.title in titles:
            yield from reading.of_check(checked)
    if whole:
        yield from reading.of_total(trace)
