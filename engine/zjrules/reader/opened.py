"""A rule set, read once for its document: checked, consolidated, every declaration in its canonical text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from zjrules import build
from zjrules.bookshelf import Gathered, dated, gathered, load
from zjrules.canonical import consolidated_text
from zjrules.diag import Diagnostics, has_errors
from zjrules.inout.text import read_text
from zjrules.overlay.whole import Entry, Whole
from zjrules.read.book import read
from zjrules.read.lexer import Lexicon
from zjrules.ruleset import RuleSet
from zjrules.span import Source
from zjrules.syntax import decl as sd
from zjrules.term.rule import Program


@frozen
class Volume:
    """A rule set with what its document is made of."""

    rules: RuleSet
    book: Whole
    text: str
    """The consolidated book in canonical form, as one rule text."""
    head: str
    """The text of its head."""
    entries: tuple[tuple[Entry, str], ...]
    """Every declaration with its canonical text, in order."""
    words: Mapping[str, sd.Word]
    """All words that the rule set can name: its own, and those of the library that it draws on."""
    lex: Lexicon
    as_of: date | None = None
    readme: str = ""
    """What its README.md says, in Markdown; that of the nearest rule set that it amends where it has none."""

    @property
    def program(self) -> Program:
        """The checked rule set."""
        return self.rules.program


def opened(name: str) -> tuple[Volume | None, Diagnostics]:
    """Find, check and consolidate a rule set; None with what is wrong where it cannot be used."""
    texts, problems = gathered(name)
    if texts is None:
        return None, problems
    rules, problems = load(name)
    if rules is None:
        return None, problems
    book, wrong = whole(texts)
    return (
        volume(rules, book, texts, _readme(rules)) if book is not None else None
    ), wrong if book is None else problems


def whole(texts: Gathered) -> tuple[Whole | None, Diagnostics]:
    """Return the consolidated book of some texts; None with its errors where it has any."""
    found, problems = build.build(texts.own, texts.std, texts.spare, texts.bases, texts.as_of)
    if found is None or found.book is None or has_errors(problems):
        return None, tuple(p for p in problems if p.is_error)
    return found.book, problems


def full_text(texts: Gathered, book: Whole) -> str:
    """Return the consolidated book as one rule text under a title that says which it is and what it is based on."""
    lines = [f"{dated(texts.name)[0]} 的全文" + (f"，截至 {texts.as_of}" if texts.as_of is not None else "")]
    lines += ["沿用 " + "、".join(b.id for b in reversed(texts.bases))] if texts.bases else []
    return consolidated_text(book, "\n".join(lines))


def _readme(rules: RuleSet) -> str:
    path = rules.beside("README.md")
    source = read_text(path, path.name)[0] if path is not None else None
    return source.text if source is not None else ""


def volume(rules: RuleSet, book: Whole, texts: Gathered, readme: str = "") -> Volume:
    """Return a checked rule set with its texts put side by side."""
    parser = build.the_parser()
    text = full_text(texts, book)
    # What was printed reads to the book's own declarations, one for one: consolidated_text has seen to it.
    file, _ = read(Source("（合并）", text), parser)
    own = [d for d in file.decls if not isinstance(d, sd.RuleSet)]
    heads = [d.span.text for d in file.decls if isinstance(d, sd.RuleSet)]
    library = [d for s in texts.std for d in read(s, parser)[0].decls]
    words = {d.name.text: d for d in (*library, *(e.decl for e in book.entries)) if isinstance(d, sd.Word)}
    entries = tuple((e, d.span.text) for e, d in zip(book.entries, own, strict=True))
    return Volume(rules, book, text, heads[0] if heads else "", entries, words, parser.lex, texts.as_of, readme)
