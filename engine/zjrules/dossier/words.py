"""What a dossier says in words, for all its forms. Numbers are rounded here alone, for show."""

from __future__ import annotations

from fractions import Fraction

from zjrules.bulk.result import End
from zjrules.diff.change import Change
from zjrules.dossier.dossier import Dossier, Share, Unit
from zjrules.dossier.replay import Standing
from zjrules.dossier.shapley import MOST_EXACT
from zjrules.explain.columns import any_of
from zjrules.num import brief
from zjrules.summary.words import many

NOT_SETTLED = "未定"
NOBODY = "没有一个单位的得分因它增减"


def points(value: Fraction | None) -> str:
    """Return points, exact where that is short, else ≈ with four decimals; — where there are none."""
    return "—" if value is None else brief(value, 4)


def signed(value: Fraction | None) -> str:
    """Return a difference in points with its sign."""
    return f"+{points(value)}" if value is not None and value > 0 else points(value)


def total(found: Standing) -> str:
    """Return a total, or from where to where it can be."""
    if found.ends is None:
        return "无法计算"
    return points(found.total) if found.settled else "至".join(map(_end, found.ends))


def _end(found: End) -> str:
    return "不限" if found.value is None else f"{points(found.value)}{'（不含）' if found.open else ''}"


def grades(found: Standing) -> str:
    """Return the grades that a unit can have, from low to high."""
    return any_of(found.grades)


def grade(name: str) -> str:
    """Return a grade of a table; '' stands for several possible ones."""
    return name or NOT_SETTLED


def rank(found: Standing) -> str:
    """Return a rank; — where the total is not settled."""
    return "—" if found.rank is None else many(found.rank)


def said(change: Change) -> str:
    """Return the sentence of a change."""
    return f"{change.said}。"


def title(found: Dossier) -> str:
    """Return the two rule sets."""
    old, new = found.replay.diff.old.book, found.replay.diff.new.book
    return " → ".join(f"{b.name} {b.year}" + (f"（{b.nature}）" if b.nature else "") for b in (old, new))


def counted(found: Dossier) -> str:
    """Return how many units gain, lose and cross."""
    both, up, down = len(found.settled), len(found.winners), len(found.losers)
    text = f"共 {many(len(found.units))} 个单位，两边总分都已算的 {many(both)} 个：升 {many(up)}，降 {many(down)}，不变 {many(both - up - down)}"
    text += f"，平均 {signed(mean(found))} 分" if both else ""
    return f"{text}；跨等级的 {many(len(found.crossing))} 个"


def mean(found: Dossier) -> Fraction:
    """Return the mean difference of the settled units."""
    sums = [u.change for u in found.settled if u.change is not None]
    return sum(sums, Fraction(0)) / len(sums) if sums else Fraction(0)


def apart(found: Dossier) -> list[str]:
    """Return what is counted apart: units that are open, those that are open in between, rows that were not read."""
    lines = []
    if found.open:
        lines.append(
            f"另有 {many(len(found.open))} 个单位缺事实或算不出，总分至少一边没有定：只列区间，不排名次，不归因。"
        )
    if found.between:
        lines.append(f"{many(len(found.between))} 个单位两边已定、只改一部分条文时却没有定：计入升降，不归因。")
    if found.aside:
        lines.append(f"{many(found.aside)} 个单位的数据有问题，没有算。")
    return lines


def how(found: Dossier) -> str:
    """Return how the differences were attributed."""
    if found.weights is None:
        return "没有归因（--no-attribution）。"
    number = len(found.replay.players)
    if not number:
        return "没有影响得分的条文，不用归因。"
    if not found.attributed:
        return f"没有一个单位可以归因；影响得分的条文有 {number} 处。"
    head = f"归因：每个单位的差额按沙普利值分到 {number} 处影响得分的条文，"
    if not found.weights.sampled:
        return f"{head}一切改法（{len(found.weights.by_set)} 种）都算过，份额是准确的，加起来正好是差额。"
    return (
        f"{head}条文多于 {MOST_EXACT} 处，没有走遍各种次序：按种子 {found.weights.seed} 抽了 {found.weights.sampled} 种次序，"
        "份额是估计，加起来仍正好是差额。"
    )


def basis(found: Dossier) -> str:
    """Return what both totals stand on."""
    return (
        "两边用同一批事实，名称和年度都按旧规则：写成「次年5月30日」的日期按同一年比，评价年度和名称的改动不算进差额。"
    )


def share(found: Share) -> str:
    """Return what a clause does to the units."""
    if not found.felt:
        return NOBODY
    return (
        f"合计 {signed(found.sum)} 分，平均 {signed(found.mean)} 分，增 {many(found.gain)} 个，减 {many(found.lose)} 个"
    )


def moved(unit: Unit) -> str:
    """Return a unit's two totals and the difference."""
    return f"{total(unit.old)} → {total(unit.new)}（{signed(unit.change)}）"
