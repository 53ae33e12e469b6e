"""What a program means: equal for programs that give the same scores, findings and explanations, however they are written."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.survey import of_indicator
from zjrules.term.walk import refs

# How a literal was spelt, and what no expression reaches, is no part of the meaning.
_SPELT = {(tm.Const, "text"), (tr.Param, "text")}


def meaning(node: object) -> object:
    """Return a value that is equal for programs of one meaning; unlike ==, it looks into 令 that are used."""
    if isinstance(node, Span):
        return None
    if isinstance(node, tr.Indicator):
        used = {name for e in of_indicator(attrs.evolve(node, lets={})) for _, name in _all(e, node.lets)}
        node = attrs.evolve(node, lets={n: let for n, let in node.lets.items() if n in used})
    if attrs.has(type(node)):
        fields: tuple[attrs.Attribute[object], ...] = attrs.fields(type(node))  # type: ignore[arg-type]
        kept = [f.name for f in fields if (type(node), f.name) not in _SPELT]
        return (type(node).__name__, *(meaning(getattr(node, name)) for name in kept))
    if isinstance(node, Mapping):
        return tuple((name, meaning(value)) for name, value in node.items())
    if isinstance(node, tuple):
        return tuple(meaning(x) for x in node)
    return node


def _all(e: tm.Expr, lets: Mapping[str, tm.Let]) -> set[tuple[str, str]]:
    found = set(refs(e, lets))
    for _, name in list(found):
        if name in lets:
            found |= lets[name].refs
    return found
