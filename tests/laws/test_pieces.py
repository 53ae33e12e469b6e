"""Colour loses nothing: the pieces of any text are the text, in order and without a gap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zjrules.highlight.pieces import pieces
from zjrules.highlight.pygments_lexer import ZjLexer
from zjrules.highlight.words import vocabulary

WORDS = sorted(vocabulary().lex.words)
SIGNS = list('（）()：:，、,。；;"“”《》「」#＃≥≤<>=!＝×*÷/+-—[]~&|@%％‰·_ \t\n\r\u3000\ufeff\x00𠮷')
parts = st.sampled_from(
    [*WORDS, *SIGNS, "元", "处", "12", "1,200.5", "２０２５", "2026-05-30", "甲", "Ａb1", "①", "㎡"]
)
texts = st.one_of(st.text(max_size=80), st.lists(parts, max_size=40).map("".join))


@given(texts)
def test_pieces_are_the_whole_text(text: str) -> None:
    found = list(pieces(text, vocabulary()))
    assert "".join(text[p.start : p.stop] for p in found) == text
    assert all(p.start < p.stop for p in found)
    assert [p.start for p in found[1:]] == [p.stop for p in found[:-1]]


@given(texts)
def test_the_lexer_of_pygments_loses_no_character(text: str) -> None:
    raw = [value for _, _, value in ZjLexer().get_tokens_unprocessed(text)]
    assert "".join(raw) == text
    # Pygments itself makes line ends \n and takes a byte order mark away.
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert "".join(value for _, value in ZjLexer(ensurenl=False).get_tokens(text)) == plain
