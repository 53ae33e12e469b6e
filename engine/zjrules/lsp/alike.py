"""Whether two programs are the same but for one name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from zjrules.span import Span


def same_but(one: Any, other: Any, old: str, new: str) -> bool:
    """Return whether two programs differ at most in places, and in that the second says new where the first says old."""
    seen: set[tuple[int, int]] = set()
    left = [(one, other)]
    while left:
        a, b = left.pop()
        if (id(a), id(b)) in seen or isinstance(a, Span):
            continue
        if isinstance(a, str) and isinstance(b, str):
            if a != b and _said(a, old, new) != _said(b, old, new):
                return False
            continue
        seen.add((id(a), id(b)))
        if type(a) is not type(b):
            return False
        pairs = _inner(a, b, old, new)
        if pairs is None:
            return False
        left.extend(pairs)
    return True


def _said(text: str, old: str, new: str) -> str:
    """Return a text in which both names are one, without what only names need: 「」 and the spaces of a layout."""
    return "".join(text.replace(new, old).replace("「", "").replace("」", "").split())


def _inner(a: Any, b: Any, old: str, new: str) -> list[tuple[Any, Any]] | None:
    """Return what must be alike inside two values of one type; None when they differ already."""
    if attrs.has(type(a)):
        fields: tuple[attrs.Attribute[object], ...] = attrs.fields(type(a))
        return [(getattr(a, f.name), getattr(b, f.name)) for f in fields]
    if isinstance(a, Mapping):
        one_name = _one_name(old, new)
        if [*map(one_name, a)] != [*map(one_name, b)]:
            return None
        return [*zip(a.values(), b.values(), strict=True)]
    if isinstance(a, tuple | list):
        return [*zip(a, b, strict=True)] if len(a) == len(b) else None
    if isinstance(a, frozenset | set):
        one_name = _one_name(old, new)
        return [] if {*map(one_name, a)} == {*map(one_name, b)} else None
    return [] if a == b else None


def _one_name(old: str, new: str) -> Callable[[Any], Any]:
    """Return what makes both names one in the keys of a mapping or set."""

    def one_name(key: Any) -> Any:
        if isinstance(key, tuple):
            return tuple(one_name(k) for k in key)
        return old if key == new else key

    return one_name
