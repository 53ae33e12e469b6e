"""The audit's table: for the total, every group, indicator and claimed part, all scores that there are of it side by side."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from zjrules.audit.claims import TOTAL, Claims
from zjrules.explain import prose, record
from zjrules.explain.lines import Line, explained, places_of
from zjrules.explain.reason import reason
from zjrules.fact import Fact
from zjrules.project import Scored
from zjrules.review import changes
from zjrules.term.rule import Group, Indicator, RoundScore
from zjrules.trace import Step, Trace
from zjrules.value import DROPPED, Problem, Unknown, Value, range_of

FACTS = frozenset({"fact", "ledger", "row"})
"""The kinds of lines that name what a score rests on."""


@frozen
class Row:
    """One line of the table. kind is group, indicator, part or total; step is None for the total."""

    kind: str
    depth: int
    number: str
    name: str
    points: Fraction
    rounding: RoundScore | None
    own: Fact | None
    implied: Fact | None
    review: Fact | None
    recomputed: Value
    proved: Value
    revised: Value
    """What the rules give with the values that a reviewer set; the recomputed score where none were set."""
    step: Step | None
    revised_step: Step | None = None

    @property
    def claim(self) -> Fraction | None:
        """The unit's score, written or following from full marks above."""
        if self.own is not None and isinstance(self.own.value, Fraction):
            return self.own.value
        return self.points if self.implied is not None else None

    @property
    def reviewed(self) -> Fraction | None:
        """The reviewer's score."""
        return self.review.value if self.review is not None and isinstance(self.review.value, Fraction) else None

    @property
    def deviation(self) -> Fraction | None:
        """自评 - 重算, None where one of them is not known."""
        return (
            self.claim - self.recomputed if self.claim is not None and isinstance(self.recomputed, Fraction) else None
        )

    @property
    def review_rate(self) -> Fraction | None:
        """(自评 - 复核) ÷ 自评, None where one of them is not known or 自评 is 0."""
        if self.claim is None or self.reviewed is None:
            return None
        return record.deviation(self.claim, self.reviewed)

    @property
    def differs_from_review(self) -> bool:
        """Whether the reviewer's score is not the unit's."""
        return self.claim is not None and self.reviewed is not None and self.claim != self.reviewed

    @property
    def places(self) -> int:
        """How many decimals its scores are shown with."""
        return places_of(self.rounding) if self.rounding is not None else 2

    @property
    def open(self) -> bool:
        """Whether facts are missing, or the rules cannot be applied to them, so that nothing can be said of the claim."""
        if isinstance(self.recomputed, Unknown):
            return self.claim is None or range_of(self.recomputed).holds(self.claim)
        return isinstance(self.recomputed, Problem) and self.recomputed.kind != DROPPED

    @property
    def agrees(self) -> bool:
        """Whether the claim is what the rules give."""
        return self.claim is not None and self.recomputed == self.claim

    @property
    def differs(self) -> bool:
        """Whether there is a claim that the rules cannot give."""
        return self.claim is not None and not self.open and not self.agrees


def rows(scored: Scored, claims: Claims) -> tuple[Row, ...]:
    """Return the table, the total last."""
    after = scored.reviewed or scored.claimed
    found = [
        row
        for steps in zip(scored.claimed.groups, scored.proved.groups, after.groups, strict=True)
        for row in _rows(steps, claims, 0)
    ]
    rounding = next((s for s in reversed(scored.rules.program.steps) if isinstance(s, RoundScore)), None)
    full = scored.rules.program.book.full
    totals = (scored.claimed.total, scored.proved.total, after.total)
    total = Row(
        "total", 0, "", TOTAL, full, rounding, claims.own.get(TOTAL), None, claims.review.get(TOTAL), *totals, None
    )
    return (*found, total)


def _rows(steps: tuple[Step, Step, Step], claims: Claims, depth: int) -> Iterator[Row]:
    step, proved, revised = steps
    node = step.term
    assert isinstance(node, Group | Indicator)
    kind = "group" if isinstance(node, Group) else "indicator"
    yield _row(kind, depth, node, claims, steps)
    if isinstance(node, Group):
        for below in zip(step.kids, proved.kids, revised.kids, strict=True):
            yield from _rows(below, claims, depth + 1)
        return
    others = [{_name(p): p for p in parts(s)} for s in (proved, revised)]
    for part in parts(step):
        name = _name(part)
        if name in claims.own or name in claims.review:
            both = (others[0].get(name, part), others[1].get(name, part))
            assert isinstance(part.term, Indicator)
            yield _row("part", depth + 1, part.term, claims, (part, *both))


def _row(kind: str, depth: int, node: Group | Indicator, claims: Claims, steps: tuple[Step, Step, Step]) -> Row:
    own, implied, review = (x.get(node.name) for x in (claims.own, claims.implied, claims.review))
    values = (steps[0].value, steps[1].value, steps[2].value)
    return Row(
        kind,
        depth,
        node.number,
        node.name,
        node.points,
        node.rounding,
        own,
        implied,
        review,
        *values,
        steps[0],
        steps[2],
    )


def parts(step: Step) -> list[Step]:
    """Return the 分项 of an indicator that were evaluated."""
    return [
        p for kid in step.kids if isinstance(kid.term, Indicator) for p in kid.kids if isinstance(p.term, Indicator)
    ]


def _name(step: Step) -> str:
    assert isinstance(step.term, Indicator)
    return step.term.name


# ---------- why ----------


def why(row: Row, scored: Scored) -> str:
    """Return why the rules give what they give: the formula with its numbers, or what is missing."""
    if row.step is None or not isinstance(row.step.term, Indicator):
        return ""
    return _told(row.step, scored.claimed)


def why_revised(row: Row, scored: Scored) -> str:
    """Return the same with the values that a reviewer set."""
    step = row.revised_step
    if step is None or not isinstance(step.term, Indicator):
        return ""
    return _told(step, scored.reviewed or scored.claimed)


def _told(step: Step, trace: Trace) -> str:
    if isinstance(step.value, Fraction):
        return "；".join(prose.told(step, trace)) or reason(step)
    return reason(step)


def rests_on(row: Row, scored: Scored) -> list[Line]:
    """Return the facts and ledgers that decided a score, each with its value, its evidence and its place."""
    if row.step is None or not isinstance(row.step.term, Indicator):
        return []
    return [line for line in explained(row.step, scored.claimed, scored.facts) if line.kind in FACTS]


def reviewed_facts(row: Row, scored: Scored) -> list[tuple[str, Fact, Fact]]:
    """Return what a reviewer set of the facts and ledgers that a row rests on."""
    names = {line.text for line in rests_on(row, scored) if line.kind != "row"}
    return [c for c in changes(scored.facts) if c[0] in names or c[0].partition(" ")[0] in names]
