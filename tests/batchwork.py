"""A batch as text: the options, the tables as CSV, and what the command says and sets aside."""

from __future__ import annotations

import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from test_help import FRAME
from zjrules.cli.main import group

BOOK = f"""{FRAME}
事实 评 : 评分 介于 0 分 至 1 分   须写理由
事实 日 : 日期   可不适用
事实 证 : 个数（处） ≥ 0 处   佐证 "清单"
指标 一 2 分
  得分 满分 × 限于(甲 ÷ 乙, 下限：0, 上限：1)
指标 二 2 分
  分档 合计(合同 的 额)
    不低于 100 元 得 满分
    其余          得 1 分
"""


def told(text: str) -> str:
    """Return what is said of a table (``+++ name``: a further file; the first line may be 参数 and options)."""
    options: list[str] = []
    if text.startswith("参数 "):
        line, _, text = text.partition("\n")
        options = line.split()[1:]
    table, *others = re.split(r"^\+\+\+ ", text, flags=re.MULTILINE)
    with TemporaryDirectory() as folder:
        place, before = Path(folder), Path.cwd()
        (place / "书.zj").write_text(_book(), "utf-8")
        (place / "表.csv").write_text(table, "utf-8")
        for other in others:
            name, _, content = other.partition("\n")
            (place / name).write_text(content, "utf-8")
        os.chdir(place)
        try:
            arguments = ["batch", "表.csv", "-o", "得分.csv", "--rules", "书.zj", *options]
            said = CliRunner().invoke(group, arguments, standalone_mode=False)
        finally:
            os.chdir(before)
        lines = [said.output.rstrip()] if said.exception is None else [str(said.exception)]
        for name in ("得分.csv", "得分.csv.退回.csv"):
            if (place / name).exists():
                lines.append(f"—— {name}\n{(place / name).read_text('utf-8-sig').rstrip()}")
    # The digest of the rules changes with every word of the library.
    text = re.sub(r"\b[0-9a-f]{64}\b", "…", "\n".join(lines))
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


def _book() -> str:
    """Return the book with its facts before its indicators."""
    head, _, group_ = FRAME.rpartition("一级指标")
    facts, _, indicators = BOOK.removeprefix(FRAME).partition("指标 一")
    return f"{head}{facts}一级指标{group_}指标 一{indicators}"
