"""The numbers of indicators as the table has them, from when the rule set last had no errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zjrules.lsp.document import Document
from zjrules.lsp.state import State
from zjrules.term import rule as tr


def numbers(state: State, document: Document) -> Mapping[tuple[str, ...], str]:
    """Return the number of every group, indicator and (under its indicator) 分项 by name; nothing while none is known."""
    good = state.last_good(document)
    return dict(_numbers(good.book.program.groups)) if good is not None and good.book is not None else {}


def _numbers(nodes: Iterable[tr.Group | tr.Indicator]) -> Iterable[tuple[tuple[str, ...], str]]:
    for node in nodes:
        yield (node.name,), node.number
        match node:
            case tr.Group(children=children):
                yield from _numbers(children)
            case tr.Indicator(parts=parts):
                yield from (((node.name, part.name), part.number) for part in parts)
