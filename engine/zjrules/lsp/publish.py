"""What the editor was told of each document, so that what is mended goes away and nothing is told of texts that are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import define, field
from lsprotocol import types as lsp

from zjrules.diag import Diagnostic
from zjrules.lsp.findings import by_uri
from zjrules.lsp.shelf import Shelf
from zjrules.lsp.state import State


@define(eq=False)
class Board:
    """The findings of each shelf by the documents that they stand in."""

    state: State
    send: Callable[[lsp.PublishDiagnosticsParams], None]
    stale: set[str] = field(factory=set)
    """Documents of which something was proved that may no longer hold."""

    def put(self, shelf: Shelf, found: Iterable[Diagnostic]) -> None:
        """Tell of a shelf; documents of it of which nothing is found any more are cleared."""
        before = set(self.state.told.get(shelf, ())) | self.stale
        self.stale = set()
        now = by_uri(self.state, found)
        self.state.told[shelf] = now
        for uri in before | set(now) | {d.uri for d in self.state.documents.values() if self.state.shelf(d) == shelf}:
            self._send(uri)

    def put_proof(self, shelf: Shelf, name: str, found: Iterable[Diagnostic]) -> None:
        """Tell of what was not proved of an indicator, instead of what was told of it before."""
        before = set(self.state.proofs.get((shelf, name), ()))
        self.state.proofs[shelf, name] = by_uri(self.state, found)
        for uri in before | set(self.state.proofs[shelf, name]):
            self._send(uri)

    def forget_proofs(self, shelf: Shelf) -> None:
        """Forget what was proved of a shelf; the editor is told when the shelf has been checked again."""
        for key in [k for k in self.state.proofs if k[0] == shelf]:
            self.stale |= set(self.state.proofs.pop(key))

    def drop(self, shelf: Shelf) -> None:
        """Clear a shelf of which nothing is open any more."""
        self.forget_proofs(shelf)
        for uri in self.state.told.pop(shelf, {}):
            self._send(uri)

    def _send(self, uri: str) -> None:
        document = self.state.document(uri)
        found = [told for _, told in self.state.findings(uri)]
        self.send(lsp.PublishDiagnosticsParams(uri, found, document.version if document is not None else None))
