"""Tokens to Lark trees, one declaration at a time, going on at the next clause after an error."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

from attrs import define, field, frozen
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from zjrules.read.lexer import Lexicon, lexicon

AMENDING = frozenset("_CHANGE _ADD _REMOVE _RENAME".split())
DECLARATIONS = AMENDING | frozenset(
    "_RULESET _PARAM _FACT _LEDGER _CHECK GROUP1 GROUP2 _INDICATOR _TOTAL _WORD _NOTICE".split()
)
CLAUSES = frozenset(
    """_BASIS _NOTE _ROUND _LET _SCORE _BANDS _DECIDE _CHECKLIST _DEDUCT _APPLY CLAMP _NA _GATE _TREND _ACCEPT _PART _COLUMN
    _EVIDENCE _SOURCE _WHEN _EVERY _EACH _REST _INPUT _RESULT _SAID _EXAMPLE _BONUS _PENALTY _REGRADE _GRADE _ISSUER
    _NATURE _LANGUAGE _YEAR _NUMBER UNTIL_ZERO _OFF _MADE_UP _BASED _ADJUST _SINCE _BREACH _PLACED _INTO""".split()
)
NAMED = frozenset("_FACT _LEDGER _COLUMN _PARAM _LET _INDICATOR _PART GROUP1 GROUP2 _KEY _INPUT _WORD _RULESET".split())
"""After these a name is declared."""
# The bands of 分档 begin with a comparison, not with a keyword; after an error inside one the next is a place to go on.
_BAND_HEADS = frozenset("GE LE GT LT EQ NE _BETWEEN".split())
# These stand in expressions too: only with the token after them is it plain which they are.
_ALSO_OPERANDS = frozenset("CLAMP UNTIL_ZERO _NA _YEAR".split())


MOST_SLIPS = 50
"""Slips reported in one declaration; the rest of it is then given up."""
FEEDS_EACH = 60
"""Feeds per token that reading may cost; a clean declaration costs one."""


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
    fed: int
    """Tokens that the parser was fed, trials included: what reading cost."""


def parser(grammar_text: str) -> Parser:
    """Build the parser from the text of grammar/zj.lark."""
    grammar = Lark(grammar_text, parser="lalr", lexer="basic", start=["decl"], propagate_positions=True)
    return parser_of(grammar)


def parser_of(grammar: Lark) -> Parser:
    """Return the parser of a grammar that is worked out."""
    return Parser(grammar, lexicon(grammar))


def chunks(tokens: list[Token], parse: Parser) -> Iterator[Chunk]:
    """Cut tokens at declaration keywords and parse each piece."""
    start = 0
    for index in range(1, len(tokens) + 1):
        if index == len(tokens) or _begins(tokens, index):
            if start < index:
                yield _Reading(tokens[start:index], parse.grammar.parse_interactive(start="decl")).run()
            start = index


def accepted_after(tokens: list[Token], parse: Parser) -> frozenset[str]:
    """Return the terminals that fit behind the last of a file's tokens, slips before it passed over; $END ends a declaration."""
    start = max((i for i in range(1, len(tokens)) if _begins(tokens, i)), default=0)
    reading = _Reading(tokens[start:], parse.grammar.parse_interactive(start="decl"))
    reading.take()
    return frozenset(reading.state.accepts())  # type: ignore[no-untyped-call]


def _begins(tokens: list[Token], index: int) -> bool:
    """Return whether a declaration begins at a token; what 修改 or 新增 goes on with is part of it."""
    return (
        tokens[index].type in DECLARATIONS
        and tokens[index - 1].type not in AMENDING
        and not meant_as_name(tokens, index)
    )


def meant_as_name(tokens: list[Token], index: int) -> bool:
    """Return whether a keyword stands where a name is declared: after 列名 or 事实, before its colon or its points."""
    if not 0 < index < len(tokens) - 1 or tokens[index - 1].type not in NAMED:
        return False
    after = tokens[index + 1].type
    if tokens[index].type in AMENDING:  # what declares a name never ends before it
        return True
    if tokens[index].type not in DECLARATIONS:
        return after in ("_COLON", "EQ", "QUANTITY")
    return after == "_COLON" and tokens[index - 1].type in ("_COLUMN", "_FACT", "_INPUT")


def _end(last: Token) -> Token:
    return Token("$END", "", last.end_pos, 0, 0, 0, 0, last.end_pos)


@define(eq=False)
class _Reading:
    """One declaration being parsed: the parser's state, and how many tokens it was fed, trials included."""

    tokens: list[Token]
    state: InteractiveParser
    good: InteractiveParser = field(init=False)
    """The state where reading last went on, for trials only."""
    since: int = 0
    """The index of the token that came next there."""
    fed: int = 0
    slips: list[Slip] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.good = _dry(self.state)

    @property
    def budget(self) -> int:
        """Feeds that recovery may use; past it the rest of the declaration is given up."""
        return FEEDS_EACH * (len(self.tokens) + 20)

    def feed(self, token: Token) -> None:
        self.fed += 1
        self.state.feed_token(token)

    def run(self) -> Chunk:
        return self.close(self.take())

    def take(self) -> bool:
        """Feed all tokens, going on after slips; whether the last ones were skipped."""
        index = 0
        skipped = False
        while index < len(self.tokens):
            try:
                self.feed(self.tokens[index])
                index += 1
            except UnexpectedToken:
                accepts = self.accepts_before(index)
                resumed = self.mended(index, accepts) or self.resume(index)
                self.slips.append(Slip(index, accepts, resumed))
                index, self.good, self.since = resumed, _dry(self.state), resumed
                skipped = index == len(self.tokens)
        return skipped

    def close(self, skipped: bool) -> Chunk:
        end = _end(self.tokens[-1])
        try:
            return self.chunk(self.state.feed_token(end))
        except UnexpectedToken:
            # What is missing at the end was said already when the rest of the declaration was skipped.
            if not skipped:
                last = len(self.tokens)
                self.slips.append(Slip(last, self.accepts_before(last), last))
        if self.unwind(end):
            return self.chunk(self.state.feed_token(end))
        return self.chunk(None)

    def chunk(self, tree: Tree[Token] | None) -> Chunk:
        return Chunk(self.tokens, tree, tuple(self.slips), self.fed)

    def accepts_before(self, index: int) -> frozenset[str]:
        """Return what fits at index. A refused token has already closed what it seemed to end, so they are fed again."""
        state = _dry(self.good)
        for token in self.tokens[self.since : index]:
            self.fed += 1
            state.feed_token(token)
        return frozenset(state.accepts())  # type: ignore[no-untyped-call]

    def mended(self, index: int, accepts: frozenset[str]) -> int:
        """Go on as if a keyword were the name that must stand here, or a stray sign not there; 0 if neither fits."""
        token = self.tokens[index]
        if "NAME" in accepts and meant_as_name(self.tokens, index):
            self.feed(Token("NAME", str(token), token.start_pos, 0, 0, 0, 0, token.end_pos))
            return index + 1
        stray = token.type in ("_COLON", "_RPAR") and index + 1 < len(self.tokens)
        return index + 1 if stray and self.takes([self.tokens[index + 1]]) else 0

    def takes(self, tokens: list[Token]) -> bool:
        trial = _dry(self.state)
        try:
            for token in tokens:
                self.fed += 1
                trial.feed_token(token)
        except UnexpectedToken:
            return False
        return True

    def unwind(self, *tokens: Token) -> bool:
        """Drop half-built parts until tokens fit; leaves the state untouched when it never does."""
        stacks = self.state.parser_state
        saved = list(stacks.state_stack), list(stacks.value_stack)
        while not self.takes(list(tokens)):
            if len(stacks.state_stack) <= 1:
                stacks.state_stack[:], stacks.value_stack[:] = saved
                return False
            stacks.state_stack.pop()
            stacks.value_stack.pop()
        return True

    def clause_at(self, index: int) -> str:
        """Return the keyword of the clause that a token stands in."""
        kinds = (self.tokens[i].type for i in range(index - 1, -1, -1))
        return next((kind for kind in kinds if kind in CLAUSES), "")

    def resume(self, index: int) -> int:
        """Go to the next clause keyword that fits once half-built parts are dropped; its index, or the end."""
        tokens = self.tokens
        in_bands = self.clause_at(index) == "_BANDS"
        for later in range(index, len(tokens)):
            if self.fed > self.budget or len(self.slips) >= MOST_SLIPS:
                break
            kind = tokens[later].type
            band = (
                in_bands and later > index and kind in _BAND_HEADS and tokens[later - 1].type in ("QUANTITY", "_FULL")
            )
            ahead = tokens[later : later + (2 if kind in _ALSO_OPERANDS else 1)]
            ahead += [_end(tokens[-1])] if kind in _ALSO_OPERANDS and later + 1 == len(tokens) else []
            if (kind in CLAUSES or band) and self.unwind(*ahead):
                return later
        return len(tokens)


def _dry(state: InteractiveParser) -> InteractiveParser:
    """Copy a state that builds no trees: Lark's tree builders extend lists in place, which a trial must not do."""
    trial = state.copy(deepcopy_values=False)  # type: ignore[no-untyped-call]
    conf = copy(trial.parser_state.parse_conf)
    conf.callbacks = {}
    trial.parser_state.parse_conf = conf
    return trial  # type: ignore[no-any-return]
