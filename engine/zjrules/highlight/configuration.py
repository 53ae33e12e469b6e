"""What VS Code must know of the language beside its colours: comments, pairs, words, indentation.

The form is https://code.visualstudio.com/api/language-extensions/language-configuration-guide.
"""

from __future__ import annotations

from typing import Any

from zjrules.highlight.textmate import name_pattern, whole
from zjrules.highlight.words import Kind, Vocabulary

_PAIRS = (("（", "）"), ("(", ")"), ("「", "」"), ("《", "》"), ("〔", "〕"))
_QUOTES = (("“", "”"), ('"', '"'))
_OPENING = frozenset("_BANDS _DECIDE _CHECKLIST _DEDUCT _APPLY _PART".split())
"""Clauses whose own clauses stand deeper, on lines of their own."""


def configuration(words: Vocabulary) -> dict[str, Any]:
    """Return the configuration as what its JSON file holds."""
    declaring = words.words(Kind.DECLARATION)
    opening = tuple(sorted(word for word, terminal in words.lex.words.items() if terminal in _OPENING))
    pairs = [{"open": a, "close": b, "notIn": ["comment"]} for a, b in (*_PAIRS, *_QUOTES)]
    return {
        "comments": {"lineComment": "#"},
        "brackets": [list(pair) for pair in _PAIRS[:4]],
        "autoClosingPairs": pairs,
        "surroundingPairs": [list(pair) for pair in (*_PAIRS, *_QUOTES)],
        "autoCloseBefore": " \n\t，、：；。）)」》”",
        "wordPattern": {"pattern": rf"{name_pattern(words)}|[\d,.]+", "flags": "u"},
        "indentationRules": {
            "increaseIndentPattern": rf"^(?:{whole(declaring, words)}|\s+{whole(opening, words)}).*$",
            "decreaseIndentPattern": rf"^\s+{whole(declaring, words)}.*$",
        },
        "folding": {"offSide": True},
    }
