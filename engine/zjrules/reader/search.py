"""Search over documents of rule sets: by name and by text, with a few characters around what was found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from attrs import frozen

from zjrules.reader.model import Document, Fact, Group, Indicator

AROUND = 24
"""Characters shown before and after what was found."""


@frozen
class Hit:
    """Something that has all the words: its kind and name lead to it; before, found and after are text from it."""

    kind: str
    name: str
    label: str
    before: str
    found: str
    after: str
    named: bool
    """Whether its name has them all."""


def asked(query: str) -> tuple[str, ...]:
    """Return the words of a query as they are compared: full-width and half-width, capital and small are the same."""
    return tuple(word for word in map(folded, query.split()) if word)


def folded(text: str) -> str:
    """Return text as it is compared: NFKC, small letters, without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).lower())


def hits(doc: Document, words: tuple[str, ...]) -> list[Hit]:
    """Return what has all of some words: those whose name has them first, else in the order of the document."""
    found = []
    for kind, name, label, text in _entries(doc):
        plain = folded(f"{label}{text}")
        if words and all(w in plain for w in words):
            # Where the words stand side by side only without blanks, or in other forms, the text has no such place.
            at = next((i for w in words if (i := text.lower().find(w)) >= 0), -1)
            end = at + max(len(w) for w in words if text.lower().startswith(w, at)) if at >= 0 else 0
            start = max(0, at - AROUND)
            around = (
                (text[start:at], text[at:end], text[end : end + AROUND]) if at >= 0 else ("", "", text[: 2 * AROUND])
            )
            before, match, after = (" ".join(t.split()) for t in around)
            named = all(w in folded(label) for w in words)
            found.append(Hit(kind, name, label, before, match, after, named))
    return sorted(found, key=lambda h: not h.named)


def _entries(doc: Document) -> Iterator[tuple[str, str, str, str]]:
    """Yield everything that can be found: its kind, its name, what it is called, and its text."""
    for node in _nodes(doc.groups):
        kind = "指标" if isinstance(node, Indicator) else "组"
        told = "；".join(f"{t}" for way in node.ways for t in way.told) if isinstance(node, Indicator) else ""
        text = "　".join(x for x in (*node.basis, node.note, told, node.clause.text) if x)
        yield kind, node.name, f"{node.number}{node.name}", text
    for kind, facts in (("事实", [f for _, group in doc.facts for f in group]), ("明细", doc.ledgers)):
        for fact in facts:
            yield kind, fact.name, fact.name, _fact(fact)
    for check in doc.checks:
        yield "勾稽", check.title, check.title, f"{check.note}　{check.should}　{check.basis}"
    for param in doc.params:
        yield "参数", param.name, param.name, f"{param.value}　{param.basis}"
    for word in doc.words:
        yield "词", word.name, word.name, word.note


def _fact(fact: Fact) -> str:
    inner = (f"{c.name} {c.note}" for c in fact.columns or ())
    return "　".join(x for x in (fact.note, fact.evidence, fact.basis, *inner) if x)


def _nodes(nodes: tuple[Group | Indicator, ...]) -> Iterator[Group | Indicator]:
    for node in nodes:
        yield node
        if isinstance(node, Group):
            yield from _nodes(node.children)
