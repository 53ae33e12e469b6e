"""What an expression can see, and where problems go."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import define, evolve, field, frozen

from zjrules.diag import Code, Diagnostic, Fix, at
from zjrules.fact import Asked, AskedLedger, Schema
from zjrules.resolve import Index
from zjrules.span import Span
from zjrules.term.expr import Body, Const, Let
from zjrules.term.rule import Param, RoundScore
from zjrules.unit import Type, Wrong


@frozen
class Scope:
    """The names around an expression: vars are 令 and inputs; row is the ledger whose row is at hand."""

    vars: Mapping[str, Type] = field(factory=dict)
    lets: Mapping[str, Let] = field(factory=dict)
    row: AskedLedger | None = None
    facts: bool = True
    """Whether facts and ledgers are visible: not inside a word."""

    def with_let(self, let: Let, kind: Type) -> Scope:
        """Return the scope with one more 令."""
        return evolve(self, vars={**self.vars, let.name: kind}, lets={**self.lets, let.name: let})


@define(eq=False)
class Checker:
    """One run over a rule set: its names, what is typed so far, and the problems found."""

    index: Index
    year: int
    schema: Schema = field(factory=lambda: Schema({}, {}))
    params: dict[str, Param] = field(factory=dict)
    bodies: dict[tuple[str, tuple[tuple[str, Type], ...]], Body | None] = field(factory=dict)
    open_words: list[str] = field(factory=list)
    """Words that are being typed, to find one that uses itself."""
    peer_rounding: RoundScore | None = None
    """舍入 同级平均, where it was said."""
    problems: list[Diagnostic] = field(factory=list)

    def report(self, code: Code, span: Span, message: str, help: str = "", fix: Fix | None = None) -> Const:
        """Note a problem, and return a stand-in that fits everywhere, so that one slip gives one message."""
        return self.add(at(code, span, message, help, fix=fix))

    def add(self, problem: Diagnostic) -> Const:
        """Note a problem once, and return the stand-in."""
        if problem not in self.problems:
            self.problems.append(problem)
        return Const(False, Wrong(), span=problem.labels[0].span)

    def fact(self, name: str) -> Asked | None:
        """Return a declared fact."""
        return self.schema.facts.get(name)
