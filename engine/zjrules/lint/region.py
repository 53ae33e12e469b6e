"""Places as other programs count them: lines and columns from 1, the end behind the last character."""

from __future__ import annotations

import re
from urllib.parse import quote

from attrs import frozen

from zjrules.span import NOWHERE, Span


@frozen
class Region:
    """A part of a text. Columns count Unicode code points."""

    line: int
    column: int
    end_line: int
    end_column: int


def region(span: Span) -> Region:
    """Return the region of a span."""
    end = Span(span.source, span.end, span.end)
    return Region(span.line, span.column, end.line, end.column)


def known(span: Span) -> bool:
    """Return whether a span lies in a file."""
    return span.source.name != NOWHERE.source.name


def uri(name: str) -> str:
    """Return the name of a source as a URI reference: relative where the path is."""
    path = name.replace("\\", "/")
    if re.match(r"[A-Za-z]:/", path):
        return f"file:///{quote(path, safe='/:')}"
    return f"file://{quote(path)}" if path.startswith("/") else quote(path)
