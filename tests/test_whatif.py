"""zjrules whatif and explain --margin on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from zjrules.cli import explain, whatif
from zjrules.project import load

ROOT = Path(__file__).parent.parent
FULL = str(ROOT / "cases/zhanjiang-2025/05-full-department.yaml")
REAL = str(ROOT / "cases/zhanjiang-2025/01-real-report.yaml")


def run(*args: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "140"}).invoke(whatif.command, list(args), standalone_mode=False)
    return (result.return_value if isinstance(result.return_value, int) else 3), result.output + str(result.exception)


def test_margins_stand_below_each_indicator() -> None:
    result = CliRunner(env={"COLUMNS": "140"}).invoke(explain.command, [FULL, "固定资产利用率", "--margin"])
    assert "往上到" in result.output
    line = next(x for x in result.output.splitlines() if x.strip().startswith("在用固定资产原值") and "低于" in x)
    assert line.split() == "在用固定资产原值 27,000,000 元 — 低于 27,000,000 元 1.50".split()


def test_margins_of_a_report_with_missing_facts() -> None:
    result = CliRunner().invoke(explain.command, [REAL, "--margin"], standalone_mode=False)
    assert result.exception is None


def test_why_not_names_the_condition_and_the_distance(tmp_path: Path) -> None:
    lower = tmp_path / "某局.yaml"
    lower.write_text(Path(FULL).read_text("utf-8").replace("2700 万元", "2600 万元"), "utf-8")
    args = [str(lower), "固定资产利用率", "自评公开", "--why-not", "满分"]
    result = CliRunner(env={"COLUMNS": "140"}).invoke(explain.command, args, standalone_mode=False)
    lines = [x.split() for x in result.output.splitlines()]
    assert "2.00 在用固定资产原值 ÷ 固定资产原值 ≥ 90% ≈86.6667% ≈3.3333%".split() in lines
    assert "1.00 齐备件数 = 3 个 2 个 1 个".split() in lines
    everything = [node.name for node in load("zhanjiang/2025")[0].indicators()]  # type: ignore[union-attr]
    for path in (FULL, REAL):
        result = CliRunner().invoke(explain.command, [path, *everything, "--why-not", "满分"], standalone_mode=False)
        assert result.exception is None


def test_scores_side_by_side_with_what_turned() -> None:
    code, text = run(FULL, "--set", "在用固定资产原值=2600万元", "--set", "存在截留挤占挪用=是")
    assert code == 1 or code == 0
    lines = [x.split() for x in text.splitlines()]
    assert ["6.（6）固定资产利用率", "2", "2.00", "1.50", "-0.50"] in lines
    assert ["总分", "100", "87.32", "83.82", "-3.50"] in lines
    assert "固定资产利用率  分档 在用固定资产原值 ÷ 固定资产原值：≥ 90% → ≥ 75%" in text
    assert "财务管理合规性  存在截留挤占挪用：不成立 → 成立" in text


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("固定资原值=1万元", "ZJ5010"), ("固定资产原值=5", "ZJ5013"), ("固定资产原值=-5元", "ZJ5015"),
        ("预算公开日=2025-02-30", "ZJ5014"), ("不合规问题数=1.5处", "ZJ5016"), ("有食堂=也许", "ZJ5011"),
    ],
)  # fmt: skip
def test_a_supposed_value_is_fitted_like_any_other(setting: str, code: str) -> None:
    exit_code, text = run(FULL, "--set", setting)
    assert exit_code == 2 and code in text


def test_what_reaches_a_score() -> None:
    code, text = run(FULL, "--reach", "满分", "部门预算资金支出率", "财务管理合规性")
    assert code in (0, 1)
    row = "支出合计 52,000,000 元 54,972,500 元 +2,972,500 元 10.00 得 9.99 54,972,500 元".split()
    assert row in [x.split() for x in text.splitlines()]
    assert "单改这一项到不了" in run(FULL, "--reach", "满分", "预算编制约束性")[1]
    assert "现在就是这个分" in run(FULL, "--reach", "满分", "固定资产利用率")[1]


@pytest.mark.parametrize(
    "args",
    [
        (), ("--reach", "满分"), ("--set", "甲"), ("--reach", "很多", "固定资产利用率"), ("--reach", "满分", "固定资产"),
        ("--set", "有食堂=是", "--reach", "满分", "固定资产利用率"),
    ],
)  # fmt: skip
def test_wrong_usage(args: tuple[str, ...]) -> None:
    assert run(FULL, *args)[0] == 3
