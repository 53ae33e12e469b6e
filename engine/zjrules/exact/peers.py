"""What is taken over all units: rank, best, mean, and the mean score of the units that an indicator applies to.

The other units are evaluated once for all (Compared); the unit at hand is evaluated where it stands, so that what a
branch knows of it counts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction

from zjrules.exact.scope import Compared, Population, Scope
from zjrules.interval import arith
from zjrules.interval.sets import EVERYTHING, ONE, between, either
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.trace import Standing, Step
from zjrules.value import (
    ALL_UNITS,
    LEFT_OUT,
    NO_PEERS,
    NOT_APPLICABLE,
    Problem,
    Unknown,
    Value,
    apart,
    combined,
    deps_of,
    problems_of,
    range_of,
    settled,
)  # fmt: skip

Evaluate = Callable[[tm.Expr, Scope], Step]
_OUT = (NOT_APPLICABLE, LEFT_OUT)
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
        table = compared(population, lambda root: evaluate(e.operand, _elsewhere(root, scope)).value)
        population.compared[id(e)] = table
    value = own.value
    found = _rank(e, value, table, scope.run.unit) if e.kind == "名次" else _level(e, value, table, scope.run.unit)
    return Step(e, found, (own,), standing(table, population, scope.run.unit))


def _elsewhere(root: Scope, scope: Scope) -> Scope:
    """Return the scope of another unit at the same place of the rules."""
    steps = {"满分": scope.steps["满分"]} if "满分" in scope.steps else {}
    root.run.steps = 0
    return Scope(root.run, root.facts, root.ledgers, steps, scope.lets)


def compared(population: Population, value_of: Callable[[Scope], Value]) -> Compared:
    """Evaluate something for all units."""
    found = tuple(_abroad(value_of(root), name) for root, name in zip(population.roots, population.names, strict=True))
    live = tuple(i for i, v in enumerate(found) if not (isinstance(v, Problem) and v.kind in _OUT))
    known = [v for i in live if isinstance(v := found[i], Fraction)]
    if len(known) < len(live):
        return Compared(found, live, None, (), ())
    return Compared(found, live, sum(known, Fraction(0)), tuple(sorted(known)), tuple(sorted(set(known))))


def _abroad(value: Value, unit: str) -> Value:
    """Return a value as other units see it: what is missing bears the unit's name."""
    match value:
        case Unknown():
            deps = frozenset((f"{unit}：{name}", 0) for name, _ in value.deps)
            return Unknown(value.can, deps, value.tight, value.problems)
        case Problem(kind=kind, detail=detail, span=span) if kind not in _OUT:
            return Problem(kind, f"{unit}{f'：{detail}' if detail else ''}", span)
        case _:
            return value


def standing(table: Compared, population: Population, unit: int) -> Standing:
    """Return what an explanation says of the units."""
    if table.total is None or not table.live:
        return Standing(len(table.live), values=table.values, unit=unit)
    first, last = table.ordered[0], table.ordered[-1]
    named = {value: population.names[i] for i in reversed(table.live) if isinstance(value := table.values[i], Fraction)}
    return Standing(len(table.live), (first, named[first]), (last, named[last]), table.values, unit)


# ---------- mean and best ----------


def _level(e: tm.Peers, own: Value, table: Compared, unit: int) -> Value:
    counts = e.own and not (isinstance(own, Problem) and own.kind in _OUT)
    if e.kind == "同级平均":
        return mean(own if counts else None, table, unit, e.span)
    values = [table.values[i] for i in table.live if i != unit] + ([own] if counts else [])
    if not values:
        return Problem(NO_PEERS, "", e.span)
    stopped = _stopped(values)
    if stopped is not None:
        return stopped
    if any(_perhaps_out(v) for v in values):
        return _spread(values)
    best = values[0]
    for value in values[1:]:
        best = combined(arith.larger if e.kind == "同级最大" else arith.smaller, best, value)
    return best


def mean(own: Value | None, table: Compared, unit: int, span: Span) -> Value:
    """Return the mean over the other units and, unless it is None, the unit's own value."""
    seen = table.values[unit]
    inside = unit in table.live
    if table.total is not None and (own is None or isinstance(own, Fraction)):
        others = table.total - (seen if inside and isinstance(seen, Fraction) else 0)
        count = len(table.live) - inside + (own is not None)
        return (others + (own if isinstance(own, Fraction) else 0)) / count if count else Problem(NO_PEERS, "", span)
    values = [table.values[i] for i in table.live if i != unit] + ([own] if own is not None else [])
    if not values:
        return Problem(NO_PEERS, "", span)
    stopped = _stopped(values)
    if stopped is not None:
        return stopped
    if any(_perhaps_out(v) for v in values):
        return _spread(values)
    total = values[0]
    for value in values[1:]:
        total = combined(arith.add, total, value)
    return combined(lambda r: arith.scale(r, Fraction(1, len(values))), total)


def _stopped(values: Sequence[Value]) -> Problem | None:
    return next((v for v in values if isinstance(v, Problem)), None)


def _perhaps_out(value: Value) -> bool:
    return isinstance(value, Unknown) and any(p.kind in _OUT for p in value.problems)


def _spread(values: Sequence[Value]) -> Value:
    """Enclose a mean or best where it is open to whom it applies: it lies between the values."""
    hull = either(*(range_of(v) for v in values)).hull
    problems = frozenset(p for p in problems_of(*values) if p.kind not in _OUT)
    if all(_perhaps_out(v) for v in values):
        problems |= {Problem(NO_PEERS)}
    return settled(between(hull.lo, hull.hi, hull.lo_open, hull.hi_open), deps_of(*values), False, problems)


# ---------- rank ----------


def _rank(e: tm.Peers, own: Value, table: Compared, unit: int) -> Value:
    if isinstance(own, Problem):
        return own
    if table.total is not None and isinstance(own, Fraction) and own == table.values[unit]:
        return _known_rank(e, own, table)
    others = [table.values[i] for i in table.live if i != unit]
    stopped = _stopped(others)
    if stopped is not None:
        return stopped
    least, most = _places(e, own, others)
    step = _HALF if e.ties == "并列取均" else ONE
    tight = isinstance(own, Fraction) and apart(*others) and e.ties in ("并列取前", "并列取后")
    problems = frozenset(p for p in problems_of(own, *others) if p.kind not in _OUT)
    return settled(between(least, most, step=step), deps_of(own, *others), tight, problems)


def _known_rank(e: tm.Peers, own: Fraction, table: Compared) -> Fraction:
    values = table.distinct if e.ties == "并列不空" else table.ordered
    below, upto = bisect_left(values, own), bisect_right(values, own)
    better = below if e.rising else len(values) - upto
    tied = upto - below
    match e.ties:
        case "并列取后":
            return Fraction(better + tied)
        case "并列取均":
            return Fraction(2 * better + tied + 1, 2)
        case _:
            return Fraction(better + 1)


def _places(e: tm.Peers, own: Value, others: Sequence[Value]) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest rank that is possible, each unit taken by itself."""
    least = most = Fraction(1)
    mine = range_of(own).hull
    sure_ahead = False
    for other in others:
        hull = range_of(other).hull
        ends = (mine.lo, mine.hi, hull.lo, hull.hi)
        lo, hi, its_lo, its_hi = ends if e.rising else (*_flipped(mine.hi, mine.lo), *_flipped(hull.hi, hull.lo))
        surely = not _perhaps_out(other)
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
