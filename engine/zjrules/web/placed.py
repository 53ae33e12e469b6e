"""Places of rules on a page: where they stand on this machine is nobody's business, so they begin at the folder of all rules."""

from __future__ import annotations

from zjrules.page.markup import Html, escaped
from zjrules.project import roots


def placed(part: Html) -> Html:
    """Return a part of a page whose places of rules have nothing of this machine in them."""
    text = part.text
    for root in roots():
        text = text.replace(escaped(f"{root.as_posix()}/").text, "")
    return Html(text)
