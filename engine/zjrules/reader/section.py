"""Groups and indicators: in words on one side, as they are written on the other."""

from __future__ import annotations

from zjrules.explain.standard import Told
from zjrules.num import brief
from zjrules.page.markup import Html, anchor, el
from zjrules.page.place import cited
from zjrules.reader.model import Document, Fact, Group, Indicator, Way
from zjrules.reader.texts import clause, items, names, scrolled


def sections(doc: Document) -> Html:
    """Return every group with its indicators."""
    asked = {f.name: f for _, facts in doc.facts for f in facts} | {f.name: f for f in doc.ledgers}
    return el("section", el("h2", "指标"), *(_node(n, asked) for n in doc.groups), id="指标")


def _node(node: Group | Indicator, asked: dict[str, Fact]) -> Html:
    if isinstance(node, Indicator):
        return _indicator(node, asked)
    name = anchor("组", node.name)
    title = f"{node.number} {node.name}"
    heading = el(
        "h3",
        el("span", title, class_="name"),
        " ",
        el("span", f"{brief(node.points)} 分", class_="score"),
        " ",
        cited(name, title),
    )
    about = [items("依据", node.basis)] if any(node.basis) else []
    about += [el("p", node.note)] if node.note else []
    about += [el("ul", *(el("li", text) for text in node.clause.made), class_="made")] if node.clause.made else []
    return el(
        "section", heading, *about, *(_node(n, asked) for n in node.children), id=name, class_=f"part l{node.level}"
    )


def _indicator(node: Indicator, asked: dict[str, Fact]) -> Html:
    name = anchor("指标", node.name)
    title = f"{node.number}{node.name}"
    heading = el(
        "h4", el("span", title, class_="name"), " ", el("span", f"{brief(node.points)} 分", class_="score"), " ", cited(name, title),
        tabindex="-1",
    )  # fmt: skip
    about = [items("依据", node.basis)] if any(node.basis) else []
    about += [el("p", node.note, class_="note")] if node.note else []
    words = [el("h5", "怎么评分"), *(x for way in node.ways for x in _way(way))]
    words += [el("ul", *(el("li", t) for t in node.trends), class_="trends")] if node.trends else []
    words += _asked(node, asked)
    text = el("div", el("h5", "规则原文"), clause(node.clause), *_named(node), class_="rule")
    two = el("div", el("div", *words, class_="how"), text, class_="two")
    find = " ".join(
        [title, *node.basis, node.note, *node.facts, *node.ledgers, *node.params, *node.words, node.clause.text]
    )
    return el("section", heading, *about, two, id=name, class_="indicator", data_find=find)


def _way(way: Way) -> list[Html]:
    found = (
        [
            el(
                "p",
                el("b", way.name),
                f"，{brief(way.points)} 分" + (f"（{way.basis}）" if way.basis else ""),
                class_="way",
            )
        ]
        if way.name
        else []
    )
    return [*found, *(_told(t) for t in way.told)]


def _told(told: Told) -> Html:
    if len(told.items) == 1:
        return el("p", str(told), class_="line")
    head = [el("p", told.head, class_="line")] if told.head else []
    return el("div", *head, el("ul", *(el("li", item) for item in told.items), class_="told"))


def _asked(node: Indicator, asked: dict[str, Fact]) -> list[Html]:
    rows = [_row("事实", asked[n]) for n in node.facts if n in asked]
    rows += [_row("明细", asked[n]) for n in node.ledgers if n in asked]
    if not rows:
        return [el("p", "不看事实。", class_="line")]
    table = scrolled(f"「{node.name}」看的事实", ("要填的", "类型和范围", "佐证"), rows, "asks", titled=False)
    return [el("h5", "看哪些事实"), table]


def _row(kind: str, fact: Fact) -> Html:
    type_ = f"{fact.type} {fact.limits}".strip() if kind == "事实" else f"明细，{len(fact.columns or ())} 列"
    note = [el("small", fact.note)] if fact.note else []
    return el(
        "tr", el("th", names(kind, [fact.name]), *note, scope="row"), el("td", type_),
        el("td", fact.evidence or "不要求", class_=None if fact.evidence else "origin"),
    )  # fmt: skip


def _named(node: Indicator) -> list[Html]:
    """Return what else the rule names, and the checks that look at its facts."""
    found = []
    for title, kind, given in (("参数", "参数", node.params), ("用到的词", "词", node.words)):
        found += [el("p", f"{title}：", names(kind, given), class_="origin")] if given else []
    if node.checks:
        listed = el("ul", *(el("li", names("勾稽", [title])) for title in node.checks))
        found.append(el("details", el("summary", f"核对这些事实的勾稽 {len(node.checks)} 条"), listed))
    return found
