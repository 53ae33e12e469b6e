"""What a summary says in sentences, for the terminal and the page alike. Numbers are rounded here alone, halves up."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from zjrules.num import decimal, fixed
from zjrules.summary.bands import SHARE, Crowd
from zjrules.summary.bunching import MOST_EXACT, RARE, Edge
from zjrules.summary.change import Change
from zjrules.summary.listed import Named, Names
from zjrules.summary.money import LEAST, WHOLE
from zjrules.summary.points import Sum
from zjrules.summary.tally import Tally


def many(number: int) -> str:
    """Return a count with its thousands parted."""
    return f"{number:,}"


def points(value: Fraction | None) -> str:
    """Return points with two decimals; — where there are none."""
    return "—" if value is None else fixed(value, 2, grouped=True)


def short(value: Fraction) -> str:
    """Return points without idle zeros."""
    return decimal(value) or fixed(value, 2)


def percent(share: Fraction | None) -> str:
    """Return a share with one decimal; only all of it is 100.0%, only nothing 0.0%."""
    if share is None:
        return "—"
    text = fixed(share * 100, 1)
    if text == "100.0" and share < 1:
        return "＜100%"
    return "＞0%" if text == "0.0" and share > 0 else f"{text}%"


def of(part: int, every: int) -> str:
    """Return a part of many as a percentage."""
    return percent(Fraction(part, every) if every else None)


def span(low: Fraction, high: Fraction | None) -> str:
    """Return the name of a bar: [low, high), the last with all above."""
    return f"不低于 {short(low)}" if high is None else f"{short(low)} 至 {short(high)}"


# ---------- the head ----------


def counted(tally: Tally) -> str:
    """Return how many units there are, and of what kind."""
    kinds = (("已算", tally.settled), ("缺事实", tally.open), ("无法计算", tally.none))
    return f"共 {many(tally.units)} 个单位：{'，'.join(f'{n} {many(c)}' for n, c in kinds)}"


def totals(tally: Tally) -> str:
    """Return what the settled totals are like."""
    if tally.quartiles is None or tally.ends is None:
        return "没有一个单位的总分算得出"
    one, two, three = map(points, tally.quartiles)
    low, high = map(points, tally.ends)
    return f"总分（已算的）：平均 {points(tally.mean)}，最低 {low}，下四分位 {one}，中位 {two}，上四分位 {three}，最高 {high}"


def how_exact(tally: Tally) -> str:
    """Return which of the numbers are exact before they are rounded for show."""
    said = ["个数、最低、最高是准确的", mean_exact(tally.sum)]
    if tally.totals.exact:
        said.append("中位、四分位是准确的（从小到大第 n÷2、n÷4、3n÷4 个，有零头的进一）")
    else:
        said.append("中位、四分位准到 0.01 分以内（从小到大第 n÷2、n÷4、3n÷4 个，有零头的进一；不满 0.01 的舍去）")
    if tally.totals.outside:
        low, high = short(-tally.program.book.full), short(2 * tally.program.book.full)
        said.append(f"有 {many(tally.totals.outside)} 个总分不在 {low} 至 {high} 之间，分布里算在边上")
    return "；".join(said)


def mean_exact(total: Sum) -> str:
    """Return how exact a mean is."""
    return "平均由准确的和除得" if total.exact else "平均的误差小于百万分之一分"


# ---------- what is strange ----------


def names(found: Names, every: int) -> str:
    """Return the names of a list, and how many more there are."""
    rest = f"等 {many(every)} 个" if every > len(found) else ""
    return "、".join(n.unit for n in found) + rest


def perfect(tally: Tally) -> str:
    """Return how many units have full marks everywhere."""
    share = of(tally.perfect, tally.units)
    head = f"各项都得满分的有 {many(tally.perfect)} 个单位（{share}）"
    return f"{head}：{names(tally.perfect_names, tally.perfect)}" if tally.perfect else head


def edge(found: Edge) -> str:
    """Return how many totals stand just above and below an edge, and how rare that would be."""
    width = short(found.width)
    low, high = short(found.at - found.width), short(found.at + found.width)
    said = (
        f"「{found.grade}」的界线 {short(found.at)} 分：[{short(found.at)}, {high}) 里有 {many(found.above)} 个单位，"
        f"[{low}, {short(found.at)}) 里有 {many(found.below)} 个（各宽 {width} 分）"
    )
    return f"{said}，{chance(found)}"


def band(found: Crowd) -> str:
    """Return how many units stand just on either side of a band's edge."""
    edge = found.edge
    said = f"「{edge.indicator}」分档的界线 {edge.text}：刚够的 {many(found.better)} 个单位，差一点的 {many(found.worse)} 个"
    return f"{said}，{chance(found)}"


def band_rule() -> str:
    """Return what is looked at around the edges of bands."""
    return (
        f"界线两旁各宽界线的 1/{SHARE}（个数取整）；只看主语是一项事实、或一项除以另一项的分档。办法和等级的界线一样。"
    )


def chance(found: Edge | Crowd) -> str:
    """Return the tail of an edge in words."""
    return f"偶然这样的机会{'是' if found.exact else '不超过'} {rare(found.tail)}"


def rare(tail: Fraction) -> str:
    """Return a probability: with four decimals, or as one in so many."""
    if tail >= Fraction(1, 100):
        return fixed(tail, 4)
    return f"{many(tail.denominator // tail.numerator)} 分之一" if tail > Fraction(1, 10**12) else "万亿分之一以下"


def edge_rule() -> str:
    """Return the test of edges in words."""
    return (
        "办法：一个单位落在界线上方还是下方，如果机会各半，上方有这么多或更多的概率（二项分布的尾部，"
        f"单位不超过 {many(MOST_EXACT)} 个时逐项加出，更多时用霍夫丁不等式给出上限）不大于 {RARE.numerator}/{RARE.denominator} 的，列为异常。"
        "得分本来就多在高处的，也会这样；这只是提示。"
    )


MOST = 5
"""Units that are named for one amount where people read; the record has more."""


def slip(name: str, every: int, usual: int, found: Names) -> str:
    """Return which units have an amount that is off, and by how much."""
    told = "、".join(f"{n.unit}（{'，'.join(x for x in amount(n, usual) if x)}）" for n in found[:MOST])
    rest = f"等 {many(every)} 个" if every > min(len(found), MOST) else ""
    return f"「{slipped(name)}」：{told}{rest}"


def slipped(name: str) -> str:
    """Return what amounts are off: a fact, or all of a unit."""
    return "全部金额的中间水平" if name == WHOLE else name


def amount(one: Named, usual: int) -> tuple[str, str]:
    """Return an amount that is off, '' for the whole of a unit, and how many times."""
    by = int(one.said[-1]) - usual
    shown = f"{fixed(Fraction(one.said[0]) / 100, 2, grouped=True)} 元" if len(one.said) > 1 else ""
    return shown, f"约{'大' if by > 0 else '小'} {factor(abs(by))} 倍"


def factor(levels: int) -> str:
    """Return 10^(levels ÷ 4), to one digit."""
    size = isqrt(isqrt(10**levels))
    zeros = 10 ** (len(str(size)) - 1)
    return many((2 * size + zeros) // (2 * zeros) * zeros)


def slip_rule() -> str:
    """Return the rule of amounts in words."""
    return (
        "办法：金额按数量级的四分之一分级（每级约 1.78 倍，整数比较）；一项金额与本单位各项金额的中位级别之差，"
        "和全体单位这一项的中位之差相比，再差 14 级（约 3,162 倍）以上的列出；万元写成元正好差 16 级。"
        f"金额不到 {LEAST} 项的单位不看；本单位的中位级别也和全体的中位相比。"
    )


def changed(found: Change) -> str:
    """Return how many totals went up and down."""
    mean = points(found.sum.value / found.both) if found.both else "—"
    return (
        f"与上年都有总分的 {many(found.both)} 个单位：升 {many(found.up)}，降 {many(found.down)}，不变 {many(found.same)}，"
        f"平均变动 {mean} 分；上年没有的 {many(found.new)} 个；变动不小于 {short(found.jump)} 分的 {many(found.jumps)} 个"
    )


def jump(one: Named) -> str:
    """Return the totals of a unit in both years."""
    before, now = (Fraction(x) for x in one.said)
    return f"{one.unit} {points(before)} → {points(now)}（{signed(now - before)}）"


def signed(value: Fraction) -> str:
    """Return a difference with its sign."""
    return f"{'+' if value > 0 else ''}{points(value)}"
