"""Hover: what is said of a name, with errors around it and rare characters before it. ‸ in a text is the cursor."""

from __future__ import annotations

from pathlib import Path

from editor import Editor, Page, editor
from test_lsp_names import CASE, HEAD, SCORES, ed, home, marked, place
from zjrules.build import the_parser
from zjrules.lsp.lore import KEYWORDS

__all__ = ["ed", "home"]


def said(ed: Editor, page: Page) -> str:
    found = ed.ask("textDocument/hover", page)
    return found.contents.value if found is not None else ""


def test_a_fact_says_its_type_its_evidence_and_its_value_in_the_case(ed: Editor, home: Path) -> None:
    ed.open(place(home, "甲.zj"), HEAD)
    page = ed.open(place(home, "乙.zj"), marked(SCORES, "令 比 = 预算", "执行率"))
    ed.findings(page)
    assert said(ed, page) == ("**事实 预算执行率** ：比率 介于 0% 至 100%\n\n佐证：决算表\n\n案例 一：50%（自述）")
    assert page.under(ed.ask("textDocument/hover", page).range) == "预算执行率"


def test_an_indicator_says_its_standard_and_its_score_in_the_case(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "乙.zj"), marked(SCORES, "指标 执", "行 4"))
    ed.findings(page)
    text = said(ed, page)
    assert text.startswith("**指标 执行** 4 分\n\n依据：𠮷县通知\n\n得分 = 满分 × 保底(")
    assert "案例 一：2.00 分。" in text


def test_a_let_says_what_it_is_in_the_case(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "乙.zj"), marked(SCORES, "保底(", "比，"))
    ed.findings(page)
    assert said(ed, page) == ("**令 比** = 预算执行率 × 权重\n\n比 = 预算执行率 × 权重（比率）\n\n案例 一：25%")


def test_a_word_says_its_inputs_and_examples_and_a_keyword_what_it_is_for(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "乙.zj"), marked(SCORES, "× 保", "底("))
    ed.findings(page)
    text = said(ed, page)
    assert text.startswith("**定词 保底**\n\n输入 值 : 数\n\n输入 下限 : 同（值）")
    assert "举例 保底(-1 分，下限：0 分) 得 0 分" in text
    page = ed.type(page, marked(SCORES, "扣", "完为止"))
    assert said(ed, page) == "**扣完为止** 扣到 0 分为止"


def test_half_typed_lines_hide_nothing_and_values_are_those_of_the_last_good_text(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "乙.zj"), SCORES)
    ed.findings(page)
    broken = SCORES.replace("  令 比", "  得分 （满分 ×\n  令 比")
    page = ed.type(page, marked(broken, "= 预算", "执行率"))
    ed.findings(page)
    assert "佐证：决算表" in said(ed, page)
    assert "案例 一：50%" in said(ed, page)


def test_nothing_is_said_of_a_text_or_an_unknown_document(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "乙.zj"), marked(SCORES, '依据 "𠮷县', '通知"'))
    assert said(ed, page) == ""
    ed.close(page)
    assert said(ed, page) == ""


def test_the_case_of_the_settings_is_taken(home: Path) -> None:
    (home / "cases" / "二.yaml").write_text(CASE.replace("50%", "80%"), "utf-8")
    with editor(home, case="cases/二.yaml") as ed:
        page = ed.open(place(home, "甲.zj"), marked(HEAD, "事实 预算", "执行率"))
        ed.findings(page)
        assert "案例 二：80%" in said(ed, page)
        ed.do("zjrules.chooseCase", page.uri, "cases/一.yaml")
        assert "案例 一：50%" in said(ed, page)
        assert [c["path"] for c in ed.do("zjrules.cases", page.uri)] == ["cases/一.yaml", "cases/二.yaml"]


def test_every_keyword_has_its_line() -> None:
    signs = {w for w, t in the_parser().lex.words.items() if t in ("GE", "LE", "GT", "LT", "EQ", "NE")}
    assert set(KEYWORDS) == set(the_parser().lex.words) - signs
