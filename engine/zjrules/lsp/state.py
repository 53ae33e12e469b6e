"""What the server knows: the open texts, how they read, and how the shelves that they stand on were last checked."""

from __future__ import annotations

from pathlib import Path

from attrs import define, field
from lsprotocol import types as lsp

from zjrules.diag import Diagnostic
from zjrules.lsp.checked import Checked
from zjrules.lsp.document import Document, document, uri_of
from zjrules.lsp.place import Encoding
from zjrules.lsp.reading import Parsed, Readings
from zjrules.lsp.sample import Sample, Samples
from zjrules.lsp.shelf import Shelf, drafts, shelf_of
from zjrules.span import Source, Span


class RefusedError(Exception):
    """What was asked for cannot be done; the message says why, to the user."""


@define(eq=False)
class State:
    """Everything that a feature may look at; it changes between two messages only."""

    encoding: Encoding = field(factory=Encoding)
    documents: dict[str, Document] = field(factory=dict)
    readings: Readings = field(factory=Readings)
    shelves: dict[Shelf, Checked] = field(factory=dict)
    """How each shelf was last checked."""
    good: dict[Shelf, Checked] = field(factory=dict)
    """How each shelf was last checked without errors: types and scores are taken from it while a line is half typed."""

    samples: Samples = field(factory=Samples)
    told: dict[Shelf, dict[str, list[tuple[Diagnostic, lsp.Diagnostic]]]] = field(factory=dict)
    """What the editor was told of each shelf, by document."""
    proofs: dict[tuple[Shelf, str], dict[str, list[tuple[Diagnostic, lsp.Diagnostic]]]] = field(factory=dict)
    """What was not proved of an indicator (by shelf and name), by document, until the rules are changed."""
    outcomes: dict[tuple[str, str, str], str] = field(factory=dict)
    """What came of a command on an indicator (by command, URI and name), until the rules are changed."""

    # ---------- texts ----------

    def put(self, uri: str, text: str, version: int | None) -> Document:
        """Take in a text as the editor has it now."""
        found = document(uri, text, version)
        self.documents[uri] = found
        return found

    def document(self, uri: str) -> Document | None:
        """Return an open document, None for one that the editor never opened."""
        return self.documents.get(uri)

    def parsed(self, document: Document) -> Parsed:
        """Return an open document as it reads now: its syntax, tokens and comments."""
        return self.readings.parsed(document.source)

    # ---------- shelves ----------

    def shelf(self, document: Document) -> Shelf:
        """Return what a document is checked with."""
        # Scores are asked for in a thread of their own: documents may come meanwhile.
        return shelf_of(document, drafts(list(self.documents.values())))

    def checked(self, document: Document) -> Checked | None:
        """Return how the shelf of a document was last checked, perhaps before the last keystrokes; None when it never was."""
        return self.shelves.get(self.shelf(document))

    def last_good(self, document: Document) -> Checked | None:
        """Return how the shelf of a document was when it last had no errors."""
        return self.good.get(self.shelf(document))

    def keep(self, checked: Checked) -> None:
        """Take in how a shelf was checked."""
        self.shelves[checked.shelf] = checked
        if checked.book is not None:
            self.good[checked.shelf] = checked

    def drop(self, shelf: Shelf) -> None:
        """Forget a shelf of which nothing is open any more."""
        self.shelves.pop(shelf, None)
        self.good.pop(shelf, None)

    def sample(self, document: Document) -> Sample | None:
        """Return the chosen case of a document's rule set, scored; None where there is none."""
        return self.samples.of(self.last_good(document))

    def findings(self, uri: str) -> list[tuple[Diagnostic, lsp.Diagnostic]]:
        """Return what was told of a document, each finding once, with what the engine found."""
        every = [pair for by in (*self.told.values(), *self.proofs.values()) for pair in by.get(uri, [])]
        return list({(d.code.number, str(told.range), d.message): (d, told) for d, told in every}.values())

    # ---------- places ----------

    def range(self, span: Span) -> lsp.Range:
        """Return the range of a span."""
        return self.encoding.range(span)

    def offset(self, document: Document, position: lsp.Position) -> int:
        """Return the offset in characters of a place in a document."""
        return self.encoding.offset(document.source, position)

    def uri(self, source: Source) -> str:
        """Return the URI of a text: as the editor writes it where the text is open, else that of its file."""
        opened = next((d.uri for d in self.documents.values() if d.source.name == source.name), None)
        return opened or uri_of(Path(source.name))

    def location(self, span: Span) -> lsp.Location:
        """Return the location of a span."""
        return lsp.Location(self.uri(span.source), self.range(span))
