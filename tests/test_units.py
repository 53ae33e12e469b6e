"""Several units, several rule sets, several assessors: 全体, 汇总, 复核, and one workbook for many books."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from click.testing import CliRunner, Result

from zjrules.cli.check import command
from zjrules.cli.explain import command as explain
from zjrules.cli.reconcile import command as reconcile
from zjrules.inout.workbook.databook import workbook
from zjrules.project import load

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "engine/zjrules/schema/check.schema.json").read_text("utf-8"))
BOOK = """规则集 部门汇总
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 10 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 9 分，差 其余
事实 预算 : 金额 > 0 元   佐证 "批复"
事实 支出 : 金额 ≥ 0 元   佐证 "决算"
事实 都公开 : 是否   汇总 全部
事实 有违规 : 是否   汇总 任一
事实 最晚报送 : 日期   汇总 最晚
事实 满意度 : 比率 介于 0% 至 100%
明细 合同
  列名 名称 : 文本
  列名 按时 : 是否
一级指标 全部 10 分
指标 支出率 4 分
  得分 满分 × 限于(支出 ÷ 预算，下限：0%，上限：100%)
指标 公开 1 分
  得分 若 都公开 且 非 有违规 则 满分 否则 0 分
指标 报送 1 分
  套用 按时 实际日 最晚报送 期限 2026-05-30
指标 合同 2 分
  不适用 当 计数(合同) = 0 个 按 满分
  得分 满分 × 占比(合同 其中 按时)
指标 满意 2 分
  得分 满分 × 满意度
"""
DEPARTMENT = "单位: 某局\n事实:\n  满意度: 90%\n"
UNITS = {
    "甲.yaml": "单位: 甲中心\n事实:\n  预算: {值: 60 万元, 佐证: 批复}\n  支出: {值: 60 万元, 佐证: 决算}\n  都公开: 是\n  有违规: 否\n"
    "  最晚报送: 2026-05-20\n明细:\n  合同: [{名称: 一, 按时: 是}, {名称: 二, 按时: 否}]\n",
    "乙.yaml": "单位: 乙中心\n事实:\n  预算: {值: 40 万元, 佐证: 批复}\n  支出: {值: 30 万元, 佐证: 决算}\n  都公开: 是\n  有违规: 否\n"
    "  最晚报送: 2026-05-30\n明细:\n  合同: [{名称: 三, 按时: 是}, {名称: 四, 按时: 是}]\n",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "书").mkdir()
    (tmp_path / "书" / "0.zj").write_text(BOOK, "utf-8")
    (tmp_path / "下属").mkdir()
    for name, text in UNITS.items():
        (tmp_path / "下属" / name).write_text(text, "utf-8")
    (tmp_path / "某局.yaml").write_text(DEPARTMENT, "utf-8")
    return tmp_path


def run(*args: object) -> Result:
    return CliRunner().invoke(command, [str(a) for a in args], standalone_mode=False, catch_exceptions=False)


def scored(place: Path, *more: object) -> dict[str, dict[str, str]]:
    result = run(place / "某局.yaml", "--rules", place / "书", "--汇总", place / "下属", "--format", "json", *more)
    document = json.loads(result.output)
    jsonschema.validate(document, SCHEMA)
    (unit,) = document["单位"]
    found = {i["名称"]: i["按自述"] for g in unit["指标"] for i in g["下级"]}
    return {**found, "总分": unit["总分"]["按自述"]}


def test_a_department_is_made_from_its_units(place: Path) -> None:
    # 90 ÷ 100 × 4 + 1 + 1（5 月 30 日当天）+ 3 ÷ 4 × 2 + 90% × 2
    found = scored(place)
    assert {n: v["显示"] for n, v in found.items()} == {
        "支出率": "3.60", "公开": "1.00", "报送": "1.00", "合同": "1.50", "满意": "1.80", "总分": "8.90",
    }  # fmt: skip


def test_the_explanation_leads_to_the_units_files_and_lines(place: Path) -> None:
    output = run(place / "某局.yaml", "--rules", place / "书", "--汇总", place / "下属").output
    assert "甲中心：60 万元" in output or "甲中心：600,000 元" in output
    assert "下属/乙.yaml:4" in output
    assert "第 4 行（甲中心）不符" in output and "合计 2 个单位" in output and "下属/甲.yaml:9" in output


def test_what_one_unit_does_not_state_stays_open_by_its_name(place: Path) -> None:
    unit = place / "下属" / "乙.yaml"
    unit.write_text(
        unit.read_text("utf-8").replace("  支出: {值: 30 万元, 佐证: 决算}\n", "").replace("  都公开: 是\n", ""),
        "utf-8",
    )
    found = scored(place)
    assert found["支出率"]["显示"] == "2.40 至 4.00"
    assert found["支出率"]["缺"] == ["乙中心：支出"]  # type: ignore[comparison-overlap]
    assert found["公开"]["显示"] == "0.00 至 1.00"
    output = run(place / "某局.yaml", "--rules", place / "书", "--汇总", place / "下属").output
    assert "缺：乙中心：支出" in output and "乙中心：缺失" in output


def test_one_that_says_no_decides_whatever_the_others_leave_out(place: Path) -> None:
    (place / "下属" / "甲.yaml").write_text(UNITS["甲.yaml"].replace("都公开: 是", "都公开: 否"), "utf-8")
    (place / "下属" / "乙.yaml").write_text(UNITS["乙.yaml"].replace("  都公开: 是\n", ""), "utf-8")
    assert scored(place)["公开"]["显示"] == "0.00"


def test_a_missing_ledger_of_one_unit_leaves_the_whole_open(place: Path) -> None:
    text = UNITS["乙.yaml"]
    (place / "下属" / "乙.yaml").write_text(text[: text.index("明细:")], "utf-8")
    assert scored(place)["合同"]["缺"] == ["乙中心：合同"]  # type: ignore[comparison-overlap]


def test_a_department_that_says_otherwise_is_shown_both(place: Path) -> None:
    (place / "某局.yaml").write_text(DEPARTMENT + "  支出: {值: 95 万元, 佐证: 决算}\n", "utf-8")
    result = run(place / "某局.yaml", "--rules", place / "书", "--汇总", place / "下属")
    assert "ZJ5031" in result.output and "950,000 元" in result.output and "900,000 元" in result.output
    assert result.return_value == 1


def test_a_ratio_is_not_summed(place: Path) -> None:
    (place / "某局.yaml").write_text("单位: 某局\n", "utf-8")
    (place / "下属" / "甲.yaml").write_text(UNITS["甲.yaml"].replace("事实:\n", "事实:\n  满意度: 80%\n"), "utf-8")
    result = run(place / "某局.yaml", "--rules", place / "书", "--汇总", place / "下属")
    assert "ZJ5033" in result.output
    assert scored(place)["满意"]["显示"] == "0.00 至 2.00"


def test_the_departments_own_file_in_the_folder_is_no_unit(place: Path) -> None:
    own = place / "下属" / "某局.yaml"
    own.write_text(DEPARTMENT + "  预算: {值: 100 万元, 佐证: 批复}\n", "utf-8")
    result = run(own, "--rules", place / "书", "--汇总", place / "下属", "--format", "json")
    (unit,) = json.loads(result.output)["单位"]
    assert unit["总分"]["按自述"]["显示"] == "8.90" and not unit["发现"]


def test_an_empty_folder_and_wrong_usage(place: Path) -> None:
    (place / "空").mkdir()
    result = run(place / "某局.yaml", "--rules", place / "书", "--汇总", place / "空")
    assert result.return_value == 2 and "ZJ5035" in result.output
    assert (
        CliRunner()
        .invoke(command, [str(place / "某局.yaml"), str(place / "某局.yaml"), "--汇总", str(place)])
        .exit_code
        == 2
    )


# ---------- 全体 ----------

PEERS = """规则集 全体单位
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 10 分
  舍入 各指标 不舍入
  舍入 各一级指标 不舍入
  舍入 总分 不舍入
  等级 优 ≥ 9 分，差 其余
事实 票数 : 个数（个） ≥ 0 个
一级指标 全部 10 分
指标 名次分 10 分
  套用 逐档 档次 名次(票数，次序：从大到小，并列：并列取前) 每档 1 分
"""


def peers(place: Path, *more: object) -> Result:
    (place / "书" / "0.zj").write_text(PEERS, "utf-8")
    for name, votes in (("甲", 9), ("乙", 5), ("丙", 5)):
        (place / f"{name}.yaml").write_text(f"单位: {name}\n事实: {{票数: {votes} 个}}\n", "utf-8")
    files = [place / f"{n}.yaml" for n in ("甲", "乙", "丙")]
    return run(*files, "--rules", place / "书", "--format", "json", *more)


def totals(result: Result) -> list[str]:
    document = json.loads(result.output)
    jsonschema.validate(document, SCHEMA)
    return [u["总分"]["按自述"]["显示"] for u in document["单位"]]


def test_all_units_are_compared_only_when_they_are_said_to_be_all(place: Path) -> None:
    assert totals(peers(place, "--全体")) == ["10.00", "9.00", "9.00"]
    alone = peers(place)
    assert totals(alone) == ["0.00 至 10.00"] * 3 and alone.return_value == 1
    assert [f["代码"] for f in json.loads(alone.output)["单位"][0]["发现"]] == ["ZJ6015"]


def test_a_folder_is_all_the_files_in_it(place: Path) -> None:
    peers(place)
    (place / "某局.yaml").unlink()
    shutil.rmtree(place / "下属")
    assert totals(run(place, "--rules", place / "书", "--全体", "--format", "json")) == ["9.00", "9.00", "10.00"]


def test_a_unit_that_cannot_be_read_leaves_the_ranks_open(place: Path) -> None:
    peers(place)
    (place / "乙.yaml").write_text("单位: 乙\n事实: {票数: 很多}\n", "utf-8")
    files = [place / f"{n}.yaml" for n in ("甲", "乙", "丙")]
    result = run(*files, "--rules", place / "书", "--全体")
    assert result.return_value == 2 and "ZJ5034" in result.output
    twice = run(place / "甲.yaml", place / "甲.yaml", "--rules", place / "书", "--全体")
    assert "给了两次" in twice.output


def test_all_units_by_several_rule_sets(place: Path) -> None:
    peers(place)
    (place / "又").mkdir()
    (place / "又" / "0.zj").write_text(PEERS.replace("从大到小", "从小到大"), "utf-8")
    files = [place / f"{n}.yaml" for n in ("甲", "乙", "丙")]
    both = run(*files, "--rules", place / "书", "--rules", place / "又", "--全体", "--format", "json")
    assert totals(both) == ["10.00", "8.00", "9.00", "10.00", "9.00", "10.00"]
    (place / "丙.yaml").write_text(f"规则: {place / '书'}\n单位: 丙\n事实: {{票数: 1 个}}\n", "utf-8")
    for name in ("甲", "乙"):
        text = f"规则: [{place / '书'}, {place / '又'}]\n单位: {name}\n事实: {{票数: 1 个}}\n"
        (place / f"{name}.yaml").write_text(text, "utf-8")
    assert "各本规则的单位数不同" in run(*files, "--全体").output


def test_a_rank_is_no_band_that_a_displayed_value_falls_into(place: Path) -> None:
    ranked = PEERS.replace("套用 逐档 档次 名次(", "判定\n    当 名次(").replace(
        " 每档 1 分", " ≤ 1 得 满分\n    其余 得 0 分"
    )
    (place / "书" / "0.zj").write_text(ranked.replace("指标 名次分", "事实 支出率 : 比率\n指标 名次分"), "utf-8")
    rules, problems = load(str(place / "书"))
    assert rules is not None, problems
    for name, votes in (("甲", 9), ("乙", 5)):
        book = openpyxl.load_workbook(io.BytesIO(workbook(rules)))
        book["封面"]["B3"] = name
        cells = {row[0].value: row[1] for row in book["事实"].iter_rows()}
        cells["票数"].value = votes
        cells["支出率"].value, cells["支出率"].number_format = 0.8996, "0%"
        book.save(place / f"{name}.xlsx")
    result = run(place / "甲.xlsx", place / "乙.xlsx", "--全体", "--format", "json")
    assert totals(result) == ["10.00", "0.00"] and "ZJ5053" not in result.output


# ---------- 复核 ----------


def review(place: Path, text: str, *more: object) -> Result:
    (place / "某局.yaml").write_text(text, "utf-8")
    return run(place / "某局.yaml", "--rules", place / "书", *more)


REVIEWED = """单位: 某局
事实:
  预算: {值: 100 万元, 佐证: 批复}
  支出: {值: 100 万元, 复核: 80 万元, 复核理由: 两笔不属于本年}
  都公开: {值: 是, 复核: 否, 复核理由: 网页打不开}
  有违规: 否
  最晚报送: 2026-05-30
  满意度: 100%
明细:
  合同: [{名称: 一, 按时: {值: 是, 复核: 否, 复核理由: 合同日期不符}}, {名称: 二, 按时: 是}]
"""


def test_both_assessors_are_shown_with_the_deviation(place: Path) -> None:
    result = review(place, REVIEWED, "--format", "json")
    (unit,) = json.loads(result.output)["单位"]
    jsonschema.validate(json.loads(result.output), SCHEMA)
    # 自评 4 + 1 + 1 + 2 + 2 = 10；复核 3.2 + 0 + 1 + 1 + 2 = 7.2
    assert unit["总分"]["按自述"]["值"] == "10" and unit["总分"]["复核"]["值"] == "36/5"
    assert unit["总分"]["偏差率"] == "7/25"
    assert unit["等级"] == {"按自述": ["优"], "仅有佐证": ["差", "优"], "复核": ["差"]}
    assert [c["事实"] for c in unit["复核"]] == ["支出", "都公开", "合同 第 1 行「按时」"]
    text = review(place, REVIEWED).output
    assert "偏差率" in text and "28.00%" in text and "复核改了 3 项事实" in text
    assert "支出：自评 100 万元 → 复核 80 万元（两笔不属于本年）" in text


def test_both_scores_are_explained(place: Path) -> None:
    output = review(place, REVIEWED).output
    assert "4 × 限于(1,000,000 元 ÷ 1,000,000 元, 0%, 100%) = 4" in output
    assert "4 × 限于(800,000 元 ÷ 1,000,000 元, 0%, 100%) = 3.2" in output
    assert output.count("（3）报送  ") == 1 or output.count("1.（3）报送") == 2  # once in the table, once explained


def test_a_review_is_checked_like_any_value(place: Path) -> None:
    wrong = review(place, REVIEWED.replace("复核: 80 万元", "复核: 80 人"))
    assert wrong.return_value == 2 and "ZJ5012" in wrong.output
    silent = review(place, REVIEWED.replace(", 复核理由: 网页打不开", ""))
    assert silent.return_value == 2 and "「都公开」的复核没有写理由" in silent.output


def test_a_reviewer_may_write_a_file_of_his_own(place: Path) -> None:
    (place / "复核.yaml").write_text("事实:\n  支出: {复核: 80 万元, 复核理由: 两笔不属于本年}\n", "utf-8")
    own = re.sub(r", 复核: .*?理由: [^}]*", "", REVIEWED)
    for files in (("某局.yaml", "复核.yaml"), ("复核.yaml", "某局.yaml")):
        (place / "某局.yaml").write_text(own, "utf-8")
        result = run(place / files[0], "--with", place / files[1], "--rules", place / "书", "--format", "json")
        (unit,) = json.loads(result.output)["单位"]
        assert unit["总分"]["按自述"]["值"] == "10" and unit["总分"]["复核"]["值"] == "46/5"
        assert [c["位置"].endswith("复核.yaml:2") for c in unit["复核"]] == [True]


def test_without_a_review_nothing_of_it_is_shown(place: Path) -> None:
    assert "复核" not in review(place, DEPARTMENT).output


def test_a_reviewer_may_take_a_value_away(place: Path) -> None:
    result = review(place, REVIEWED.replace("复核: 80 万元", "复核: 缺失"), "--format", "json")
    (unit,) = json.loads(result.output)["单位"]
    assert unit["总分"]["复核"]["显示"] == "4.00 至 8.00" and unit["总分"]["偏差率"] is None


def test_a_failed_check_points_to_the_rows(tmp_path: Path) -> None:
    text = (ROOT / "cases/mof-2020/01-project.yaml").read_text("utf-8")
    path = tmp_path / "某项目.yaml"
    path.write_text(text.replace("定性系数: {值: 70%", "定性系数: {值: 90%"), "utf-8")
    result = run(path, "--brief")
    assert result.return_value == 1
    assert "第 3 行不符" in result.output and "某项目.yaml:17" in result.output
    assert "无法计算" in result.output and "定性系数要在所定的档里" in result.output


# ---------- one workbook, several rule sets ----------


def test_one_workbook_is_scored_by_several_rule_sets(tmp_path: Path) -> None:
    path = tmp_path / "某局.yaml"
    path.write_text(
        "规则: [hunan/2018, yueyang/2018]\n单位: 某局\n评价年度: 2018\n事实:\n  编制数: {值: 100 人, 佐证: 批复}\n"
        "  在职人数: {值: 103 人, 佐证: 决算}\n  制度合法合规完整: {值: 是, 佐证: 制度}\n  固定资产原值: {值: 1 万元, 佐证: 年报}\n",
        "utf-8",
    )
    document = json.loads(run(path, "--format", "json").output)
    jsonschema.validate(document, SCHEMA)
    hunan, yueyang = document["单位"]
    assert (hunan["规则"]["id"], yueyang["规则"]["id"]) == ("hunan/2018", "yueyang/2018")
    # 103%：3 步；8 分的表得 6.5，5 分的表得 3.5。
    assert hunan["指标"][0]["下级"][0]["按自述"]["值"] == "13/2"
    assert yueyang["指标"][0]["下级"][0]["按自述"]["值"] == "7/2"
    assert not [f for u in document["单位"] for f in u["发现"] if f["级别"] == "错误"]


def test_a_name_that_none_of_them_knows_is_still_an_error(tmp_path: Path) -> None:
    path = tmp_path / "某局.yaml"
    path.write_text("规则: [hunan/2018, yueyang/2018]\n单位: 某局\n事实: {在织人数: 3 人}\n", "utf-8")
    result = run(path)
    assert result.return_value == 2 and result.output.count("ZJ5010") == 2 and "是不是「在职人数」" in result.output


def test_what_another_rule_set_asks_for_is_no_error_in_a_unit_of_a_department(tmp_path: Path) -> None:
    (tmp_path / "下属").mkdir()
    head = "规则: [hunan/2018, yueyang/2018]\n评价年度: 2018\n"
    department, unit = tmp_path / "某局.yaml", tmp_path / "下属" / "甲所.yaml"
    department.write_text(f"{head}单位: 某局\n事实: {{编制数: 100 人}}\n", "utf-8")
    unit.write_text(f"{head}单位: 甲所\n事实: {{在职人数: 103 人, 制度合法合规完整: 是}}\n", "utf-8")
    result = run(department, "--汇总", unit.parent, "--brief")
    assert result.return_value == 1 and "ZJ5010" not in result.output


def test_one_of_the_rule_sets_that_a_file_names(tmp_path: Path) -> None:
    path = tmp_path / "某局.yaml"
    head = "规则: [hunan/2018, yueyang/2018]\n评价年度: 2018\n单位: 某局\n"
    path.write_text(f"{head}事实: {{在职人数: 103 人, 制度合法合规完整: 是}}\n", "utf-8")
    for name in ("hunan/2018", "yueyang/2018"):
        assert "ZJ5010" not in run(path, "--rules", name).output
        assert "ZJ5010" not in CliRunner().invoke(reconcile, [str(path), "--rules", name]).output


def test_explain_tells_all_rule_sets(tmp_path: Path) -> None:
    path = tmp_path / "某局.yaml"
    path.write_text("规则: [hunan/2018, yueyang/2018]\n单位: 某局\n事实: {编制数: 100 人, 在职人数: 103 人}\n", "utf-8")
    result = CliRunner().invoke(explain, [str(path), "在职人员控制率", "财政供养人员控制率"], standalone_mode=False)
    assert "6.50 / 8 分" in result.output and "3.50 / 5 分" in result.output
