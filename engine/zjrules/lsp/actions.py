"""Quick fixes: what a finding says can be done about it, and all safe fixes at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lsprotocol import types as lsp

from zjrules.diag import Diagnostic, Fix
from zjrules.lint.edits import applied, chosen
from zjrules.linted import checked
from zjrules.lsp.document import Document
from zjrules.lsp.shelf import drafts, gathered
from zjrules.lsp.state import State
from zjrules.span import Source

FIX_ALL = "source.fixAll.zjrules"
OPTIONS = lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.SourceFixAll])


def actions(state: State, document: Document, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Return the fixes of the findings in a range, the sure ones preferred, and the one that makes all sure ones."""
    found = [pair for pair in state.findings(document.uri) if pair[0].fix is not None and _current(state, pair[0].fix)]
    offered: list[lsp.CodeAction] = []
    if _asked(params, "quickfix"):
        offered += [_action(state, d, told) for d, told in found if _meet(told.range, params.range)]
    if _asked(params, FIX_ALL):
        offered += _all(state, document, [d for d, _ in found])
    return offered


def _asked(params: lsp.CodeActionParams, kind: str) -> bool:
    """Return whether the editor asked for a kind: source asks for source.fixAll too."""
    only = params.context.only
    return not only or any(kind == o or kind.startswith(f"{o}.") for o in only)


def _meet(one: lsp.Range, other: lsp.Range) -> bool:
    ends = [(r.start.line, r.start.character, r.end.line, r.end.character) for r in (one, other)]
    (a, b, c, d), (e, f, g, h) = ends
    return (a, b) <= (g, h) and (e, f) <= (c, d)


def _current(state: State, fix: Fix) -> bool:
    """Return whether the texts that a fix edits are those that it was made for."""
    texts = {d.source.name: d.source.text for d in state.documents.values()}
    return all(texts.get(e.span.source.name, e.span.source.text) == e.span.source.text for e in fix.edits)


def _action(state: State, found: Diagnostic, told: lsp.Diagnostic) -> lsp.CodeAction:
    assert found.fix is not None
    return lsp.CodeAction(
        found.fix.title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[told],
        is_preferred=found.fix.safe,
        edit=_edit(state, [found.fix]),
    )


def _edit(state: State, fixes: Iterable[Fix]) -> lsp.WorkspaceEdit:
    changes: dict[str, list[lsp.TextEdit]] = {}
    for edit in (e for fix in fixes for e in fix.edits):
        text = lsp.TextEdit(state.range(edit.span), edit.text)
        changes.setdefault(state.uri(edit.span.source), []).append(text)
    return lsp.WorkspaceEdit(changes)


def _all(state: State, document: Document, found: Sequence[Diagnostic]) -> list[lsp.CodeAction]:
    fixes = chosen(found, unsafe=False)
    if not fixes:
        return []
    kept = fixes if _stands(state, document, fixes) else [f for f in fixes if _stands(state, document, [f])]
    title = f"改好全部有把握的（{len(kept)} 处）"
    return [lsp.CodeAction(title, kind=FIX_ALL, edit=_edit(state, kept))] if kept else []


def _stands(state: State, document: Document, fixes: Sequence[Fix]) -> bool:
    """Return whether a shelf has no more errors with fixes than without."""
    shelf = state.shelf(document)
    before = state.checked(document)
    over = drafts(state.documents.values())
    texts = {s.name: s.text for s in before.sources} if before is not None else {}
    done = applied(texts, fixes)
    _, now, _ = gathered(shelf, state.documents, {p: Source(s.name, done.get(s.name, s.text)) for p, s in over.items()})
    if now is None or before is None:
        return False
    _, problems = checked(now, state.readings.reader(lambda: False))
    return sum(d.is_error for d in problems) <= sum(d.is_error for d in before.problems)
