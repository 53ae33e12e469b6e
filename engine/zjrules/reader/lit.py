"""The text of a rule in pieces: keywords, numbers, texts, comments, and the names that lead somewhere."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen
from lark import Token

from zjrules.read.lexer import Lexicon, tokens
from zjrules.span import Source

Targets = Mapping[str, str]
"""The kind (事实, 明细, 参数, 词) of everything that a name can lead to."""
_KINDS = {"QUANTITY": "数", "DATE": "数", "RELDATE": "数", "STRING": "文字", "COMMENT": "注释"}


@frozen
class Piece:
    """A stretch of a rule text. kind is 关键字, 数, 文字, 注释, or what a name leads to; '' is anything else."""

    text: str
    kind: str = ""
    name: str = ""
    """What it leads to, where it leads to something."""


def pieces(text: str, lex: Lexicon, targets: Targets, itself: str = "") -> tuple[Piece, ...]:
    """Cut a rule text into pieces that together are the text. itself: the name that it declares, which leads nowhere."""
    found, comments, _ = tokens(Source("", text), lex)
    marks = sorted((*found, *comments), key=lambda t: t.start_pos or 0)
    cut: list[Piece] = []
    at = 0
    for place, token in enumerate(marks):
        start, end = token.start_pos or 0, token.end_pos or 0
        # A word is called, or applied by 套用: 按比例 is a word, and elsewhere the name of a way to count steps.
        called = marks[place + 1 : place + 2] and marks[place + 1].type == "_LPAR"
        applied = place > 0 and marks[place - 1].type == "_APPLY"
        piece = _piece(token, text[start:end], lex, targets, bool(called or applied))
        if piece is None or piece.name == itself != "":
            continue
        cut += [Piece(text[at:start]), piece]
        at = end
    return tuple(p for p in (*cut, Piece(text[at:])) if p.text)


def _piece(token: Token, text: str, lex: Lexicon, targets: Targets, used: bool) -> Piece | None:
    name = text.strip("「」")
    keyword = text in lex.words
    kind = targets.get(name, "")
    # A few words have the name of a keyword: 限于( is the word, 限于 0 分 至 满分 the clause.
    if kind and (used if kind == "词" else not keyword):
        return Piece(text, kind, name)
    kind = "关键字" if keyword else _KINDS.get(token.type, "")
    return Piece(text, kind) if kind else None
