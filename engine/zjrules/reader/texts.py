"""Small parts of the document that stand in many places: a rule as it is written, lists, names that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zjrules.page.markup import Html, Kid, anchor, el, joined
from zjrules.page.place import link
from zjrules.reader.lit import Piece
from zjrules.reader.model import Clause

_CLASSES = {"关键字": "kw", "数": "nu", "文字": "st", "注释": "co"}


def rule(pieces: Sequence[Piece]) -> Html:
    """Return a rule text with its keywords lit and its names leading to what they name."""
    return el("pre", *(_piece(p) for p in pieces), class_="source")


def _piece(piece: Piece) -> Kid:
    if piece.name:
        return link(anchor(piece.kind, piece.name), piece.text)
    return el("span", piece.text, class_=_CLASSES[piece.kind]) if piece.kind else piece.text


def clause(found: Clause) -> Html:
    """Return a declaration as it is written, with where it stands and what amendments did to it."""
    made = [el("li", text) for text in found.made]
    return joined(
        rule(found.pieces), el("p", f"出自 {found.origin}", class_="origin"),
        *([el("ul", *made, class_="made")] if made else []),
    )  # fmt: skip


def items(title: str, texts: Iterable[str]) -> Html:
    """Return texts under a title: one beside it, several as a list."""
    found = [t for t in texts if t]
    if len(found) == 1:
        return el("p", el("b", f"{title}："), found[0], class_="said")
    return el("div", el("p", el("b", f"{title}：")), el("ul", *(el("li", t) for t in found)), class_="said")


def names(kind: str, found: Iterable[str]) -> Html:
    """Return names that lead to their places, side by side."""
    links = [link(anchor(kind, name), name) for name in found]
    return joined(*[x for each in links for x in ("、", each)][1:])


def scrolled(caption: str, heads: Sequence[str], rows: Iterable[Html], class_: str, titled: bool = True) -> Html:
    """Return a table in a box that scrolls, which those without a mouse can reach. titled: its caption is shown."""
    first = el("tr", *(el("th", name, scope="col") for name in heads))
    above = [el("caption", caption)] if titled else []
    table = el("table", *above, el("thead", first), el("tbody", *rows), class_=class_)
    return el("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)
