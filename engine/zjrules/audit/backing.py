"""What stands behind the claims: evidence, reasons for points taken off, and whether full marks everywhere can be believed."""

from __future__ import annotations

from fractions import Fraction

from zjrules.audit.differ import claimed_at
from zjrules.audit.share import Share, ends, of_row
from zjrules.audit.sheet import Row
from zjrules.diag import Code, Diagnostic, Severity
from zjrules.explain.lines import score_text
from zjrules.num import brief

NO_EVIDENCE = Code("ZJ6056", "claim-without-evidence", Severity.WARNING)
NO_REASON = Code("ZJ6057", "deduction-without-reason", Severity.WARNING)
ALL_FULL = Code("ZJ6058", "full-marks-everywhere", Severity.WARNING)
NO_CLAIMS = Code("ZJ6063", "nothing-claimed", Severity.WARNING)
ENOUGH = Fraction(1, 2)
"""Full marks everywhere are a suspicion where less than this part of the points has evidence."""


def findings(rows: tuple[Row, ...], share: Share) -> list[Diagnostic]:
    """Return which claims have too little behind them."""
    indicators = [row for row in rows if row.kind == "indicator"]
    if all(row.claim is None for row in rows):
        help_ = "在「自评:」下面写各指标的得分和总分，或加一份评分表"
        return [Diagnostic(NO_CLAIMS, "没有一项自评得分，只能重算，没有可对照的", (), help_)]
    return [*_full(indicators, share), *_unproved(indicators), *_unexplained(rows)]


def _unproved(rows: list[Row]) -> list[Diagnostic]:
    """Say once how many points rest on nothing but the unit's own word."""
    found = [(row, stated) for row in rows if (stated := of_row(row).stated)]
    if not found:
        return []
    total = sum((stated for _, stated in found), Fraction(0))
    told = "、".join(f"{row.name} {score_text(stated)}" for row, stated in found)
    message = f"{len(found)} 项自评与重算相符，但没有佐证，共 {score_text(total)} 分只凭本单位自述：{told}"
    help_ = "在事实旁边写「佐证」：材料的名称、页码；zjrules explain 看每项要哪些"
    return [Diagnostic(NO_EVIDENCE, message, claimed_at(row for row, _ in found), help_)]


def _unexplained(rows: tuple[Row, ...]) -> list[Diagnostic]:
    """Say once which indicators have points taken off without a word why."""
    found = [
        row for row in rows
        if row.kind in ("indicator", "part") and row.own is not None and not row.own.reason
        and isinstance(row.own.value, Fraction) and row.own.value < row.points
    ]  # fmt: skip
    if not found:
        return []
    told = "、".join(f"{row.name} 扣 {score_text(row.points - (row.claim or Fraction(0)))} 分" for row in found)
    help_ = "写在「扣分原因」一栏，或写成「{值: 3 分, 理由: …}」"
    return [Diagnostic(NO_REASON, f"{len(found)} 项扣了分，没有写原因：{told}", claimed_at(found), help_)]


def _full(rows: list[Row], share: Share) -> list[Diagnostic]:
    """Suspect full marks everywhere of which little has evidence."""
    if not rows or any(row.claim != row.points for row in rows):
        return []
    proved = sum((ends(row.proved, row.points)[0] for row in rows), Fraction(0))
    if proved >= share.full * ENOUGH:
        return []
    backed = f"只有 {score_text(proved)} 分" if proved else "没有一分"
    message = f"自评各项都是满分，{backed}（共 {brief(share.full)} 分）有佐证：可能没有认真逐项评"
    help_ = "这是疑点，不是结论：请逐项附佐证，有不足的照实扣分、写明原因"
    return [Diagnostic(ALL_FULL, message, claimed_at(rows), help_)]
