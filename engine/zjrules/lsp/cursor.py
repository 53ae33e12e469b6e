"""Where the cursor stands while something is typed: the tokens before it, what fits there, the word that is begun."""

from __future__ import annotations

import re

from attrs import frozen
from lark import Token

from zjrules.build import the_parser
from zjrules.lsp.document import Document
from zjrules.lsp.state import State
from zjrules.read.parser import AMENDING, CLAUSES, DECLARATIONS, accepted_after
from zjrules.span import Span

_BEGUN = re.compile(r"「?[㐀-䶿一-鿿〇·A-Za-z0-9_]*$")
_NUMBER = re.compile(r"\d[\d,.]*[ ]?(?P<unit>[^\s\d,.()（），、+\-×÷*/]*)$")


@frozen
class Cursor:
    """A place in a document where something is typed."""

    tokens: tuple[Token, ...]
    """Those before the word that is begun, from the start of the declaration."""
    accepts: frozenset[str]
    """The terminals that fit."""
    begun: Span
    """The word that is begun, perhaps empty."""
    unit: Span | None
    """Behind a number: the unit that is begun."""

    def kind(self, back: int) -> str:
        """Return the kind of a token before: 1 is the last one."""
        return str(self.tokens[-back].type) if back <= len(self.tokens) else ""

    def name(self, back: int) -> str:
        """Return the text of a token before, without its 「」."""
        return str(self.tokens[-back]).strip("「」").strip() if back <= len(self.tokens) else ""

    def clause(self) -> int:
        """Return how far back the keyword of the clause stands; 0 where there is none."""
        kinds = (t.type for t in reversed(self.tokens))
        return next((i for i, k in enumerate(kinds, 1) if k in CLAUSES or k in DECLARATIONS), 0)

    def calls(self) -> list[tuple[str, int]]:
        """Return the calls that are open, the innermost last: the callee, and how far back its bracket stands."""
        found: list[tuple[str, int]] = []
        for place, token in enumerate(self.tokens):
            if token.type == "_LPAR":
                before = self.tokens[place - 1] if place else None
                called = before is not None and before.type in ("NAME", "CLAMP", "_NA", "UNTIL_ZERO")
                found.append((str(before).strip("「」") if called else "", len(self.tokens) - place))
            elif token.type == "_RPAR" and found:
                found.pop()
        return found


def cursor(state: State, document: Document, offset: int) -> Cursor | None:
    """Return where something is typed; None in a text or a comment."""
    text = document.text
    line = text.rfind("\n", 0, offset) + 1
    before = text[line:offset]
    parsed = state.parsed(document)
    inside = [t for t in (*parsed.tokens, *parsed.comments) if (t.start_pos or 0) < offset <= (t.end_pos or 0)]
    if any(t.type == "COMMENT" or (t.type == "STRING" and offset < (t.end_pos or 0)) for t in inside):
        return None
    if before.count('"') % 2 or before.count("“") > before.count("”") or "#" in _outside(before):
        return None
    begun = _BEGUN.search(before)
    number = _NUMBER.search(before)
    assert begun is not None
    if number is not None and not _begins_a_name(before, number.start()):
        unit = Span(document.source, line + number.start("unit"), offset)
        kept = [t for t in parsed.tokens if (t.end_pos or 0) <= line + number.start()]
        return _made(kept, Span(document.source, offset, offset), unit)
    start = line + begun.start()
    kept = [t for t in parsed.tokens if (t.end_pos or 0) <= start]
    return _made(kept, Span(document.source, start, offset), None)


def _made(kept: list[Token], begun: Span, unit: Span | None) -> Cursor:
    start = max((i for i, t in enumerate(kept) if t.type in DECLARATIONS and not _second(kept, i)), default=0)
    accepts = accepted_after(kept, the_parser()) if kept else DECLARATIONS
    return Cursor(tuple(kept[start:]), accepts, begun, unit)


def _second(tokens: list[Token], place: int) -> bool:
    """Return whether a keyword is what 修改 or 新增 goes on with."""
    return place > 0 and tokens[place - 1].type in AMENDING


def _begins_a_name(before: str, number: int) -> bool:
    """Return whether digits are part of a name, such as 甲2."""
    return bool(re.search(r"[A-Za-z_㐀-䶿一-鿿〇]$", before[:number])) and before[number - 1 : number].isascii()


def _outside(before: str) -> str:
    """Return a line without its texts."""
    return re.sub(r'"[^"]*"|“[^”]*”|「[^」]*」|《[^》]*》', "", before)
