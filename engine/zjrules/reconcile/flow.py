"""The text of a report made even: no blanks, one width, one form of quotes, and only the line ends that end something.

Texts that come out of PDF break sentences at the right margin and put blanks between characters and digits. Every place
in the even text leads back to its place in the report.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from attrs import Factory, field, frozen

from zjrules.num import fold
from zjrules.span import Source, Span

WRAPPED = 20
"""A line shorter than this was ended on purpose, since a printed line holds more."""
REACH = 300
"""Characters of a sentence looked at before and after a place."""
_NEAR = 12
"""Characters in which a line's own number stands."""
_LABEL = 14
"""A line with a colon this early is a label with its value, such as 评价单位：…"""

_EVEN = str.maketrans({
    **dict.fromkeys("“”〝〞＂‘’'", '"'), **dict.fromkeys("[【﹝", "〔"), **dict.fromkeys("]】﹞", "〕"), "￥": "¥", "○": "〇",
    "|": "\t",
})  # fmt: skip
# Blanks, control characters and marks that nobody sees.
_SEEN = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069]+")
_PAGE = re.compile(r"\s*(?:-\s*\d{1,3}\s*-|第\s*\d{1,3}\s*页.{0,12})\s*")
_ENDS = tuple("。!?;:")
_HEADING = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}\s*[、.]|\([一二三四五六七八九十]{1,3}\)|\(?\d{1,2}\s*[、.)](?!\d)|[①-⑳]|第[一二三四五六七八九十]+部分|附\s*件|[-*#])"
)
_NUMBERING = re.compile(r"\(?\d{1,2}[.、)]")


def even(text: str) -> str:
    """Return text as patterns see it: width, quotes and brackets made one, character for character."""
    return fold(text).translate(_EVEN)


def bare(text: str) -> str:
    """Return text made even, without its blanks."""
    return "".join(_SEEN.findall(even(text)))


@frozen
class Flow:
    """The even text of a source; starts and origins say where each piece of it stands in the source."""

    source: Source
    text: str = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)
    origins: tuple[int, ...] = field(repr=False)
    stops: tuple[int, ...] = field(
        init=False, repr=False, eq=False, default=Factory(lambda self: _found(r"[。!?\n]", self.text), takes_self=True)
    )
    """Where sentences and lines end."""

    def origin(self, place: int) -> int:
        """Return the offset in the source of a place in the even text."""
        piece = bisect_right(self.starts, place) - 1
        return self.origins[piece] + place - self.starts[piece]

    def span(self, start: int, end: int) -> Span:
        """Return the place in the source of a stretch of the even text."""
        return Span(self.source, self.origin(start), self.origin(end - 1) + 1)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Return the ends of the sentence that a stretch stands in, not further than a sentence reaches."""
        before = bisect_left(self.stops, start)
        after = bisect_left(self.stops, end)
        low = self.stops[before - 1] + 1 if before else 0
        high = self.stops[after] if after < len(self.stops) else len(self.text)
        return max(low, start - REACH), min(high, end + REACH)

    def unbroken(self, start: int, end: int) -> bool:
        """Return whether no sentence and no line ends between two places."""
        place = bisect_left(self.stops, start)
        return place == len(self.stops) or self.stops[place] >= end


def _found(pattern: str, text: str) -> tuple[int, ...]:
    return tuple(m.start() for m in re.finditer(pattern, text))


def flow(source: Source) -> Flow:
    """Make a report even."""
    text = even(source.text)
    lines = [(s, text[s:e].rstrip("\n")) for s, e in zip(source.starts, (*source.starts[1:], len(text)), strict=True)]
    full = [(start, line) for start, line in lines if line and not line.isspace() and not _PAGE.fullmatch(line)]
    parts: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    place = 0

    def put(piece: str, origin: int) -> None:
        nonlocal place
        parts.append(piece)
        starts.append(place)
        origins.append(origin)
        place += len(piece)

    before = ""
    for number, (start, line) in enumerate(full):
        last = ""
        for found in _SEEN.finditer(line):
            piece = found[0]
            if last and not _joined(last, line, found.start(), piece):
                put(" ", start + found.start() - 1)
            put(piece, start + found.start())
            last = piece
        before = line
        following = full[number + 1][1] if number + 1 < len(full) else ""
        if not _wrapped(before, following):
            put("\n", min(start + len(line), max(len(text) - 1, 0)))
    if not parts:
        put("\n", 0)
    return Flow(source, "".join(parts), tuple(starts), tuple(origins))


def _joined(last: str, line: str, place: int, piece: str) -> bool:
    """Return whether a blank between two pieces means nothing: between digits it may part two numbers."""
    if not piece[0].isdigit() or not (last[-1].isdigit() or last[-1] in ".,"):
        return True
    before = line[max(0, place - _NEAR) : place]
    if place < _NEAR and _NUMBERING.fullmatch(before.strip()):
        return False  # 1. 2025年…: a heading and a year
    if last[-1] in ".,":
        return True
    if before[-2:].isspace() or before.endswith("\t"):
        return False
    left = re.search(r"\d+$", last[-20:])
    right = re.match(r"\d+", piece[:20])
    assert left and right
    grouped = len(left[0]) <= 3 and len(right[0]) == 3
    return grouped or len(left[0]) == len(right[0]) == 1


def _wrapped(line: str, following: str) -> bool:
    """Return whether a line end is only the right margin."""
    if not following or len(line) < WRAPPED or line.rstrip().endswith(_ENDS):
        return False
    if _HEADING.match(following) or ":" in following[:_LABEL]:
        return False
    return sum(map(len, _SEEN.findall(line[:200]))) >= WRAPPED
