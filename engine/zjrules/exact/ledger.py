"""Aggregates over ledgers, with rows whose membership or value is not known."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from attrs import define, field

from zjrules.exact.narrow import excluded
from zjrules.exact.scope import Rows, Scope
from zjrules.interval import arith
from zjrules.interval.sets import EVERYTHING, ONE, ZERO, Range, between, either, point
from zjrules.term import expr as tm
from zjrules.trace import Step, Tally
from zjrules.value import (
    EMPTY_LEDGER,
    NOT_APPLICABLE,
    ZERO_DIVISION,
    Problem,
    Unknown,
    Value,
    apart,
    combined,
    deps_of,
    problems_of,
    range_of,
    settled,
    truths,
)  # fmt: skip

Evaluate = Callable[[tm.Expr, Scope], Step]
IN, SIDE, OUT = "in", "side", "out"
_OUTSIDE = frozenset({OUT})
"""A row counts; it only belongs to the denominator; it takes no part."""


@define(eq=False)
class Row:
    """One row: its number, where it can belong, its item and what these depend on."""

    number: int
    places: frozenset[str]
    item: Value
    tests: list[Value] = field(factory=list)
    weight: Value = ONE

    def surely(self, place: str) -> bool:
        """Return whether the row can only be in one place."""
        return self.places == {place}


def over(e: tm.Over, scope: Scope, evaluate: Evaluate) -> Step:
    """Return the step of an aggregate; its note is a Tally where rows were looked at."""
    if id(e) in scope.run.given:
        return Step(e, scope.run.given[id(e)])
    rows = scope.ledgers[e.ledger]
    if rows.rows is None:
        return Step(e, unseen(e, scope, rows, evaluate))
    found: list[Row] = []
    seen: list[Step] = []
    skipped: list[int] = []
    stopped: Problem | None = None
    for number, cells in enumerate(rows.rows):
        row = row_of(e, scope, number, cells, evaluate, seen)
        if isinstance(row, Problem):
            if row.kind == NOT_APPLICABLE:
                skipped.append(number)
            else:
                stopped = stopped or row
        else:
            found.append(row)
    if stopped is not None:
        return Step(e, stopped, aside=tuple(seen))
    value = KINDS[e.kind](e, found, rows)
    return Step(e, value, (), _tally(e, found, skipped), tuple(seen))


def row_of(
    e: tm.Over, scope: Scope, number: int, cells: object, evaluate: Evaluate, seen: list[Step] | None = None
) -> Row | Problem:
    """Return a row with its places, item and weight, or why it has none; seen takes the steps that say so."""
    kids: list[Step] = []

    def asked(part: tm.Expr, inner: Scope) -> Step:
        kids.append(evaluate(part, inner))
        return kids[-1]

    found = _row(e, scope, number, cells, asked)
    if seen is not None:
        seen.append(Step(e, Fraction(number), tuple(kids)))
    return found


def _row(e: tm.Over, scope: Scope, number: int, cells: object, evaluate: Evaluate) -> Row | Problem:
    inner = Scope(scope.run, scope.facts, scope.ledgers, scope.steps, scope.lets, cells, number)  # type: ignore[arg-type]
    left_out = evaluate(e.except_, inner).value if e.except_ is not None else False
    if left_out is True:
        return Row(number, _OUTSIDE, ZERO)
    kept = evaluate(e.where, inner).value if e.where is not None else True
    if isinstance(left_out, Problem) or isinstance(kept, Problem):
        return left_out if isinstance(left_out, Problem) else kept  # type: ignore[return-value]
    beside = SIDE if e.kind == "占比" else OUT
    if left_out is False and kept is False and beside == OUT:
        return Row(number, _OUTSIDE, True)
    places = {OUT} if True in truths(left_out) else set()
    if False in truths(left_out):
        places |= {IN} if True in truths(kept) else set()
        places |= {beside} if False in truths(kept) else set()
    item: Value = True
    if e.item is not None and places != {OUT} and (beside == SIDE or IN in places):
        item = evaluate(e.item, inner).value
        if isinstance(item, Problem):
            return item
    weight: Value = ONE
    if e.weight is not None and IN in places:
        weight = evaluate(e.weight, inner).value
        if isinstance(weight, Problem):
            return weight
    return Row(number, frozenset(places), item, [v for v in (left_out, kept) if isinstance(v, Unknown)], weight)


def _tally(e: tm.Over, found: list[Row], skipped: list[int]) -> Tally:
    inside = [r for r in found if not r.surely(OUT) or e.kind == "占比"]
    total = [r for r in found if not r.surely(OUT)] if e.kind == "占比" else inside
    if e.kind in ("全部", "任一"):
        missed = [r.number for r in inside if r.item is False]
        open_ = [r.number for r in inside if isinstance(r.item, Unknown) or len(r.places) > 1]
        taken = sum(1 for r in inside if r.item is True and r.surely(IN))
    else:
        missed = [r.number for r in total if r.surely(SIDE)]
        open_ = [r.number for r in total if len(r.places) > 1 or isinstance(r.item, Unknown)]
        taken = sum(1 for r in total if r.surely(IN))
    items = [(r.number, r.item) for r in inside if e.kind in ("合计", "平均", "最大", "最小")]
    counted = tuple(r.number for r in inside if r.surely(IN)) if e.kind == "计数" else ()
    return Tally(len(total), taken, tuple(missed), tuple(open_), tuple(skipped), tuple(items), counted)


def _doubts(found: list[Row]) -> list[Value]:
    """Return everything unknown that the membership and items of rows rest on."""
    return [v for r in found for v in (*r.tests, r.item) if isinstance(v, Unknown) and not r.surely(OUT)]


def _result(can: Range, found: list[Row], *, exact: bool = True, also: frozenset[Problem] = frozenset()) -> Value:
    doubts = _doubts(found)
    return settled(can, deps_of(*doubts), exact and apart(*doubts), problems_of(*doubts) | also)


def _empty(e: tm.Over) -> Problem:
    return Problem(EMPTY_LEDGER, e.ledger, e.span)


def _count(e: tm.Over, found: list[Row], rows: Rows) -> Value:
    sure = sum(1 for r in found if r.surely(IN))
    most = sum(1 for r in found if IN in r.places)
    if sure == most:
        return Fraction(sure)
    return _result(between(Fraction(sure), Fraction(most), step=ONE), found)


def _share(e: tm.Over, found: list[Row], rows: Rows) -> Value:
    live = [r for r in found if not r.surely(OUT)]
    weighted = e.item is not None
    can_empty = all(OUT in r.places for r in live) and not _known_nonempty(e, rows)
    if not live:
        return _empty(e)
    low = _end(live, prefer=(SIDE, OUT, IN), weighted=weighted, far=False)
    high = _end(live, prefer=(IN, OUT, SIDE), weighted=weighted, far=True)
    also = frozenset({_empty(e)}) if can_empty else frozenset()
    if low is None or high is None:
        return settled(between(ZERO, ONE), deps_of(*_doubts(live)), False, problems_of(*_doubts(live)) | {_empty(e)})
    tight = all(len(r.places) == 1 for r in live) or not weighted
    can = between(low, high)
    if low != high:
        can = Range(can.pieces, False)
    return _result(can, live, exact=tight, also=also)


def _known_nonempty(e: tm.Over, rows: Rows) -> bool:
    simple, left_out = excluded(tm.Over("计数", e.ledger, None, None, e.except_, e.type))
    return simple and left_out in rows.nonempty


def _end(live: list[Row], prefer: tuple[str, ...], weighted: bool, far: bool) -> Fraction | None:
    """Return the least (or, far, the greatest) share; None when weights can be 0 throughout or are not bounded."""
    top = bottom = ZERO
    for row in live:
        place = next(p for p in prefer if p in row.places)
        weight = _weight(row, place, far) if weighted else ONE
        if weight is None:
            return None
        top += weight if place == IN else ZERO
        bottom += weight if place in (IN, SIDE) else ZERO
    if bottom:
        return top / bottom
    # Every row left: then one that may stay decides, and it is of the other kind.
    return None if weighted else (ZERO if far else ONE)


def _weight(row: Row, place: str, far: bool) -> Fraction | None:
    if not isinstance(row.item, Unknown):
        return row.item if isinstance(row.item, Fraction) and row.item >= 0 else None
    hull = range_of(row.item).hull
    largest = (place == IN) == far
    end = hull.hi if largest else hull.lo
    return end if end is not None and end >= 0 and hull.lo is not None and hull.lo >= 0 else None


def _sum(e: tm.Over, found: list[Row], rows: Rows) -> Value:
    total: Value = ZERO
    for row in found:
        if row.surely(OUT):
            continue
        if isinstance(total, Fraction) and isinstance(row.item, Fraction) and row.surely(IN):
            total += row.item
        else:
            total = combined(arith.add, total, _optional(row))
    return total


def _optional(row: Row) -> Value:
    """Return what a row adds when it may or may not count."""
    if row.surely(IN):
        return row.item
    values = [row.item, *row.tests]
    return settled(either(range_of(row.item), point(ZERO)), deps_of(*values), apart(*values), problems_of(*values))


def _mean(e: tm.Over, found: list[Row], rows: Rows) -> Value:
    live = [r for r in found if not r.surely(OUT)]
    if not live:
        return _empty(e)
    if e.weight is not None:
        return _weighted(e, live, rows)
    if all(r.surely(IN) for r in live):
        total = _sum(e, live, rows)
        number = Fraction(len(live))
        return total / number if isinstance(total, Fraction) else combined(lambda r: arith.scale(r, 1 / number), total)
    return _spread(e, live, rows)


def _weighted(e: tm.Over, live: list[Row], rows: Rows) -> Value:
    """Return the mean of items by their weights; where weights or rows are open, it lies between the items."""
    known = [r.weight for r in live if isinstance(r.weight, Fraction)]
    if len(known) == len(live) and all(r.surely(IN) for r in live):
        whole = sum(known, ZERO)
        if not whole:
            return Problem(ZERO_DIVISION, "权重合计", e.span)
        total: Value = ZERO
        for row, weight in zip(live, known, strict=True):
            total = combined(arith.add, total, combined(lambda r, w=weight / whole: arith.scale(r, w), row.item))
        return total
    open_ = [r.weight for r in live if isinstance(r.weight, Unknown)]
    ends = [range_of(r.weight).hull.lo for r in live]
    doubts = [*_doubts(live), *open_]
    none = frozenset({Problem(ZERO_DIVISION, "权重合计", e.span)})
    if any(end is None or end < 0 for end in ends):
        return settled(EVERYTHING, deps_of(*doubts), False, problems_of(*doubts) | none)
    inside = _spread(e, live, rows)
    if isinstance(inside, Problem):
        return inside
    weighty = any(r.surely(IN) and range_of(r.weight).hull.lo for r in live)
    problems = problems_of(inside, *open_) | (frozenset() if weighty else none)
    return settled(range_of(inside), deps_of(inside, *doubts), False, problems)


def _spread(e: tm.Over, live: list[Row], rows: Rows) -> Value:
    """Enclose an aggregate that lies between the items, where it is open which rows count."""
    can = either(*(range_of(r.item) for r in live))
    hull = can.hull
    inside = between(hull.lo, hull.hi, hull.lo_open, hull.hi_open)
    may_empty = all(OUT in r.places for r in live) and not _known_nonempty(e, rows)
    return _result(inside, live, exact=False, also=frozenset({_empty(e)}) if may_empty else frozenset())


def _extreme(e: tm.Over, found: list[Row], rows: Rows) -> Value:
    live = [r for r in found if not r.surely(OUT)]
    if not live:
        return _empty(e)
    if not all(r.surely(IN) for r in live):
        return _spread(e, live, rows)
    best = live[0].item
    for row in live[1:]:
        if isinstance(best, Fraction) and isinstance(row.item, Fraction):
            best = max(best, row.item) if e.kind == "最大" else min(best, row.item)
        else:
            best = combined(arith.larger if e.kind == "最大" else arith.smaller, best, row.item)
    return best


def _every(e: tm.Over, found: list[Row], rows: Rows) -> Value:
    stop = e.kind == "任一"
    can = {not stop}
    certain = False
    for row in found:
        if IN not in row.places or stop not in truths(row.item):
            continue
        can.add(stop)
        certain = certain or (row.surely(IN) and row.item is stop)
    if certain:
        can = {stop}
    doubts = _doubts(found)
    return settled(frozenset(can), deps_of(*doubts), apart(*doubts), problems_of(*doubts))


KINDS: dict[str, Callable[[tm.Over, list[Row], Rows], Value]] = {
    "计数": _count, "占比": _share, "合计": _sum, "平均": _mean, "最大": _extreme, "最小": _extreme, "全部": _every, "任一": _every,
}  # fmt: skip


# ---------- a ledger that nobody has seen ----------


def unseen(e: tm.Over, scope: Scope, rows: Rows, evaluate: Evaluate) -> Value:
    """Return what an aggregate can be over a ledger that nobody has seen."""
    row = row_of(e, scope, 0, rows.columns, evaluate)
    sizes = rows.sizes
    deps = rows.deps
    if sizes.point == 0:
        return KINDS[e.kind](e, [], rows)
    some = _known_nonempty(e, rows)
    empty = frozenset() if some else frozenset({_empty(e)})
    if isinstance(row, Problem):
        return settled(between(ZERO, ZERO) if not some else between(ZERO, None), deps, False, frozenset({row}))
    if row.surely(OUT):
        # Whatever rows there are, none takes part.
        return KINDS[e.kind](e, [], rows)
    item, open_ = row.item, problems_of(row.item, *row.tests)
    match e.kind:
        case "计数":
            sure = row.surely(IN)
            can = sizes if sure else between(ZERO, sizes.hull.hi, step=ONE) if IN in row.places else point(ZERO)
            return settled(can, deps, True, open_)
        case "占比":
            ends = [ONE] * (IN in row.places) + [ZERO] * (SIDE in row.places)
            if not ends:
                return _empty(e)
            return settled(between(min(ends), max(ends)), deps, True, open_ | empty)
        case "合计":
            return settled(_sums(range_of(item), some and row.surely(IN)), deps, True, open_)
        case "全部" | "任一":
            stop = e.kind == "任一"
            can_stop = IN in row.places and stop in truths(item)
            return settled(frozenset({not stop, stop} if can_stop else {not stop}), deps, True, open_)
        case _:
            hull = range_of(item).hull
            if e.weight is not None:
                lowest = range_of(row.weight).hull.lo
                empty |= {Problem(ZERO_DIVISION, "权重合计", e.span)}
                if lowest is None or lowest < 0:
                    return settled(EVERYTHING, deps, False, open_ | empty)
            return settled(between(hull.lo, hull.hi, hull.lo_open, hull.hi_open), deps, True, open_ | empty)


def _sums(item: Range, some: bool) -> Range:
    """Return what a sum over any number of rows can be."""
    hull = item.hull
    down = hull.lo is None or hull.lo < 0
    up = hull.hi is None or hull.hi > 0
    lo = None if down else hull.lo if some else ZERO
    hi = None if up else hull.hi if some else ZERO
    return between(lo, hi)
