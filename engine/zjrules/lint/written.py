"""What stands in a piece of syntax: names, texts, lines."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.span import Span
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx
from zjrules.syntax.walk import nodes


def names(*trees: object) -> frozenset[str]:
    """Return the names that expressions refer to."""
    return frozenset(n.text for tree in trees for n in nodes(tree) if isinstance(n, sx.Name))


def texts(decl: sd.Decl) -> Iterator[sx.Words]:
    """Yield the 依据, 说明, 佐证 and 来源 of a declaration and of all inside it."""
    yield from (n for n in nodes(decl) if isinstance(n, sx.Words))


def whole_lines(span: Span) -> Span | None:
    """Return the lines that a clause has for itself, their last line end included; None where something else is on them."""
    source = span.source
    start = source.starts[span.line - 1]
    stop = source.text.find("\n", span.end)
    stop = len(source.text) if stop < 0 else stop + 1
    alone = not source.text[start : span.start].strip() and not source.text[span.end : stop].strip()
    return Span(source, start, stop) if alone else None
