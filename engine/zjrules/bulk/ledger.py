"""Aggregates over ledgers: what each row brings is worked out over all rows at once, then brought together by unit."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from zjrules.bulk.code import NO, Flag, Int, RefusedError, constant
from zjrules.bulk.number import Cond, Num, Value, scaled
from zjrules.bulk.writer import Place, RowCode, Writer
from zjrules.term import expr as tm

Write = Callable[[tm.Expr, Place, Writer], Value]


def over(e: tm.Over, at: Place, w: Writer, value: Write) -> Value:
    """Write an aggregate."""
    inner = w.inside(e.ledger)
    rows = w.rows[e.ledger]
    kept, where, bad = _kept(e, at, inner, value)
    match e.kind:
        case "计数":
            if e.item is not None:
                bad = _also(inner, bad, kept, value(e.item, at, inner).bad)
            found: Value = Num(Fraction(1), _sum(w, rows, e, inner.code.number(kept)))
        case "占比":
            found, bad = _share(e, (kept, where, bad), at, (w, inner), value)
        case "合计":
            item = _number(e.item, at, inner, value)
            found, bad = _total(w, inner, e, kept, item), _also(inner, bad, kept, item.bad)
        case "平均":
            found, bad = _mean(e, (kept, bad), at, (w, inner), value)
        case "最大" | "最小":
            item = _number(e.item, at, inner, value)
            found, bad = _extreme(e, kept, item, w, inner), _also(inner, bad, kept, item.bad)
        case "全部" | "任一":
            test = _truth(e.item, at, inner, value)
            bad = _also(inner, bad, kept, test.bad)
            stop = test.flag if e.kind == "任一" else inner.code.opposite(test.flag)
            some = _any(w, rows, e, inner.code.both(kept, stop))
            found = Cond(some if e.kind == "任一" else w.code.opposite(some))
        case _:
            raise RefusedError
    return _spoilt(found, _any(w, rows, e, bad), w)


def _spoilt(found: Value, bad: Flag, w: Writer) -> Value:
    both = w.code.either(found.bad, bad)
    match found:
        case Num():
            return Num(found.factor, found.above, found.below, found.most, both, found.span)
        case Cond():
            return Cond(found.flag, both)
        case _:
            raise RefusedError


def _kept(e: tm.Over, at: Place, w: Writer, value: Write) -> tuple[Flag, Flag, Flag]:
    """Return which rows take part, which of them meet 其中, and which have no value for that.

    For 占比, a row that does not meet 其中 takes part all the same.
    """
    c = w.code
    left_out = Cond(NO) if e.except_ is None else _truth(e.except_, at, w, value)
    stays = c.opposite(left_out.flag)
    if e.where is None:
        return stays, stays, left_out.bad
    where = _truth(e.where, at, w, value)
    bad = c.either(left_out.bad, c.both(stays, where.bad))
    met = c.both(stays, where.flag)
    return (stays if e.kind == "占比" else met), met, bad


def _also(w: Writer, bad: Flag, kept: Flag, more: Flag) -> Flag:
    return w.code.either(bad, w.code.both(kept, more))


def _truth(e: tm.Expr | None, at: Place, w: Writer, value: Write) -> Cond:
    found = value(e, at, w) if e is not None else None
    if not isinstance(found, Cond):
        raise RefusedError
    return found


def _number(e: tm.Expr | None, at: Place, w: Writer, value: Write) -> Num:
    found = value(e, at, w) if e is not None else None
    if not isinstance(found, Num):
        raise RefusedError
    return found


def _sum(w: Writer, rows: RowCode, e: tm.Over, column: Int) -> Int:
    return w.gathered(rows, e.ledger, "sum", column)


def _any(w: Writer, rows: RowCode, e: tm.Over, column: Flag) -> Flag:
    if column.known is False:
        return NO
    return w.code.less(constant(0), w.gathered(rows, e.ledger, "any", column))


def _total(w: Writer, inner: Writer, e: tm.Over, kept: Flag, item: Num) -> Num:
    """Return the sum of what the rows that take part bring; ratios of different denominators go on between two integers."""
    c, zero = inner.code, constant(0)
    if item.factor == 0:
        return scaled(item, Fraction(0))
    if item.below.known is None:
        item = inner.sums.bracket(item)
    assert item.below.known is not None
    low = _sum(w, w.rows[e.ledger], e, c.chosen(kept, item.above, zero))
    most = item.most and _sum(w, w.rows[e.ledger], e, c.chosen(kept, item.most, zero))
    return Num(item.factor / item.below.known, low, constant(1), most)


def _share(
    e: tm.Over, tests: tuple[Flag, Flag, Flag], at: Place, writers: tuple[Writer, Writer], value: Write
) -> tuple[Num, Flag]:
    """Return the share of the rows that meet 其中, by count or by weight; without any row, or weight, there is none."""
    (kept, met, bad), (w, inner) = tests, writers
    if e.item is None:
        rows = w.rows[e.ledger]
        top, bottom = (_sum(w, rows, e, inner.code.number(f)) for f in (met, kept))
        return w.sums.over(Num(Fraction(1), top), Num(Fraction(1), bottom)), bad
    weight = _number(e.item, at, inner, value)
    negative = inner.sums.compared("<", weight, Num(Fraction(0), constant(1)))
    bad = _also(inner, bad, kept, inner.code.either(negative.flag, negative.bad))
    return w.sums.over(_total(w, inner, e, met, weight), _total(w, inner, e, kept, weight)), bad


def _mean(
    e: tm.Over, tests: tuple[Flag, Flag], at: Place, writers: tuple[Writer, Writer], value: Write
) -> tuple[Num, Flag]:
    (kept, bad), (w, inner) = tests, writers
    item = _number(e.item, at, inner, value)
    bad = _also(inner, bad, kept, item.bad)
    if e.weight is None:
        count = _sum(w, w.rows[e.ledger], e, inner.code.number(kept))
        return w.sums.over(_total(w, inner, e, kept, item), Num(Fraction(1), count)), bad
    weight = _number(e.weight, at, inner, value)
    bad = _also(inner, bad, kept, weight.bad)
    top = _total(w, inner, e, kept, inner.sums.times(item, weight))
    return w.sums.over(top, _total(w, inner, e, kept, weight)), bad


def _extreme(e: tm.Over, kept: Flag, item: Num, w: Writer, inner: Writer) -> Num:
    """Return the largest or smallest item; ratios are left to the exact engine."""
    if item.below.known is None or item.most is not None:
        raise RefusedError
    c, rows = inner.code, w.rows[e.ledger]
    most = (e.kind == "最大") == (item.factor >= 0)
    none = constant(item.above.lo if most else item.above.hi)
    best = w.gathered(rows, e.ledger, "max" if most else "min", c.chosen(kept, item.above, none))
    count = _sum(w, rows, e, c.number(kept))
    return Num(item.factor / item.below.known, best, constant(1), None, w.code.equal(count, constant(0)))
