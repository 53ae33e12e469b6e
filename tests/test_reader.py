"""A rule set as a document: what it holds of every rule set, what it shuts out, and the command that writes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from click.testing import CliRunner, Result

from readerwork import read
from test_page import HOSTILE, Read
from zjrules.bookshelf import rule_sets
from zjrules.cli.main import group
from zjrules.page.markup import joined
from zjrules.page.style import STYLE
from zjrules.reader.document import document
from zjrules.reader.model import Document
from zjrules.reader.opened import opened
from zjrules.reader.page import page
from zjrules.reader.readme import rendered
from zjrules.reader.record import record
from zjrules.reader.style import READER

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "engine/zjrules/schema/rulebook.schema.json").read_text("utf-8"))
NAMES = sorted(rule_sets())
BOOK = """事实 率 : 比率 介于 0% 至 100%   说明 "{0}"   佐证 "{0}"
一级指标 全部 10 分
指标 甲 10 分
  依据 "{0}"
  得分 若 率 ≥ 90% 则 满分 否则 0 分
校验 提示 "{0}"
  应有 率 ≥ 0%
"""


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, standalone_mode=False)


@pytest.fixture(scope="module", params=NAMES)
def doc(request: pytest.FixtureRequest) -> Document:
    found, problems = opened(request.param)
    assert found is not None, problems
    return document(found)


# ---------- what it holds ----------


def test_every_indicator_fact_check_word_and_parameter_is_told_once(doc: Document) -> None:
    volume, _ = opened(doc.head.id)
    assert volume is not None
    program = volume.program
    assert [i.name for i in doc.indicators()] == [i.name for i in volume.rules.indicators()]
    assert sum(i.points for i in doc.indicators()) == sum(i.points for i in volume.rules.indicators())
    told = [f.name for _, facts in doc.facts for f in facts]
    assert sorted(told) == sorted(program.schema.facts) and len(set(told)) == len(told)
    assert [x.name for x in doc.ledgers] == list(program.schema.ledgers)
    assert [c.title for c in doc.checks] == [c.title for c in program.checks]
    assert [p.name for p in doc.params] == list(program.params)
    named = {w for i in doc.indicators() for w in i.words}
    assert named <= {w.name for w in doc.words}
    assert all(i.ways[0].told or i.ways[1:] for i in doc.indicators()), "no indicator is without words"


def test_the_rule_text_is_the_text_that_show_prints(doc: Document) -> None:
    volume, _ = opened(doc.head.id)
    assert volume is not None
    clauses = [i.clause for i in doc.indicators()] + [c.clause for c in doc.checks] + [p.clause for p in doc.params]
    library = [c for c in clauses if c.text not in volume.text]
    assert not library, [c.origin for c in library]
    assert all(w.examples for w in doc.words), "a word is tested by its examples"


def test_the_record_follows_its_schema(doc: Document) -> None:
    jsonschema.validate(record(doc, "0"), SCHEMA)


def test_every_link_has_its_anchor_and_every_anchor_is_there_once(doc: Document) -> None:
    found = Read(page(doc, "0"))
    ids = [a["id"] for _, a in found.tags if "id" in a]
    assert len(ids) == len(set(ids))
    links = {unquote(str(a["href"])) for tag, a in found.tags if tag == "a"}
    assert links <= {f"#{i}" for i in ids}
    assert {f"#指标-{i.name}" for i in doc.indicators()} <= links
    if doc.head.nature:
        assert doc.head.nature in found.text


def test_an_indicator_stands_in_words_beside_its_rule() -> None:
    text = Read(html_of("zhanjiang/2025")).text
    assert "重构，非官方" in text
    assert "得分 = (1 - 调剂率) × 满分 × 调剂权重 + (1 - 追加率) × 满分 × 追加权重" in text
    assert "令 调剂率 = 限于(预算调剂额 ÷ 年初预算数，下限：0%，上限：100%)" in text
    assert "出自 rules/zhanjiang/2025/2-execution.zj:20" in text
    assert "「上级转移支付追加」变大时，得分不会降低" in text
    assert "不合规问题数，每 1 处扣 1 分" in text
    assert "限于(120%，下限：0%，上限：100%)" in text, "the examples of a word"


def html_of(name: str) -> str:
    found, _ = opened(name)
    assert found is not None
    return page(document(found), "0")


def test_keywords_numbers_texts_and_names_are_told_apart() -> None:
    found = read(BOOK.format("说"))
    pieces = next(found.indicators()).clause.pieces
    told = {p.text: p.kind for p in pieces if p.kind}
    assert told["指标"] == told["得分"] == told["若"] == "关键字"
    assert told["90%"] == "数" and told['"说"'] == "文字" and told["率"] == "事实"
    assert "".join(p.text for p in pieces) == next(found.indicators()).clause.text


def test_the_name_of_a_clause_is_told_from_the_word_of_that_name() -> None:
    found = read(
        "一级指标 全部 10 分\n指标 甲 10 分\n  得分 限于(12 分，下限：0 分，上限：10 分)\n  限于 0 分 至 满分\n"
    )
    told = [(p.text, p.kind) for p in next(found.indicators()).clause.pieces if p.text == "限于"]
    assert told == [("限于", "词"), ("限于", "关键字")]


# ---------- what it shuts out ----------


def test_text_is_never_taken_for_markup() -> None:
    hostile = HOSTILE.replace('"', "”")
    found = Read(page(read(BOOK.format(hostile)), "0"))
    assert sum(tag == "script" for tag, _ in found.tags) == 1
    assert "b" in {tag for tag, _ in found.tags} and hostile in found.text
    assert not any(name.startswith("on") for _, a in found.tags for name in a)
    assert all(str(a["href"]).startswith("#") for tag, a in found.tags if tag == "a")


def test_the_style_names_no_place_outside() -> None:
    assert "url(" not in STYLE + READER and "@import" not in STYLE + READER


# ---------- the command ----------


def test_the_command_writes_the_page_and_the_data(tmp_path: Path) -> None:
    out = tmp_path / "规则.html"
    assert run("show", "zhanjiang/2025", "-o", str(out)).return_value == 0
    first = out.read_bytes()
    assert first.startswith(b"<!DOCTYPE html>")
    assert run("show", "zhanjiang/2025", "--format", "html", "-o", str(out), "--force").return_value == 0
    assert out.read_bytes() == first, "the same rules give the same bytes"
    data: dict[str, Any] = json.loads(run("show", "zhanjiang/2025", "--format", "json").output)
    assert data["规则"]["性质"] == "重构，非官方"
    assert [g["分值"] for g in data["指标"]] == ["5", "8", "5", "8", "9", "10", "5", "50"]


def test_a_page_is_not_printed_and_errors_are_said() -> None:
    assert type(run("show", "zhanjiang/2025", "--format", "html").exception).__name__ == "UsageError"
    result = run("show", "zhanjiang/2052", "--format", "json")
    assert result.return_value == 2 and "ZJ2020" in result.output


def test_what_is_said_beside_the_rules_stands_on_the_page() -> None:
    found = Read(html_of("zhanjiang/2025"))
    assert "每行的标准从哪里来" in found.text and "凭记忆，没有核对原文；引用前须核" in found.text
    assert ("table", {"class": "told"}) in found.tags


def test_markdown_beside_the_rules_is_never_taken_for_html() -> None:
    text = (
        "# 题\n\n<script>alert(1)</script>\n\n[点](javascript:alert(1)) ![图](https://x.invalid/a.png) <b>粗</b> `<i>`\n\n"
        "| a | <u> |\n|---|---|\n| [x](//y) | **z** |\n\n```\n<p>\n```\n\n3. 三\n"
    )
    found = Read(joined(*rendered(text)).text)
    tags = {tag for tag, _ in found.tags}
    assert not tags & {"script", "a", "img", "b", "i", "u", "h1"} and {"strong", "table", "ol", "pre", "code"} <= tags
    assert "<script>alert(1)</script>" in found.text and "点" in found.text and "图" in found.text
    assert rendered("> " * 500 + "深") is not None
