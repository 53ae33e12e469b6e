"""Coverage as one HTML file: the rule text coloured, what each clause lacks in a title and in a list that folds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from zjrules.coverage.covered import Coverage, Covered, Share
from zjrules.page.markup import Html, anchor, el
from zjrules.page.shell import whole
from zjrules.page.style import STYLE
from zjrules.span import Source

_STYLE = f"""{STYLE}
:root {{ --full: #d8f0dc; --part: #ffe9a8; --none: #f9cfcf; }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ --full: #1f4a2b; --part: #5a4600; --none: #6b2424; }} }}
mark.full {{ background: var(--full); color: inherit; }}
mark.part {{ background: var(--part); color: inherit; border-bottom: 2px dashed; }}
mark.none {{ background: var(--none); color: inherit; border-bottom: 2px solid; }}
pre a {{ color: var(--soft); text-decoration: none; }}
"""
_SAID = {"full": "都用到了", "part": "用到一部分", "none": "没有用到"}


def page(title: str, digest: str, found: Coverage) -> str:
    """Return the coverage of a rule set as one HTML file."""
    sources = {i.place.span.source.name: i.place.span.source for i in found.items}
    parts = [
        el("h1", title, el("small", "　案例的覆盖")),
        _totals(found),
        _legend(),
        _owners(found),
        *(
            _file(source, [i for i in found.items if i.place.span.source.name == name])
            for name, source in sources.items()
        ),
    ]
    skip = el("a", "跳到正文", href="#main", class_="skip")
    foot = el("footer", el("p", f"规则摘要 {digest}；案例 {'、'.join(found.cases) or '（无）'}"))
    return whole(f"案例的覆盖　{title}", _STYLE, [skip, el("main", *parts, id="main", tabindex="-1"), foot])


def percent(share: Share) -> str:
    """Return a share as a person reads it; only all of it is 100%."""
    tenths = share.part * 1000 // 1
    return f"{tenths // 10}.{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"


def _totals(found: Coverage) -> Html:
    rows = [("条款", found.clauses), ("分档、判定、等级", found.bands)]
    cells = [
        el("div", el("dt", name), el("dd", percent(s), class_="total"), el("dd", f"{s.reached} / {s.every}"))
        for name, s in rows
    ]
    return el("dl", *cells, class_="totals")


def _legend() -> Html:
    marks = [el("mark", said, class_=kind) for kind, said in _SAID.items()]
    return el("p", *(x for m in marks for x in (m, "　")), "把光标停在一处上，看是哪个案例；下面也逐条列着。")


def _owners(found: Coverage) -> Html:
    rows = []
    for owner, items in found.owners().items():
        reached, every = sum(len(i.ways) - len(i.missing) for i in items), sum(len(i.ways) for i in items)
        lacks = "；".join(f"{i.place.kind} {i.place.text[:30]}：{'、'.join(i.missing)}" for i in items if i.missing)
        rows.append(
            el("tr", el("th", owner, scope="row"), el("td", f"{reached} / {every}", class_="num"), el("td", lacks))
        )
    head = el("thead", el("tr", *(el("th", n, scope="col") for n in ("指标", "用到", "还没有用到的"))))
    return el("section", el("h2", "逐项"), el("div", el("table", head, el("tbody", *rows)), class_="scroll"))


def _file(source: Source, items: Sequence[Covered]) -> Html:
    listed = [
        el("li", f"第 {i.place.span.line} 行 {i.place.kind}　{i.place.text[:60]}", el("br"), el("small", told(i)))
        for i in items
    ]
    fold = el("details", el("summary", "逐条：哪个案例"), el("ul", *listed), class_="fold")
    name = anchor("文件", source.name)
    return el("section", el("h2", source.name), el("pre", *_coloured(source, items)), fold, id=name)


def _coloured(source: Source, items: Sequence[Covered]) -> list[Html | str]:
    """Return a text in pieces, each coloured by the innermost clause that it belongs to."""
    cuts = sorted({0, len(source.text), *(p for i in items for p in (i.place.span.start, i.place.span.end))})
    inner_first = sorted(items, key=lambda i: i.place.span.end - i.place.span.start)
    found: list[Html | str] = []
    for start, end in pairwise(cuts):
        home = next((i for i in inner_first if i.place.span.start <= start and end <= i.place.span.end), None)
        text = source.text[start:end]
        if home is None or not text.strip():
            found.append(text)
        else:
            found.append(el("mark", text, class_=state(home), title=f"{home.place.kind}：{told(home)}"))
    return found


def state(item: Covered) -> str:
    """Return full, part or none. What no facts can reach is as if it were covered."""
    return "full" if not item.missing else "none" if len(item.missing) == len(item.ways) else "part"


def told(item: Covered) -> str:
    """Return for every way of a clause which cases take it."""
    said = [f"{w} {'、'.join(item.by[w]) if w in item.by else '没有案例'}" for w in item.ways]
    said += [f"{w} 到不了" for w in item.place.ways if w in item.never]
    return "；".join(said)
