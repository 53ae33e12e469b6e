"""HTML as values. Text becomes HTML here and nowhere else, so that nobody's words can be taken for markup."""

from __future__ import annotations

import html
import re

from attrs import frozen

from zjrules.span import visible

_EMPTY = frozenset({"meta", "input", "br"})
_BLANKS = re.compile(r"\s+")


@frozen
class Html:
    """Markup that is safe to stand in a page as it is."""

    text: str

    def __html__(self) -> str:
        """Return the markup: a template that escapes takes what has this as it is."""
        return self.text


Kid = Html | str
Attribute = str | bool | None


def escaped(text: str) -> Html:
    """Return text as it is to be read: markup in it is shown, and what could not be seen is a sign that can."""
    lines = (visible(line.replace("\t", "    ")) for line in text.replace("\r\n", "\n").split("\n"))
    return Html(html.escape("\n".join(lines)))


def el(tag: str, *kids: Kid, **attributes: Attribute) -> Html:
    """Return an element. Attributes are written as in Python: class_, data_find; None and False are left out."""
    shown = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _EMPTY:
        return Html(f"<{tag}{shown}>")
    return Html(f"<{tag}{shown}>{joined(*kids).text}</{tag}>")


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escaped(value).text}"'


def joined(*kids: Kid) -> Html:
    """Return pieces side by side; plain texts among them are escaped."""
    return Html("".join(k.text if isinstance(k, Html) else escaped(k).text for k in kids))


def verbatim(tag: str, text: str) -> Html:
    """Return our own style or script, in which nothing is escaped."""
    assert f"</{tag}" not in text
    return Html(f"<{tag}>{text}</{tag}>")


def anchor(kind: str, name: str) -> str:
    """Return the id of an indicator, fact or ledger: its own name, so that it can be cited and stays when others come."""
    return f"{kind}-{_BLANKS.sub('_', visible(name))}"
