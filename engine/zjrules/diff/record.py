"""A report as plain data, for JSON (schema/diff.schema.json)."""

from __future__ import annotations

from typing import Any

from zjrules.diff.change import Change, Clause
from zjrules.diff.report import Report
from zjrules.diff.settle import Verdict
from zjrules.prove.record import example
from zjrules.ruleset import RuleSet

Record = dict[str, Any]
SCHEMA = "zjrules.diff/1"


def document(report: Report, engine: str) -> Record:
    """Return all that is told of two rule sets."""
    return {
        "格式": SCHEMA,
        "引擎": engine,
        "旧": _rules(report.old),
        "新": _rules(report.new),
        "变化": [_change(c) for c in report.changes],
        "写法不同": [_change(c) for c in report.rewritten],
        "指标": [_verdict(v) for v in report.verdicts],
        "证明": {"问过": not report.unasked, "说明": report.unasked},
    }


def _rules(rules: RuleSet) -> Record:
    return {"编号": rules.id, "名称": rules.title, "摘要": rules.digest}


def _change(change: Change) -> Record:
    return {
        "类": change.kind,
        "动作": change.act,
        "对象": change.subject,
        "指标": change.owner,
        "句": f"{change.said}。",
        "影响得分": change.scores,
        "旧": _clause(change.old),
        "新": _clause(change.new),
    }


def _clause(clause: Clause | None) -> Record | None:
    return (
        {"文件": clause.place.source.name, "行": clause.place.line, "文": clause.text} if clause is not None else None
    )


def _verdict(verdict: Verdict) -> Record:
    old, new = verdict.touched.names
    found: Record = {"旧": list(old), "新": list(new), "判定": verdict.state, "说明": verdict.why}
    if verdict.example is not None:
        found |= {"事实": example(verdict.example), "旧得": verdict.scores[0], "新得": verdict.scores[1]}
    return found
