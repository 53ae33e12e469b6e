"""What runs in the child process for an .xlsx: its cells as JSON. The first argument is +f where there are formulas."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from zjrules.inout.pipe import serve
from zjrules.inout.workbook import shown
from zjrules.inout.workbook.packing import Packed, packed

_FORMULAS = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)([0-9]+)"[^>]*>\s*<(?:\w+:)?f[\s>/]')
_ANY_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


def main() -> None:
    """Read one workbook from standard input."""
    formulas = sys.argv[1:] == ["+f"]
    serve(lambda data: list(sheets(data, formulas)))


def sheets(data: bytes, formulas: bool) -> Iterator[dict[str, Any]]:
    """Yield the sheets of an .xlsx, with the values that were saved of formulas."""
    BUILTIN_FORMATS.update(shown.ZH_BUILTIN)
    reader = ExcelReader(io.BytesIO(data), data_only=True)
    reader.read()
    written = _formulas(data, reader) if formulas else {}
    for sheet in reader.wb.worksheets:
        found = written.get(sheet.title, set())
        rows: dict[int, list[Packed]] = {}
        for place, cell in sorted(_cells(sheet)):
            packed_cell = _cell(cell, place in found)
            if packed_cell is not None:
                rows.setdefault(place[0], []).append(packed_cell)
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


def _formulas(data: bytes, reader: ExcelReader) -> dict[str, set[tuple[int, int]]]:
    """Return where formulas stand: openpyxl gives values or formulas, and a second load would double the time."""
    found: dict[str, set[tuple[int, int]]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for sheet, relation in reader.parser.find_sheets():
            part = archive.read(relation.target) if relation.target in archive.namelist() else b""
            places = [
                (int(row), column_index_from_string(letters.decode())) for letters, row in _FORMULAS.findall(part)
            ]
            if len(places) != len(_ANY_FORMULA.findall(part)):
                return _loaded_formulas(data)
            found[sheet.name] = set(places)
    return found


def _loaded_formulas(data: bytes) -> dict[str, set[tuple[int, int]]]:
    """Return where formulas stand in a file whose cells do not say where they are."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {s.title: {place for place, cell in _cells(s) if cell.data_type == "f"} for s in book.worksheets}


def _cell(cell: Cell | MergedCell, formula: bool) -> Packed | None:
    value = cell.value
    if value is None:
        return [cell.column, "s", "", "", "u"] if formula else None
    assert not isinstance(cell, MergedCell)
    found = packed(cell.column, value, cell.number_format, cell.data_type)
    if formula:
        found[4] += "f"
    return found
