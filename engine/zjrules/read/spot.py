"""Where the grammar did not take a token, with what the explanations look at."""

from __future__ import annotations

from attrs import frozen
from lark import Token

from zjrules.read.lexer import Lexicon
from zjrules.read.parser import Chunk, Slip
from zjrules.span import Source, Span

VALUES = ("NAME", "QUANTITY", "DATE", "RELDATE", "STRING")
"""The terminals that stand for a value, by Lark name."""


@frozen
class Spot:
    """Where a chunk went wrong."""

    chunk: Chunk
    slip: Slip
    lex: Lexicon
    source: Source

    def token(self, offset: int = 0) -> Token | None:
        """Return the token at an offset from the slip, or None outside the chunk."""
        index = self.slip.index + offset
        return self.chunk.tokens[index] if 0 <= index < len(self.chunk.tokens) else None

    def kind(self, offset: int = 0) -> str:
        """Return the terminal of a token, or nothing outside the chunk."""
        token = self.token(offset)
        return token.type if token is not None else ""

    def span(self, token: Token) -> Span:
        """Return the place of a token."""
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    def written(self, token: Token) -> str:
        """Return a token as the user wrote it."""
        return self.span(token).text

    def adjacent(self, offset: int) -> bool:
        """Return whether the token at an offset follows the one before it with nothing between."""
        token, before = self.token(offset), self.token(offset - 1)
        return token is not None and before is not None and before.end_pos == token.start_pos

    def run(self, start: int) -> Span | None:
        """Return the place of the tokens from an offset on that stand together without a gap."""
        first = self.token(start)
        if first is None:
            return None
        last, offset = first, start + 1
        while self.adjacent(offset) and self.kind(offset) in (*VALUES, "_LPAR", "_RPAR", "MINUS", "DIV"):
            last, offset = self.token(offset) or last, offset + 1
        return self.span(first).to(self.span(last))
