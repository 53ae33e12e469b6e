"""zjrules whatif and explain --margin on a terminal."""

from __future__ import annotations

from pathlib import Path

import openpyxl
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


# ---------- all units, units summed up, a unit's own workbook ----------

CITY = ROOT / "cases/staffing-2024"
SECOND = str(CITY / "02-second.yaml")


def _lines(text: str) -> list[list[str]]:
    return [x.split() for x in text.splitlines()]


def test_one_unit_moves_the_others_ranks_and_means() -> None:
    """使用率 90%、95%、95%，平均年龄 40、42、44.5 岁.

    With 80% 乙局 is first, 甲局 second, and 丙局 third after having shared the second rank. With 50 岁 the mean is 44 5/6:
    乙局 is five whole steps of 0.5 above it, and 丙局, two steps above 42 1/6 before, is not above it any more.
    """
    before = run(SECOND, "--set", "编制使用率=95%", "--全体", str(CITY))[1]
    assert "别的单位的得分不变" in before
    code, text = run(SECOND, "--set", "编制使用率=80%", "--set", "平均年龄=50岁", "--全体", str(CITY))
    assert code in (0, 1)
    rows = _lines(text)
    assert ["1.（1）编制使用名次", "2", "1.90", "2.00", "+0.10"] in rows
    assert ["1.（2）平均年龄与同级比", "2", "2.00", "0.00", "-2.00"] in rows
    assert "别的单位 2 个，2 个的得分跟着变" in text
    assert ["甲局（虚构）", "14.00", "13.90", "-0.10", "优", "编制使用名次"] in rows
    assert ["丙局（虚构）", "6.65", "7.55", "+0.90", "差", "编制使用名次、平均年龄与同级比"] in rows
    alone = run(SECOND, "--set", "编制使用率=80%")[1]
    assert "别的单位" not in alone and "至" in alone


def test_a_folder_without_other_units_is_said_to_have_none(tmp_path: Path) -> None:
    (tmp_path / "乙局.yaml").write_bytes(Path(SECOND).read_bytes())
    text = run(str(tmp_path / "乙局.yaml"), "--set", "编制使用率=80%", "--全体", str(tmp_path))[1]
    assert "目录里没有别的单位" in text


def test_what_reaches_a_rank() -> None:
    text = run(SECOND, "--reach", "满分", "编制使用名次", "--全体", str(CITY))[1]
    assert ["编制使用率", "95%", "90%", "-5%", "2.00", "得", "1.90", "90%"] in _lines(text)
    assert "现在算不出" in run(SECOND, "--reach", "满分", "编制使用名次")[1]
    result = CliRunner().invoke(explain.command, [SECOND, "编制使用名次", "--margin", "--全体", str(CITY)])
    assert "编制使用率 95% 超过 95% 1.80 90% 2.00".split() in _lines(result.output)


def test_all_units_that_are_not_comparable_are_said(tmp_path: Path) -> None:
    for path in CITY.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "04.yaml").write_text("单位: [", "utf-8")
    code, text = run(str(tmp_path / "02-second.yaml"), "--set", "编制使用率=80%", "--全体", str(tmp_path))
    assert code == 1 and "ZJ5034" in text and "别的单位" not in text


def test_a_department_of_units_is_changed_as_a_whole(tmp_path: Path) -> None:
    units = tmp_path / "下属"
    units.mkdir()
    for name, amount in (("甲", "1000 万元"), ("乙", "1700 万元")):
        text = f"单位: {name}\n事实: {{在用固定资产原值: {amount}, 固定资产原值: 1500 万元}}\n"
        (units / f"{name}.yaml").write_text(f"规则: zhanjiang/2025\n{text}", "utf-8")
    own = tmp_path / "某局.yaml"
    own.write_text("规则: zhanjiang/2025\n单位: 某局\n事实: {}\n", "utf-8")
    text = run(str(own), "--set", "在用固定资产原值=2600万元", "固定资产利用率", "--汇总", str(units))[1]
    assert ["6.（6）固定资产利用率", "2", "2.00", "1.50", "-0.50"] in _lines(text)
    args = [str(own), "固定资产利用率", "--margin", "--汇总", str(units)]
    result = CliRunner(env={"COLUMNS": "140"}).invoke(explain.command, args)
    assert "27,000,000 元 — 低于 27,000,000 元 1.50" in " ".join(result.output.split())


MAPPING = """映射: staffing/2024-city
已核: 是
单位: {格: "表!B1"}
事实:
  编制使用率: {格: "表!B2"}
"""


def test_a_unit_s_own_workbook_among_all_units(tmp_path: Path) -> None:
    """Only FACTS is read by the mapping; the file of the same unit in the folder is another unit's there."""
    city, own, mapping = tmp_path / "全市", tmp_path / "乙局.xlsx", tmp_path / "全市" / "映射.yaml"
    city.mkdir()
    for name in ("01-first.yaml", "03-third.yaml"):
        (city / name).write_bytes((CITY / name).read_bytes())
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "表"
    page.append(["单位", "乙局（虚构）"])
    page.append(["编制使用率", "95%"])
    book.save(own)
    mapping.write_text(MAPPING, "utf-8")
    more = ("--map", str(mapping), "--全体", str(city))
    text = run(str(own), "--set", "编制使用率=80%", *more)[1]
    assert ["1.（1）编制使用名次", "2", "1.90", "2.00", "+0.10"] in _lines(text), text
    assert "别的单位 2 个，2 个的得分跟着变" in text
    assert "90%" in run(str(own), "--reach", "满分", "编制使用名次", *more)[1]
    result = CliRunner().invoke(explain.command, [str(own), "编制使用名次", "--why-not", "满分", *more])
    assert "这个指标按公式算" in result.output
