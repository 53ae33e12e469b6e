"""The selection grown step by step: the name, what it stands in, the clause, the declaration, the file."""

from __future__ import annotations

from lsprotocol import types as lsp

from zjrules.lsp.document import Document
from zjrules.lsp.state import State
from zjrules.span import Span
from zjrules.syntax.walk import nodes


def selection_ranges(state: State, document: Document, params: lsp.SelectionRangeParams) -> list[lsp.SelectionRange]:
    """Return, for each place, the ranges around it from the smallest to the whole file."""
    spans = [s for n in nodes(state.parsed(document).file) if isinstance(s := getattr(n, "span", None), Span)]
    spans = [s for s in spans if s.source.name == document.source.name]
    return [_around(state, document, spans, position) for position in params.positions]


def _around(state: State, document: Document, spans: list[Span], position: lsp.Position) -> lsp.SelectionRange:
    offset = state.offset(document, position)
    whole = Span(document.source, 0, len(document.text))
    around = {(s.start, s.end): s for s in (whole, *spans) if s.start <= offset <= s.end and s.start < s.end}
    found: lsp.SelectionRange | None = None
    last: Span | None = None
    for span in sorted(around.values(), key=lambda s: s.start - s.end):
        # Ranges of what stands side by side may both touch the place: only those inside one another count.
        if last is None or (last.start <= span.start and span.end <= last.end):
            found, last = lsp.SelectionRange(state.range(span), found), span
    return found or lsp.SelectionRange(lsp.Range(position, position))
