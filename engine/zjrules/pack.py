"""Checked rule sets as plain data and back: what the cache holds. Only the classes listed here can come out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from fractions import Fraction
from types import ModuleType
from typing import Any

import attrs

from zjrules import diag, fact, num, ruleset, unit
from zjrules import value as values
from zjrules.interval import sets
from zjrules.span import NOWHERE, Source, Span
from zjrules.term import expr, rule

_MODULES: tuple[ModuleType, ...] = (expr, rule, unit, fact, sets, diag, ruleset, values)


def _classes() -> dict[str, type]:
    found: dict[str, type] = {}
    for module in _MODULES:
        for name, value in vars(module).items():
            if isinstance(value, type) and attrs.has(value) and value.__module__ == module.__name__:
                found[name if name not in found else f"{module.__name__}.{name}"] = value
    return found


_ENUMS: dict[str, type[Enum]] = {"Rounding": num.Rounding, "Severity": diag.Severity}
_SHARED: tuple[type, ...] = (expr.Body, *(c for c in vars(unit).values() if isinstance(c, type) and attrs.has(c)))
"""Classes whose values are written once and referred to: words, which would multiply, and types, of which there are few."""


def packed(value: object, sources: Sequence[Source]) -> dict[str, Any]:
    """Return a value of attrs objects, tuples, mappings and plain values as data that JSON can hold.

    Spans become (source, start, end), the source by its index. Raises TypeError for what cannot be packed.
    """
    packer = _Packer({c: n for n, c in _classes().items()}, list(sources))
    root = packer.pack(value)
    return {"classes": list(packer.used), "shared": packer.shared, "root": root}


def packed_whole(value: object) -> dict[str, Any]:
    """Return a value as packed does, with the names and texts of the sources that its spans lie in."""
    packer = _Packer({c: n for n, c in _classes().items()}, [], grows=True)
    root = packer.pack(value)
    texts = [[source.name, source.text] for source in packer.sources]
    return {"classes": list(packer.used), "shared": packer.shared, "root": root, "sources": texts}


def unpacked_whole(data: Any) -> Any:
    """Return what packed_whole was given. Raises what unpacked does."""
    return unpacked(data, [Source(name, text) for name, text in data["sources"]])


@attrs.define
class _Packer:
    names: dict[type, str]
    sources: list[Source]
    grows: bool = False
    """Whether a source that is not yet known becomes one of them."""
    used: dict[str, int] = attrs.field(factory=dict)
    """Class name → its index."""
    shared: list[Any] = attrs.field(factory=list)
    places: dict[object, int] = attrs.field(factory=dict)
    """A shared value (a word by identity, a type by equality) → its index."""

    def pack(self, value: object) -> Any:
        match value:
            case None | bool() | str() | int():
                return value
            case Fraction():
                return ["F", str(value)]
            case Span():
                return ["P", -1 if value == NOWHERE else self._source(value.source), value.start, value.end]
            case tuple():
                return ["T", *map(self.pack, value)]
            case frozenset():
                return ["S", *sorted((self.pack(v) for v in value), key=repr)]
            case dict():
                return ["D", *(self.pack(x) for pair in value.items() for x in pair)]
            case Enum():
                return ["E", type(value).__name__, value.name]
        if isinstance(value, _SHARED):
            key: object = id(value) if isinstance(value, expr.Body) else value
            if key not in self.places:
                found = self._fields(value)
                self.places[key] = len(self.shared)
                self.shared.append(found)
            return ["R", self.places[key]]
        return self._fields(value)

    def _source(self, source: Source) -> int:
        for index, known in enumerate(self.sources):
            if known is source:
                return index
        if self.grows:
            self.sources.append(source)
            return len(self.sources) - 1
        raise TypeError(f"{source.name} is none of the sources")

    def _fields(self, value: object) -> list[Any]:
        kind = type(value)
        name = self.names.get(kind)
        if name is None:
            raise TypeError(f"{kind.__name__} is not packed")
        index = self.used.setdefault(name, len(self.used))
        return [index, *(self.pack(getattr(value, a.name)) for a in _fields(kind))]


def _fields(kind: type) -> list[Any]:
    found: Any = attrs.fields(kind)
    return [a for a in found if a.init]


_CONTAINERS: dict[str, Callable[[list[Any]], Any]] = {
    "T": tuple,
    "S": frozenset,
    "D": lambda values: dict(zip(values[::2], values[1::2], strict=True)),
}


def unpacked(data: Any, sources: Sequence[Source]) -> Any:
    """Return what packed was given. Raises LookupError, TypeError, ValueError or AttributeError for other data."""
    known = _classes()
    makers = [_maker(known[name]) for name in data["classes"]]
    shared: list[Any] = []

    def read(node: list[Any]) -> Any:
        # This runs some ten thousand times at every start: plain values are not handed over.
        tag = node[0]
        if tag == "P":
            return Span(sources[node[1]], node[2], node[3]) if node[1] >= 0 else NOWHERE
        if tag == "R":
            return shared[node[1]]
        if tag == "F":
            above, _, below = node[1].partition("/")
            return Fraction(int(above), int(below or 1))
        values = [read(x) if type(x) is list else x for x in node]
        if type(tag) is int:
            return makers[tag](*values[1:])
        if tag == "E":
            return _ENUMS[values[1]][values[2]]
        return _CONTAINERS[tag](values[1:])

    for node in data["shared"]:
        shared.append(read(node))
    return read(data["root"])


def _maker(kind: type) -> Callable[..., Any]:
    """Return a function of the positional values of all fields, those that are keyword-only included."""
    names = [a.name for a in _fields(kind)]
    keyword = [a.name for a in _fields(kind) if a.kw_only]
    if not keyword:
        return kind
    plain = len(names) - len(keyword)
    assert names[plain:] == keyword, "keyword-only fields stand last"

    def make(*values: Any) -> Any:
        return kind(*values[:plain], **dict(zip(keyword, values[plain:], strict=True)))

    return make
