"""The smallest change of one fact that reaches a score: an exact bound, and the nearest value in the fact's smallest unit.

A score is monotone between two breakpoints, since its pieces are (a·x + b) ÷ (c·x + d) and rounding is monotone. So the two
ends of a piece say whether the score is reached in it, and halving finds where; every value that is reported was scored.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from attrs import frozen

from zjrules.fact import Asked
from zjrules.margin.line import AnotherKindError, Line, NoValueError, Spot
from zjrules.margin.threshold import Unit, beyond, following, movable, near, smallest
from zjrules.num import Rounding
from zjrules.term import rule as tr

MOST_PIECES = 100
TOO_MANY = f"往前 {MOST_PIECES} 道界线里没有"
FAR = Fraction(10**15)
"""Nobody's budget is larger; a fact without an upper end is looked at up to here."""
TINY = Fraction(1, 10**12)
RISING, FALLING = frozenset({"递增", "不减"}), frozenset({"递减", "不增"})


class TooManyError(Exception):
    """More pieces than are looked at: never seen outside this module."""


@frozen
class Reach:
    """What one fact would have to be, all others staying; point None says that no value of it does, and why.

    bound is where the score is reached, on the point itself (reached) or only past it; None where only point is known.
    before is the score one smallest unit less.
    """

    fact: str
    now: Fraction
    point: Fraction | None = None
    score: Fraction | None = None
    bound: Fraction | None = None
    reached: bool = True
    before: Fraction | None = None
    why: str = ""

    @property
    def size(self) -> tuple[bool, Fraction, Fraction]:
        """How large the change is: by its share of the value, then as it is."""
        assert self.point is not None
        change = abs(self.point - self.now)
        return not self.now, change / abs(self.now) if self.now else change, change


def reaching(node: tr.Indicator, unit: Unit, goal: Fraction) -> list[Reach]:
    """Return for every fact what reaches a score, the smallest change first; what cannot stands at the end."""
    found = [_smallest_change(node, unit, asked, now, goal) for asked, now in movable(node, unit)]
    able = sorted((r for r in found if r.point is not None), key=lambda r: r.size)
    return [*able, *(r for r in found if r.point is None)]


@frozen
class _Search:
    """One fact in one direction."""

    node: tr.Indicator
    unit: Unit
    asked: Asked
    now: Fraction
    goal: Fraction
    rising: bool
    way: int

    @property
    def grain(self) -> Fraction:
        return smallest(self.asked)

    def score(self, x: Fraction) -> Fraction | None:
        return self.unit.score(self.node, {self.asked.name: x})

    def enough(self, x: Fraction) -> bool:
        """Return whether a value is allowed and gives the score."""
        return self.asked.limits.holds(x) and self.gives(x)

    def gives(self, x: Fraction) -> bool:
        """Return whether a value gives the score, be it allowed or not: a bound may lie between two whole numbers."""
        found = self.score(x)
        return found is not None and (found >= self.goal if self.rising else found <= self.goal)

    @property
    def end(self) -> Fraction:
        """The last value that the declaration allows, or one that is far enough."""
        hull = self.asked.limits.hull
        end = hull.hi if self.way > 0 else hull.lo
        if end is None:
            return _up_to(self.now + self.way * FAR, self.grain, self.way)
        last = _up_to(end, self.grain, self.way)
        return last if self.asked.limits.holds(last) else last - self.way * self.grain

    def halved(self, low: Fraction, high: Fraction, enough: Callable[[Fraction], bool]) -> Fraction:
        """Return the first value after low, on the way to high, that is enough; low is not, high is."""
        left, right = low / self.grain, high / self.grain
        while abs(right - left) > 1:
            middle = Fraction((left + right).numerator // (2 * (left + right).denominator))
            left, right = (left, middle) if enough(middle * self.grain) else (middle, right)
        return right * self.grain


def _up_to(end: Fraction, grain: Fraction, way: int) -> Fraction:
    """Return the last multiple of the smallest unit that is not past an end."""
    steps = end / grain * way
    return Fraction(steps.numerator // steps.denominator) * way * grain


def _smallest_change(node: tr.Indicator, unit: Unit, asked: Asked, now: Fraction, goal: Fraction) -> Reach:
    held = unit.score(node, {})
    if held is None:
        return Reach(asked.name, now, why="现在算不出")
    if held == goal:
        return Reach(asked.name, now, why="现在就是")
    found: list[Reach] = []
    whys: list[str] = []
    for way in (1, -1):
        search = _Search(node, unit, asked, now, goal, goal > held, way)
        try:
            one = _first(search)
        except (AnotherKindError, TooManyError) as error:
            one = _declared(search)
            whys += [] if one is not None else [TOO_MANY if isinstance(error, TooManyError) else "不是这种规则"]
        except NoValueError:
            one = None
            whys.append("再过去就算不出")
        found += [one] if one is not None else []
    if found:
        return min(found, key=lambda r: r.size)
    return Reach(asked.name, now, why=whys[0] if whys else "单改这一项到不了")


def _first(search: _Search) -> Reach | None:
    """Go from piece to piece, until one holds a value that is enough."""
    x, way, grain, last = search.now, search.way, search.grain, search.end
    scope = search.unit.scope({})
    for _ in range(MOST_PIECES):
        spot = Spot(x, way)
        line = near(search.node, scope, search.asked.name, spot)
        edge = following(spot, way)
        start = beyond(x, False, grain, way)
        stop = last if edge is None or (edge - last) * way > 0 else beyond(edge, True, grain, way) - way * grain
        if (stop - start) * way >= 0:
            if search.enough(start):
                return _reach(search, start, _bound(search, line, start) or (x, False))
            if search.enough(stop):
                point = search.halved(start, stop, search.enough)
                return _reach(search, point, _bound(search, line, point))
        if edge is None or (edge - last) * way > 0:
            return None
        x = edge
        if (x / grain).denominator == 1 and search.enough(x):
            return _reach(search, x, _bound(search, line, x) or (x, True))
    raise TooManyError


def _reach(search: _Search, point: Fraction, bound: tuple[Fraction, bool] | None) -> Reach:
    before = point - search.way * search.grain
    at, reached = bound or (None, True)
    # Between two values of the smallest unit there may be more than one piece: then only the value itself is said.
    if at is not None and at != search.now and search.gives(at - search.way * TINY):
        at, reached = None, True
    score = search.score(point)
    return Reach(search.asked.name, search.now, point, score, at, reached, search.score(before))


def _bound(search: _Search, line: Line, point: Fraction) -> tuple[Fraction, bool] | None:
    """Return where a piece reaches the score, when that lies between the value found and one smallest unit less."""
    rounding = search.node.rounding
    least: tuple[Fraction, bool] | None = (search.goal, True)
    if rounding.mode is not None:
        whole = -(-search.goal // rounding.quantum) * rounding.quantum
        least = {
            Rounding.HALF_UP: (whole - rounding.quantum / 2, True), Rounding.DOWN: (whole, True),
            Rounding.UP: (whole - rounding.quantum, False),
        }.get(rounding.mode)  # fmt: skip
    if least is None or not search.rising or search.goal <= 0:
        return None
    x = line.where(least[0])
    if x is None or not (point - x) * search.way >= 0 or not (x - point) * search.way > -search.grain:
        return None
    return x, least[1]


def _declared(search: _Search) -> Reach | None:
    """Where the pieces are not known but the rule says how the score moves (随), halve over all values."""
    nodes = (search.node, *search.node.parts)
    said = {t.direction for n in nodes for t in n.trends if t.fact == search.asked.name}
    helps = RISING if (search.way > 0) == search.rising else FALLING
    if not said or not said <= helps:
        return None
    start = beyond(search.now, False, search.grain, search.way)
    stop = search.end
    if (stop - start) * search.way < 0 or not search.enough(stop):
        return None
    if search.enough(start):
        return _reach(search, start, None)
    return _reach(search, search.halved(start, stop, search.enough), None)
