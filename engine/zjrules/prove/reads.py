"""What an indicator reads: its facts and its ledgers."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.expr import Over
from zjrules.term.walk import refs


def names(node: tr.Indicator) -> frozenset[str]:
    """Return the facts that an indicator reads."""
    found = {name for e in survey.of_indicator(node) for kind, name in refs(e, {}) if kind == "fact"}
    gates = {name for part in parts(node) for gate in part.gates for name in gate.facts}
    return frozenset(found | gates)


def parts(node: tr.Indicator) -> Iterator[tr.Indicator]:
    """Yield an indicator and all its parts."""
    yield node
    for part in node.parts:
        yield from parts(part)


def ledgers(node: tr.Indicator) -> frozenset[str]:
    """Return the ledgers that an indicator adds up."""
    return frozenset(x.ledger for e in survey.of_indicator(node) for x in survey.deep(e) if isinstance(x, Over))
