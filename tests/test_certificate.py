"""Score certificates: every case's holds, wherever and however often it is made; what is changed in one is found."""

from __future__ import annotations

import ast
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from zjrules import verifier
from zjrules.appraisal import calendar_for
from zjrules.certificate import document
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
    return document.text(
        document.certificate(scored.facts, traces, calendar, document.Origin("0", name, {}, {}), scored.others)
    )


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
    assert unit["等级"] == {r["读法"]: r["等级"][::-1] for r in body["结论"]}


def test_the_same_on_every_run_in_every_folder(tmp_path: Path) -> None:
    texts = set()
    for seed, folder in (("0", ROOT), ("1", tmp_path), ("77", ROOT / "cases")):
        path = tmp_path / f"{seed}.json"
        result = zjrules(
            "check", FULL, "--brief", "--certificate", path, cwd=folder, PYTHONHASHSEED=seed, TZ=f"UTC+{len(seed)}"
        )
        assert result.returncode == 0, result.stderr
        texts.add(path.read_bytes())
    (only,) = texts
    assert str(ROOT).encode() not in only


def test_the_rules_of_a_book_have_one_digest_whatever_the_unit() -> None:
    digests: dict[str, set[str]] = {}
    for path in CASES:
        body = json.loads(made(path))["凭证"]
        digests.setdefault(body["规则"]["编号"], set()).add(body["核式摘要"])
    assert all(len(found) == 1 for found in digests.values())
    assert len(set.union(*digests.values())) == len(digests)


def test_the_file_is_canonical_and_after_its_schema() -> None:
    """One case of every folder here, all of them below."""
    _after_schema({path.parent: path for path in CASES}.values())


@pytest.mark.slow
def test_the_file_of_every_case_is_canonical_and_after_its_schema() -> None:
    _after_schema(CASES)


def _after_schema(paths: Iterable[Path]) -> None:
    schema = json.loads((ROOT / "engine/zjrules/schema/certificate.schema.json").read_text("utf-8"))
    check = jsonschema.Draft202012Validator(schema)
    for path in paths:
        document_ = json.loads(made(path))
        assert document.text(document_) == made(path)
        check.validate(document_)


# ---------- the checker stands alone ----------


def test_the_checker_is_one_file_that_can_be_read() -> None:
    text = Path(verifier.__file__).read_text("utf-8")
    assert len(text.splitlines()) <= 300
    assert max(map(len, text.splitlines())) <= 120
    bodies = [getattr(node, name, ()) for node in ast.walk(ast.parse(text)) for name in ("body", "orelse")]
    for body in (b for b in bodies if isinstance(b, list)):
        starts = [statement.lineno for statement in body]
        assert len(set(starts)) == len(starts), "one statement a line"


def test_the_checker_imports_nothing_of_ours() -> None:
    text = Path(verifier.__file__).read_text("utf-8")
    names = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert names <= sys.stdlib_module_names


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


def _signed(doc: Any) -> bytes:
    """Return a certificate with every digest in it worked out again."""
    body = doc["凭证"]
    if isinstance(body.get("核式"), dict):
        body["核式摘要"] = verifier.digests(body["核式"])["sha256"]
    doc["摘要"] = verifier.digests(body)
    return document.text(doc)


def _edit(data: bytes, at: tuple[Any, ...], new: Any, again: bool) -> bytes:
    doc = json.loads(data)
    _get(doc, at[:-1])[at[-1]] = new
    return _signed(doc) if again else document.text(doc)


def raw_edits(count: int) -> None:
    """Change any leaf and leave the digests as they are."""
    dice = random.Random(SEED)
    for number in range(count):
        data = made((FULL, REAL, *CASES)[number % (len(CASES) + 2)])
        doc = json.loads(data)
        at = dice.choice(list(_leaves(doc)))
        code, _ = verifier.verdict(_edit(data, at, _changed(_get(doc, at), dice), again=False))
        assert code == 1, at


_OPERATIONS = (
    "+",
    "-",
    "×",
    "÷",
    "最大",
    "最小",
    "且",
    "或",
    "若",
    "≥",
    ">",
    "合计",
    "真数",
    "四舍五入",
    "去尾",
    "工作日数",
)
_LABELS = {"原文", "处", "依据", "编号", "规则", "名", "级", "上级"}
"""What only a reader needs: checked with the rules and the facts at hand."""


def _weighty(doc: Any) -> list[tuple[Any, ...]]:
    """Return the places of operands, operations, weights, points, roundings, results and totals."""
    found = []
    for at in _leaves(doc["凭证"]):
        if at[0] in ("步骤", "结论", "未重推", "核式") and not (
            at[0] == "核式" and at[-1] in _LABELS and at[-2:] != ("源",)
        ):
            if at[0] != "核式" or at[1] != "参数" or at[-1] == "值":
                found.append(("凭证", *at))
        elif at[0] in ("事实", "明细", "同级") and "值" in at and _is_read(doc["凭证"], at):
            found.append(("凭证", *at))
    return found


def _is_read(body: Any, at: tuple[Any, ...]) -> bool:
    """Return whether the score hangs on a fact or cell: 校验 and the reader have some for themselves."""
    if at[0] == "同级":
        return True
    read = {tuple(s["用"]) for s in body["步骤"] if s["运算"] in ("事实", "格")}
    if at[0] == "事实":
        return "复核" not in at and (body["事实"][at[1]]["名"], 0, -1) in read
    table = body["明细"][at[1]]
    return at[2] == "行" and "复核" not in at and (table["名"], table["列"][at[4]]["名"], 0, at[3]) in read


def rederived_edit(path: Path, at: tuple[Any, ...], dice: random.Random) -> None:
    """Change what counts and work all digests out again: the checker refuses it by itself, whatever it comes to."""
    doc = json.loads(made(path))
    old = _get(doc, at)
    new = (
        dice.choice([o for o in _OPERATIONS if o != old]) if at[-1] in ("运算", "式") and isinstance(old, str) else None
    )
    edited = _edit(made(path), at, _changed(old, dice) if new is None else new, again=True)
    assert edited != made(path)
    code, message = verifier.verdict(edited)
    assert code == 1, (path, at, old, message)


def rederived_edits(count: int) -> None:
    """Change what counts at random places."""
    dice = random.Random(SEED + 1)
    for number in range(count):
        path = (FULL, REAL, *CASES)[number % (len(CASES) + 2)]
        rederived_edit(path, dice.choice(_weighty(json.loads(made(path)))), dice)


def test_raw_edits_are_refused() -> None:
    raw_edits(60)


def test_edits_with_new_digests_are_refused() -> None:
    rederived_edits(60)


@pytest.mark.slow
def test_a_thousand_edits_are_refused() -> None:
    raw_edits(500)
    rederived_edits(500)


def test_every_edit_of_a_small_certificate_is_refused() -> None:
    dice = random.Random(SEED + 2)
    for name in (
        "mof-2025-control/02-clamped.yaml",
        "staffing-2024-district/01-first.yaml",
        "xinshao-2017/01-reverse-ratio.yaml",
    ):
        path = ROOT / "cases" / name
        for at in _weighty(json.loads(made(path))):
            rederived_edit(path, at, dice)


@pytest.mark.parametrize("name", ["名称", "依据", "规则"])
def test_names_clauses_and_places_are_held_to_the_rules(name: str, tmp_path: Path) -> None:
    path = tmp_path / "凭证.json"
    assert zjrules("check", FULL, "--brief", "--certificate", path).returncode == 0
    assert zjrules("verify", path, "--facts", FULL).returncode == 0
    place = ("凭证", "核式", "指标", 2, name)
    old = _get(json.loads(path.read_bytes()), place)
    path.write_bytes(_edit(path.read_bytes(), place, f"{old}改", again=True))
    assert zjrules("verify", path).returncode == (1 if name == "名称" else 0)
    result = zjrules("verify", path, "--facts", FULL)
    assert result.returncode == 1
    assert ("ZJ6030" if name == "名称" else "ZJ6032") in result.stderr


def test_two_edits_that_agree_are_held_to_the_rules(tmp_path: Path) -> None:
    """核式 and the steps changed alike are another rule set, of which the digest of 核式 and the rules at hand tell."""
    path = tmp_path / "凭证.json"
    zjrules("check", FULL, "--brief", "--certificate", path)
    doc = json.loads(path.read_bytes())
    body, before = doc["凭证"], doc["凭证"]["核式摘要"]
    used = {i for n in _nodes(body["核式"]["式"]) for i in n.get("用", ())}
    point = next(x for x in body["核式"]["指标"] if x["级"].endswith("级") and _leaf_of(body, x) not in used)
    step = next(s for s in body["步骤"] if s["运算"] == "分值" and s["式"] == _leaf_of(body, point))
    point["分值"] = step["得"] = "77"
    path.write_bytes(_signed(doc))
    assert zjrules("verify", path).returncode == 0
    assert json.loads(path.read_bytes())["凭证"]["核式摘要"] != before
    assert zjrules("verify", path, "--rules", "zhanjiang/2025", "--facts", FULL).returncode == 1


def _nodes(nodes: Any) -> Iterator[Any]:
    for node in nodes:
        yield node
        yield from _nodes(node.get("步", ()))


def _leaf_of(body: Any, point: Any) -> int:
    place = body["核式"]["指标"].index(point)
    return int(next(n["号"] for n in _nodes(body["核式"]["式"]) if n["式"] == "分值" and n["源"] == [place]))


# ---------- the command ----------


def test_certificates_of_other_files_are_told(tmp_path: Path) -> None:
    path, facts = tmp_path / "凭证.json", tmp_path / FULL.name
    facts.write_bytes(FULL.read_bytes())
    assert zjrules("check", facts, "--brief", "--certificate", path).returncode == 0
    assert zjrules("verify", path, "--rules", "zhanjiang/2025").returncode == 0
    facts.write_text(facts.read_text("utf-8") + "\n# 改过\n", "utf-8")
    result = zjrules("verify", path, "--facts", facts)
    assert result.returncode == 1
    assert "ZJ6031" in result.stderr


def test_a_certificate_names_the_one_that_it_corrects(tmp_path: Path) -> None:
    old, new = tmp_path / "旧.json", tmp_path / "新.json"
    assert zjrules("check", FULL, "--brief", "--certificate", old).returncode == 0
    assert zjrules("check", FULL, "--brief", "--certificate", old).returncode == 3
    assert zjrules("check", FULL, "--brief", "--certificate", old, "--force").returncode == 0
    assert zjrules("check", FULL, "--brief", "--certificate", new, "--corrects", old).returncode == 0
    assert json.loads(new.read_bytes())["凭证"]["更正"] == json.loads(old.read_bytes())["摘要"]["sha256"]
    assert zjrules("verify", new, "--facts", FULL).returncode == 0


def test_the_certificate_of_one_unit_among_all(tmp_path: Path) -> None:
    folder, path = ROOT / "cases/staffing-2024", tmp_path / "凭证.json"
    files = sorted(folder.glob("*.yaml"))
    result = zjrules("check", *files, "--全体", "--brief", "--certificate", path)
    assert result.returncode in (0, 1), result.stderr
    assert zjrules("verify", path, "--facts", files[0], "--全体", folder).returncode == 0
    assert zjrules("verify", path, "--facts", files[0]).returncode == 1
    names = {json.loads(path.read_bytes())["凭证"]["单位"]}
    assert not names & set(re.findall(r"单位: *(\S+)", "".join(f.read_text("utf-8") for f in files[1:])))
    assert zjrules("check", *files, "--brief", "--certificate", tmp_path / "二.json").returncode == 3


# ---------- what is no certificate ----------


def _with(**changes: Any) -> bytes:
    doc = json.loads(made(FULL))
    doc["凭证"].update(changes)
    return _signed(doc)


def _of(*nodes: dict[str, Any], **changes: Any) -> bytes:
    """Return a certificate of some nodes alone, with the steps that they would make."""
    steps = [{"式": n["号"], "运算": n["式"], "用": n.get("用", []), "得": "1"} for n in nodes]
    kernel = {"参数": [], "指标": [], "式": list(nodes), "总分": 0, "定级": 0}
    return _with(核式=kernel, 步骤=steps, **changes)


def _power(depth: int) -> dict[str, Any]:
    """Rows within rows, that many deep."""
    body: list[dict[str, Any]] = []
    for number in range(depth):
        body = [{"号": number, "式": "各行", "源": ["表"], "步": body}]
    return body[0]


ONE = {"号": 0, "式": "常数", "值": "1"}
TABLE = {"名": "表", "列": [], "行": [[]] * 300, "佐证": "不要求佐证"}
HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "no json": b"PK\x03\x04",
    "deep": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "not utf-8": "凭证".encode("gb18030"),
    "a list": b"[]",
    "a float": b'{"x": 1.5}',
    "not a number": b'{"x": NaN}',
    "a long number": b"9" * 100_000,
    "a key twice": b'{"x": 1, "x": 2}',
    "nothing in it": b"{}",
    "steps of another kind": _with(步骤=[1, 2, 3]),
    "no steps": _with(步骤=[]),
    "more steps than there are": _with(步骤=[*json.loads(made(FULL))["凭证"]["步骤"], {}]),
    "a node that uses itself": _of({"号": 0, "式": "合计", "用": [0]}),
    "a node before the first": _of(ONE, {"号": 1, "式": "合计", "用": [-1]}),
    "a node that is not there yet": _of({"号": 0, "式": "合计", "用": [1]}, ONE | {"号": 1}),
    "two nodes of one number": _of(ONE, {"号": 0, "式": "合计", "用": [0, 0]}),
    "nodes of another kind": _with(核式={"参数": [], "指标": [], "式": [1, "2", None], "总分": 0, "定级": 0}),
    "an unknown operation of a number": _of(ONE, {"号": 1, "式": "暗箱", "用": [0]}),
    "an unknown operation": _of({"号": 0, "式": "暗箱", "用": []}),
    "a numeral of many digits": _of(ONE | {"值": "1" * 20_000}),
    "0 below": _of(ONE | {"值": "1/0"}),
    "not in lowest terms": _of(ONE | {"值": "2/2"}),
    "an exponent": _of(ONE | {"值": "1e999999999"}),
    "rows within rows without end": _of(_power(12), 明细=[TABLE]),
    "rows nested deeply": _of(_power(400), 明细=[TABLE | {"行": [[]]}]),
    "a sum of long fractions": _of(
        *[ONE | {"号": n, "值": f"1/{3 ** (4000 + n)}"} for n in range(9)], {"号": 9, "式": "合计", "用": [*range(9)]}
    ),
    "one year a million times": _with(日历=[{"年": 2025, "放假": [], "上班": []}] * 20_000),
    "a year out of range": _with(日历=[{"年": 10**17, "放假": [], "上班": []}]),
    "no readings": _with(结论=[]),
    "a unit that is no text": _with(单位=None, 规则=[]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_certificate_is_refused_with_a_message(name: str, tmp_path: Path) -> None:
    code, message = verifier.verdict(HOSTILE[name])
    assert code in (1, 2)
    assert message
    path = tmp_path / "凭证.json"
    path.write_bytes(HOSTILE[name])
    result = zjrules("verify", path)
    assert result.returncode == code
    assert "Traceback" not in result.stderr
