"""The library as a reference: all standard words and all shared facts, whichever rule set draws on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from zjrules import build
from zjrules.bookshelf import shown
from zjrules.inout.asset import standard
from zjrules.inout.text import read_text
from zjrules.read.book import read
from zjrules.reader import model
from zjrules.reader.document import word
from zjrules.reader.lit import pieces
from zjrules.syntax import decl as sd


@frozen
class Shared:
    """A shared fact or ledger, by the first rule set that asks it, and all rule sets that do, by id."""

    kind: str
    fact: model.Fact
    books: tuple[str, ...]


def words() -> tuple[model.Word, ...]:
    """Return all standard words. Their examples are run by the tests of the library."""
    parser = build.the_parser()
    sources = [s for p in standard() if (s := read_text(p, shown(p))[0]) is not None]
    found = [d for s in sources for d in read(s, parser)[0].decls if isinstance(d, sd.Word)]
    targets = {d.name.text: "词" for d in found}

    def clause(decl: sd.Word) -> model.Clause:
        return model.Clause(pieces(decl.span.text, parser.lex, targets, decl.name.text), str(decl.span))

    return tuple(word(d, (), clause(d)) for d in sorted(found, key=lambda d: d.span.source.name))


def using(docs: Iterable[model.Document]) -> Mapping[str, tuple[str, ...]]:
    """Return for every word the rule sets that use it, by id."""
    found: dict[str, list[str]] = {}
    for doc in docs:
        for each in doc.words:
            found.setdefault(each.name, []).append(doc.head.id)
    return {name: tuple(ids) for name, ids in found.items()}


def shared(docs: Sequence[model.Document]) -> tuple[Shared, ...]:
    """Return the facts and ledgers that are declared once for several rule sets, by name, with who asks them."""
    library = {shown(p) for p in standard()}
    found: dict[tuple[str, str], tuple[model.Fact, list[str]]] = {}
    for doc in docs:
        for kind, facts in (("事实", [f for _, group in doc.facts for f in group]), ("明细", doc.ledgers)):
            for fact in facts:
                if fact.origin.rpartition(":")[0] in library:
                    found.setdefault((kind, fact.name), (fact, []))[1].append(doc.head.id)
    return tuple(Shared(kind, fact, tuple(ids)) for (kind, _), (fact, ids) in sorted(found.items()))
