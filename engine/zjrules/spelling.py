"""Names that people take for the same, and the likely one for a misspelt name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable


def plain_form(name: str) -> str:
    """Return a name without quotes, brackets and spaces: what people take for the same."""
    return re.sub(r"[\s“”\"'‘’（）()《》·「」]", "", name)


def nearest(name: str, known: Iterable[str], closed: bool = False) -> str | None:
    """Return the known name that name was most likely meant to be, or None.

    A closed list (types, options, keys) has nothing else to be meant, so that one character of two is enough.
    """
    candidates = list(known)
    for other in candidates:
        if plain_form(other) == plain_form(name):
            return other
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.5 if closed else 0.6)
    return close[0] if close else None


def likeness(one: str, other: str) -> int:
    """Return how alike two names are, in hundredths: 100 where people take them for the same."""
    a, b = plain_form(one), plain_form(other)
    return 100 if a == b else round(difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() * 100)


def quoted(name: str) -> str:
    """Return a name as it must be written in a rule file."""
    return name if re.fullmatch(r"(?:[㐀-䶿一-鿿〇·]|[A-Za-z_][A-Za-z0-9_]*)+", name) else f"「{name}」"
