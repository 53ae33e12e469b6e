"""A new year from an old one: the copy scores as the old one does, and every line that names the old year is listed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from zjrules.certificate.document import meaning_of
from zjrules.cli.main import group
from zjrules.inout.asset import asset
from zjrules.project import load

BASIS = "《湛财绩〔2026〕3号》"


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a copy of zhanjiang/2025, where commands run."""
    shutil.copytree(asset("rules") / "zhanjiang", tmp_path / "rules" / "zhanjiang")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, standalone_mode=False)


def test_the_copy_means_what_the_old_year_means(workplace: Path) -> None:
    result = run("new", "zhanjiang/2026", "--from", "zhanjiang/2025", "--basis", BASIS)
    assert result.return_value == 0, result.output
    head = workplace / "rules/zhanjiang/2025/0-book.zj"
    head.write_text(head.read_text("utf-8").replace("评价年度 2025", "评价年度 2026"), "utf-8")
    old, new = (load(f"zhanjiang/{year}")[0] for year in (2025, 2026))
    assert old is not None
    assert new is not None
    assert new.program.book.year == 2026
    assert new.program.book.basis == BASIS
    assert meaning_of(old.program) == meaning_of(new.program)
    names = {p.name for p in (workplace / "rules/zhanjiang/2026").iterdir()}
    assert {"report.yaml", "report.docx"} <= names
    assert "README.md" not in names


def test_every_line_that_names_the_old_year_is_listed(workplace: Path) -> None:
    output = run("new", "zhanjiang/2026", "--from", "zhanjiang/2025", "--basis", BASIS).output
    folder = workplace / "rules/zhanjiang/2026"
    naming = {
        f"{path.name}:{number}"
        for path in (*folder.glob("*.zj"), folder / "report.yaml")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"(?<!\d)202[56](?!\d)", line) and BASIS not in line and "评价年度 2026" not in line
    }
    assert naming
    assert set(re.findall(r"2026/(\S+?:\d+):", output)) == naming
    assert '0-book.zj:20: 说明 "2026-05-30 是星期六' in output


def test_a_year_without_its_document_says_so(workplace: Path) -> None:
    output = run("new", "zhanjiang/2026", "--from", "zhanjiang/2025").output
    assert "依据 待填" in output
    assert '依据 "（待填：2026 年度的通知和文号）"' in (workplace / "rules/zhanjiang/2026/0-book.zj").read_text("utf-8")


def test_a_rule_set_that_amends_another_is_copied_as_one(workplace: Path) -> None:
    folder = workplace / "rules/zhanjiang/2026-03"
    folder.mkdir()
    head = "规则集 补充通知\n  语言 1\n  沿用 zhanjiang/2025\n  评价年度 2026\n  依据 《甲》\n  自 2026-03-01 起施行\n"
    change = '修改 参数 调剂权重 = 50%\n  依据 "乙"\n  突破 "要求"\n'
    (folder / "0-book.zj").write_text(head + change, "utf-8")
    assert (
        run("new", "zhanjiang/2027", "--from", "zhanjiang/2026-03", "--basis", "丙", "--year", "2026").return_value == 0
    )
    old, new = (load(f"zhanjiang/{year}")[0] for year in ("2026-03", "2027"))
    assert old is not None
    assert new is not None
    assert new.bases == ()
    assert new.program.book.basis == "丙"
    assert meaning_of(old.program) == meaning_of(new.program)
    assert "# 出自" not in (workplace / "rules/zhanjiang/2027/0-book.zj").read_text("utf-8")


@pytest.mark.parametrize(
    "args",
    [
        ["zhanjiang/2025", "--from", "zhanjiang/2025"],
        ["../2026", "--from", "zhanjiang/2025"],
        ["zhanjiang/下一年", "--from", "zhanjiang/2025"],
        ["zhanjiang/2026"],
        ["zhanjiang/2026", "--from", "zhanjiang/2025", "--rules", "zhanjiang/2025"],
    ],
)
def test_what_cannot_be_a_new_year_is_wrong_usage(workplace: Path, args: list[str]) -> None:
    assert type(run("new", *args).exception).__name__ == "UsageError"
    assert sorted(p.name for p in (workplace / "rules/zhanjiang").iterdir()) == ["2025"]


def test_an_old_year_with_errors_is_not_copied(workplace: Path) -> None:
    (workplace / "rules/zhanjiang/2025/9-more.zj").write_text("指标 甲 4 分\n", "utf-8")
    assert run("new", "zhanjiang/2026", "--from", "zhanjiang/2025").return_value == 2
    assert run("new", "zhanjiang/2026", "--from", "zhanjiang/2020").return_value == 2
    assert sorted(p.name for p in (workplace / "rules/zhanjiang").iterdir()) == ["2025"]
