"""Aggregates as nodes: what each row or unit brings, then a sum, a count, 且, 或, 最大 or 最小 of it.

A row that takes no part brings 不在内; the checker leaves it out, and likewise a row that is 不适用.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from zjrules.certificate.nodes import ONE, ZERO, Names, Writer
from zjrules.certificate.plain import seen
from zjrules.term import expr as tm
from zjrules.value import EMPTY_LEDGER, NO_PEERS, ZERO_DIVISION, Problem
from zjrules.verifier import Hull, Nil

Lower = Callable[[tm.Expr, Names, Writer], int]
APART = Nil("不在内")


def over(e: tm.Over, names: Names, out: Writer, lower: Lower, column: str | None = None) -> int:
    """Return the node of an aggregate over a ledger, or over those of its rows that are alike in a column."""
    source = [e.ledger] if column is None else [e.ledger, column]
    if e.kind == "计数" and e.where is None and e.except_ is None:
        return out.rows(names, "各行", source, lambda _: None)[0]
    _, rows = out.rows(names, "各行", source, lambda inner: _valued(e, inner, out, lower))
    return _reduced(e, rows, names, out)


def _of_this_row(number: int, names: Names, out: Writer) -> int:
    """Return a node of this row; what does not depend on the row stands outside."""
    if any(node["号"] == number for node in names.out):
        return number
    return out.branch(names, out.constant(True), number, number)


def _valued(e: tm.Over, names: Names, out: Writer, lower: Lower) -> dict[str, int]:
    """Return what a row brings: its value (值), its weight (权)."""
    apart, true, false = out.constant(APART), out.constant(True), out.constant(False)
    where = true if e.where is None else lower(e.where, names, out)
    within = true if e.except_ is None else out.branch(names, lower(e.except_, names, out), false, true)
    if e.item is None or e.kind == "占比":
        if e.item is None:
            # Whether it is kept; what is excluded, or has no value, takes no part.
            return {
                "值": _of_this_row(where if within == true else out.branch(names, within, where, apart), names, out)
            }
        return _share_of(e, within, where, names, out, lower)
    kept = where if within == true else out.branch(names, within, where, false)
    if kept != true:
        # Of a row that takes no part nothing more is worked out.
        kept = out.add(names, "取行", (kept,))
    item = lower(e.item, names, out)
    if e.weight is None:
        return {"值": _of_this_row(item if kept == true else out.branch(names, kept, item, apart), names, out)}
    weight = lower(e.weight, names, out)
    value = out.branch(names, kept, out.add(names, "×", (item, weight)), apart)
    # A row without an item has no weight either.
    weight = out.branch(names, out.add(names, "无", (item,)), item, weight)
    return {"值": value, "权": out.branch(names, kept, weight, apart)}


def _share_of(e: tm.Over, within: int, where: int, names: Names, out: Writer, lower: Lower) -> dict[str, int]:
    assert e.item is not None
    apart, zero, item = out.constant(APART), out.constant(ZERO), lower(e.item, names, out)
    beside = out.branch(names, out.add(names, "无", (item,)), item, zero)
    value = out.branch(names, within, out.branch(names, where, item, beside), apart)
    whole = out.branch(names, within, out.branch(names, where, item, item), apart)
    return {"值": value, "权": whole, "负": out.add(names, "<", (whole, zero))}


def _reduced(e: tm.Over, rows: dict[str, int], names: Names, out: Writer) -> int:
    """Return the node of what rows come to."""
    values, weights = (rows["值"],), (rows.get("权", 0),)
    match e.kind:
        case "计数":
            return out.add(names, "真数", values, e.span)
        case "合计" | "全部" | "任一":
            return out.add(names, {"全部": "且", "任一": "或"}.get(e.kind, "合计"), values, e.span)
        case "占比" if e.item is None:
            found = out.add(names, "÷", (out.add(names, "真数", values), out.add(names, "个数", values)))
        case "平均" if e.weight is None:
            found = out.add(names, "÷", (out.add(names, "合计", values), out.add(names, "个数", values)))
        case "占比" | "平均":
            found = _weighted(e, values, weights, rows.get("负"), names, out)
        case _:
            found = out.add(names, e.kind, values)
    none = out.add(names, "=", (out.add(names, "个数", values), out.constant(ZERO)))
    return out.branch(names, none, out.constant(seen(Problem(EMPTY_LEDGER, e.ledger))), found, e.span)


def _weighted(
    e: tm.Over, values: tuple[int], weights: tuple[int], negative: int | None, names: Names, out: Writer
) -> int:
    total, whole = out.add(names, "合计", values), out.add(names, "合计", weights)
    weightless = out.add(names, "=", (whole, out.constant(ZERO)))
    otherwise = seen(Problem(ZERO_DIVISION, "权重合计"))
    if negative is not None:
        # Shares by weights that are negative, or 0 throughout, are not told.
        weightless = out.add(names, "或", (out.add(names, "或", (negative,)), weightless))
        otherwise = frozenset({Hull((0, ZERO, 0), (0, ONE, 0)), seen(Problem(EMPTY_LEDGER, e.ledger))})
    return out.branch(names, weightless, out.constant(otherwise), out.add(names, "÷", (total, whole)))


# ---------- rows that are alike ----------


def _cell(ledger: str, column: str, names: Names, out: Writer) -> int:
    where: Names | None = names
    while where is not None and where.ledger != ledger:
        where = where.outer
    assert where is not None
    return out.cell(column, where)


def _if_it_has_one(cell: int, found: int, names: Names, out: Writer) -> int:
    """Return a node that is what the cell lacks where the cell lacks a value."""
    return out.branch(names, out.add(names, "无", (cell,)), cell, found)


def same(e: tm.Same, names: Names, out: Writer, lower: Lower) -> int:
    """Return the node of an aggregate over the rows that are alike."""
    cell = _cell(e.over.ledger, e.column, names, out)
    return _if_it_has_one(cell, over(e.over, names, out, lower, e.column), names, out)


def first(e: tm.First, names: Names, out: Writer) -> int:
    """Return the node that says whether a row is the first of those that are alike."""
    cell = _cell(e.ledger, e.column, names, out)
    found = out.rows(names, "首次", [e.ledger, e.column], lambda _: None)[0]
    return _if_it_has_one(cell, found, names, out)


# ---------- other units ----------


def peers(e: tm.Peers, names: Names, out: Writer, lower: Lower) -> int:
    """Return the node of a rank, or of a mean or best of all units."""
    own = lower(e.operand, names, out)
    if e.kind != "名次":
        return level(e.kind, own if e.own else None, lambda inner: lower(e.operand, inner, out), names, out)
    one, zero, op = out.constant(ONE), out.constant(ZERO), "<" if e.rising else ">"

    def rows(inner: Names) -> tuple[int, int, int]:
        its = lower(e.operand, inner, out)
        ahead = out.add(inner, op, (its, own))
        tied = out.branch(inner, out.add(inner, "=", (its, own)), one, zero)
        return out.branch(inner, ahead, one, zero), tied, out.branch(inner, ahead, its, out.constant(APART))

    _, (ahead, tied, before) = out.rows(names, "各单位", [], rows)
    if e.ties == "并列不空":
        rank = out.add(names, "+", (out.add(names, "种数", (before,)), one))
    else:
        rank = out.add(names, "+", (out.add(names, "合计", (ahead,)), one))
        also = out.add(names, "合计", (tied,))
        if e.ties == "并列取均":
            also = out.add(names, "×", (also, out.constant(Fraction(1, 2))))
        rank = rank if e.ties == "并列取前" else out.add(names, "+", (rank, also), e.span)
    return _if_it_has_one(own, rank, names, out)


def level(kind: str, own: int | None, its: Callable[[Names], int], names: Names, out: Writer) -> int:
    """Return the node of 同级平均, 同级最大 or 同级最小; own is the unit's own value where it counts."""
    _, values = out.rows(names, "各单位", [], lambda inner: _of_this_row(its(inner), inner, out))
    all_ = (values,) if own is None else (values, own)
    count = out.add(names, "个数", all_)
    found = out.add(names, {"同级最大": "最大", "同级最小": "最小"}.get(kind, "合计"), all_)
    found = out.add(names, "÷", (found, count)) if kind == "同级平均" else found
    none = out.add(names, "=", (count, out.constant(ZERO)))
    return out.branch(names, none, out.constant(Nil(NO_PEERS)), found)
