"""One choice of everything that a rule reads, as plain values, and the facts that it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from zjrules.fact import Asked, Evidence, Fact, Facts, Schema, State, Table
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.unit import Scalar

NOT_APPLICABLE = "不适用"
Cell = Scalar | None
"""A value; None is 不适用."""


@frozen
class Point:
    """Values of facts, which of them are only claimed, and the rows of ledgers."""

    values: Mapping[str, Cell]
    claimed: frozenset[str] = field(factory=frozenset)
    rows: Mapping[str, tuple[Mapping[str, Scalar], ...]] = field(factory=dict)

    def having(self, name: str, value: Cell) -> Point:
        """Return the point with another value of a fact."""
        return evolve(self, values={**self.values, name: value})

    def with_rows(self, name: str, rows: Sequence[Mapping[str, Scalar]]) -> Point:
        """Return the point with other rows in a ledger."""
        return evolve(self, rows={**self.rows, name: tuple(rows)})


@frozen
class Read:
    """What some rules read: facts, facts whose evidence is asked for, and the columns of ledgers."""

    facts: tuple[Asked, ...]
    proofs: tuple[str, ...]
    ledgers: Mapping[str, tuple[Asked, ...]]


def read_by(schema: Schema, nodes: Sequence[tr.Indicator]) -> Read:
    """Return what some indicators read, in the order of the declarations."""
    facts: set[str] = set()
    proofs = {fact for node in nodes for each in _parts(node) for gate in each.gates for fact in gate.facts}
    ledgers: set[str] = set()
    columns: set[str] = set()
    for node in (n for i in nodes for e in survey.of_indicator(i) for n in survey.deep(e)):
        match node:
            case tm.FactRef(name):
                facts.add(name)
            case tm.IsNA(fact):
                facts.add(fact)
            case tm.HasEvidence(fact):
                proofs.add(fact)
            case tm.Over(ledger=ledger) | tm.First(ledger=ledger):
                ledgers.add(ledger)
            case tm.Column(name):
                columns.add(name)
            case _:
                pass
    return Read(
        tuple(a for n, a in schema.facts.items() if n in facts | proofs),
        tuple(n for n in schema.facts if n in proofs),
        {n: tuple(a for c, a in x.columns.items() if c in columns) for n, x in schema.ledgers.items() if n in ledgers},
    )


def _parts(node: tr.Indicator) -> Iterator[tr.Indicator]:
    yield node
    for part in node.parts:
        yield from _parts(part)


def facts_at(point: Point, schema: Schema) -> Facts:
    """Return the facts that a point stands for; what it does not name is missing."""
    facts = {name: _fact(schema.facts[name], value, name in point.claimed) for name, value in point.values.items()}
    ledgers = {}
    for name, rows in point.rows.items():
        asked = schema.ledgers[name]
        cells = tuple({c: _fact(asked.columns[c], v, False) for c, v in row.items()} for row in rows)
        ledgers[name] = Table(name, cells, Evidence.PROVED if asked.evidence else Evidence.NOT_ASKED)
    return Facts("", facts, ledgers, {})


def _fact(asked: Asked, value: Cell, claimed: bool) -> Fact:
    proof = Evidence.CLAIMED if claimed else Evidence.PROVED if asked.evidence else Evidence.NOT_ASKED
    if value is None:
        return Fact(asked.name, State.NOT_APPLICABLE, None, proof, reason="说明")
    return Fact(asked.name, State.GIVEN, value, proof)


def point_of(facts: Facts, read: Read) -> Point | None:
    """Return the point of a unit's facts; None where something that is read is missing."""
    values: dict[str, Cell] = {}
    for asked in read.facts:
        fact = facts.facts.get(asked.name)
        if fact is None or fact.state is State.MISSING:
            return None
        values[asked.name] = fact.value
    rows: dict[str, tuple[Mapping[str, Scalar], ...]] = {}
    for name, columns in read.ledgers.items():
        table = facts.ledgers.get(name)
        if table is None or table.rows is None:
            return None
        # A blank cell stays blank.
        names = {a.name for a in columns}
        rows[name] = tuple(
            {c: f.value for c, f in row.items() if c in names and f.value is not None} for row in table.rows
        )
    claimed = frozenset(n for n in values if facts.facts[n].evidence is Evidence.CLAIMED)
    return Point(values, claimed, rows)
