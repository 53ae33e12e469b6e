"""Reading a workbook: looked through, read in a limited child process, and made cells with places."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, Severity
from zjrules.inout import child
from zjrules.inout.archive import DAMAGED, ENCRYPTED, MAX_CELLS, MISSING_EXTRA, TOO_BIG, Archive, looked_through, opened
from zjrules.inout.workbook.cells import Grid, GridCell, Sheet
from zjrules.span import Source, Span

NOT_RUN = Code("ZJ5056", "macros-and-links", Severity.NOTE)

KINDS = ("xlsx", "xls")
READERS = {"xlsx": "zjrules.inout.workbook.reader", "xls": "zjrules.inout.workbook.old_reader"}


def read(path: Path, name: str) -> tuple[Grid | None, Diagnostics]:
    """Read a workbook in a limited child process; None with the reason when that cannot be done."""
    archive, problems = opened(path, name, KINDS)
    return (None, problems) if archive is None else _parsed(archive)


def of_bytes(name: str, data: bytes) -> tuple[Grid | None, Diagnostics]:
    """Read a workbook that stands on no disk, likewise."""
    archive, problems = looked_through(name, data, KINDS)
    return (None, problems) if archive is None else _parsed(archive)


def _parsed(archive: Archive) -> tuple[Grid | None, Diagnostics]:
    name = archive.name
    here = (Label(Span(Source(name, ""), 0, 0)),)
    try:
        answer = child.answer(READERS[archive.kind], ["+f"] if archive.formulas else [], archive.data)
    except child.Failed as failed:
        help_ = "删去图片和用不到的表，或分成几份"
        return None, (Diagnostic(TOO_BIG, f"读不了「{name}」：{failed}", here, help_),)
    if isinstance(answer, dict):
        return None, (_unreadable(name, answer, here),)
    digest = hashlib.sha256(archive.data).hexdigest()
    sheets = tuple(_sheet(name, s) for s in answer)
    return Grid(name, sheets, digest, archive.kind == "xls"), tuple(_left_alone(archive, here))


def _unreadable(name: str, answer: dict[str, str], here: tuple[Label, ...]) -> Diagnostic:
    if answer["error"] in child.NOT_INSTALLED:
        help_ = "安装时写 zjrules[office]；或用 Excel 打开，另存为「Excel 工作簿（.xlsx）」"
        return Diagnostic(MISSING_EXTRA, f"读旧的 .xls「{name}」要另装一个部件", here, help_)
    if "assword" in answer["error"] + answer["said"]:
        return Diagnostic(ENCRYPTED, f"「{name}」加了打开密码", here, "用密码打开，去掉密码另存一份")
    help_ = "用 Excel 或 WPS 打开，另存为「Excel 工作簿（.xlsx）」"
    return Diagnostic(DAMAGED, f"「{name}」里有读不懂的内容，没有读成", here, help_)


def _left_alone(archive: Archive, here: tuple[Label, ...]) -> Iterator[Diagnostic]:
    if archive.macros:
        help_ = "只读了格里保存的值；宏改过的数，先在 Excel 里算好、保存"
        yield Diagnostic(NOT_RUN, f"「{archive.name}」里有宏，没有运行", here, help_)
    if archive.links:
        help_ = "只读了保存时的值；源文件后来改过的，打开更新、再保存"
        yield Diagnostic(NOT_RUN, f"「{archive.name}」引用了别的工作簿，没有去取", here, help_)


def _sheet(file: str, data: dict[str, Any]) -> Sheet:
    merged = (
        ((row, column), (top, left))
        for top, left, bottom, right in data["merged"]
        for row in range(top, min(bottom, top + _MOST_MERGED) + 1)
        for column in range(left, min(right, left + _MOST_MERGED) + 1)
        if (row, column) != (top, left)
    )
    rows = {
        row: {c: GridCell(row, c, kind, text, shown or text, flags) for c, kind, text, shown, flags in cells}
        for row, cells in data["rows"]
    }
    return Sheet(
        file, data["name"], data["hidden"], rows, dict(islice(merged, MAX_CELLS)),
        frozenset(data["hidden_rows"]), frozenset(data["hidden_columns"]),
    )  # fmt: skip


_MOST_MERGED = 1000
"""Rows and columns of one merged range that are followed."""
