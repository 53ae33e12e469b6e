"""Tokens to Lark trees, one declaration at a time, going on at the next clause after an error."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

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
NAMED = frozenset("_FACT _LEDGER _COLUMN _PARAM _LET _INDICATOR _PART GROUP1 GROUP2 _KEY _INPUT _WORD _RULESET".split())
"""After these a name is declared."""
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
    """A token that the grammar did not take: its index in the chunk, what would have been taken, where reading goes on."""

    index: int
    accepts: frozenset[str]
    resumed: int


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
        if index == len(tokens) or (tokens[index].type in DECLARATIONS and not meant_as_name(tokens, index)):
            if start < index:
                yield _parse(tokens[start:index], parse)
            start = index


def meant_as_name(tokens: list[Token], index: int) -> bool:
    """Return whether a keyword stands where a name is declared: after 列名 or 事实, before its colon or its points."""
    if not 0 < index < len(tokens) - 1 or tokens[index - 1].type not in NAMED:
        return False
    after = tokens[index + 1].type
    if tokens[index].type not in DECLARATIONS:
        return after in ("_COLON", "EQ", "QUANTITY")
    return after == "_COLON" and tokens[index - 1].type in ("_COLUMN", "_FACT", "_INPUT")


def _end(last: Token) -> Token:
    return Token("$END", "", last.end_pos, 0, 0, 0, 0, last.end_pos)


def _parse(tokens: list[Token], parse: Parser) -> Chunk:
    state = parse.grammar.parse_interactive(start="decl")
    good, since = _dry(state), 0
    slips: list[Slip] = []
    index = 0
    skipped = False
    while index < len(tokens):
        try:
            state.feed_token(tokens[index])
            index += 1
        except UnexpectedToken:
            accepts = _accepts_before(good, tokens[since:index])
            resumed = _mended(state, tokens, index, accepts) or _resume(state, tokens, index)
            slips.append(Slip(index, accepts, resumed))
            index, good, since = resumed, _dry(state), resumed
            skipped = index == len(tokens)
    return _close(state, tokens, slips, skipped)


def _dry(state: InteractiveParser) -> InteractiveParser:
    """Copy a state that builds no trees: Lark's tree builders extend lists in place, which a trial must not do."""
    trial = state.copy(deepcopy_values=False)  # type: ignore[no-untyped-call]
    conf = copy(trial.parser_state.parse_conf)
    conf.callbacks = {}
    trial.parser_state.parse_conf = conf
    return trial  # type: ignore[no-any-return]


def _mended(state: InteractiveParser, tokens: list[Token], index: int, accepts: frozenset[str]) -> int:
    """Go on as if a keyword were the name that must stand here, or as if a stray sign were not there; 0 if neither fits."""
    token = tokens[index]
    if "NAME" in accepts and meant_as_name(tokens, index):
        state.feed_token(Token("NAME", str(token), token.start_pos, 0, 0, 0, 0, token.end_pos))
        return index + 1
    stray = token.type in ("_COLON", "_RPAR") and index + 1 < len(tokens)
    return index + 1 if stray and _takes(state, [tokens[index + 1]]) else 0


def _accepts_before(good: InteractiveParser, tokens: list[Token]) -> frozenset[str]:
    """Return what fits after tokens. A refused token has already closed what it seemed to end, so they are fed again."""
    state = _dry(good)
    for token in tokens:
        state.feed_token(token)
    return _accepts(state)


def _close(state: InteractiveParser, tokens: list[Token], slips: list[Slip], skipped: bool) -> Chunk:
    end = _end(tokens[-1])
    try:
        return Chunk(tokens, state.feed_token(end), tuple(slips))
    except UnexpectedToken:
        # What is missing at the end was said already when the rest of the declaration was skipped.
        if not skipped:
            slips.append(Slip(len(tokens), _accepts(state), len(tokens)))
    if _unwind(state, end):
        return Chunk(tokens, state.feed_token(end), tuple(slips))
    return Chunk(tokens, None, tuple(slips))


def _accepts(state: InteractiveParser) -> frozenset[str]:
    return frozenset(state.accepts())  # type: ignore[no-untyped-call]


def _takes(state: InteractiveParser, tokens: list[Token]) -> bool:
    trial = _dry(state)
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
