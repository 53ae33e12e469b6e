"""Ways through a leaf: for each key (what is missing, what truths and options are) the paths that the exact engine takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from attrs import define, evolve, field, frozen

from zjrules.bulk.code import NARROW, Code, Flag, Int, RefusedError, constant
from zjrules.bulk.fast import Aggregate
from zjrules.bulk.follow import Path, Symbol
from zjrules.bulk.grid import grid, reach
from zjrules.bulk.leaf import Leaf
from zjrules.bulk.number import Cond, Num, exactly
from zjrules.bulk.result import Kind, Why, has_gaps, problem_text, why_of
from zjrules.bulk.run import Ready, ready
from zjrules.exact.scope import WorkCalendar, scope_of
from zjrules.fact import Facts, Schema
from zjrules.interval.sets import Piece, Range
from zjrules.term import rule as tr
from zjrules.unit import Choice, Text, Truth
from zjrules.value import Unknown, Value, problems_of

Bounds = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
"""What the lower end, its denominator, the upper end and its denominator lie between."""


def widened(low: int, high: int) -> tuple[int, int]:
    """Return bounds widened to powers of two (one that is 0 or 1 stays), so that few different ones occur."""
    low = -(2 ** (-low).bit_length()) if low < 0 else min(low, 1)
    return low, 2 ** high.bit_length() if high > 1 else max(high, 0)


@frozen
class Outcome:
    """What is the same for all units of one path: what kind of score it is, its ends, and why it is open or none.

    label is how a check or a condition comes out, for leaves that are no numbers.
    """

    kind: Kind = Kind.SETTLED
    low_open: bool = False
    high_open: bool = False
    low_infinite: bool = False
    high_infinite: bool = False
    why: Why = Why()
    label: str = ""
    gaps: bool = False
    """Whether it may not take all values between its ends."""

    @property
    def flags(self) -> tuple[bool, bool, bool, bool]:
        """Whether the ends are without a limit, and whether they are not reached."""
        return self.low_infinite, self.high_infinite, self.low_open, self.high_open


@frozen(eq=False)
class Way:
    """One path: where it holds (None: wherever its key does), and the lower and upper end, numerator and denominator."""

    outcome: Outcome
    ends: tuple[int, int, int, int]
    steps: Ready | None

    @property
    def bounds(self) -> list[tuple[int, int]]:
        """What its ends lie between: lower, its denominator, upper, its denominator."""
        if self.steps is None:
            return [(e, e) for e in self.ends]
        return [(e.lo, e.hi) for e in self.steps.outputs if isinstance(e, Int)]


@define(eq=False)
class Reader:
    """What is needed to run the exact engine on one leaf."""

    leaf: Leaf
    program: tr.Program
    calendar: WorkCalendar | None
    aggregates: Mapping[int, Aggregate]
    below: int = 1
    """The denominator over which ends are written where that can be."""
    ways: dict[int, list[Way]] = field(factory=dict)
    """By key, in the order in which they were found."""
    tries: Counter[int] = field(factory=Counter)
    """How many units of a key turned out not to be followed."""

    @property
    def finite(self) -> bool:
        """Whether there are no numbers in it: then a key has one way, and nothing is asked on it."""
        kinds = (self.program.schema.facts[name].type for name in self.leaf.facts)
        return not self.leaf.ledgers and all(isinstance(k, Truth | Choice) for k in kinds)

    def value(self, facts: Facts) -> Value | str:
        """Return what the exact engine gives for one unit."""
        return self.leaf.work(scope_of(self.program, facts, self.calendar, proved_only=False))

    def follow(self, facts: Facts, known: Mapping[int, Fraction | bool]) -> Way | None:
        """Return the path of one unit; None where it cannot be followed. known are the aggregates over its ledgers."""
        path = Path(Code(most=NARROW))
        scope = scope_of(self.program, facts, self.calendar, proved_only=False)
        try:
            scope.facts = {name: self._symbol(name, value, path) for name, value in scope.facts.items()}
            scope.run.given = {key: self._given(key, value, path) for key, value in known.items()}
            return _way(self.leaf.work(scope), path, self.below)
        except RefusedError:
            return None

    def _symbol(self, name: str, value: Value, path: Path) -> Value:
        asked = self.program.schema.facts[name]
        if not isinstance(value, Fraction) or isinstance(asked.type, Truth | Choice | Text):
            return value
        column = Num(Fraction(1, grid(asked.type)), path.code.input(("fact", name), *reach(asked)))
        return Symbol(value, column, path)

    def _given(self, key: int, value: Fraction | bool, path: Path) -> Value:
        found = self.aggregates[key].value
        if isinstance(found, Cond):
            path.ask(path.code.truth(("over", key)), bool(value))
            return bool(value)
        assert isinstance(found, Num)
        above = path.code.input(("over", key), found.above.lo, found.above.hi)
        below = found.below
        if below.known is None:
            below = path.code.input(("under", key), 1, below.hi)
        most = found.most and path.code.input(("most", key), found.most.lo, found.most.hi)
        return Symbol(Fraction(value), Num(found.factor, above, below, most), path)


def reader(
    leaf: Leaf, program: tr.Program, calendar: WorkCalendar | None, aggregates: Mapping[int, Aggregate], below: int = 1
) -> Reader:
    """Return what runs the exact engine on a leaf, over no more facts than the leaf reads; below: see Reader."""
    schema = Schema(
        {name: program.schema.facts[name] for name in leaf.facts},
        {name: program.schema.ledgers[name] for name in leaf.ledgers},
    )
    return Reader(leaf, evolve(program, schema=schema), calendar, aggregates, below)


def _way(value: Value | str, path: Path, below: int) -> Way:
    """Return a path, with the ends of what the engine gave as columns."""
    if isinstance(value, str | bool):
        return _finished(Outcome(label=str(value)), None, path, below)
    if isinstance(value, Fraction):
        return _finished(Outcome(), Piece(value, value), path, below)
    if isinstance(value, Unknown) and isinstance(value.can, Range) and not value.can.is_empty:
        hull = value.can.hull
        infinite = hull.lo is None, hull.hi is None
        lo_open, hi_open = hull.lo_open and not infinite[0], hull.hi_open and not infinite[1]
        gaps = has_gaps(value.can)
        return _finished(Outcome(Kind.OPEN, lo_open, hi_open, *infinite, why_of(value), gaps=gaps), hull, path, below)
    problems = tuple(sorted({problem_text(p) for p in problems_of(value)}))
    why = evolve(why_of(value), problems=problems)
    return _finished(Outcome(Kind.NONE, why=why, label="open"), None, path, below)


def _finished(outcome: Outcome, hull: Piece | None, path: Path, below: int) -> Way:
    ends: list[Int] = []
    for end in (hull.lo, hull.hi) if hull is not None else (None, None):
        column = exactly(Fraction(0)) if end is None else end.column if isinstance(end, Symbol) else exactly(end)
        if column.most is not None:
            raise RefusedError
        ends += _over(column, below, path.code)
    condition = path.condition()
    known = tuple(e.known for e in ends)
    if condition.known and None not in known:
        low, low_below, high, high_below = (k or 0 for k in known)
        return Way(outcome, (low, low_below, high, high_below), None)
    outputs: list[Flag | Int] = [condition, *ends]
    return Way(outcome, (0, 1, 0, 1), ready(path.code, outputs))


def _over(column: Num, below: int, code: Code) -> list[Int]:
    """Return a numerator and a denominator: the one that is wanted, where it holds the number."""
    if column.below.known is not None:
        times = column.factor / column.below.known * below
        if times.denominator == 1 and max(-column.above.lo, column.above.hi) * abs(times) <= NARROW:
            return [code.mul(column.above, constant(int(times))) if times else constant(0), constant(below)]
    factor = column.factor
    return [
        code.mul(column.above, constant(factor.numerator)) if factor else constant(0),
        code.mul(column.below, constant(factor.denominator)),
    ]
