"""Links within the page: to an indicator, to a fact, and the sign by which a place is cited."""

from __future__ import annotations

from urllib.parse import quote

from zjrules.page.markup import Html, Kid, el


def link(name: str, *kids: Kid, page: str = "") -> Html:
    """Return a link to an anchor of the page, or of another at an address."""
    return el("a", *kids, href=f"{page}#{quote(name)}")


def cited(name: str, what: str) -> Html:
    """Return the link by which a section can be cited."""
    return el("a", "§", href=f"#{quote(name)}", class_="cite", aria_label=f"「{what}」的链接")
