"""Other names for the same facts, ledgers, columns, parameters and words, and a program told in them."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, field, frozen

from zjrules.diff.mapped import everywhere
from zjrules.fact import Asked, AskedLedger, Schema
from zjrules.mutate.book import rewritten
from zjrules.term import expr as tm
from zjrules.term import rule as tr

Names = Mapping[str, str]


@frozen
class Renames:
    """What is called otherwise, from one rule set's names to the other's. columns are by their ledger and their own name."""

    facts: Names = field(factory=dict)
    ledgers: Names = field(factory=dict)
    columns: Mapping[tuple[str, str], str] = field(factory=dict)
    params: Names = field(factory=dict)
    words: Names = field(factory=dict)

    def __bool__(self) -> bool:
        return bool(self.facts or self.ledgers or self.columns or self.params or self.words)

    @property
    def back(self) -> Renames:
        """The same the other way round."""
        columns = {(self.ledgers.get(ledger, ledger), new): old for (ledger, old), new in self.columns.items()}
        return Renames(_back(self.facts), _back(self.ledgers), columns, _back(self.params), _back(self.words))

    def __or__(self, other: Renames) -> Renames:
        """Return both."""
        return Renames(
            {**self.facts, **other.facts}, {**self.ledgers, **other.ledgers}, {**self.columns, **other.columns},
            {**self.params, **other.params}, {**self.words, **other.words},
        )  # fmt: skip


def _back(names: Names) -> Names:
    return {new: old for old, new in names.items()}


def renamed(program: tr.Program, names: Renames) -> tr.Program:
    """Return a program with other names for some of what it asks and defines."""
    if not names:
        return program

    def change(e: tm.Expr) -> tm.Expr:
        return _expression(e, names)

    now = everywhere(program, change)
    return evolve(
        now,
        groups=tuple(_node(g, names.facts) for g in now.groups),
        params={names.params.get(n, n): evolve(p, name=names.params.get(n, n)) for n, p in program.params.items()},
        schema=_schema(program.schema, names),
    )


def _expression(e: tm.Expr, names: Renames) -> tm.Expr:
    """Return an expression in other names, its operands being in them already; columns are named where their ledger is."""
    match e:
        case tm.FactRef(name):
            return evolve(e, name=names.facts.get(name, name))
        case tm.IsNA(fact) | tm.HasEvidence(fact):
            return evolve(e, fact=names.facts.get(fact, fact))
        case tm.ParamRef(name):
            return evolve(e, name=names.params.get(name, name))
        case tm.Use(body):
            return evolve(e, body=evolve(body, word=names.words.get(body.word, body.word)))
        case tm.Over(ledger=ledger):
            now = _columns(e, ledger, names)
            assert isinstance(now, tm.Over)
            return evolve(now, ledger=names.ledgers.get(ledger, ledger))
        case tm.First(ledger, column):
            column = names.columns.get((ledger, column), column)
            return evolve(e, ledger=names.ledgers.get(ledger, ledger), column=column)
        case tm.Same(over=over, column=column):
            # The aggregate inside was told in the new names already.
            ledger = names.back.ledgers.get(over.ledger, over.ledger)
            return evolve(e, column=names.columns.get((ledger, column), column))
        case _:
            return e


def _columns(e: tm.Expr, ledger: str, names: Renames) -> tm.Expr:
    def change(inner: tm.Expr) -> tm.Expr:
        if not isinstance(inner, tm.Column):
            return inner
        return evolve(inner, name=names.columns.get((ledger, inner.name), inner.name))

    return rewritten(e, change)


def _node(node: tr.Group | tr.Indicator, names: Names) -> tr.Group | tr.Indicator:
    """Return what stands in the outline with other names where facts are named without an expression."""
    if isinstance(node, tr.Group):
        return evolve(node, children=tuple(_node(child, names) for child in node.children))
    return _indicator(node, names)


def _indicator(node: tr.Indicator, names: Names) -> tr.Indicator:
    gates = tuple(evolve(g, facts=tuple(names.get(f, f) for f in g.facts)) for g in node.gates)
    trends = tuple(evolve(t, fact=names.get(t.fact, t.fact)) for t in node.trends)
    accepts = tuple(evolve(a, subject=names.get(a.subject, a.subject)) for a in node.accepts)
    return evolve(
        node, gates=gates, trends=trends, accepts=accepts, parts=tuple(_indicator(p, names) for p in node.parts)
    )


def _schema(schema: Schema, names: Renames) -> Schema:
    facts = {names.facts.get(n, n): _asked(a, names.facts) for n, a in schema.facts.items()}
    ledgers = {names.ledgers.get(n, n): _ledger(x, names) for n, x in schema.ledgers.items()}
    return Schema(facts, ledgers, schema.elsewhere)


def _asked(asked: Asked, names: Names) -> Asked:
    return evolve(asked, name=names.get(asked.name, asked.name))


def _ledger(ledger: AskedLedger, names: Renames) -> AskedLedger:
    mine = {c: names.columns.get((ledger.name, c), c) for c in ledger.columns}
    columns = {mine[c]: evolve(a, name=mine[c]) for c, a in ledger.columns.items()}
    name = names.ledgers.get(ledger.name, ledger.name)
    return evolve(ledger, name=name, columns=columns, key=mine.get(ledger.key, ledger.key))
