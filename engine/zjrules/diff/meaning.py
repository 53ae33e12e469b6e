"""What an indicator means, as one form: with parameters as their values and words as what they do, or as names of both."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from zjrules.diff.form import Form, Reader
from zjrules.term import rule as tr
from zjrules.term.expr import Expr

WHOLE = "整步"


def meaning(node: tr.Indicator, reader: Reader) -> Form:
    """Return the form of an indicator or part as it is read: points, clauses and roundings, but not its name."""
    inner = reader.with_lets({n: let for n, let in node.lets.items() if n not in reader.env})
    rounding = (node.rounding.mode, node.rounding.quantum if node.rounding.mode else None)
    return reader.table.of(
        node.points,
        tuple(_na(n, inner) for n in node.na),
        tuple((frozenset(g.facts), inner.of(g.otherwise)) for g in node.gates),
        _base(node.base, inner),
        _deduct(node.deduct, inner),
        tuple((inner.of(c.low), inner.of(c.high)) for c in node.clamps),
        rounding,
        tuple(sorted(meaning(p, inner) for p in node.parts)),
    )


def _na(na: tr.NotApplicable, reader: Reader) -> Form:
    mean = (na.mean.mode, na.mean.quantum) if na.mean is not None else None
    return reader.table.of(reader.of(na.test), reader.of(na.value) if na.value is not None else None, na.drop, mean)


def _base(base: tr.Base | None, reader: Reader) -> tuple[Hashable, ...]:
    match base:
        case None:
            return ("满分",)
        case tr.Plain(value):
            return ("得分", reader.of(value))
        case tr.Bands(subject, bands, rest):
            each = tuple((tuple((x.op, reader.of(x.bound)) for x in b.limits), reader.of(b.result)) for b in bands)
            return ("分档", reader.of(subject), each, reader.of(rest) if rest is not None else None)
        case tr.Decide(cases, rest):
            return ("判定", tuple(_case(c, reader) for c in cases), reader.of(rest))
        case tr.Checklist(ticks):
            return ("清单", *sorted(_case(t, reader) for t in ticks))


def _case(case: tr.Case, reader: Reader) -> Form:
    return reader.table.of(reader.of(case.test), reader.of(case.result))


def _deduct(deduct: tr.Deduct | None, reader: Reader) -> tuple[Hashable, ...] | None:
    if deduct is None:
        return None
    items = [_case(i, reader) if isinstance(i, tr.Case) else per_step(i, reader) for i in deduct.items]
    most = reader.of(deduct.most) if deduct.most is not None else None
    return (*sorted(items), deduct.to_zero, most)


def per_step(item: tr.PerStep, reader: Reader) -> Form:
    """Return the form of 每 step subject 扣 amount; a step of one whole thing needs no mode, 整步 says the same of it."""
    return reader.table.of("每", item.step, reader.of(item.subject), item.mode or WHOLE, reader.of(item.amount))


def clauses(node: tr.Indicator, reader: Reader) -> Iterator[tuple[Hashable, Sequence[Expr]]]:
    """Yield the clauses of an indicator and its parts: each with its place, where that matters, and what it says."""
    for place, na in enumerate(node.na):
        yield ("不适用", place, _na(na, reader)), (na.test, *((na.value,) if na.value is not None else ()))
    for place, gate in enumerate(node.gates):
        yield ("须佐证", place, gate.facts, reader.of(gate.otherwise)), (gate.otherwise,)
    yield from _base_clauses(node.base, reader)
    if node.deduct is not None:
        for item in node.deduct.items:
            if isinstance(item, tr.Case):
                yield ("扣分", _case(item, reader)), (item.test, item.result)
            else:
                yield ("扣分", per_step(item, reader)), (item.subject, item.amount)
        if node.deduct.most is not None:
            yield ("最多扣", reader.of(node.deduct.most)), (node.deduct.most,)
    for place, clamp in enumerate(node.clamps):
        yield ("限于", place, reader.of(clamp.low), reader.of(clamp.high)), (clamp.low, clamp.high)
    for part in node.parts:
        inner = reader.with_lets({n: let for n, let in part.lets.items() if n not in reader.env})
        yield from (((part.name, unit), exprs) for unit, exprs in clauses(part, inner))


def _base_clauses(base: tr.Base | None, reader: Reader) -> Iterator[tuple[Hashable, Sequence[Expr]]]:
    match base:
        case tr.Plain(value):
            yield ("得分", reader.of(value)), (value,)
        case tr.Bands(subject, bands, rest):
            yield ("分档", reader.of(subject)), (subject,)
            for place, band in enumerate(bands):
                exprs = (*(x.bound for x in band.limits), band.result)
                yield ("档", place, *(x.op for x in band.limits), *(reader.of(e) for e in exprs)), exprs
            if rest is not None:
                yield ("其余", reader.of(rest)), (rest,)
        case tr.Decide(cases, rest):
            for place, case in enumerate(cases):
                yield ("情形", place, _case(case, reader)), (case.test, case.result)
            yield ("其余", reader.of(rest)), (rest,)
        case tr.Checklist(ticks):
            yield from ((("要点", _case(t, reader)), (t.test, t.result)) for t in ticks)
        case None:
            pass
