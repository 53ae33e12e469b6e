"""What runs in the child process for a .pdf: the lines of its text layer, as JSON."""

from __future__ import annotations

import io

import pypdf

from zjrules.inout.pipe import serve

MOST_PAGES = 1_000


def main() -> None:
    """Read one document from standard input."""
    serve(lines)


def lines(data: bytes) -> list[str]:
    """Return the lines of the pages in order."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return [
        line for page, _ in zip(pages, range(MOST_PAGES), strict=False) for line in page.extract_text().splitlines()
    ]
