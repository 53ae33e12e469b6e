"""The head of a workbook: 规则, 单位, 评价年度, 填报日期 and 通知文号 beside or behind their labels, wherever they stand."""

from __future__ import annotations

import re

from zjrules.fact import Raw
from zjrules.inout.workbook.cells import Grid, GridCell, Sheet
from zjrules.inout.workbook.labels import UNITLESS, bare
from zjrules.inout.workbook.tables import FACT_HEADINGS
from zjrules.unit import measure

HEAD = {
    "规则": ("规则", "规则集"),
    "单位": ("单位", "单位名称", "填报单位", "评价单位", "预算单位", "预算部门"),
    "评价年度": ("评价年度",),
    "填报日期": ("填报日期",),
    "规则摘要": ("规则摘要",),
    "通知文号": ("通知文号",),
}
_LABELS = {label: key for key, labels in HEAD.items() for label in labels}
_HEADINGS = {*_LABELS, *(name for names in FACT_HEADINGS.values() for name in names), "佐证", "填报说明"}
_GAP = re.compile(r"[ \u3000\t\n]{2,}|\n")
"""What parts several labels in one cell: 单位：某局　　评价年度：2025."""
MOST_IN_ROW = 4
"""A label with its value stands in a row of few cells; a row of more is a heading."""


def head(grid: Grid) -> dict[str, Raw]:
    """Return the head of a workbook. 单位：万元 is a caption for amounts and no unit's name."""
    found: dict[str, Raw] = {}
    for sheet in grid.sheets:
        for cells in sheet.rows.values():
            if len(cells) <= MOST_IN_ROW:
                for key, raw in _labelled(sheet, [c for _, c in sorted(cells.items())]):
                    found.setdefault(key, raw)
    return found


def _labelled(sheet: Sheet, row: list[GridCell]) -> list[tuple[str, Raw]]:
    found = []
    for place, cell in enumerate(row):
        pieces = [p for p in _GAP.split(cell.text.strip()) if p]
        for piece in pieces:
            label, colon, rest = piece.replace("：", ":").partition(":")
            key = _LABELS.get(bare(label))
            inside = bool(colon and rest.strip())
            value = cell if inside else row[place + 1] if place + 1 < len(row) and len(pieces) == 1 else None
            if key is None or value is None:
                continue
            text = rest.strip() if inside else value.text.strip()
            if key == "单位" and (measure(text) is not None or text in UNITLESS or bare(text) in _HEADINGS):
                continue
            text = text.removesuffix("度") if key == "评价年度" else text
            spans = sheet.span(value.row, value.column), sheet.span(cell.row, cell.column)
            found.append((key, Raw(key, text, span=spans[0], name_span=spans[1])))
    return found
