"""Units, dimensions and the types of values.

A value is held in the base unit of its dimension (元, 分, 天, a counter …); a written unit is only a scale.
Percent is a way to write a ratio. 百分点 is a type of its own, so that 「每超 5%」 can be questioned.
"""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from functools import lru_cache

from attrs import evolve, frozen

from zjrules import num

Dim = tuple[tuple[str, int], ...]
"""Exponents of base units, sorted by unit; () is a pure number."""

ANY_COUNTER = "个"
_COUNTERS = "个 项 处 次 人 起 例 笔 家 户 辆 套 件 宗 名 份 台 条 篇 场 期 批 只 所 座 间 张 本 块 类 种".split()
_SCALES = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_MEASURES: dict[str, tuple[str, Fraction]] = {
    **{c: (c, Fraction(1)) for c in (*_COUNTERS, "元", "分", "月", "年", "岁", "吨", "米", "升", "亩")},
    **{name: ("天", Fraction(1)) for name in ("天", "日", "日历日")},
    **{name: ("工作日", Fraction(1)) for name in ("工作日", "个工作日")},
    "个月": ("月", Fraction(1)),
    "平方米": ("平方米", Fraction(1)),
    "平方公里": ("平方米", Fraction(1_000_000)),
    "公顷": ("平方米", Fraction(10_000)),
    "立方米": ("立方米", Fraction(1)),
    "公里": ("米", Fraction(1000)),
    "公斤": ("吨", Fraction(1, 1000)),
    "千克": ("吨", Fraction(1, 1000)),
    "千瓦时": ("度", Fraction(1)),
    "度": ("度", Fraction(1)),
    "小时": ("小时", Fraction(1)),
    "分钟": ("小时", Fraction(1, 60)),
}
UNITS = tuple(dict.fromkeys(("元", "万元", "亿元", "分", "%", "‰", "个百分点", "个工作日", "天", *_MEASURES)))
"""The units that can be written behind a number, the usual ones first; of scales only those of 元."""
_QUANTITY = re.compile(r"([+-]?[\d,]+(?:\.\d+)?)\s*(\S.*)?")


@frozen
class Number:
    """A rational with a dimension. dim None is a bare 0, which fits any dimension."""

    dim: Dim | None = ()
    points: bool = False
    """百分点: a difference of ratios, which may not be multiplied."""
    delta: bool = False
    """A ratio that is the difference of two ratios, and so may be compared with 百分点."""
    percent: bool = False
    """Shown as a percentage."""
    whole: bool = False
    """Only integers occur (counts, days)."""


@frozen
class Date:
    """A calendar date, held as its proleptic Gregorian ordinal."""


@frozen
class Year:
    """A calendar year."""


@frozen
class Truth:
    """是 or 否."""


@frozen
class Choice:
    """One of a closed list of options."""

    options: tuple[str, ...]


@frozen
class Text:
    """Free text: it can be shown, not scored."""


@frozen
class Rows:
    """A ledger."""

    ledger: str


@frozen
class Wrong:
    """The type of an expression that was already reported: it fits everywhere, so that one slip gives one message."""


Type = Number | Date | Year | Truth | Choice | Text | Rows | Wrong
Scalar = Fraction | bool | str

MONEY = Number((("元", 1),))
POINTS = Number((("分", 1),))
RATIO = Number((), percent=True)
PURE = Number(())
DAYS = Number((("天", 1),), whole=True)
WORKDAYS = Number((("工作日", 1),), whole=True)
YEARS = Number((("年", 1),), whole=True)
COUNT = Number(((ANY_COUNTER, 1),), whole=True)
POINTS_DIM: Dim = (("分", 1),)
MONEY_DIM: Dim = (("元", 1),)


def _dim(parts: dict[str, int]) -> Dim:
    return tuple(sorted((unit, power) for unit, power in parts.items() if power))


def times(a: Dim, b: Dim, sign: int = 1) -> Dim:
    """Return the dimension of a product, or of a quotient with sign -1."""
    parts = dict(a)
    for unit, power in b:
        if sign < 0 and unit not in parts and unit in _COUNTERS and parts.get(ANY_COUNTER):
            unit = ANY_COUNTER
        elif sign < 0 and unit == ANY_COUNTER and unit not in parts:
            unit = next((u for u in parts if u in _COUNTERS and parts[u] == power), unit)
        parts[unit] = parts.get(unit, 0) + sign * power
    return _dim(parts)


def same(a: Dim | None, b: Dim | None) -> tuple[bool, Dim | None]:
    """Return whether two dimensions agree, and the more definite one: 个 agrees with every counter, a bare 0 with all."""
    if a is None or b is None:
        return True, b if a is None else a
    if a == b:
        return True, a
    for generic, other in ((a, b), (b, a)):
        for counter in _COUNTERS:
            if _dim({counter if u == ANY_COUNTER else u: p for u, p in generic}) == other:
                return True, other
    return False, None


def measure(name: str) -> tuple[Dim, Fraction] | None:
    """Return the dimension and scale of a simple unit such as 万元 or 个工作日; None when there is no such unit."""
    found = _MEASURES.get(name)
    if found:
        return ((found[0], 1),), found[1]
    match = re.fullmatch(r"([百千万亿]*)(.+)", name)
    if match and match[1] in _SCALES and (match[2] == "元" or match[2] in _COUNTERS):
        return ((match[2], 1),), Fraction(_SCALES[match[1]])
    return None


def unit(name: str) -> tuple[Number, Fraction] | None:
    """Return the type and scale of a written unit, compound ones such as 5万元/人 included."""
    if name in ("%", "‰"):
        return RATIO, Fraction(1, 100 if name == "%" else 1000)
    if name in ("百分点", "个百分点"):
        return Number((), points=True, delta=True, percent=True), Fraction(1, 100)
    dim: Dim = ()
    scale = Fraction(1)
    for index, part in enumerate(re.split(r"\s*/\s*", name)):
        found = measure(part)
        if found is None:
            return None
        dim = times(dim, found[0], -1 if index else 1)
        scale = scale / found[1] if index else scale * found[1]
    return Number(dim), scale


@lru_cache(4096)  # a book writes the same amounts again and again, and an editor reads it at every keystroke
def quantity(text: str) -> tuple[Fraction, Number, str] | None:
    """Read ``89.974 万元``: the value in base units, its type and the unit as written ('' for none)."""
    match = _QUANTITY.fullmatch(num.fold(text).strip())
    value = num.read(match[1]) if match else None
    if match is None or value is None:
        return None
    name = (match[2] or "").strip()
    if not name:
        return value, Number(None) if value == 0 else PURE, ""
    found = unit(name)
    if found is None:
        return None
    kind, scale = found
    whole = (value * scale).denominator == 1 and not kind.percent
    return value * scale, evolve(kind, whole=whole), name


def dim_text(dim: Dim | None) -> str:
    """Return a dimension as a person writes it: 元/人; a pure number is 比率."""
    if not dim:
        return "比率"
    above = "·".join(u if p == 1 else f"{u}{p}次方" for u, p in dim if p > 0) or "1"
    below = "".join(f"/{u}" * -p for u, p in dim if p < 0)
    return above + below


def type_text(kind: Type) -> str:
    """Return the name of a type in the words of the language."""
    match kind:
        case Number(dim=None):
            return "数（0）"
        case Number(points=True):
            return "百分点"
        case Number(dim=()):
            return "比率" if kind.percent else "数"
        case Number():
            general = f"{'个数' if kind.whole else '数量'}（{dim_text(kind.dim)}）"
            known = {MONEY_DIM: "金额（元）", POINTS_DIM: "分", DAYS.dim: "天数", WORKDAYS.dim: "工作日数"}
            return known.get(kind.dim, general)
        case Choice():
            return f"选项（{'，'.join(kind.options)}）"
        case Rows():
            return f"明细「{kind.ledger}」"
        case _:
            return {Date: "日期", Year: "年度", Truth: "是否", Text: "文本", Wrong: "（未定）"}[type(kind)]


def show(value: Scalar, kind: Type, bare_points: bool = False) -> str:
    """Return a value with its unit; with bare_points, 分 are written as a plain number, as in a formula."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return value
    match kind:
        case Date():
            return date.fromordinal(int(value)).isoformat() if 1 <= value <= date.max.toordinal() else "超出历法的日期"
        case Number(dim=d) if d == MONEY_DIM:
            text = num.brief(value, 2, grouped=True)
            decimals = len(text.partition(".")[2])
            return f"{text}0 元" if decimals == 1 else f"{text} 元"
        case Number(points=True):
            return f"{num.brief(value * 100)} 个百分点"
        case Number(percent=True):
            return f"{num.brief(value * 100)}%"
        case Number(dim=d) if d and not (bare_points and d == POINTS_DIM):
            return f"{num.brief(value)} {dim_text(d)}"
        case _:
            return num.brief(value)


def read_date(text: str) -> Fraction | None:
    """Read 2026-05-30, 2026/5/30, 2026.5.30 or 2026年5月30日 as an ordinal; None when there is no such day."""
    match = re.fullmatch(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", num.fold(text).strip())
    if match is None:
        return None
    try:
        return Fraction(date(int(match[1]), int(match[2]), int(match[3])).toordinal())
    except ValueError:
        return None
