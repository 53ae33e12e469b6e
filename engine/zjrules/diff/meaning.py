"""What an indicator means, as one form: with parameters as their values and words as what they do, or as names of both."""

from __future__ import annotations

from collections.abc import Hashable

from zjrules.diff.form import Form, Reader
from zjrules.term import rule as tr


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
    items = [
        _case(i, reader) if isinstance(i, tr.Case) else reader.table.of("每", reader.of(i.steps), reader.of(i.amount))
        for i in deduct.items
    ]
    most = reader.of(deduct.most) if deduct.most is not None else None
    return (*sorted(items), deduct.to_zero, most)
