"""Places in rule files as visitors see them: from the rules folder on, and nothing of where that folder lies."""

from __future__ import annotations

from zjrules.bookshelf import roots


def short(text: str) -> str:
    """Return a text in which files of rule sets are named from their rules folder on."""
    for root in sorted((r.as_posix() for r in roots()), key=len, reverse=True):
        text = text.replace(f"{root}/", "rules/")
    return text
