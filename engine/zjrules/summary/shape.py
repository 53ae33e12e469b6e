"""Tables and sections of a page with plots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zjrules.page.markup import Html, el

Section = tuple[str, Html]


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], lists: int = 1) -> Html:
    """Return a table whose first columns are names and whose others are numbers, in a box that can scroll."""
    first = el("tr", *(el("th", h, scope="col", class_="num" if i >= lists else None) for i, h in enumerate(heads)))
    body = (
        el("tr", el("th", row[0], scope="row"), *(el("td", c, class_="num" if i >= lists else None) for i, c in enumerate(row[1:], 1)))
        for row in rows
    )  # fmt: skip
    shape = "wide" if len(heads) > 7 else "tight" if len(heads) > 4 else None
    found = el("table", el("caption", caption), el("thead", first), el("tbody", *body), class_=shape)
    # A box that scrolls must be reached by those who have no mouse.
    return el("div", found, class_="scroll", tabindex="0", role="region", aria_label=caption)


def section(name: str, drawn: Html | None, *beside: Html) -> Section:
    """Return a section with a drawing and what stands beside it."""
    head = el("h2", name)
    if drawn is None:
        return name, el("section", head, *beside, id=name)
    both = el("div", el("figure", drawn), el("div", *beside, class_="beside"), class_="pair")
    return name, el("section", head, both, id=name)
