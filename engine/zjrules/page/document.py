"""The page: one file that needs nothing else, says so to the browser, and can be read without its script."""

from __future__ import annotations

from zjrules.page import overview
from zjrules.page.account import Account
from zjrules.page.markup import Html, el
from zjrules.page.place import link
from zjrules.page.script import SCRIPT
from zjrules.page.section import section
from zjrules.page.shell import whole
from zjrules.page.style import STYLE


def page(account: Account) -> str:
    """Return a scored unit as one HTML file."""
    foot = el("footer", el("p", f"规则 {account.rules}，摘要 {account.digest}；引擎 zjrules {account.engine}"))
    skip = el("a", "跳到正文", href="#main", class_="skip")
    title = f"{account.facts.unit}　得分解释　{account.title}"
    return whole(
        title,
        STYLE,
        [skip, el("main", overview.head(account), *parts(account), id="main", tabindex="-1"), foot],
        SCRIPT,
    )


def parts(account: Account) -> list[Html]:
    """Return the parts of the page under its head."""
    return [
        _tools(),
        overview.scores(account),
        *overview.reviews(account),
        overview.findings(account),
        overview.checks(account),
        el("section", el("h2", "逐项解释"), _legend(), *(section(account, s) for s in account.sections), id="逐项解释"),
        overview.facts(account),
    ]


def _tools() -> Html:
    """Return the links to the parts, and what works with the script alone: hidden until it runs."""
    names = ("得分表", "发现", "勾稽", "逐项解释", "事实")
    links = el("ul", *(el("li", link(name, name)) for name in names))
    search = el(
        "div", el("label", "查找指标和事实", for_="q"), el("input", type="search", id="q", autocomplete="off"),
        el("button", "全部展开", type="button", id="open"), el("button", "全部收起", type="button", id="shut"),
        el("label", el("input", type="checkbox", id="keys", checked=True), "快捷键"),
        el("p", "/ 查找，j 下一项，k 上一项，e 全部展开，c 全部收起", class_="keys"),
        el("p", role="status", aria_live="polite", id="count"), id="tools", hidden=True,
    )  # fmt: skip
    return el("nav", links, search, aria_label="目录和查找")


def _legend() -> Html:
    return el(
        "p", el("mark", "加亮"), "的是决定了得分的条款；", el("mark", "虚线", class_="open"), "的是缺了事实、还可能用到的条款。"
    )  # fmt: skip
