"""The front of the document: the head, the outline, and from the sum to the grade."""

from __future__ import annotations

from zjrules.num import brief
from zjrules.page.markup import Html, Kid, anchor, el
from zjrules.page.place import link
from zjrules.reader.model import Document, Group, Indicator
from zjrules.reader.texts import clause, items, rule


def head(doc: Document) -> Html:
    """Return what the rule set says of itself; whose it is and how far it can be trusted stands first."""
    head = doc.head
    pairs: list[tuple[str, Kid]] = [
        ("编号", head.id), ("评价年度", str(head.year)), ("满分", f"{brief(head.full)} 分"), ("发布", head.issuer),
        ("公布", head.edition), ("截至", head.as_of), ("沿用", "、".join(reversed(head.bases))),
    ]  # fmt: skip
    if head.nature:
        pairs.insert(0, ("规则的性质", el("strong", head.nature, class_="badge")))
    told = [el("div", el("dt", name), el("dd", value)) for name, value in pairs if value]
    edited = [el("p", f"不能用来评分：{text}", class_="why") for text in head.edited]
    return el(
        "header", el("h1", head.name, " ", el("small", "规则全文")), el("dl", *told, class_="book"), *edited,
        *([items("依据", head.basis)] if head.basis else []), *([items("说明", head.notes)] if head.notes else []),
        el("details", el("summary", "书头的规则原文"), rule(head.text)),
    )  # fmt: skip


def outline(doc: Document) -> Html:
    """Return the outline: groups and indicators with their points, each leading to its section."""
    return el("nav", el("h2", "目录", class_="side"), _level(doc.groups), aria_label="指标目录", class_="outline")


def _level(nodes: tuple[Group | Indicator, ...]) -> Html:
    return el("ol", *(_entry(n) for n in nodes))


def _entry(node: Group | Indicator) -> Html:
    group = isinstance(node, Group)
    kind = "组" if group else "指标"
    name = f"{node.number} {node.name}" if group else f"{node.number}{node.name}"
    line = el(
        "span",
        link(anchor(kind, node.name), name),
        " ",
        el("span", f"{brief(node.points)} 分", class_="points"),
        class_="entry",
    )
    if isinstance(node, Group):
        return el("li", line, _level(node.children), class_="group", data_row=True)
    return el("li", line, data_row=True)


def total(doc: Document) -> Html:
    """Return how the scores become a total and a grade, with the roundings."""
    grades = [
        el("tr", el("th", name, scope="row"), el("td", limit)) for name, limit in doc.grades
    ]  # fmt: skip
    heads = el("thead", el("tr", el("th", "等级", scope="col"), el("th", "条件", scope="col")))
    table = el("table", el("caption", "等级"), heads, el("tbody", *grades), class_="grades")
    found: list[Html] = [el("h2", "总分与等级"), el("ol", *(el("li", step) for step in doc.total), class_="tally")]
    found += [items("舍入", doc.head.rounding)] if doc.head.rounding else []
    found.append(table)
    if doc.total_clause is not None:
        found.append(el("details", el("summary", "总评的规则原文"), clause(doc.total_clause)))
    return el("section", *found, id="总评", tabindex="-1")
