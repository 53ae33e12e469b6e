"""Claimed scores against each other: within their points, adding up, no digits that the rules round away, none left blank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from zjrules.audit.claims import TOTAL, Claims
from zjrules.audit.sheet import Row
from zjrules.diag import Code, Diagnostic, Label, Severity, at
from zjrules.explain.lines import score_text
from zjrules.fact import Fact
from zjrules.num import brief, round_to
from zjrules.project import Scored
from zjrules.term.rule import Adjust, Group, Indicator, Override, RoundScore
from zjrules.trace import Step
from zjrules.value import DROPPED, Problem

OUT_OF_POINTS = Code("ZJ6050", "claim-outside-points")
WRONG_SUM = Code("ZJ6051", "claims-do-not-add-up")
BLANK = Code("ZJ6060", "scores-left-blank", Severity.WARNING)
TOO_FINE = Code("ZJ6061", "finer-than-rounded", Severity.WARNING)
MOST_NAMED = 3

Node = Group | Indicator


def findings(scored: Scored, claims: Claims, rows: tuple[Row, ...]) -> list[Diagnostic]:
    """Return what is wrong with the claims before any rule is applied to a fact."""
    found = [d for row in rows for d in _of_row(row)]
    for whose, written in (("自评", claims.own), ("复核", claims.review)):
        found += _sums(scored, whose, written)
    return found + _blank(claims, rows)


def _of_row(row: Row) -> Iterator[Diagnostic]:
    """Say of each score of a row whether it is one that its rule can give at all."""
    for whose, claim in (("自评", row.own), ("复核", row.review)):
        if claim is None or not isinstance(claim.value, Fraction):
            continue
        said = f"{whose}「{row.name}」{score_text(claim.value)} 分"
        if not 0 <= claim.value <= row.points:
            above = f"分值是 {brief(row.points)} 分，超出 {score_text(claim.value - row.points)} 分"
            message = f"{said}，{above if claim.value > row.points else '是负数'}"
            yield at(
                OUT_OF_POINTS,
                claim.span,
                message,
                "得分在 0 分和分值之间；核对分值，或是不是填错了行",
                f"{whose} {claim.shown}",
            )
        rounding = row.rounding
        if rounding is not None and rounding.mode is not None and (claim.value / rounding.quantum).denominator != 1:
            rounded = round_to(claim.value, rounding.quantum, rounding.mode)
            message = f"{said}，规则{rounding.mode.value}到 {brief(rounding.quantum)} 分，没有这样细的得分"
            yield at(TOO_FINE, claim.span, message, f"按规则舍入是 {score_text(rounded)} 分", f"{whose} {claim.shown}")


def _sums(scored: Scored, whose: str, written: Mapping[str, Fact]) -> list[Diagnostic]:
    program = scored.rules.program
    found = []
    for step in scored.claimed.groups:
        found += _under(step, whose, written)
    total = written.get(TOTAL)
    added = _added(program.groups, written)
    # What is added to the total, taken off it, put to zero or not counted makes it another number than the sum.
    plain = not any(isinstance(s, Adjust | Override) for s in program.steps) and not _drops(scored.claimed.groups)
    if total is None or added is None or not plain:
        return found
    rounding = next((s for s in program.steps if isinstance(s, RoundScore)), None)
    return found + _differ(whose, TOTAL, total, added, rounding)


def _drops(steps: tuple[Step, ...]) -> bool:
    return any((isinstance(s.value, Problem) and s.value.kind == DROPPED) or (isinstance(s.term, Group) and _drops(s.kids))
               for s in steps)  # fmt: skip


def _under(step: Step, whose: str, written: Mapping[str, Fact]) -> list[Diagnostic]:
    """Compare a group with its indicators, and an indicator that is nothing but its parts with these."""
    node = step.term
    assert isinstance(node, Group | Indicator)
    found = [d for kid in step.kids for d in _under(kid, whose, written)] if isinstance(node, Group) else []
    only_parts = isinstance(node, Indicator) and node.base is None and node.deduct is None and not node.clamps
    below = node.children if isinstance(node, Group) else node.parts if only_parts else ()
    claim, added = written.get(node.name), _added(below, written) if below else None
    if claim is None or added is None or (isinstance(node, Group) and _drops(step.kids)):
        return found
    return found + _differ(whose, node.name, claim, added, node.rounding)


def _added(nodes: tuple[Node, ...], written: Mapping[str, Fact]) -> Fraction | None:
    """Return the sum of the scores of some nodes, a group without one being the sum of its own; None where one is blank."""
    added = Fraction(0)
    for node in nodes:
        claim = written.get(node.name)
        value = claim.value if claim is not None else None
        if not isinstance(value, Fraction):
            value = _added(node.children, written) if isinstance(node, Group) else None
        if value is None:
            return None
        added += value
    return added


def _differ(whose: str, name: str, claim: Fact, added: Fraction, rounding: RoundScore | None) -> list[Diagnostic]:
    rounded = added if rounding is None or rounding.mode is None else round_to(added, rounding.quantum, rounding.mode)
    if not isinstance(claim.value, Fraction) or claim.value == rounded:
        return []
    more = "多" if claim.value > rounded else "少"
    gap = f"{more} {score_text(abs(claim.value - rounded))} 分"
    message = f"{whose}「{name}」{score_text(claim.value)} 分，下面各项加起来是 {score_text(rounded)} 分，{gap}"
    return [at(WRONG_SUM, claim.span, message, "逐项核对，改正写错的一项或合计", f"{whose} {claim.shown}")]


def _blank(claims: Claims, rows: tuple[Row, ...]) -> list[Diagnostic]:
    """Say which indicators have no score though the total has."""
    total = claims.own.get(TOTAL)
    indicators = [row for row in rows if row.kind == "indicator"]
    blank = [row.name for row in indicators if row.own is None]
    if total is None or not blank or not isinstance(total.value, Fraction):
        return []
    what = f"自评总分写了 {score_text(total.value)} 分，{len(indicators)} 个指标里 {len(blank)} 个没有写得分：{listed(blank)}"
    help_ = "每个指标都写得分；不写，总分是不是各项之和就核实不了"
    return [Diagnostic(BLANK, what, (Label(total.span, f"自评 {total.shown}"),), help_)]


def listed(names: list[str]) -> str:
    """Return the first few names and how many there are."""
    more = f" 等 {len(names)} 项" if len(names) > MOST_NAMED else ""
    return f"{'、'.join(names[:MOST_NAMED])}{more}"
