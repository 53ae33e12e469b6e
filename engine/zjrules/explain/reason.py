"""Why an indicator did not get its full points, in one line; and in which state its score is."""

from __future__ import annotations

from fractions import Fraction

from zjrules.explain import formula as fm
from zjrules.explain.lines import score_text
from zjrules.term import rule as tr
from zjrules.trace import Step
from zjrules.unit import POINTS
from zjrules.value import BROKEN, Problem, Unknown, Value

MOST_NAMED = 3


def state(step: Step) -> str:
    """Return 已算, 缺事实, 不适用, 无佐证 or 无法计算."""
    match step.value:
        case Unknown():
            return "缺事实"
        case Problem(kind="不计入"):
            return "不适用"
        case Problem():
            return "无法计算"
    first = step.kids[0].term if step.kids else None
    if isinstance(first, tr.NotApplicable):
        return "不适用"
    return "无佐证" if isinstance(first, tr.Gate) else "已算"


def missing(value: Value) -> list[str]:
    """Return the missing facts that a value depends on, by name; what cannot be computed is no missing fact."""
    names = {name for name, _ in value.deps} if isinstance(value, Unknown) else set()
    return sorted(n for n in names if not n.endswith(BROKEN))


def reason(step: Step) -> str:
    """Return why points are lost or open ('' when none are)."""
    node = step.term
    assert isinstance(node, tr.Indicator)
    value = step.value
    if isinstance(value, Problem):
        return "" if value.kind == "不计入" else score_text(value).removeprefix("无法计算：")
    if isinstance(value, Unknown):
        names = missing(value)
        more = f" 等 {len(names)} 项" if len(names) > MOST_NAMED else ""
        wide = "" if value.tight else "（可能更窄）"
        return f"缺：{'、'.join(names[:MOST_NAMED])}{more}{wide}"
    if not isinstance(value, Fraction) or value >= node.points:
        return ""
    found = [text for kid in step.kids for text in _lost(kid)]
    return "；".join(dict.fromkeys(found))


def _lost(step: Step) -> list[str]:
    match step.term:
        case tr.Indicator():
            return [f"{p.term.name}：{reason(p)}" for p in step.kids if isinstance(p.term, tr.Indicator) and reason(p)]
        case tr.NotApplicable(test=test):
            return [f"不适用（{fm.names(test)}）"]
        case tr.Gate(facts=facts):
            return [f"{'、'.join(facts)} 没有佐证"]
        case tr.Checklist():
            return [
                f"不具备：{fm.names(k.term.test)}" for k in step.kids if k.value == 0 and isinstance(k.term, tr.Case)
            ]
        case tr.Decide():
            held = [k for k in step.kids if isinstance(k.term, tr.Case) and k.value is not False]
            return [fm.names(k.term.test) for k in held if isinstance(k.term, tr.Case)] or ["各条都不成立"]
        case tr.Bands(subject=subject):
            return [f"{fm.names(subject)} 为 {fm.value_text(step.kids[0].value, subject.type)}"]
        case tr.Deduct():
            return [_taken(k) for k in step.kids if k.value != 0 and isinstance(k.term, tr.Case | tr.PerStep)]
        case tr.Plain():
            return [_plain(step)]
        case _:
            return []


def _taken(step: Step) -> str:
    amount = fm.value_text(step.value, POINTS)
    match step.term:
        case tr.PerStep(subject=subject):
            return f"{fm.names(subject)} {fm.value_text(step.kids[0].value, subject.type)}，扣 {amount}"
        case tr.Case(test=test):
            return f"{fm.names(test)}，扣 {amount}"
        case _:
            return ""


def _plain(step: Step) -> str:
    base = step.term
    assert isinstance(base, tr.Plain)
    text = next((said for kid in step.kids if (said := fm.sentence(kid))), None)
    if text:
        return f"{text}：{fm.value_text(step.value, POINTS)}"
    text = fm.names(base.value)
    return f"{text} = {fm.value_text(step.value, POINTS)}"
