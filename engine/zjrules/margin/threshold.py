"""For one indicator and each fact: the next point upward and downward at which something is decided otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import evolve, field, frozen

from zjrules.compiled.program import Compiled, Values
from zjrules.exact import indicator as exact
from zjrules.exact.expr import evaluate
from zjrules.exact.operation import comparison
from zjrules.exact.scope import Scope, WorkCalendar, scope_of
from zjrules.exact.total import population
from zjrules.fact import Asked, Evidence, Fact, Facts, State
from zjrules.margin.line import AnotherKindError, Line, NoValueError, Spot
from zjrules.margin.local import Local
from zjrules.margin.score import scored
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import refs
from zjrules.trace import Step, Trace
from zjrules.unit import MONEY_DIM, POINTS_DIM, Date, Number, Type, Year
from zjrules.value import Value

CENT = Fraction(1, 100)
Edge = tuple[Fraction, bool, bool]
"""A point, whether something changes on it (and not only past it), and whether it is but a bend."""


@frozen
class Threshold:
    """A point at which something is decided otherwise. reached: on it; otherwise only past it.

    bend says that nothing jumps there: a value comes to its limit (限于, 扣完为止) or leaves it. point is the first value in the fact's smallest unit that lies there, and score what it gives (None: no score).
    """

    at: Fraction
    reached: bool
    bend: bool
    point: Fraction
    score: Fraction | None


@frozen
class Margin:
    """What one fact can do to an indicator; why says why nothing can be said."""

    fact: str
    now: Fraction
    up: Threshold | None = None
    down: Threshold | None = None
    why: str = ""


@frozen
class Unit:
    """One unit before one rule set: the facts, and both readings of the rules.

    others: the facts of all other units of the run, where rank and mean are known.
    """

    program: tr.Program
    compiled: Compiled
    facts: Facts
    calendar: WorkCalendar | None
    others: tuple[Facts, ...] | None = None
    nodes: tuple[tr.Indicator, ...] = field(init=False)
    values: Values = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "nodes", tuple(survey.indicators(self.program.groups)))
        object.__setattr__(self, "values", self.compiled.values(self.facts))

    def score(self, node: tr.Indicator, changed: Mapping[str, Fraction]) -> Fraction | None:
        """Return the score of an indicator with some facts changed."""
        place = next(i for i, n in enumerate(self.nodes) if n is node)
        found = self.compiled.indicator(place, self.compiled.changed(self.values, changed))
        return found if found is not None else _fraction(self.step(node, changed))

    def step(self, node: tr.Indicator, changed: Mapping[str, Fraction]) -> Step:
        """Return the exact step of an indicator with some facts changed."""
        return exact.score(node, self.scope(changed))

    def scope(self, changed: Mapping[str, Fraction]) -> Scope:
        """Return the exact scope with some facts changed."""
        facts = with_values(self.facts, changed)
        if self.others is None:
            return scope_of(self.program, facts, self.calendar, False)
        # What other units have may rest on this one too, where they are given its peers' mean: nothing is kept.
        return population(self.program, (facts, *self.others), self.calendar).roots[0]


def with_values(facts: Facts, changed: Mapping[str, Fraction]) -> Facts:
    """Return facts of which some have other values."""
    new = {}
    for name, value in changed.items():
        old = facts.facts.get(name) or Fact(name, State.MISSING, None, Evidence.NOT_ASKED)
        new[name] = evolve(old, state=State.GIVEN, value=value)
    return evolve(facts, facts={**facts.facts, **new})


def _fraction(step: Step) -> Fraction | None:
    return step.value if isinstance(step.value, Fraction) else None


def smallest(asked: Asked) -> Fraction:
    """Return the smallest unit in which a fact is changed: 分, a day, one of a count, 0.01%."""
    return smallest_of(asked.type)


def smallest_of(kind: Type) -> Fraction:
    """Return the smallest unit of a type, in base units."""
    match kind:
        case Number(dim=dim) if dim in (MONEY_DIM, POINTS_DIM):
            return CENT
        case Number(percent=True):
            return CENT * CENT
        case Number(whole=False):
            return CENT
        case _:
            return Fraction(1)


def movable(node: tr.Indicator, unit: Unit) -> list[tuple[Asked, Fraction]]:
    """Return the numbers and dates that an indicator reads and that are known, in the order of declaration."""
    read = {name for e in survey.of_indicator(node) for kind, name in refs(e, {}) if kind == "fact"}
    found = []
    for name, asked in unit.program.schema.facts.items():
        fact = unit.facts.facts.get(name)
        if name in read and isinstance(asked.type, Number | Date | Year) and fact is not None:
            if isinstance(fact.value, Fraction):
                found.append((asked, fact.value))
    return found


def margins(node: tr.Indicator, unit: Unit) -> tuple[Margin, ...]:
    """Return for each fact of an indicator the next thresholds."""
    found = []
    for asked, now in movable(node, unit):
        try:
            up, down = (threshold(node, unit, asked, now, way) for way in (1, -1))
            found.append(Margin(asked.name, now, up, down))
        except AnotherKindError:
            found.append(Margin(asked.name, now, why="不是这种规则"))
        except NoValueError:
            found.append(Margin(asked.name, now, why="现在算不出"))
    return tuple(found)


def near(node: tr.Indicator, scope: Scope, fact: str, spot: Spot) -> Line:
    """Return the unrounded score as a function of a fact near a spot; its guards are then the spot's."""
    return scored(node, scope, Local(fact, spot))


def threshold(node: tr.Indicator, unit: Unit, asked: Asked, now: Fraction, way: int) -> Threshold | None:
    """Return the next point upward (way 1) or downward (-1) at which something is decided otherwise."""
    found = edge(node, unit, asked, now, way)
    if found is None:
        return None
    at, reached, bend = found
    point = beyond(at, reached, smallest(asked), way)
    if not asked.limits.holds(point):
        return None
    return Threshold(at, reached, bend, point, unit.score(node, {asked.name: point}))


def edge(node: tr.Indicator, unit: Unit, asked: Asked, now: Fraction, way: int) -> Edge | None:
    """Return the next point in one direction at which something changes."""
    scope = unit.scope({asked.name: now})
    here, aside = Spot(now), Spot(now, way)
    near(node, scope, asked.name, here)
    near(node, scope, asked.name, aside)
    if here.made != aside.made:
        return now, False, False
    at = following(aside, way)
    if at is None:
        return None
    # On the point a value may come to its limit at once, so that what seems to turn past it does not.
    on, past = (_made(node, scope, asked.name, Spot(at, side)) for side in (0, way))
    return at, on != here.made or past == here.made, on == past == here.made


def _made(node: tr.Indicator, scope: Scope, fact: str, spot: Spot) -> list[object]:
    """Return what is decided at a spot; where there is no value, nothing is, which is a change too."""
    try:
        near(node, scope, fact, spot)
    except NoValueError:
        return []
    return spot.made


def following(spot: Spot, way: int) -> Fraction | None:
    """Return the nearest root of the guards in one direction."""
    roots = [g.root for g in spot.guards if g.root is not None and (g.root - spot.x) * way > 0]
    return min(roots, key=lambda r: abs(r - spot.x), default=None)


def beyond(at: Fraction, reached: bool, unit: Fraction, way: int) -> Fraction:
    """Return the first multiple of the smallest unit that lies on a point (reached) or past it."""
    steps = at / unit * way
    whole = -(-steps.numerator // steps.denominator)
    if whole == steps and not reached:
        whole += 1
    return whole * way * unit


def rounding_decided(node: tr.Indicator, scope: Scope) -> bool:
    """Return whether a rounding inside the formula decided otherwise than the unrounded value would."""
    made = []
    for rounding in (True, False):
        spot = Spot(Fraction(0))
        try:
            scored(node, scope, Local("", spot, rounding))
        except (AnotherKindError, NoValueError):
            return False
        made.append(spot.made)
    return made[0] != made[1]


def grade_rounded(trace: Trace, scope: Scope) -> bool:
    """Return whether rounding the total decided the grade."""
    decided = False
    before: Value | None = None
    for step in trace.steps:
        if isinstance(step.term, tr.RoundScore):
            before = step.note  # type: ignore[assignment]
        elif isinstance(step.term, tr.Regrade) and isinstance(before, Fraction) and isinstance(step.value, Fraction):
            decided = _grade(trace.program, before, scope) != _grade(trace.program, step.value, scope)
    return decided


def _grade(program: tr.Program, total: Fraction, scope: Scope) -> str:
    for grade in program.grades:
        if grade.limit is None or comparison(grade.limit.op, total, evaluate(grade.limit.bound, scope).value) is True:
            return grade.name
    return ""
