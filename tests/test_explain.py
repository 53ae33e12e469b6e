"""What an explanation must hold for an auditor to walk it again: the rows that were counted, the formula behind a case."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from zjrules.case import Wish, met
from zjrules.cli.check import command as check
from zjrules.cli.explain import command
from zjrules.cli.outcome import outcomes
from zjrules.explain import columns
from zjrules.explain.deciding import deciding
from zjrules.explain.steps import steps
from zjrules.inout.yaml import Node
from zjrules.term.rule import Program
from zjrules.trace import Step

ROOT = Path(__file__).parent.parent
REAL = "cases/zhanjiang-2025/01-real-report.yaml"
FULL = "cases/zhanjiang-2025/05-full-department.yaml"


def explained(path: str, *names: str) -> str:
    result = CliRunner().invoke(command, [path, *names], standalone_mode=False, catch_exceptions=False)
    return result.output


def test_rows_that_were_counted_are_listed_with_their_place() -> None:
    output = explained("cases/yueyang-2018/01-all-rows.yaml", "支付进度")
    assert "第 2 行符合：专项名称 乙" in output and "第 3 行符合：专项名称 丙" in output and "第 1 行" not in output
    assert "01-all-rows.yaml:34" in output


def test_grades_go_from_low_to_high_as_scores_do() -> None:
    assert columns.span_of(("优", "良", "差")) == "差 至 优" and columns.any_of(("优", "良", "差")) == "差或良或优"
    assert (
        columns.span_of(("良",)) == columns.any_of(("良",)) == "良" and columns.span_of(()) == columns.any_of(()) == ""
    )
    result = CliRunner().invoke(check, [REAL, "--format", "json"], standalone_mode=False)
    unit = json.loads(result.stdout)["单位"][0]
    assert unit["等级"]["按自述"] == ["差", "中", "良", "优"]
    assert "差 至 优" in CliRunner().invoke(check, [REAL, "--brief"], standalone_mode=False).output


@pytest.mark.parametrize(
    ("signed", "got", "holds"),
    [
        ("差 至 优", "差 至 优", True), ("优 至 差", "差 至 优", True), ("良 至 差", "差 至 优", False),
        ("良", "良", True), ("优", "差 至 优", False), ("差 至 优", "优", False),
    ],
)  # fmt: skip
def test_a_span_of_grades_may_be_signed_from_either_end(signed: str, got: str, holds: bool) -> None:
    assert met(Wish("按自述", "等级", "等级", Node(signed, "text")), got) == holds


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


# ---------- forms ----------


def _ran(path: str, *args: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "zjrules.cli.main", "explain", path, *args]
    return subprocess.run(command, capture_output=True, cwd=cwd, env={**os.environ, **env}, check=False)


def test_text_is_the_same_wherever_it_is_piped() -> None:
    settings: list[dict[str, str]] = [
        {}, {"COLUMNS": "40"}, {"COLUMNS": "重"}, {"TERM": "dumb"}, {"TERM": "xterm-256color", "LINES": "5"}, {"NO_COLOR": "1"},
        {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C"}, {"TZ": "Asia/Shanghai"}, {"PYTHONHASHSEED": "7"},
    ]  # fmt: skip
    texts = {_ran(FULL, cwd=ROOT, **env).stdout for env in settings}
    assert len(texts) == 1 and b"\x1b" not in next(iter(texts))


def test_a_file_holds_what_is_printed_and_no_colours(tmp_path: Path) -> None:
    out = tmp_path / "解释.txt"
    _ran(FULL, "-o", str(out), FORCE_COLOR="1", COLUMNS="60")
    assert out.read_bytes() == _ran(FULL).stdout


def test_two_files_that_differ_in_one_fact_differ_where_it_matters(tmp_path: Path) -> None:
    before = (ROOT / FULL).read_text("utf-8")
    after = before.replace("预算调剂额: {值: 250 万元", "预算调剂额: {值: 500 万元")
    assert after != before
    texts = []
    for name, text in (("甲", before), ("乙", after)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "某局.yaml").write_text(text, "utf-8")
        found = _ran("某局.yaml", "--rules", str(ROOT / "rules/zhanjiang/2025"), cwd=tmp_path / name).stdout.decode(
            "utf-8"
        )
        texts.append(found.splitlines())
    one, other = texts
    assert len(one) == len(other)
    changed = [(a.strip(), b.strip()) for a, b in zip(one, other, strict=True) if a != b]
    assert [a.split(" ")[0] for a, _ in changed] == ["2.（1）预算编制约束性", "=", "调剂率", "预算调剂额"]


def test_json_is_that_of_check_and_follows_its_schema() -> None:
    schema = json.loads((ROOT / "engine/zjrules/schema/check.schema.json").read_text("utf-8"))
    whole = json.loads(_ran(FULL, "--format", "json").stdout)
    checked = CliRunner().invoke(check, [FULL, "--format", "json"], standalone_mode=False).output
    assert whole == json.loads(checked)
    some = json.loads(_ran(FULL, "预算编制约束性", "--format", "json").stdout)
    jsonschema.validate(some, schema)
    groups = some["单位"][0]["指标"]
    assert [[kid["名称"] for kid in g["下级"]] for g in groups] == [["预算编制约束性"]]


def test_the_name_of_the_file_says_the_form_and_nothing_is_overwritten(tmp_path: Path) -> None:
    for name, start in (("甲.html", "<!DOCTYPE html>"), ("甲.md", "# "), ("甲.json", "{"), ("甲.txt", "某市")):
        out = tmp_path / name
        assert _ran(FULL, "-o", str(out)).returncode == 0
        assert out.read_text("utf-8").startswith(start)
        refused = _ran(FULL, "-o", str(out))
        assert refused.returncode == 3 and "--force" in refused.stderr.decode("utf-8")
        assert _ran(FULL, "-o", str(out), "--force").returncode == 0
    assert _ran(FULL, "-o", str(tmp_path / "没有" / "甲.html")).returncode == 2
    assert _ran(FULL, "--format", "html").returncode == 3


def test_facts_that_cannot_be_used_write_no_file(tmp_path: Path) -> None:
    bad = tmp_path / "坏.yaml"
    bad.write_text("规则: zhanjiang/2025\n单位: 甲\n事实:\n  预算调济额: 0 元\n", "utf-8")
    result = _ran(str(bad), "-o", str(tmp_path / "解释.html"))
    assert result.returncode == 2 and "ZJ5010" in result.stderr.decode("utf-8")
    assert not (tmp_path / "解释.html").exists()
    assert json.loads(_ran(str(bad), "--format", "json").stdout)["单位"][0]["发现"][0]["代码"] == "ZJ5010"


# ---------- what decided, and the steps ----------


def _steps(path: str, name: str) -> tuple[Step, Program]:
    scored, _ = outcomes((Path(path),), ())[0]
    assert scored is not None
    found = next(s for s in scored.claimed.indicators() if getattr(s.term, "name", "") == name)
    return found, scored.claimed.program


def test_the_steps_unfold_a_let_once_and_a_word_by_its_inputs() -> None:
    lines = [f"{'  ' * x.level}{x.text}：{x.value}" for x in steps(*_steps(FULL, "预算编制约束性"))]
    assert "        调剂率：5%" in lines
    assert "          预算调剂额 ÷ 年初预算数：2,500,000 元 ÷ 50,000,000 元 = 5%" in lines
    assert not [x for x in lines if "保底" in x]


def test_of_a_choice_the_branch_that_was_taken_decides() -> None:
    step, _ = _steps(REAL, "三公经费控制")
    assert [(x.span.text, x.open) for x in deciding(step)] == [("若 三公经费支出 ≤ 三公经费预算 则 满分", False)]
    step, _ = _steps(REAL, "收益上缴及时性")
    assert [x.span.text[:4] for x in deciding(step)] == ["不适用 "]
    step, _ = _steps(REAL, "采购活动合规性")
    assert [(x.span.text, x.open) for x in deciding(step)] == [("每 1 起 投诉成立或处罚数 扣 1 分", True)]
