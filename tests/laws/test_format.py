"""The canonical form: there is one, it is stable, it means the same, and no comment is lost."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from books import Made, book, compiled, everything, facts, made, parse
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from zjrules.canonical import format_text
from zjrules.exact.total import score
from zjrules.inout.asset import asset
from zjrules.unit import Scalar

BOOKS = sorted((asset("rules")).rglob("*.zj"))
_TOKEN = re.compile(r'"[^"\n]*"|“(?:[^“”\n]|“[^“”\n]*”)*”|《[^》\n]*》|#[^\n]*|「[^」\n]*」|[^\s"“《#「]+')
_ALIASES = {"≥": ">=", "≤": "<=", "×": "*", "÷": "/", "≠": "!="}
_WIDE = {c: c + 0xFEE0 for c in range(0x21, 0x7F) if chr(c) not in ',"'}


def canonical(text: str) -> str:
    found, problems = format_text("规则.zj", text)
    assert found is not None, [d.message for d in problems]
    return found


def messy(text: str, rng: random.Random, comments: bool = False) -> str:
    """Lay a text out at random, in random width, with other spellings of the signs, and with comments."""
    out = []
    for token in _TOKEN.findall(text):
        if token.startswith("#"):
            continue
        changed = token
        if token[0] not in '"“《「':
            changed = "".join(_ALIASES[c] if c in _ALIASES and rng.random() < 0.5 else c for c in token)
            changed = changed.translate(_WIDE) if rng.random() < 0.3 else changed
        # A number and its unit are one token, so only blanks may come between them.
        number = token[-1].isdigit()
        out.append(changed + rng.choice([" ", "\n", "  \n    ", "\t"]))
        if comments and not number and rng.random() < 0.2:
            out.append(f"# 注 {len(out)}\n")
    return "".join(out)


def comments_of(text: str) -> list[str]:
    return [c.text for c in parse(text)[0].comments]


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.name)
def test_our_own_rules_are_in_canonical_form(path: Path) -> None:
    assert canonical(path.read_text("utf-8")) == path.read_text("utf-8")


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.name)
def test_there_is_one_form_however_a_file_was_laid_out(path: Path) -> None:
    text = path.read_text("utf-8")
    bare = re.sub(r"\n{2,}", "\n", re.sub(r"^\s*#[^\n]*\n", "", text, flags=re.MULTILINE)).lstrip()
    assert canonical(messy(text, random.Random(3))) == canonical(bare)


@settings(max_examples=150, deadline=None)
@given(st.lists(made(), min_size=1, max_size=2), everything, st.randoms())
def test_formatting_keeps_meaning_and_comments_and_is_idempotent(
    indicators: list[Made], values: dict[str, Scalar], rng: random.Random
) -> None:
    given_text = messy(book(indicators), rng, comments=True)
    text = canonical(given_text)
    assert canonical(text) == text
    assert parse(text)[0].decls == parse(given_text)[0].decls
    assert sorted(comments_of(text)) == sorted(comments_of(given_text))
    assert score(compiled(text), facts(values)).total == score(compiled(book(indicators)), facts(values)).total
    assert all(cell_len(line) <= 110 or "#" in line or '"' in line for line in text.splitlines())


def test_a_comment_stays_beside_or_above_what_it_was_written_for() -> None:
    text = canonical("""事实 甲 : 金额  # 元
# 头
指标 一 4 分
  扣分
    # 大的
    凡 甲 > # 中
      1 元 扣 1 分   # 尾
    扣完为止
# 完
""")
    lines = [line.strip() for line in text.splitlines()]
    assert lines[:3] == ["事实 甲 : 金额  # 元", "# 头", "指标 一 4 分"]
    assert lines[4:8] == ["# 大的", "# 中", "凡 甲 > 1 元 扣 1 分  # 尾", "扣完为止"]
    assert lines[-1] == "# 完"


def test_a_file_with_errors_is_left_alone() -> None:
    found, problems = format_text("规则.zj", "指标 一 4 分\n  得分 (满分\n")
    assert found is None
    assert [p.code.number for p in problems if p.is_error]
