"""Rule sets that amend others, found on disk and shown: bases, days, files, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from books import head
from click.testing import CliRunner, Result

from zjrules.certificate.document import meaning_of
from zjrules.cli.main import group
from zjrules.layer import based_on
from zjrules.project import load
from zjrules.span import Source

BASE = head(4) + (
    "指标 一 4 分\n  得分 若 率 ≥ 线 则 满分 否则 0 分\n参数 线 = 90%\n  可调\n事实 率 : 比率 介于 0% 至 100%\n"
)
NOTICE = "规则集 通知\n  语言 1\n  沿用 {base}\n  评价年度 2026\n  依据 《甲》\n  自 2026-03-01 起施行\n"
CHANGE = '修改 参数 线 = {line}\n  依据 "乙"\n  自 2026-0{month}-01 起施行\n'


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, standalone_mode=False)


def put(folder: Path, text: str, name: str = "0-book.zj") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a rules folder with a base, a rule set that amends it twice, and one that amends that one."""
    root = tmp_path / "rules"
    put(root / "t/2025", BASE)
    put(root / "t/2026", NOTICE.format(base="t/2025") + CHANGE.format(line="80%", month=3))
    put(root / "t/2026", CHANGE.format(line="70%", month=7), "1-later.zj")
    put(
        root / "t/city",
        NOTICE.format(base="t/2026") + CHANGE.format(line="60%", month=9).replace('"乙"', '"乙"\n  突破 "丙"'),
    )
    monkeypatch.chdir(tmp_path)
    return root


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("t/2025", "90%"), ("t/2026@2026-02-28", "90%"), ("t/2026@2026-03-01", "80%"), ("t/2026@2026-06-30", "80%"),
        ("t/2026", "70%"), ("t/city", "60%"), ("t/city@2026-08-31", "70%"), ("t/city@2025-01-01", "90%"),
    ],
)  # fmt: skip
def test_a_book_is_what_is_in_force_on_a_day(rules: Path, name: str, line: str) -> None:
    found, problems = load(name)
    assert found is not None, problems
    assert found.program.params["线"].text == line
    assert f"参数 线 = {line}" in run("show", name).output


def test_what_is_shown_is_a_book_that_means_the_same(rules: Path) -> None:
    assert run("show", "t/city", "--as-of", "2026-07-01", "-o", "全文.zj").return_value == 0
    text = Path("全文.zj").read_text("utf-8")
    assert "# t/city 的全文，截至 2026-07-01\n# 沿用 t/2026、t/2025" in text
    assert "# 出自 rules/t/2025/0-book.zj" in text
    assert "自 2026-07-01 起施行，rules/t/2026/1-later.zj:1，依据 乙" in text
    (whole, _), (city, _) = load("全文.zj"), load("t/city@2026-07-01")
    assert whole is not None
    assert city is not None
    assert whole.bases == ()
    assert meaning_of(whole.program) == meaning_of(city.program)
    assert run("fmt", "--check", "全文.zj").return_value == 0
    assert type(run("show", "t/city", "-o", "全文.zj").exception).__name__ == "UsageError"
    assert run("show", "t/city", "-o", "全文.zj", "--force").return_value == 0


def test_a_base_is_found_beside_the_book_wherever_one_stands(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "别处"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert "70%" in run("show", str(rules / "t/2026")).output


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("t/2024", "没有叫「t/2024」的规则集可以沿用"),
        ("t/itself", "绕回了自己"),
        ("../t/2025", "没有叫「../t/2025」的规则集可以沿用"),
        ('"../t/2025"', "没有叫「../t/2025」的规则集可以沿用"),
        ("t / 2025", "没有叫「t」的规则集可以沿用"),
        ("# 底本\n  t/2025", "「沿用 t/2025」没有认出来"),
    ],
)
def test_a_base_that_cannot_be_used_is_reported(rules: Path, base: str, said: str) -> None:
    put(rules / "t/itself", NOTICE.format(base=base))
    result = run("show", "t/itself")
    assert result.return_value == 2
    assert said in result.output


def test_two_that_amend_each_other_are_reported(rules: Path) -> None:
    put(rules / "t/a", NOTICE.format(base="t/b"))
    put(rules / "t/b", NOTICE.format(base="t/a"))
    for name in ("t/a", "t/b"):
        assert "绕回了自己" in run("show", name).output
    assert run("rules").return_value == 2


def test_errors_of_the_base_are_shown_where_they_stand(rules: Path) -> None:
    put(rules / "t/2025", BASE.replace("率 ≥ 线", "率 ≥ 界"))
    result = run("show", "t/2026")
    assert result.return_value == 2
    assert "rules/t/2025/0-book.zj" in result.output


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("规则集 甲\n  沿用 t/2025\n", "t/2025"),
        ("规则集 甲 语言 1 沿用　t／2025-a。发布 “乙”", "t/2025-a"),
        ('规则集 甲\n  沿用 "t/2025"\n', "t/2025"),
        ("规则集 甲  # 沿用 t/2025\n", None),
        ('规则集 甲\n  说明 "以前 沿用 t/2025 的"\n', None),
        ("指标 沿用率 4 分\n", None),
    ],
)
def test_what_a_text_is_based_on(text: str, name: str | None) -> None:
    found = based_on([Source("规则.zj", text)])
    assert (found[0] if found is not None else None) == name
