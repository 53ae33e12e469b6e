"""The classes of words. The words are those of grammar/zj.lark; what declares and what begins a clause, the parser's.

A keyword that is new in the grammar and has no class fails tests/test_highlight.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cache

from attrs import frozen

from zjrules.build import grammar_text
from zjrules.elaborate.types import TYPE_NAMES
from zjrules.read.lexer import Lexicon, lexicon_of
from zjrules.read.parser import CLAUSES, DECLARATIONS
from zjrules.resolve import CONSTANTS, FUNCTIONS


class Kind(Enum):
    """What a piece of a rule file is to the eye; the value is its name in golden files."""

    DECLARATION = "声明"
    CLAUSE = "子句"
    FLOW = "条件"
    INNER = "句中"
    OPERATOR = "连接"
    COMPARISON = "比较"
    ARITHMETIC = "运算"
    PUNCTUATION = "标点"
    CONSTANT = "常量"
    NUMBER = "数"
    UNIT = "单位"
    DATE = "日期"
    STRING = "文字"
    COMMENT = "注释"
    DECLARED = "定名"
    TYPE = "类型"
    BUILT_IN = "函数"
    CALLED = "词"
    NAME = "名称"
    SPACE = "空白"
    ODD = "错"


_OWN: dict[Kind, str] = {
    Kind.FLOW: "_IF _THEN _ELSE _WHEN _EVERY _EACH _REST _GET _TAKE",
    Kind.INNER: """_IN_FORCE AFTER BEFORE _TO _KEY _BETWEEN _UPTO _MAY_NA _REASON _POOL _SHOULD _TOLERANCE _AS _DROP
        _AT_MOST_TAKE _AT_MOST _VETO _CAP _BAR _REPLACE _DEFAULT INCL EXCL""",
    Kind.OPERATOR: "_OR _AND _NOT _IS _ONE_OF _OF _WHERE _EXCEPT",
    Kind.COMPARISON: "GE LE GT LT EQ NE",
    Kind.ARITHMETIC: "PLUS MINUS MUL DIV",
    Kind.PUNCTUATION: "_LPAR _RPAR _COLON _COMMA",
    Kind.CONSTANT: "_FULL _YEAR",
    Kind.NUMBER: "QUANTITY",
    Kind.DATE: "DATE RELDATE",
    Kind.STRING: "STRING",
    Kind.COMMENT: "COMMENT",
    Kind.NAME: "NAME",
    Kind.SPACE: "WS",
}
_KINDS = {
    **dict.fromkeys(CLAUSES, Kind.CLAUSE),
    **dict.fromkeys(DECLARATIONS, Kind.DECLARATION),
    # What begins a clause and is yet read as something else stands in the table too: it comes last.
    **{name: kind for kind, names in _OWN.items() for name in names.split()},
}
TYPED = frozenset("_FACT _COLUMN _INPUT".split())
"""What declares a name with a type after the colon."""


@frozen
class Vocabulary:
    """The words of the language by class."""

    lex: Lexicon
    kinds: Mapping[str, Kind]
    """Terminal → class."""
    types: frozenset[str]
    functions: frozenset[str]
    constants: frozenset[str]

    def words(self, kind: Kind) -> tuple[str, ...]:
        """Return the keywords of a class, longer ones first, so that an alternation of them finds whole words."""
        found = (word for word, terminal in self.lex.words.items() if self.kinds[terminal] is kind)
        return tuple(sorted(found, key=lambda word: (-len(word), word)))


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary of the grammar that is installed."""
    return Vocabulary(lexicon_of(grammar_text()), _KINDS, frozenset(TYPE_NAMES), FUNCTIONS, CONSTANTS)
