"""What if: the facts with some values in place of what was handed in, and what the scores do then."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from attrs import evolve

from zjrules.diag import Diagnostics
from zjrules.explain.lines import places_of, score_text
from zjrules.fact import Evidence, Facts, Raw, RawFacts
from zjrules.fit import fit
from zjrules.inout.casefile import SUPPOSED
from zjrules.margin import said
from zjrules.project import Scored
from zjrules.span import Span
from zjrules.term import rule as tr
from zjrules.trace import Trace
from zjrules.value import Value


def entry(name: str, value: str, place: Span, where: Span) -> Raw:
    """Return a supposed value of a fact as text: place is that of the value, where that of the name."""
    not_applicable = SUPPOSED if value == "不适用" else None
    text = "" if not_applicable else value
    return Raw(name, text, SUPPOSED, reason=SUPPOSED, not_applicable=not_applicable, span=place, name_span=where)


def supposed(scored: Scored, entries: Sequence[Raw]) -> tuple[Facts, Diagnostics]:
    """Return the facts with what is supposed in place of what was handed in; its evidence stays as it is."""
    head = {"单位": Raw("单位", scored.facts.unit or SUPPOSED)}
    program = scored.rules.program
    fitted, problems = fit(RawFacts(head, tuple(entries), (), ()), program.schema, program.book.year, ())
    new = {}
    for name, fact in fitted.facts.items():
        old = scored.facts.facts.get(name)
        asked = program.schema.facts[name]
        evidence = old.evidence if old is not None else Evidence.CLAIMED if asked.evidence else Evidence.NOT_ASKED
        new[name] = evolve(fact, evidence=evidence)
    return evolve(scored.facts, facts={**scored.facts.facts, **new}), problems


def differences(
    before: Trace, after: Trace, nodes: Collection[tr.Indicator]
) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return the rows of the indicators that change (or of those asked for), and what turned in them."""
    rows: list[tuple[str, ...]] = []
    turns: list[str] = []
    for one, two in zip(before.indicators(), after.indicators(), strict=True):
        node = one.term
        assert isinstance(node, tr.Indicator)
        if node not in nodes and (nodes or one.value == two.value):
            continue
        change = moved(one.value, two.value, places_of(node.rounding))
        rows.append((f"{node.number}{node.name}", str(node.points), *change))
        turns += [f"{node.name}  {text}" for text in said.turned(one, two)]
    return rows, turns


def moved(one: Value, two: Value, places: int = 2) -> tuple[str, str, str]:
    """Return a score before and after, and by how much it moved."""
    gap = ""
    if isinstance(one, Fraction) and isinstance(two, Fraction) and one != two:
        gap = f"{'+' if two > one else '-'}{score_text(abs(two - one))}"
    return score_text(one, places), score_text(two, places), gap
