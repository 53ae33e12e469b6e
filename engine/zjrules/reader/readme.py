"""What stands in README.md beside a rule set, as it is written in Markdown: where each row comes from, how far it can be trusted.

Markup of its own is all that it has: HTML in it is text, and its links and pictures are no more than their words.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from zjrules.page.markup import Html, Kid, el, joined

_PLAIN = {"paragraph": "p", "strong": "strong", "em": "em", "bullet_list": "ul", "list_item": "li", "blockquote": "blockquote",
          "thead": "thead", "tbody": "tbody", "tr": "tr"}  # fmt: skip
DEEPEST = 20
"""Levels of Markdown inside each other; what stands deeper is shown as it is written."""


def rendered(text: str) -> list[Html]:
    """Return Markdown as HTML, without its title: the page has one."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable("table")
    blocks = SyntaxTreeNode(parser.parse(text)).children
    return [_node(block) for block in blocks if block.tag != "h1"]


def _node(node: SyntaxTreeNode) -> Html:
    kids: list[Kid] = [_node(child) for child in node.children]
    match node.type:
        case "text" | "html_inline" | "html_block":
            return joined(node.content)
        case "softbreak" | "hardbreak":
            return joined(" ") if node.type == "softbreak" else el("br")
        case "paragraph" if node.hidden:  # of a list without blank lines
            return joined(*kids)
        case "code_inline":
            return el("code", node.content, class_="in")
        case "fence" | "code_block":
            return el("pre", node.content)
        case "heading":
            return el("h3" if node.tag == "h2" else "h4", *kids)
        case "th" | "td":
            return el(node.type, *kids, scope="col" if node.type == "th" else None)
        case "table":
            return el("div", el("table", *kids, class_="told"), class_="scroll", tabindex="0", role="region",
                      aria_label=" ".join(h.content for h in node.walk() if h.type == "text")[:40])  # fmt: skip
        case "ordered_list":
            return el("ol", *kids, start=str(node.attrs["start"]) if "start" in node.attrs else None)
        case "hr":
            return joined("")
        case _:
            return el(_PLAIN[node.type], *kids) if node.type in _PLAIN else joined(*kids)
