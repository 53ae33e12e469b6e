"""The page around the sections: the head, the table of scores, the findings, the checks and the facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from zjrules.diag import Diagnostic, Label
from zjrules.explain.lines import Line
from zjrules.fact import Evidence
from zjrules.num import brief
from zjrules.page.account import Account, Row
from zjrules.page.markup import Html, Kid, anchor, el, joined
from zjrules.page.place import link
from zjrules.span import NOWHERE
from zjrules.term import rule as tr

_MOST_NAMED = 8
"""Missing facts that are named at the head of a page."""
_NUMBERS = frozenset({"分值", "按自述", "仅有佐证", "复核", "偏差率"})


def head(account: Account) -> Html:
    """Return whose scores these are, by which rules, and what they come to."""
    book = account.claimed.program.book
    pairs: list[tuple[str, Kid]] = [
        ("规则集", account.title),
        ("评价年度", str(book.year)),
        ("满分", f"{brief(book.full)} 分"),
    ]
    if book.nature:
        pairs.insert(1, ("规则的性质", el("strong", book.nature, class_="badge")))
    terms = [el("div", el("dt", name), el("dd", value)) for name, value in pairs]
    return el(
        "header", el("h1", account.facts.unit, " ", el("small", "得分解释")), el("dl", *terms, class_="book"),
        standing(account),
    )  # fmt: skip


def standing(account: Account) -> Html:
    """Return what the scores come to, and what of it is open."""
    cards = [
        el("div", el("dt", name), el("dd", el("span", total, class_="total"), " ", el("span", grade, class_="grade")))
        for name, total, grade in account.totals
    ]
    said = []
    if account.deviation not in ("", "—"):
        said.append(f"自评与复核的偏差率 {account.deviation}")
    lacking = account.lacking
    if lacking:
        said.append(f"缺 {len(lacking)} 项事实，得分是还可能的区间：{'、'.join(lacking[:_MOST_NAMED])}")
    if len(lacking) > _MOST_NAMED:
        said[-1] += " 等"
    notes = [el("p", text, class_="why") for text in said]
    if len(lacking) > _MOST_NAMED:
        notes.append(el("details", el("summary", "缺的全部列出"), el("p", "、".join(lacking))))
    return joined(el("dl", *cards, class_="totals"), *notes)


def _table(caption: str, heads: Iterable[str], rows: Iterable[Html], class_: str) -> Html:
    first = el(
        "tr",
        *(
            el("th", name, scope="col", class_="num" if class_ == "scores" and name in _NUMBERS else None)
            for name in heads
        ),
    )
    table = el("table", el("caption", caption), el("thead", first), el("tbody", *rows), class_=class_)
    # A box that scrolls must be reached by those who have no mouse.
    return el("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)


# ---------- scores ----------


def scores(account: Account, elsewhere: str = "") -> Html:
    """Return the table of indicators, each with a link to its section; elsewhere is the page of these if it is another."""
    told = {s.node.name: f"{s.node.name} {' '.join((*s.facts, *s.ledgers))}" for s in account.sections}
    rows = [_row(row, told, elsewhere) for row in account.rows]
    full = brief(account.claimed.program.book.full)
    totals = [v for _, v, _ in account.totals] + ([account.deviation] if len(account.traces) > 2 else [])
    grades = [g for _, _, g in account.totals] + ([""] if len(account.traces) > 2 else [])
    for name, points, values in (("总分", full, totals), ("等级", "", grades)):
        cells = [el("td", v, class_="num") for v in (points, *values)]
        rows.append(el("tr", el("th", name, scope="row"), *cells, el("td"), el("td"), class_="group"))
    heads = ["指标", "分值", *account.columns, "状态", "扣分原因"]
    return el("section", el("h2", "得分表"), _table("各指标的得分", heads, rows, "scores"), id="得分表")


def _row(row: Row, told: dict[str, str], elsewhere: str) -> Html:
    node = row.node
    group = isinstance(node, tr.Group)
    name: Kid = f"{node.number} {node.name}" if group else f"{node.number}{node.name}"
    if node.name in told and not group:
        name = link(anchor("指标", node.name), name, page=elsewhere)
    cells = [el("td", text, class_="num") for text in (row.points, *row.scores)]
    # What is not fully in order is marked; 已算 needs no colour.
    state = el("td", row.state, class_="state lacks" if row.state not in ("", "已算") else "state")
    return el(
        "tr", el("th", name, scope="row", class_=f"in{row.depth}"), *cells, state, el("td", row.reason),
        class_="group" if group else None, data_find=None if group else f"{node.number}{told.get(node.name, node.name)} {row.state} {row.reason}",
    )  # fmt: skip


# ---------- findings and checks ----------


def findings(account: Account) -> Html:
    """Return what the unit must look at, each with its places."""
    found = account.findings
    if not found:
        return el("section", el("h2", "发现"), el("p", "没有发现问题。"), id="发现")
    counts = Counter(d.severity.value for d in found)
    said = "、".join(f"{n} 个{name}" for name, n in counts.items())
    items = [_finding(account, d) for d in found]
    return el(
        "section",
        el("h2", f"发现 {len(found)} 处"),
        el("p", f"{said}。"),
        el("ol", *items, class_="findings"),
        id="发现",
    )


def _finding(account: Account, found: Diagnostic) -> Html:
    title = el("p", el("b", f"{found.severity.value} {found.code.number}"), " ", found.message)
    places = [_place(account, x) for x in found.labels if x.span.source != NOWHERE.source]
    help_ = [el("p", "怎么办：", found.help, class_="help")] if found.help else []
    return el("li", title, *([el("ul", *places)] if places else []), *help_)


def _place(account: Account, label: Label) -> Html:
    span = label.span
    said: list[Kid] = [el("span", str(span), class_="origin")]
    fact = account.stated.get(span)
    if fact is not None:
        said += [" ", link(anchor("事实", fact), f"事实 {fact}")]
    if label.text:
        said += [" ", label.text]
    if span.source.cell is None and span.source.text:
        line, start = span.source.line_text(span.line), span.column - 1
        end = max(start + 1, min(len(line), start + span.end - span.start))
        said.append(el("code", line[:start].lstrip(), el("mark", line[start:end]), line[end:]))
    return el("li", *said)


def checks(account: Account) -> Html:
    """Return how the checks (勾稽) came out, those that failed first."""
    order = {"不通过": 0, "不可核": 1, "通过": 2, "跳过": 3}
    every = sorted(account.claimed.checks, key=lambda c: order.get(c.status, 4))
    counts = Counter(c.status for c in every)
    said = "，".join(f"{name} {counts[name]}" for name in order if counts[name])
    rows = [
        el("tr", el("td", c.status, class_="lacks" if c.status == "不通过" else None), el("td", c.check.severity),
           el("th", c.check.title, scope="row"), el("td", f"规则 {c.check.span}", class_="origin"))
        for c in every
    ]  # fmt: skip
    table = _table("勾稽的结果", ("结果", "级别", "内容", "规则"), rows, "checks")
    fold = el("details", el("summary", f"{len(every)} 条：{said}"), table)
    return el("section", el("h2", "勾稽"), fold, id="勾稽")


# ---------- facts ----------


def reviews(account: Account) -> list[Html]:
    """Return what the reviewer set; nothing where no one reviewed."""
    if len(account.traces) < 3:
        return []
    rows = [
        el("tr", el("th", where, scope="row"), *(el("td", x) for x in (own, found, why)), el("td", place, class_="origin"))
        for where, own, found, why, place in account.reviews
    ]  # fmt: skip
    title = el("h2", f"复核改了 {len(rows)} 项事实" if rows else "复核没有改本单位的事实")
    table = [_table("复核所改", ("事实", "自评", "复核", "理由", "出处"), rows, "reviews")] if rows else []
    return [el("section", title, *table, id="复核")]


def facts(account: Account) -> Html:
    """Return the facts and ledgers, each under the anchor by which it is cited."""
    rows = [_fact(account, line) for line in account.fact_lines]
    rows += [_ledger(account, name) for name in account.ledger_names]
    heads = ("事实", "值", "原文", "佐证", "出处", "用于")
    return el("section", el("h2", "事实"), _table("事实和明细", heads, rows, "facts"), id="事实")


def _fact(account: Account, line: Line) -> Html:
    fact = account.facts.facts.get(line.text)
    asked = account.claimed.program.schema.facts[line.text]
    evidence: list[str] = [line.evidence]
    if fact is not None:
        evidence += [x for x in (fact.reference, fact.source and f"来源 {fact.source}") if x]
    note = [el("small", asked.note)] if asked.note else []
    missing = line.value == "缺失"
    return el(
        "tr", el("th", line.text, *note, scope="row"), el("td", line.value, class_="lacks" if missing else None),
        el("td", fact.shown if fact is not None else ""), el("td", "，".join(x for x in evidence if x)),
        el("td", line.origin, class_="origin"), _users(account, line.text),
        id=anchor("事实", line.text), data_find=f"{line.text} {line.value} {asked.note} {line.origin} {' '.join(evidence)}",
    )  # fmt: skip


def _ledger(account: Account, name: str) -> Html:
    table = account.facts.ledgers.get(name)
    asked = account.claimed.program.schema.ledgers[name]
    rows = table.rows if table is not None else None
    value = "缺失" if table is None or rows is None else f"{len(rows)} 行"
    evidence: list[str] = []
    if table is not None and rows is not None:
        evidence = ["" if table.evidence is Evidence.NOT_ASKED else table.evidence.value, table.reference]
    place = str(table.span) if table is not None and table.span != NOWHERE else ""
    note = [el("small", asked.note)] if asked.note else []
    return el(
        "tr", el("th", f"明细 {name}", *note, scope="row"), el("td", value, class_="lacks" if rows is None else None), el("td"),
        el("td", "，".join(x for x in evidence if x)), el("td", place, class_="origin"), _users(account, name),
        id=anchor("明细", name), data_find=f"明细 {name} {value} {asked.note}",
    )  # fmt: skip


def _users(account: Account, name: str) -> Html:
    links = [link(anchor("指标", s.node.name), s.node.name) for s in account.users.get(name, [])]
    return el("td", joined(*[x for each in links for x in ("、", each)][1:]) if links else "")
