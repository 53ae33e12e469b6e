"""Tokens to Lark trees, one declaration at a time, going on at the next clause after an error."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from zjrules.read.lexer import Lexicon, lexicon

DECLARATIONS = frozenset("_RULESET _PARAM _FACT _LEDGER _CHECK GROUP1 GROUP2 _INDICATOR _TOTAL _WORD".split())
CLAUSES = frozenset(
    """_BASIS _NOTE _ROUND _LET _SCORE _BANDS _DECIDE _CHECKLIST _DEDUCT _APPLY CLAMP _NA _GATE _TREND _PART _COLUMN
    _EVIDENCE _SOURCE _WHEN _EVERY _EACH _REST _INPUT _RESULT _SAID _EXAMPLE _BONUS _PENALTY _REGRADE _GRADE _ISSUER
    _NATURE _LANGUAGE _YEAR _NUMBER UNTIL_ZERO""".split()
)
# The bands of 分档 begin with a comparison, not with a keyword; after an error inside one the next is a place to go on.
_BAND_HEADS = frozenset("GE LE GT LT EQ NE _BETWEEN".split())
# These stand in expressions too: only with the token after them is it plain which they are.
_ALSO_OPERANDS = frozenset("CLAMP UNTIL_ZERO _NA _YEAR".split())


@frozen
class Parser:
    """The grammar, ready to run."""

    grammar: Lark
    lex: Lexicon


@frozen
class Slip:
    """A token that the grammar did not take: its index in the chunk, and what would have been taken."""

    index: int
    accepts: frozenset[str]


@frozen
class Chunk:
    """One declaration's tokens, its tree (None when nothing could be saved) and what went wrong in it."""

    tokens: list[Token]
    tree: Tree[Token] | None
    slips: tuple[Slip, ...]


def parser(grammar_text: str) -> Parser:
    """Build the parser from the text of grammar/zj.lark."""
    grammar = Lark(grammar_text, parser="lalr", lexer="basic", start=["decl"], propagate_positions=True)
    return Parser(grammar, lexicon(grammar))


def chunks(tokens: list[Token], parse: Parser) -> Iterator[Chunk]:
    """Cut tokens at declaration keywords and parse each piece."""
    start = 0
    for index in range(1, len(tokens) + 1):
        if index == len(tokens) or tokens[index].type in DECLARATIONS:
            if start < index:
                yield _parse(tokens[start:index], parse)
            start = index


def _end(last: Token) -> Token:
    return Token("$END", "", last.end_pos, 0, 0, 0, 0, last.end_pos)


def _parse(tokens: list[Token], parse: Parser) -> Chunk:
    state = parse.grammar.parse_interactive(start="decl")
    slips: list[Slip] = []
    index = 0
    skipped = False
    while index < len(tokens):
        try:
            state.feed_token(tokens[index])
            index += 1
        except UnexpectedToken:
            slips.append(Slip(index, _accepts(state)))
            index = _resume(state, tokens, index)
            skipped = index == len(tokens)
    return _close(state, tokens, slips, skipped)


def _close(state: InteractiveParser, tokens: list[Token], slips: list[Slip], skipped: bool) -> Chunk:
    end = _end(tokens[-1])
    try:
        return Chunk(tokens, state.feed_token(end), tuple(slips))
    except UnexpectedToken:
        # What is missing at the end was said already when the rest of the declaration was skipped.
        if not skipped:
            slips.append(Slip(len(tokens), _accepts(state)))
    if _unwind(state, end):
        return Chunk(tokens, state.feed_token(end), tuple(slips))
    return Chunk(tokens, None, tuple(slips))


def _accepts(state: InteractiveParser) -> frozenset[str]:
    return frozenset(state.accepts())  # type: ignore[no-untyped-call]


def _takes(state: InteractiveParser, tokens: list[Token]) -> bool:
    trial = state.copy(deepcopy_values=False)  # type: ignore[no-untyped-call]
    try:
        for token in tokens:
            trial.feed_token(token)
    except UnexpectedToken:
        return False
    return True


def _unwind(state: InteractiveParser, *tokens: Token) -> bool:
    """Drop half-built parts until tokens fit; leaves the state untouched when it never does."""
    stacks = state.parser_state
    saved = list(stacks.state_stack), list(stacks.value_stack)
    while not _takes(state, list(tokens)):
        if len(stacks.state_stack) <= 1:
            stacks.state_stack[:], stacks.value_stack[:] = saved
            return False
        stacks.state_stack.pop()
        stacks.value_stack.pop()
    return True


def _resume(state: InteractiveParser, tokens: list[Token], index: int) -> int:
    """Go to the next clause keyword that fits once half-built parts are dropped; its index, or the end."""
    in_bands = any(t.type == "_BANDS" for t in tokens[:index])
    for later in range(index, len(tokens)):
        kind = tokens[later].type
        band = in_bands and later > index and kind in _BAND_HEADS and tokens[later - 1].type in ("QUANTITY", "_FULL")
        ahead = tokens[later : later + (2 if kind in _ALSO_OPERANDS else 1)]
        ahead += [_end(tokens[-1])] if kind in _ALSO_OPERANDS and later + 1 == len(tokens) else []
        if (kind in CLAUSES or band) and _unwind(state, *ahead):
            return later
    return len(tokens)
