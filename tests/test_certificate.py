"""Score certificates: every case's holds, wherever and however often it is made; what is changed in one is found."""

from __future__ import annotations

import ast
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from zjrules import verifier
from zjrules.certificate import document
from zjrules.cli.outcome import calendar_for
from zjrules.project import FACT_FILES, Case, Handed, fitted, load, read_facts, rules_named, score_units

ROOT = Path(__file__).parent.parent
CASES = sorted(p for p in (ROOT / "cases").rglob("*") if p.suffix in FACT_FILES)
FULL, REAL = (ROOT / "cases/zhanjiang-2025" / f"{n}.yaml" for n in ("05-full-department", "01-real-report"))
SEED = 20251231


def _units(handed: Handed, rules: Any) -> list[Any]:
    others = handed.case.others if isinstance(handed.case, Case) else ()
    found = [handed, *(other for path in others if (other := read_facts(path)[0]) is not None)]
    return [fitted(each, rules)[0] for each in found]


@cache
def made(path: Path) -> bytes:
    """Return the certificate of a case, with the units that it is compared with."""
    handed, problems = read_facts(path)
    assert handed is not None, problems
    name = rules_named(handed, ())[0][0]
    rules, _ = load(name)
    assert rules is not None
    calendar, _ = calendar_for(rules)
    units = _units(handed, rules)
    scored = score_units(rules, units, calendar, whole=len(units) > 1)[0]
    traces = [t for t in (scored.claimed, scored.proved, scored.reviewed) if t is not None]
    return document.text(document.certificate(scored.facts, traces, calendar, document.Origin("0", name, {}, {})))


def zjrules(*args: object, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, "-m", "zjrules.cli.main", *map(str, args)]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, encoding="utf-8", check=False
    )


# ---------- what holds ----------


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.relative_to(ROOT / "cases").as_posix())
def test_the_certificate_of_every_case_holds(path: Path) -> None:
    code, message = verifier.verdict(made(path))
    assert code == 0, message
    assert json.loads(made(path))["摘要"] == verifier.digests(json.loads(made(path))["凭证"])


def test_nothing_is_only_stated_where_all_facts_are_known() -> None:
    for path in CASES:
        body = json.loads(made(path))["凭证"]
        known = all("值" in f for f in body["事实"]) and all(t["行"] is not None for t in body["明细"])
        if known and all(isinstance(r["总分"], str) for r in body["结论"]):
            assert body["未重推"] == 0, path
    assert json.loads(made(FULL))["凭证"]["未重推"] == 0


def test_the_certificate_is_the_score_that_check_gives() -> None:
    result = zjrules("check", REAL, "--format", "json")
    unit = json.loads(result.stdout)["单位"][0]
    body = json.loads(made(REAL))["凭证"]
    ends = body["结论"][0]["总分"]["界"]
    assert [unit["总分"]["按自述"]["下限"], unit["总分"]["按自述"]["上限"]] == ends[:2]
    assert unit["等级"] == {r["读法"]: r["等级"] for r in body["结论"]}


def test_the_same_on_every_run_in_every_folder(tmp_path: Path) -> None:
    texts = set()
    for seed, folder in (("0", ROOT), ("1", tmp_path), ("77", ROOT / "cases")):
        path = tmp_path / f"{seed}.json"
        result = zjrules("check", FULL, "--brief", "--certificate", path, cwd=folder, PYTHONHASHSEED=seed, TZ=f"UTC+{len(seed)}")
        assert result.returncode == 0, result.stderr
        texts.add(path.read_bytes())
    (only,) = texts
    assert str(ROOT).encode() not in only


def test_the_file_is_canonical_and_after_its_schema() -> None:
    schema = json.loads((ROOT / "engine/zjrules/schema/certificate.schema.json").read_text("utf-8"))
    check = jsonschema.Draft202012Validator(schema)
    for path in CASES:
        document_ = json.loads(made(path))
        assert document.text(document_) == made(path)
        check.validate(document_)


# ---------- the checker stands alone ----------


def test_the_checker_imports_nothing_of_ours_and_is_short() -> None:
    text = Path(verifier.__file__).read_text("utf-8")
    names = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in ([a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else [])
    }
    assert names <= sys.stdlib_module_names
    assert text.count("\n") <= 300


def test_a_copy_of_the_checker_runs_alone(tmp_path: Path) -> None:
    copy, path = tmp_path / "verifier.py", tmp_path / "凭证.json"
    copy.write_bytes(Path(verifier.__file__).read_bytes())
    path.write_bytes(made(REAL))

    def run(*args: object) -> tuple[int, str]:
        command = [sys.executable, "-I", str(copy), *map(str, args)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout

    assert run(path)[0] == 0
    assert run("--help")[0] == 0
    assert run()[0] == 3
    assert run(tmp_path / "没有.json")[0] == 2
    path.write_bytes(made(REAL).replace("自评".encode(), "互评".encode()))
    assert run(path)[0] == 1


# ---------- what is changed is found ----------


def _leaves(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    if not isinstance(node, dict | list):
        yield at
    for key, value in inner:
        yield from _leaves(value, (*at, key))


def _get(node: Any, at: tuple[Any, ...]) -> Any:
    for key in at:
        node = node[key]
    return node


def _changed(value: Any, dice: random.Random) -> Any:
    """Return another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + dice.choice((-1, 1, 2))
        case str() if re.fullmatch(r"-?\d+(/\d+)?", value):
            moved = Fraction(value) * dice.choice((2, 3)) + dice.choice((1, Fraction(1, 100), -2))
            return str(moved if moved != Fraction(value) else moved + 1)
        case str():
            return f"{value}改"
        case _:
            return "改"


def _edit(data: bytes, at: tuple[Any, ...], new: Any, again: bool) -> bytes:
    doc = json.loads(data)
    _get(doc, at[:-1])[at[-1]] = new
    if again:
        doc["摘要"] = verifier.digests(doc["凭证"])
    return document.text(doc)


def raw_edits(count: int) -> None:
    """Change any leaf and leave the digests as they are."""
    dice = random.Random(SEED)
    for number in range(count):
        data = made((FULL, REAL, *CASES)[number % (len(CASES) + 2)])
        doc = json.loads(data)
        at = dice.choice(list(_leaves(doc)))
        code, _ = verifier.verdict(_edit(data, at, _changed(_get(doc, at), dice), again=False))
        assert code == 1, at


_OPERATIONS = ("+", "-", "×", "÷", "最大", "最小", "且", "或", "逐行计数", "逐行占比", "逐行合计")
_LABELS = {"原文", "出处", "依据", "佐证材料", "来源", "理由", "编号", "名称", "单位", "引擎", "规则", "发布", "性质", "更正", "因"}


def _weighty(doc: Any) -> list[tuple[Any, ...]]:
    """Return the places of operands, operations, weights, points, roundings, results and totals."""
    found = []
    for at in _leaves(doc["凭证"]):
        names = {k for k in at if isinstance(k, str)}
        if at[0] in ("步骤", "参数", "结论") or (at[0] == "指标" and at[-1] == "分值"):
            if not names & _LABELS and at[-1] not in ("名", "取", "读法", "号令"):
                found.append(("凭证", *at))
    return found


def rederived_edits(count: int) -> tuple[int, int]:
    """Change what counts and work the digests out again; return how many were refused, and how many change no result."""
    dice = random.Random(SEED + 1)
    refused = neutral = 0
    for number in range(count):
        path = (FULL, REAL, *CASES)[number % (len(CASES) + 2)]
        data = made(path)
        doc = json.loads(data)
        at = dice.choice(_weighty(doc))
        old = _get(doc, at)
        new = dice.choice([o for o in _OPERATIONS if o != old]) if at[-1] == "运算" else _changed(old, dice)
        edited = _edit(data, at, new, again=True)
        code, message = verifier.verdict(edited)
        if code == 0:
            # An edit such as 0 × 60% → 0 × 70% leaves every result true: only the rules themselves can tell.
            neutral += 1
            assert json.loads(edited)["凭证"] != json.loads(data)["凭证"]
        else:
            assert code == 1, (at, message)
            refused += 1
    return refused, neutral


def test_raw_edits_are_refused() -> None:
    raw_edits(60)


def test_edits_with_new_digests_are_refused() -> None:
    refused, neutral = rederived_edits(60)
    assert neutral <= 6, (refused, neutral)


@pytest.mark.slow
def test_a_thousand_edits_are_refused() -> None:
    raw_edits(500)
    refused, neutral = rederived_edits(500)
    assert neutral <= 40, (refused, neutral)
