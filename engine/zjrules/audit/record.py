"""An audit as plain data (JSON), after the schema zjrules.audit/1: exact numbers are "num/den" strings."""

from __future__ import annotations

from fractions import Fraction

from attrs import fields

from zjrules.audit import words
from zjrules.audit.run import Audit
from zjrules.audit.share import Share, of_row
from zjrules.audit.sheet import Row, rests_on, why
from zjrules.audit.ties import Tie
from zjrules.explain.record import Record, diagnostic, edition, place, score
from zjrules.fact import Fact
from zjrules.num import ratio_text
from zjrules.project import Scored

SCHEMA = "zjrules.audit/1"
_SHARES = ("有佐证相符", "自述相符", "核不了", "不符", "自己已扣", "没有自评", "不计入")
_KINDS = {"group": "组", "indicator": "指标", "part": "分项", "total": "总分"}


def audited(audit: Audit) -> Record:
    """Return one unit's audit."""
    scored = audit.scored
    rules = scored.rules
    return {
        "单位": scored.facts.unit,
        "规则": {"id": rules.id, "名称": rules.title, "摘要": rules.digest, **edition(rules.edition)},
        "得分": [_row(row, scored) for row in audit.rows],
        "发现": [diagnostic(d) for d in audit.found],
        "勾稽": [_tie(tie) for tie in audit.ties],
        "材料": [diagnostic(d) for d in audit.papers],
        "分数": {"满分": ratio_text(audit.share.full), **_share(audit.share)},
        "结论": {"判断": audit.conclusion, "因为": list(audit.because), "文": words.conclusion_in_words(audit)},
    }


def _row(row: Row, scored: Scored) -> Record:
    facts = [{"名称": x.text, "值": x.value, "佐证": x.evidence, "出处": x.origin} for x in rests_on(row, scored)]
    return {
        "类": _KINDS[row.kind],
        "层": row.depth,
        "编号": row.number,
        "名称": row.name,
        "分值": ratio_text(row.points),
        "自评": _claim(row.own) or _claim(row.implied, row.points),
        "重算": score(row.recomputed),
        "仅有佐证": score(row.proved),
        "复核": _claim(row.review),
        "偏差": _exact(row.deviation),
        "复核偏差率": _exact(row.review_rate),
        "相差": words.differs_in_words(row, scored),
        "怎么算": why(row, scored),
        "事实": facts,
        **({"分数": _share(of_row(row))} if row.kind == "indicator" else {}),
    }


def _claim(claim: Fact | None, implied: Fraction | None = None) -> Record | None:
    """Return a claimed score with its place; implied is what follows from the claim of something above."""
    if claim is None or not isinstance(claim.value, Fraction):
        return None
    value = claim.value if implied is None else implied
    return {"值": ratio_text(value), "推得": implied is not None, "原因": claim.reason, "位置": place(claim.span)}


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else ratio_text(value)


def _share(share: Share) -> Record:
    names = zip(_SHARES, fields(Share), strict=True)
    return {name: ratio_text(getattr(share, field.name)) for name, field in names}


def _tie(tie: Tie) -> Record:
    return {
        "结果": tie.status,
        "内容": tie.title,
        "级别": tie.severity,
        "差额": tie.difference,
        "缺": list(tie.lacking),
        "涉及": {name: ratio_text(points) for name, points in tie.touches},
        "位置": [{**place(label.span), "说明": label.text} for label in tie.labels],
    }
