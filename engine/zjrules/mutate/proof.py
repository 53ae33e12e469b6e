"""Proofs that a mutant is equivalent, without a solver: by one normal form, by all cases, by the pieces of one fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import prod

from zjrules.exact.scope import Scope, WorkCalendar, scope_of
from zjrules.fact import Asked
from zjrules.interval.sets import ZERO
from zjrules.margin.line import AnotherKindError, Line, NoValueError, Spot
from zjrules.margin.threshold import near
from zjrules.mutate.candidates import values
from zjrules.mutate.normal import NoFormError, normal_form
from zjrules.mutate.pair import Pair
from zjrules.mutate.point import Point, facts_at
from zjrules.mutate.protocol import Equivalent, Prover, Undecided, Verdict
from zjrules.term import rule as tr
from zjrules.unit import Choice, Date, Number, Truth, Year

MOST_POINTS = 4096
MOST_PIECES = 200
NORMAL = "写成同一形式以后一样：不同的地方，在事实声明的范围内不起作用"


def by_form(calendar: WorkCalendar | None) -> Prover:
    """Return the prover that writes both rules in their normal form."""

    def prove(program: tr.Program, before: tr.Indicator, after: tr.Indicator) -> Verdict:
        try:
            same = normal_form(program, before, calendar) == normal_form(program, after, calendar)
        except NoFormError:
            return Undecided("")
        return Equivalent(NORMAL) if same else Undecided("")

    return prove


def by_cases(calendar: WorkCalendar | None) -> Prover:
    """Return the prover that goes through all facts where these are few, and one number piece by piece."""

    def prove(program: tr.Program, before: tr.Indicator, after: tr.Indicator) -> Verdict:
        pair = Pair(program, before, after, calendar)
        if pair.read.ledgers:
            return Undecided("")
        moving = [a for a in pair.read.facts if isinstance(a.type, Number | Date | Year)]
        rest = [a for a in pair.read.facts if isinstance(a.type, Truth | Choice)]
        if len(moving) > 1 or len(moving) + len(rest) < len(pair.read.facts):
            return Undecided("")
        points = list(_points(pair, rest))
        if not points:
            return Undecided("")
        if not moving:
            same = not any(pair.apart(p, raw=True) or pair.apart(p) for p in points)
            return Equivalent(f"{len(points)} 种事实逐一试过，都一样") if same else Undecided("")
        counts = [_pieces(pair, point, moving[0]) for point in points]
        if any(count is None for count in counts):
            return Undecided("")
        return Equivalent(f"「{moving[0].name}」分成 {sum(c or 0 for c in counts)} 段，每段两边都是同一个式子")

    return prove


def _points(pair: Pair, finite: Sequence[Asked]) -> Iterator[Point]:
    choices = [values(a, ()) for a in finite]
    proofs = pair.read.proofs
    if prod(len(c) for c in choices) * 2 ** len(proofs) > MOST_POINTS:
        return
    for picked in product(*choices):
        for count in range(len(proofs) + 1):
            for claimed in combinations(proofs, count):
                yield Point(dict(zip((a.name for a in finite), picked, strict=True)), frozenset(claimed))


# ---------- one fact ----------


def _pieces(pair: Pair, point: Point, asked: Asked) -> int | None:
    """Return into how many pieces the range of a fact falls, None where the two are not shown to be one on all of them."""
    if asked.may_be_na or len(asked.limits.pieces) != 1 or pair.before.rounding != pair.after.rounding:
        return None
    hull = asked.limits.hull
    walks = [(hull.lo, 1)] if hull.lo is not None else [(hull.hi, -1)] if hull.hi is not None else []
    try:
        counts = [
            _walk(pair, point, asked, start, way)
            for start, way in walks or [(ZERO, 1), (ZERO, -1)]
            if start is not None
        ]
    except (AnotherKindError, NoValueError):
        return None
    return None if None in counts else sum(c or 0 for c in counts)


def _walk(pair: Pair, point: Point, asked: Asked, start: Fraction, way: int) -> int | None:
    """Return how many pieces lie in one direction, None where the two differ on one of them."""
    facts = facts_at(point.having(asked.name, start), pair.program.schema)
    scope = scope_of(pair.program, facts, pair.calendar, proved_only=False)
    end = asked.limits.hull.hi if way > 0 else asked.limits.hull.lo
    x = start
    for count in range(1, MOST_PIECES):
        last = end is not None and (x - end) * way >= 0
        for side in ([0] if asked.limits.holds(x) else []) + ([] if last else [way]):
            one, two = (_line(scope, node, asked.name, x, side) for node in (pair.before, pair.after))
            if not (_same_line(one, two) if side else one.at(x) == two.at(x)):
                return None
        following = _next(pair, scope, asked.name, x, way)
        if last or (following is None and end is None):
            return count
        x = end if following is None or (end is not None and (following - end) * way > 0) else following  # type: ignore[assignment]
    return None


def _line(scope: Scope, node: tr.Indicator, fact: str, x: Fraction, side: int) -> Line:
    return near(node, _moved(scope, fact, x), fact, Spot(x, side))


def _moved(scope: Scope, fact: str, x: Fraction) -> Scope:
    return Scope(scope.run, {**scope.facts, fact: x}, scope.ledgers)


def _next(pair: Pair, scope: Scope, fact: str, x: Fraction, way: int) -> Fraction | None:
    """Return the nearest point in one direction at which either of the two turns."""
    roots = []
    for node in (pair.before, pair.after):
        spot = Spot(x, way)
        near(node, _moved(scope, fact, x), fact, spot)
        roots += [g.root for g in spot.guards if g.root is not None and (g.root - x) * way > 0]
    return min(roots, key=lambda r: abs(r - x), default=None)


def _same_line(one: Line, two: Line) -> bool:
    """Return whether two quotients of lines are the same function."""
    left = (one.a * two.c, one.a * two.d + one.b * two.c, one.b * two.d)
    right = (two.a * one.c, two.a * one.d + two.b * one.c, two.b * one.d)
    return left == right
