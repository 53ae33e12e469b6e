"""A shelf checked: what is wrong in it, and what it means where nothing is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from zjrules.bookshelf import Gathered
from zjrules.diag import Diagnostics
from zjrules.lint.book import Book
from zjrules.linted import checked as checked_book
from zjrules.lsp.reading import Readings
from zjrules.lsp.shelf import Shelf
from zjrules.span import Source
from zjrules.syntax.decl import File


@frozen(eq=False)
class Checked:
    """A shelf as its texts were when they were checked."""

    shelf: Shelf
    own: tuple[Source, ...]
    texts: Gathered | None
    """With what they amend and draw on; None where that cannot be read."""
    files: Mapping[str, File]
    """Every file as it reads, by the name of its source."""
    book: Book | None
    """None where there are errors."""
    problems: Diagnostics

    @property
    def sources(self) -> tuple[Source, ...]:
        """All texts, its own first."""
        return (*self.own, *(s for s in self.texts.texts if s not in self.own)) if self.texts is not None else self.own


def check(
    shelf: Shelf,
    gathered: tuple[tuple[Source, ...], Gathered | None, Diagnostics],
    readings: Readings,
    outdated: Callable[[], bool],
) -> Checked:
    """Read and check a shelf. Raises OutdatedError as soon as nobody waits for the result."""
    own, texts, problems = gathered
    reading = readings.reader(outdated)
    if texts is None:
        read = [reading(source) for source in own]
        problems = (*(d for _, slips in read for d in slips), *problems)
        return Checked(shelf, own, None, {s.name: f for s, (f, _) in zip(own, read, strict=True)}, None, problems)
    book, problems = checked_book(texts, reading)
    return Checked(shelf, own, texts, {s.name: reading(s)[0] for s in texts.texts}, book, problems)
