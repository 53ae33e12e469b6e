"""Who asks what in a rule set: facts, ledgers, parameters and words, by indicator and by check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import walk

TOTAL = "总评"
Names = tuple[str, ...]


@frozen
class Asks:
    """What one indicator, check or the total asks, each name once, in the order in which it is met."""

    facts: Names
    ledgers: Names
    params: Names
    words: Names


@frozen
class Uses:
    """What is asked, by the names of indicators, the titles of checks, and by 总评."""

    indicators: Mapping[str, Asks]
    checks: Mapping[str, Asks]
    total: Asks

    def of(self, kind: str, name: str) -> Names:
        """Return the indicators that ask a thing; kind is a field of Asks."""
        found = [n for n, asks in self.indicators.items() if name in getattr(asks, kind)]
        return (*found, *([TOTAL] if name in getattr(self.total, kind) else []))

    def checking(self, kind: str, name: str) -> Names:
        """Return the titles of the checks that ask a thing."""
        return tuple(t for t, asks in self.checks.items() if name in getattr(asks, kind))


def uses(program: tr.Program) -> Uses:
    """Return who asks what in a rule set."""
    return Uses(
        {n.name: _asked(survey.of_indicator(n), n) for n in survey.indicators(program.groups)},
        {c.title: _asked(e for e in (c.when, c.left, c.right) if e is not None) for c in program.checks},
        _asked(e for step in program.steps for e in survey.of_step(step)),
    )


def _asked(exprs: Iterable[tm.Expr], node: tr.Indicator | None = None) -> Asks:
    found: dict[str, dict[str, None]] = {"fact": {}, "ledger": {}, "param": {}, "word": {}}
    for gate in [g for n in (node, *node.parts) for g in n.gates] if node is not None else []:
        found["fact"] |= dict.fromkeys(gate.facts)
    for e in exprs:
        for inner in walk(e):
            match inner:
                case tm.FactRef(name=name) | tm.IsNA(fact=name) | tm.HasEvidence(fact=name):
                    found["fact"][name] = None
                case tm.Over(ledger=name) | tm.First(ledger=name):
                    found["ledger"][name] = None
                case tm.ParamRef(name=name):
                    found["param"][name] = None
                case tm.Use():
                    found["word"][inner.body.word] = None
                case _:
                    pass
    return Asks(*(tuple(found[k]) for k in ("fact", "ledger", "param", "word")))
