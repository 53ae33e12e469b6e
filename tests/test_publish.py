"""Published editions: fixed by book.lock, refused when edited, corrected with a reason, carried by what is written."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from zjrules import bookshelf
from zjrules.cli.main import group
from zjrules.inout.asset import asset, standard
from zjrules.project import load

SCHEMA = Path(__file__).parent.parent / "engine/zjrules/schema"
NOTICE = "规则集 补充通知\n  语言 1\n  沿用 zhanjiang/2025\n  评价年度 2026\n  依据 《甲》\n  自 2026-03-01 起施行\n"
CHANGE = '修改 参数 调剂权重 = 50%\n  依据 "乙"\n  突破 "要求"\n修改 参数 追加权重 = 50%\n  依据 "乙"\n  突破 "要求"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a copy of zhanjiang/2025, beside which commands run."""
    shutil.copytree(asset("rules") / "zhanjiang", tmp_path / "rules" / "zhanjiang")
    shutil.copy(asset("rules").parent / "cases/zhanjiang-2025/05-full-department.yaml", tmp_path / "某局.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "rules/zhanjiang/2025"


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, standalone_mode=False)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def lock(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "book.lock").read_text("utf-8"))
    return found


def scored(*args: str) -> dict[str, Any]:
    result = run("check", "某局.yaml", "--format", "json", *args)
    document: dict[str, Any] = json.loads(result.stdout)
    jsonschema.validate(document, json.loads((SCHEMA / "check.schema.json").read_text("utf-8")))
    return document["单位"][0]  # type: ignore[no-any-return]


def test_a_lock_has_the_digest_of_every_file_and_of_the_terms(folder: Path) -> None:
    result = run("publish", "zhanjiang/2025", "--on", "2026-03-10")
    assert result.return_value == 0, result.output
    (entry,) = lock(folder)["版次"]
    assert entry["日期"] == "2026-03-10"
    assert entry["文件"] == {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("*.zj")}
    library = {f"{p.parent.name}/{p.name}": p for p in standard()}
    assert entry["词和合用的事实"]
    for name, digest in entry["词和合用的事实"].items():
        assert digest == hashlib.sha256(library[name].read_bytes()).hexdigest()
    rules, _ = load("zhanjiang/2025")
    assert rules is not None
    assert run("check", "某局.yaml", "--brief", "--certificate", "凭证.json").return_value == 0
    assert json.loads(Path("凭证.json").read_text("utf-8"))["凭证"]["核式摘要"] == entry["核式摘要"]


def test_what_scores_carries_the_edition(folder: Path) -> None:
    assert "版" not in scored()["规则"]
    run("publish", "zhanjiang/2025")
    edition = scored()["规则"]["版"]
    assert edition == {"号": 1, "更正": "", "摘要": lock(folder)["版次"][0]["摘要"]}
    assert "第 1 版" in run("check", "某局.yaml", "--brief").output
    assert run("check", "某局.yaml", "--brief", "--certificate", "凭证.json").return_value == 0
    document = json.loads(Path("凭证.json").read_text("utf-8"))
    jsonschema.validate(document, json.loads((SCHEMA / "certificate.schema.json").read_text("utf-8")))
    assert document["凭证"]["规则"]["版"] == edition
    assert run("verify", "凭证.json", "--rules", "zhanjiang/2025", "--facts", "某局.yaml").return_value == 0
    audited = json.loads(run("audit", "某局.yaml", "--format", "json").stdout)
    jsonschema.validate(audited, json.loads((SCHEMA / "audit.schema.json").read_text("utf-8")))
    assert audited["审核"][0]["规则"]["版"] == edition


@pytest.mark.parametrize(
    "command",
    [
        ["check"],
        ["explain"],
        ["audit"],
        ["report", "-o", "报送"],
        ["whatif", "--set", "支出合计=1 元"],
        ["batch", "-o", "甲.csv"],
    ],
)
def test_what_was_edited_does_not_score(folder: Path, command: list[str]) -> None:
    run("publish", "zhanjiang/2025")
    edit(folder / "2-execution.zj", "调剂权重 = 60%", "调剂权重 = 55%")
    result = run(command[0], "某局.yaml", *command[1:])
    assert result.return_value == 2
    assert "ZJ4300" in result.output
    assert "2-execution.zj" in result.output
    assert not Path("报送").exists() or not list(Path("报送").iterdir())


@pytest.mark.parametrize("args", [["lint", "zhanjiang/2025"], ["show", "zhanjiang/2025"], ["test", "zhanjiang/2025"]])
def test_what_was_edited_can_be_worked_on(folder: Path, args: list[str]) -> None:
    run("publish", "zhanjiang/2025")
    edit(folder / "2-execution.zj", "# 2. 预算执行情况", "# 2. 预算执行的情况")
    assert run(*args).return_value == 0


def test_even_a_comment_is_an_edit_and_undoing_it_is_none(folder: Path) -> None:
    run("publish", "zhanjiang/2025")
    edit(folder / "2-execution.zj", "# 2. 预算执行情况", "# 2. 预算执行的情况")
    assert run("check", "某局.yaml").return_value == 2
    edit(folder / "2-execution.zj", "# 2. 预算执行的情况", "# 2. 预算执行情况")
    assert run("check", "某局.yaml", "--brief").return_value == 0
    (folder / "9-more.zj").write_text("# 空\n", "utf-8")
    assert run("check", "某局.yaml").return_value == 2
    (folder / "9-more.zj").unlink()
    # A checkout with other line ends says the same.
    file = folder / "1-budgeting.zj"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert run("check", "某局.yaml", "--brief").return_value == 0


def test_a_correction_needs_a_reason_and_is_an_edition_of_its_own(folder: Path) -> None:
    assert "ZJ4304" in run("publish", "zhanjiang/2025", "--correct", "没有公布过").output
    assert run("publish", "zhanjiang/2025").return_value == 0
    assert "没有变化" in run("publish", "zhanjiang/2025").output
    assert "ZJ4304" in run("publish", "zhanjiang/2025", "--correct", "没有改").output
    edit(folder / "2-execution.zj", "调剂权重 = 60%", "调剂权重 = 55%")
    edit(folder / "2-execution.zj", "追加权重 = 40%", "追加权重 = 45%")
    refused = run("publish", "zhanjiang/2025")
    assert refused.return_value == 2
    assert "ZJ4303" in refused.output
    assert len(lock(folder)["版次"]) == 1
    made = run("publish", "zhanjiang/2025", "--correct", "印错了")
    assert made.return_value == 0
    assert "意思和上一版不同" in made.output
    first, second = lock(folder)["版次"]
    assert second["前一版"] == first["摘要"]
    assert scored()["规则"]["版"] == {"号": 2, "更正": "印错了", "摘要": second["摘要"]}


def test_a_correction_of_words_alone_says_that_it_moves_no_score(folder: Path) -> None:
    run("publish", "zhanjiang/2025")
    edit(folder / "2-execution.zj", "# 2. 预算执行情况", "#\n# 2. 预算执行情况")
    assert "只改了文字" in run("publish", "zhanjiang/2025", "--correct", "注释").output


def test_a_certificate_of_an_older_edition_is_told_from_which_it_is(folder: Path) -> None:
    run("publish", "zhanjiang/2025")
    run("check", "某局.yaml", "--brief", "--certificate", "凭证.json")
    edit(folder / "2-execution.zj", "调剂权重 = 60%", "调剂权重 = 55%")
    run("publish", "zhanjiang/2025", "--correct", "印错了")
    result = run("verify", "凭证.json", "--rules", "zhanjiang/2025")
    assert result.return_value == 1
    assert "凭证是第 1 版的，现在是第 2 版（更正：印错了）" in result.output


@pytest.mark.parametrize(
    "spoil", ['"版": 1|"版": 2', '"更正": ""|"更正": "甲"', '"0-book.zj": "|"0-book.zj": "0', "{|[", "zjrules.lock/1|x"]
)
def test_a_lock_that_was_edited_by_hand_is_refused(folder: Path, spoil: str) -> None:
    run("publish", "zhanjiang/2025")
    edit(folder / "book.lock", *spoil.split("|"))
    result = run("check", "某局.yaml")
    assert result.return_value == 2
    assert "ZJ4301" in result.output


def test_what_is_to_be_filled_in_is_not_published(folder: Path) -> None:
    run("new", "zhanjiang/2026", "--from", "zhanjiang/2025")
    result = run("publish", "zhanjiang/2026")
    assert result.return_value == 2
    assert "ZJ4302" in result.output
    assert not (folder.parent / "2026/book.lock").exists()


def test_a_rule_set_that_amends_another_is_bound_to_it(folder: Path) -> None:
    notice = folder.parent / "2026"
    notice.mkdir()
    (notice / "0-book.zj").write_text(NOTICE + CHANGE, "utf-8")
    edit(Path("某局.yaml"), "规则: zhanjiang/2025", "规则: zhanjiang/2026")
    edit(Path("某局.yaml"), "评价年度: 2025", "评价年度: 2026")
    assert run("publish", "zhanjiang/2026").return_value == 0
    assert "zhanjiang/2025/0-book.zj" in lock(notice)["版次"][0]["底本"]
    assert scored()["规则"]["版"]["号"] == 1
    edit(folder / "3-disclosure.zj", "# 湛江市 2025", "# 湛江 2025")
    result = run("check", "某局.yaml")
    assert result.return_value == 2
    assert "zhanjiang/2025/3-disclosure.zj" in result.output


def test_what_amends_an_edited_publication_does_not_score(folder: Path) -> None:
    notice = folder.parent / "2026"
    notice.mkdir()
    (notice / "0-book.zj").write_text(NOTICE + CHANGE, "utf-8")
    edit(Path("某局.yaml"), "规则: zhanjiang/2025", "规则: zhanjiang/2026")
    edit(Path("某局.yaml"), "评价年度: 2025", "评价年度: 2026")
    run("publish", "zhanjiang/2025")
    assert run("check", "某局.yaml", "--brief").return_value in (0, 1)
    edit(folder / "3-disclosure.zj", "# 湛江市 2025", "# 湛江 2025")
    assert "ZJ4300" in run("check", "某局.yaml").output
    assert "ZJ4300" in run("publish", "zhanjiang/2026").output


def test_a_library_that_only_reads_otherwise_moves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = folder.parents[1]
    for name in ("std", "facts"):
        shutil.copytree(asset("rules") / name, rules / name)
    monkeypatch.setattr(
        bookshelf, "standard", lambda: [p for n in ("std", "facts") for p in sorted((rules / n).glob("*.zj"))]
    )
    run("publish", "zhanjiang/2025")
    edit(rules / "facts/budget.zj", "# ", "# 又 ")
    assert run("check", "某局.yaml", "--brief").return_value == 0
    edit(rules / "std/within.zj", "结果 封顶(", "结果 1 × 封顶(")
    result = run("check", "某局.yaml", "--brief")
    assert result.return_value == 2
    assert "std/within.zj" in result.output
