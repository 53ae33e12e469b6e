"""What runs in the child process for an old .xls: its cells as JSON. It knows no formats and no formulas, only values."""

from __future__ import annotations

import io
from typing import Any

from python_calamine import CalamineWorkbook

from zjrules.inout.pipe import serve
from zjrules.inout.workbook.packing import Packed, packed


def main() -> None:
    """Read one workbook from standard input."""
    serve(sheets)


def sheets(data: bytes) -> list[dict[str, Any]]:
    """Return the sheets of an .xls."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found = []
    for about in book.sheets_metadata:
        sheet = book.get_sheet_by_name(about.name)
        merged = [[a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1] for a, b in sheet.merged_cell_ranges or ()]
        rows = [[n, cells] for n, row in enumerate(sheet.to_python(skip_empty_area=False), 1) if (cells := _row(row))]
        hidden = "visible" not in str(about.visible).lower()
        found.append({"name": about.name, "hidden": hidden, "merged": merged, "rows": rows, "hidden_rows": [],
                      "hidden_columns": []})  # fmt: skip
    return found


def _row(row: list[Any]) -> list[Packed]:
    return [
        packed(n, int(v) if isinstance(v, float) and v.is_integer() else v, "General", "e" if _is_error(v) else "s")
        for n, v in enumerate(row, 1)
        if v not in (None, "")
    ]


def _is_error(value: object) -> bool:
    return isinstance(value, str) and value.startswith("#") and value.endswith(("!", "?", "/A"))
