"""What runs in the child process for a .docx: its paragraphs and table rows in order, as JSON."""

from __future__ import annotations

import io
from collections.abc import Iterator

import docx
from docx.table import Table

from zjrules.inout.pipe import serve


def main() -> None:
    """Read one document from standard input."""
    serve(lambda data: list(lines(data)))


def lines(data: bytes) -> Iterator[str]:
    """Yield the paragraphs and the table rows of a document in order; a merged cell comes once."""
    for block in docx.Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, Table):
            yield from _cells(block)
        else:
            yield from block.text.splitlines()


def _cells(table: Table) -> Iterator[str]:
    """Yield the rows of a table, a line each where its cells hold one paragraph, else a line for every paragraph."""
    seen: set[object] = set()
    for row in table.rows:
        own = {cell._tc: cell for cell in row.cells if cell._tc not in seen}
        seen.update(own)
        cells = [cell.text.splitlines() for cell in own.values()]
        if all(len(lines) <= 1 for lines in cells):
            yield "\t".join(line for lines in cells for line in lines)
        else:
            yield from (line for lines in cells for line in lines)
