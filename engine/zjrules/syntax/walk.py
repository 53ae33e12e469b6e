"""Everything inside a piece of syntax."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from zjrules.span import Span


def nodes(tree: object) -> Iterator[object]:
    """Yield a node of syntax and all that it is made of, outermost first."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack.extend(reversed(node))
        elif attrs.has(type(node)) and not isinstance(node, Span):
            yield node
            fields: tuple[attrs.Attribute[object], ...] = attrs.fields(type(node))  # type: ignore[arg-type]
            stack.extend(getattr(node, f.name) for f in reversed(fields) if f.name != "span")
