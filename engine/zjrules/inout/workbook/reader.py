"""What runs in the child process for an .xlsx: its cells as JSON. The first argument is +f where there are formulas."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from zjrules.inout.workbook import shown
from zjrules.inout.workbook.packing import Packed, packed, serve


def main() -> None:
    """Read one workbook from standard input."""
    formulas = sys.argv[1:] == ["+f"]
    serve(lambda data: list(sheets(data, formulas)))


def sheets(data: bytes, formulas: bool) -> Iterator[dict[str, Any]]:
    """Yield the sheets of an .xlsx. Formulas are looked for in a second, streaming pass, and only where there are some."""
    BUILTIN_FORMATS.update(shown.ZH_BUILTIN)
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    written = _formulas(data) if formulas else {}
    for sheet in book.worksheets:
        found = written.get(sheet.title, set())
        rows = [
            [place, cells]
            for place, row in enumerate(sheet.iter_rows(), 1)
            if (cells := [c for cell in row if (c := _cell(cell, (place, cell.column) in found)) is not None])
        ]
        yield {
            "name": sheet.title,
            "hidden": sheet.sheet_state != "visible",
            "merged": [[m.min_row, m.min_col, m.max_row, m.max_col] for m in sheet.merged_cells.ranges],
            "rows": rows,
            "hidden_rows": [n for n, d in sheet.row_dimensions.items() if d.hidden],
            "hidden_columns": list(_hidden_columns(sheet)),
        }


def _hidden_columns(sheet: Worksheet) -> Iterator[int]:
    for letters, width in sheet.column_dimensions.items():
        if width.hidden:
            first = width.min or column_index_from_string(letters)
            yield from range(first, min(width.max or first, first + 256) + 1)


def _formulas(data: bytes) -> dict[str, set[tuple[int, int]]]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    found: dict[str, set[tuple[int, int]]] = {}
    for sheet in book.worksheets:
        cells = (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f")
        found[sheet.title] = {(c.row, c.column) for c in cells if c.row is not None and c.column is not None}
    return found


def _cell(cell: Cell | MergedCell, formula: bool) -> Packed | None:
    value = cell.value
    if value is None:
        return [cell.column, "s", "", "", "u"] if formula else None
    assert not isinstance(cell, MergedCell)
    found = packed(cell.column, value, cell.number_format, cell.data_type)
    if formula:
        found[4] += "f"
    return found
