"""Workbooks as people have them: made by us, filled, changed, saved by LibreOffice, of their own; and the three documents."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from office import converted, text_of
from zjrules.appraisal import Outcome
from zjrules.cli.main import group
from zjrules.cli.outcome import outcomes
from zjrules.fact import Facts
from zjrules.fit import fit
from zjrules.inout import factfile
from zjrules.inout.archive import settled
from zjrules.inout.workbook import livebook, scorebook
from zjrules.inout.workbook.databook import workbook
from zjrules.inout.workbook.styles import lines
from zjrules.project import Scored, fitted, load, read_facts
from zjrules.ruleset import RuleSet
from zjrules.span import Source
from zjrules.unit import read_date

ROOT = Path(__file__).parent.parent
CASES = ROOT / "cases" / "zhanjiang-2025"
REAL, FULL = CASES / "01-real-report.yaml", CASES / "05-full-department.yaml"


def zhanjiang() -> RuleSet:
    found, problems = load("zhanjiang/2025")
    assert found is not None, problems
    return found


def facts_of(path: Path) -> Facts:
    handed, problems = read_facts(path)
    assert handed is not None, problems
    return fitted(handed, zhanjiang())[0]


def scored(path: Path, mapping: Path | None = None, rules: tuple[str, ...] = ()) -> Outcome:
    (found,) = outcomes((path,), (), rules, mapping=mapping)
    return found


def known(path: Path) -> Scored:
    found, problems = scored(path)
    assert found is not None, problems
    return found


def scores(found: Scored) -> list[object]:
    return [[s.value for s in t.indicators()] + [t.total] for t in (found.claimed, found.proved)]


def changed(path: Path, change: Callable[[openpyxl.Workbook], None], base: Path | None = None) -> Path:
    """Save the full department's workbook as path, after a change that somebody made to it."""
    book = openpyxl.load_workbook(io.BytesIO((base or FULL.with_suffix(".xlsx")).read_bytes()))
    change(book)
    book.save(path)
    return path


def sheet(book: openpyxl.Workbook, name: str) -> Worksheet:
    found = book[name]
    assert isinstance(found, Worksheet)
    return found


def value_cell(book: openpyxl.Workbook, fact: str) -> str:
    """Return the place of a fact's value on the fact sheet."""
    return next(f"B{row[0].row}" for row in sheet(book, "事实").iter_rows() if row[0].value == fact)


# ---------- the cases, as workbooks ----------


@pytest.mark.parametrize("path", [REAL, FULL], ids=["real", "full"])
def test_a_case_scores_the_same_from_its_workbook(path: Path, request: pytest.FixtureRequest) -> None:
    twin = path.with_suffix(".xlsx")
    if request.config.getoption("--accept"):
        twin.write_bytes(workbook(zhanjiang(), facts_of(path)))
    (one, said), (two, of_workbook) = scored(path), scored(twin)
    assert one is not None and two is not None
    assert scores(one) == scores(two)
    # A workbook made for another edition of the rules says so: pytest --accept makes these two again.
    assert [(d.code.number, d.message) for d in said] == [(d.code.number, d.message) for d in of_workbook]
    assert one.facts.unit == two.facts.unit


def test_every_fact_of_a_workbook_has_its_cell(tmp_path: Path) -> None:
    found = known(FULL.with_suffix(".xlsx"))
    for fact in found.facts.facts.values():
        assert fact.span.source.cell is not None
    result = CliRunner().invoke(group, ["explain", str(FULL.with_suffix(".xlsx")), "预算编制约束性"])
    assert "05-full-department.xlsx 事实!" in result.output
    assert "「2,500,000.00」" in result.output
    result = CliRunner().invoke(group, ["check", str(REAL.with_suffix(".xlsx")), "--format", "json"])
    places = [p for u in json.loads(result.output)["单位"] for d in u["发现"] for p in d["位置"]]
    assert any(p.get("表") == "事实" and p["格"].startswith("B") and p["显示"] == "103,859,187.26" for p in places)


def test_the_points_of_a_part_stand_in_one_line_of_the_score_sheet() -> None:
    found = known(FULL)
    data = scorebook.workbook(found.rules, found.facts, found.claimed, found.reviewed)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["评分表"]
    room = sheet.column_dimensions["C"].width
    parts = [str(cell.value) for cell in sheet["C"] if "分，得" in str(cell.value)]
    assert len(parts) > 8
    assert [p for p in parts if lines(p, room) > p.count("\n") + 1] == []


def test_the_same_facts_give_the_same_bytes() -> None:
    facts = facts_of(FULL)
    assert workbook(zhanjiang(), facts) == workbook(zhanjiang(), facts)
    found = known(FULL)
    make = (found.rules, found.facts, found.claimed, found.reviewed)
    assert scorebook.workbook(*make) == scorebook.workbook(*make)
    assert livebook.workbook(*make) == livebook.workbook(*make)


# ---------- what people do to a workbook ----------


def rows_inserted(book: openpyxl.Workbook) -> None:
    for page in book.worksheets:
        for merged in list(page.merged_cells.ranges):
            page.unmerge_cells(str(merged))
        page.insert_rows(1, 3)
        page.insert_cols(1, 2)
        page.cell(1, 1, "本表由办公室填报")


def sheets_renamed(book: openpyxl.Workbook) -> None:
    for number, page in enumerate(book.worksheets, 1):
        page.title = f"第{number}页"
    book.move_sheet(book.worksheets[0], 3)


def notes_added(book: openpyxl.Workbook) -> None:
    for page in book.worksheets:
        page.cell(page.max_row + 2, 1, "注：以上数据已经财务核对")
        page.cell(page.max_row + 1, 1, "填表人：某某　　审核人：某某")


def columns_swapped(book: openpyxl.Workbook) -> None:
    page = sheet(book, "采购合同")
    rows = [[c.value for c in row] for row in page.iter_rows(min_row=7, max_col=6)]
    for number, row in enumerate(rows, 7):
        for column, value in enumerate(reversed(row), 1):
            page.cell(number, column).value = value
            if isinstance(value, date):
                page.cell(number, column).number_format = "yyyy/m/d"


def numbers_as_text(book: openpyxl.Workbook) -> None:
    for row in sheet(book, "事实").iter_rows(min_row=3):
        if isinstance(row[1].value, int | float) and row[2].value == "元":
            row[1].value = f"{row[1].value:,.2f}"


def in_ten_thousands(book: openpyxl.Workbook) -> None:
    for row in sheet(book, "事实").iter_rows(min_row=3):
        if isinstance(row[1].value, int | float) and row[2].value == "元":
            row[1].value, row[2].value = str(Decimal(str(row[1].value)) / 10000), "万元"


def full_width(book: openpyxl.Workbook) -> None:
    page = sheet(book, "事实")
    place = value_cell(book, "公开问题数")
    page[place] = "１"
    page[value_cell(book, "支出合计")] = "５,２００ 万元"


@pytest.mark.parametrize(
    "change",
    [rows_inserted, sheets_renamed, notes_added, columns_swapped, numbers_as_text, in_ten_thousands, full_width],
)
def test_what_people_do_to_a_workbook_changes_no_score(
    change: Callable[[openpyxl.Workbook], None], tmp_path: Path
) -> None:
    found, said = scored(changed(tmp_path / "改过.xlsx", change))
    assert found is not None, said
    assert scores(found) == scores(known(FULL))
    assert not said


def test_a_date_in_the_formats_that_chinese_excel_names_by_number_alone(tmp_path: Path) -> None:
    """zh-cn Excel and WPS write 2025年3月10日 with number format 31, of which the file says nothing more."""

    def change(book: openpyxl.Workbook) -> None:
        sheet(book, "采购合同")["B8"].number_format = "yyyy-mm-dd;@"

    path = changed(tmp_path / "日期.xlsx", change)

    def as_31(name: str, part: bytes) -> bytes:
        if name != "xl/styles.xml":
            return part
        number = re.search(rb'<numFmt numFmtId="(\d+)" formatCode="yyyy-mm-dd;@"/>', part)
        assert number is not None
        return part.replace(number[0], b"").replace(b'numFmtId="' + number[1] + b'" fontId', b'numFmtId="31" fontId')

    path.write_bytes(settled(path.read_bytes(), as_31))
    row = (known(path).facts.ledgers["采购合同"].rows or ())[0]
    assert row["中标通知日"].value == read_date("2025-03-10")
    assert row["中标通知日"].span.text == "2025年3月10日"


def test_formulas_hidden_rows_and_errors_are_said(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        page = sheet(book, "事实")
        page[value_cell(book, "支出合计")] = "=20000000+32000000"
        page[value_cell(book, "公开问题数")] = "#REF!"
        page.row_dimensions[page[value_cell(book, "基本支出")].row].hidden = True

    found, said = scored(changed(tmp_path / "公式.xlsx", change))
    assert found is None
    assert {"ZJ5048", "ZJ5049", "ZJ5050"} <= {d.code.number for d in said}


def test_a_displayed_value_in_another_band_is_said(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        cell = sheet(book, "事实")[value_cell(book, "在用固定资产原值")]
        cell.value, cell.number_format = 26_999_600, '0,,"百万元"'

    found, said = scored(changed(tmp_path / "显示.xlsx", change))
    assert found is not None
    (moved,) = (d for d in said if d.code.number == "ZJ5053")
    assert "「27百万元」，存的是 26,999,600 元" in moved.message and "得 2.00，不是 1.50" in moved.message


def test_the_fifteen_digits_of_a_cell_are_its_value(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        page = sheet(book, "事实")
        page[value_cell(book, "三公经费支出")] = 0.1 + 0.2  # 0.30000000000000004 in the file

    found, _ = scored(changed(tmp_path / "位数.xlsx", change))
    assert found is not None
    assert found.facts.facts["三公经费支出"].value == Fraction(3, 10)


def test_a_workbook_for_another_edition_says_so(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet(book, "封面")["B7"] = "0" * 16

    _, said = scored(changed(tmp_path / "旧版.xlsx", change))
    assert [d.code.number for d in said] == ["ZJ5122"]


def without(*names: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        for name in names:
            book.remove(book[name])

    return change


def test_two_workbooks_of_one_unit(tmp_path: Path) -> None:
    """采购员 hands the contracts in, 财务 the rest."""
    contracts = changed(tmp_path / "合同.xlsx", without("事实", "采购项目", "绩效目标"))
    rest = changed(tmp_path / "财务.xlsx", without("采购合同"))
    (found, said), *_ = outcomes((rest,), (contracts,))
    assert found is not None, said
    assert scores(found) == scores(known(FULL))


# ---------- LibreOffice ----------


@pytest.mark.slow
def test_a_template_opens_in_an_office_suite_and_comes_back(tmp_path: Path) -> None:
    for name, facts in (("空表", None), ("填好", facts_of(FULL))):
        (tmp_path / f"{name}.xlsx").write_bytes(workbook(zhanjiang(), facts))
    files = [tmp_path / "空表.xlsx", tmp_path / "填好.xlsx"]
    text = "".join(text_of(pdf) for pdf in converted(files, "pdf", tmp_path))
    for asked in zhanjiang().program.schema.facts:
        assert asked[:6] in text
    assert "###" not in text
    again = converted(files[1:], "xlsx", tmp_path)[0]
    found, said = scored(again)
    assert found is not None, said
    assert scores(found) == scores(known(FULL))
    old = converted(files[1:], "xls", tmp_path)[0]
    found, said = scored(old)
    assert found is not None, said
    assert scores(found) == scores(known(FULL))


@pytest.mark.slow
@pytest.mark.parametrize("path", [REAL, FULL], ids=["real", "full"])
def test_live_scores_are_the_engines_in_an_office_suite(path: Path, tmp_path: Path) -> None:
    found = known(path)
    file = tmp_path / "评分表.xlsx"
    file.write_bytes(livebook.workbook(found.rules, found.facts, found.claimed, found.reviewed))
    now = openpyxl.load_workbook(file, data_only=True)["评分表"]
    formulas = openpyxl.load_workbook(file)["评分表"]
    again = openpyxl.load_workbook(converted([file], "xlsx", tmp_path)[0], data_only=True)["评分表"]
    live = [r for r in range(4, formulas.max_row + 1) if str(formulas.cell(r, 5).value).startswith("=")]
    assert len(live) >= (28 if path == FULL else 8)
    for row in live:
        worked_out = again.cell(row, 5).value
        assert isinstance(worked_out, int | float)
        assert f"{worked_out:.15g}" == f"{now.cell(row, 5).value:.15g}"
    exact = [s.value for s in found.claimed.indicators()]
    shown = [now.cell(r, 5).value for r in range(4, now.max_row) if now.cell(r, 5).value is not None]
    assert [Fraction(f"{v:.15g}") for v in shown if isinstance(v, int | float)] == [
        v for v in exact if isinstance(v, Fraction)
    ]


def test_the_head_of_the_first_file_counts_whatever_its_kind(tmp_path: Path) -> None:
    further = tmp_path / "补充.yaml"
    further.write_text("规则: zhanjiang/2025\n单位: 另一局\n", "utf-8")
    own = facts_of(FULL).unit
    for files, unit in (((FULL.with_suffix(".xlsx"), further), own), ((further, FULL.with_suffix(".xlsx")), "另一局")):
        handed, _ = read_facts(files[0], files[1:])
        assert handed is not None and handed.raw.head["单位"].text == unit


# ---------- a workbook of their own ----------


def own_workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = "收支总表"
    for row in (
        ["2025 年度收支决算表"], ["编制单位：某局", None, "单位：万元"], ["项目", "年初预算数", "决算数"],
        ["一、本年收入合计", 5000, 5200.5], ["二、本年支出合计", 5000, 5200.5], ["其中：基本支出", 2000, 2000],
        ["　　　项目支出", 3000, 3200.5], ["固定资产原值（元）", None, 30000000],
    ):  # fmt: skip
        page.append(row)
    ledger = book.create_sheet("合同台账")
    for row in (["某局合同台账"], ["序号", "合同", "中标通知书日期", "已签订", "合同签订日", "已备案", "备案日期"],
                [1, "甲", date(2025, 3, 10), "是", date(2025, 4, 9), "是", date(2025, 4, 18)]):  # fmt: skip
        ledger.append(row)
    book.save(path)
    return path


def test_a_mapping_is_proposed_looked_at_and_used(tmp_path: Path) -> None:
    own, mapping = own_workbook(tmp_path / "决算表.xlsx"), tmp_path / "映射.yaml"
    run = CliRunner()
    made = run.invoke(group, ["map", str(own), "--rules", "zhanjiang/2025", "-o", str(mapping)], standalone_mode=False)
    assert made.return_value == 0
    assert "收支总表!C5" in made.output and "没有找到" in made.output
    assert '# "年末结转结余": {格: }' in mapping.read_text("utf-8")
    refused, said = scored(own, mapping)
    assert refused is None and [d.code.number for d in said] == ["ZJ5124"]
    mapping.write_text(mapping.read_text("utf-8").replace("已核: 否", "已核: 是"), "utf-8")
    found, said = scored(own, mapping)
    assert found is not None, said
    facts = found.facts.facts
    assert facts["支出合计"].value == 52_005_000 and facts["项目支出"].value == 32_005_000
    assert facts["固定资产原值"].value == 30_000_000
    assert str(facts["支出合计"].span.source.cell) == "收支总表!C5"
    assert len(found.facts.ledgers["采购合同"].rows or ()) == 1


def test_a_proposal_takes_the_unit_of_the_nearest_caption(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        page = sheet(book, "收支总表")
        page["A8"] = None
        for row in (["资产表", None, "单位：元"], ["固定资产原值", None, 30_000_000]):
            page.append(row)

    own, mapping = (
        changed(own_workbook(tmp_path / "决算表.xlsx"), change, tmp_path / "决算表.xlsx"),
        tmp_path / "映射.yaml",
    )
    CliRunner().invoke(group, ["map", str(own), "--rules", "zhanjiang/2025", "-o", str(mapping)], standalone_mode=False)
    lines = mapping.read_text("utf-8").splitlines()
    assert any('"固定资产原值": {格: "收支总表!C10", 单位: "元"}' in line for line in lines)
    assert any('"支出合计": {格: "收支总表!C5", 单位: "万元"}' in line for line in lines)


MAPPING = """映射: zhanjiang/2025
已核: 是
单位: {行: 编制单位, 表: 收支总表}
事实:
  支出合计: {表: 收支总表, 行: 本年支出合计, 列: 决算数}
  基本支出: {格: "收支总表!C6", 单位: 万元, 佐证: 决算 第 3 页}
"""


def test_a_mapping_is_part_of_what_was_handed_in(tmp_path: Path) -> None:
    own, mapping = own_workbook(tmp_path / "决算表.xlsx"), tmp_path / "映射.yaml"
    digests = set()
    for column in ("决算数", "年初预算数"):
        mapping.write_text(MAPPING.replace("列: 决算数", f"列: {column}"), "utf-8")
        handed, _ = read_facts(own, (), mapping)
        assert handed is not None
        digests.add(handed.digest)
    assert len(digests) == 2
    nothing, said = scored(FULL, mapping)
    assert nothing is None and [d.code.number for d in said] == ["ZJ5030"] and "不是工作簿" in said[0].message


def test_labelled_rows_follow_when_rows_move(tmp_path: Path) -> None:
    own, mapping = own_workbook(tmp_path / "决算表.xlsx"), tmp_path / "映射.yaml"
    mapping.write_text(MAPPING.replace("单位: {行: 编制单位, 表: 收支总表}\n", ""), "utf-8")
    changed(own, lambda b: sheet(b, "收支总表").insert_rows(4, 5), own)
    found, said = scored(own, mapping)
    assert found is not None
    assert found.facts.facts["支出合计"].value == 52_005_000
    # The cell that was named by its place is another one now, and blank: that is said.
    assert "ZJ5126" in {d.code.number for d in said}
    assert "基本支出" not in found.facts.facts


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("已核: 是", "已核: 否", "ZJ5124"),
        ("收支总表!C6", "收支表!C6", "ZJ5125"),
        ("收支总表!C6", "第三格", "ZJ5123"),
        ("行: 本年支出合计", "行: 全年支出", "ZJ5125"),
        ("列: 决算数", "列: 决算", "ZJ5125"),
        ("支出合计:", "支出总计:", "ZJ5127"),
        ("单位: 万元", "单价: 万元", "ZJ5123"),
        ("事实:", "事实: []\n其他:", "ZJ5123"),
        ("收支总表!C6", "收支总表!F40", "ZJ5126"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(old: str, new: str, code: str, tmp_path: Path) -> None:
    own, mapping = own_workbook(tmp_path / "决算表.xlsx"), tmp_path / "映射.yaml"
    mapping.write_text(MAPPING.replace(old, new), "utf-8")
    _, said = scored(own, mapping)
    (mine, *_) = (d for d in said if d.code.number == code)
    assert mine.help and mine.labels[0].span.source.name


# ---------- the three documents ----------


def test_report_writes_three_documents_that_agree(tmp_path: Path) -> None:
    run = CliRunner()
    folder = tmp_path / "报送"
    done = run.invoke(group, ["report", str(FULL), "-o", str(folder)], standalone_mode=False)
    assert done.return_value == 0, done.output
    assert {p.name for p in folder.iterdir()} == {"评分表.xlsx", "数据表.xlsx", "自评报告.docx"}
    again = known(folder / "数据表.xlsx")
    assert scores(again) == scores(known(FULL))
    table = openpyxl.load_workbook(folder / "评分表.xlsx").active
    assert isinstance(table, Worksheet)
    numbers = [table.cell(r, 5).value for r in range(4, table.max_row) if table.cell(r, 5).value is not None]
    assert [Fraction(str(n)) for n in numbers] == [s.value for s in known(FULL).claimed.indicators()]
    assert table.cell(table.max_row, 5).value == 87.32
    text = " ".join(str(c.value) for row in table.iter_rows() for c in row if c.value)
    assert "(1 - 5%) × 4 × 60% + (1 - 10%) × 4 × 40% = 3.72" in text
    assert "扣 0.5 分：公开问题数 1 处，扣 0.5" in text
    refused = run.invoke(group, ["report", str(FULL), "-o", str(folder)], standalone_mode=False)
    assert "已经有了" in str(refused.exception)


def test_a_bad_file_writes_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "坏.yaml"
    bad.write_text("规则: zhanjiang/2025\n单位: 某局\n事实: {支出合计: 五千}\n", "utf-8")
    done = CliRunner().invoke(group, ["report", str(bad), "-o", str(tmp_path / "报送")], standalone_mode=False)
    assert done.return_value == 2
    assert not (tmp_path / "报送").exists()


def test_text_never_becomes_a_formula_in_what_is_written(tmp_path: Path) -> None:
    source = tmp_path / "某局.yaml"
    source.write_text(
        "规则: zhanjiang/2025\n单位: '=HYPERLINK(1)'\n事实:\n"
        "  支出合计: {值: 5 元, 佐证: \"=cmd|'/C calc'!A0\", 出处: '+1', 理由: '@SUM(1)'}\n",
        "utf-8",
    )
    found, said = scored(source)
    assert found is not None, said
    make = (found.rules, found.facts, found.claimed, found.reviewed)
    for data in (workbook(found.rules, found.facts), scorebook.workbook(*make)):
        for page in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
            assert not [c.coordinate for row in page.iter_rows() for c in row if c.data_type == "f"]


def test_template_command(tmp_path: Path) -> None:
    run = CliRunner()
    path = tmp_path / "数据表.xlsx"
    for book in ("zhanjiang/2025", "hubei/2020", "mof/2025-control"):
        done = run.invoke(group, ["template", book, "-o", str(path), "--force"], standalone_mode=False)
        assert done.return_value == 0
        found, said = scored(path)
        assert found is not None
        assert [d.code.number for d in said if d.code.number != "ZJ6015"] == ["ZJ5026"]
        assert found.rules.id == book
    assert "已经有了" in str(run.invoke(group, ["template", book, "-o", str(path)], standalone_mode=False).exception)
    assert "以 .xlsx 结尾" in str(
        run.invoke(group, ["template", book, "-o", str(tmp_path / "表.doc")], standalone_mode=False).exception
    )


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    for args in (["template", "zhanjiang/2025", "-o", f"{'长' * 100}.xlsx"], ["report", str(FULL), "-o", "长" * 100]):
        result = CliRunner().invoke(group, args, standalone_mode=False)
        assert result.return_value == 2 and "ZJ9001" not in result.output


def test_labels_are_locked_and_input_cells_are_open() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(zhanjiang())))
    page = sheet(book, "事实")
    assert page.protection.sheet
    row = page[value_cell(book, "支出合计")].row
    assert page.cell(row, 1).protection.locked and not page.cell(row, 2).protection.locked
    lists = {d.formula1 for d in page.data_validations.dataValidation if d.type == "list"}
    assert '"是,否"' in lists
    kinds = {d.type for d in page.data_validations.dataValidation}
    assert {"list", "date", "decimal", "whole"} <= kinds
    assert page.freeze_panes == "C3" and page.page_setup.paperSize == 9


def test_numbers_are_written_exactly() -> None:
    """openpyxl by itself would write 9.95 as 9.949999999999999, and a long number as a float."""
    rules = zhanjiang()
    text = FULL.read_text("utf-8").replace("12.34 万元", "9.95 元").replace("15 万元", "12345678901234567.89 元")
    document, _ = factfile.facts(Source("某局.yaml", text))
    assert document is not None
    facts, _ = fit(document.raw, rules.program.schema, 2025, rules.indicator_names())
    book = openpyxl.load_workbook(io.BytesIO(workbook(rules, facts)))
    page = sheet(book, "事实")
    assert page[value_cell(book, "三公经费支出")].value == 9.95
    long = page[value_cell(book, "三公经费预算")]
    assert long.value == "12345678901234567.89 元" and long.comment is not None


def test_three_documents_of_one_unit_reconcile_to_nothing(tmp_path: Path) -> None:
    run = CliRunner()
    folder = tmp_path / "报送"
    assert run.invoke(group, ["report", str(FULL), "-o", str(folder)], standalone_mode=False).return_value == 0
    files = [str(folder / name) for name in ("自评报告.docx", "评分表.xlsx", "数据表.xlsx")]
    done = run.invoke(group, ["reconcile", *files], standalone_mode=False)
    assert done.return_value == 0, done.output
    assert "没有发现" in done.output and "不符 0 处" in done.output and "评分表有 27 项" in done.output


def paper_changed(path: Path, old: str, new: str) -> None:
    paper = docx.Document(str(path))
    runs = [r for p in paper.paragraphs for r in p.runs if old in r.text]
    runs += [
        r
        for t in paper.tables
        for row in t.rows
        for c in row.cells
        for p in c.paragraphs
        for r in p.runs
        if old in r.text
    ]
    assert runs
    for each in runs:
        each.text = each.text.replace(old, new)
    paper.save(str(path))


@pytest.mark.parametrize(
    ("document", "change", "code"),
    [
        ("评分表.xlsx", lambda b: setattr(sheet(b, "评分表")["E4"], "value", 3), "ZJ5088"),
        ("评分表.xlsx", lambda b: setattr(sheet(b, "评分表")["D4"], "value", 5), "ZJ5085"),
        ("评分表.xlsx", lambda b: setattr(sheet(b, "评分表")["E7"], "value", 4.5), "ZJ5086"),
        ("评分表.xlsx", lambda b: setattr(sheet(b, "评分表")["E38"], "value", 88), "ZJ5087"),
        ("数据表.xlsx", lambda b: setattr(sheet(b, "事实")[value_cell(b, "支出合计")], "value", 52_000_001), "ZJ5080"),
        ("数据表.xlsx", lambda b: setattr(sheet(b, "封面")["B3"], "value", "某市别的局"), "ZJ5081"),
        ("数据表.xlsx", lambda b: setattr(sheet(b, "自评得分")["C46"], "value", 90), "ZJ5084"),
    ],
)  # fmt: skip
def test_a_change_in_one_document_is_found(
    document: str, change: Callable[[openpyxl.Workbook], None], code: str, tmp_path: Path
) -> None:
    run = CliRunner()
    folder = tmp_path / "报送"
    run.invoke(group, ["report", str(FULL), "-o", str(folder)], standalone_mode=False)
    changed(folder / document, change, folder / document)
    files = [str(folder / name) for name in ("自评报告.docx", "评分表.xlsx", "数据表.xlsx")]
    done = run.invoke(group, ["reconcile", *files, "--format", "json"], standalone_mode=False)
    assert done.return_value == 1
    found = [d for r in json.loads(done.output)["对照"] for d in r["发现"]]
    mine = [d for d in found if d["代码"] == code]
    assert mine, [(d["代码"], d["消息"]) for d in found]
    assert any(Path(p["文件"]).name == document and p.get("格") for p in mine[0]["位置"])


def test_an_amount_changed_in_the_report_is_found(tmp_path: Path) -> None:
    run = CliRunner()
    folder = tmp_path / "报送"
    run.invoke(group, ["report", str(FULL), "-o", str(folder)], standalone_mode=False)
    paper_changed(folder / "自评报告.docx", "20,000,000 元", "21,000,000 元")
    done = run.invoke(
        group, ["reconcile", str(folder / "自评报告.docx"), str(folder / "数据表.xlsx")], standalone_mode=False
    )
    assert done.return_value == 1
    assert "「基本支出」" in done.output
