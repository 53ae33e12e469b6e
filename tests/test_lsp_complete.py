"""Completion at many places. ‸ in a text is the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from editor import CURSOR, Editor, Page, editor
from test_lsp_names import HEAD, SCORES, place, settle


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return settle(tmp_path_factory.mktemp("补全"))


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Editor]:
    with editor(home) as found:
        yield found


@pytest.fixture
def ed(server: Editor) -> Iterator[Editor]:
    """One server for all tests here: each opens what it wants and closes it."""
    yield server
    for page in server.pages.values():
        server.close(page)
    server.pages.clear()


FRAME = '一级指标 全部 8 分\n指标 执行 8 分\n  依据 "𠮷县通知"\n'


def offered(ed: Editor, page: Page) -> list[Any]:
    found = ed.ask("textDocument/completion", page)
    return sorted(found.items, key=lambda i: i.sort_text) if found is not None else []


def labels(ed: Editor, page: Page) -> list[str]:
    return [i.label for i in offered(ed, page)]


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("  ‸", ["令", "得分", "分档", "套用", "分项", "指标", "事实"], ["预算执行率", "得", "则"]),
        ("  得‸", ["得分"], ["预算执行率"]),
        ("  得分 ‸", ["满分", "若", "预算执行率", "权重", "保底", "最大"], ["令", "指标", "得"]),
        ("  得分 满分 × 预‸", ["预算执行率"], []),
        ("  得分 满分 ‸", ["的", "指标", "令"], ["预算执行率"]),
        ("  得分 保底(预算执行率，‸", ["下限"], ["值"]),
        ("  得分 满分 × 占比(合同 其中 ‸", ["补签", "金额数", "预算执行率"], []),
        ("  得分 满分 × 占比(合同 的 ‸", ["补签", "金额数"], ["预算执行率", "满分"]),
        ("  令 甲乙 = 预算执行率\n  得分 满分 × ‸", ["甲乙", "预算执行率"], []),
        ("  套用 ‸", ["保底", "每超"], ["预算执行率"]),
        ("  套用 保底 值 预算执行率 ‸", ["下限"], ["值"]),
        ("  随 ‸", ["预算执行率"], ["权重", "满分"]),
        ("  随 预算执行率 ‸", ["不减", "递增"], ["预算执行率"]),
        ("  舍入 各指标 ‸", ["四舍五入", "不舍入"], ["预算执行率"]),
        ("  分档 预算执行率\n    ‸", ["不低于", "介于"], ["令", "其余"]),
        ("  分档 预算执行率\n    不低于 90% ‸", ["得", "且"], ["令"]),
        ("  分档 预算执行率\n    不低于 90‸", ["%", "万元", "个工作日"], ["得"]),
        ("  扣分\n    每 1 份 计数(合同) 扣 1 分 ‸", ["整步", "按比例"], ["预算执行率"]),
        ("  不适用 当 ‸", ["非", "预算执行率"], ["令"]),
        ("事实 新的 : ‸", ["金额", "比率", "选项"], ["预算执行率"]),
        ("事实 新的 : 金额 ‸", ["佐证", "说明", "介于", "不低于"], ["得分"]),
        ("校验 ‸", ["错误", "警告", "提示"], ["预算执行率"]),
        ('校验 错误 "甲" ‸', ["应有", "当"], []),
    ],
)
def test_what_fits_is_offered(ed: Editor, home: Path, typed: str, wanted: list[str], unwanted: list[str]) -> None:
    page = ed.open(place(home, "乙.zj"), FRAME + typed)
    found = labels(ed, page)
    assert [w for w in wanted if w not in found] == []
    assert [w for w in unwanted if w in found] == []


@pytest.mark.parametrize("typed", ['  依据 "文‸', '  依据 "文‸"', "  # 注‸", "  得分 满分 # 注‸"])
def test_nothing_is_offered_in_texts_and_comments(ed: Editor, home: Path, typed: str) -> None:
    assert labels(ed, ed.open(place(home, "乙.zj"), FRAME + typed)) == []


def test_a_name_is_found_by_its_pinyin_and_replaces_what_was_begun(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "乙.zj"), FRAME + "  得分 满分 × ys‸ ÷ 2\n")
    item = next(i for i in offered(ed, page) if i.label == "预算执行率")
    assert item.filter_text == "yusuanzhixinglv yszxl 预算执行率"
    assert item.detail == "事实 比率 介于 0% 至 100%"
    assert item.documentation.value == "佐证：决算表"
    assert page.edited([item.text_edit]) == FRAME + "  得分 满分 × 预算执行率 ÷ 2\n"


def test_a_standard_word_comes_with_its_inputs(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "乙.zj"), FRAME + "  得分 满分 × 保‸\n")
    item = next(i for i in offered(ed, page) if i.label == "保底")
    assert item.text_edit.new_text == "保底(${1:值}，下限：${2:下限})"
    assert "值低于下限的按下限" in item.documentation.value
    page = ed.type(page, FRAME + "  套用 保‸\n")
    item = next(i for i in offered(ed, page) if i.label == "保底")
    assert page.edited([item.text_edit]) == FRAME + "  套用 保底 值 ${1:值} 下限 ${2:下限}\n"


def test_conditions_are_offered_before_numbers_where_one_is_wanted(ed: Editor, home: Path) -> None:
    ed.open(place(home, "甲.zj"), HEAD + "事实 已公开 : 是否\n")
    page = ed.open(place(home, "乙.zj"), FRAME + "  清单\n    凡 ‸\n")
    found = labels(ed, page)
    assert found.index("已公开") < found.index("预算执行率")


def test_options_are_offered_behind_their_fact(ed: Editor, home: Path) -> None:
    ed.open(place(home, "甲.zj"), HEAD + "事实 评级 : 选项（优秀，合格）\n")
    page = ed.open(place(home, "乙.zj"), FRAME + "  清单\n    凡 评级 为 ‸\n")
    assert [x for x in labels(ed, page) if x != "NAME"][:2] == ["优秀", "合格"]
    page = ed.type(page, FRAME + "  清单\n    凡 评级 属于（‸\n")
    assert labels(ed, page) == ["优秀", "合格"]


def test_an_error_above_hides_nothing(ed: Editor, home: Path) -> None:
    text = FRAME + "  得分 （满分 ×\n  扣分\n    凡 " + CURSOR + "\n指标 合同 4 分\n"
    assert "预算执行率" in labels(ed, ed.open(place(home, "乙.zj"), text))


def test_what_is_declared_is_not_offered_as_its_own_name(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "乙.zj"), SCORES + "事实 " + CURSOR)
    assert "预算执行率" not in labels(ed, page)


def test_an_empty_file_is_offered_how_to_begin(ed: Editor, home: Path) -> None:
    found = labels(ed, ed.open(place(home, "丙.zj"), CURSOR))
    assert {"规则集", "事实", "指标", "定词"} <= set(found)
