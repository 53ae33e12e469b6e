"""Where lines begin: one row for each declaration, clause and line of a table."""

from __future__ import annotations

from attrs import field, frozen
from lark import Token, Tree

INDENT = 2
# What begins a line, beside the declaration itself. The value says what is lined up with its neighbours.
_OWN_ROW = {
    **dict.fromkeys(
        """language year issuer nature full_points grades basis note rounding numbering evidence source key check_when
        part let score bands decide checklist deduct apply clamp not_applicable gate trend accept floor floor_most bonus
        penalty round_total regrade veto cap bar replace result said pool days_off days_on based adjustable""".split(), ""
    ),
    **dict.fromkeys("band rest case tick deduct_if deduct_each example".split(), "points"),
    "input": "type",
    "column": "name",
}  # fmt: skip
# What an amendment says of itself stands under its head, whatever it was read into.
_OF_THE_WHOLE = frozenset("since breach placed into".split())
# 佐证 of a 不适用 is a part of its sentence.
_INLINE = {("not_applicable", "evidence")}
_SIGNS = ("DIV", "MINUS")


@frozen
class Row:
    """The start of a line: where it begins in the text, how deep, and with what it is lined up."""

    start: int
    indent: int
    lined_up: str = ""
    owner: int = -1


@frozen
class Outline:
    """The rows of a file and the places that its tree alone can tell."""

    rows: list[Row] = field(factory=list)
    types: set[int] = field(factory=set)
    """Offsets of the opening brackets of types."""
    units: set[int] = field(factory=set)
    """Offsets of the signs inside a unit, and inside the id of a rule set."""
    labels: set[int] = field(factory=set)
    """Offsets of the labels of 套用, before which a line that is too long may break."""


def outline(found: Outline, tree: Tree[Token], tokens: list[Token]) -> None:
    """Add the rows of one declaration."""
    first = tokens[0].start_pos or 0
    found.rows.append(Row(first, 0, owner=first))
    _walk(found, tree, 0, first)
    for token in tokens:
        if token.type == "_SHOULD":
            found.rows.append(Row(token.start_pos or 0, INDENT, owner=first))


def _walk(found: Outline, tree: Tree[Token], indent: int, owner: int) -> None:
    for child in tree.children:
        if not isinstance(child, Tree) or child.meta.empty:
            continue
        start, kind = child.meta.start_pos, str(child.data)
        if kind in _OF_THE_WHOLE:
            found.rows.append(Row(start, INDENT, owner=found.rows[0].start))
            continue
        if kind in _OWN_ROW and (tree.data, kind) not in _INLINE:
            found.rows.append(Row(start, indent + INDENT, _OWN_ROW[kind], owner))
            _walk(found, child, indent + INDENT, start)
            continue
        if kind == "type_args":
            found.types.add(start)
        elif kind == "type_arg":
            found.units.update(t.start_pos or 0 for t in child.children if isinstance(t, Token) and t.type == "DIV")
        elif kind == "book_id":
            found.units.update(t.start_pos or 0 for t in child.children if isinstance(t, Token) and t.type in _SIGNS)
        elif kind == "labelled":
            found.labels.add(start)
        _walk(found, child, indent, owner)
