"""The grammar of editors that follow TextMate (VS Code, GitHub's Linguist, Sublime Text), made from the vocabulary.

Patterns are Oniguruma's (https://macromates.com/manual/en/language_grammars). Of those that fit at one place the first wins,
and a pattern never begins inside a match, so that a keyword is a whole word here as it is for our lexer.
"""

from __future__ import annotations

import re
from typing import Any

from zjrules.highlight.wide import wide
from zjrules.highlight.words import TYPED, Kind, Vocabulary
from zjrules.read.parser import NAMED

SCOPES: dict[Kind, str] = {
    Kind.DECLARATION: "storage.type.declaration.zj",
    Kind.CLAUSE: "keyword.control.clause.zj",
    Kind.FLOW: "keyword.control.flow.zj",
    Kind.INNER: "keyword.other.zj",
    Kind.OPERATOR: "keyword.operator.word.zj",
    Kind.COMPARISON: "keyword.operator.comparison.zj",
    Kind.ARITHMETIC: "keyword.operator.arithmetic.zj",
    Kind.PUNCTUATION: "punctuation.separator.zj",
    Kind.CONSTANT: "constant.language.zj",
    Kind.NUMBER: "constant.numeric.zj",
    Kind.UNIT: "keyword.other.unit.zj",
    Kind.DATE: "constant.numeric.date.zj",
    Kind.STRING: "string.quoted.zj",
    Kind.COMMENT: "comment.line.number-sign.zj",
    Kind.DECLARED: "entity.name.type.zj",
    Kind.TYPE: "support.type.zj",
    Kind.BUILT_IN: "support.function.zj",
    Kind.CALLED: "entity.name.function.zj",
    Kind.NAME: "variable.other.zj",
}
"""Scope of each class; white space and what is no part of the language have none."""

Rule = dict[str, Any]


def grammar(words: Vocabulary) -> dict[str, Any]:
    """Return the grammar as what its JSON file holds."""
    return {
        "information_for_contributors": ["Generated from grammar/zj.lark: make editor"],
        "name": "zjrules",
        "scopeName": "source.zj",
        "patterns": [*_literals(words), *_declared(words), *_keywords(words), *_signs(words), *_names(words)],
    }


def name_pattern(words: Vocabulary) -> str:
    """Return the pattern of a name in a text as written."""
    return next(f"(?:{wide(body)})" for terminal, body in words.lex.parts if terminal == "NAME")


def whole(alternatives: tuple[str, ...], words: Vocabulary) -> str:
    """Return a pattern that finds any of some words where no name goes on after it."""
    return f"(?:{'|'.join(map(re.escape, alternatives))}){_end(words)}"


def _end(words: Vocabulary) -> str:
    return f"(?!(?!「){name_pattern(words)})"


def _rule(kind: Kind, pattern: str) -> Rule:
    return {"name": SCOPES[kind], "match": pattern}


def _literals(words: Vocabulary) -> list[Rule]:
    """Return the rules of what stands before names in the order of the lexer."""
    found: list[Rule] = []
    for terminal, body in words.lex.parts:
        if terminal == "NAME":
            break
        kind, pattern = words.kinds[terminal], wide(body)
        if kind is Kind.NUMBER:
            number, unit = _rule(Kind.NUMBER, wide(r"[\d,.]+")), _rule(Kind.UNIT, wide(r"[^\d,.\s]+"))
            found.append({"match": pattern, "captures": {"0": {"patterns": [number, unit]}}})
        else:
            found.append(_rule(kind, pattern))
    comment = next(body for terminal, body in words.lex.parts if terminal == "COMMENT")
    return [*found, _rule(Kind.COMMENT, wide(comment))]


def _heads(terminals: frozenset[str], words: Vocabulary) -> list[tuple[Kind, str]]:
    """Return, by class, a pattern of the keywords of terminals."""
    by_kind: dict[Kind, list[str]] = {}
    for word, terminal in words.lex.words.items():
        if terminal in terminals:
            by_kind.setdefault(words.kinds[terminal], []).append(word)
    return [(kind, whole(tuple(sorted(found)), words)) for kind, found in by_kind.items()]


def _declared(words: Vocabulary) -> list[Rule]:
    """Return the rules of a keyword with the name that it declares, and with the type of that."""
    keyword = whole(tuple(sorted(words.lex.words)), words)
    name = f"(?!{keyword})({name_pattern(words)})"
    types = whole(tuple(sorted(words.types)), words)
    found: list[Rule] = []
    for kind, head in _heads(TYPED, words):
        named = [kind, Kind.DECLARED, Kind.PUNCTUATION, Kind.TYPE]
        found.append(_captured(rf"({head})\s*{name}\s*({wide(':')})\s*({types})", named))
    return found + [_captured(rf"({head})\s*{name}", [kind, Kind.DECLARED]) for kind, head in _heads(NAMED, words)]


def _captured(pattern: str, kinds: list[Kind]) -> Rule:
    return {"match": pattern, "captures": {str(n): {"name": SCOPES[kind]} for n, kind in enumerate(kinds, 1)}}


def _keywords(words: Vocabulary) -> list[Rule]:
    return [_rule(kind, whole(words.words(kind), words)) for kind in SCOPES if words.words(kind)]


def _signs(words: Vocabulary) -> list[Rule]:
    kinds = (Kind.COMPARISON, Kind.ARITHMETIC, Kind.PUNCTUATION)
    return [_rule(words.kinds[t], wide(body)) for t, body in words.lex.parts if words.kinds[t] in kinds]


def _names(words: Vocabulary) -> list[Rule]:
    ends = "|".join(wide(body) for terminal, body in words.lex.parts if terminal in ("INCL", "EXCL"))
    called = rf"(?=\s*{wide('[(]')})(?!\s*(?:{ends}))"
    functions = whole(tuple(sorted(words.functions)), words)
    return [
        _rule(Kind.BUILT_IN, functions + called),
        _rule(Kind.CALLED, f"{name_pattern(words)}{_end(words)}{called}"),
        _rule(Kind.CONSTANT, whole(tuple(sorted(words.constants)), words)),
        _rule(Kind.NAME, name_pattern(words)),
    ]
