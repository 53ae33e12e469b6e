"""Names anywhere in what is open and what it stands on, found as one types parts of them."""

from __future__ import annotations

from lsprotocol import types as lsp

from zjrules.lsp.outline import declared
from zjrules.lsp.state import State

MOST = 200
"""Names that are returned; more are never read, and the editor asks again at the next letter."""


def workspace_symbols(state: State, params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
    """Return the names that have the letters of a query in its order; those that hold it as it is come first."""
    query = params.query.replace(" ", "")
    files = {name: file for checked in state.shelves.values() for name, file in checked.files.items()}
    files |= {d.source.name: state.parsed(d).file for d in state.documents.values()}
    found = [
        (query not in name, len(name), lsp.WorkspaceSymbol(state.location(span), name, kind, container_name=file))
        for file, tree in files.items()
        for name, kind, span in declared(tree.decls)
        if _fits(query, name)
    ]
    found.sort(key=lambda f: f[:2])
    return [symbol for _, _, symbol in found[:MOST]]


def _fits(query: str, name: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in query)
