"""Aggregates over ledgers as loops over rows that are tuples."""

from __future__ import annotations

from collections.abc import Callable

from zjrules.compiled.source import FAIL, Code, Num, Place, Plain, RefusedError, Result, Writer
from zjrules.term import expr as tm

Value = Callable[[tm.Expr, Place, Code], Result]


def over(e: tm.Over, at: Place, code: Code, value: Value) -> Result:
    """Write an aggregate."""
    out = code.out
    place = code.need(("rows", e.ledger, ""))
    out.names += 1
    row = f"r{out.names}"
    inner = Place(at.names, row, e.ledger)
    head = f"for {row} in l{place}:"
    match e.kind:
        case "计数":
            return _counted(e, head, inner, code, value)
        case "占比":
            return _share(e, head, inner, code, value)
        case "合计":
            return _total(e, head, inner, code, value)[0]
        case "平均":
            return _mean(e, head, inner, code, value)
        case "最大" | "最小":
            return _extreme(e, head, inner, code, value)
        case "全部" | "任一":
            return _every(e, head, inner, code, value)
        case _:
            raise RefusedError


def _truth(e: tm.Expr, at: Place, code: Code, value: Value) -> str:
    found = value(e, at, code)
    if not isinstance(found, Plain):
        raise RefusedError
    return found.text


def _number(e: tm.Expr | None, at: Place, code: Code, value: Value) -> Num:
    found = value(e, at, code) if e is not None else None
    if not isinstance(found, Num):
        raise RefusedError
    return code.out.number(found)


def _kept(e: tm.Over, at: Place, code: Code, value: Value) -> None:
    """Write the tests of a row: one that takes no part is passed over."""
    if e.except_ is not None:
        code.out.line(f"if {_truth(e.except_, at, code, value)}: continue")
    if e.where is not None and e.kind != "占比":
        code.out.line(f"if not {_truth(e.where, at, code, value)}: continue")


def _counted(e: tm.Over, head: str, at: Place, code: Code, value: Value) -> Num:
    out = code.out
    count = out.fresh("0")
    with out.block(head):
        _kept(e, at, code, value)
        if e.item is not None:
            value(e.item, at, code)
        out.line(f"{count} += 1")
    return Num(count, "1", True)


def _add(out: Writer, total: Num, item: Num) -> None:
    """Add a number to a running total, over the least denominator that holds both."""
    if item.den == total.den == "1":
        out.line(f"{total.num} += {item.num}")
        return
    out.line(f"if {total.den} == {item.den}: {total.num} += {item.num}")
    with out.block("else:"):
        part = out.fresh(f"{item.den} // gcd({total.den}, {item.den})")
        out.line(f"{total.num} = {total.num} * {part} + {item.num} * ({total.den} * {part} // {item.den})")
        out.line(f"{total.den} *= {part}")


def _running(out: Writer, positive: bool) -> Num:
    return Num(out.fresh("0"), out.fresh("1"), positive)


def _total(e: tm.Over, head: str, at: Place, code: Code, value: Value) -> tuple[Num, str]:
    """Return the sum and how many rows are in it."""
    out = code.out
    total, count = _running(out, True), out.fresh("0")
    with out.block(head):
        _kept(e, at, code, value)
        item = _number(e.item, at, code, value)
        _add(out, total, item)
        out.line(f"{count} += 1")
    return Num(total.num, total.den, item.positive), count


def _share(e: tm.Over, head: str, at: Place, code: Code, value: Value) -> Num:
    out = code.out
    top, bottom = _running(out, True), _running(out, True)
    with out.block(head):
        _kept(e, at, code, value)
        test = out.atom(_truth(e.where, at, code, value)) if e.where is not None else "True"
        weight = Num("1", "1", True)
        if e.item is not None:
            weight = _number(e.item, at, code, value)
            if not weight.positive:
                out.line(f"if {weight.num} < 0: {FAIL}")
        if e.item is None:
            out.line(f"{bottom.num} += 1")
            out.line(f"if {test}: {top.num} += 1")
        else:
            _add(out, bottom, weight)
            with out.block(f"if {test}:"):
                _add(out, top, weight)
    if e.item is None:
        top, bottom = Num(top.num, "1", True), Num(bottom.num, "1", True)
    # No row, or rows that weigh nothing: there is no share.
    return out.over(top, bottom)


def _mean(e: tm.Over, head: str, at: Place, code: Code, value: Value) -> Num:
    out = code.out
    if e.weight is None:
        total, count = _total(e, head, at, code, value)
        return out.over(total, Num(count, "1", True))
    top, bottom = _running(out, False), _running(out, False)
    with out.block(head):
        _kept(e, at, code, value)
        item, weight = _number(e.item, at, code, value), _number(e.weight, at, code, value)
        _add(out, bottom, weight)
        _add(out, top, out.number(out.times(item, weight)))
    return out.over(top, bottom)


def _extreme(e: tm.Over, head: str, at: Place, code: Code, value: Value) -> Num:
    out = code.out
    best, below = out.fresh("None"), out.fresh("1")
    with out.block(head):
        _kept(e, at, code, value)
        item = _number(e.item, at, code, value)
        test = out.compared("<" if e.kind == "最大" else ">", Num(best, below), item)
        out.line(f"if {best} is None or {test}: {best} = {item.num}; {below} = {item.den}")
    out.line(f"if {best} is None: {FAIL}")
    return Num(best, below, item.positive)


def _every(e: tm.Over, head: str, at: Place, code: Code, value: Value) -> Plain:
    out = code.out
    stop = e.kind == "任一"
    found = out.fresh(str(not stop))
    with out.block(head):
        _kept(e, at, code, value)
        test = _truth(e.item, at, code, value) if e.item is not None else str(not stop)
        # No leaving early: a later row may have no value at all, and then the aggregate has none.
        out.line(f"if {test if stop else f'not {test}'}: {found} = {stop}")
    return Plain(found)
