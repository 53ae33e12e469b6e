"""What an explanation must hold for an auditor to walk it again: the rows that were counted, the formula behind a case."""

from __future__ import annotations

from click.testing import CliRunner

from zjrules.cli.check import command as check
from zjrules.cli.explain import command


def explained(path: str, *names: str) -> str:
    result = CliRunner().invoke(command, [path, *names], standalone_mode=False, catch_exceptions=False)
    return result.output


def test_rows_that_were_counted_are_listed_with_their_place() -> None:
    output = explained("cases/yueyang-2018/01-all-rows.yaml", "支付进度")
    assert "第 2 行符合：专项名称 乙" in output and "第 3 行符合：专项名称 丙" in output and "第 1 行" not in output
    assert "01-all-rows.yaml:34" in output


def test_the_case_that_held_shows_how_its_points_came() -> None:
    output = explained("cases/yueyang-2018/01-all-rows.yaml", "三公经费变动率")
    assert "(1,030,000 元 - 1,000,000 元) ÷ 1,000,000 元" in output
    assert "3% 比 0% 每超 1 个百分点 扣 0.5 分（整步），超 3 步，扣完为止" in output


def test_a_mean_of_other_units_says_over_whom() -> None:
    files = [f"cases/staffing-2024/0{i}-{n}.yaml" for i, n in ((1, "first"), (2, "second"), (3, "third"))]
    output = CliRunner().invoke(check, [*files, "--全体"], standalone_mode=False, catch_exceptions=False).output
    assert "全体单位的 平均年龄：3 个单位，40 岁（甲局（虚构）） 至 44.5 岁（丙局（虚构））" in output
    assert "不适用：非 是专业部门 成立，按 同级平均，得 1.88" in output
    assert "全体单位的 本项得分：2 个单位，1.75 分（丙局（虚构）） 至 2 分（甲局（虚构））" in output


def test_one_unit_is_explained_among_all() -> None:
    path = "cases/staffing-2024/03-third.yaml"
    assert "0.00 至 2.00 / 2 分" in explained(path, "编制使用名次")
    output = explained(path, "编制使用名次", "--全体", "cases/staffing-2024")
    assert "1.90 / 2 分" in output and "全体单位的 编制使用率：3 个单位，90%（甲局（虚构）） 至 95%" in output
