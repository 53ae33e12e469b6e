"""A drawing of matplotlib as SVG that stands in a page of ours.

The page's policy takes no styles of single elements, so that they become attributes; colours become classes, so that both
schemes of colours have their own; ids, fonts and dates go, so that nothing clashes, is looked for or changes from day to day.
Text stays text: it can be selected, is read out, and is written in whatever font the reader has for Chinese.
"""

from __future__ import annotations

import re
import warnings
from contextlib import AbstractContextManager
from io import StringIO
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from matplotlib import style
from matplotlib.figure import Figure

from zjrules.page.markup import Html, Kid, el, joined

INKS = {
    name: f"#0000{number:02x}"
    for number, name in enumerate(
        ("ink", "soft", "line", "main", "hot", "full", "part", "zero", "open", "none", "paper"), start=1
    )
}
"""The colours that may be drawn with: what they look like is said in the page's style, by their names."""
_NAMES = {colour: name for name, colour in INKS.items()}
_SIZE = re.compile(r"\bfont(?:-size)?:[^;]*?([\d.]+)px")
_KEPT = ("fill", "stroke")
_PLAIN = frozenset({"stroke-width", "stroke-dasharray", "text-anchor", "opacity", "fill-opacity", "stroke-opacity"})
WIDTH = 400
"""Units of every drawing from left to right; a unit is a pixel where the drawing is as wide on the screen."""


def settings() -> AbstractContextManager[None]:
    """Return the settings in which everything is drawn; those of the user have no part in it."""
    return style.context(
        [
            "default",
            {
                "svg.fonttype": "none", "svg.hashsalt": "zjrules", "path.simplify": False, "text.parse_math": False,
                "font.family": ["DejaVu Sans"],
            },
        ]
    )  # fmt: skip


def figure(height: int) -> Figure:
    """Return an empty drawing of WIDTH by some units."""
    return Figure(figsize=(WIDTH / 72, height / 72), dpi=72, frameon=False)


def svg(drawn: Figure, name: str, title: str, said: str) -> Html:
    """Return a drawing with a title and what it shows, for those who do not see it. Names are unique in a page."""
    with warnings.catch_warnings():
        # The font by which text is measured has no Chinese; it is not the one in which it is shown.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        text = StringIO()
        drawn.savefig(text, format="svg", metadata={"Date": None})
    root = fromstring(text.getvalue())
    kids = [k for child in root for k in _converted(child)]
    head = (el("title", title, id=f"{name}-名"), el("desc", said, id=f"{name}-述"))
    return el(
        "svg", *head, *kids, viewBox=root.get("viewBox"), preserveAspectRatio="xMinYMin", role="img", aria_labelledby=f"{name}-名 {name}-述", class_="plot"
    )  # fmt: skip


def _converted(found: Element) -> list[Kid]:
    tag = found.tag.partition("}")[2]
    if tag in ("metadata", "defs", "style"):
        return []
    kids = [k for child in found for k in _converted(child)]
    if tag == "g":
        # Groups carry no more than ids here.
        return kids
    inks = dict(p.split(": ", 1) for p in found.get("style", "").rstrip("; ").split("; ") if p)
    shown = {k: " ".join(v.split()) for k, v in found.attrib.items() if k in ("d", "x", "y", "transform")}
    if shown.get("transform", "").startswith("rotate(-0 "):
        del shown["transform"]
    shown |= {k: v for k, v in inks.items() if k in _PLAIN}
    classes = [f"{k}-{_NAMES[inks[k]]}" for k in _KEPT if inks.get(k) in _NAMES]
    if tag == "path" and not classes:
        return []
    if "stroke" in inks and "fill" not in inks:
        shown["fill"] = "none"
    if tag == "text":
        # Some versions of matplotlib write the size alone, some the font in one.
        size = _SIZE.search(found.get("style", ""))
        assert size is not None
        shown["font-size"] = size[1]
    text = (found.text or "").strip()
    return [el(tag, *([text] if text else []), joined(*kids), class_=" ".join(classes) or None, **shown)]
