"""A rule and its mutant side by side: the scores of both at a point, in the fast reading where it can."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import define, evolve, field

from zjrules.compiled.program import Compiled, compiled, result
from zjrules.exact import indicator as exact
from zjrules.exact.scope import WorkCalendar, scope_of
from zjrules.fact import Facts
from zjrules.margin.line import AnotherKindError, Line, NoValueError, Spot
from zjrules.margin.threshold import near
from zjrules.mutate.bench import finished, unrounded
from zjrules.mutate.point import Point, Read, facts_at, read_by
from zjrules.term import rule as tr
from zjrules.value import Problem, Unknown, Value

MOST_EXACT = 400
"""Scores that only the exact engine knows, which takes a hundred times as long: most are of slips in the facts."""
MOST_ROOTS = 200
"""How often the roots of a rule are looked for, which takes as long as some hundred scores."""
_NEITHER = Problem("")


@define(eq=False)
class Pair:
    """before is the rule as it is, after as the mutant has it; both read the same facts of the same program."""

    program: tr.Program
    before: tr.Indicator
    after: tr.Indicator
    calendar: WorkCalendar | None
    read: Read = field(init=False)
    fast: Compiled = field(init=False)
    exact: int = 0
    """Scores that the exact engine was asked for."""
    rooted: int = 0
    """How often roots were asked for."""
    bent: set[str] = field(factory=set)
    """Facts by which a rule is no quotient of lines, so that it has no roots."""

    def __attrs_post_init__(self) -> None:
        self.read = read_by(self.program.schema, (self.before, self.after))
        both = (unrounded(self.before), unrounded(self.after))
        self.fast = compiled(evolve(self.program, groups=both, checks=(), steps=(), grades=()), self.calendar)

    @property
    def spent(self) -> bool:
        """Whether nothing more can be said: only the exact engine knows the rules, and it was asked often enough."""
        return self.exact >= MOST_EXACT and None in self.fast.functions

    def raws(self, point: Point) -> tuple[Value, Value]:
        """Return the scores before rounding; the exact engine is asked only so often."""
        facts = facts_at(point, self.program.schema)
        values = self.fast.values(facts)
        found: list[Value | None] = []
        for function in self.fast.functions:
            ready = function is not None and not values.lacking & function.needs
            found.append(result(function, values) if ready and function is not None else None)
        if None in found and self.exact >= MOST_EXACT:
            return _NEITHER, _NEITHER
        one, two = (
            known if known is not None else self._asked(node, facts)
            for node, known in zip((self.before, self.after), found, strict=True)
        )
        return one, two

    def _asked(self, node: tr.Indicator, facts: Facts) -> Value:
        self.exact += 1
        step = exact.score(unrounded(node), scope_of(self.program, facts, self.calendar, proved_only=False))
        return step.value

    def scores(self, point: Point) -> tuple[Value, Value]:
        """Return the rounded scores."""
        one, two = self.raws(point)
        return _finished(self.before, one), _finished(self.after, two)

    def apart(self, point: Point, raw: bool = False) -> bool:
        """Return whether the two differ at a point; raw: before rounding."""
        one, two = self.raws(point)
        if one == two and (raw or self.before.rounding == self.after.rounding):
            return False
        if not raw:
            one, two = _finished(self.before, one), _finished(self.after, two)
        return _known(one) and _known(two) and _kind(one) != _kind(two)

    def roots(self, point: Point, fact: str) -> Iterator[Fraction]:
        """Yield where either rule turns as one fact moves and the others stay; where it is half a cent, if roundings differ."""
        x = point.values.get(fact)
        if not isinstance(x, Fraction) or fact in self.bent or self.rooted >= MOST_ROOTS:
            return
        self.rooted += 1
        scope = scope_of(self.program, facts_at(point, self.program.schema), self.calendar, proved_only=False)
        for node in (self.before, self.after):
            for side in (0, 1, -1):
                spot = Spot(x, side)
                try:
                    line = near(node, scope, fact, spot)
                except NoValueError:
                    continue
                except AnotherKindError:
                    self.bent.add(fact)
                    return
                yield from self._halves(line, x)
                yield from (g.root for g in spot.guards if g.root is not None)

    def _halves(self, line: Line, x: Fraction) -> Iterator[Fraction]:
        """Yield where a score lies on, and half way between, multiples of what either rounds to: there roundings part."""
        value = line.at(x)
        if self.before.rounding == self.after.rounding or value is None:
            return
        for quantum in {self.before.rounding.quantum, self.after.rounding.quantum}:
            whole = value / quantum // 1
            targets = ((whole + Fraction(k, 2)) * quantum for k in range(-3, 6))
            yield from (at for t in targets if (at := line.where(t)) is not None)


def _finished(node: tr.Indicator, raw: Value) -> Value:
    return finished(node, raw) if isinstance(raw, Fraction) else raw


def _known(value: Value) -> bool:
    """Return whether a value says something: a score, or that there can be none."""
    return not isinstance(value, Unknown)


def _kind(value: Value) -> object:
    """Return what of a value can be expected: a problem is a problem, unless it says what is dropped."""
    return (
        (value.kind, value.detail)
        if isinstance(value, Problem) and value.kind == "不计入"
        else ("无法计算" if isinstance(value, Problem) else value)
    )
