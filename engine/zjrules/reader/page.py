"""The document as one HTML page that needs nothing else, and as the parts that other pages are made of."""

from __future__ import annotations

from zjrules.page.markup import Html, el
from zjrules.page.place import link
from zjrules.page.shell import whole
from zjrules.page.style import STYLE
from zjrules.reader import outline, reference
from zjrules.reader.model import Document
from zjrules.reader.script import SCRIPT
from zjrules.reader.section import sections
from zjrules.reader.style import READER


def page(doc: Document, engine: str) -> str:
    """Return the document as one HTML file. engine: the version of zjrules that made it."""
    skip = el("a", "跳到正文", href="#main", class_="skip")
    foot = el("footer", el("p", f"规则 {doc.head.id}，摘要 {doc.head.digest}；引擎 zjrules {engine}"))
    body = [skip, el("main", *content(doc), id="main", tabindex="-1"), foot]
    return whole(f"{doc.title}　规则全文", f"{STYLE}{READER}", body, SCRIPT)


def content(doc: Document) -> list[Html]:
    """Return what stands in the body of a page: the head, the tools, the outline beside the text."""
    text = [
        outline.total(doc), sections(doc), reference.params(doc), reference.checks(doc), reference.facts(doc),
        *reference.ledgers(doc), *reference.words(doc), *reference.rest(doc),
    ]  # fmt: skip
    return [
        outline.head(doc),
        tools(doc),
        el("div", outline.outline(doc), el("div", *text, class_="text"), class_="book"),
    ]


def tools(doc: Document) -> Html:
    """Return the links to the parts, and the filter: hidden until its script runs."""
    parts = ["总评", "指标", "参数", "勾稽", "事实"]
    parts += ["明细"] if doc.ledgers else []
    parts += ["词"] if doc.words else []
    parts += ["编制说明"] if doc.readme else []
    links = el("ul", *(el("li", link(name, {"总评": "总分与等级"}.get(name, name))) for name in parts))
    search = el(
        "div", el("label", "筛选", for_="q"),
        el("input", type="search", id="q", autocomplete="off", placeholder="指标、事实、勾稽、词"),
        el("button", "全部展开", type="button", id="open"), el("button", "全部收起", type="button", id="shut"),
        el("p", role="status", aria_live="polite", id="count"), id="filter", hidden=True,
    )  # fmt: skip
    return el("nav", links, search, aria_label="各部分和筛选", class_="parts")
