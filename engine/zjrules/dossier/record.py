"""A dossier as plain data (schema/dossier.schema.json): exact numbers are "num/den" strings."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from zjrules.dossier import words
from zjrules.dossier.dossier import Dossier, Unit
from zjrules.dossier.replay import Standing
from zjrules.num import ratio_text
from zjrules.ruleset import RuleSet

Record = dict[str, Any]
SCHEMA = "zjrules.dossier/1"


def document(found: Dossier, old: RuleSet, new: RuleSet, engine: str) -> Record:
    """Return all that a dossier tells."""
    return {
        "格式": SCHEMA,
        "引擎": engine,
        "旧": _rules(old),
        "新": _rules(new),
        "说明": [words.basis(found), words.how(found), *words.apart(found)],
        "总览": {
            "单位": len(found.units),
            "已算": len(found.settled),
            "未定": len(found.open),
            "没有算": found.aside,
            "升": len(found.winners),
            "降": len(found.losers),
            "跨档": len(found.crossing),
            "平均差额": ratio_text(words.mean(found)) if found.settled else None,
        },
        "等级": [{"旧": a, "新": b, "单位": n} for (a, b), n in sorted(found.grades.items())],
        "归因": _attribution(found),
        "单位": [_unit(u) for u in found.units],
    }


def _rules(rules: RuleSet) -> Record:
    return {"编号": rules.id, "名称": rules.title, "摘要": rules.digest}


def _attribution(found: Dossier) -> Record | None:
    if found.weights is None:
        return None
    clauses = [
        {
            "对象": s.change.subject,
            "句": words.said(s.change),
            "合计": ratio_text(s.sum),
            "平均": ratio_text(s.mean),
            "增": s.gain,
            "减": s.lose,
            "有单位感到": s.felt,
        }
        for s in found.shares
    ]
    sampled = found.weights.sampled
    return {
        "准确": not sampled,
        "次序": sampled or None,
        "种子": found.weights.seed if sampled else None,
        "已归因": len(found.attributed),
        "条文": clauses,
    }


def _unit(unit: Unit) -> Record:
    return {
        "单位": unit.name,
        "旧": _standing(unit.old),
        "新": _standing(unit.new),
        "差额": _exact(unit.change),
        "跨档": unit.crosses,
        "份额": None if unit.parts is None else [ratio_text(p) for p in unit.parts],
    }


def _standing(found: Standing) -> Record:
    low, high = (None, None) if found.ends is None else (e.value for e in found.ends)
    return {
        "总分": _exact(found.total),
        "最低": _exact(low),
        "最高": _exact(high),
        "等级": list(reversed(found.grades)),
        "名次": found.rank,
        "缺": list(found.missing),
    }


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else ratio_text(value)
