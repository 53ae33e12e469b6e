"""Fixes applied to texts: whole fixes only, and never two that meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zjrules.diag import Diagnostic, Edit, Fix


def chosen(found: Iterable[Diagnostic], unsafe: bool) -> list[Fix]:
    """Return the fixes to apply in one round, in the order of the findings; of two that meet, the first.

    A fix whose own edits meet is never taken.
    """
    taken: list[Edit] = []
    kept = []
    for fix in (d.fix for d in found if d.fix is not None and (d.fix.safe or unsafe)):
        together = [*taken, *fix.edits]
        if not any(_meet(e, other) for i, e in enumerate(together[len(taken) :], len(taken)) for other in together[:i]):
            kept.append(fix)
            taken = together
    return kept


def _meet(one: Edit, other: Edit) -> bool:
    """Return whether two edits overlap; what is put in where another begins, lies or ends has no order with it."""
    if one.span.source.name != other.span.source.name:
        return False
    low, high = max(one.span.start, other.span.start), min(one.span.end, other.span.end)
    return low < high or (low == high and (one.span.start == one.span.end or other.span.start == other.span.end))


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
