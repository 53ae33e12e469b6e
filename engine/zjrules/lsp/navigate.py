"""Where a name is declared, and where it is used."""

from __future__ import annotations

from lsprotocol import types as lsp

from zjrules.lsp.document import Document
from zjrules.lsp.mention import Mention
from zjrules.lsp.names import Names, names
from zjrules.lsp.state import State


def definition(state: State, document: Document, params: lsp.DefinitionParams) -> list[lsp.Location] | None:
    """Return where the name at the cursor is declared."""
    found, at = _at(state, document, params.position)
    return [state.location(m.span) for m in found.declared(at.key)] if at is not None else None


def references(state: State, document: Document, params: lsp.ReferenceParams) -> list[lsp.Location] | None:
    """Return where the name at the cursor is used, over all files."""
    found, at = _at(state, document, params.position)
    if at is None:
        return None
    every = found.of(at.key)
    return [state.location(m.span) for m in every if params.context.include_declaration or not m.declares]


def highlights(
    state: State, document: Document, params: lsp.DocumentHighlightParams
) -> list[lsp.DocumentHighlight] | None:
    """Return the mentions of the name at the cursor in its own file."""
    found, at = _at(state, document, params.position)
    if at is None:
        return None
    kinds = {True: lsp.DocumentHighlightKind.Write, False: lsp.DocumentHighlightKind.Read}
    here = (m for m in found.of(at.key) if m.span.source.name == document.source.name)
    return [lsp.DocumentHighlight(state.range(m.span), kinds[m.declares]) for m in here]


def _at(state: State, document: Document, position: lsp.Position) -> tuple[Names, Mention | None]:
    found = names(state, document)
    return found, found.at(document.source, state.offset(document, position))
