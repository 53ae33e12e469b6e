"""Rows of a ledger that are alike in a column: the first of them (首次), and what they make together (同项合计, 同项平均)."""

from __future__ import annotations

from collections.abc import Mapping

from zjrules.exact.ledger import IN, KINDS, OUT, Evaluate, Row, row_of, unseen
from zjrules.exact.scope import Alike, Scope
from zjrules.interval.sets import Range
from zjrules.spelling import plain_form
from zjrules.term import expr as tm
from zjrules.trace import Step
from zjrules.unit import Scalar
from zjrules.value import EMPTY_LEDGER, NOT_APPLICABLE, Problem, Unknown, Value, deps_of, settled

_SURE, _MAYBE = frozenset({IN}), frozenset({IN, OUT})


def first(e: tm.First, scope: Scope) -> Value:
    """Return whether no earlier row has the value of this one in a column; texts are compared without blanks and width."""
    rows, own = scope.ledgers[e.ledger].rows, scope.row[e.column] if scope.row else None
    if rows is None or own is None:
        return Unknown(frozenset({True, False}), scope.ledgers[e.ledger].deps, True)
    if isinstance(own, Problem) or scope.place == 0:
        return own if isinstance(own, Problem) else True
    known = _alike(scope, rows, e.column)
    earlier = [value for number, value in known.open if number < scope.place]
    if not isinstance(own, Unknown):
        if known.rows.get(_key(own), (scope.place,))[0] < scope.place:
            return False
        if not earlier:
            return True
    return Unknown(frozenset({True, False}), deps_of(own, *earlier), False)


def same(e: tm.Same, scope: Scope, evaluate: Evaluate) -> Step:
    """Return the sum or mean over the rows that are alike; one whose column is open may be among them or not."""
    over, ledger = e.over, scope.ledgers[e.over.ledger]
    rows, own = ledger.rows, scope.row[e.column] if scope.row else None
    if rows is None or own is None:
        return Step(e, _with_itself(unseen(over, scope, ledger, evaluate)))
    if isinstance(own, Problem):
        return Step(e, own)
    known = _alike(scope, rows, e.column)
    sure = {scope.place} if isinstance(own, Unknown) else {scope.place, *known.rows.get(_key(own), ())}
    maybe = dict(known.open) if not isinstance(own, Unknown) else {i: row[e.column] for i, row in enumerate(rows)}
    live: list[Row] = []
    seen: list[Step] = []
    for number in sorted({*sure, *maybe}):
        cells = scope.row if number == scope.place else rows[number]
        row = row_of(over, scope, number, cells, evaluate, seen)
        if isinstance(row, Problem):
            if row.kind == NOT_APPLICABLE:
                continue
            return Step(e, row, aside=tuple(seen))
        if number not in sure:
            doubts = [v for v in (own, maybe[number]) if isinstance(v, Unknown)]
            row = Row(number, _MAYBE, row.item, [*row.tests, *doubts], row.weight)
        live.append(row)
    return Step(e, KINDS[over.kind](over, live, ledger), aside=tuple(seen))


def _with_itself(value: Value) -> Value:
    """Leave out that there may be no row: a row is alike to itself."""
    if not isinstance(value, Unknown) or not isinstance(value.can, Range):
        return value
    problems = frozenset(p for p in value.problems if p.kind != EMPTY_LEDGER)
    return settled(value.can, value.deps, False, problems)


def _alike(scope: Scope, rows: tuple[Mapping[str, Value], ...], column: str) -> Alike:
    """Return the rows by their value in a column, worked out once."""
    key = (id(rows), column)
    if key not in scope.run.alike:
        found: dict[Scalar, list[int]] = {}
        open_: list[tuple[int, Value]] = []
        for number, row in enumerate(rows):
            value = row[column]
            if isinstance(value, Unknown):
                open_.append((number, value))
            elif not isinstance(value, Problem):
                found.setdefault(_key(value), []).append(number)
        scope.run.alike[key] = Alike({k: tuple(v) for k, v in found.items()}, tuple(open_))
    return scope.run.alike[key]


def _key(value: Scalar) -> Scalar:
    return plain_form(value) if isinstance(value, str) else value
