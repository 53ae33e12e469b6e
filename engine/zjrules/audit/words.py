"""The audit in words: what every face (terminal, JSON) says the same way."""

from __future__ import annotations

from fractions import Fraction

from zjrules.audit.run import Audit
from zjrules.audit.share import Share, of_row
from zjrules.audit.sheet import Row, reviewed_facts, why, why_revised
from zjrules.audit.ties import OPEN, Tie
from zjrules.explain.lines import score_text
from zjrules.explain.reason import missing
from zjrules.num import brief
from zjrules.project import Scored
from zjrules.value import Unknown

MOST_NAMED = 3


def differs_in_words(row: Row, scored: Scored) -> str:
    """Return what differs in a row and by how many points, or how many cannot be checked; '' where all agree."""
    told = []
    if row.open and row.claim is not None:
        told.append(f"{score_text(of_row(row).open)} 分核不了")
    elif row.differs:
        gap = row.deviation
        told.append("规则给不出这个分" if gap is None else f"自评{'多' if gap > 0 else '少'} {score_text(abs(gap))} 分")
    reason = why(row, scored) if told else ""
    if row.reviewed is not None and isinstance(row.revised, Fraction) and row.reviewed != row.revised:
        gap = row.reviewed - row.revised
        told.append(f"复核比规则{'多' if gap > 0 else '少'} {score_text(abs(gap))} 分")
        reason = reason or why_revised(row, scored)
    if not told and row.differs_from_review:
        told += [
            f"复核改了「{where}」：{was.shown} → {now.shown}（{now.reason}）"
            for where, was, now in reviewed_facts(row, scored)
        ]
        return "，".join(told)
    return "，".join(told) + (f"：{reason}" if reason else "")


def tie_in_words(tie: Tie) -> str:
    """Return what is said of a check beside its title: the difference, what is lacking, the indicators that it touches."""
    told = [f"相差 {tie.difference}"] if tie.difference else []
    if tie.status == OPEN and tie.lacking:
        more = f" 等 {len(tie.lacking)} 项" if len(tie.lacking) > MOST_NAMED else ""
        told.append(f"缺 {'、'.join(tie.lacking[:MOST_NAMED])}{more}")
    if tie.touches and tie.status not in ("通过", "跳过"):
        told.append("涉及 " + "、".join(f"{name} {brief(points)} 分" for name, points in tie.touches[:MOST_NAMED]))
    return "；".join(told)


def share_in_words(share: Share) -> str:
    """Return how the points part, in one sentence whose numbers add up to the full points."""
    always = (
        ("有佐证并核对相符", share.proved), ("自述相符", share.stated), ("缺事实核不了", share.open), ("不符", share.contradicted)
    )  # fmt: skip
    rest = (("自己已扣", share.taken), ("没有自评", share.unclaimed), ("不计入", share.dropped))
    told = [*always, *((name, points) for name, points in rest if points)]
    parts = "；".join(f"{name} {score_text(points) if points else '0'} 分" for name, points in told)
    return f"{brief(share.full)} 分里：{parts}"


def conclusion_in_words(audit: Audit) -> str:
    """Return the conclusion in one line."""
    open_ = missing(audit.scored.claimed.total) if isinstance(audit.scored.claimed.total, Unknown) else []
    lacking = f"，缺 {len(open_)} 项事实" if open_ else ""
    reasons = f"：{'，'.join(audit.because)}" if audit.because else ""
    return f"结论：{audit.conclusion}{reasons}{lacking}"
