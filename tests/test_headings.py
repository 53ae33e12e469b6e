"""Under which heading a fact is asked for: in the template workbook, in an empty fact file and in the reader."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from test_help import FRAME
from zjrules.cli.main import group
from zjrules.inout.workbook.databook import workbook
from zjrules.project import load

FACTS = """事实 有食堂 : 是否
事实 一票否决 : 是否
事实 评后加分 : 评分 介于 0 分 至 2 分
事实 上限分 : 评分 介于 0 分 至 3 分
事实 声称 : 是否
事实 闲着 : 是否
"""
BOOK = (
    FRAME.replace("\n一级指标", f"\n{FACTS}一级指标")
    + """指标 一 4 分
  得分 若 有食堂 且 一票否决 则 满分 否则 0 分
校验 错误 "声称的"
  应有 非 声称 或 有食堂
校验 错误 "加的不多"
  应有 评后加分 ≤ 2 分
总评
  加分项 评后加分 至多 上限分
  凡 一票否决 总分归零
  限于 0 分 至 4 分
  舍入 总分
  定级
"""
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "书.zj").write_text(BOOK, "utf-8")
    return tmp_path / "书.zj"


def test_what_only_the_total_or_the_checks_use_has_a_heading_of_its_own(book: Path) -> None:
    rules, problems = load(str(book))
    assert rules is not None, problems
    page = openpyxl.load_workbook(io.BytesIO(workbook(rules)))["事实"]
    found: dict[str, list[str]] = {}
    for row in range(3, page.max_row + 1):
        name = str(page.cell(row, 1).value)
        # A heading goes over the whole line.
        if any(area.min_row == row and area.min_col == 1 for area in page.merged_cells.ranges):
            found[name] = []
        else:
            found[list(found)[-1]].append(name)
    assert list(found) == ["1. 全部", "用于总评", "只用于勾稽", "没有用到"]
    assert found["1. 全部"] == ["有食堂", "一票否决"]
    # One that the total and a check use is not for the check alone; the most that counts is used too.
    assert found["用于总评"] == ["评后加分", "上限分"]
    assert found["只用于勾稽"] == ["声称"] and "闲着" in found["没有用到"]


def test_an_empty_fact_file_has_the_same_headings(book: Path) -> None:
    path = book.parent / "某局.yaml"
    made = CliRunner().invoke(group, ["new", str(path), "--rules", str(book)], standalone_mode=False)
    assert made.exception is None
    headings = [line.strip("# =") for line in path.read_text("utf-8").splitlines() if "========" in line]
    assert headings == ["1. 全部", "用于总评", "只用于勾稽", "没有用到"]
