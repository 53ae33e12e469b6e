"""Fact files for rules with other names: only names are written anew, and the scores stay."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from zjrules.bookshelf import gathered
from zjrules.build import build
from zjrules.cli.main import group
from zjrules.inout.asset import asset
from zjrules.migrate import renames
from zjrules.project import load

CASES = asset("rules").parent / "cases/zhanjiang-2025"
HEAD = """规则集 全部改名
  语言 1
  沿用 zhanjiang/2025
  评价年度 2025
  依据 《甲》
  自 2026-03-01 起施行
"""


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, standalone_mode=False)


def _every_name() -> list[str]:
    """Return an amendment for every name that a fact file of zhanjiang/2025 can hold."""
    rules, _ = load("zhanjiang/2025")
    assert rules is not None
    schema = rules.program.schema
    found = [("事实", n) for n in schema.facts] + [("明细", n) for n in schema.ledgers]
    found += [("指标", i.name) for i in rules.indicators()]
    found += [(f"{'一二'[g.level - 1]}级指标", g.name) for g in rules.program.groups if hasattr(g, "level")]
    lines = [f'更名 {kind} 「{name}」 为 「新{name}」\n  依据 "乙"\n  突破 "丙"\n' for kind, name in found]
    for ledger in schema.ledgers.values():
        for column in ledger.columns:
            lines.append(
                f'更名 明细 「{ledger.name}」 的 列名 「{column}」 为 「新{column}」\n  依据 "乙"\n  突破 "丙"\n'
            )
    return lines


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a rule set that renames all there is in zhanjiang/2025, and the cases of the latter."""
    folder = tmp_path / "rules/zhanjiang/renamed"
    folder.mkdir(parents=True)
    (folder / "0-book.zj").write_text(HEAD + "".join(_every_name()), "utf-8")
    shutil.copytree(CASES, tmp_path / "cases/zhanjiang-2025", ignore=shutil.ignore_patterns("*.xlsx", "*.txt"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_signed_case_holds_under_the_new_names(workplace: Path) -> None:
    result = run("migrate", "cases/zhanjiang-2025", "--to", "zhanjiang/renamed", "-o", "cases/renamed")
    assert result.return_value == 0, result.output
    assert "另要" not in result.output
    shutil.rmtree(workplace / "cases/zhanjiang-2025")
    tested = run("test", "zhanjiang/renamed")
    assert tested.return_value == 0, tested.output
    assert tested.output.count("相符") >= len(list(CASES.glob("*.yaml")))
    # The old names mean nothing to the new rules.
    old = run("check", str(CASES / "05-full-department.yaml"), "--rules", "zhanjiang/renamed", "--brief")
    assert "总分 0.00 至 100.00" in old.output


def test_only_names_are_written_anew(workplace: Path) -> None:
    run("migrate", "cases/zhanjiang-2025", "--to", "zhanjiang/renamed", "-o", "新")
    for path in sorted(CASES.glob("*.yaml")):
        old = path.read_text("utf-8").splitlines()
        new = (workplace / "新" / path.name).read_text("utf-8").splitlines()
        assert len(new) == len(old)
        for before, after in zip(old, new, strict=True):
            assert after.replace("新", "").replace("zhanjiang/renamed", "zhanjiang/2025") == before.replace("新", "")


def test_names_are_followed_from_day_to_day_and_may_change_places(workplace: Path) -> None:
    day = "自 2026-0{}-01 起施行\n"
    changes = [("预算调剂额", "调整额", 1), ("调整额", "年初预算数", 2), ("年初预算数", "调整额", 2)]
    text = "".join(
        f'更名 事实 {old} 为 {new}\n  依据 "乙"\n  突破 "丙"\n  {day.format(month)}' for old, new, month in changes
    )
    folder = workplace / "rules/zhanjiang/twice"
    folder.mkdir()
    (folder / "0-book.zj").write_text(HEAD + text, "utf-8")
    texts, _ = gathered("zhanjiang/twice")
    assert texts is not None
    built, problems = build(texts.own, texts.std, texts.spare, texts.bases)
    assert built is not None, [d.message for d in problems]
    assert built.book is not None
    found = renames("zhanjiang/2025", texts, built.book)
    assert found is not None
    assert found.facts == {"预算调剂额": "年初预算数", "年初预算数": "调整额"}
    later = renames("zhanjiang/twice@2026-01-15", texts, built.book)
    assert later is not None
    assert later.facts == {"调整额": "年初预算数", "年初预算数": "调整额"}
    assert renames("hunan/2015", texts, built.book) is None


FACTS = """# 头
规则: zhanjiang/2025   # 按哪一本
单位: 某局
事实:
  "预算调剂额": {值: 0 元, 佐证: '调剂审批表'}  # 没有
  没有这一项: 3 元
"""


def test_what_cannot_be_migrated_is_listed_and_kept(workplace: Path) -> None:
    Path("某局.yaml").write_text(FACTS, "utf-8")
    result = run("migrate", "某局.yaml", "--to", "zhanjiang/renamed", "-o", "新")
    assert result.return_value == 1
    assert "1 处换不过去" in result.output
    assert "没有叫「没有这一项」的事实" in result.output
    expected = FACTS.replace("zhanjiang/2025", "zhanjiang/renamed").replace("预算调剂额", "新预算调剂额")
    assert (workplace / "新/某局.yaml").read_text("utf-8") == expected
    assert Path("某局.yaml").read_text("utf-8") == FACTS


def test_without_a_place_nothing_is_written_and_nothing_is_written_over(workplace: Path) -> None:
    Path("某局.yaml").write_text(FACTS.replace("  没有这一项: 3 元\n", ""), "utf-8")
    before = sorted(workplace.rglob("*"))
    assert run("migrate", "某局.yaml", "--to", "zhanjiang/renamed").return_value == 0
    assert sorted(workplace.rglob("*")) == before
    (workplace / "新").mkdir()
    (workplace / "新/某局.yaml").write_text("别的", "utf-8")
    again = run("migrate", "某局.yaml", "--to", "zhanjiang/renamed", "-o", "新")
    assert type(again.exception).__name__ == "UsageError"
    assert run("migrate", "某局.yaml", "--to", "zhanjiang/renamed", "--in-place").return_value == 0
    assert "新预算调剂额" in Path("某局.yaml").read_text("utf-8")


def test_a_full_copy_takes_names_from_the_command_line(workplace: Path) -> None:
    shutil.copytree(asset("rules") / "zhanjiang/2025", workplace / "rules/zhanjiang/2026")
    for path in (workplace / "rules/zhanjiang/2026").glob("*.zj"):
        path.write_text(path.read_text("utf-8").replace("不合规问题数", "违规问题数"), "utf-8")
    Path("某局.yaml").write_text("规则: zhanjiang/2025\n单位: 某局\n事实:\n  不合规问题数: 1 处\n", "utf-8")
    told = run("migrate", "某局.yaml", "--to", "zhanjiang/2026")
    assert told.return_value == 1
    assert "不知道什么改了名" in told.output
    assert "另要 1 项：违规问题数" in told.output
    named = run("migrate", "某局.yaml", "--to", "zhanjiang/2026", "--rename", "不合规问题数=违规问题数", "--in-place")
    assert named.return_value == 0
    assert "违规问题数: 1 处" in Path("某局.yaml").read_text("utf-8")


def test_a_workbook_is_not_migrated(workplace: Path) -> None:
    shutil.copy(CASES / "05-full-department.xlsx", workplace / "某局.xlsx")
    result = run("migrate", "某局.xlsx", "--to", "zhanjiang/renamed", "-o", "新")
    assert result.return_value == 2
    assert "ZJ5140" in result.output
