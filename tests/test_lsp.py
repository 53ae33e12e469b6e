"""The language server as an editor meets it: texts, findings, and what must not end it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from editor import Editor, editor

ROOT = Path(__file__).parent.parent

BOOK = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 4 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 3 分，差 其余
事实 预算执行率 : 比率 介于 0% 至 100%   说明 "执行的占预算的"   佐证 "决算表"
一级指标 全部 4 分
指标 一 4 分
  依据 "通知第一条"
  得分 满分 × 预算执行率
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A rule set in a folder whose name has Chinese and blanks."""
    folder = tmp_path / "我的 规则" / "rules" / "某市" / "2025"
    folder.mkdir(parents=True)
    (folder / "甲 本.zj").write_text(BOOK, "utf-8")
    return folder


@pytest.fixture
def ed(book: Path) -> Iterator[Editor]:
    with editor(book.parent.parent.parent) as found:
        yield found


def test_a_clean_book_has_no_findings(ed: Editor, book: Path) -> None:
    assert ed.findings(ed.open(book / "甲 本.zj", BOOK)) == []


def test_an_error_is_found_as_it_is_typed_and_goes_when_it_is_mended(ed: Editor, book: Path) -> None:
    page = ed.open(book / "甲 本.zj", BOOK)
    page = ed.type(page, BOOK.replace("× 预算执行率", "× 预算执行"))
    (found,) = ed.findings(page)
    assert found.code == "ZJ2002"
    assert page.under(found.range) == "预算执行"
    assert "是不是「预算执行率」？" in found.message
    assert ed.findings(ed.type(page, BOOK)) == []
