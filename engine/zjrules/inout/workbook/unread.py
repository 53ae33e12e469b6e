"""What a workbook holds that looks like what is asked for and was not recognised: nothing may be lost without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from zjrules.diag import Code, Diagnostic, at
from zjrules.fact import Schema
from zjrules.inout.workbook.cells import Grid, Sheet
from zjrules.inout.workbook.labels import bare, heading
from zjrules.inout.workbook.tables import Table
from zjrules.spelling import plain_form

NOT_RECOGNISED = Code("ZJ5130", "sheet-not-recognised")
SOME = 3
"""Names of facts in one column from which on it is a table of facts, whatever its headings say."""


def unrecognised(grid: Grid, schema: Schema, found: Iterable[Table]) -> Iterator[Diagnostic]:
    """Yield an error for each sheet that has the names of facts, or is called like a ledger, and no table that was read."""
    read = {(t.sheet.name, t.kind) for t in found}
    names = {plain_form(n) for n in schema.facts}
    for sheet in grid.sheets:
        if (sheet.name, "facts") not in read:
            yield from _facts(sheet, names)
        for ledger, asked in schema.ledgers.items():
            if plain_form(sheet.name) == plain_form(ledger) and not any(s == sheet.name for s, _ in read):
                yield from _ledger(sheet, ledger, {plain_form(c) for c in asked.columns})


def _facts(sheet: Sheet, names: set[str]) -> Iterator[Diagnostic]:
    columns = Counter(c.column for c in sheet.cells() if plain_form(c.text) in names or bare(c.text) in names)
    if columns and max(columns.values()) >= SOME:
        column, count = columns.most_common(1)[0]
        first = min(
            c.row
            for c in sheet.cells()
            if c.column == column and (plain_form(c.text) in names or bare(c.text) in names)
        )
        message = f"表「{sheet.name}」里有 {count} 项事实的名称，没有认出表头，没有用上"
        yield at(
            NOT_RECOGNISED, sheet.span(first, column), message, "表头要有「名称」和「值」；本单位自己的表用 zjrules map"
        )


def _ledger(sheet: Sheet, ledger: str, columns: set[str]) -> Iterator[Diagnostic]:
    if not sheet.rows:
        return
    best = max(sheet.rows, key=lambda r: sum(heading(c.text).name in columns for c in sheet.rows[r].values()))
    message = f"表「{sheet.name}」的名称是明细「{ledger}」，没有认出它的表头，没有用上"
    yield at(
        NOT_RECOGNISED,
        sheet.span(best, min(sheet.rows[best])),
        message,
        "表头照 zjrules template 做的表写，至少一半的列",
    )
