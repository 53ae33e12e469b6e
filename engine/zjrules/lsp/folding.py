"""What can be folded: declarations, clauses of several lines, runs of comments, and what stands between lines # ----."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types as lsp

from zjrules.lsp.document import Document
from zjrules.lsp.state import State
from zjrules.span import Span
from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd
from zjrules.syntax.walk import nodes

_SECTION = re.compile(r"#\s*-{3,}")
_FOLDED = (
    sd.RuleSet, sd.Param, sd.FactDecl, sd.LedgerDecl, sd.CheckDecl, sd.Group, sd.Indicator, sd.Part, sd.Total, sd.Word, sd.Notice,
    sd.Amendment, cl.Bands, cl.Decide, cl.Checklist, cl.Deduct, cl.Apply, cl.Let, cl.Score,
)  # fmt: skip


def folding_ranges(state: State, document: Document, _params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
    """Return what of a document can be folded, by lines; a range of one line is none."""
    file = state.parsed(document).file
    found = {_lines(n.span): None for n in nodes(file.decls) if isinstance(n, _FOLDED)}
    ranges = [lsp.FoldingRange(start, end) for start, end in found if start < end]
    lines = document.text.split("\n")
    ranges += [lsp.FoldingRange(a, b, kind=lsp.FoldingRangeKind.Comment) for a, b in _comments(lines)]
    ranges += [lsp.FoldingRange(a, b, kind=lsp.FoldingRangeKind.Region) for a, b in _sections(lines)]
    return ranges


def _lines(span: Span) -> tuple[int, int]:
    return span.source.line_of(span.start) - 1, span.source.line_of(max(span.start, span.end - 1)) - 1


def _comments(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the runs of comment lines; one that begins a section is the section's."""
    start = 0
    for number, line in enumerate([*lines, ""]):
        if not line.lstrip().startswith(("#", "＃")) or _SECTION.match(line):
            if number - start > 1:
                yield start, number - 1
            start = number + 1


def _sections(lines: list[str]) -> Iterator[tuple[int, int]]:
    starts = [number for number, line in enumerate(lines) if _SECTION.match(line)]
    for start, after in zip(starts, [*starts[1:], len(lines)], strict=True):
        end = next((n for n in range(after - 1, start, -1) if lines[n].strip()), start)
        if end > start:
            yield start, end
