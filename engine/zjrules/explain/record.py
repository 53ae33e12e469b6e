"""A scored unit as plain data (JSON), after the schema zjrules.check/1: exact numbers are "num/den" strings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any

from zjrules import review
from zjrules.diag import Diagnostic
from zjrules.explain.lines import Line, explained, score_text
from zjrules.explain.reason import missing, reason, state
from zjrules.fact import Facts
from zjrules.interval.sets import Range
from zjrules.num import ratio_text
from zjrules.ruleset import Edition, RuleSet
from zjrules.span import NOWHERE, Field, Span, column_letters
from zjrules.term import rule as tr
from zjrules.trace import Step, Trace
from zjrules.value import Problem, Unknown, Value

SCHEMA = "zjrules.check/1"
Record = dict[str, Any]


def score(value: Value) -> Record:
    """Return a score: its exact value, or the interval that is still possible and what is missing for it."""
    shown = {"显示": score_text(value)}
    match value:
        case Fraction():
            return {"状态": "已定", "值": ratio_text(value), **shown}
        case Unknown(can=Range() as can) if not can.is_empty:
            hull = can.hull
            return {
                "状态": "待定",
                "下限": None if hull.lo is None else ratio_text(hull.lo),
                "上限": None if hull.hi is None else ratio_text(hull.hi),
                "含下限": not hull.lo_open,
                "含上限": not hull.hi_open,
                "可能更窄": not value.tight,
                "缺": missing(value),
                **shown,
            }
        case Problem(kind=kind, detail=detail):
            return {
                "状态": "不计入" if kind == "不计入" else "无法计算",
                "原因": f"{kind}{detail and f'：{detail}'}",
                **shown,
            }
        case _:
            return {"状态": "无法计算", "原因": "", **shown}


def diagnostic(found: Diagnostic) -> Record:
    """Return a diagnostic with its places."""
    places = [{**place(x.span), "说明": x.text} for x in found.labels if x.span.source != NOWHERE.source]
    return {
        "代码": found.code.number,
        "名称": found.code.name,
        "级别": found.severity.value,
        "消息": found.message,
        "位置": places,
        "帮助": found.help,
    }


def place(span: Span) -> Record:
    """Return a place: the line of a text, or the cell of a workbook."""
    source = span.source
    if source.cell is None:
        return {"文件": source.name, "行": span.line, "列": span.column}
    cell = source.cell
    if isinstance(cell, Field):
        return {"文件": source.name, "行": cell.row, "列": 0, "表": cell.sheet, "显示": source.text}
    where = {"表": cell.sheet, "格": f"{column_letters(cell.column)}{cell.row}", "显示": source.text}
    return {"文件": source.name, "行": cell.row, "列": cell.column, **where}


def edition(found: Edition | None) -> Record:
    """Return the published edition of a rule set; nothing where none was published."""
    return {} if found is None else {"版": {"号": found.number, "更正": found.correction, "摘要": found.digest}}


def _line(line: Line) -> Record:
    parts = {
        "层": line.level,
        "类": line.kind,
        "文": line.text,
        "值": line.value,
        "佐证": line.evidence,
        "出处": line.origin,
    }
    return {k: v for k, v in parts.items() if v != ""}


def deviation(own: Value, reviewed: Value) -> Fraction | None:
    """Return (自评 - 复核) ÷ 自评, None where one of them is not known or 自评 is 0."""
    if not isinstance(own, Fraction) or not isinstance(reviewed, Fraction) or not own:
        return None
    return (own - reviewed) / own


def _scores(values: Sequence[Value]) -> Record:
    """Return the scores side by side, with the deviation where there is a reviewer's."""
    found: Record = dict(zip(("按自述", "仅有佐证", "复核"), map(score, values), strict=False))
    if len(values) > 2:
        rate = deviation(values[0], values[-1])
        found["偏差率"] = None if rate is None else ratio_text(rate)
    return found


def _node(steps: Sequence[Step], trace: Trace, facts: Facts, only: Collection[str]) -> list[Record]:
    """Return a group with what is under it, or an indicator; nothing where only others are asked for."""
    mine = steps[0]
    node = mine.term
    both = _scores([s.value for s in steps])
    if isinstance(node, tr.Group):
        sides = zip(*(s.kids for s in steps), strict=True)
        kids = [kid for side in sides for kid in _node(side, trace, facts, only)]
        own = {"编号": node.number, "名称": node.name, "分值": ratio_text(node.points), **both, "下级": kids}
        return [own] if kids or not only else []
    assert isinstance(node, tr.Indicator)
    if only and node.name not in only:
        return []
    found = {
        "编号": node.number,
        "名称": node.name,
        "分值": ratio_text(node.points),
        **both,
        "舍入前": score(mine.note if isinstance(mine.note, Fraction | Unknown | Problem) else mine.value),
        "状态": state(mine),
        "扣分原因": reason(mine),
        "依据": node.basis,
        "规则": str(node.span),
        "解释": [_line(x) for x in explained(mine, trace, facts)],
    }
    return [found]


def unit(rules: RuleSet, facts: Facts, traces: Sequence[Trace], only: Collection[str] = ()) -> Record:
    """Return a scored unit; traces are by what it claims, by what has evidence and, where there is one, the reviewer's.

    only: the indicators that are asked for, all where it is empty.
    """
    claimed = traces[0]
    names = ("按自述", "仅有佐证", "复核")
    sides = zip(*(t.groups for t in traces), strict=True)
    groups = [node for side in sides for node in _node(side, claimed, facts, only)]
    checks = [
        {
            "级别": c.check.severity,
            "内容": c.check.title,
            "结果": c.status,
            "差额": None if c.difference is None else ratio_text(c.difference),
            "规则": str(c.check.span),
        }
        for c in claimed.checks
    ]
    changed = [
        {"事实": where, "自评": own.shown or own.state.value, "复核": found.shown or found.state.value,
         "理由": found.reason, "位置": str(found.span)}
        for where, own, found in review.changes(facts)
    ]  # fmt: skip
    return {
        "单位": facts.unit,
        "规则": {
            "id": rules.id,
            "名称": rules.title,
            "摘要": rules.digest,
            "评价年度": claimed.program.book.year,
            **edition(rules.edition),
        },
        "总分": _scores([t.total for t in traces]),
        "等级": {name: list(reversed(t.grades)) for name, t in zip(names, traces, strict=False)},
        "自评": {n: ratio_text(f.value) for n, f in facts.claims.items() if isinstance(f.value, Fraction)},
        **({"复核": changed} if changed else {}),
        "指标": groups,
        "勾稽": checks,
    }
