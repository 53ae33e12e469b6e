"""What every node of the kernel has: its place, and how it shows itself to a developer."""

from __future__ import annotations

from typing import Any

import attrs

from zjrules.span import NOWHERE, Span


def spanned() -> Span:
    """Return the attrs field that holds a node's place."""
    span: Span = attrs.field(default=NOWHERE, kw_only=True, eq=False, repr=False)
    return span


class Node:
    """A node of the kernel. One __repr__ for all: attrs would write one for each class at every start."""

    __slots__ = ()

    def __repr__(self) -> str:
        fields: Any = attrs.fields(type(self))  # type: ignore[arg-type]
        shown = ", ".join(f"{a.name}={getattr(self, a.name)!r}" for a in fields if a.repr)
        return f"{type(self).__name__}({shown})"
