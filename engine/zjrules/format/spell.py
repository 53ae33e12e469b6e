"""How each token is spelled, and which stand together: the part of the form that does not depend on lines."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from attrs import frozen
from lark import Token

from zjrules.span import Source
from zjrules.spelling import quoted

_SYMBOLS = {"≥": "≥", ">=": "≥", "≤": "≤", "<=": "≤", "≠": "≠", "!=": "≠", "*": "×", "/": "÷"}
_OPERAND_ENDS = frozenset("NAME QUANTITY DATE RELDATE STRING _RPAR _FULL _YEAR INCL EXCL".split())
_CALLEES = frozenset("NAME CLAMP UNTIL_ZERO _NA _ONE_OF _ADJUST".split())
_ASIDE = frozenset("_TOLERANCE _MAY_NA _REASON".split())
# 「处」 after a number would be read as its unit.
_KEEPS_QUOTES = frozenset("QUANTITY".split())


@frozen
class Piece:
    """A token as it will be printed: its text, the space before it, and how deep in brackets it stands."""

    kind: str
    text: str
    gap: str
    depth: int
    start: int
    stop: int


def pieces(
    tokens: Sequence[Token], source: Source, words: Collection[str], typed: Collection[int], compound: Collection[int]
) -> list[Piece]:
    """Spell tokens. typed: offsets of the brackets of types; compound: offsets of the ÷ inside a unit (元/人)."""
    found: list[Piece] = []
    wide: list[bool] = []
    before: Token | None = None
    glued = False
    for token in tokens:
        kind, start = token.type, token.start_pos or 0
        opened = len(wide)
        if kind == "_LPAR":
            wide.append(start in typed or (before is not None and before.type in ("_ONE_OF", "_ADJUST")))
            text = "（" if wide[-1] else "("
        elif kind == "_RPAR" and wide:
            opened -= 1
            text = "）" if wide.pop() else ")"
        elif start in compound:
            text = "/" if token.type == "DIV" else str(token)
        else:
            text = _text(token, source, words, before, opened)
        gap = "" if glued or before is None else _gap(token, before, opened, start in compound)
        found.append(Piece(kind, text, gap, opened, start, token.end_pos or 0))
        glued = _glues(token, before, opened, start in compound)
        before = token
    return found


def _gap(token: Token, before: Token, depth: int, compound: bool) -> str:
    if token.type in ("_RPAR", "_COMMA", "INCL", "EXCL") or compound or (token.type == "_COLON" and depth):
        return ""
    if token.type == "_LPAR" and before.type in _CALLEES:
        return ""
    return "   " if token.type in _ASIDE else " "


def _glues(token: Token, before: Token | None, depth: int, compound: bool) -> bool:
    """Return whether the next token follows without a space."""
    unary = token.type == "MINUS" and (before is None or before.type not in _OPERAND_ENDS)
    return token.type in ("_LPAR", "_COMMA") or unary or compound or (token.type == "_COLON" and depth > 0)


def _text(token: Token, source: Source, words: Collection[str], before: Token | None, depth: int) -> str:
    text = str(token)
    match token.type:
        case "QUANTITY":
            return _quantity(text)
        case "DATE" | "RELDATE":
            return re.sub(r"\s+", "", text)
        case "INCL":
            return "（含）"
        case "EXCL":
            return "（不含）"
        case "STRING":
            return _string(source.text[token.start_pos : token.end_pos])
        case "NAME":
            return _name(text, words, before)
        case "_COMMA":
            return "，"
        case "_COLON":
            return "：" if depth else ":"
        case _:
            return _SYMBOLS.get(text, text)


def _quantity(text: str) -> str:
    match = re.fullmatch(r"([\d,.]+)\s*(.*)", text, re.DOTALL)
    assert match is not None, text
    unit = re.sub(r"\s+", "", match[2])
    return f"{match[1]}{unit}" if unit in ("", "%", "‰") else f"{match[1]} {unit}"


def _string(text: str) -> str:
    if text.startswith("《") or '"' in text[1:-1]:
        return text
    return f'"{text[1:-1]}"'


def _name(text: str, words: Collection[str], before: Token | None) -> str:
    if not text.startswith("「"):
        return text
    inner = text[1:-1].strip()
    kept = inner in words or (before is not None and before.type in _KEEPS_QUOTES)
    return f"「{inner}」" if kept else quoted(inner)
