"""Names coloured by what they are: a fact, a parameter, an indicator, a 令, a word, a column. Units and types too.

Keywords, numbers and texts are left to the grammar of the editor (highlight/textmate.py), which knows all about them; what a
name is stands in other lines, or in other files. (Semantic tokens of LSP 3.17: five numbers each, relative to the one before.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen
from lsprotocol import types as lsp

from zjrules.highlight.pieces import pieces
from zjrules.highlight.words import Kind, vocabulary
from zjrules.lsp.document import Document
from zjrules.lsp.mention import COLUMN, GRADE, INDICATOR, INPUT, LET, OPTION, PART, VALUE, WORD, Key, Mention
from zjrules.lsp.names import Names, names
from zjrules.lsp.state import State
from zjrules.span import Span
from zjrules.syntax import decl as sd

TYPES = (
    "property",
    "variable",
    "parameter",
    "struct",
    "class",
    "method",
    "namespace",
    "function",
    "enumMember",
    "enum",
    "type",
)
MODIFIERS = ("declaration", "readonly", "defaultLibrary")
LEGEND = lsp.SemanticTokensLegend(TYPES, MODIFIERS)

_BY_KEY = {
    COLUMN: "property", INDICATOR: "class", "一级指标": "namespace", "二级指标": "namespace", PART: "method", LET: "variable",
    INPUT: "parameter", OPTION: "enumMember", GRADE: "enum", WORD: "function",
}  # fmt: skip
_BY_PIECE = {
    Kind.UNIT: ("type", ()),
    Kind.TYPE: ("type", ("defaultLibrary",)),
    Kind.BUILT_IN: ("function", ("defaultLibrary",)),
}


@frozen(order=True)
class _Token:
    start: int
    stop: int
    type: str
    modifiers: tuple[str, ...] = ()


def full(state: State, document: Document, _params: lsp.SemanticTokensParams) -> lsp.SemanticTokens:
    """Return the tokens of a document."""
    return _encoded(state, document, _tokens(state, document))


def within(state: State, document: Document, params: lsp.SemanticTokensRangeParams) -> lsp.SemanticTokens:
    """Return the tokens of a range of a document."""
    span = state.encoding.span(document.source, params.range)
    return _encoded(
        state, document, [t for t in _tokens(state, document) if t.start < span.end and t.stop > span.start]
    )


def _tokens(state: State, document: Document) -> list[_Token]:
    found = names(state, document)
    what = _Declared.of(state, document, found)
    tokens = {
        m.span.start: what.token(m) for m in found.by_file.get(document.source.name, ()) if m.span.start < m.span.end
    }
    for piece in pieces(document.text, vocabulary()):
        if piece.kind in _BY_PIECE and piece.start not in tokens:
            tokens[piece.start] = _Token(piece.start, piece.stop, *_BY_PIECE[piece.kind])
    return sorted(tokens.values())


@frozen
class _Declared:
    """What is declared where: parameters and ledgers by name, and what no file of the rule set itself declares."""

    values: Mapping[str, str]
    library: frozenset[Key]

    @classmethod
    def of(cls, state: State, document: Document, found: Names) -> _Declared:
        checked = state.checked(document)
        files = {**(checked.files if checked is not None else {}), document.source.name: state.parsed(document).file}
        own = {document.source.name, *(s.name for s in (checked.own if checked is not None else ()))}
        declared = {name: {m.key for m in mentions if m.declares} for name, mentions in found.by_file.items()}
        mine = {key for name in own for key in declared.get(name, ())}
        others = {key for name, keys in declared.items() if name not in own for key in keys}
        return cls(dict(_values(files.values())), frozenset(others - mine))

    def token(self, m: Mention) -> _Token:
        """Return the token of a name where it stands."""
        kind = m.key[0]
        of = self.values.get(m.name, "property") if kind == VALUE else _BY_KEY[kind]
        modifiers = ("declaration",) * m.declares
        modifiers += ("readonly",) * (kind == VALUE and of == "variable")
        modifiers += ("defaultLibrary",) * (m.key in self.library)
        return _Token(m.span.start, m.span.end, of, modifiers)


def _values(files: Iterable[sd.File]) -> Iterator[tuple[str, str]]:
    for file in files:
        for decl in file.decls:
            content = decl.content if isinstance(decl, sd.Amendment) else decl
            if isinstance(content, sd.Param):
                yield content.name.text, "variable"
            elif isinstance(content, sd.LedgerDecl):
                yield content.name.text, "struct"


def _encoded(state: State, document: Document, tokens: Iterable[_Token]) -> lsp.SemanticTokens:
    data: list[int] = []
    line, character, end = 0, 0, 0
    for token in tokens:
        if token.start < end:  # names never lie in one another, but a damaged clause may be read twice
            continue
        at = state.range(Span(document.source, token.start, token.stop))
        if at.start.line != at.end.line:
            continue
        if at.start.line != line:
            character = 0
        modifiers = sum(1 << MODIFIERS.index(m) for m in token.modifiers)
        length = at.end.character - at.start.character
        data += [at.start.line - line, at.start.character - character, length, TYPES.index(token.type), modifiers]
        line, character, end = at.start.line, at.start.character, token.stop
    return lsp.SemanticTokens(data)
