"""Aggregates over ledgers: by what is true of them whatever the rows are, or over a few rows that are variables.

The first encloses (rows are not related to each other), so that a proof by it holds for any number of rows; the second finds
examples, which the exact engine then replays.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Protocol

import z3

from zjrules.interval.sets import EVERYTHING, ONE, Range, between, either
from zjrules.prove.ground import Ground, World
from zjrules.prove.symbol import (
    FALSE,
    TRUE,
    UNIT,
    ZERO,
    Cond,
    Fails,
    Num,
    Site,
    Sym,
    both,
    chosen,
    extreme,
    land,
    lnot,
    lor,
    never_negative,
    number,
    plus,
    product,
    real,
    times,
    under,
)  # fmt: skip
from zjrules.prove.symbol import (
    over as ratio,
)
from zjrules.term import expr as tm
from zjrules.term.walk import walk
from zjrules.value import EMPTY_LEDGER, ZERO_DIVISION

GENERIC = -1
"""The number of the row that stands for any row."""


class Place(Protocol):
    """What this module needs of a scope."""

    world: World

    def inner(self, lets: Any, done: Any, row: Any = None) -> Any:
        """Return a scope inside this one."""
        ...

    def under(self, term: Any) -> Any:
        """Return the same scope, come to under a further condition."""
        ...


Formula = Callable[[tm.Expr, Any], Sym]


def over(e: tm.Over, scope: Any, formula: Formula) -> Sym:
    """Return an aggregate as a formula."""
    ground: Ground = scope.world.ground
    return _enclosed(e, scope, formula) if ground.rows is None else _spelled(e, scope, formula, ground.rows)


def row_of(world: World, ledger: str, number_: int) -> dict[str, Sym]:
    """Return the cells of a row as variables; a cell that may be 不适用 has a value here."""
    ground, found = world.ground, {}
    for name, asked in world.program.schema.ledgers[ledger].columns.items():
        key = f"{world.tag}{ledger}", number_, name
        if key not in ground.cells:
            ground.cells[key] = ground.fact(asked)
        found[name] = ground.cells[key]
    return found


def _inside(e: tm.Over, scope: Any, number_: int) -> Any:
    row = row_of(scope.world, e.ledger, number_)
    return scope.inner(scope.lets, scope.done, row)


def _site(kind: str, e: tm.Over) -> Site:
    return (f"{kind}：{e.ledger}", e.span.source.name, e.span.start)


# ---------- rows that are variables ----------


class _Row:
    """A row of a ledger: whether it counts, whether it belongs to the whole, its item, its weight, and how it can fail."""

    def __init__(self, e: tm.Over, scope: Any, formula: Formula, number_: int, there: Any) -> None:
        inner = _inside(e, scope, number_)
        out, kept = Cond(FALSE), Cond(TRUE)
        if e.except_ is not None:
            found = formula(e.except_, inner)
            out = found if isinstance(found, Cond) else out
        if e.where is not None:
            found = formula(e.where, inner)
            kept = found if isinstance(found, Cond) else kept
        self.whole = land(there, lnot(out.term))
        self.counts = land(self.whole, kept.term)
        asked = self.whole if e.kind == "占比" else self.counts
        self.item = formula(e.item, inner.under(asked)) if e.item is not None else Cond(TRUE)
        self.weight = formula(e.weight, inner.under(self.counts)) if e.weight is not None else number(ONE)
        self.fails = both(
            under(there, out.fails),
            under(self.whole, kept.fails),
            under(asked, self.item.fails),
            under(self.counts, self.weight.fails),
        )

    def number(self) -> Num:
        """Return the item as a number."""
        return self.item if isinstance(self.item, Num) else number(ONE)


def _spelled(e: tm.Over, scope: Any, formula: Formula, count: int) -> Sym:
    rows = [_Row(e, scope, formula, n, there) for n, there in enumerate(_present(scope.world, e.ledger, count))]
    fails = both(*(r.fails for r in rows))
    some = lor(*((r.whole if e.kind == "占比" else r.counts) for r in rows))
    empty: Fails = {_site(EMPTY_LEDGER, e): lnot(some)}
    match e.kind:
        case "计数":
            return _total([_flag(r.counts) for r in rows], fails)
        case "合计":
            return _total([chosen(r.counts, r.number(), number(ZERO)) for r in rows], fails)
        case "全部":
            return Cond(land(*(lor(lnot(r.counts), _holds(r)) for r in rows)), fails)
        case "任一":
            return Cond(lor(*(land(r.counts, _holds(r)) for r in rows)), fails)
        case "占比":
            top = _total([chosen(r.counts, r.number(), number(ZERO)) for r in rows], {})
            below = _total([chosen(r.whole, r.number(), number(ZERO)) for r in rows], {})
            return _share(e, top, below, scope.world.ground, both(fails, empty))
        case "平均":
            return _mean(e, rows, scope.world.ground, both(fails, empty))
        case _:
            return _largest(e, rows, both(fails, empty))


def _present(world: World, ledger: str, count: int) -> tuple[Any, ...]:
    ground, name = world.ground, f"{world.tag}{ledger}"
    if name not in ground.present:
        flags = tuple(ground.truth(f"{name}第{n + 1}行") for n in range(count))
        ground.always += [z3.Implies(b, a) for a, b in itertools.pairwise(flags)]
        ground.present[name] = flags
    return ground.present[name]


def _flag(term: Any) -> Num:
    return Num(z3.If(term, real(ONE), real(ZERO)), UNIT, between(ZERO, ONE, step=ONE))


def _holds(row: _Row) -> Any:
    return row.item.term if isinstance(row.item, Cond) else TRUE


def _total(of: list[Num], fails: Fails) -> Num:
    found = number(ZERO)
    for value in of:
        found = plus(found, Num(value.num, value.den, value.range))
    return Num(found.num, found.den, found.range, fails)


def _share(e: tm.Over, top: Num, below: Num, ground: Ground, fails: Fails) -> Num:
    den = ground.denominator(below)
    zero: Fails = {_site(ZERO_DIVISION, e): below.num == 0} if e.item is not None else {}
    range_ = between(ZERO, ONE) if e.item is None or never_negative(below.range) else EVERYTHING
    return ratio(product(_signed(top, below), below.den), product(top.den, den), range_, both(fails, zero))


def _signed(top: Num, below: Num) -> Any:
    """Return the numerator over the magnitude of what is below."""
    return top.num if never_negative(below.range) else z3.If(below.num >= 0, top.num, -top.num)


def _mean(e: tm.Over, rows: list[_Row], ground: Ground, fails: Fails) -> Num:
    weights = [r.weight if isinstance(r.weight, Num) else number(ONE) for r in rows]
    nothing = number(ZERO)
    top = _total([chosen(r.counts, times(r.number(), w), nothing) for r, w in zip(rows, weights, strict=True)], {})
    below = _total([chosen(r.counts, w, nothing) for r, w in zip(rows, weights, strict=True)], {})
    den = ground.denominator(below)
    zero: Fails = {_site(ZERO_DIVISION, e): below.num == 0} if e.weight is not None else {}
    fair = all(never_negative(w.range) for w in weights)
    range_ = _hull(either(*(r.number().range for r in rows))) if fair else EVERYTHING
    return Num(product(_signed(top, below), below.den), product(top.den, den), range_, both(fails, zero))


def _largest(e: tm.Over, rows: list[_Row], fails: Fails) -> Num:
    found = rows[0].number()
    for row in rows[1:]:  # the rows that are there come first, but any of them may be filtered
        earlier = lor(*(r.counts for r in rows[: rows.index(row)]))
        best = extreme(e.kind == "最大", [found, row.number()])
        found = chosen(earlier, chosen(row.counts, best, found), row.number())
    return Num(found.num, found.den, found.range, fails)


# ---------- by what is true of any rows ----------


def _enclosed(e: tm.Over, scope: Any, formula: Formula) -> Sym:
    ground: Ground = scope.world.ground
    ground.enclosed(f"明细「{e.ledger}」按合计数看")
    key = _key(e, scope, formula)
    if key not in ground.known:
        ground.known[key] = _aggregate(e, scope, formula, ground)
    return ground.known[key]


def _key(e: tm.Over, scope: Any, formula: Formula) -> object:
    """Return what an aggregate adds up: its text, and the values of the names in it that are not of the row."""
    names = []
    for part in (e.item, e.where, e.except_, e.weight):
        for node in walk(part) if part is not None else ():
            names += _outer(node, scope, formula)
    return scope.world.tag, e.kind, e.ledger, repr(e.item), repr(e.where), repr(e.except_), repr(e.weight), tuple(names)


def _outer(node: tm.Expr, scope: Any, formula: Formula) -> list[tuple[str, object]]:
    """Return what a node reads that is not of the row, by what it is in this world."""
    world: World = scope.world
    match node:
        case tm.Var(name) | tm.FactRef(name):
            found = formula(node, scope)
            world.ground.known["kept", id(found)] = found
            return [(name, id(found)), *_outer(tm.IsNA(name), scope, formula)]
        case tm.IsNA(fact) | tm.HasEvidence(fact):
            terms = (world.lacking.get(fact), world.evidence.get(fact))
            world.ground.known["kept", id(terms)] = terms  # type: ignore[assignment]
            return [(fact, t.get_id()) for t in terms if t is not None]
        case tm.ParamRef(name):
            return [(name, world.program.params[name].value)]
        case _:
            return []


def _counted(e: tm.Over, scope: Any, formula: Formula, *, filtered: bool) -> Num:
    """Return how many rows count (or, unfiltered, belong to the whole)."""
    found = _enclosed(
        _plainly(tm.Over("计数", e.ledger, None, e.where if filtered else None, e.except_, e.type)), scope, formula
    )
    assert isinstance(found, Num)
    return found


def _plainly(e: tm.Over) -> tm.Over:
    """Return a count by its conditions in one order and none left out: the same rows are then one number."""
    kept: dict[str, tm.Expr] = {}
    for part in (e.where, None if e.except_ is None else _not(e.except_)):
        for each in (
            part.operands if isinstance(part, tm.Logic) and part.op == "且" else () if part is None else (part,)
        ):
            kept[repr(each)] = each
    terms = tuple(kept[k] for k in sorted(kept))
    where = None if not terms else terms[0] if len(terms) == 1 else tm.Logic("且", terms)
    return tm.Over("计数", e.ledger, None, where, None, e.type)


def _not(e: tm.Expr) -> tm.Expr:
    return e.operand if isinstance(e, tm.Not) else tm.Not(e)


def _aggregate(e: tm.Over, scope: Any, formula: Formula, ground: Ground) -> Sym:
    row = _Row(e, scope, formula, GENERIC, TRUE)
    if e.kind == "计数":
        return _count(e, row, scope, formula, ground)
    count = _counted(e, scope, formula, filtered=e.kind != "占比")
    fails = _row_failing(e, row, count, ground)
    empty: Fails = {_site(EMPTY_LEDGER, e): _none(e, count, scope.world)}
    match e.kind:
        case "合计":
            return _sum(e, row, count, ground, fails)
        case "全部" | "任一":
            term = ground.truth(e.kind)
            ground.always.append(z3.Implies(count.num == 0, term if e.kind == "全部" else lnot(term)))
            return Cond(term, fails)
        case "占比" if e.item is None:
            top = _counted(e, scope, formula, filtered=True)
            ground.always.append(top.num <= count.num)
            if _may_leave(e, scope.world):
                found = ground.enclosure("占比", between(ZERO, ONE))
                return Num(found.num, UNIT, found.range, both(fails, empty))
            return _share(e, top, count, ground, both(fails, empty))
        case "占比":
            zero: Fails = {_site(ZERO_DIVISION, e): land(count.num > 0, ground.truth("权重全为0"))}
            found = ground.enclosure("占比", _share_range(row.number()))
            return Num(found.num, UNIT, found.range, both(fails, empty, zero))
        case _:
            zero = (
                {} if e.weight is None else {_site(ZERO_DIVISION, e): land(count.num > 0, ground.truth("权重合计为0"))}
            )
            found = ground.enclosure(e.kind, _mean_range(row.number(), row.weight))
            return Num(found.num, UNIT, found.range, both(fails, empty, zero))


def _share_range(weight: Num) -> Range:
    return between(ZERO, ONE) if never_negative(weight.range) else EVERYTHING


def _mean_range(item: Num, weight: Sym) -> Range:
    """Return what an extreme or a mean lies in: between the items, unless weights may be negative."""
    fair = not isinstance(weight, Num) or never_negative(weight.range)
    return _hull(item.range) if fair else EVERYTHING


def _hull(of: Range) -> Range:
    if of.is_empty:
        return EVERYTHING
    hull = of.hull
    return between(hull.lo, hull.hi, hull.lo_open, hull.hi_open)


def _none(e: tm.Over, count: Num, world: World) -> Any:
    """Return when no row counts; rows whose item is 不适用 leave, so that where that can be, it is open."""
    leaving = [world.ground.truth("各行不适用")] if _may_leave(e, world) else []
    return lor(count.num == 0, *leaving)


def _may_leave(e: tm.Over, world: World) -> bool:
    """Return whether a row can leave for a cell that is 不适用."""
    columns = world.program.schema.ledgers[e.ledger].columns
    asked = [x for x in (e.item, e.where, e.except_, e.weight) if x is not None]
    return any(columns[n.name].may_be_na for x in asked for n in walk(x) if isinstance(n, tm.Column))


def _count(e: tm.Over, row: _Row, scope: Any, formula: Formula, ground: Ground) -> Num:
    if repr(_plainly(e)) != repr(e):
        same = _counted(e, scope, formula, filtered=True)
        return Num(same.num, UNIT, same.range, both(same.fails, _row_failing(e, row, same, ground)))
    found = ground.enclosure("计数", between(ZERO, None, step=ONE), whole=True)
    if e.where is not None:
        whole = _counted(e, scope, formula, filtered=False)
        ground.always.append(found.num <= whole.num)
    return Num(found.num, UNIT, found.range, _row_failing(e, row, found, ground))


def _row_failing(e: tm.Over, row: _Row, count: Num, ground: Ground) -> Fails:
    """Return the failures of rows: where a row can fail at all, that is open as soon as the ledger has rows."""
    found: dict[Site, Any] = {}
    for site, term in row.fails.items():
        solver = z3.Solver()
        solver.set("timeout", 200)
        solver.add(*ground.always, term)
        if solver.check() != z3.unsat:
            found[site] = land(count.num > 0 if e.where is None else TRUE, ground.truth("某行算不出"))
    return found


def _sum(e: tm.Over, row: _Row, count: Num, ground: Ground, fails: Fails) -> Num:
    item = row.number().range
    lo, hi = (item.hull.lo, item.hull.hi) if not item.is_empty else (ZERO, ZERO)
    range_ = between(ZERO if lo is not None and lo >= 0 else None, ZERO if hi is not None and hi <= 0 else None)
    found = ground.enclosure("合计", range_)
    ground.always.append(z3.Implies(count.num == 0, found.num == 0))
    if hi is not None and hi >= 0:
        ground.always.append(found.num <= product(real(hi), count.num))
    if lo is not None and lo <= 0:
        ground.always.append(found.num >= product(real(lo), count.num))
    return Num(found.num, UNIT, range_, fails)
