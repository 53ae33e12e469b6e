"""The least that still tells a rule from its mutant: as few facts changed from a case as can be, and round numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from zjrules.fact import Asked
from zjrules.mutate import candidates
from zjrules.mutate.pair import Pair
from zjrules.mutate.point import Cell, Point
from zjrules.num import decimal

MOST_ROUNDS = 4


def least(pair: Pair, point: Point, bases: Sequence[Point], raw: bool) -> Point:
    """Return a point that is apart as the given one is, simpler where it can be; bases are the points of cases."""
    bases = sorted(bases, key=lambda b: _distance(point, b))[:1]
    for _ in range(MOST_ROUNDS):
        before = point
        for simpler in _simpler(pair, point, bases):
            # Each is made from the point at the start of the round; what was found since is kept.
            merged = simpler.of(point)
            if merged != point and pair.apart(merged, raw):
                point = merged
        if point == before:
            break
    return point


def _distance(one: Point, two: Point) -> int:
    return sum(one.values[n] != two.values.get(n) for n in one.values) + sum(
        one.rows[n] != two.rows.get(n) for n in one.rows
    )


@frozen
class _Change:
    """One simplification of a point: of a fact, its evidence, a row or a cell."""

    kind: str
    name: str
    value: Cell = None
    row: int = -1
    column: str = ""

    def of(self, point: Point) -> Point:
        """Return the point with the change made; as it is where there is no such row any more."""
        rows = point.rows.get(self.name, ())
        before, after = rows[: self.row], rows[self.row + 1 :]
        match self.kind:
            case "fact":
                return point.having(self.name, self.value)
            case "proof":
                return evolve(point, claimed=point.claimed - {self.name})
            case _ if self.row >= len(rows):
                return point
            case "drop":
                return point.with_rows(self.name, before + after)
            case _:
                assert self.value is not None
                return point.with_rows(self.name, (*before, {**rows[self.row], self.column: self.value}, *after))


def _simpler(pair: Pair, point: Point, bases: Sequence[Point]) -> Iterator[_Change]:
    yield from (_Change("proof", name) for name in sorted(point.claimed))
    for name, rows in point.rows.items():
        yield from (_Change("drop", name, row=place) for place in reversed(range(len(rows))))
    for asked in pair.read.facts:
        now = point.values[asked.name]
        kept = [b.values[asked.name] for b in bases if asked.name in b.values]
        if now not in kept:
            yield from (_Change("fact", asked.name, v) for v in reversed([*kept, *_rounder(asked, now)]))
    for name, columns in pair.read.ledgers.items():
        for place, row in enumerate(point.rows.get(name, ())):
            for asked in (a for a in columns if a.name in row):
                yield from (
                    _Change("cell", name, v, place, asked.name)
                    for v in reversed(list(_rounder(asked, row[asked.name])))
                    if v is not None
                )


def _rounder(asked: Asked, now: Cell) -> Iterator[Cell]:
    """Yield rounder values than one, the roundest first: the last that still does is kept."""
    simple = candidates.plain(asked)
    if now in simple:
        simple = simple[: simple.index(now)]
    yield from simple
    if isinstance(now, Fraction):
        for places in (0, 1, 2, 3, 4):
            down = Fraction(now * 10**places // 1, 10**places)
            if down != now and (decimal(now, most=4) is None or places < 2):
                yield from (v for v in (down, down + Fraction(1, 10**places)) if candidates.fits(asked, v))
