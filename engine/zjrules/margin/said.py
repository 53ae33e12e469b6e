"""Margins and what-ifs in words: cells of tables, and which conditions turned."""

from __future__ import annotations

from fractions import Fraction

from zjrules.explain import formula as fm
from zjrules.explain.lines import places_of, score_text
from zjrules.fact import Asked, Schema
from zjrules.margin.reach import Reach
from zjrules.margin.threshold import Margin, Threshold, smallest
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.trace import Step
from zjrules.unit import Number, show

HEAD = ("事实", "现在", "往上到", "得", "往下到", "得")
REACHING = ("事实", "现在", "改为", "变化", "得", "差一个最小单位", "准确的界")


def rows(found: tuple[Margin, ...], schema: Schema, node: tr.Indicator) -> list[tuple[str, ...]]:
    """Return the rows of the table of thresholds; an indicator without numbers has none."""
    return [_row(margin, schema.facts[margin.fact], node) for margin in found]


def _row(margin: Margin, asked: Asked, node: tr.Indicator) -> tuple[str, ...]:
    now = show(margin.now, asked.type)
    if margin.why:
        return margin.fact, now, margin.why, "", margin.why, ""
    up, down = (_end(t, asked, node, word) for t, word in ((margin.up, "超过"), (margin.down, "低于")))
    return margin.fact, now, *up, *down


def _end(threshold: Threshold | None, asked: Asked, node: tr.Indicator, past: str) -> tuple[str, str]:
    if threshold is None:
        return "—", ""
    at = exact(threshold.at, asked)
    # A point between two values of the smallest unit is passed by the next of them.
    text = at if threshold.reached and threshold.at == threshold.point else f"{past} {at}"
    return text, score(threshold.score, node)


def score(value: Fraction | None, node: tr.Indicator) -> str:
    """Return a score, or that there is none."""
    return "无法计算" if value is None else score_text(value, places_of(node.rounding))


def exact(value: Fraction, asked: Asked) -> str:
    """Return a value in its unit; one that is no short decimal is marked ≈ and followed by the fraction itself."""
    text = show(value, asked.type)
    scale = 100 if isinstance(asked.type, Number) and asked.type.percent else 1
    return f"{text}（{value * scale}）" if "≈" in text and scale == 1 else text


def reached(found: Reach, asked: Asked, node: tr.Indicator) -> tuple[str, ...]:
    """Return the row of one fact that reaches a score, or that says why none does."""
    now = show(found.now, asked.type)
    if found.point is None:
        return found.fact, now, found.why, "", "", "", ""
    change = found.point - found.now
    moved = f"{'+' if change > 0 else '-'}{_size(abs(change), asked)}"
    bound = "" if found.bound is None else exact(found.bound, asked)
    if bound and not found.reached:
        bound = f"{'超过' if change > 0 else '低于'} {bound}"
    before = f"得 {score(found.before, node)}"
    return found.fact, now, show(found.point, asked.type), moved, score(found.score, node), before, bound


def _size(change: Fraction, asked: Asked) -> str:
    if isinstance(asked.type, Number):
        return show(change, asked.type)
    return f"{brief(change)} {'日' if smallest(asked) == 1 else ''}".strip()


# ---------- what turned ----------


def turned(before: Step, after: Step) -> list[str]:
    """Return which conditions came out otherwise, and which bands were taken instead."""
    old, new = _decided(before), _decided(after)
    found = []
    for name, value in new.items():
        was = old.get(name)
        if was is not None and was != value:
            found.append(f"{name}：{was} → {value}")
        elif was is None and value == "成立":
            found.append(f"{name}：{value}")
    return found


def _decided(step: Step) -> dict[str, str]:
    own: dict[str, str] = {}
    match step.term:
        case tm.Cmp() | tm.FactRef() | tm.IsOption() | tm.Not() if isinstance(step.value, bool):
            own[fm.names(step.term)] = "成立" if step.value else "不成立"
        case tr.Bands(subject=subject):
            own[f"分档 {fm.names(subject)}"] = _band(step)
        case _:
            pass
    for kid in step.kids:
        own |= _decided(kid)
    return own


def _band(step: Step) -> str:
    if isinstance(step.note, tr.Band):
        return " 且 ".join(f"{x.op} {fm.names(x.bound)}" for x in step.note.limits)
    return str(step.note)
