"""Claimed scores against the recomputed ones: what differs and why, what cannot be recomputed, what a review raised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from zjrules.audit import habits
from zjrules.audit.share import of_row
from zjrules.audit.sheet import Row, reviewed_facts, why, why_revised
from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.explain.findings import RULE, places
from zjrules.explain.lines import score_text
from zjrules.explain.reason import missing
from zjrules.fact import Fact
from zjrules.num import brief, round_to
from zjrules.project import Scored
from zjrules.span import Span
from zjrules.value import Problem, Unknown, range_of

NOT_RECOMPUTABLE = Code("ZJ6052", "claim-not-recomputable", Severity.WARNING)
DIFFERS = Code("ZJ6053", "claim-differs-from-rule")
AGAINST_RULE = Code("ZJ6059", "review-raised-against-rule")
BELOW_RULE = Code("ZJ6062", "review-below-rule", Severity.WARNING)
REVIEWED = Code("ZJ6064", "review-differs-from-claim", Severity.WARNING)
MOST_FACTS = 4
"""Facts that a finding points to."""


def findings(scored: Scored, rows: tuple[Row, ...], summed: Sequence[Span]) -> list[Diagnostic]:
    """Return where the claims and the reviewer's scores are not what the rules give.

    summed are the places of claims that are not the sum of what stands under them, which is why they differ.
    """
    differing = [r for r in rows if r.differs and not _said_else(r, summed)]
    found = [_differs(row, scored) for row in _deepest(rows, differing)]
    found += _open([r for r in rows if r.kind == "indicator" and r.open and r.claim is not None], rows)
    reviewed = [r for r in rows if r.reviewed is not None and _review_gap(r)]
    found += [_review(row, scored) for row in _deepest(rows, reviewed)]
    moved = [r for r in rows if r.kind in ("indicator", "part") and r.differs_from_review and not _review_gap(r)]
    return found + [_moved(row, scored) for row in _deepest(rows, moved)]


def _said_else(row: Row, summed: Sequence[Span]) -> bool:
    """Return whether it was said already that a claim is no score, no sum, or the rule's score with more digits."""
    if row.kind in ("group", "total") and row.own is not None and row.own.span in summed:
        return True
    assert row.claim is not None
    rounding = row.rounding
    if rounding is not None and rounding.mode is not None and row.own is not None:
        return (
            not 0 <= row.claim <= row.points or round_to(row.claim, rounding.quantum, rounding.mode) == row.recomputed
        )
    return not 0 <= row.claim <= row.points


def _deepest(rows: tuple[Row, ...], chosen: list[Row]) -> list[Row]:
    """Return the chosen rows without those above another one: what differs below makes what stands above differ."""
    places = [place for place, row in enumerate(rows) if any(row is one for one in chosen)]
    return [rows[p] for p in places if not any(_stands_over(rows, p, other) for other in places)]


def _stands_over(rows: tuple[Row, ...], place: int, other: int) -> bool:
    if rows[place].kind == "total":
        return other != place
    return other > place and all(row.depth > rows[place].depth for row in rows[place + 1 : other + 1])


# ---------- the unit's own ----------


def _differs(row: Row, scored: Scored) -> Diagnostic:
    assert row.claim is not None
    claim = row.own or row.implied
    assert claim is not None
    said = f"自评「{row.name}」{score_text(row.claim)} 分"
    if row.own is None:
        said += f"（由「{claim.name}」满分推得）"
    labels = (Label(claim.span, f"自评 {claim.shown}"), *_facts(row, scored))
    habit = habits.habit(row, scored.facts)
    if habit is not None:
        return Diagnostic(habit.code, f"{said}，按规则是 {score_text(row.recomputed)} 分{_gap(row)}：{habit.told}", labels,
                          "按规则改自评；数填错了的，改数")  # fmt: skip
    told = f"：{reason}" if (reason := why(row, scored)) else ""
    message = f"{said}，按规则重算是 {score_text(row.recomputed)}{_unit(row)}{_gap(row)}{told}"
    return Diagnostic(DIFFERS, message, labels, "按规则改自评；事实填错了的，改事实并附佐证")


def _unit(row: Row) -> str:
    return "" if isinstance(row.recomputed, Problem) else " 分"


def _gap(row: Row) -> str:
    gap = row.deviation
    return "" if gap is None else f"，自评{'多' if gap > 0 else '少'} {score_text(abs(gap))} 分"


def _facts(row: Row, scored: Scored) -> tuple[Label, ...]:
    """Return the places of the facts that decide a row, and of its rule."""
    if row.step is None:
        return ()
    spans = places((row.step,), scored.facts) if row.kind != "group" else []
    return (*(Label(span, text) for span, text in spans[:MOST_FACTS]), Label(row.step.term.span, RULE))


def _open(rows: list[Row], everything: tuple[Row, ...]) -> list[Diagnostic]:
    """Say once which claims cannot be recomputed, how many points rest on them and what is missing."""
    shares = [(row, of_row(row).open) for row in rows]
    known = [(row, share) for row, share in shares if share]
    if not known:
        return []
    told = "；".join(f"{row.name} {score_text(share)} 分（{_lacking(row)}）" for row, share in known)
    total = sum((share for _, share in known), Fraction(0))
    full = next(row.points for row in everything if row.kind == "total")
    message = f"{len(known)} 项自评缺事实，重算不了，共 {score_text(total)} 分（满分 {brief(full)} 分）：{told}"
    return [Diagnostic(NOT_RECOMPUTABLE, message, claimed_at(row for row, _ in known), "补齐括号里的事实，连同佐证")]


def _lacking(row: Row) -> str:
    if isinstance(row.recomputed, Unknown):
        names = missing(row.recomputed)
        more = f" 等 {len(names)} 项" if len(names) > MOST_FACTS else ""
        return f"缺 {'、'.join(names[:MOST_FACTS])}{more}"
    return score_text(row.recomputed)


def claimed_at(rows: Iterable[Row]) -> tuple[Label, ...]:
    """Return the places of the claims of some rows, each place once."""
    found: dict[tuple[str, int, object], Label] = {}
    for row in rows:
        claim: Fact | None = row.own or row.implied
        if claim is not None:
            text = f"{row.name} {claim.shown}" if row.own is not None else f"{claim.name} {claim.shown}"
            found.setdefault(
                (claim.span.source.name, claim.span.start, claim.span.source.cell), Label(claim.span, text)
            )
    return tuple(found.values())


# ---------- the reviewer's ----------


def _review_gap(row: Row) -> bool:
    """Whether the reviewer's score is none that the rules can give."""
    if isinstance(row.revised, Unknown):
        return not range_of(row.revised).holds(row.reviewed or Fraction(0))
    return isinstance(row.revised, Fraction) and row.reviewed != row.revised


def _review(row: Row, scored: Scored) -> Diagnostic:
    review = row.review
    assert review is not None
    assert row.reviewed is not None
    hull = range_of(row.revised).hull
    high = hull.hi is not None and row.reviewed > hull.hi
    own = f"把自评 {score_text(row.claim)} 分" if row.claim is not None and row.claim != row.reviewed else ""
    verb = "改成" if own else "给了"
    message = f"复核「{row.name}」{own}{verb} {score_text(row.reviewed)} 分，按规则是 {score_text(row.revised)} 分"
    reason = why_revised(row, scored)
    tail = f"：{reason}" if reason else ""
    labels = (Label(review.span, f"复核 {review.shown}"), *_facts(row, scored))
    if high:
        gap = f"，高出 {score_text(row.reviewed - (hull.hi or Fraction(0)))} 分，不合本项规则"
        help_ = "复核也要照规则：事实有变的，写在事实旁边的「复核」一栏，再算；没有变的，改回来"
        return Diagnostic(AGAINST_RULE, f"{message}{gap}{tail}", labels, help_)
    gap = f"，低了 {score_text((hull.lo or Fraction(0)) - row.reviewed)} 分"
    help_ = "扣分要有规则和事实：写明扣在哪一条，事实写在「复核」一栏"
    return Diagnostic(BELOW_RULE, f"{message}{gap}{tail}", labels, help_)


def _moved(row: Row, scored: Scored) -> Diagnostic:
    """Say of a review that keeps to the rules where it is not the unit's own score, and what the reviewer set."""
    assert row.reviewed is not None
    assert row.review is not None
    assert row.claim is not None
    gap = row.claim - row.reviewed
    changes = [
        f"「{where}」{was.shown} → {now.shown}（{now.reason}）" for where, was, now in reviewed_facts(row, scored)
    ]
    told = f"：复核改了{'、'.join(changes)}" if changes else ""
    message = f"复核「{row.name}」{score_text(row.reviewed)} 分，自评 {score_text(row.claim)} 分，"
    message += f"自评{'多' if gap > 0 else '少'} {score_text(abs(gap))} 分{told}"
    labels = (Label(row.review.span, f"复核 {row.review.shown}"), *claimed_at([row]))
    return Diagnostic(REVIEWED, message, labels, "自评照复核改；不同意的，附材料说明")
