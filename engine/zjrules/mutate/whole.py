"""A search for facts of which the total or the grade tells a mutant from the rules: totals that lie on the edges of grades."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from random import Random

from attrs import define, evolve, field

from zjrules.compiled.program import Compiled, compiled
from zjrules.exact import total
from zjrules.exact.scope import WorkCalendar, scope_of
from zjrules.fact import Asked, Facts
from zjrules.interval.sets import Range, between, restrict
from zjrules.margin.line import AnotherKindError, NoValueError, Spot
from zjrules.margin.threshold import near, smallest
from zjrules.mutate import candidates
from zjrules.mutate.point import Cell, Point, Read, facts_at, point_of, read_by
from zjrules.mutate.protocol import Distinguishing, Undecided, Verdict
from zjrules.num import decimal
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.trace import Trace
from zjrules.unit import Date, Number, Scalar, Year
from zjrules.value import range_of

MOST_LOTS, MOST_NEAR = 300, 6
"""Points that are drawn, and how many of them, with totals nearest to an edge, are moved onto it."""


def apart_in_total(
    before: tr.Program, after: tr.Program, cases: Sequence[Facts], calendar: WorkCalendar | None
) -> Verdict:
    """Return facts of which total or grade differ between a rule set and a mutant of what stands above its indicators."""
    hunt = _Hunt(evolve(before, checks=()), evolve(after, checks=()), calendar)
    looked = 0
    for point in hunt.points(cases):
        looked += 1
        if hunt.may_differ(point):
            facts = facts_at(point, before.schema)
            one, two = hunt.outcomes(facts)
            if one is not None and two is not None and one != two:
                return Distinguishing(facts, _said(one, two), _said(two, one))
    return Undecided(f"试了 {looked} 组事实，总分没有正好落在改动的那一段里")


def grades_agree(before: tr.Program, after: tr.Program, calendar: WorkCalendar | None, step: Fraction | None) -> bool:
    """Return whether no total that is possible gets another grade; the two differ in their grades alone.

    step is what all totals are multiples of, where that is known.
    """
    trace = total.score(evolve(before, checks=()), Facts("", {}, {}, {}), calendar)
    graded = next((s.value for s in trace.steps if isinstance(s.term, tr.Regrade)), None)
    limits = [g.limit for g in (*before.grades, *after.grades) if g.limit is not None]
    bounds = [x.bound.value for x in limits if isinstance(x.bound, tm.Const)]
    edges = sorted({b for b in bounds if isinstance(b, Fraction)})
    if graded is None or len(bounds) < len(limits) or not edges:
        return False
    every = range_of(graded)
    can = [every] + ([between(every.hull.lo, every.hull.hi, step=step)] if step else [])
    return not any(
        _grade(before, x) != _grade(after, x) and all(not _within(c, low, high).is_empty for c in can)
        for x, low, high in _cells(edges)
    )


def _cells(edges: Sequence[Fraction]) -> Iterator[tuple[Fraction, Fraction | None, Fraction | None]]:
    """Yield the points and the open pieces that edges cut the line into, each with a number in it."""
    yield edges[0] - 1, None, edges[0]
    for low, high in zip(edges, [*edges[1:], None], strict=True):
        yield low, low, low
        yield (low + (high if high is not None else low + 2)) / 2, low, high


def _within(can: Range, low: Fraction | None, high: Fraction | None) -> Range:
    if low is not None and low == high:
        return restrict(can, "=", low)
    above = restrict(can, ">", low) if low is not None else can
    return restrict(above, "<", high) if high is not None else above


def _said(mine: tuple[Fraction, str], other: tuple[Fraction, str]) -> Scalar:
    return mine[0] if mine[0] != other[0] else mine[1]


def _outcome(trace: Trace) -> tuple[Fraction, str] | None:
    return (trace.total, trace.grades[0]) if isinstance(trace.total, Fraction) and len(trace.grades) == 1 else None


@define(eq=False)
class _Hunt:
    """Both programs, compiled, and the totals that matter."""

    before: tr.Program
    after: tr.Program
    calendar: WorkCalendar | None
    fast: tuple[Compiled, Compiled] = field(init=False)
    nodes: tuple[tr.Indicator, ...] = field(init=False)
    edges: tuple[Fraction, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.fast = compiled(self.before, self.calendar), compiled(self.after, self.calendar)
        self.nodes = tuple(survey.indicators(self.before.groups))
        one, two = self.before.grades, self.after.grades
        moved = [g.limit.bound for g in (*one, *two) if (g in one) != (g in two) and g.limit is not None]
        found = {b.value for b in moved if isinstance(b, tm.Const) and isinstance(b.value, Fraction)}
        self.edges = tuple(sorted(found))

    def outcomes(self, facts: Facts) -> tuple[tuple[Fraction, str] | None, tuple[Fraction, str] | None]:
        """Return total and grade of both in the exact engine, None where they are not certain."""
        one, two = (total.score(p, facts, self.calendar) for p in (self.before, self.after))
        return _outcome(one), _outcome(two)

    def totals(self, point: Point) -> tuple[Fraction | None, Fraction | None]:
        """Return the totals of both, None where only the exact engine knows."""
        facts = facts_at(point, self.before.schema)
        one, two = (f.scores(f.values(facts)).total for f in self.fast)
        return one, two

    def may_differ(self, point: Point) -> bool:
        """Return whether the exact engine is worth asking: totals differ, or one lies where grades were moved."""
        one, two = self.totals(point)
        if one is None or two is None:
            return False
        return one != two or _grade(self.before, one) != _grade(self.after, two)

    def points(self, cases: Sequence[Facts]) -> Iterator[Point]:
        """Yield points, those whose totals lie near an edge moved onto it."""
        read = read_by(self.before.schema, self.nodes)
        known = [p for p in (point_of(facts, read) for facts in cases) if p is not None]
        near_ = candidates.constants(self.before, self.nodes)
        tried = {a.name: candidates.values(a, near_) for a in read.facts}
        drawn = [*known, *islice(_drawn(read, near_, tried), MOST_LOTS)]
        yield from drawn
        sized = [(found, p) for p in drawn if (found := self.totals(p)[0]) is not None]
        for edge in self.edges:
            for score, point in sorted(sized, key=lambda pair: abs(pair[0] - edge))[:MOST_NEAR]:
                for asked in (a for a in read.facts if isinstance(a.type, Number | Date | Year)):
                    yield from self._moved(point, asked, edge - score)

    def _moved(self, point: Point, asked: Asked, gap: Fraction) -> Iterator[Point]:
        """Yield the point with one fact moved so that the total moves by a gap, by the line of each indicator."""
        x = point.values[asked.name]
        if not isinstance(x, Fraction):
            return
        scope = scope_of(self.before, facts_at(point, self.before.schema), self.calendar, proved_only=False)
        for node in self.nodes:
            for side in (0, 1, -1):
                try:
                    line = near(node, scope, asked.name, Spot(x, side))
                except (AnotherKindError, NoValueError):
                    break
                value = line.at(x)
                goal = line.where(value + gap) if value is not None else None
                if goal is not None:
                    yield from (point.having(asked.name, v) for v in _beside(goal, asked))


def _drawn(read: Read, near_: Sequence[tm.Const], tried: Mapping[str, Sequence[Cell]]) -> Iterator[Point]:
    """Yield points by lot, some with most in order and some with little."""
    dice = Random(",".join(tried))  # noqa: S311 - the same search every time
    cells = candidates.cells(read, near_)
    while True:
        good = dice.random()
        values: dict[str, Cell] = {}
        for asked in read.facts:
            plain = candidates.plain(asked)[:1] or tried[asked.name]
            values[asked.name] = dice.choice(plain if dice.random() < good else tried[asked.name])
        rows = {
            name: tuple(candidates.row(name, columns, cells, dice) for _ in range(dice.choice((0, 0, 1, 2))))
            for name, columns in read.ledgers.items()
        }
        yield Point(values, frozenset(), rows)


def _beside(goal: Fraction, asked: Asked) -> Iterator[Fraction]:
    unit = smallest(asked)
    down = goal / unit // 1 * unit
    for value in (goal, down, down + unit):
        if candidates.fits(asked, value) and decimal(value, most=8) is not None:
            yield value


def _grade(program: tr.Program, score: Fraction) -> str:
    for grade in program.grades:
        bound = grade.limit.bound if grade.limit is not None else None
        if bound is None or not isinstance(bound, tm.Const) or not isinstance(bound.value, Fraction):
            return grade.name
        assert grade.limit is not None
        if score >= bound.value if grade.limit.op == "≥" else score > bound.value:
            return grade.name
    return ""
