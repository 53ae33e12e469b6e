"""Places: the engine counts characters of a text, an editor lines and code units in them."""

from __future__ import annotations

from attrs import frozen
from lsprotocol import types as lsp

from zjrules.span import Source, Span

_WIDTHS = {"utf-8": (1, "utf-8"), "utf-16": (2, "utf-16-le"), "utf-32": (4, "utf-32-le")}


@frozen
class Encoding:
    """How the editor counts in a line: in code units of UTF-16 (what all editors can), of UTF-8, or in characters."""

    name: str = "utf-16"

    def units(self, text: str) -> int:
        """Return how many code units a text has."""
        if text.isascii() or self.name == "utf-32":
            return len(text)
        width, codec = _WIDTHS[self.name]
        return len(text.encode(codec, "surrogatepass")) // width

    def characters(self, line: str, units: int) -> int:
        """Return how many characters of a line lie before so many code units; past its end, all of them."""
        if line.isascii() or self.name == "utf-32":
            return min(units, len(line))
        width, codec = _WIDTHS[self.name]
        cut = line.encode(codec, "surrogatepass")[: units * width]
        return len(cut.decode(codec, "ignore"))

    def position(self, source: Source, offset: int) -> lsp.Position:
        """Return the place of an offset (in characters, from 0) of a text."""
        line = source.line_of(offset)
        start = source.starts[line - 1]
        return lsp.Position(line - 1, self.units(source.text[start:offset]))

    def range(self, span: Span) -> lsp.Range:
        """Return the range of a span."""
        return lsp.Range(self.position(span.source, span.start), self.position(span.source, span.end))

    def offset(self, source: Source, position: lsp.Position) -> int:
        """Return the offset of a place in a text; a place past the end of a line is its end."""
        if position.line >= len(source.starts):
            return len(source.text)
        start = source.starts[position.line]
        return start + self.characters(source.line_text(position.line + 1), position.character)

    def span(self, source: Source, range_: lsp.Range) -> Span:
        """Return the span of a range of a text."""
        start = self.offset(source, range_.start)
        return Span(source, start, max(start, self.offset(source, range_.end)))
