"""The standard words and shared facts that a rule set draws on.

A rule set names few of them, so that only the files of those that its text names (and of what these name) are read: one
more word under rules/std costs a rule set nothing that does not use it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import frozen

from zjrules.span import Source

_WORD = re.compile(r"^定词\s+「?([^\s」]+)", re.MULTILINE)
_FACT = re.compile(r"^(?:事实|明细)\s+「?([^\s」]+)", re.MULTILINE)


@frozen
class Spare:
    """Names that the library has and a rule set does not draw on: for suggestions, and for fact files of several books."""

    words: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()


def drawn_on(own: Sequence[Source], library: Sequence[Source]) -> tuple[tuple[Source, ...], Spare]:
    """Return the files of the library that a rule set names, in the library's order, and the names in the others."""
    left = {source.name: source for source in library}
    taken: set[str] = set()
    texts = [source.text for source in own]
    while texts:
        found = [s for s in left.values() if any(n in text for n in _names(s) for text in texts)]
        taken |= {s.name for s in found}
        left = {n: s for n, s in left.items() if n not in taken}
        texts = [s.text for s in found]
    words = frozenset(n for s in left.values() for n in _WORD.findall(s.text))
    facts = frozenset(n for s in left.values() for n in _FACT.findall(s.text))
    return tuple(s for s in library if s.name in taken), Spare(words, facts)


def _names(source: Source) -> list[str]:
    return [*_WORD.findall(source.text), *_FACT.findall(source.text)]
