"""What is taken over all units: rank, best, mean, and the mean score of the units that an indicator applies to.

The other units are evaluated once for all (Compared); the unit at hand is evaluated where it stands, so that what a
branch knows of it counts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce

from attrs import frozen

from zjrules.exact.census import OUT, Others, counted, is_out, perhaps_out
from zjrules.exact.scope import Compared, Population, Scope
from zjrules.interval import arith
from zjrules.interval.sets import EVERYTHING, ONE, Piece, Range, between, either, point
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.trace import Standing, Step
from zjrules.value import (
    ALL_UNITS,
    NO_PEERS,
    Problem,
    Unknown,
    Value,
    combined,
    deps_of,
    problems_of,
    range_of,
    settled,
)  # fmt: skip

Evaluate = Callable[[tm.Expr, Scope], Step]
_HALF = Fraction(1, 2)


def evaluate_peers(e: tm.Peers, scope: Scope, evaluate: Evaluate) -> Step:
    """Return the step of a function over all units; without a population its value is open."""
    own = evaluate(e.operand, scope)
    population = scope.run.population
    if population is None:
        can = between(ONE, None, step=_HALF if e.ties == "并列取均" else ONE) if e.kind == "名次" else EVERYTHING
        return Step(e, Unknown(can, frozenset({(ALL_UNITS, 0)})), (own,))
    table = population.compared.get(id(e))
    if table is None:
        steps = {"满分": scope.steps["满分"]} if "满分" in scope.steps else {}
        table = compared(population, lambda root: elsewhere(e, root, steps, scope.lets, evaluate))
        population.compared[id(e)] = table
    unit = scope.run.unit
    others = table.others(unit)
    found = _rank(e, own.value, table.values[unit], others) if e.kind == "名次" else _level(e, own.value, others)
    return Step(e, found, (own,), standing(table, unit))


def elsewhere(
    e: tm.Peers, root: Scope, steps: Mapping[str, Step], lets: Mapping[str, tm.Let], evaluate: Evaluate
) -> Value:
    """Return what another unit has at the same place of the rules: where 满分 (in steps) and 令 are these."""
    root.run.steps = 0
    return evaluate(e.operand, Scope(root.run, root.facts, root.ledgers, dict(steps), lets)).value


def compared(population: Population, value_of: Callable[[Scope], Value]) -> Compared:
    """Evaluate something for all units."""
    assert population.whole, "what all units have at this place was not counted"
    names = population.names
    values = abroad(population, value_of)
    found = counted(zip(names, values, strict=True))
    ends = None
    if found.known and not found.rest:
        first = {value: names[i] for i, value in reversed(list(enumerate(values)))}
        low, high = found.values[0], found.values[-1]
        ends = (low, first[low]), (high, first[high])
    open_ = (i for i, v in enumerate(values) if not isinstance(v, Fraction) and not is_out(v))
    return Compared(values, {unit: place for place, unit in enumerate(open_)}, found, ends)


def abroad(population: Population, value_of: Callable[[Scope], Value]) -> tuple[Value, ...]:
    """Return what each unit at hand has, as other units see it: what is missing bears the unit's name."""
    return tuple(_named(value_of(root), name) for root, name in zip(population.roots, population.names, strict=True))


def _named(value: Value, unit: str) -> Value:
    match value:
        case Unknown():
            deps = frozenset((f"{unit}：{name}", 0) for name, _ in value.deps)
            return Unknown(value.can, deps, value.tight, value.problems)
        case Problem(kind=kind, detail=detail, span=span) if not is_out(value):
            return Problem(kind, f"{unit}{f'：{detail}' if detail else ''}", span)
        case _:
            return value


def standing(table: Compared, unit: int) -> Standing:
    """Return what an explanation says of the units."""
    least, most = table.ends or (None, None)
    return Standing(table.census.size, least, most, table.values, unit)


# ---------- mean and best ----------


def _level(e: tm.Peers, own: Value, others: Others) -> Value:
    counts = e.own and not is_out(own)
    if e.kind == "同级平均":
        return mean(own if counts else None, others, e.span)
    mine = [own] if counts else []
    stopped = _stopped(others, mine, e.span)
    if stopped is not None:
        return stopped
    if others.rest.perhaps_out or any(map(perhaps_out, mine)):
        return _spread(others, mine)
    most = e.kind == "同级最大"
    values = (others.rest.most if most else others.rest.least, others.end(most), *mine)
    return reduce(lambda a, b: combined(arith.larger if most else arith.smaller, a, b), _there(values))


def mean(own: Value | None, others: Others, span: Span) -> Value:
    """Return the mean over the other units and, unless it is None, the unit's own value."""
    mine = [] if own is None else [own]
    stopped = _stopped(others, mine, span)
    if stopped is not None:
        return stopped
    count = others.known + len(others.rest.values) + len(mine)
    if not others.rest.values and (own is None or isinstance(own, Fraction)):
        return (others.total + (own or 0)) / count
    if others.rest.perhaps_out or any(map(perhaps_out, mine)):
        return _spread(others, mine)
    values = _there((others.rest.total, others.total if others.known else None, *mine))
    total = reduce(lambda a, b: combined(arith.add, a, b), values)
    return combined(lambda r: arith.scale(r, Fraction(1, count)), total)


def _there(values: Iterable[Value | None]) -> list[Value]:
    return [v for v in values if v is not None]


def _stopped(others: Others, mine: Sequence[Value], span: Span) -> Problem | None:
    """Return why nothing can be taken over some units."""
    if not (others.known or others.rest.values or mine):
        return Problem(NO_PEERS, "", span)
    return others.rest.stopped or next((v for v in mine if isinstance(v, Problem)), None)


def _spread(others: Others, mine: Sequence[Value]) -> Value:
    """Enclose a mean or best where it is open to whom it applies: it lies between the values."""
    ends = [point(x) for x in (others.end(most=False), others.end(most=True)) if x is not None]
    hulls = [] if others.rest.hull is None else [Range((others.rest.hull,))]
    hull = either(*ends, *hulls, *(range_of(v) for v in mine)).hull
    problems = frozenset(p for p in others.rest.problems | problems_of(*mine) if p.kind not in OUT)
    if not (others.known or others.rest.sure) and all(map(perhaps_out, mine)):
        problems |= {Problem(NO_PEERS)}
    deps = others.rest.deps | deps_of(*mine)
    return settled(between(hull.lo, hull.hi, hull.lo_open, hull.hi_open), deps, False, problems)


# ---------- rank ----------


def _rank(e: tm.Peers, own: Value, seen: Value, others: Others) -> Value:
    if isinstance(own, Problem):
        return own
    if not others.census.rest and isinstance(own, Fraction) and own == seen:
        return _known_rank(e, own, others)
    if others.rest.stopped is not None:
        return others.rest.stopped
    least, most = _places(e, own, others)
    step = _HALF if e.ties == "并列取均" else ONE
    tight = isinstance(own, Fraction) and others.rest.apart and e.ties in ("并列取前", "并列取后")
    problems = frozenset(p for p in problems_of(own) | others.rest.problems if p.kind not in OUT)
    return settled(between(least, most, step=step), deps_of(own) | others.rest.deps, tight, problems)


def _known_rank(e: tm.Peers, own: Fraction, others: Others) -> Fraction:
    if e.ties == "并列不空":
        values = others.census.values
        better = bisect_left(values, own) if e.rising else len(values) - bisect_right(values, own)
        return Fraction(better + 1)
    below, upto = others.below(own), others.upto(own)
    better = below if e.rising else others.known - upto
    match e.ties:
        case "并列取后":
            return Fraction(better + upto - below + 1)
        case "并列取均":
            return Fraction(2 * better + upto - below + 2, 2)
        case _:
            return Fraction(better + 1)


@frozen
class _Ahead:
    """How many units with a known value are surely ahead, may lead, may lead or be level, and are surely level."""

    surely: int
    may_lead: int
    may_tie: int
    level: int


def _ahead(e: tm.Peers, mine: Piece, others: Others) -> _Ahead:
    lo, hi, n = mine.lo, mine.hi, others.known
    level = others.upto(lo) - others.below(lo) if lo is not None and lo == hi else 0
    if e.rising:
        below = 0 if lo is None else others.below(lo)
        return _Ahead(below, n if hi is None else others.below(hi), n if hi is None else others.upto(hi), level)
    above = 0 if hi is None else n - others.upto(hi)
    return _Ahead(above, n if lo is None else n - others.upto(lo), n if lo is None else n - others.below(lo), level)


def _places(e: tm.Peers, own: Value, others: Others) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest rank that is possible, each unit taken by itself."""
    mine = range_of(own).hull
    known = _ahead(e, mine, others)
    match e.ties:
        case "并列取后":
            least, most = ONE + known.surely + known.level, ONE + known.may_tie
        case "并列取均":
            least, most = ONE + known.surely + _HALF * known.level, ONE + _HALF * (known.may_lead + known.may_tie)
        case _:
            least, most = ONE + (known.surely if e.ties == "并列取前" else 0), ONE + known.may_lead
    sure_ahead = known.surely > 0
    for other in others.rest.values:
        hull = range_of(other).hull
        ends = (mine.lo, mine.hi, hull.lo, hull.hi)
        lo, hi, its_lo, its_hi = ends if e.rising else (*_flipped(mine.hi, mine.lo), *_flipped(hull.hi, hull.lo))
        surely = not perhaps_out(other)
        ahead = its_hi is not None and lo is not None and its_hi < lo and surely
        may_lead = its_lo is None or hi is None or its_lo < hi
        level = its_lo is not None and its_lo == its_hi == lo == hi
        may_tie = not ahead and (its_lo is None or hi is None or its_lo <= hi)
        sure_ahead = sure_ahead or ahead
        match e.ties:
            case "并列取前":
                least, most = least + ahead, most + may_lead
            case "并列取后":
                least, most = least + (ahead or (level and surely)), most + (may_lead or may_tie)
            case "并列取均":
                halves = _HALF if level and surely else 0
                least += 1 if ahead else halves
                most += 1 if may_lead else _HALF if may_tie else 0
            case _:
                most += may_lead
    return (least + sure_ahead if e.ties == "并列不空" else least), most


def _flipped(a: Fraction | None, b: Fraction | None) -> tuple[Fraction | None, Fraction | None]:
    return (None if a is None else -a), (None if b is None else -b)
