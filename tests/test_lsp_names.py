"""Definitions, references, highlights and renames, as an editor asks for them. ‸ in a text is the cursor."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from editor import CURSOR, Editor, Page, RefusedError, editor
from zjrules.lsp.names import names_in
from zjrules.lsp.rename import rename
from zjrules.lsp.state import RefusedError as RefusedHere
from zjrules.lsp.state import State

ROOT = Path(__file__).parent.parent

HEAD = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 8 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 6 分，差 其余
参数 权重 = 50%
事实 预算执行率 : 比率 介于 0% 至 100%   佐证 "决算表"
明细 合同
  列名 金额数 : 金额 ≥ 0 元
  列名 补签   : 是否
"""
SCORES = """一级指标 全部 8 分
指标 执行 4 分
  依据 "𠮷县通知"
  令 比 = 预算执行率 × 权重
  得分 满分 × 保底(比，下限：0%) ÷ 权重 × 100%
指标 合同 4 分
  依据 "通知"
  扣分
    每 1 份 计数(合同 其中 补签 且 金额数 > 0 元) 扣 1 分
    扣完为止
"""
CASE = """案例: 甲
规则: 某市/2025
单位: 某局
事实:
  预算执行率: 50%
明细:
  合同:
    - {金额数: 1 元, 补签: 是}
期望:
  指标:
    执行: 2
"""


def settle(root: Path) -> Path:
    """Write the rule set and its case into a folder."""
    folder = root / "rules" / "某市" / "2025"
    folder.mkdir(parents=True)
    (folder / "甲.zj").write_text(HEAD, "utf-8")
    (folder / "乙.zj").write_text(SCORES, "utf-8")
    (root / "cases").mkdir()
    (root / "cases" / "一.yaml").write_text(CASE, "utf-8")
    return root


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return settle(tmp_path)


@pytest.fixture
def ed(home: Path) -> Iterator[Editor]:
    with editor(home) as found:
        yield found


def place(home: Path, name: str) -> Path:
    return home / "rules" / "某市" / "2025" / name


def marked(text: str, before: str, after: str) -> str:
    """Put the cursor between two pieces of a text."""
    assert before + after in text
    return text.replace(before + after, before + CURSOR + after, 1)


def told(locations: list[Any], *pages: Page) -> list[str]:
    """Return locations as 'file:line text'."""
    texts = {p.uri: p for p in pages}
    found = []
    for x in locations:
        page = texts.get(x.uri)
        name = Path(x.uri).name
        found.append(f"{name}:{x.range.start.line + 1} {page.under(x.range) if page else ''}".strip())
    return found


# ---------- where ----------


def test_a_fact_is_found_in_the_other_file(ed: Editor, home: Path) -> None:
    first = ed.open(place(home, "甲.zj"), HEAD)
    page = ed.open(place(home, "乙.zj"), marked(SCORES, "令 比 = 预算", "执行率"))
    (found,) = ed.ask("textDocument/definition", page)
    assert Path(found.uri) == Path(first.uri)
    assert first.under(found.range) == "预算执行率"


def test_a_let_a_column_and_an_option_are_found_where_they_are_declared(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "乙.zj"), marked(SCORES, "保底(比", "，"))
    (found,) = ed.ask("textDocument/definition", page)
    assert page.under(found.range) == "比"
    assert found.range.start.line == 3
    page = ed.type(page, marked(SCORES, "且 金", "额数"))
    (found,) = ed.ask("textDocument/definition", page)
    assert found.range.start.line == 13


def test_a_standard_word_is_found_in_the_library(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "乙.zj"), marked(SCORES, "× 保", "底("))
    (found,) = ed.ask("textDocument/definition", page)
    assert found.uri.endswith("/std/at-least.zj") or "/std/" in found.uri
    page = ed.type(page, marked(SCORES, "比，下", "限："))
    (found,) = ed.ask("textDocument/definition", page)
    assert "/std/" in found.uri


def test_an_unfinished_line_before_it_hides_nothing(ed: Editor, home: Path) -> None:
    broken = SCORES.replace('依据 "𠮷县通知"', '依据 "𠮷县通知"\n  得分 （满分 ×')
    page = ed.open(place(home, "乙.zj"), marked(broken, "令 比 = 预算", "执行率"))
    (found,) = ed.ask("textDocument/definition", page)
    assert found.range.start.line == 11


def test_references_are_found_over_files_and_columns_are_those_of_their_ledger(ed: Editor, home: Path) -> None:
    second = ed.open(place(home, "乙.zj"), SCORES)
    page = ed.open(place(home, "甲.zj"), marked(HEAD, "参数 权", "重"))
    found = ed.ask("textDocument/references", page, context={"includeDeclaration": True})
    assert sorted(told(found, page, second)) == ["%E4%B9%99.zj:4 权重", "%E4%B9%99.zj:5 权重", "%E7%94%B2.zj:11 权重"]
    found = ed.ask("textDocument/references", page, context={"includeDeclaration": False})
    assert len(found) == 2


def test_the_same_name_elsewhere_is_highlighted_behind_a_rare_character(ed: Editor, home: Path) -> None:
    text = SCORES.replace("令 比 =", "令 「𠮷比」 =").replace("保底(比", "保底(「𠮷比」")
    page = ed.open(place(home, "乙.zj"), marked(text, "保底(「𠮷", "比」"))
    found = ed.ask("textDocument/documentHighlight", page)
    assert [page.under(x.range) for x in found] == ["「𠮷比」", "「𠮷比」"]


def test_nothing_is_found_where_nothing_is_named(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "乙.zj"), marked(SCORES, '依据 "𠮷县', '通知"'))
    assert not ed.ask("textDocument/definition", page)
    assert not ed.ask("textDocument/references", page, context={"includeDeclaration": True})


# ---------- rename ----------


def renamed(ed: Editor, page: Page, new: str) -> dict[str, Any]:
    found = ed.ask("textDocument/rename", page, newName=new)
    return dict(found.changes)


def test_a_fact_gets_its_new_name_in_rules_and_cases(ed: Editor, home: Path) -> None:
    second = ed.open(place(home, "乙.zj"), SCORES)
    page = ed.open(place(home, "甲.zj"), marked(HEAD, "事实 预算", "执行率"))
    prepared = ed.ask("textDocument/prepareRename", page)
    assert prepared.placeholder == "预算执行率"
    changes = renamed(ed, page, "预算支出率")
    case = Page((home / "cases" / "一.yaml").as_uri(), CASE, 0, 1)
    assert set(changes) == {page.uri, second.uri, case.uri}
    assert page.edited(changes[page.uri]) == HEAD.replace("预算执行率", "预算支出率")
    assert second.edited(changes[second.uri]) == SCORES.replace("预算执行率", "预算支出率")
    assert case.edited(changes[case.uri]) == CASE.replace("预算执行率", "预算支出率")


def test_a_name_that_needs_them_gets_its_brackets(ed: Editor, home: Path) -> None:
    ed.open(place(home, "甲.zj"), HEAD)
    page = ed.open(place(home, "乙.zj"), marked(SCORES, "× 权", "重\n"))
    changes = renamed(ed, page, "权重（一）")
    assert page.edited(changes[page.uri]) == SCORES.replace("权重", "「权重(一)」")


def test_a_let_is_renamed_in_its_own_indicator_alone(ed: Editor, home: Path) -> None:
    text = SCORES.replace("  扣分\n", "  令 比 = 计数(合同)\n  扣分\n").replace("计数(合同 其中", "比 + 计数(合同 其中")
    page = ed.open(place(home, "乙.zj"), marked(text, "令 ", "比 = 预算"))
    changes = renamed(ed, page, "执行比")
    after = page.edited(changes[page.uri])
    assert "令 执行比 = 预算执行率" in after and "保底(执行比，" in after and "令 比 = 计数(合同)" in after


def test_a_column_is_renamed_with_the_cells_of_cases(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "甲.zj"), marked(HEAD, "列名 金", "额数"))
    changes = renamed(ed, page, "合同金额")
    assert any(uri.endswith(".yaml") for uri in changes)
    assert len(changes) == 3


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("得分", "「得分」是保留词"),
        ("合计", "是语言自带的"),
        ("权重", "已经有「权重」了"),
        ("保底", "已经有「保底」了"),
        ("比", "已经有「比」了"),
        ("", "不能是空的"),
        ('甲"乙', "不能有引号"),
    ],
)
def test_names_that_do_not_fit_are_refused(ed: Editor, home: Path, new: str, why: str) -> None:
    page = ed.open(place(home, "甲.zj"), marked(HEAD, "事实 预算", "执行率"))
    with pytest.raises(RefusedError, match=why):
        ed.ask("textDocument/rename", page, newName=new)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [("得", "分 满分", "自带的词"), ("× 保", "底(", "打开 .*zj 去改"), ('依据 "𠮷', "县", "没有能改名")],
)
def test_what_is_not_ours_is_not_renamed(ed: Editor, home: Path, before: str, after: str, why: str) -> None:
    page = ed.open(place(home, "乙.zj"), marked(SCORES, before, after))
    with pytest.raises(RefusedError, match=why):
        ed.ask("textDocument/prepareRename", page)
    with pytest.raises(RefusedError, match=why):
        ed.ask("textDocument/rename", page, newName="别的名称")


def test_an_indicator_is_renamed_with_the_errors_of_another_file_left_as_they_are(ed: Editor, home: Path) -> None:
    ed.open(place(home, "甲.zj"), HEAD + "事实 坏的 ：\n")
    page = ed.open(place(home, "乙.zj"), marked(SCORES, "指标 执", "行 4"))
    changes = renamed(ed, page, "预算执行")
    assert page.edited(changes[page.uri]) == SCORES.replace("指标 执行 4", "指标 预算执行 4")
    assert any(uri.endswith(".yaml") for uri in changes)


def test_a_name_in_a_base_is_renamed_in_what_amends_it(ed: Editor, home: Path) -> None:
    above = home / "rules" / "某县" / "2025"
    above.mkdir(parents=True)
    text = '规则集 某县\n  沿用 某市/2025\n  发布 "某县"\n  依据 "文 2"\n修改 参数 权重 = 40%\n  依据 "文 2"\n  突破 "上级同意"\n'
    (above / "县.zj").write_text(text, "utf-8")
    page = ed.open(place(home, "甲.zj"), marked(HEAD, "参数 权", "重"))
    changes = renamed(ed, page, "比重")
    over = Page((above / "县.zj").as_uri(), text, 0, 1)
    assert over.edited(changes[over.uri]) == text.replace("参数 权重", "参数 比重")
    page = ed.open(above / "县.zj", marked(text, "参数 权", "重"))
    with pytest.raises(RefusedError, match="打开"):
        ed.ask("textDocument/prepareRename", page)


# ---------- every name of real books ----------


def renaming_all(folder: Path, count: int, seed: int) -> tuple[int, list[str]]:
    """Rename names of a book, each by itself; how many were renamed, and what was said of the others."""
    state = State()
    for path in sorted(folder.glob("*.zj")):
        state.put(path.resolve().as_uri(), path.read_text("utf-8"), 1)
    documents = {d.source.name: d for d in state.documents.values()}
    found = names_in(state.parsed(d).file for d in documents.values())
    places = {m.key: (documents[m.span.source.name], m) for m in found.every()}
    done, refused = 0, []
    for key in random.Random(seed).sample(sorted(places), min(count, len(places))):
        document, mention = places[key]
        about = lsp.TextDocumentIdentifier(document.uri)
        try:
            rename(state, document, lsp.RenameParams(about, state.range(mention.span).start, "新的名称乙"))
            done += 1
        except RefusedHere as why:
            refused.append(str(why))
    return done, refused


@pytest.mark.slow
@pytest.mark.parametrize("name", ["zhanjiang/2025", "std", "example/2026", "staffing/2024-city"])
def test_names_of_real_books_can_be_renamed_or_are_not_theirs(name: str) -> None:
    done, refused = renaming_all(ROOT / "rules" / name, 25, 20260101)
    assert done > 10
    assert [why for why in refused if "意思会变" in why] == []


def test_every_name_of_a_small_book_can_be_renamed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    done, refused = renaming_all(home / "rules" / "某市" / "2025", 100, 1)
    assert done == 11
    # The word is the library's, and so is its input.
    assert len(refused) == 2 and all("打开" in why for why in refused)
