"""A rule file in its canonical form: rows filled with spelled tokens, wrapped, lined up, with comments and blank lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from attrs import define, field
from lark import Token
from rich.cells import cell_len

from zjrules.diag import Diagnostics, has_errors
from zjrules.format.rows import INDENT, Outline, Row, outline
from zjrules.format.spell import Piece, pieces
from zjrules.read import lexer
from zjrules.read.book import read
from zjrules.read.parser import Parser, chunks
from zjrules.span import Source

WIDTH = 110
"""Display columns after which a row is wrapped."""
MOST_LINED_UP = 60
"""A row whose head is wider than this is left out when its neighbours are lined up."""
_BREAKS: tuple[frozenset[str], ...] = tuple(
    frozenset(names.split()) for names in ("_WHERE _EXCEPT", "_ELSE", "_OR", "_AND", "PLUS MINUS", "STRING")
)
_STAY = frozenset("_MAY_NA _REASON".split())


class Changed(Exception):
    """The formatted text would not mean the same: a defect of the formatter, and nothing may be written."""


@define
class _Line:
    """A row with its pieces and the comments that go with it."""

    row: Row
    pieces: list[Piece] = field(factory=list)
    above: list[Token] = field(factory=list)
    beside: Token | None = None


def formatted(source: Source, parser: Parser) -> tuple[str | None, Diagnostics]:
    """Return the canonical text of a rule file, or None and its diagnostics when it has errors.

    Raises Changed when the result would be read differently.
    """
    file, problems = read(source, parser)
    if has_errors(problems):
        return None, problems
    text = _page(source, parser)
    again, _ = read(Source(source.name, text), parser)
    comments = [[c.text.strip() for c in f.comments] for f in (file, again)]
    if again.decls != file.decls or comments[0] != comments[1]:
        raise Changed(source.name)
    return text, problems


def _page(source: Source, parser: Parser) -> str:
    tokens, comments, _ = lexer.tokens(source, parser.lex)
    shape = Outline()
    for chunk in chunks(tokens, parser):
        assert chunk.tree is not None, "a file without errors has a tree for every declaration"
        outline(shape, chunk.tree, chunk.tokens)
    lines = _fill(shape, pieces(tokens, source, parser.lex.words, shape.types, shape.units))
    rest = _comments(source, lines, comments)
    printed = _print(source, lines, shape)
    printed += [(_line_break(source, c.start_pos or 0), _comment(source, c)) for c in rest]
    out: list[str] = []
    for blank, text in printed:
        out += ["", text] if blank and out else [text]
    return "\n".join(out) + "\n" if out else ""


def _fill(shape: Outline, found: list[Piece]) -> list[_Line]:
    """Give every piece to its row; 可不适用 and 须写理由 belong to the line of the name, wherever they were written."""
    lines = [_Line(row) for row in sorted(shape.rows, key=lambda r: r.start)]
    index = -1
    head = -1
    for piece in found:
        while index + 1 < len(lines) and lines[index + 1].row.start <= piece.start:
            index += 1
            head = index if lines[index].row.lined_up in ("type", "name") or lines[index].row.indent == 0 else head
        lines[head if piece.kind in _STAY else index].pieces.append(piece)
    return lines


def _comments(source: Source, lines: list[_Line], comments: list[Token]) -> list[Token]:
    """Give every comment to a line: beside its last token, or above; returns those after the last line."""
    rest: list[Token] = []
    index = 0
    for comment in comments:
        at = comment.start_pos or 0
        while index < len(lines) and lines[index].pieces[-1].stop <= at:
            index += 1
        last = lines[index - 1] if index else None
        alone = not source.line_text(source.line_of(at))[: at - source.starts[source.line_of(at) - 1]].strip()
        inside = index < len(lines) and lines[index].pieces[0].start < at
        if not alone and last is not None and last.beside is None and not inside:
            last.beside = comment
        elif index < len(lines):
            lines[index].above.append(comment)
        else:
            rest.append(comment)
    return rest


def _line_break(source: Source, start: int) -> bool:
    """Return whether a blank line stands before start."""
    return re.search(r"\n[^\S\n]*\r?\n[^\S\n]*\Z", source.text[:start]) is not None


def _print(source: Source, lines: list[_Line], shape: Outline) -> list[tuple[bool, str]]:
    """Return the printed lines, each with whether a blank line goes before it."""
    printed: list[tuple[bool, str]] = []
    widths = _lined_up(source, lines)
    for line in lines:
        start = line.pieces[0].start
        for comment in line.above:
            inside = (comment.start_pos or 0) > start
            blank = not inside and _line_break(source, comment.start_pos or 0)
            printed.append((blank, " " * line.row.indent + _comment(source, comment)))
        text = _wrapped(line, shape, widths.get(line.row.start, 0))
        first, *more = text.split("\n")
        printed.append((_line_break(source, start), first))
        printed += [(False, m) for m in more]
        if line.beside is not None:
            blank, last = printed[-1]
            printed[-1] = blank, f"{last}  {_comment(source, line.beside)}"
    return printed


def _comment(source: Source, comment: Token) -> str:
    """Return a comment as it was written: its text keeps its width, the sign in front becomes #."""
    return "#" + source.text[comment.start_pos : comment.end_pos].rstrip()[1:]


# ---------- one row ----------


def _joined(found: Iterable[Piece]) -> str:
    text = ""
    for piece in found:
        text += (piece.gap if text else "") + piece.text
    return text


def _cut(line: _Line) -> int:
    """Return the index of the piece that is lined up, 0 for none."""
    kinds = {"points": ("_GET", "_TAKE"), "type": ("_COLON",)}.get(line.row.lined_up, ())
    return next((i for i, p in enumerate(line.pieces) if p.kind in kinds and p.depth == 0), 0)


def _head_width(line: _Line) -> int:
    cut = _cut(line)
    return cell_len(_joined(line.pieces[:cut])) if cut else 0


def _lined_up(source: Source, lines: list[_Line]) -> dict[int, int]:
    """Return for the rows of a table how wide their heads become."""
    found: dict[int, int] = {}
    block = 0
    keyed: list[tuple[tuple[int, str, int], _Line]] = []
    for line in lines:
        fits = line.row.indent + cell_len(_joined(line.pieces)) <= WIDTH
        takes_part = fits and 0 < _head_width(line) <= MOST_LINED_UP
        # A note under an 列名, a blank line or a comment ends a block; an 其余 or a wide row does not.
        if line.row.lined_up == "" or _line_break(source, line.pieces[0].start) or line.above:
            block += 1
        if takes_part:
            keyed.append(((block, line.row.lined_up, line.row.owner), line))
    for _, group in groupby(keyed, key=lambda item: item[0]):
        members = [line for _, line in group]
        widest = max(map(_head_width, members))
        found.update((line.row.start, widest) for line in members)
    return found


def _wrapped(line: _Line, shape: Outline, width: int) -> str:
    indent = " " * line.row.indent
    whole = indent + _joined(line.pieces)
    if cell_len(whole) > WIDTH:
        return "\n".join(_broken(line.pieces, line.row.indent, shape))
    if width and cell_len(whole) + width - _head_width(line) <= WIDTH:
        cut = _cut(line)
        head = _joined(line.pieces[:cut])
        return f"{indent}{head}{' ' * (width - cell_len(head))} {_joined(line.pieces[cut:])}"
    return whole


def _broken(found: list[Piece], indent: int, shape: Outline) -> list[str]:
    """Break a row that is too wide, at the outermost places first; where only commas are left, fill the lines."""
    if indent + cell_len(_joined(found)) <= WIDTH:
        return [" " * indent + _joined(found)]
    cuts = _places(found, shape)
    if not cuts:
        return _filled(found, indent)
    parts = [found[a:b] for a, b in zip([0, *cuts], [*cuts, len(found)], strict=True)]
    lines = _broken(parts[0], indent, shape)
    for part in parts[1:]:
        lines += _broken(part, indent + INDENT, shape)
    return lines


def _places(found: list[Piece], shape: Outline) -> list[int]:
    """Return where to break: before labels, 其中, 否则, 或, 且, a sign, or between strings."""
    labels = [i for i, p in enumerate(found) if i and p.start in shape.labels]
    if labels:
        return labels
    for depth in sorted({p.depth for p in found}):
        for kinds in _BREAKS:
            places = [i for i, p in enumerate(found) if i and p.depth == depth and p.kind in kinds]
            places = [i for i in places if _breakable(found, i)]
            if places:
                return places
    return []


def _breakable(found: list[Piece], index: int) -> bool:
    piece = found[index]
    if piece.kind == "STRING":
        return found[index - 1].kind == "STRING"
    # A sign that belongs to its operand is no place to break.
    return piece.kind != "MINUS" or (index + 1 < len(found) and found[index + 1].gap != "")


def _filled(found: list[Piece], indent: int) -> list[str]:
    lines: list[str] = []
    line: list[Piece] = []
    for part in _after_commas(found):
        room = WIDTH - indent - (INDENT if lines else 0)
        if line and cell_len(_joined([*line, *part])) > room:
            lines.append(" " * (indent + (INDENT if lines else 0)) + _joined(line))
            line = []
        line += part
    return [*lines, " " * (indent + (INDENT if lines else 0)) + _joined(line)]


def _after_commas(found: list[Piece]) -> list[list[Piece]]:
    parts: list[list[Piece]] = [[]]
    for piece in found:
        parts[-1].append(piece)
        if piece.kind == "_COMMA":
            parts.append([])
    return [p for p in parts if p]
