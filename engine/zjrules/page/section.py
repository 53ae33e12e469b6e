"""One indicator on the page: how its score came, step by step, beside the rule as it is written."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from zjrules.explain.lines import Line
from zjrules.page.account import Account, Section, cut
from zjrules.page.markup import Html, anchor, el, joined
from zjrules.page.place import cited, link
from zjrules.span import Span

_SOURCES = frozenset({"fact", "ledger", "row"})
DEEPEST = 6
"""Lines that stand deeper are drawn at this depth."""


def section(account: Account, each: Section) -> Html:
    """Return the section of an indicator."""
    node, title = each.node, each.lines[0]
    name = anchor("指标", node.name)
    heading = el(
        "h3", el("span", title.text, class_="name"), " ", el("span", title.value, class_="score"), " ", cited(name, title.text),
        tabindex="-1",
    )  # fmt: skip
    how = [el("h4", "怎么算的"), *_lines(each.lines[1:])]
    if each.again:
        how += [el("h4", "复核"), el("p", each.again[0].value, class_="line formula"), *_lines(each.again[1:])]
    how += _tree(each.tree)
    why = [el("p", each.why, class_="why")] if each.why else []
    body = el("div", el("div", *how, class_="how"), _rule(account, each), class_="two")
    fold = el("details", el("summary", "算法、事实、规则原文"), body, class_="fold", open=True)
    words = [title.text, node.basis, each.reason, each.state, *each.facts, *each.ledgers]
    return el("section", heading, *why, fold, id=name, class_="indicator", data_find=" ".join(words))


# ---------- how it came ----------


def _lines(lines: Sequence[Line]) -> list[Html]:
    """Return lines in their order; facts and ledgers that follow each other make one table."""
    told = [x for x in lines if x.kind != "clause"]
    found: list[Html] = []
    for sources, group in groupby(told, key=lambda x: x.kind in _SOURCES):
        mine = list(group)
        found += [_table(mine)] if sources else [_line(x) for x in mine]
    return found


def _line(line: Line) -> Html:
    depth = f"d{min(line.level, DEEPEST)}"
    if line.kind == "part":
        return el("h5", line.text, " ", el("span", line.value, class_="score"), class_=depth)
    return el("p", joined(line.text, *([" ", line.value] if line.value else [])), class_=f"line {line.kind} {depth}")


def _table(lines: list[Line]) -> Html:
    heads = el("tr", *(el("th", name, scope="col") for name in ("事实", "值", "佐证", "出处")))
    rows = el("tbody", *(_source(line) for line in lines))
    return el("div", el("table", el("thead", heads), rows, class_="sources"), class_="scroll")


def _source(line: Line) -> Html:
    if line.kind == "row":
        value = f"{line.text} {line.value}".rstrip()
        return el("tr", el("td", value, colspan="3", class_="row"), el("td", line.origin, class_="origin"))
    kind = "事实" if line.kind == "fact" else "明细"
    name = link(anchor(kind, line.text), line.text if line.kind == "fact" else f"明细 {line.text}")
    return el(
        "tr", el("th", name, scope="row"), el("td", line.value, class_="lacks" if line.value.startswith("缺失") else None),
        el("td", line.evidence, class_="lacks" if line.evidence == "自述" else None), el("td", line.origin, class_="origin"),
    )  # fmt: skip


def _tree(tree: Sequence[Line]) -> list[Html]:
    if not tree:
        return []
    return [el("details", el("summary", f"计算步骤（{len(tree)} 步）"), _branch(tree), class_="tree")]


def _branch(lines: Sequence[Line]) -> Html:
    """Return lines that stand at one level or deeper as a list; what has steps under it folds."""
    top = lines[0].level
    starts = [i for i, line in enumerate(lines) if line.level == top]
    items = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        label = joined(el("span", lines[start].text, class_="op"), " ", el("b", lines[start].value))
        under = lines[start + 1 : end]
        items.append(el("li", el("details", el("summary", label), _branch(under)) if under else label))
    return el("ul", *items)


# ---------- the rule ----------


def _rule(account: Account, each: Section) -> Html:
    node = each.node
    pieces = [
        el("mark", text, class_="open" if lit.open else None) if lit is not None else text
        for text, lit in cut(node.span, each.lit)
    ]
    parts = [el("h4", "规则原文"), el("pre", *pieces), _decided(each)]
    clause = next((x for x in each.lines if x.kind == "clause"), None)
    if clause is not None:
        parts.append(el("p", clause.text, class_="basis"))
    parts.append(_origin(node.span))
    parts += _named(account, each)
    return el("div", *parts, class_="rule")


def _decided(each: Section) -> Html:
    """Say again in words which clauses are lit: light alone is not seen by everyone, nor on every paper."""
    taken = [lit for lit in each.lit if not lit.open]
    still = [lit for lit in each.lit if lit.open]
    again = [lit for lit in each.lit_again if lit not in each.lit]
    found = []
    for said, lits in (("决定得分的条款", taken), ("缺事实，还可能用到的条款", still), ("复核时决定得分的条款", again)):
        if lits:
            items = [
                el("li", " ".join(x.span.text.split()), " ", el("span", f"第 {x.span.line} 行", class_="origin"))
                for x in lits
            ]
            found.append(joined(el("p", f"{said}："), el("ul", *items)))
    return el("div", *found, class_="decided")


def _named(account: Account, each: Section) -> list[Html]:
    """Return the parameters that the rule names, as they are written with their basis, and what its words mean."""
    params = [p for p in account.claimed.program.params.values() if p.name in each.params]
    folds = [
        el("details", el("summary", f"参数 {p.name} = {p.text}"), el("pre", p.span.text), _origin(p.span))
        for p in params
    ]
    return folds + [
        el("details", el("summary", f"词 {word.word}"), el("p", word.note or "没有说明"), _origin(word.span))
        for word in each.words
    ]


def _origin(span: Span) -> Html:
    return el("p", f"规则 {span}", class_="origin")
