"""The canonical form of a rule text or file."""

from __future__ import annotations

from pathlib import Path

from zjrules.build import the_parser
from zjrules.diag import Diagnostics
from zjrules.format.page import Changed, formatted
from zjrules.inout.text import read_text
from zjrules.overlay.text import text as overlay_text
from zjrules.overlay.whole import Whole
from zjrules.read.book import read
from zjrules.span import Source


def format_text(name: str, text: str) -> tuple[str | None, Diagnostics]:
    """Return the canonical form of a rule text, or None and its diagnostics when it has errors."""
    return formatted(Source(name, text), the_parser())


def format_file(path: Path, name: str) -> tuple[str, str | None, Diagnostics]:
    """Return the text of a rule file (its line ends made \\n) and its canonical form, None where it cannot be read."""
    source, wrong = read_text(path, name)
    if source is None:
        return "", None, wrong
    return source.text, *formatted(source, the_parser())


def consolidated_text(book: Whole, title: str) -> str:
    """Return the canonical text of a book that was put together from several, under a title.

    Raises Changed when the text would be read as another book.
    """
    text = "\n".join(f"# {line}" for line in title.splitlines()) + f"\n\n{overlay_text(book)}"
    source = Source("（合并）", text)
    file, _ = read(source, the_parser())
    found, _ = formatted(source, the_parser())
    if found is None or file.decls != book.consolidated()[0].decls:
        raise Changed(title)
    return found
