"""A search for facts that tell a rule from its mutant: first by the edges of either, one fact and two at a time, then by lot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, islice
from random import Random

from attrs import evolve, frozen

from zjrules.exact.scope import WorkCalendar
from zjrules.fact import Asked, Facts
from zjrules.margin.threshold import smallest
from zjrules.mutate import candidates
from zjrules.mutate.least import least
from zjrules.mutate.pair import Pair
from zjrules.mutate.point import Cell, Point, facts_at, point_of
from zjrules.mutate.protocol import Distinguishing, Prover, Undecided, Verdict
from zjrules.num import decimal
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.unit import Date, Number, Year

MOST_SINGLE, MOST_PAIRS, MOST_LOTS = 4_000, 6_000, 4_000
"""Points that are looked at in each part of the search: the same on every machine."""
MOST_BASES = 6


def searcher(cases: Sequence[Facts], calendar: WorkCalendar | None) -> Prover:
    """Return the prover that searches, beginning at the facts of cases."""

    def search(program: tr.Program, before: tr.Indicator, after: tr.Indicator) -> Verdict:
        pair = Pair(program, before, after, calendar)
        hunt = _Hunt.of(pair, cases)
        looked = 0
        for raw in (False, True):
            for point in hunt.points():
                looked += 1
                if pair.apart(point, raw):
                    return _told(pair, least(pair, point, hunt.known, raw), raw)
                if pair.spent:
                    break
        with_others = "；得分要看全体单位，一个单位的事实往往分不开" if _compares(before) or _compares(after) else ""
        return Undecided(f"试了 {looked // 2} 组事实（界线两边、两两组合、随机），没有不同{with_others}")

    return search


def _compares(node: tr.Indicator) -> bool:
    return any(isinstance(n, tm.Peers) for e in survey.of_indicator(node) for n in survey.deep(e))


def _told(pair: Pair, point: Point, raw: bool) -> Distinguishing:
    one, two = pair.raws(point) if raw else pair.scores(point)
    return Distinguishing(facts_at(point, pair.program.schema), one, two, raw)


@frozen
class _Hunt:
    """Where a search looks: the points that it begins at, and the values worth trying."""

    pair: Pair
    known: tuple[Point, ...]
    """What cases have."""
    bases: tuple[Point, ...]
    tried: Mapping[str, Sequence[Cell]]
    cells: Mapping[tuple[str, str], Sequence[Cell]]

    @staticmethod
    def of(pair: Pair, cases: Sequence[Facts]) -> _Hunt:
        near = tuple(candidates.constants(pair.program, (pair.before, pair.after)))
        known = [p for p in (point_of(facts, pair.read) for facts in cases) if p is not None]
        tried = {a.name: candidates.values(a, near) for a in pair.read.facts}
        bases = [*known[:MOST_BASES], *_plain(pair)]
        return _Hunt(pair, tuple(known), tuple(bases), tried, candidates.cells(pair.read, near))

    def points(self) -> Iterator[Point]:
        """Yield all points that are looked at."""
        yield from self.bases
        yield from islice(self._singles(), MOST_SINGLE)
        yield from islice(self._pairs(), MOST_PAIRS)
        yield from islice(self._lots(), MOST_LOTS)

    def _singles(self) -> Iterator[Point]:
        for base in self.bases:
            for asked in self.pair.read.facts:
                for value in self._values(base, asked):
                    yield base.having(asked.name, value)
            for proof in self.pair.read.proofs:
                yield evolve(base, claimed=base.claimed ^ {proof})
            for name in self.pair.read.ledgers:
                dice = Random(name)  # noqa: S311 - the same search every time
                for count in (0, 1, 1, 1, 2, 2) * 20:
                    yield base.with_rows(name, [self._row(name, dice) for _ in range(count)])

    def _values(self, base: Point, asked: Asked) -> Iterator[Cell]:
        yield from self.tried[asked.name]
        if isinstance(asked.type, Number | Date | Year):
            unit = smallest(asked)
            for root in dict.fromkeys(self.pair.roots(base, asked.name)):
                down = root / unit // 1 * unit
                beside = (root, down, down + unit, down - unit)
                yield from (v for v in beside if candidates.fits(asked, v) and decimal(v, most=8) is not None)

    def _pairs(self) -> Iterator[Point]:
        facts = self.pair.read.facts
        for base in self.bases[:2] + self.bases[-1:]:
            for one, two in combinations(facts, 2):
                for first in self.tried[one.name][:12]:
                    at = base.having(one.name, first)
                    yield from (at.having(two.name, second) for second in islice(self._values(at, two), 16))

    def _lots(self) -> Iterator[Point]:
        dice = Random(self.pair.before.name)  # noqa: S311 - the same search every time
        facts = self.pair.read.facts
        while True:
            values = {a.name: dice.choice(list(self.tried[a.name])) for a in facts}
            rows = {
                name: tuple(self._row(name, dice) for _ in range(dice.choice((0, 1, 1, 2, 2, 3))))
                for name in self.pair.read.ledgers
            }
            claimed = frozenset(p for p in self.pair.read.proofs if dice.random() < 0.3)
            point = Point(values, claimed, rows)
            yield point
            moving = [a for a in facts if isinstance(values[a.name], Fraction)]
            if moving and dice.random() < 0.3:
                asked = dice.choice(moving)
                yield from (point.having(asked.name, v) for v in islice(self._values(point, asked), 60))

    def _row(self, ledger: str, dice: Random) -> candidates.Row:
        return candidates.row(ledger, self.pair.read.ledgers[ledger], self.cells, dice)


def _plain(pair: Pair) -> list[Point]:
    """Return points of round values: everything in order, and nothing in order."""
    found = []
    for pick in (0, -1):
        values = {a.name: candidates.plain(a)[pick] if candidates.plain(a) else None for a in pair.read.facts}
        rows = dict.fromkeys(pair.read.ledgers, ())
        found.append(Point(values, frozenset(), rows))
    return found
