"""Documents cannot rot: their examples are run, their commands work, their lists are the code's own."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from books import check_text, compiled, overlaid
from lark import Lark

from test_help import FRAME
from zjrules.cli.main import NOT_COMMANDS
from zjrules.exact.total import score
from zjrules.explain.lines import score_text
from zjrules.fit import fit
from zjrules.inout import factfile
from zjrules.read.lexer import lexicon
from zjrules.span import Source

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "grammar" / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```zj([^\n]*)\n(.*?)```(?:\n```yaml\n(.*?)```\n```text\n(.*?)```)?", GUIDE, re.DOTALL)


def _book(text: str) -> str:
    if text.startswith("规则集"):
        return text
    return FRAME + text + ("" if "指标 一" in text else "\n指标 其他 4 分\n  得分 满分\n")


@pytest.mark.parametrize(("info", "text", "facts", "scores"), BLOCKS, ids=range(len(BLOCKS)))
def test_examples_of_the_guide(info: str, text: str, facts: str, scores: str) -> None:
    # What amends a book amends the first one of the guide.
    amended, told = overlaid(BLOCKS[0][1], [text]) if "沿用" in info else (None, ())
    found = list(told) if "沿用" in info else check_text(_book(text))[0]
    if "错" in info:
        assert {d.code.number for d in found} == {info.split()[-1]}
        return
    assert [d.message for d in found] == []
    if facts:
        program = amended.program if amended is not None else compiled(_book(text))
        document, problems = factfile.facts(Source("事实.yaml", facts))
        assert document is not None
        fitted, more = fit(document.raw, program.schema, 2025, [])
        assert not [*problems, *more]
        trace = score(program, fitted)
        got = {s.term.name: s.value for s in trace.indicators()} | {"总分": trace.total}  # type: ignore[union-attr]
        for line in scores.strip().splitlines():
            name, expected = line.split()
            assert score_text(got[name]) == expected


def test_the_guide_has_enough_examples() -> None:
    assert len(BLOCKS) >= 6
    assert sum(bool(b[2]) for b in BLOCKS) >= 3


def test_the_keyword_list_is_the_grammars() -> None:
    text = (ROOT / "grammar" / "zj.lark").read_text("utf-8")
    words = lexicon(Lark(text, parser="lalr", lexer="basic", start=["decl"])).words
    keywords = {w for w, terminal in words.items() if terminal not in {"GE", "LE", "GT", "LT", "EQ", "NE"}}
    listed = re.search(r"<!-- 关键字 -->(.*)<!-- 完 -->", GUIDE, re.DOTALL)
    assert listed is not None
    assert set(listed[1].split()) == keywords


def test_the_readme_is_short_and_its_commands_run(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert text.count("\n") <= 150
    for folder in ("cases", "rules"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    commands = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    ran = 0
    for line in commands:
        words = shlex.split(line, comments=True)
        if words[0] != "zjrules":
            continue
        run = [sys.executable, "-m", "zjrules.cli.main", *words[1:]]
        result = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
        assert result.returncode in (0, 1), (line, result.stdout, result.stderr)
        ran += 1
    assert ran >= 7


def test_a_new_year_from_beginning_to_end(tmp_path: Path) -> None:
    text = (ROOT / "rules" / "README.md").read_text("utf-8")
    for folder in ("cases", "rules"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    commands = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert 5 < len(commands) < 10
    for line in commands:
        words = shlex.split(line)
        run = [sys.executable, "-m", "zjrules.cli.main", *words[1:]] if words[0] == "zjrules" else words
        result = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
        # The weights differ, which is what prove is to say; all else must be clean.
        assert result.returncode == int(" diff " in line), (line, result.stdout, result.stderr)
    assert (tmp_path / "rules/zhanjiang/2026/book.lock").is_file()
    assert "调剂权重 = 50%" in (tmp_path / "全文.zj").read_text("utf-8")


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    names = {p.stem for p in (ROOT / "engine/zjrules/cli").glob("*.py")}
    for name in names - {"__init__", *NOT_COMMANDS}:
        assert f"`{name}" in text
