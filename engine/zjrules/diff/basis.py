"""What a clause stands on (依据) and what it promises (随, 认可) side by side: it scores nobody, and readers look for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from attrs import evolve

from zjrules.diff.change import ADDED, EDITED, REMOVED, Patch, still, swapped
from zjrules.diff.context import Place, Spans, Standing, edited, head, quoted
from zjrules.span import Span

_BETWEEN = "；"
"""What stands between several 依据 of one clause."""


class Based(Protocol):
    """What has a basis."""

    @property
    def basis(self) -> str:
        """The basis, several as one text."""

    @property
    def span(self) -> Span:
        """Its place."""


def basis(old: Based, new: Based, place: Place, spans: Spans | None = None) -> Patch[str]:
    """Return the patch of a basis; only what is said anew or no more is told. spans: where the whole declarations stand."""
    mine, theirs = (b.basis.split(_BETWEEN) if b.basis else [] for b in (old, new))
    lost, found = [t for t in mine if t not in theirs], [t for t in theirs if t not in mine]
    if not lost and not found:
        return still(old.basis)
    texts = [quoted(_BETWEEN.join(x)) for x in (lost, found)]
    act = EDITED if lost and found else REMOVED if lost else ADDED
    said = edited("的依据", *texts) if act == EDITED else f"{act}依据{texts[act == ADDED]}"
    whole = spans or (old.span, new.span)
    sides = (_line(whole[0], lost), _line(whole[1], found))
    return swapped(place.change("依据", act, said, sides, scores=False), old.basis, new.basis)


def _line(span: Span | None, said: Sequence[str]) -> Span | None:
    """Return the line of a clause that says a thing, its first line where it cannot be found."""
    if span is None:
        return None
    start = span.source.text.find(said[0], span.start, span.end) if said else -1
    if start < 0:
        return head(span)
    line = span.source.line_of(start)
    text = span.source.line_text(line)
    first = span.source.starts[line - 1] + len(text) - len(text.lstrip())
    return evolve(span, start=first, end=span.source.starts[line - 1] + len(text.rstrip()))


P = TypeVar("P", bound=Standing)


def promises(old: tuple[P, ...], new: tuple[P, ...], place: Place) -> Patch[tuple[P, ...]]:
    """Return the patch of 随 or 认可; their order says nothing."""
    lost, found = ([x for x in a if x not in b] for a, b in ((old, new), (new, old)))
    if not lost and not found:
        return still(old)
    said = [f"{act}{'、'.join(quoted(x.span.text) for x in xs)}" for act, xs in ((REMOVED, lost), (ADDED, found)) if xs]
    sides = (lost[0].span if lost else None, found[0].span if found else None)
    act = EDITED if lost and found else REMOVED if lost else ADDED
    return swapped(place.change("承诺", act, "，".join(said), sides, scores=False), old, new)
