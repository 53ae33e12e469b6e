"""The plots of a summary. Labels stand where no font needs to be measured: beside or above what they name."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zjrules.page.markup import Html
from zjrules.span import visible
from zjrules.summary import bars, words
from zjrules.summary.bars import Bar
from zjrules.summary.bunching import Edge
from zjrules.summary.marks import Marks
from zjrules.summary.svg import INKS, WIDTH, figure, svg
from zjrules.summary.tally import Tally

SIZE, SMALL = 13, 11
_ROW, _TOP, _BOTTOM = 38, 28, 8
LONGEST = 22
"""Characters of a name that fit above its bar; the table has all of it."""
KINDS = (("满分", "full"), ("部分", "part"), ("零分", "zero"), ("缺事实", "open"), ("无得分", "none"))
"""What units can be on an indicator, with the colours of it."""


def _axes(drawn: Figure, left: int, bottom: int, width: int, height: int) -> Axes:
    """Return an empty field, placed in units from the lower left corner."""
    high = drawn.get_figheight() * 72
    found = drawn.add_axes((left / WIDTH, bottom / high, width / WIDTH, height / high))
    found.set_axis_off()
    return found


def _text(field: Axes, x: float, y: float, text: str, side: str = "left", size: float = SIZE, ink: str = "ink") -> None:
    field.text(x, y, visible(text), ha=side, va="baseline", fontsize=size, color=INKS[ink], clip_on=False)


def _line(field: Axes, x: Sequence[float], y: Sequence[float], ink: str = "line", dashed: bool = False) -> None:
    style = (0, (4, 3)) if dashed else "solid"
    field.plot(x, y, color=INKS[ink], linewidth=1.2 if dashed else 1, linestyle=style, clip_on=False)


# ---------- columns: distributions ----------


def _columns(field: Axes, found: Sequence[Bar], inks: Sequence[str]) -> int:
    """Draw bars side by side, each one unit wide; return the height of the field."""
    most = max((b.many for b in found), default=0) or 1
    for i, (bar, ink) in enumerate(zip(found, inks, strict=True)):
        if bar.many:
            # What is not nothing is seen.
            field.bar(i, max(bar.many, most / 150), width=0.86, align="edge", color=INKS[ink], clip_on=False)
    field.set_xlim(0, len(found))
    field.set_ylim(0, most)
    _line(field, (0, len(found)), (0, 0), "soft")
    return most


def totals(tally: Tally) -> Html:
    """Return the histogram of the totals with the edges of the grades."""
    found, full = bars.of_totals(tally), tally.program.book.full
    drawn = figure(244)
    field = _axes(drawn, 52, 38, WIDTH - 70, 160)
    most = _columns(field, found, ["main"] * len(found))
    below = 160 / most
    for count in sorted({0, most // 2, most}):
        _text(field, -1.2, count - 4 / below, words.many(count), "right", SMALL, "soft")
    for tenth in range(0, 11, 2):
        _text(field, tenth * 10, -17 / below, words.short(full * tenth / 10), "center", SMALL, "soft")
    _text(field, len(found) / 2, -32 / below, "总分", "center", SMALL, "soft")
    for place, edge in enumerate(tally.edges):
        x = float(edge.at / full * 100)
        # Neighbours that stand close together have their names on two lines.
        high = most + (6 + 16 * (place % 2)) / below
        _line(field, (x, x), (0, high), "hot", dashed=True)
        _text(field, x, high + 3 / below, f"{edge.grade} {words.short(edge.at)}", "center", SMALL, "hot")
    return svg(drawn, "图-总分", "总分的分布", f"{words.totals(tally)}。{_peak(found)}")


def _peak(found: Sequence[Bar]) -> str:
    best = max(found, key=lambda b: b.many)
    return f"最多的一档是 {words.span(best.low, best.high)} 分，{words.many(best.many)} 个单位。"


def edges(found: Sequence[Edge]) -> Html:
    """Return the totals just around the edges of the grades, one field for each."""
    height = 124
    drawn = figure(height * len(found))
    for place, edge in enumerate(found):
        some = bars.around(edge)
        field = _axes(drawn, 52, height * (len(found) - 1 - place) + 28, WIDTH - 70, 62)
        middle = len(some) // 2
        near = middle // 2
        inks = ["none"] * near + ["part"] * near + [("hot" if edge.crowded else "main")] * near + ["none"] * near
        most = _columns(field, some, inks)
        unit = most / 62
        _line(field, (middle, middle), (0, most * 1.08), "hot", dashed=True)
        _text(field, -0.3, most - 4 * unit, words.many(most), "right", SMALL, "soft")
        for at in (0, near, middle, 3 * near, 4 * near):
            _text(
                field, at, -16 * unit, words.short(edge.at + (at - middle) * edge.width / near), "center", SMALL, "soft"
            )
        said = f"{edge.grade} {words.short(edge.at)}：下方 {words.many(edge.below)}，上方 {words.many(edge.above)}"
        _text(field, 0, most + 12 * unit, said)
    said = "；".join(f"{e.grade} 下方 {e.below}，上方 {e.above}" for e in found)
    return svg(drawn, "图-界线", "等级界线两旁的总分", f"各宽 {words.short(found[0].width)} 分：{said}。")


def spread(found: Sequence[Marks]) -> Html:
    """Return the distribution of every indicator's scores, one row for each."""
    row = 56
    drawn = figure(row * len(found) + _BOTTOM)
    for place, marks in enumerate(found):
        field = _axes(drawn, 8, row * (len(found) - 1 - place) + 8, WIDTH - 16, 24)
        some = bars.of_indicator(marks)
        most = _columns(field, some, ["main"] * (len(some) - 1) + ["full"])
        unit = most / 24
        _text(field, 0, most + 7 * unit, _label(marks.label))
    said = "；".join(f"{m.name} 满分 {m.full}，部分 {m.partial}，零分 {m.zero}" for m in found)
    return svg(drawn, "图-分布", "各指标得分的分布", f"从 0 分起，每格是分值的十分之一，最后一格是满分。{said}。")


# ---------- rows: grades, indicators, losses ----------


@frozen
class Row:
    """A bar from left to right, in pieces: how many and in what colour; the text stands at the right end of its name."""

    name: str
    pieces: tuple[tuple[int | Fraction, str], ...]
    said: str


def _rows(found: Sequence[Row], most: int | Fraction, legend: Sequence[tuple[str, str]]) -> Figure:
    head = _TOP if legend else 4
    high = _ROW * len(found) + head + _BOTTOM
    drawn = figure(high)
    field = _axes(drawn, 8, _BOTTOM, WIDTH - 16, high - _BOTTOM)
    field.set_xlim(0, WIDTH - 16)
    field.set_ylim(0, high - _BOTTOM)
    x = 0.0
    for name, ink in legend:
        field.barh(high - _BOTTOM - 14, 10, height=10, left=x, align="edge", color=INKS[ink], clip_on=False)
        _text(field, x + 14, high - _BOTTOM - 13, name, size=SMALL)
        x += 20 + SIZE * len(name) + 8
    for place, row in enumerate(found):
        y = high - _BOTTOM - head - _ROW * (place + 1)
        _text(field, 0, y + 18, _label(row.name))
        _text(field, WIDTH - 16, y + 18, row.said, "right", SMALL, "soft")
        left = 0.0
        for size, ink in row.pieces:
            width = float(Fraction(size) / (most or 1) * (WIDTH - 16))
            if size:
                field.barh(y + 2, max(width, 1), height=11, left=left, align="edge", color=INKS[ink], clip_on=False)
            left += width
        _line(field, (0, 0), (y, y + 15), "soft")
    return drawn


def _label(name: str) -> str:
    shown = visible(name)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def grades(tally: Tally) -> Html:
    """Return how many units have each grade, and how many may still get it."""
    found = bars.grades(tally)
    rows = [
        Row(g.grade, ((g.certain, "main"), (g.possible, "open")), f"{words.many(g.certain)}（{words.of(g.certain, tally.units)}）")
        for g in found
    ]  # fmt: skip
    most = max((g.certain + g.possible for g in found), default=1)
    said = "；".join(f"{g.grade} {g.certain} 个，还可能的 {g.possible} 个" for g in found)
    return svg(_rows(rows, most, (("已定", "main"), ("还可能", "open"))), "图-等级", "各等级的单位数", f"{said}。")


def indicators(found: Sequence[Marks]) -> Html:
    """Return what units are on every indicator, as shares of all of them."""
    rows = [
        Row(m.label, tuple(zip(kinds(m), (i for _, i in KINDS), strict=True)), words.percent(m.share)) for m in found
    ]
    most = max((sum(kinds(m)) for m in found), default=1)
    said = "；".join(
        f"{m.name} {'，'.join(f'{n} {c}' for (n, _), c in zip(KINDS, kinds(m), strict=True) if c)}" for m in found
    )
    return svg(_rows(rows, most, KINDS), "图-指标", "各指标：满分、部分、零分、缺事实的单位", f"右边是得分率。{said}。")


def kinds(found: Marks) -> tuple[int, ...]:
    """Return the counts of an indicator in the order of KINDS."""
    return found.full, found.partial, found.zero, found.open, found.none


def lost(found: Sequence[Marks]) -> Html:
    """Return the points that were lost on every indicator, the most first."""
    rows = [Row(m.label, ((m.lost, "zero"),), words.points(m.lost)) for m in found]
    said = "；".join(f"{m.name} {words.points(m.lost)}" for m in found)
    return svg(
        _rows(rows, found[0].lost, ()), "图-失分", "失分最多的指标", f"已算的单位失去的分合计，从多到少：{said}。"
    )


# ---------- two years ----------


def before_after(found: Sequence[Sequence[Bar]], named: Sequence[str], said: str) -> Html:
    """Return two distributions of totals, one above the other, each from 0 to full marks in as many pieces."""
    drawn = figure(2 * 140)
    for place, (some, name) in enumerate(zip(found, named, strict=True)):
        field = _axes(drawn, 52, (1 - place) * 140 + 26, WIDTH - 70, 84)
        most = _columns(field, some, ["main" if place else "none"] * len(some))
        below = 84 / most
        for count in sorted({0, most}):
            _text(field, -1.2, count - 4 / below, words.many(count), "right", SMALL, "soft")
        for at in range(0, len(some), max(len(some) // 5, 1)):
            _text(field, at, -17 / below, words.short(some[at].low), "center", SMALL, "soft")
        _text(field, 0, most + 9 / below, name)
    return svg(drawn, "图-两年", "两年总分的分布", f"{'；'.join(named)}。{said}")


@frozen
class Signed:
    """A bar to the right where its size is more than 0, to the left where it is less."""

    name: str
    size: Fraction
    said: str


def signed(found: Sequence[Signed], name: str, title: str) -> Html:
    """Return bars on both sides of a line, each under its name."""
    high = _ROW * len(found) + _BOTTOM + 4
    drawn = figure(high)
    field = _axes(drawn, 8, _BOTTOM, WIDTH - 16, high - _BOTTOM)
    field.set_xlim(0, WIDTH - 16)
    field.set_ylim(0, high - _BOTTOM)
    middle = (WIDTH - 16) / 2
    most = max((abs(b.size) for b in found), default=Fraction(0)) or Fraction(1)
    for place, bar in enumerate(found):
        y = high - _BOTTOM - 4 - _ROW * (place + 1)
        _text(field, 0, y + 18, _label(bar.name))
        _text(field, WIDTH - 16, y + 18, bar.said, "right", SMALL, "soft")
        width = float(bar.size / most) * middle
        if bar.size:
            width = max(width, 1) if width > 0 else min(width, -1)
            ink = INKS["full" if width > 0 else "zero"]
            field.barh(y + 2, width, height=11, left=middle, align="edge", color=ink, clip_on=False)
        _line(field, (middle, middle), (y, y + 15), "soft")
    return svg(drawn, name, title, f"{'；'.join(f'{b.name} {b.said}' for b in found)}。")
