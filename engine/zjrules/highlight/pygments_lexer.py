"""A lexer for Pygments, so that rule text has colours in its formatters, in Sphinx and in MkDocs.

Registered as ``zj`` by an entry point in pyproject.toml.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pygments.lexer import Lexer
from pygments.token import Comment, Error, Keyword, Literal, Name, Number, Operator, Punctuation, String, Whitespace
from pygments.token import _TokenType as TokenType

from zjrules.highlight.pieces import pieces
from zjrules.highlight.words import Kind, vocabulary

TOKENS: dict[Kind, TokenType] = {
    Kind.DECLARATION: Keyword.Declaration,
    Kind.CLAUSE: Keyword,
    Kind.FLOW: Keyword.Reserved,
    Kind.INNER: Keyword.Pseudo,
    Kind.OPERATOR: Operator.Word,
    Kind.COMPARISON: Operator.Word,
    Kind.ARITHMETIC: Operator,
    Kind.PUNCTUATION: Punctuation,
    Kind.CONSTANT: Keyword.Constant,
    Kind.NUMBER: Number,
    Kind.UNIT: Keyword.Type,
    Kind.DATE: Literal.Date,
    Kind.STRING: String,
    Kind.COMMENT: Comment.Single,
    Kind.DECLARED: Name.Class,
    Kind.TYPE: Keyword.Type,
    Kind.BUILT_IN: Name.Builtin,
    Kind.CALLED: Name.Function,
    Kind.NAME: Name,
    Kind.SPACE: Whitespace,
    Kind.ODD: Error,
}


class ZjLexer(Lexer):
    """Rule files of zjrules (https://pygments.org/docs/lexerdevelopment/)."""

    name = "zjrules"
    aliases: ClassVar[list[str]] = ["zj"]
    filenames: ClassVar[list[str]] = ["*.zj"]
    mimetypes: ClassVar[list[str]] = ["text/x-zj"]

    def __init__(self, **options: Any) -> None:
        # Nothing of a text is dropped, not even the empty lines at its ends.
        super().__init__(**{"stripnl": False, **options})

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, TokenType, str]]:
        """Yield offset, token type and text of every piece."""
        for piece in pieces(text, vocabulary()):
            yield piece.start, TOKENS[piece.kind], text[piece.start : piece.stop]
