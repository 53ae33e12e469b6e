"""The names that a document can use: those of its shelf, and the whole library, whether it uses them yet or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import field, frozen

from zjrules.bookshelf import read_all
from zjrules.inout.asset import standard
from zjrules.lsp.document import Document
from zjrules.lsp.shelf import drafts
from zjrules.lsp.state import State
from zjrules.syntax import decl as sd

Named = sd.Param | sd.FactDecl | sd.LedgerDecl | sd.Word


@frozen(eq=False)
class Vocabulary:
    """Declarations by name; what the document's own shelf declares stands before the library's."""

    params: dict[str, sd.Param] = field(factory=dict)
    own: dict[str, sd.FactDecl] = field(factory=dict)
    ledgers: dict[str, sd.LedgerDecl] = field(factory=dict)
    defined: dict[str, sd.Word] = field(factory=dict)

    def facts(self) -> Iterable[sd.FactDecl]:
        """Return the facts."""
        return self.own.values()

    def words(self) -> Iterable[sd.Word]:
        """Return the words."""
        return self.defined.values()

    def values(self) -> Iterator[Named]:
        """Yield what stands in expressions by its name."""
        yield from self.own.values()
        yield from self.params.values()
        yield from self.ledgers.values()

    def columns(self, ledger: str) -> tuple[sd.FactDecl, ...]:
        """Return the columns of a ledger."""
        return self.ledgers[ledger].columns if ledger in self.ledgers else ()

    def inputs(self, word: str) -> list[tuple[str, str]]:
        """Return the inputs of a word with their types."""
        found = self.defined.get(word)
        return [(i.name.text, i.type.span.text) for i in found.inputs] if found is not None else []

    def type_of(self, name: str) -> str:
        """Return the name of the type of a fact, '' where it is none."""
        return self.own[name].type.name.text if name in self.own else ""

    def is_like(self, decl: Named, wanted: str) -> bool:
        """Return whether a declaration has a type that is wanted; '' is any."""
        return not wanted or (isinstance(decl, sd.FactDecl) and decl.type.name.text == wanted)


def vocabulary(state: State, document: Document) -> Vocabulary:
    """Return the names that a document can use."""
    checked = state.checked(document)
    files = {**(checked.files if checked is not None else {}), document.source.name: state.parsed(document).file}
    library, _ = read_all(standard(), drafts(state.documents.values()))
    for source in library:
        files.setdefault(source.name, state.readings.parsed(source).file)
    found = Vocabulary()
    for decl in (d for f in files.values() for d in f.decls):
        content = decl.content if isinstance(decl, sd.Amendment) else decl
        match content:
            case sd.Param(name=name):
                found.params.setdefault(name.text, content)
            case sd.FactDecl(name=name):
                found.own.setdefault(name.text, content)
            case sd.LedgerDecl(name=name):
                found.ledgers.setdefault(name.text, content)
            case sd.Word(name=name):
                found.defined.setdefault(name.text, content)
            case _:
                pass
    return found
