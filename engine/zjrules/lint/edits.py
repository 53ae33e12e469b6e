"""Fixes applied to texts: whole fixes only, and never two that meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zjrules.diag import Diagnostic, Edit, Fix


def chosen(found: Iterable[Diagnostic], unsafe: bool) -> list[Fix]:
    """Return the fixes to apply in one round, in the order of the findings; of two that overlap, the first."""
    taken: dict[str, list[tuple[int, int]]] = {}
    kept = []
    for fix in (d.fix for d in found if d.fix is not None):
        if (fix.safe or unsafe) and not any(_meets(e, taken.get(e.span.source.name, [])) for e in fix.edits):
            kept.append(fix)
            for edit in fix.edits:
                taken.setdefault(edit.span.source.name, []).append((edit.span.start, edit.span.end))
    return kept


def _meets(edit: Edit, taken: Iterable[tuple[int, int]]) -> bool:
    a, b = edit.span.start, edit.span.end
    # What is inserted where another edit ends or begins has no order with it.
    return any(
        (a < end and start < b) or ((a == b or start == end) and a <= end and start <= b) for start, end in taken
    )


def applied(texts: Mapping[str, str], fixes: Iterable[Fix]) -> dict[str, str]:
    """Return texts by the names of their sources with fixes applied, which chosen has made disjoint."""
    edits: dict[str, list[Edit]] = {}
    for edit in (e for fix in fixes for e in fix.edits):
        edits.setdefault(edit.span.source.name, []).append(edit)
    return {name: _edited(text, edits.get(name, [])) for name, text in texts.items()}


def _edited(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda e: e.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
