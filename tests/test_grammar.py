"""The grammar: no conflict of either kind, terminals that Lark knows as such, units that the engine knows."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from lark import Lark
from lark.utils import logger

from zjrules.read.lexer import lexicon
from zjrules.unit import unit

TEXT = (Path(__file__).parent.parent / "grammar" / "zj.lark").read_text("utf-8")


def _conflicts(grammar: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what Lark resolves in silence; it is only told to the debug log."""
    logger.setLevel(logging.DEBUG)
    logger.propagate = True
    with caplog.at_level(logging.DEBUG, logger=logger.name):
        Lark(grammar, parser="lalr", lexer="basic", start=["decl"], debug=True)
    return [r.getMessage() for r in caplog.records if "onflict" in r.getMessage()]


def test_no_shift_reduce_or_reduce_reduce_conflict(caplog: pytest.LogCaptureFixture) -> None:
    assert _conflicts(TEXT, caplog) == []


def test_the_conflict_test_can_fail(caplog: pytest.LogCaptureFixture) -> None:
    ambiguous = TEXT.replace("?sum: term (add_op term)*", "?sum: term | sum add_op sum")
    assert _conflicts(ambiguous, caplog)


def test_terminal_names_are_ascii_upper_case() -> None:
    grammar = Lark(TEXT, parser="lalr", lexer="basic", start=["decl"])
    for terminal in grammar.terminals:
        assert terminal.name.isascii()
        assert terminal.name.isupper()


def test_single_character_keywords_are_only_those_that_are_no_nouns() -> None:
    words = lexicon(Lark(TEXT, parser="lalr", lexer="basic", start=["decl"])).words
    assert {w for w in words if len(w) == 1} <= set("令随凡每得扣当按至的且或非若则为自")


def test_every_unit_of_the_grammar_is_known_to_the_engine() -> None:
    pattern = next(line for line in TEXT.splitlines() if line.startswith("QUANTITY"))
    listed = re.search(r"\[亿万\]\?\[([^\]]+)\]", pattern)
    assert listed is not None
    words = re.findall(r"(?<=[|?])(?:[㐀-鿿]{2,})(?=[|)])", pattern)
    for name in [*listed[1], *words, "%", "‰", "个百分点", "万元", "亿元", "个工作日", "元/人", "万元/平方米"]:
        assert unit(name) is not None, name
