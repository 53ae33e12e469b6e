"""A rule set as one of several that amend each other: its texts, and which one it is based on.

What 沿用 names is looked for in the plain text, so that a start that finds everything in the cache need not parse; build
compares it with what the parser read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from zjrules.span import Source, Span

_ASIDE = re.compile(r"[#＃][^\n]*|\"[^\"\n]*\"|“[^\n]*?”(?!”)|《[^》\n]*》|「[^」\n]*」")
_BASED = re.compile(r"(?<![^\s;。])沿用\s+(?:(?P<id>[^\s\"“；。#]+)|[\"“](?P<text>[^\"”\n]*)[\"”])")


@frozen
class Layer:
    """One rule set by its id and folder (or file), with the texts of its files."""

    id: str
    path: Path
    sources: tuple[Source, ...]


def based_on(sources: Sequence[Source]) -> tuple[str, Span] | None:
    """Return the id that a rule set says 沿用 to, and where; None for one that stands by itself."""
    for source in sources:
        if "沿用" not in source.text:
            continue
        found = next((m for m in _BASED.finditer(source.text) if not _aside(source.text, m.start())), None)
        if found is not None:
            kind = "id" if found["id"] else "text"
            return found[kind].replace("／", "/").replace("－", "-"), Span(source, *found.span(kind))
    return None


def _aside(text: str, place: int) -> bool:
    """Return whether a place lies in a comment, a string or a quoted name."""
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    line = text[start : end if end >= 0 else len(text)]
    return any(m.start() <= place - start < m.end() for m in _ASIDE.finditer(line))
