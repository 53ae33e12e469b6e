"""复核: a unit's facts as the reviewer found them."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from zjrules.fact import Fact, Facts


def reviewed(facts: Facts) -> Facts | None:
    """Return the facts with every 复核 value in the place of the unit's own; None when nothing was reviewed."""
    if not changes(facts):
        return None
    found = {n: f.review or f for n, f in facts.facts.items()}
    ledgers = {
        n: t if t.rows is None else evolve(t, rows=tuple(_row(row) for row in t.rows)) for n, t in facts.ledgers.items()
    }
    return evolve(facts, facts=found, ledgers=ledgers)


def _row(row: Mapping[str, Fact]) -> Mapping[str, Fact]:
    return {n: f.review or f for n, f in row.items()}


def changes(facts: Facts) -> list[tuple[str, Fact, Fact]]:
    """Return what the reviewer set: where (a fact, or a ledger's row and column), the unit's value and the reviewer's."""
    found = [(n, f, f.review) for n, f in facts.facts.items() if f.review is not None]
    for name, table in facts.ledgers.items():
        for number, row in enumerate(table.rows or (), 1):
            found += [(f"{name} 第 {number} 行「{c}」", f, f.review) for c, f in row.items() if f.review is not None]
    return found
