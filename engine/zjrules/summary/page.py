"""A summary as one HTML file with plots: it loads nothing, runs nothing, and every plot has a table with the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from zjrules.num import brief
from zjrules.page.markup import Html, el
from zjrules.page.place import link
from zjrules.page.shell import whole
from zjrules.page.style import STYLE
from zjrules.summary import bars, plot, shape, words
from zjrules.summary.listed import Named
from zjrules.summary.shape import Section
from zjrules.summary.source import UNKNOWN, Source
from zjrules.summary.style import PLOTS
from zjrules.summary.svg import settings
from zjrules.summary.tally import Tally

_COLOURS = "图里黄的在界线下方，蓝的在界线上方（异常的是红的），灰的更远。"
MOST = 15
"""Rows of a list that are not folded."""


def html(tally: Tally, source: Source = UNKNOWN) -> str:
    """Return a summary as one HTML file; equal tallies and sources give equal bytes."""
    book = tally.program.book
    title = f"{book.name} {book.year}"
    with settings():
        sections = _sections(tally)
    names = [name for name, _ in sections]
    nav = el("nav", el("ul", *(el("li", link(n, n)) for n in names)), aria_label="目录")
    body = [_head(tally, title), nav, *(section for _, section in sections)]
    skip = el("a", "跳到正文", href="#main", class_="skip")
    main = el("main", *body, id="main", tabindex="-1")
    return whole(f"得分汇总　{title}", f"{STYLE}{PLOTS}", [skip, main, _foot(source)])


def _sections(tally: Tally) -> list[Section]:
    several = (_totals, _grades, _edges, _indicators, _lost, _lists)
    return [*(section for part in several for section in part(tally)), _strange(tally)]


def _foot(source: Source) -> Html:
    said = [
        f"规则 {source.rules}" if source.rules else "",
        f"摘要 {source.digest}" if source.digest else "",
        f"得分表 {source.table}" if source.table else "",
        f"引擎 zjrules {source.engine}" if source.engine else "",
    ]
    return el("footer", el("p", "；".join(s for s in said if s)))


def _head(tally: Tally, title: str) -> Html:
    book = tally.program.book
    marks = [el("p", el("strong", book.nature, class_="badge"))] if book.nature else []
    cards: list[tuple[str, str]] = [
        ("单位", words.many(tally.units)), ("已算", words.many(tally.settled)), ("缺事实", words.many(tally.open)),
        ("无法计算", words.many(tally.none)), ("平均总分", words.points(tally.mean)),
    ]  # fmt: skip
    if tally.quartiles is not None:
        cards.append(("中位总分", words.points(tally.quartiles[1])))
    shown = [el("div", el("dt", n), el("dd", v, class_="total")) for n, v in cards]
    exact = [el("p", words.how_exact(tally), class_="said")] if tally.settled else []
    return el(
        "header", el("h1", title, " ", el("small", "得分汇总")), *marks, el("dl", *shown, class_="totals"),
        el("p", words.totals(tally)), *exact,
    )  # fmt: skip


# ---------- tables beside plots ----------


def _bars(caption: str, found: Sequence[bars.Bar], every: int) -> Html:
    rows = [(words.span(b.low, b.high), words.many(b.many), words.of(b.many, every)) for b in found if b.many]
    return shape.table(caption, ("分", "单位", "占"), rows)


def _totals(tally: Tally) -> list[Section]:
    if not tally.settled:
        return []
    some = _bars("每十分之一（含左端，不含右端；没有单位的不列）", bars.of_totals(tally, 10), tally.settled)
    fine = _bars("每百分之一，和图一样", bars.of_totals(tally), tally.settled)
    every = el("details", el("summary", "图里的每一档"), fine, class_="fold")
    return [shape.section("总分的分布", plot.totals(tally), some, every)]


def _grades(tally: Tally) -> list[Section]:
    rows = [
        (g.grade, words.many(g.certain), words.of(g.certain, tally.units), words.many(g.possible))
        for g in bars.grades(tally)
    ]
    table = shape.table("等级；还可能的单位缺了事实，可能得几个等级，都计入", ("等级", "已定", "占", "还可能"), rows)
    return [shape.section("等级", plot.grades(tally), table)]


def _edges(tally: Tally) -> list[Section]:
    found = tally.edges
    if not found or not tally.settled:
        return []
    rows = [
        (f"{e.grade} {words.short(e.at)}", words.many(e.below), words.many(e.above), words.rare(e.tail), "异常" if e.crowded else "")
        for e in found
    ]  # fmt: skip
    width = words.short(found[0].width)
    table = shape.table(
        f"界线两旁各 {width} 分；机会是上方有这么多或更多的概率", ("界线", "下方", "上方", "机会", ""), rows
    )
    fine = [
        shape.table(f"{e.grade} {words.short(e.at)}", ("分", "单位"), [(words.span(b.low, b.high), words.many(b.many)) for b in bars.around(e)])
        for e in found
    ]  # fmt: skip
    every = el("details", el("summary", "图里的每一档"), *fine, class_="fold")
    return [
        shape.section(
            "界线两旁",
            plot.edges(found),
            table,
            el("p", _COLOURS, class_="said"),
            el("p", words.edge_rule(), class_="said"),
            every,
        )
    ]


def _indicators(tally: Tally) -> list[Section]:
    found = tally.indicators
    if not found:
        return []
    heads = ("指标", "分值", "平均", "得分率", *(n for n, _ in plot.KINDS))
    rows = [
        (m.label, brief(m.points), words.points(m.mean), words.percent(m.share), *map(words.many, plot.kinds(m)))
        for m in found
    ]
    shares = shape.section(
        "各指标", plot.indicators(found), shape.table("各指标的单位数；得分率是平均占分值的份额", heads, rows)
    )
    lows = [*(f"{tenth * 10}%" for tenth in range(10)), "满分"]
    spread = shape.table(
        "各指标得分的单位数：从分值的百分之几起，到下一格为止；图里每行一格对一栏，绿的是满分", ("指标", *lows),
        [(m.label, *(words.many(b.many) for b in bars.of_indicator(m))) for m in found],
    )  # fmt: skip
    return [shares, shape.section("得分的分布", plot.spread(found), spread)]


def _lost(tally: Tally) -> list[Section]:
    found = bars.lost(tally)
    if not found:
        return []
    every = sum(m.lost for m in found)
    rows = [(m.label, words.points(m.lost), words.percent(m.lost / every)) for m in found]
    return [
        shape.section("失分", plot.lost(found), shape.table("已算的单位失去的分合计", ("指标", "失分", "占"), rows))
    ]


# ---------- lists ----------


def _lists(tally: Tally) -> list[Section]:
    found: list[Section] = []
    for name, heads, rows in (
        ("缺的事实", ("事实", "等它的单位", "占"), bars.missing(tally)),
        ("勾稽不符", ("勾稽", "单位", "占"), bars.failed(tally)),
    ):
        if rows:
            shown = [(n, words.many(c), words.of(c, tally.units)) for n, c in rows]
            found.append(shape.section(name, None, *_ranking(f"{name}，从多到少", heads, shown)))
    return found


def _ranking(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], lists: int = 1) -> list[Html]:
    """Return the first of many rows, and the others folded."""
    parts = [shape.table(caption, heads, rows[:MOST], lists)]
    if rows[MOST:]:
        rest = shape.table(f"{caption}：其余的", heads, rows[MOST:], lists)
        parts.append(el("details", el("summary", f"其余 {len(rows) - MOST} 条"), rest, class_="fold"))
    return parts


def _strange(tally: Tally) -> Section:
    parts = [el("h3", "各项满分"), el("p", words.perfect(tally)), *_crowds(tally)]
    parts += [el("h3", "金额的单位（万元、元）"), *_slips(tally)]
    if tally.change is not None:
        parts += [el("h3", "与上年比"), el("p", words.changed(tally.change))]
        if tally.change.farthest:
            parts.append(
                shape.table("变动最大的单位", ("单位", "上年", "本年", "变动"), map(_jump, tally.change.farthest))
            )
    return shape.section("异常", None, *parts)


def _crowds(tally: Tally) -> list[Html]:
    rows = [
        (f"{c.edge.indicator} {c.edge.op} {c.edge.text}", words.many(c.worse), words.many(c.better), words.rare(c.tail),
         "异常" if c.crowded else "")
        for c in tally.crowds
    ]  # fmt: skip
    if not rows:
        return []
    table = shape.table("分档的界线两旁", ("界线", "差一点", "刚够", "机会", ""), rows)
    return [el("h3", "分档的界线"), table, el("p", words.band_rule(), class_="said")]


def _slips(tally: Tally) -> list[Html]:
    if not tally.seen:
        return [el("p", "没有给事实，没有查。")]
    rule = el("p", words.slip_rule(), class_="said")
    rows = [
        (words.slipped(name), n.unit, *words.amount(n, usual), words.many(every))
        for name, every, usual, found in tally.slips
        for n in found[: words.MOST]
    ]
    if not rows:
        return [el("p", "没有发现。"), rule]
    caption = f"单位多半写错了的金额；每项最多列 {words.MOST} 个单位，一共几个在最后一栏"
    return [*_ranking(caption, ("事实", "单位", "金额", "和平常比", "共"), rows, lists=2), rule]


def _jump(one: Named) -> tuple[str, str, str, str]:
    before, now = (Fraction(x) for x in one.said)
    return one.unit, words.points(before), words.points(now), words.signed(now - before)
