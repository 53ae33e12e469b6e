"""The cache saves time and changes nothing: what is stale, damaged, foreign or of another version is worked out again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from books import Made, book, compiled, everything, facts, made
from hypothesis import given, settings

from test_cli import REAL, ROOT, run
from zjrules import kept
from zjrules.build import grammar_text, the_parser
from zjrules.exact.total import score
from zjrules.explain.lines import explained
from zjrules.inout import store
from zjrules.inout.asset import asset
from zjrules.pack import packed, unpacked
from zjrules.project import load
from zjrules.read import tables
from zjrules.read.parser import parser, parser_of
from zjrules.span import Source
from zjrules.term.rule import Program
from zjrules.unit import Scalar

OF_THE_STORE = ("rules", "0" * 64)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(store.OFF, raising=False)
    return tmp_path / "zjrules"


def _sources(program: Program) -> list[Source]:
    """Return the sources of a program that was read from one text and the standard words."""
    found: dict[int, Source] = {}
    stack: list[object] = [program]
    while stack:
        one = stack.pop()
        if isinstance(one, tuple | frozenset | list):
            stack.extend(one)
        elif isinstance(one, dict):
            stack.extend(one.values())
        else:
            span = getattr(one, "span", None)
            if span is not None and span.source.text:
                found[id(span.source)] = span.source
            stack.extend(getattr(one, a) for a in getattr(type(one), "__match_args__", ()))
    return list(found.values())


@settings(max_examples=40, deadline=None)
@given(made(), everything)
def test_a_packed_program_is_the_same_program(one: Made, values: dict[str, Scalar]) -> None:
    program = compiled(book([one]))
    sources = _sources(program)
    again = unpacked(json.loads(json.dumps(packed(program, sources))), sources)
    assert again == program
    first, second = (score(p, facts(values)) for p in (program, again))
    for a, b in zip(first.indicators(), second.indicators(), strict=True):
        assert explained(a, first, facts(values)) == explained(b, second, facts(values))


def test_the_real_book_is_kept_and_found_again(cache: Path) -> None:
    cold, problems = load("zhanjiang/2025")
    assert cold is not None
    assert [p.name.split("-")[0] for p in sorted(cache.iterdir())][-1] == "rules"
    warm, again = load("zhanjiang/2025")
    assert warm is not None
    assert warm.program == cold.program
    assert warm.program is not cold.program
    assert warm.examples == cold.examples
    assert again == problems


def test_a_warm_check_imports_no_parser_and_says_the_same(cache: Path) -> None:
    cold = run("check", REAL)
    kept_files = {p.name: p.stat().st_mtime_ns for p in cache.iterdir()}
    command = [sys.executable, "-X", "importtime", "-m", "zjrules.cli.main", "check", REAL]
    # The environment as Python knows it: readline has set COLUMNS behind its back.
    env = dict(os.environ)
    warm = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, env=env, check=False)
    assert (warm.returncode, warm.stdout) == (cold.returncode, cold.stdout)
    imported = {line.rsplit("|", 1)[-1].strip() for line in warm.stderr.splitlines()}
    heavy = ("lark", "hypothesis", "zjrules.read", "zjrules.elaborate", "zjrules.sense", "zjrules.syntax", "jsonschema")
    assert not [name for name in imported if name.startswith(heavy)]
    assert {p.name: p.stat().st_mtime_ns for p in cache.iterdir()} == kept_files


def test_no_cache_leaves_nothing(cache: Path) -> None:
    assert run("check", REAL, "--no-cache").returncode == 1
    assert not cache.exists()


def test_a_changed_rule_is_never_scored_by_the_old_one(cache: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules" / "某市" / "2025"
    shutil.copytree(asset("rules") / "zhanjiang" / "2025", rules)
    first, _ = load(str(rules))
    path = rules / "2-execution.zj"
    path.write_text(path.read_text("utf-8").replace("调剂权重 = 60%", "调剂权重 = 61%"), "utf-8")
    second, _ = load(str(rules))
    assert first is not None
    assert second is not None
    assert first.digest != second.digest
    assert str(second.program.params["调剂权重"].value) == "61/100"
    assert len(list(cache.glob("rules-*"))) == 2


def test_another_engine_or_grammar_finds_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load("zhanjiang/2025")[0] is not None
    assert len(list(cache.glob("rules-*"))) == 1
    monkeypatch.setattr(store, "engine_stamp", lambda _: "another")
    assert load("zhanjiang/2025")[0] is not None
    assert len(list(cache.glob("rules-*"))) == 2


def _other_shapes(good: str) -> list[str]:
    """Return files that are not what was written: cut off, one byte off, empty, and whole but of another shape."""
    shapes = [good[: len(good) // 2], good.replace("2", "3", 1), "", "\0" * 100, "{}", good.partition("\n")[2]]
    other: tuple[object, ...] = (
        [], {}, None, 7, {"classes": ["Path"], "shared": [], "root": [0]}, {"classes": [], "root": ["X"]},
        {"classes": ["Const"], "shared": [], "root": [0]}, {"data": {}, "memo": {}},
    )  # fmt: skip
    for value in other:
        text = json.dumps(value)
        shapes.append(f"{store.digest(text)}\n{text}")
    return shapes


@pytest.mark.parametrize("kind", ["rules", "grammar"])
def test_what_is_damaged_is_worked_out_again(cache: Path, kind: str) -> None:
    the_parser.cache_clear()
    good, _ = load("zhanjiang/2025")
    assert good is not None
    (path,) = cache.glob(f"{kind}-*")
    for text in _other_shapes(path.read_text("utf-8")):
        path.write_text(text, "utf-8")
        the_parser.cache_clear()
        if kind == "grammar":
            (rules,) = cache.glob("rules-*")
            rules.unlink()
        found, problems = load("zhanjiang/2025")
        assert found is not None, (text[:60], problems)
        assert found.program == good.program
    the_parser.cache_clear()


def test_a_file_of_another_user_or_that_others_may_write_is_not_read(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(*OF_THE_STORE, [1])
    (path,) = cache.iterdir()
    assert store.get(*OF_THE_STORE) == [1]
    path.chmod(0o622)
    assert store.get(*OF_THE_STORE) is None
    path.chmod(0o600)
    cache.chmod(0o777)
    assert store.get(*OF_THE_STORE) is None
    cache.chmod(0o700)
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    assert store.get(*OF_THE_STORE) is None
    path.unlink()
    (tmp_path / "elsewhere.json").rename(path)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert store.get(*OF_THE_STORE) is None


def test_a_user_whose_group_may_write_has_a_cache_too(cache: Path) -> None:
    before = os.umask(0o002)
    try:
        store.put(*OF_THE_STORE, [1])
    finally:
        os.umask(before)
    assert store.get(*OF_THE_STORE) == [1]


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    for place in (tmp_path / "file", Path("/dev/null/x"), Path("/proc")):
        result = run("check", REAL, "--brief", XDG_CACHE_HOME=str(place))
        assert result.returncode == 1
        assert "总分" in result.stdout
        assert not result.stderr


def test_the_oldest_files_go_first(cache: Path) -> None:
    for number in range(store.MOST_FILES + 3):
        store.put("rules", f"{number:03}", [number])
        os.utime(cache / f"rules-{number:03}.json", ns=(number, number))
    store.put("code", "000", "")
    os.utime(cache / "code-000.json", ns=(0, 0))
    store.put("rules", "last", [])
    assert len(list(cache.glob("rules-*"))) == store.MOST_FILES
    assert store.get("code", "000") == "", "one kind does not push out another"
    assert store.get("rules", "last") == []
    assert store.get("rules", "000") is None


def test_the_kept_tables_are_those_of_the_grammar() -> None:
    fresh = parser(grammar_text()).grammar
    data = json.loads(json.dumps(tables.dump(fresh)))
    again = tables.restore(data)
    assert json.loads(json.dumps(tables.dump(again))) == data
    assert again.rules == fresh.rules
    assert parser_of(again).lex == parser_of(fresh).lex


def test_what_cannot_be_packed_is_not_kept(cache: Path) -> None:
    program = compiled(book([Made("得分 满分", lambda _: Fraction(4))]))
    kept.put("digest", [], kept.Kept(program, (), ()))
    assert not list(cache.glob("rules-*"))


def test_what_a_rule_set_amends_is_part_of_what_is_kept(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, notice = tmp_path / "rules/t/2025", tmp_path / "rules/t/2026"
    for folder in (base, notice):
        folder.mkdir(parents=True)
    shutil.copytree(asset("rules") / "county" / "2016", base, dirs_exist_ok=True)
    head = "规则集 通知\n  语言 1\n  沿用 t/2025\n  评价年度 2026\n  依据 《甲》\n  自 2026-03-01 起施行\n"
    change = '新增 参数 甲 = 1\n  依据 "乙"\n新增 参数 丁 = 1\n  依据 "乙"\n  自 2026-07-01 起施行\n'
    (notice / "0-book.zj").write_text(head + change, "utf-8")
    monkeypatch.chdir(tmp_path)
    first, _ = load("t/2026")
    again, _ = load("t/2026")
    assert first is not None
    assert again is not None
    assert again.program == first.program
    assert [b.id for b in again.bases] == ["t/2025"]
    early, _ = load("t/2026@2026-04-01")
    assert early is not None
    assert set(first.program.params) - set(early.program.params) == {"丁"}
    assert len(list(cache.glob("rules-*.json"))) == 2
    file = base / "0-book.zj"
    file.write_text(file.read_text("utf-8") + '\n参数 丙 = 1\n  依据 "乙"\n', "utf-8")
    later, _ = load("t/2026")
    assert later is not None
    assert "丙" in later.program.params
    assert later.digest != first.digest
