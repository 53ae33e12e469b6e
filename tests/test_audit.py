"""Audits: the points always add up, the real case says what is proved and what is not, the command as a user runs it."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from zjrules.audit.share import of_row
from zjrules.audit.sheet import Row
from zjrules.cli.audit import command
from zjrules.cli.report import command as report
from zjrules.fact import Evidence, Fact, State
from zjrules.interval.sets import between
from zjrules.value import DROPPED, Problem, Unknown, Value

ROOT = Path(__file__).parent.parent
REAL = str(ROOT / "cases/zhanjiang-2025/01-real-report.yaml")
FULL = str(ROOT / "cases/zhanjiang-2025/05-full-department.yaml")
CLAIMS = """规则: zhanjiang/2025
单位: 某局
"""
REPORT = """2025年度部门整体绩效自评报告
评价年度：2025年度
评价单位：湛江市政务服务和数据管理局
一、基本情况
2025年支出数是103859187.26元，其中基本支出25707969.34元，项目支出77090701.29元。
二、自评情况
年度中间无调剂、无项目预算调整、无预决算差异过大等。
预算资金均来源于上级和本级财政下达、增人增编经费等情况。
我局2025年日常公用经费决算数686581.97元≤2025年日常公用经费调整预算数817118.9元。
由于我局无单位食堂，所以年度食堂食材采购份额预留额度为0。
三、附件
"""
scores = st.fractions(-1, 12, max_denominator=100)


def _audit(*args: str) -> Result:
    return CliRunner().invoke(command, list(args), standalone_mode=False)


def _checked(*args: str) -> dict[str, object]:
    """Return the first audit of a run as JSON that follows the schema and holds no binary float."""
    result = _audit(*args, "--format", "json")
    document = json.loads(result.output, parse_float=lambda text: pytest.fail(f"a float: {text}"))
    schema = json.loads((ROOT / "engine/zjrules/schema/audit.schema.json").read_text("utf-8"))
    jsonschema.validate(document, schema)
    found: dict[str, object] = document["审核"][0]
    return found


@st.composite
def values(draw: st.DrawFn) -> Value:
    """Draw a score, an interval of scores, or none."""
    low, high = sorted((draw(scores), draw(scores)))
    kinds: tuple[Value, ...] = (low, Unknown(between(low, high)), Problem("除数为 0"), Problem(DROPPED))
    return draw(st.sampled_from(kinds))


@given(st.none() | scores, values(), values())
def test_points_part_without_remainder(claim: Fraction | None, recomputed: Value, proved: Value) -> None:
    own = None if claim is None else Fact("甲", State.GIVEN, claim, Evidence.CLAIMED)
    row = Row("indicator", 1, "", "甲", Fraction(10), None, own, None, None, recomputed, proved, recomputed, None)
    share = of_row(row)
    assert share.full == 10
    parts = (share.proved, share.stated, share.open, share.contradicted, share.taken, share.unclaimed, share.dropped)
    assert min(parts) >= 0
    if claim is not None and 0 <= claim <= 10 and recomputed == claim:
        assert share.proved + share.stated == claim
        assert share.contradicted == share.open == 0


def test_the_real_case_says_what_is_proved_and_what_is_not() -> None:
    found = _checked(REAL)
    share = found["分数"]
    assert share == {
        "满分": "100", "有佐证相符": "0", "自述相符": "69/2", "核不了": "131/2", "不符": "0", "自己已扣": "0", "没有自评": "0",
        "不计入": "0",
    }  # fmt: skip
    assert found["结论"]["判断"] == "有矛盾，退回"  # type: ignore[index]
    text = _audit(REAL).output
    assert "100 分里：有佐证并核对相符 0 分；自述相符 34.50 分；缺事实核不了 65.50 分；不符 0 分" in text
    # A1 and T5 at their lines, and A7: full marks with nothing behind them.
    assert re.search(r"不通过  支出合计等于基本支出与项目支出之和：相差 1,060,516\.63 元.*yaml:14", text)
    assert re.search(r"警告  没有食堂的，“832平台”上有无食堂标记.*yaml:71", text)
    assert "自评各项都是满分，没有一分（共 100 分）有佐证" in text


def test_contradictions_of_a_report_stand_at_their_lines(tmp_path: Path) -> None:
    paper = tmp_path / "自评报告.txt"
    paper.write_text(REPORT, "utf-8")
    found = _checked(REAL, str(paper))
    lines = {
        (d["代码"], d["消息"]): {p["行"] for p in d["位置"] if p["文件"].endswith("自评报告.txt")}
        for d in found["材料"]  # type: ignore[attr-defined]
    }
    named = {message: places for (_, message), places in lines.items()}
    # A1: the gap; A3: an adjusted budget without adjustment; A5: additions without additions; T5: no canteen, 0 reserved.
    assert named["支出合计等于基本支出与项目支出之和：不成立，相差 1,060,516.63 元"] == {5}
    assert named["报告一处说「无调剂无追加」，另一处写了「日常公用经费调整预算」"] == {7, 9}
    assert named["报告一处说「无调剂无追加」，另一处说「资金含增人增编」"] == {7, 8}
    assert named["没有食堂的，食材预留额写不适用而不是零：不成立"] == {10}


def test_our_own_three_papers_are_believed(tmp_path: Path) -> None:
    CliRunner().invoke(report, [FULL, "-o", str(tmp_path)], standalone_mode=False)
    papers = [str(tmp_path / name) for name in ("评分表.xlsx", "自评报告.docx")]
    found = _checked(FULL, *papers)
    assert found["结论"]["判断"] == "可以采信"  # type: ignore[index]
    assert found["发现"] == []
    assert found["分数"]["有佐证相符"] == "2183/25"  # type: ignore[index]


def test_a_workbook_keeps_reasons_and_the_reviewers_scores(tmp_path: Path) -> None:
    path = tmp_path / "某局.yaml"
    claims = (
        "自评: {三公经费控制: {值: 1 分, 理由: 超了一点}, 总分: 90 分}\n复核得分: {三公经费控制: 0.5 分, 总分: 89 分}\n"
    )
    path.write_text(CLAIMS + claims, "utf-8")
    CliRunner().invoke(report, [str(path), "-o", str(tmp_path), "--only", "数据表"], standalone_mode=False)
    book = _checked(str(tmp_path / "数据表.xlsx"))
    rows = {row["名称"]: row for row in book["得分"]}  # type: ignore[attr-defined]
    assert rows["三公经费控制"]["自评"]["原因"] == "超了一点"
    assert [rows[n]["复核"]["值"] for n in ("三公经费控制", "总分")] == ["1/2", "89"]
    assert rows["三公经费控制"]["复核偏差率"] == "1/2"


def test_scores_of_a_reviewer_are_checked_like_the_units_own(tmp_path: Path) -> None:
    path = tmp_path / "某局.yaml"
    path.write_text(CLAIMS + "复核得分: {三公经费控治: 2 分, 总分: 九十}\n", "utf-8")
    result = _audit(str(path), "--format", "json")
    assert result.return_value == 2
    found = json.loads(result.output)["审核"][0]["未审"]
    assert [d["代码"] for d in found] == ["ZJ5027", "ZJ5011"]
    assert "是不是「三公经费控制」？" in found[0]["帮助"]
    assert "复核得分「九十」不是分数" in found[1]["消息"]


def test_a_reviewer_may_write_a_file_of_his_own(tmp_path: Path) -> None:
    own, review = tmp_path / "某局.yaml", tmp_path / "复核.yaml"
    facts = "事实:\n  三公经费支出: {值: 8 万元, 佐证: 决算}\n  三公经费预算: {值: 9 万元, 佐证: 批复}\n"
    own.write_text(f"{CLAIMS}自评: {{三公经费控制: 2 分}}\n{facts}", "utf-8")
    changed = "事实:\n  三公经费支出: {复核: 10 万元, 复核理由: 漏了一笔}\n"
    review.write_text(f"复核得分: {{三公经费控制: 2 分}}\n{changed}", "utf-8")
    found = _checked(str(own), "--with", str(review))
    (raised,) = [d for d in found["发现"] if d["代码"] == "ZJ6059"]  # type: ignore[attr-defined]
    assert raised["消息"].startswith("复核「三公经费控制」给了 2.00 分，按规则是 0.00 分，高出 2.00 分，不合本项规则")
    assert raised["位置"][0]["文件"].endswith("复核.yaml")


def test_exit_codes_and_usage(tmp_path: Path) -> None:
    path = tmp_path / "某局.yaml"
    path.write_text(CLAIMS, "utf-8")
    assert _audit(str(path)).return_value == 1
    assert _audit(str(tmp_path / "没有.yaml")).return_value == 2
    assert "事实只给一份" in str(_audit(str(path), FULL).exception)
    assert "有两份自评报告" in str(
        _audit(str(path), *[str(ROOT / "cases/zhanjiang-2025/05-full-department.txt")] * 2).exception
    )


# ---------- all units, units summed up ----------


def _city(folder: Path, **claims: str) -> Path:
    """Copy the three units of staffing/2024-city, some with claims: 90% is the first, 95% and 95% share the second rank."""
    for path in (ROOT / "cases/staffing-2024").glob("*.yaml"):
        name = path.stem.split("-")[1]
        text = path.read_text("utf-8")
        (folder / f"{name}.yaml").write_text(f"{claims[name]}\n{text}" if name in claims else text, "utf-8")
    return folder


def test_claims_of_all_units_are_held_against_their_ranks(tmp_path: Path) -> None:
    city = _city(tmp_path, first="自评: {编制使用名次: 2 分}", third="自评: {编制使用名次: 2 分}")
    rows = [x.split() for x in _audit(str(city / "first.yaml"), "--全体", str(city)).output.splitlines()]
    assert ["1.（1）编制使用名次", "2", "2.00", "2.00", "2.00"] in rows
    assert ["1.（1）编制使用名次", "2", "2.00", "1.90", "1.90", "+0.10"] in rows
    alone = [x.split() for x in _audit(str(city / "first.yaml")).output.splitlines()]
    assert not [x for x in alone if x[:1] == ["1.（1）编制使用名次"] and x[3:4] == ["2.00"]]


def test_audits_of_all_units_as_data(tmp_path: Path) -> None:
    city = _city(tmp_path, third="自评: {编制使用名次: 2 分}")
    result = _audit(str(city / "second.yaml"), "--全体", str(city), "--format", "json")
    schema = json.loads((ROOT / "engine/zjrules/schema/audit.schema.json").read_text("utf-8"))
    document = json.loads(result.output)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert [one["单位"] for one in document["审核"]] == ["乙局（虚构）", "甲局（虚构）", "丙局（虚构）"]
    ranks = [next(r for r in one["得分"] if r["名称"] == "编制使用名次") for one in document["审核"]]
    assert [r["重算"]["显示"] for r in ranks] == ["1.90", "2.00", "1.90"]
    assert ranks[2]["偏差"] == "1/10"


def test_a_unit_that_cannot_be_read_is_no_contradiction_of_another(tmp_path: Path) -> None:
    city = _city(tmp_path, first="自评: {编制使用名次: 2 分}")
    (city / "fourth.yaml").write_text("单位: [", "utf-8")
    result = _audit(str(city / "first.yaml"), "--全体", str(city))
    assert result.return_value == 2
    assert "ZJ5034" in result.output
    conclusions = [x for x in result.output.splitlines() if x.startswith("结论")]
    assert len(conclusions) == 1 and "需补材料" in conclusions[0], conclusions


def test_a_department_s_claims_are_held_against_its_units(tmp_path: Path) -> None:
    units, own = tmp_path / "下属", tmp_path / "某局.yaml"
    units.mkdir()
    for name, amount in (("甲", "1000 万元"), ("乙", "1700 万元")):
        facts = f"{{在用固定资产原值: {amount}, 固定资产原值: 1500 万元}}"
        (units / f"{name}.yaml").write_text(f"规则: zhanjiang/2025\n单位: {name}\n事实: {facts}\n", "utf-8")
    own.write_text("规则: zhanjiang/2025\n单位: 某局\n自评: {固定资产利用率: 1 分}\n事实: {}\n", "utf-8")
    text = _audit(str(own), "--汇总", str(units)).output
    assert "自评多 1.00 分" not in text and "自评少 1.00 分" in text
