"""The audit of one unit: its scores side by side, what is wrong with them, the checks, the papers, and a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from zjrules.audit import backing, differ, sums
from zjrules.audit.backing import NO_EVIDENCE
from zjrules.audit.claims import gathered
from zjrules.audit.differ import NOT_RECOMPUTABLE
from zjrules.audit.share import Share, of_all
from zjrules.audit.sheet import Row, rows
from zjrules.audit.ties import FAILED, OPEN, WARNED, Tie, ties
from zjrules.diag import Diagnostic
from zjrules.explain.findings import CLAIM_DIFFERS, CLAIM_OPEN, RULE
from zjrules.fact import Raw, ScoreTable
from zjrules.project import Scored
from zjrules.reconcile.scores import ABOVE_POINTS, SCORE_DIFFERS, SCORE_OPEN, WRONG_SUM
from zjrules.reconcile.statements import STATED_TWICE
from zjrules.reconcile.suspicions import CLASH, TOO_EARLY

# The audit says these itself, with the reason of each.
_SAID_HERE = {c.number for c in (CLAIM_DIFFERS, CLAIM_OPEN, ABOVE_POINTS, SCORE_DIFFERS, SCORE_OPEN, WRONG_SUM)}
_CLASHES = {c.number for c in (CLASH, TOO_EARLY, STATED_TWICE)}

BELIEVED, INCOMPLETE, RETURNED = "可以采信", "需补材料", "有矛盾，退回"


@frozen
class Audit:
    """All that an audit says of one unit."""

    scored: Scored
    rows: tuple[Row, ...]
    ties: tuple[Tie, ...]
    found: tuple[Diagnostic, ...]
    """What is wrong with the scores."""
    papers: tuple[Diagnostic, ...]
    """What was said while the facts were read, the checks that failed, and what the papers say against each other."""
    share: Share
    conclusion: str
    because: tuple[str, ...]
    """Why the conclusion is what it is, in a few words each."""


def audit(
    scored: Scored,
    table: ScoreTable | None,
    said: Sequence[Diagnostic],
    between: Sequence[Diagnostic],
    prose: Sequence[Raw] = (),
) -> Audit:
    """Audit a scored unit.

    table: the score table that was handed in beside the facts; said: what was found while the facts were read and scored;
    between: what reconciling the papers found; prose: the scores that the report states.
    """
    lines = rows(scored, claims := gathered(scored.rules, scored.facts, table, prose))
    share = of_all(lines)
    added = sums.findings(scored, claims, lines)
    summed = [label.span for d in added if d.code == sums.WRONG_SUM for label in d.labels]
    found = (*added, *differ.findings(scored, lines, summed), *backing.findings(lines, share))
    papers = _together(d for d in (*said, *between) if d.code.number not in _SAID_HERE)
    checks = ties(scored)
    conclusion, because = _concluded(share, checks, found, papers)
    return Audit(scored, lines, checks, found, papers, share, conclusion, because)


def _together(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return findings, those that say the same of different papers made one with all their places."""
    kept: dict[tuple[str, str], Diagnostic] = {}
    for one in found:
        key = (one.code.number, one.message)
        first = kept.get(key)
        if first is None:
            kept[key] = one
            continue
        more = [label for label in one.labels if label not in first.labels]
        # The rule is the same in both, and stands last.
        labels = sorted((*first.labels, *more), key=lambda label: label.text == RULE)
        kept[key] = evolve(first, labels=tuple(labels))
    return tuple(kept.values())


def _concluded(
    share: Share, checks: tuple[Tie, ...], found: tuple[Diagnostic, ...], papers: tuple[Diagnostic, ...]
) -> tuple[str, tuple[str, ...]]:
    """Return the conclusion and its reasons: a contradiction weighs more than what is lacking."""
    failed = sum(t.status == FAILED for t in checks)
    clashes = sum((d.is_error or d.code.number in _CLASHES) and not _listed(d, checks) for d in papers)
    wrong = sum(d.is_error for d in found)
    against = [
        *([f"得分不合规则或前后不合 {wrong} 处"] if wrong else []),
        *([f"勾稽不通过 {failed} 条"] if failed else []),
        *([f"材料之间或前后矛盾 {clashes} 处"] if clashes else []),
    ]
    warned = sum(t.status == WARNED for t in checks)
    open_ = sum(t.status == OPEN for t in checks)
    # What is said by points already is not said twice.
    slight = sum(not d.is_error and d.code not in (NOT_RECOMPUTABLE, NO_EVIDENCE) for d in found)
    lacking = [
        *(["有的分没有佐证"] if share.stated else []),
        *(["有的分缺事实"] if share.open else []),
        *(["有的指标没有自评"] if share.unclaimed else []),
        *([f"勾稽警告 {warned} 条要说明"] if warned else []),
        *([f"勾稽不可核 {open_} 条"] if open_ else []),
        *([f"得分上有 {slight} 处要补材料或说明"] if slight else []),
    ]
    if against:
        return RETURNED, tuple(against)
    return (INCOMPLETE, tuple(lacking)) if lacking else (BELIEVED, ())


def _listed(found: Diagnostic, checks: tuple[Tie, ...]) -> bool:
    """Return whether a finding is a failed check that is counted as one; a report may fail one that the facts do not."""
    failed = [t.title for t in checks if t.status in (FAILED, WARNED)]
    return found.code.name.startswith("check-") and any(found.message.startswith(title) for title in failed)
