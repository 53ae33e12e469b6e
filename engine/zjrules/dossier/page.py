"""A dossier as one HTML file with plots: it loads nothing, runs nothing, and every plot has a table with the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from zjrules.dossier import words
from zjrules.dossier.dossier import Dossier, Unit
from zjrules.dossier.replay import Standing
from zjrules.page.markup import Html, el
from zjrules.page.place import link
from zjrules.page.shell import whole
from zjrules.page.style import STYLE
from zjrules.summary import plot, shape
from zjrules.summary.bars import Bar
from zjrules.summary.shape import Section
from zjrules.summary.style import PLOTS
from zjrules.summary.svg import settings
from zjrules.summary.words import many, span

PIECES = 50
"""Bars of a distribution, from 0 to full marks; one more has full marks and what is above."""
MOST = 15
"""Units of a list of winners or losers."""
MOST_CROSSING = 200
"""Units of the list of those that cross; the workbook has all."""


def html(found: Dossier, foot: str) -> str:
    """Return a dossier as one HTML file; equal dossiers give equal bytes."""
    with settings():
        several = (_totals, _grades, _clauses, _movers, _crossing, _open)
        sections = [section for part in several for section in part(found)]
    nav = el("nav", el("ul", *(el("li", link(n, n)) for n, _ in sections)), aria_label="目录")
    main = el("main", _head(found), nav, *(s for _, s in sections), id="main", tabindex="-1")
    skip = el("a", "跳到正文", href="#main", class_="skip")
    return whole(f"影响　{words.title(found)}", f"{STYLE}{PLOTS}", [skip, main, el("footer", el("p", foot))])


def _head(found: Dossier) -> Html:
    both, up, down = len(found.settled), len(found.winners), len(found.losers)
    cards = (
        ("单位", many(len(found.units))), ("两边已算", many(both)), ("升", many(up)), ("降", many(down)),
        ("不变", many(both - up - down)), ("跨等级", many(len(found.crossing))), ("平均差额", words.signed(words.mean(found))),
    )  # fmt: skip
    shown = [el("div", el("dt", n), el("dd", v, class_="total")) for n, v in cards]
    said = (words.basis(found), words.how(found), *words.apart(found))
    return el(
        "header", el("h1", words.title(found), " ", el("small", "改规则的影响")), el("dl", *shown, class_="totals"),
        *(el("p", s, class_="said") for s in said),
    )  # fmt: skip


def bars(found: Sequence[Standing], full: Fraction) -> list[Bar]:
    """Return the distribution of settled totals."""
    width = full / PIECES
    counts = Counter(min(max(s.total // width, 0), PIECES) for s in found if s.total is not None)
    return [Bar(i * width, (i + 1) * width if i < PIECES else None, counts[i]) for i in range(PIECES + 1)]


def _totals(found: Dossier) -> list[Section]:
    if not found.settled:
        return []
    diff = found.replay.diff
    sides = [
        bars([u.old for u in found.settled], diff.old.book.full),
        bars([u.new for u in found.settled], diff.new.book.full),
    ]
    drawn = plot.before_after(sides, ("旧规则的总分", "新规则的总分"), words.counted(found))
    heads = ("分", "单位")
    tables = [
        el("details", el("summary", name), shape.table(name, heads, [(span(b.low, b.high), many(b.many)) for b in some if b.many]), class_="fold")
        for name, some in zip(("旧规则的每一档", "新规则的每一档"), sides, strict=True)
    ]  # fmt: skip
    return [shape.section("总分的分布", drawn, el("p", f"{words.counted(found)}。"), *tables)]


def _grades(found: Dossier) -> list[Section]:
    old, new = found.names_of_grades(new=False), found.names_of_grades(new=True)
    rows = [(f"旧 {words.grade(a)}", *(many(found.grades.get((a, b), 0)) for b in new)) for a in old]
    heads = ("", *(f"新 {words.grade(b)}" for b in new))
    return [shape.section("等级", None, shape.table("旧等级（行）到新等级（列）的单位数", heads, rows))]


def _clauses(found: Dossier) -> list[Section]:
    if not found.shares:
        return []
    if not found.attributed:
        return [shape.section("各条文", None, el("p", words.how(found)))]
    felt = [(i, s) for i, s in enumerate(found.shares, 1) if s.felt]
    rows = [
        (str(i), words.said(s.change), words.signed(s.sum), words.signed(s.mean), many(s.gain), many(s.lose))
        for i, s in enumerate(found.shares, 1)
    ]
    heads = ("条文", "改了什么", "合计", "平均", "增", "减")
    table = shape.table("各条文分到的分；一个单位也没有感到的，都是 0", heads, rows, lists=2)
    drawn = [plot.Signed(f"{i} {s.change.subject}", s.mean, f"{words.signed(s.mean)} 分") for i, s in felt]
    picture = plot.signed(drawn, "图-条文", "各条文平均分到的分") if drawn else None
    return [shape.section("各条文", picture, table, el("p", words.how(found), class_="said"))]


def _movers(found: Dossier) -> list[Section]:
    sections = []
    for name, units in (("升得最多", found.winners), ("降得最多", found.losers)):
        some = units[:MOST]
        if some:
            drawn = [plot.Signed(u.name, u.change or Fraction(0), f"{words.signed(u.change)} 分") for u in some]
            picture = plot.signed(drawn, f"图-{name}", f"{name}的单位")
            sections.append(
                shape.section(name, picture, _units(f"{name}的 {len(some)} 个，共 {many(len(units))} 个", some))
            )
    return sections


def _units(caption: str, some: Sequence[Unit]) -> Html:
    rows = [
        (u.name, words.total(u.old), words.total(u.new), words.signed(u.change), f"{words.grades(u.old)} → {words.grades(u.new)}",
         f"{words.rank(u.old)} → {words.rank(u.new)}")
        for u in some
    ]  # fmt: skip
    return shape.table(caption, ("单位", "旧", "新", "差额", "等级", "名次"), rows)


def _crossing(found: Dossier) -> list[Section]:
    if not found.crossing:
        return []
    some = found.crossing[:MOST_CROSSING]
    left = len(found.crossing) - len(some)
    more = [el("p", f"另有 {many(left)} 个没有列出，工作簿里都有。", class_="said")] if left else []
    return [shape.section("跨等级的单位", None, _units(f"跨等级的 {many(len(found.crossing))} 个单位", some), *more)]


def _open(found: Dossier) -> list[Section]:
    if not found.open:
        return []
    some = found.open[:MOST_CROSSING]
    caption = f"总分没有定的 {many(len(found.open))} 个单位（列 {len(some)} 个）：给区间，不归因"
    return [shape.section("没有定的单位", None, _units(caption, some))]
