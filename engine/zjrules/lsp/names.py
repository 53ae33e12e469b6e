"""The names of what is open: where each is declared and used, over all files of the shelves that it reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from zjrules.build import the_parser
from zjrules.lsp.checked import Checked
from zjrules.lsp.document import Document
from zjrules.lsp.mention import Key, Mention, Walk
from zjrules.lsp.state import State
from zjrules.span import Source
from zjrules.syntax import decl as sd


@frozen(eq=False)
class Names:
    """The mentions of every name in some files, by file."""

    by_file: dict[str, tuple[Mention, ...]]

    def at(self, source: Source, offset: int) -> Mention | None:
        """Return the name at a place of a file; the end of a name counts, for a cursor behind it."""
        found = [m for m in self.by_file.get(source.name, ()) if m.span.start <= offset <= m.span.end]
        return min(found, key=lambda m: (m.span.end == offset, m.span.end - m.span.start), default=None)

    def of(self, key: Key) -> list[Mention]:
        """Return every mention of a name, in the order of files and places, each place once."""
        found = {(m.span.source.name, m.span.start): m for m in self.every() if m.key == key}
        return list(found.values())

    def declared(self, key: Key) -> list[Mention]:
        """Return where a name is declared."""
        return [m for m in self.of(key) if m.declares]

    def every(self) -> Iterator[Mention]:
        """Yield all mentions."""
        for mentions in self.by_file.values():
            yield from sorted(mentions, key=lambda m: m.span.start)


def names_in(files: Iterable[sd.File]) -> Names:
    """Return the names in files."""
    files = list(files)
    found: dict[str, frozenset[str]] = {}
    for ledger, columns in (pair for f in files for pair in _columns(f)):
        found[ledger] = found.get(ledger, frozenset()) | columns
    inputs = {d.name.text: _inputs(d) for f in files for d in f.decls if isinstance(d, sd.Word)}
    walk = Walk(found, inputs, the_parser().lex)
    return Names({f.span.source.name: tuple(walk.file(f)) for f in files})


def _columns(file: sd.File) -> Iterator[tuple[str, frozenset[str]]]:
    for decl in file.decls:
        content = decl.content if isinstance(decl, sd.Amendment) else decl
        if isinstance(content, sd.LedgerDecl):
            yield content.name.text, frozenset(c.name.text for c in content.columns)
        elif isinstance(decl, sd.Amendment) and isinstance(content, sd.Patch):
            yield decl.target.name, frozenset(c.name.text for c in content.columns)


def _inputs(word: sd.Word) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple(
        (i.name.text, frozenset(a.text for a in i.type.args) if i.type.name.text == "选项" else frozenset())
        for i in word.inputs
    )


def names(state: State, document: Document) -> Names:
    """Return the names in the shelf of a document and in every other open shelf, the document as it reads now."""
    checked = state.checked(document)
    files = {**_files(c for c in state.shelves.values() if c is not checked), **_files([checked] if checked else [])}
    files[document.source.name] = state.parsed(document).file
    return names_in(files.values())


def _files(shelves: Iterable[Checked]) -> dict[str, sd.File]:
    return {name: file for checked in shelves for name, file in checked.files.items()}
