"""The report: every case gives one, what facts say comes through literally, and a template can run nothing."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
import zipfile
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner
from docx import Document

from office import converted, text_of
from zjrules.appraisal import calendar_for
from zjrules.cli.main import group
from zjrules.explain.lines import places_of, score_text
from zjrules.explain.narrative import Content, Narrative, narrative
from zjrules.explain.prose import points
from zjrules.fit import fit
from zjrules.inout import factfile
from zjrules.inout.asset import TEMPLATE, asset, report_template
from zjrules.inout.paper import MAX_BYTES, written
from zjrules.project import Scored, fitted, load, read_facts, rules_named, score_both
from zjrules.ruleset import RuleSet
from zjrules.span import Source
from zjrules.term import rule as tr
from zjrules.value import Problem

CASES = sorted((Path(__file__).parent.parent / "cases").glob("*/*.yaml"))
REAL = next(p for p in CASES if p.stem == "01-real-report")
FULL = next(p for p in CASES if p.stem == "05-full-department")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@cache
def _rules(name: str) -> RuleSet:
    found, _ = load(name)
    assert found is not None
    return found


@cache
def _scored(path: Path) -> Scored:
    handed, problems = read_facts(path)
    assert handed is not None, problems
    rules = _rules(rules_named(handed, ())[0][0])
    return score_both(rules, fitted(handed, rules)[0], calendar_for(rules)[0])


def _told(scored: Scored) -> Narrative:
    return narrative(scored.rules, scored.facts, scored.claimed, scored.proved)


def _entries(content: Content) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", content)


def _paper(scored: Scored) -> bytes:
    made, problems = written(report_template(scored.rules.beside(TEMPLATE)).read_bytes(), _told(scored))
    assert made is not None, problems
    return made


def _text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = (c.text for t in document.tables for row in t.rows for c in row.cells)
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def _made(texts: dict[str, str] | list[str], part: str = "word/document.xml", template: bytes = b"") -> bytes:
    """Return a template: paragraphs of its own, or another one with texts of a part replaced."""
    if isinstance(texts, list):
        document = Document()
        for text in texts:
            document.add_paragraph(text)
        whole = io.BytesIO()
        document.save(whole)
        return whole.getvalue()
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as packed, zipfile.ZipFile(whole, "w") as again:
        for name in packed.namelist():
            data = packed.read(name).decode("utf-8", "surrogateescape")
            for old, new in texts.items() if name == part else ():
                assert old in data
                data = data.replace(old, new)
            again.writestr(name, data.encode("utf-8", "surrogateescape"))
    return whole.getvalue()


def _with_facts(text: str) -> Scored:
    rules = _rules("zhanjiang/2025")
    document, problems = factfile.facts(Source("事实.yaml", text))
    assert document is not None, problems
    facts, _ = fit(document.raw, rules.program.schema, 2025, rules.indicator_names())
    return score_both(rules, facts, calendar_for(rules)[0])


# ---------- the content ----------


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_case_gives_a_whole_report(path: Path) -> None:
    scored = _scored(path)
    text = _text(_paper(scored))
    for step in scored.claimed.indicators():
        assert isinstance(step.term, tr.Indicator)
        assert step.term.name in text
    told = _told(scored)
    assert f"总分为 {told['总分']}" in text
    assert f"等级为{told['等级']}" in text
    assert scored.facts.unit in text
    assert scored.rules.program.book.nature in text
    for left in ("{{", "{%", "None", "Unknown(", "Fraction(", "≈≈", "。。", "得 无"):
        assert left not in text, left


def test_the_real_report_says_what_it_rests_on() -> None:
    told = _told(_scored(REAL))
    assert told["总分"] == "34.50 至 100.00 分（缺 25 项事实）"
    text = _text(_paper(_scored(REAL)))
    assert "(1 - 0%) × 4 × 60% + (1 - 0%) × 4 × 40% = 4 分" in text
    assert "相差 1,060,516.63 元" in text
    assert "预算调剂额为 0 元、年中追加额为 0 元，均为自述，没有佐证。" in text
    assert "年初预算数、上级转移支付追加、政策性增支追加没有填报，不影响本项得分。" in text
    assert "本项不适用，原因是“非 有出租出借处置”（非 否）成立，按满分计，得 1.00 分。" in text
    assert "支出合计 103,859,187.26 元" in text
    assert "【缺失：年初预算数】" in text
    assert "2026 年 5 月 25 日" in text
    assert "注明“重构，非官方”" in text
    assert "zjrules" not in text


def test_the_full_department_names_evidence_and_lost_points() -> None:
    scored = _scored(FULL)
    text = _text(_paper(scored))
    assert "总分为 87.32 分，等级为良" in text
    assert "(1 - 5%) × 4 × 60% + (1 - 10%) × 4 × 40% = 3.72 分" in text
    number = next(m["序号"] for m in _entries(_told(scored)["佐证材料"]) if m["材料"] == "审计报告")
    assert f"不合规问题数为 1 处（佐证 {number}：审计报告）" in text
    assert "未得满分的原因：不具备：项目库储备细化。" in text
    assert "所填事实之间的勾稽没有发现不符。" in text
    assert "整体目标得分为 0.8 分（理由：五条目标里有一条没有量化）" in text


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_score_is_the_traces(path: Path) -> None:
    scored = _scored(path)
    told = [each for group in _entries(_told(scored)["一级指标"]) for each in _entries(group["指标"])]
    steps = zip(scored.claimed.indicators(), scored.proved.indicators(), strict=True)
    for each, (mine, proved) in zip(told, steps, strict=True):
        assert isinstance(mine.term, tr.Indicator)
        places = places_of(mine.term.rounding)
        assert each["得分数"] == score_text(mine.value, places)
        assert each["仅有佐证"] == score_text(proved.value, places)
        unit = "" if isinstance(mine.value, Problem) else f"得 {points(mine.value, places)}"
        assert unit in each["正文"]


def test_a_rule_set_without_a_template_takes_the_one_for_all() -> None:
    assert report_template(_rules("mof/2020").beside(TEMPLATE)) == asset("rules") / "report.docx"
    own = report_template(_rules("zhanjiang/2025").beside(TEMPLATE))
    assert own.parent.name == "2025"
    assert report_template(None) == asset("rules") / "report.docx"


# ---------- hostile text ----------

HOSTILE = "甲&乙<b>\"'{{ 单位 }}{% if %}{_{ %_} &amp; ]]> ‘’"


def test_hostile_text_comes_through_literally() -> None:
    told = _told(_scored(REAL))
    told = {**told, "单位": HOSTILE, "总评": [HOSTILE, "一行\n二行\r\n三行", "铃\x07页\x0c零\x00尾\ufffe\ud800"]}
    made, problems = written(report_template(_rules("zhanjiang/2025").beside(TEMPLATE)).read_bytes(), told)
    assert made is not None, problems
    text = _text(made)
    assert text.count(HOSTILE) >= 4
    assert "一行\n二行\n三行" in text
    assert "铃〔U+0007〕页〔U+000C〕零〔U+0000〕尾〔U+FFFE〕〔U+D800〕" in text


def test_hostile_facts_come_through_from_the_file() -> None:
    scored = _with_facts(
        """单位: 甲&乙<b>{{ 7*7 }}局
填报日期: 不知道
事实:
  支出合计: {值: 100 元, 佐证: "<w:p/>&{% raw %}"}
  食材预留额: {不适用: "没有<食堂>&{{ 单位 }}"}
"""
    )
    text = _text(_paper(scored))
    assert "评价单位：甲&乙<b>{{ 7*7 }}局" in text
    assert "<w:p/>&{% raw %}" in text
    assert "没有<食堂>&{{ 单位 }}" in text
    assert "填报日期：不知道" in text


# ---------- templates ----------

BAD = {
    "{{ 单位 }": "ZJ5101",
    "{% for 组 in 一级指标 %}": "ZJ5101",
    "{% endif %}": "ZJ5101",
    "{{ }}": "ZJ5101",
    "{% 如果 %}": "ZJ5101",
    "{{ 单位名称 }}": "ZJ5102",
    "{% if 假 %}{{ 没有这个 }}{% endif %}": "ZJ5102",
    "{{ 事实['支出总计'] }}": "ZJ5102",
    "{{ 规则集.版本 }}": "ZJ5102",
    "{{ range }}": "ZJ5102",
    "{{ self }}": "ZJ5103",
    "{{ ''.__class__.__mro__ }}": "ZJ5103",
    "{{ 单位.__class__ }}": "ZJ5103",
    "{{ 单位['__class__'] }}": "ZJ5103",
    "{{ 单位.upper() }}": "ZJ5103",
    "{{ 单位.upper }}": "ZJ5103",
    "{{ 事实.items }}": "ZJ5103",
    "{{ 单位|upper }}": "ZJ5103",
    "{{ 'a' * 1000000000 }}": "ZJ5103",
    "{{ 10 ** 10 ** 10 }}": "ZJ5103",
    "{% set 甲 = 单位 %}": "ZJ5103",
    "{% include '/etc/passwd' %}": "ZJ5103",
    "{% import '/etc/passwd' as 甲 %}": "ZJ5103",
    "{% extends '甲' %}": "ZJ5103",
    "{% macro 甲() %}{% endmacro %}": "ZJ5103",
    "{% for 甲 in [1, 2] %}{% endfor %}": "ZJ5103",
    "{% for 字 in 单位 %}{% endfor %}": "ZJ5103",
    "{% for 甲 in 事实 %}{% for 乙 in 事实 %}{% for 丙 in 事实 %}{% for 丁 in 事实 %}{% endfor %}{% endfor %}{% endfor %}"
    "{% endfor %}": "ZJ5103",
    "{{ 单位" + ".甲" * 3000 + " }}": "ZJ5104",
}


@pytest.mark.parametrize("tag", BAD, ids=range(len(BAD)))
def test_a_bad_template_is_told(tag: str) -> None:
    made, problems = written(_made(["前文", f"这一段 {tag} 结束"]), _told(_scored(REAL)), "某市/report.docx")
    assert made is None
    (found,) = problems
    assert found.code.number == BAD[tag], found
    assert found.labels[0].span.source.name == "某市/report.docx"
    assert found.help
    assert "0x" not in found.message + found.help


def test_a_misspelt_name_is_told_the_likely_one_and_the_paragraph() -> None:
    template = _made(["一", "二", "三", "四", "五", "评价单位：{{ 单位名 }}。", "七"])
    (found,) = written(template, _told(_scored(REAL)))[1]
    assert "「单位名」" in found.message and "评价单位：" in found.message
    assert found.help == "是不是「单位」？"


def test_a_template_that_would_break_the_document_is_told() -> None:
    (found,) = written(_made(["{%p if not 单位 %}", "前文{% endif %}后文"]), _told(_scored(REAL)))[1]
    assert found.code.number == "ZJ5104"


def _simple() -> bytes:
    return _made(["{{ 单位 }}"])


def test_what_is_no_template_is_told() -> None:
    told = _told(_scored(REAL))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"\0" * (MAX_BYTES + 1))
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as packed:
        packed.writestr("甲.txt", "乙")
    bare = io.BytesIO()
    with zipfile.ZipFile(bare, "w") as packed:
        packed.writestr("word/document.xml", "<甲/>")
    entity = _made({"<w:body>": "<w:body>"}, template=_simple())
    entity = _made({"<w:document": '<!DOCTYPE w [<!ENTITY x "y">]><w:document'}, template=entity)
    half = _simple()[: len(_simple()) // 2]
    torn = _made({"</w:body>": ""}, template=_simple())
    for data in (b"", b"PK", b"%PDF-1.7", bomb.getvalue(), empty.getvalue(), bare.getvalue(), entity, half, torn):
        made, problems = written(data, told)
        assert made is None
        assert [d.code.number for d in problems] in (["ZJ5100"], ["ZJ5104"])


@pytest.mark.parametrize("text", ["{" * 100_000, "{%" * 100_000, "{{ 单位 " * 50_000])
def test_a_template_of_braces_is_refused_in_seconds(text: str) -> None:
    began = time.monotonic()
    made, problems = written(_made([text]), _told(_scored(REAL)))
    assert made is None and [d.code.number for d in problems] == ["ZJ5100"] and time.monotonic() - began < 15


def test_entities_are_found_in_any_encoding() -> None:
    text = zipfile.ZipFile(io.BytesIO(_simple())).read("word/document.xml").decode("utf-8").partition("?>")[2]
    for encoding in ("utf-16-le", "utf-16-be"):
        mark = "\ufeff<?xml version='1.0' encoding='utf-16'?><!DOCTYPE w [<!ENTITY x 'y'>]>"
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(_simple())) as packed, zipfile.ZipFile(out, "w") as again:
            for name in packed.namelist():
                own = name == "word/document.xml"
                again.writestr(name, (mark + text).encode(encoding) if own else packed.read(name))
        made, problems = written(out.getvalue(), _told(_scored(REAL)))
        assert made is None and "实体" in problems[0].message


def test_a_template_that_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["report", str(FULL), "-o", str(tmp_path / "报送"), "--template", "/dev/zero"],
                                standalone_mode=False)  # fmt: skip
    assert result.return_value == 2 and "不是普通的文件" in result.output and not (tmp_path / "报送").exists()


# ---------- the file ----------


def test_the_same_input_gives_the_same_bytes() -> None:
    assert _paper(_scored(FULL)) == _paper(_scored(FULL))
    without = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_simple())) as packed, zipfile.ZipFile(without, "w") as again:
        for name in packed.namelist():
            data = packed.read(name)
            if name in ("_rels/.rels", "[Content_Types].xml"):
                data = re.sub(rb"<(Relationship|Override)[^>]*core[^>]*/>", b"", data)
            if name != "docProps/core.xml":
                again.writestr(name, data)
    first, problems = written(without.getvalue(), _told(_scored(FULL)))
    assert first is not None, problems
    core = zipfile.ZipFile(io.BytesIO(first)).read("docProps/core.xml")
    assert b"1980-01-01" in core
    assert written(without.getvalue(), _told(_scored(FULL)))[0] == first


def test_the_content_does_not_hang_on_the_order_of_sets() -> None:
    run = (
        f"import test_paper, hashlib; from pathlib import Path; p = Path({str(FULL)!r})\n"
        "print(hashlib.sha256(test_paper._paper(test_paper._scored(p))).hexdigest())"
    )
    seen = {
        subprocess.run([sys.executable, "-c", run], cwd=Path(__file__).parent, env={**os.environ, "PYTHONHASHSEED": seed},
                       check=True, capture_output=True).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(seen) == 1


@pytest.mark.parametrize("name", ["report.docx", "zhanjiang/2025/report.docx"])
def test_the_templates_keep_the_official_layout(name: str) -> None:
    document = Document(str(asset("rules") / name))
    section = document.sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.bottom_margin, section.left_margin,
             section.right_margin)  # fmt: skip
    assert [round(s.mm) for s in sizes if s is not None] == [210, 297, 37, 35, 28, 26]
    fonts = {"Normal": "仿宋_GB2312", "Heading 1": "黑体", "Heading 2": "楷体_GB2312", "Title": "方正小标宋简体"}
    for style, font in fonts.items():
        element = document.styles[style].element
        assert element.find(f".//{{{W}}}rFonts").get(f"{{{W}}}eastAsia") == font
    normal = document.styles["Normal"]
    assert normal.font.size.pt == 16
    assert normal.paragraph_format.line_spacing.pt == 28
    assert "PAGE" in section.footer._element.xml
    marked = [r.text for p in document.paragraphs for r in p.runs if "由本单位填写：" in r.text]
    assert len(marked) >= 10
    assert all(r.font.highlight_color for p in document.paragraphs for r in p.runs if "由本单位填写：" in r.text)


@pytest.mark.slow
@pytest.mark.parametrize("path", [REAL, FULL], ids=["real", "full"])
def test_the_report_opens_in_an_office_suite(path: Path, tmp_path: Path) -> None:
    scored = _scored(path)
    (tmp_path / "report.docx").write_bytes(_paper(scored))
    (pdf,) = converted([tmp_path / "report.docx"], "pdf", tmp_path)
    text = text_of(pdf)
    assert text.count("\f") > 3
    assert re.sub(r"\s", "", f"总分为{_told(scored)['总分']}") in re.sub(r"\s", "", text)
