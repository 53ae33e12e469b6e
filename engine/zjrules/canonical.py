"""The canonical form of a rule text or file."""

from __future__ import annotations

from pathlib import Path

from zjrules.build import the_parser
from zjrules.diag import Diagnostics
from zjrules.format.page import formatted
from zjrules.inout.text import read_text
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
