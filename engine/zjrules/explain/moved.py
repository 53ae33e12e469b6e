"""What a score was and what it is now, between two runs over the same unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from zjrules.explain import columns
from zjrules.explain.lines import places_of
from zjrules.num import fixed
from zjrules.term import rule as tr
from zjrules.trace import Step, Trace
from zjrules.value import Value

TOTAL, GRADE = "总分", "等级"
READINGS = ("按自述", "仅有佐证", "复核")


@frozen
class Move:
    """A score that is another now, as texts; by: how much more it is, None where either is no single number."""

    was: str
    now: str
    by: Fraction | None = None

    def __str__(self) -> str:
        arrow = "" if not self.by else f" {'↑' if self.by > 0 else '↓'}{_size(abs(self.by))}"
        return f"{self.was} → {self.now}{arrow}"


def _size(by: Fraction) -> str:
    text = fixed(by, 2)
    return text if (by * 100).denominator == 1 else f"≈{text}"


Standing = Mapping[str, tuple[Value, ...]]
"""The scores of a unit by the readings of READINGS: of indicators and groups by name, of TOTAL, and the texts of GRADE."""


def standing(traces: Sequence[Trace]) -> Standing:
    """Return the scores of a unit."""
    found: dict[str, tuple[Value, ...]] = {}
    for steps in zip(*(t.groups for t in traces), strict=True):
        _below(steps, found)
    return {**found, TOTAL: tuple(t.total for t in traces), GRADE: tuple(map(columns.grades, traces))}


def _below(steps: tuple[Step, ...], found: dict[str, tuple[Value, ...]]) -> None:
    node = steps[0].term
    assert isinstance(node, tr.Group | tr.Indicator)
    found[node.name] = tuple(s.value for s in steps)
    if isinstance(node, tr.Group):
        for below in zip(*(s.kids for s in steps), strict=True):
            _below(below, found)


def move(was: Value, now: Value, places: int = 2) -> Move | None:
    """Return how a score (or a grade) moved; None where it reads as it did."""
    before, after = columns.values((was, now), places)
    by = now - was if isinstance(was, Fraction) and isinstance(now, Fraction) else None
    return Move(before, after, by) if before != after or by else None


def moves(before: Standing, traces: Sequence[Trace]) -> list[tuple[str, dict[str, Move]]]:
    """Return every indicator, the total and the grade of which a reading moved, in order, with the readings that did.

    A reading that one of the two runs does not have (a reviewer's) moves nothing; nor does what only one rule set has.
    """
    found = []
    for name, node, now in _rows(traces):
        places = places_of(node.rounding) if node is not None else 2
        pairs = zip(READINGS, before.get(name, ()), now, strict=False)
        moved = {reading: m for reading, a, b in pairs if (m := move(a, b, places)) is not None}
        if moved:
            found.append((f"{node.number}{node.name}" if node is not None else name, moved))
    return found


def _rows(traces: Sequence[Trace]) -> list[tuple[str, tr.Indicator | None, tuple[Value, ...]]]:
    rows: list[tuple[str, tr.Indicator | None, tuple[Value, ...]]] = []
    for steps in zip(*(t.indicators() for t in traces), strict=True):
        node = steps[0].term
        assert isinstance(node, tr.Indicator)
        rows.append((node.name, node, tuple(s.value for s in steps)))
    last = standing(traces)
    return [*rows, (TOTAL, None, last[TOTAL]), (GRADE, None, last[GRADE])]
