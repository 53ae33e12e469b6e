"""Colour: every keyword has a class, what is made for editors is what the generator gives, snippets are rules."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from books import parse
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import find_lexer_class_for_filename, get_lexer_by_name

from zjrules.build import the_parser
from zjrules.canonical import format_text
from zjrules.diag import Severity
from zjrules.highlight.__main__ import generated
from zjrules.highlight.pieces import Piece, pieces
from zjrules.highlight.pygments_lexer import TOKENS, ZjLexer
from zjrules.highlight.snippets import SNIPPETS, Snippet
from zjrules.highlight.textmate import SCOPES
from zjrules.highlight.wide import wide
from zjrules.highlight.words import Kind, vocabulary
from zjrules.num import fold
from zjrules.read import lexer
from zjrules.span import Source

ROOT = Path(__file__).parent.parent
EXTENSION = ROOT / "engine" / "editors" / "vscode"
BOOKS = sorted((ROOT / "rules").rglob("*.zj"))
NAMES = {Kind.DECLARED, Kind.TYPE, Kind.BUILT_IN, Kind.CALLED, Kind.CONSTANT, Kind.NAME}
"""What a name may be, by what stands beside it."""
HOLES = re.compile(r"\$\{(\d+)(?::([^}]*)|\|([^|]*)\|)?\}")


def test_every_terminal_of_the_grammar_has_a_class() -> None:
    terminals = {t.name for t in the_parser().grammar.terminals}
    missing = terminals - set(vocabulary().kinds)
    assert not missing, f"give these a class in engine/zjrules/highlight/words.py: {sorted(missing)}"
    assert not set(vocabulary().kinds) - terminals, "these are no longer in grammar/zj.lark"


def test_every_keyword_is_in_one_class_only() -> None:
    words = [word for kind in Kind for word in vocabulary().words(kind)]
    assert sorted(words) == sorted(vocabulary().lex.words)
    assert sorted(words) == sorted(the_parser().lex.words)


def test_every_class_has_a_token_of_pygments_and_a_scope() -> None:
    assert set(TOKENS) == set(Kind)
    assert set(SCOPES) == set(Kind) - {Kind.SPACE, Kind.ODD}
    assert len(set(SCOPES.values())) == len(SCOPES)


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.relative_to(ROOT / "rules").as_posix())
def test_classes_agree_with_the_tokens_of_our_lexer(path: Path) -> None:
    text = path.read_text("utf-8")
    words = vocabulary()
    at = {n: p for p in pieces(text, words) for n in range(p.start, p.stop)}
    tokens, comments, _ = lexer.tokens(Source(path.name, text), the_parser().lex)
    left = set(at)
    for token in (*tokens, *comments):
        start, stop = token.start_pos or 0, token.end_pos or 0
        found = {at[n].kind for n in range(start, stop)}
        expected = words.kinds[token.type]
        if expected is Kind.NAME:
            assert len(found) == 1 and found <= NAMES, token
        elif expected is Kind.NUMBER:
            assert found <= {Kind.NUMBER, Kind.UNIT, Kind.SPACE}, token
        else:
            assert found == {expected}, token
        left -= set(range(start, stop))
    assert {at[n].kind for n in left} == {Kind.SPACE}


def test_pygments_finds_the_lexer_by_its_entry_point() -> None:
    assert isinstance(get_lexer_by_name("zj"), ZjLexer)
    found = find_lexer_class_for_filename("规则.zj")
    assert found is ZjLexer
    page = highlight("指标 一 4 分\n", get_lexer_by_name("zj"), HtmlFormatter())
    assert '<span class="kd">指标</span>' in page


@pytest.mark.parametrize("name", generated())
def test_the_extension_has_what_the_generator_gives(name: str) -> None:
    message = f"engine/editors/vscode/{name} is not what the grammar gives; write it again: make editor"
    assert (EXTENSION / name).read_text("utf-8") == generated()[name], message


@pytest.mark.parametrize("body", [b for _, b in vocabulary().lex.parts])
def test_a_widened_pattern_finds_as_written_what_the_pattern_finds_folded(body: str) -> None:
    samples = [
        "（含）", "(  不含 )", "２０２６-０５-３０", "2026－5－30", "2026 年 5 月 30 日", "次年５月３０日", "１,２００．５ 万元",
        "5 元／人", "5％", "３ 处x", "＂甲＂", "“甲“乙”丙”", "《甲》", "Ａ_１甲", "「甲，乙」", "＃ 注 #", "＞＝", "！＝", "＋", "–",
        "＊", "／", "：", "，", "　；。", "2026-05-30-1", "1２３,4",
    ]  # fmt: skip
    for text in samples:
        folded, written = re.match(body, fold(text)), re.match(wide(body), text)
        assert (folded and folded.span()) == (written and written.span()), (body, text)


def _filled(snippet: Snippet) -> list[str]:
    """Return the text of a snippet for every choice that it offers."""
    body = "\n".join(snippet.lines)
    texts: dict[str, list[str]] = {}
    for number, text, choices in HOLES.findall(body):
        if text or choices:
            texts[number] = choices.split(",") if choices else [text]
    ways = [dict(zip(texts, way, strict=True)) for way in itertools.product(*texts.values())]
    return [HOLES.sub(lambda hole, way=way: way[hole[1]], body) + "\n" for way in ways]  # type: ignore[misc]


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda s: s.name)
def test_a_snippet_with_its_placeholders_is_read_and_in_canonical_form(snippet: Snippet) -> None:
    heads = {"": "", "指标": "指标 甲 4 分\n", "明细": "明细 甲\n"}
    for body in _filled(snippet):
        text = heads[snippet.inside] + body
        file, problems = parse(text)
        assert not [p for p in problems if p.severity is Severity.ERROR], (text, problems)
        assert len(file.decls) == 1
        assert "$" not in text
        assert format_text("规则.zj", text)[0] == text


def test_snippets_have_prefixes_of_their_own() -> None:
    prefixes = [p for s in json.loads(generated()["snippets/zj.json"]).values() for p in s["prefix"]]
    assert len(prefixes) == len(set(prefixes))


def test_the_pattern_of_words_fits_names_whole() -> None:
    pattern = json.loads((EXTENSION / "language-configuration.json").read_text("utf-8"))["wordPattern"]["pattern"]
    line = "  得分 满分 × 限于(已申报目标项目 ÷ 「“三公”经费」，下限：0%)"
    assert re.findall(pattern, line) == ["得分", "满分", "限于", "已申报目标项目", "「“三公”经费」", "下限", "0"]


def test_lines_under_a_declaration_are_indented() -> None:
    rules = json.loads((EXTENSION / "language-configuration.json").read_text("utf-8"))["indentationRules"]
    deeper, back = (re.compile(rules[name]) for name in ("increaseIndentPattern", "decreaseIndentPattern"))
    assert [bool(deeper.match(line)) for line in ("指标 一 4 分", "  分档 率", "  得分 满分", "指标库 = 1")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert back.match("  指标 二 4 分") and not back.match("指标 二 4 分") and not back.match("  得分 指标")


node = pytest.mark.skipif(
    shutil.which("node") is None or not (EXTENSION / "node_modules" / "vscode-textmate").is_dir(),
    reason="needs node and engine/editors/vscode/node_modules (npm ci)",
)


def _scopes(tokens: list[list[tuple[int, int, str]]], text: str) -> dict[int, str]:
    """Return the scope at each offset; the columns of an editor count UTF-16 units."""
    found: dict[int, str] = {}
    start = 0
    for line, row in zip(text.split("\n"), tokens, strict=True):
        column = 0
        for offset, char in enumerate(line):
            found[start + offset] = next((s for a, b, s in row if a <= column < b), "source.zj")
            column += len(char.encode("utf-16-le")) // 2
        start += len(line) + 1
    return found


def _shown(piece: Piece, text: str) -> list[int]:
    return [n for n in range(piece.start, piece.stop) if not fold(text[n]).isspace()]


@node
@pytest.mark.slow
def test_the_grammar_of_editors_gives_every_character_its_class(tmp_path: Path) -> None:
    odd = tmp_path / "odd.zj"
    wide_text = "指标　「𠮷，一」　４分\n  得分 满分×限于(甲／乙，下限：０％)  ＃ 注\n  舍入 各指标 四舍五入 精确到 ０．０１ 分\n"
    odd.write_text(wide_text, "utf-8")
    files = [*BOOKS, odd]
    run = subprocess.run(
        ["node", EXTENSION / "test" / "tokens.js", *files], capture_output=True, text=True, timeout=120, check=True
    )
    for path, tokens in zip(files, json.loads(run.stdout), strict=True):
        text = path.read_text("utf-8")
        scopes = _scopes(tokens, text)
        for piece in pieces(text, vocabulary()):
            expected = SCOPES.get(piece.kind, "source.zj")
            got = {scopes[n] for n in _shown(piece, text)}
            what = f"{path.name}:{text.count(chr(10), 0, piece.start) + 1} {text[piece.start : piece.stop]}"
            assert got <= {expected}, f"{what}: {got}, not {expected}"
