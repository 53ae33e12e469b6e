"""What is said of rows, with the file and the row in it: the file of what was set aside."""

from __future__ import annotations

import polars as pl

from zjrules.diag import Code
from zjrules.inout.table import faults
from zjrules.inout.table.blocks import Survey
from zjrules.inout.table.files import Files

BROKEN_ROW = Code("ZJ5512", "broken-row")
SCHEMA = pl.Schema([("文件", pl.String()), *faults.SCHEMA.items()])
MOST_SHOWN = 200
"""Characters of a broken row that are shown."""


def placed(said: pl.DataFrame, files: Files, known: Survey) -> pl.DataFrame:
    """Return what is said of rows of the whole input with the file that each stands in and its number there."""
    if said.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    places, numbers = known.places(said["行"].to_numpy() - 1)
    names = pl.Series(files.names).gather(places)
    return said.with_columns(names.alias("文件"), pl.Series("行", numbers)).select(SCHEMA.names())


def broken_rows(files: Files, known: Survey) -> pl.DataFrame:
    """Return the rows of CSV files that have more or fewer cells than there are columns."""
    columns = len(files.schema)
    lines = [
        {
            "文件": name,
            "单位": None,
            "行": row.number,
            "列": "",
            "值": row.text if len(row.text) <= MOST_SHOWN else f"{row.text[:MOST_SHOWN]}…",
            **faults.told(
                faults.note(
                    BROKEN_ROW,
                    f"这一行有 {row.cells} 格，表头有 {columns} 列",
                    "核对有没有漏了或多了逗号；带逗号的文字要加双引号",
                )
            ),
        }
        for name, broken in zip(files.names, known.broken, strict=True)
        for row in broken
    ]
    return pl.DataFrame(lines, schema=SCHEMA)
