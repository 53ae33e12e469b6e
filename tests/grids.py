"""Workbooks written as text, for goldens and help pages: a line is a row, ``|`` parts its cells, ``## name`` begins a sheet.

A cell is a number (``5200``), one with what it displays (``1,234.50~1234.5``, ``90%~0.8996``), a date (``@2025-05-30``), a
formula with the value that was saved (``=5200``) or without one (``=?``), an error (``#REF!``), a text, or a text that looks
like a number (``'1,234``). ``<<`` and ``^^`` are merged with the cell to the left or above; ``//`` before a line hides it,
``## (隐藏) name`` a sheet.
"""

from __future__ import annotations

import re

from zjrules.inout.workbook.cells import Grid, GridCell, Sheet

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def grid(text: str, name: str = "数据表.xlsx") -> Grid:
    """Return a workbook written as text."""
    sheets: list[tuple[str, bool, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("## "):
            title = line[3:]
            sheets.append((title.removeprefix("(隐藏) "), title.startswith("(隐藏)"), []))
        else:
            if not sheets:
                sheets.append(("表", False, []))
            sheets[-1][2].append(line)
    return Grid(name, tuple(_sheet(name, *sheet) for sheet in sheets))


def _sheet(file: str, name: str, hidden: bool, lines: list[str]) -> Sheet:
    rows: dict[int, dict[int, GridCell]] = {}
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    unseen = set()
    for row, line in enumerate(lines, 1):
        if line.startswith("//"):
            unseen.add(row)
        for column, cell in enumerate(line.removeprefix("//").split("|"), 1):
            text = cell.strip()
            if text in ("<<", "^^"):
                anchor = (row, column - 1) if text == "<<" else (row - 1, column)
                merged[row, column] = merged.get(anchor, anchor)
            elif text:
                rows.setdefault(row, {})[column] = _cell(row, column, text)
    return Sheet(file, name, hidden, rows, merged, frozenset(unseen), frozenset())


def _cell(row: int, column: int, text: str) -> GridCell:
    if text == "=?":
        return GridCell(row, column, "s", "", "", "u")
    formula = text.startswith("=") and len(text) > 1
    text = text[1:] if formula else text
    flags = "f" if formula else ""
    shown, tilde, exact = text.partition("~")
    if tilde and _NUMBER.fullmatch(exact):
        return GridCell(row, column, "n", exact, shown, flags + ("%" if "%" in shown else ""))
    if _NUMBER.fullmatch(text):
        return GridCell(row, column, "n", text, text, flags + ("x" if len(text.partition(".")[0]) > 15 else ""))
    if text.startswith("@"):
        return GridCell(row, column, "d", text[1:], text[1:], flags)
    if text.startswith("#") and text.endswith(("!", "?", "/A")):
        return GridCell(row, column, "e", text, text, flags)
    return GridCell(row, column, "s", text.removeprefix("'"), text.removeprefix("'"), flags)
