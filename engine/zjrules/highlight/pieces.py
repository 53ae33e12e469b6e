"""A text cut into pieces of one class each. Nothing is left out and nothing reported: a half-written file has colours too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from zjrules.highlight.words import TYPED, Kind, Vocabulary
from zjrules.num import fold
from zjrules.read.parser import NAMED

NUMBER = re.compile(r"[\d,.]+")
"""What of a folded quantity is the number; the unit follows."""


@frozen
class Piece:
    """A stretch of the text: its class, where it begins and ends (offsets in characters)."""

    kind: Kind
    start: int
    stop: int


@frozen
class _Raw:
    terminal: str
    text: str
    start: int
    stop: int


def pieces(text: str, words: Vocabulary) -> Iterator[Piece]:
    """Cut a text; the pieces follow each other without a gap from its first character to its last."""
    raw = [r for r in _raw(fold(text), words) if r.terminal != "COMMENT"]
    solid = [r for r in raw if r.terminal != "WS"]
    place = {r.start: index for index, r in enumerate(solid)}
    for found in _raw(fold(text), words):
        if found.terminal == "NAME":
            yield Piece(_named(solid, place[found.start], words), found.start, found.stop)
        elif found.terminal == "QUANTITY":
            yield from _quantity(found)
        else:
            yield Piece(words.kinds.get(found.terminal, Kind.ODD), found.start, found.stop)


def _raw(text: str, words: Vocabulary) -> Iterator[_Raw]:
    index = 0
    while index < len(text):
        match = words.lex.pattern.match(text, index)
        kind = match.lastgroup or "" if match else ""
        stop = match.end() if match else index + 1
        found = text[index:stop]
        yield _Raw(words.lex.words.get(found, kind) if kind == "NAME" else kind, found, index, stop)
        index = stop


def _quantity(found: _Raw) -> Iterator[Piece]:
    match = NUMBER.match(found.text)
    assert match is not None, found.text
    middle = found.start + match.end()
    unit = found.text[match.end() :]
    space = len(unit) - len(unit.lstrip())
    spans = ((Kind.NUMBER, found.start, middle), (Kind.SPACE, middle, middle + space))
    for kind, start, stop in (*spans, (Kind.UNIT, middle + space, found.stop)):
        if start < stop:
            yield Piece(kind, start, stop)


def _named(solid: list[_Raw], index: int, words: Vocabulary) -> Kind:
    """Return what a name is by what stands beside it."""

    def near(offset: int) -> str:
        return solid[index + offset].terminal if 0 <= index + offset < len(solid) else ""

    text = solid[index].text
    if near(-1) in NAMED:
        return Kind.DECLARED
    if near(-1) == "_COLON" and near(-3) in TYPED and text in words.types:
        return Kind.TYPE
    if near(1) == "_LPAR":
        return Kind.BUILT_IN if text in words.functions else Kind.CALLED
    return Kind.CONSTANT if text in words.constants else Kind.NAME
