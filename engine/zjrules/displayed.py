"""What a workbook displays against what it holds: a person who reads 90% must not be scored by 89.96% without being told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from attrs import evolve

from zjrules.diag import Code, Diagnostic, Diagnostics, Severity, at
from zjrules.exact.scope import WorkCalendar
from zjrules.exact.total import score
from zjrules.explain.lines import score_text
from zjrules.fact import Asked, Fact, Facts, Table
from zjrules.project import Scored
from zjrules.span import Span
from zjrules.term import rule as tr
from zjrules.trace import Step, Trace
from zjrules.unit import Number, quantity, show
from zjrules.value import Value

ANOTHER_BAND = Code("ZJ5053", "display-falls-into-another-band", Severity.WARNING)
MOST = 40
"""Facts and ledgers that are scored again by what they display."""

Changed = tuple[str, Span, str, Facts]
"""A fact or ledger, its place, what it holds, and the unit's facts with what is displayed in its place."""


def displayed(scored: Scored, calendar: WorkCalendar | None) -> Diagnostics:
    """Return where a value that is displayed rounded falls into another band, or meets another condition, than the one held."""
    found: list[Diagnostic] = []
    held: Trace | None = None
    for place, (name, span, stored, facts) in enumerate(_variants(scored.facts, scored)):
        if place == MOST:
            break
        # Both by themselves: beside other units, a rank would be known on one side only.
        held = held or score(scored.rules.program, scored.facts, calendar)
        moved = _moved(held, score(scored.rules.program, facts, calendar))
        if moved:
            texts = "，".join(f"「{n}」得 {score_text(b)}，不是 {score_text(a)}" for n, a, b in moved)
            message = f"「{name}」显示「{span.text}」，存的是 {stored}：按显示的算，{texts}"
            help_ = "得分按存的算。显示几位就存几位，或把小数位数调出来看"
            found.append(at(ANOTHER_BAND, span, message, help_))
    return tuple(found)


def _variants(facts: Facts, scored: Scored) -> Iterator[Changed]:
    schema = scored.rules.program.schema
    for name, fact in facts.facts.items():
        seen = _as_displayed(fact, schema.facts[name])
        if seen is not None and isinstance(fact.value, Fraction):
            held = show(fact.value, schema.facts[name].type)
            yield name, fact.span, held, evolve(facts, facts={**facts.facts, name: seen})
    for name, table in facts.ledgers.items():
        columns = schema.ledgers[name].columns
        rows = [_row(row, columns) for row in table.rows or ()]
        first = next((f for (_, f) in rows if f is not None), None)
        if first is not None:
            held = show(first.value, columns[first.name].type) if isinstance(first.value, Fraction) else ""
            changed: Table = evolve(table, rows=tuple(row for row, _ in rows))
            yield f"{name} {first.name}", first.span, held, evolve(facts, ledgers={**facts.ledgers, name: changed})


def _row(row: Mapping[str, Fact], columns: Mapping[str, Asked]) -> tuple[Mapping[str, Fact], Fact | None]:
    """Return a row as it is displayed, and the first of its cells that is displayed as another value."""
    seen = {name: s for name, fact in row.items() if (s := _as_displayed(fact, columns[name])) is not None}
    return ({**row, **seen}, row[next(iter(seen))]) if seen else (row, None)


def _as_displayed(fact: Fact, asked: Asked) -> Fact | None:
    """Return a fact with the value that its cell displays; None where that is the value it has."""
    if fact.span.source.cell is None or not isinstance(asked.type, Number) or not isinstance(fact.value, Fraction):
        return None
    if fact.span.text == fact.shown:
        return None
    own, shown = quantity(fact.shown.replace("，", ",")), quantity(fact.span.text)
    if own is None or shown is None:
        return None
    if not shown[2] and own[2]:
        shown = quantity(f"{fact.span.text} {own[2]}")
    if shown is None or shown[0] == fact.value or not asked.limits.holds(shown[0]):
        return None
    return evolve(fact, value=shown[0])


def _moved(held: Trace, seen: Trace) -> list[tuple[str, Value, Value]]:
    """Return the indicators that decide otherwise, with their scores by what is held and by what is displayed."""
    pairs = zip(held.indicators(), seen.indicators(), strict=True)
    return [(a.term.name, a.value, b.value) for a, b in pairs  # type: ignore[union-attr]
            if a.value != b.value and decisions(a) != decisions(b)]  # fmt: skip


def decisions(step: Step) -> tuple[object, ...]:
    """Return what was decided on the way to a score: which conditions held and which bands were taken, in order."""
    own: tuple[object, ...] = ()
    if isinstance(step.value, bool):
        own = (step.value,)
    elif isinstance(step.note, tr.Band):
        own = (step.note.span,)
    elif isinstance(step.term, tr.Bands):
        own = (str(step.note),)
    return (*own, *(d for kid in step.kids for d in decisions(kid)))
