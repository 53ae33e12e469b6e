"""The canonical form as edits: only the lines that change, so that the cursor and what is folded stay where they are."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from lsprotocol import types as lsp

from zjrules.build import the_parser
from zjrules.format.page import formatted
from zjrules.lsp.document import Document
from zjrules.lsp.state import State


def format_document(state: State, document: Document, _params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
    """Return the edits that give a document its canonical form; none where it has errors, which could hide what is meant."""
    return [edit for edit, _, _ in _edits(state, document)]


def format_range(state: State, document: Document, params: lsp.DocumentRangeFormattingParams) -> list[lsp.TextEdit]:
    """Return those of the edits that touch the lines of a range."""
    first, last = params.range.start.line, params.range.end.line
    if params.range.end.character == 0 and last > first:
        last -= 1
    return [edit for edit, start, stop in _edits(state, document) if start <= last and max(stop - 1, start) >= first]


def _edits(state: State, document: Document) -> Iterator[tuple[lsp.TextEdit, int, int]]:
    """Yield edits with the lines [start, stop) that each replaces."""
    found, _ = formatted(document.source, the_parser())
    if found is None or found == document.text:
        return
    before, after = document.text.split("\n"), found.split("\n")
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield _edit(state, before, (a, b), after[c:d]), a, b


def _edit(state: State, before: list[str], lines: tuple[int, int], after: list[str]) -> lsp.TextEdit:
    """Return the edit that puts lines in the place of the lines [start, stop)."""
    start, stop = lines
    text = "".join(f"{line}\n" for line in after)
    if stop < len(before):
        return lsp.TextEdit(lsp.Range(lsp.Position(start, 0), lsp.Position(stop, 0)), text)
    # The last line has no end of its own: the break before it goes or comes with it.
    end = lsp.Position(len(before) - 1, state.encoding.units(before[-1]))
    text = text.removesuffix("\n")
    if start == len(before):
        return lsp.TextEdit(lsp.Range(end, end), f"\n{text}")
    if after or start == 0:
        return lsp.TextEdit(lsp.Range(lsp.Position(start, 0), end), text)
    above = lsp.Position(start - 1, state.encoding.units(before[start - 1]))
    return lsp.TextEdit(lsp.Range(above, end), "")
