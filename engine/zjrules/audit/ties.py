"""勾稽: every check with how it came out, what it lacks, where its facts stand and which indicators rest on the same facts."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from zjrules.diag import Label
from zjrules.explain.findings import RULE, places
from zjrules.explain.reason import missing
from zjrules.project import Scored
from zjrules.reconcile.checks import uses
from zjrules.term import survey
from zjrules.trace import Checked, Step
from zjrules.unit import Number, show

PASSED, WARNED, FAILED, SKIPPED, OPEN = STATUSES = ("通过", "警告", "不通过", "跳过", "不可核")


@frozen
class Tie:
    """A check as the audit lists it. status is one of STATUSES: a check that only warns does not fail the audit."""

    status: str
    title: str
    severity: str
    difference: str
    lacking: tuple[str, ...]
    labels: tuple[Label, ...]
    """Where its facts stand, and last the rule."""
    touches: tuple[tuple[str, Fraction], ...]
    """The indicators that rest on the same facts, with their points."""


def ties(scored: Scored) -> tuple[Tie, ...]:
    """Return all checks of a scored unit, in the order of the rules."""
    used = survey.used_in(scored.rules.program)
    points = {node.name: node.points for node in scored.rules.indicators()}
    return tuple(_tie(checked, scored, used, points) for checked in scored.claimed.checks)


def _tie(checked: Checked, scored: Scored, used: dict[str, list[str]], points: dict[str, Fraction]) -> Tie:
    check = checked.check
    status = checked.status
    if status == FAILED and check.severity != "错误":
        status = WARNED
    kind = getattr(check.left, "type", None)
    difference = ""
    if status in (FAILED, WARNED) and checked.difference and isinstance(kind, Number):
        difference = show(abs(checked.difference), kind)
    names, proofs = uses(check)
    indicators = dict.fromkeys(n for fact in sorted(names | proofs) for n in used.get(fact, []) if n in points)
    labels = tuple(Label(span, text) for span, text in places(checked.kids, scored.facts))
    return Tie(
        status, check.title, check.severity, difference, tuple(_lacking(checked.kids)), (*labels, Label(check.span, RULE)),
        tuple((name, points[name]) for name in indicators),
    )  # fmt: skip


def _lacking(steps: tuple[Step, ...]) -> list[str]:
    return list(dict.fromkeys(name for step in steps for name in missing(step.value)))
