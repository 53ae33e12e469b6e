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

from zjrules.inout.pipe import serve
from zjrules.inout.workbook import shown
from zjrules.inout.workbook.packing import Packed, packed

MOST_STREAMED = 3_000_000
"""Places (rows times columns) of a sheet up to which it is read as a stream of rows."""


def main() -> None:
    """Read one workbook from standard input."""
    formulas = sys.argv[1:] == ["+f"]
    serve(lambda data: list(sheets(data, formulas)))


def sheets(data: bytes, formulas: bool) -> Iterator[dict[str, Any]]:
    """Yield the sheets of an .xlsx. Formulas are looked for in a second pass, and only where there are some."""
    BUILTIN_FORMATS.update(shown.ZH_BUILTIN)
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    # A lone cell at the far end would make a stream of rows as long as a sheet can be.
    wide = any(sheet.max_row * sheet.max_column > MOST_STREAMED for sheet in book.worksheets)
    written = _formulas(data, stream=not wide) if formulas else {}
    for sheet in book.worksheets:
        found = written.get(sheet.title, set())
        rows: dict[int, list[Packed]] = {}
        for (row, _), cell in sorted(_cells(sheet)):
            packed_cell = _cell(cell, (row, cell.column) in found)
            if packed_cell is not None:
                rows.setdefault(row, []).append(packed_cell)
        yield {
            "name": sheet.title,
            "hidden": sheet.sheet_state != "visible",
            "merged": [[m.min_row, m.min_col, m.max_row, m.max_col] for m in sheet.merged_cells.ranges],
            "rows": list(rows.items()),
            "hidden_rows": [n for n, d in sheet.row_dimensions.items() if d.hidden],
            "hidden_columns": list(_hidden_columns(sheet)),
        }


def _cells(sheet: Worksheet) -> list[tuple[tuple[int, int], Cell | MergedCell]]:
    """Return the cells that a sheet has; its own iterators would make one for every place between them."""
    return list(sheet._cells.items())


def _hidden_columns(sheet: Worksheet) -> Iterator[int]:
    for letters, width in sheet.column_dimensions.items():
        if width.hidden:
            first = width.min or column_index_from_string(letters)
            yield from range(first, min(width.max or first, first + 256) + 1)


def _formulas(data: bytes, stream: bool) -> dict[str, set[tuple[int, int]]]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=stream)
    found: dict[str, set[tuple[int, int]]] = {}
    for sheet in book.worksheets:
        cells = (c for row in sheet.iter_rows() for c in row) if stream else (c for _, c in _cells(sheet))
        found[sheet.title] = {
            (c.row, c.column) for c in cells if c.data_type == "f" and c.row is not None and c.column is not None
        }
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
