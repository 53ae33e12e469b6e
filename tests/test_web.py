"""The pages of zjrules serve as a clerk goes through them, by the test client: what is read, what can be saved."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from starlette.testclient import TestClient

from webwork import DEPARTMENT, REAL, Visitor, told_name, words
from zjrules import verifier
from zjrules.appraisal import calendar_for
from zjrules.inout.blank import blank
from zjrules.inout.workbook import databook, scorebook
from zjrules.papers import report
from zjrules.project import Scored, fitted, load, read_facts, rule_sets, score_both
from zjrules.ruleset import RuleSet
from zjrules.web.app import application
from zjrules.web.settings import Settings

BASE = "http://127.0.0.1:8420"
YAML = Path("cases/zhanjiang-2025/05-full-department.yaml")


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    with TestClient(application(Settings()), base_url=BASE) as client:
        yield Visitor(client)


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    found, _ = load("zhanjiang/2025")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def scored(rules: RuleSet) -> Scored:
    handed, _ = read_facts(DEPARTMENT)
    assert handed is not None
    return score_both(rules, fitted(handed, rules)[0], calendar_for(rules)[0])


# ---------- choosing ----------


def test_the_first_page_lists_every_rule_set_with_its_label(visitor: Visitor, rules: RuleSet) -> None:
    page = words(visitor.client.get("/").text)
    for name in rule_sets():
        assert name in page
    assert "湛江市部门整体绩效自评 重构，非官方 2025 湛江市财政局 100 27 zhanjiang/2025" in page
    years = [page.index(name) for name in ("example/2026", "zhanjiang/2025", "staffing/2024-city", "mof/2013")]
    assert years == sorted(years), "what is to be filled in now stands first"


def test_a_rule_set_is_told_with_its_label(visitor: Visitor) -> None:
    page = words(visitor.client.get("/rules", params={"id": "zhanjiang/2025"}).text)
    assert "湛江市部门整体绩效自评 重构，非官方 评价年度 2025" in page
    assert "满分 100 分" in page and "下载数据表" in page


def test_the_template_is_the_one_that_the_command_writes(visitor: Visitor, rules: RuleSet) -> None:
    answer = visitor.client.get("/rules/template", params={"id": "zhanjiang/2025"})
    assert answer.content == databook.workbook(rules)
    assert told_name(answer) == "数据表 zhanjiang 2025.xlsx"
    assert 'filename="zhanjiang2025.xlsx"' in answer.headers["content-disposition"].replace("_", "")


def test_the_empty_text_is_the_one_that_the_command_writes(visitor: Visitor, rules: RuleSet) -> None:
    answer = visitor.client.get("/rules/empty", params={"id": "zhanjiang/2025"})
    assert answer.text == blank(rules.program, "zhanjiang/2025", rules.title)
    assert told_name(answer).endswith(".yaml")


@pytest.mark.parametrize("address", ["/rules", "/rules/template", "/rules/empty"])
@pytest.mark.parametrize("name", ["没有/2025", "", "../rules/zhanjiang/2025", "rules/zhanjiang/2025", "/etc"])
def test_a_rule_set_is_found_by_its_id_alone(visitor: Visitor, address: str, name: str) -> None:
    answer = visitor.client.get(address, params={"id": name})
    assert answer.status_code == 404
    assert "ZJ5208" in answer.text


# ---------- uploading ----------


def test_an_upload_is_scored_as_the_command_does(visitor: Visitor) -> None:
    answer = visitor.upload((DEPARTMENT.name, DEPARTMENT.read_bytes()))
    page = words(answer.text)
    assert answer.history[0].status_code == 303
    assert "某市示范局（虚构）" in page and "湛江市部门整体绩效自评 2025（重构，非官方）" in page
    assert "按自述 87.32 良" in page
    assert "没有发现问题" in page


def test_why_points_are_lost_is_said_as_in_the_score_sheet_and_not_as_a_formula(visitor: Visitor) -> None:
    page = words(visitor.client.get(visitor.uploaded()).text)
    assert "2.（1）预算编制约束性 4 3.72 3.72 已算 扣 0.28 分，按算式计得" in page
    assert "2.（2）财务管理合规性 4 3.00 3.00 已算 扣 1 分：不合规问题数 1 处，扣 1" in page
    assert "× 满分" not in page


def test_yaml_is_scored_the_same(visitor: Visitor) -> None:
    page = words(visitor.upload((YAML.name, YAML.read_bytes())).text)
    assert "按自述 87.32 良" in page


def test_findings_lead_to_cells_and_say_what_stands_there(visitor: Visitor) -> None:
    page = words(visitor.upload((REAL.name, REAL.read_bytes())).text)
    assert "34.50 至 100.00" in page
    assert "错误 支出合计等于基本支出与项目支出之和：不成立，相差 1,060,516.63 元" in page
    assert "01-real-report.xlsx 表「事实」 B76 格 ，写的是「103,859,187.26」" in page
    assert "自评「总分」100.00 分，凭现有事实只能算出 34.50 至 100.00" in page


def test_what_cannot_be_read_is_shown_with_its_cell_and_has_no_score(visitor: Visitor) -> None:
    page = words(visitor.upload(("坏.xlsx", _changed("很多"))).text)
    assert "这份数据还不能算分" in page
    assert "坏.xlsx 表「事实」" in page and "写的是「很多」" in page and "怎么办" in page
    assert "得分表" not in page


def test_what_must_be_mended_stands_before_what_is_to_be_looked_at(visitor: Visitor) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_changed("很多")))
    book["绩效目标"].cell(book["绩效目标"].max_row + 1, 1, "合计")
    out = io.BytesIO()
    book.save(out)
    page = words(visitor.upload(("甲.xlsx", out.getvalue())).text)
    assert "发现 2 处 错误 1、警告 1" in page
    assert page.index("却是「很多」") < page.index("「合计」一行没有算进去")


@pytest.mark.parametrize("name", ["数据表.csv", "自评报告.docx"])
def test_a_file_of_another_kind_is_told_how_to_become_a_workbook(visitor: Visitor, name: str) -> None:
    page = words(visitor.upload((name, b"PK")).text)
    assert f"「{name}」不是事实文件" in page
    assert "另存为「Excel 工作簿（.xlsx）」再传，只改文件名没有用" in page and "以 .yaml" not in page


def _changed(value: object) -> bytes:
    """Return the department's workbook with another value of 预算调剂额."""
    book = openpyxl.load_workbook(DEPARTMENT)
    sheet = book["事实"]
    for row in sheet.iter_rows():
        if row[0].value == "预算调剂额":
            row[1].value = value  # type: ignore[assignment]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_table_that_is_wrong_in_every_row_shows_the_first_findings_and_their_number(visitor: Visitor) -> None:
    rows = "".join(f"    - {{合同名称: 甲{n}, 签订日: 某日}}\n" for n in range(500))
    answer = visitor.upload(("甲.yaml", f"规则: zhanjiang/2025\n单位: 某局\n明细:\n  采购合同:\n{rows}".encode()))
    assert answer.text.count('<li class="finding') == 200
    assert re.search(r"发现 \d{3,} 处", answer.text) and "这里只列前 200 处" in answer.text


def test_the_rule_of_a_finding_is_folded_away_below_what_is_to_be_done(visitor: Visitor) -> None:
    first = visitor.upload((REAL.name, REAL.read_bytes())).text.split('<li class="finding')[1]
    told, _, folded = first.partition("<details><summary>出自哪一条规则")
    assert "怎么办" in told and "表「事实」" in told and ".zj" not in told
    assert "rules/zhanjiang/2025/" in folded and "<mark>校验 错误" in folded


def test_many_missing_facts_are_named_in_the_order_of_the_sheet_and_all_of_them_on_demand(visitor: Visitor) -> None:
    page = words(visitor.upload(("甲.yaml", "规则: zhanjiang/2025\n单位: 某局\n".encode())).text)
    assert "得分是还可能的区间：编制符合职责与部署、项目间分配合理、项目库储备细化、科目分类准确、" in page
    named, _, rest = page.partition(" 等 缺的全部列出 ")
    assert "食材采购额" not in named and "食材采购额" in rest.partition("下载三份材料")[0]


def test_uploads_of_the_same_unit_are_told_apart_by_their_files(visitor: Visitor) -> None:
    visitor.upload(("五月.xlsx", DEPARTMENT.read_bytes()))
    visitor.upload(("六月.xlsx", DEPARTMENT.read_bytes()))
    page = words(visitor.client.get("/").text)
    assert "某市示范局（虚构） zhanjiang/2025 六月.xlsx 某市示范局（虚构） zhanjiang/2025 五月.xlsx" in page


def test_a_unit_with_a_long_name_gets_files_that_can_be_saved(visitor: Visitor) -> None:
    text = YAML.read_text("utf-8").replace("某市示范局（虚构）", "某市" * 60)
    address = visitor.upload(("甲.yaml", text.encode())).url.path
    name = told_name(visitor.client.get(f"{address}/files/scores"))
    assert name.endswith("某市 评分表.xlsx") and len(name.encode()) < 256


def test_a_mended_file_takes_the_place_of_the_one_before(visitor: Visitor) -> None:
    before = visitor.upload(("坏.xlsx", _changed("很多")))
    address = before.url.path
    after = visitor.upload(("好.xlsx", DEPARTMENT.read_bytes()), to=f"{address}/again")
    assert after.url.path == address
    assert "按自述 87.32 良" in words(after.text)


def test_the_rules_that_were_chosen_stay_when_a_file_cannot_be_read(visitor: Visitor) -> None:
    text = YAML.read_text("utf-8").replace("规则: zhanjiang/2025", "")
    broken = visitor.upload(("甲.yaml", b"PK"), rules="zhanjiang/2025")
    assert 'name="rules" value="zhanjiang/2025"' in broken.text
    assert "按自述 87.32 良" in words(
        visitor.upload(("甲.yaml", text.encode()), rules="zhanjiang/2025", to=f"{broken.url.path}/again").text
    )


def test_no_page_of_an_upload_tells_a_clerk_to_run_a_command(visitor: Visitor) -> None:
    text = YAML.read_text("utf-8").replace("总分: 87.32", "总分: 90")
    files = [
        (REAL.name, REAL.read_bytes()),
        ("甲.yaml", text.encode()),
        ("空.yaml", b""),
        ("乙.xlsx", b"PK"),
        ("丙.doc", b""),
    ]
    for name, data in files:
        address = visitor.upload((name, data)).url.path
        for end in ("", "/explain"):
            assert not re.search(r"zjrules (?!2)\w|--\w", words(visitor.client.get(f"{address}{end}").text)), name


def test_further_files_of_the_same_unit_are_read_together(visitor: Visitor) -> None:
    review = "单位: 某市示范局（虚构）\n事实:\n  预算调剂额: {复核: 5000000 元, 复核理由: 漏了一笔}\n"
    page = words(visitor.upload((YAML.name, YAML.read_bytes()), ("复核.yaml", review.encode())).text)
    assert "复核" in page and "偏差率" in page


def test_the_rules_of_the_page_are_used_and_what_the_file_says_is_compared(visitor: Visitor) -> None:
    text = YAML.read_text("utf-8").replace("规则: zhanjiang/2025", "")
    assert "不知道用哪一本规则" in words(visitor.upload(("甲.yaml", text.encode())).text)
    assert "按自述 87.32 良" in words(visitor.upload(("甲.yaml", text.encode()), rules="zhanjiang/2025").text)
    assert "文件写的规则是「zhanjiang/2025」" in words(
        visitor.upload((YAML.name, YAML.read_bytes()), rules="example/2026").text
    )


@pytest.mark.parametrize("place", ["rules/zhanjiang/2025", "/etc", "../web/rules/zhanjiang/2025", "没有/2025"])
def test_a_file_cannot_name_a_place_on_this_machine(visitor: Visitor, place: str) -> None:
    text = YAML.read_text("utf-8").replace("规则: zhanjiang/2025", f"规则: {place}")
    page = words(visitor.upload(("甲.yaml", text.encode())).text)
    assert f"没有叫「{place}」的规则集" in page
    assert "zjrules rules" not in page


def test_a_file_that_names_two_rule_sets_is_scored_by_both(visitor: Visitor) -> None:
    text = YAML.read_text("utf-8").replace("规则: zhanjiang/2025", "规则: [zhanjiang/2025, example/2026]")
    visitor.upload(("甲.yaml", text.encode()))
    page = words(visitor.client.get("/").text)
    assert "某市示范局（虚构） zhanjiang/2025" in page and "某市示范局（虚构） example/2026" in page


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\我的文档\\甲.txt", "「甲.txt」不是事实文件"),
        ("../../etc/passwd", "「passwd」不是事实文件"),
        ("<script>alert(1)</script>.doc", "script>.doc」不是事实文件"),
        ("甲\u202excod.exe", "不是事实文件"),
    ],
)
def test_a_file_is_called_by_its_plain_name(visitor: Visitor, name: str, shown: str) -> None:
    answer = visitor.upload((name, b"x"))
    assert shown in words(answer.text)
    assert "<script>alert" not in answer.text and "\u202e" not in answer.text


# ---------- explaining and supposing ----------


def test_every_indicator_is_explained_with_the_rule_beside_it(visitor: Visitor, rules: RuleSet) -> None:
    address = visitor.uploaded()
    answer = visitor.client.get(f"{address}/explain")
    page = words(answer.text)
    assert "(1 - 5%) × 4 × 60% + (1 - 10%) × 4 × 40% = 3.72" in page
    for node in rules.indicators():
        assert f'id="指标-{node.name}"' in answer.text
    assert "2.（1）预算编制约束性" in page and "规则原文" in page
    assert f'href="{address}/explain#' in visitor.client.get(address).text


def test_other_values_move_the_scores(visitor: Visitor) -> None:
    address = f"{visitor.uploaded()}/whatif"
    page = words(visitor.client.get(address).text)
    assert "总分 87.32" in page and "改一项或几项" in page
    answer = visitor.client.post(address, data={"token": visitor.token(), "事实 预算调剂额": "0 元"})
    page = words(answer.text)
    # (1 - 0%) × 4 × 60% + (1 - 10%) × 4 × 40% = 3.84, which is 0.12 more.
    assert "总分 87.44 +0.12 现在 87.32" in page
    assert "预算调剂额：2,500,000 元 → 0 元" in page
    assert "2.（1）预算编制约束性 4 3.72 3.84 +0.12" in page
    assert 'value="0 元"' in answer.text


def test_the_script_gets_the_result_alone(visitor: Visitor) -> None:
    data = {"token": visitor.token(), "事实 预算调剂额": "0 元"}
    answer = visitor.client.post(f"{visitor.uploaded()}/whatif", data=data, headers={"x-part": "result"})
    assert "87.44" in answer.text and "<html" not in answer.text and "<form" not in answer.text


@pytest.mark.parametrize(
    ("value", "said"), [("很多", "ZJ5011"), ("-5 元", "ZJ50"), ("<b>5</b>", "ZJ5011"), ("5 天", "ZJ50")]
)
def test_a_value_that_does_not_fit_is_told_and_stays_in_its_field(visitor: Visitor, value: str, said: str) -> None:
    data = {"token": visitor.token(), "事实 预算调剂额": value}
    answer = visitor.client.post(f"{visitor.uploaded()}/whatif", data=data)
    assert answer.status_code == 200
    assert said in answer.text and "怎么办" in answer.text
    assert "第 1 行" not in answer.text, "a field has no lines"
    assert "<b>5</b>" not in answer.text


def test_a_value_left_blank_is_missing_and_gives_an_interval(visitor: Visitor) -> None:
    data = {"token": visitor.token(), "事实 预算调剂额": ""}
    page = words(visitor.client.post(f"{visitor.uploaded()}/whatif", data=data).text)
    assert "预算调剂额：2,500,000 元 → 缺失" in page and " 至 " in page


def test_margins_are_those_of_the_command(visitor: Visitor) -> None:
    page = words(visitor.client.get(f"{visitor.uploaded()}/margins").text)
    assert "6.（6）固定资产利用率 2.00 / 2 分" in page
    assert "固定资产原值 30,000,000 元 超过 30,000,000 元 1.50 0 元 2.00" in page


# ---------- documents ----------


def test_the_documents_are_those_that_the_command_writes(visitor: Visitor, rules: RuleSet, scored: Scored) -> None:
    address = f"{visitor.uploaded()}/files"
    wanted = {
        "scores": scorebook.workbook(rules, scored.facts, scored.claimed, scored.reviewed),
        "data": databook.workbook(rules, scored.facts),
        "report": report(scored)[0],
    }
    for end, data in wanted.items():
        answer = visitor.client.get(f"{address}/{end}")
        assert answer.content == data, end
        assert told_name(answer).startswith("某市示范局（虚构） ")
    with zipfile.ZipFile(io.BytesIO(visitor.client.get(f"{address}/all").content)) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {
            "评分表.xlsx": wanted["scores"], "数据表.xlsx": wanted["data"], "自评报告.docx": wanted["report"],
        }  # fmt: skip
    assert openpyxl.load_workbook(io.BytesIO(visitor.client.get(f"{address}/live").content)).sheetnames


def test_the_data_table_can_be_uploaded_again(visitor: Visitor) -> None:
    data = visitor.client.get(f"{visitor.uploaded()}/files/data").content
    assert "按自述 87.32 良" in words(visitor.upload(("数据表.xlsx", data)).text)


def test_the_certificate_holds_and_names_the_file(visitor: Visitor) -> None:
    data = visitor.client.get(f"{visitor.uploaded()}/files/certificate").content
    assert verifier.verdict(data)[0] == 0
    assert DEPARTMENT.name in json.dumps(json.loads(data), ensure_ascii=False)


def test_there_are_no_documents_of_what_has_no_score(visitor: Visitor) -> None:
    address = visitor.upload(("坏.xlsx", _changed("很多"))).url.path
    for end in ("explain", "whatif", "margins", "files", "files/all", "files/certificate"):
        answer = visitor.client.get(f"{address}/{end}")
        assert (answer.status_code, "ZJ5210" in answer.text) == (409, True)
    assert visitor.client.get(f"{visitor.uploaded()}/files/nothing").status_code == 404
