"""Diagnostics as the editor takes them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from lsprotocol import types as lsp

from zjrules.diag import Diagnostic, Label, Severity
from zjrules.lsp.document import uri_of
from zjrules.lsp.state import State

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
_FADED = ("-unused", "-never-reached")
"""Ends of the names of codes that say: this could be left out."""
SOURCE = "zjrules"
_HELP = Path(__file__).resolve().parent.parent / "help"


def by_uri(state: State, found: Iterable[Diagnostic]) -> dict[str, list[tuple[Diagnostic, lsp.Diagnostic]]]:
    """Return diagnostics by the documents that they stand in, each once; those without a place are left out."""
    told: dict[str, list[tuple[Diagnostic, lsp.Diagnostic]]] = {}
    for each in dict.fromkeys(found):
        if each.labels:
            told.setdefault(state.uri(each.labels[0].span.source), []).append((each, finding(state, each)))
    return {
        uri: sorted(pairs, key=lambda p: (p[1].range.start.line, p[1].range.start.character))
        for uri, pairs in told.items()
    }


def finding(state: State, found: Diagnostic) -> lsp.Diagnostic:
    """Return one diagnostic: its sentence, the way out in a line of its own, and the other places that matter."""
    first, *others = found.labels
    return lsp.Diagnostic(
        state.range(first.span),
        "\n".join(t for t in (found.message, found.help) if t),
        severity=_SEVERITIES[found.severity],
        code=found.code.number,
        code_description=_page(found.code.number),
        source=SOURCE,
        tags=[lsp.DiagnosticTag.Unnecessary] if found.code.name.endswith(_FADED) else None,
        related_information=[_related(state, label) for label in others] or None,
    )


def _page(number: str) -> lsp.CodeDescription | None:
    """Return where the help says more on a code: the line of its page, which editors open; lint's pages are no files."""
    return lsp.CodeDescription(_pages()[number]) if number in _pages() else None


@cache
def _pages() -> dict[str, str]:
    found = {}
    for page in sorted(_HELP.glob("*.md")):
        for line, text in enumerate(page.read_text("utf-8").splitlines(), 1):
            if text.startswith("## ZJ"):
                found[text[3:9]] = f"{uri_of(page)}#L{line}"
    return found


def _related(state: State, label: Label) -> lsp.DiagnosticRelatedInformation:
    return lsp.DiagnosticRelatedInformation(state.location(label.span), label.text or "也看这里")
