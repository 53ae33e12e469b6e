"""What a rule of lint looks at: a checked rule set as it was written and as it is typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from attrs import field, frozen

from zjrules.diag import Diagnostics
from zjrules.exact import indicator
from zjrules.exact.expr import evaluate
from zjrules.exact.scope import Scope, scope_of
from zjrules.fact import Asked, Facts
from zjrules.span import Span
from zjrules.syntax import decl as sd
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import refs
from zjrules.value import Value

Declared = TypeVar("Declared", bound=sd.Decl)


@frozen(slots=False, eq=False)
class Book:
    """A checked rule set, or (whole is false) files of words and shared facts that are none."""

    program: tr.Program
    files: tuple[sd.File, ...]
    told: Diagnostics = ()
    """What the checker said, which lint does not say again."""
    whole: bool = True

    def declared(self, kind: type[Declared]) -> Iterator[Declared]:
        """Yield the rule set's own declarations of a kind, in order."""
        for file in self.files:
            yield from (d for d in file.decls if isinstance(d, kind))

    @cached_property
    def written(self) -> frozenset[str]:
        """The names of the rule set's own files."""
        return frozenset(file.span.source.name for file in self.files)

    def owns(self, span: Span) -> bool:
        """Return whether a place lies in one of the rule set's own files."""
        return span.source.name in self.written

    def indicators(self) -> Iterator[tr.Indicator]:
        """Yield the indicators in order."""
        return survey.indicators(self.program.groups)

    def scored(self) -> Iterator[Part]:
        """Yield whatever has a way of scoring of its own: indicators, or their parts where they have some."""
        for node in self.indicators():
            for part in node.parts or (node,):
                yield Part(part, node, {**node.lets, **part.lets})

    @cached_property
    def used(self) -> Mapping[str, list[str]]:
        """For every fact and ledger what uses it: names of indicators, 勾稽, 总评."""
        return survey.used_in(self.program)

    def scores(self, name: str) -> bool:
        """Return whether a fact or ledger can reach a score; in a library, which scores nothing, each may."""
        return not self.whole or any(where != "勾稽" for where in self.used.get(name, ()))

    def asked(self) -> Iterator[Asked]:
        """Yield the facts that the rule set's own files declare, columns of ledgers left out."""
        yield from (a for a in self.program.schema.facts.values() if self.owns(a.span))

    @cached_property
    def blank(self) -> Scope:
        """A scope in which every fact is missing: what holds in it holds for all facts."""
        return scope_of(self.program, Facts("", {}, {}, {}), None, proved_only=False)

    def possible(self, e: tm.Expr, inside: Part | None = None) -> Value:
        """Return what an expression can be, whatever the facts are."""
        scope = self.blank
        if inside is not None:
            scope = indicator.inside(inside.indicator, scope)
            scope = indicator.inside(inside.node, scope) if inside.node is not inside.indicator else scope
        scope.run.steps = 0
        return evaluate(e, scope).value

    def was_told(self, span: Span, *numbers: str) -> bool:
        """Return whether the checker reported one of some codes inside a place."""
        return any(d.code.number in numbers and _inside(d.labels[0].span, span) for d in self.told if d.labels)


@frozen(eq=False)
class Part:
    """An indicator or 分项 with a way of scoring; indicator is the one that it is of, or itself."""

    node: tr.Indicator
    indicator: tr.Indicator
    lets: Mapping[str, tm.Let] = field(factory=dict)

    def exprs(self) -> Iterator[tm.Expr]:
        """Yield its expressions, its own 令 included."""
        yield from survey.own(self.node)
        yield from (let.value for let in self.node.lets.values())

    def facts(self) -> frozenset[str]:
        """Return the facts and ledgers that it uses, through 令 too."""
        found = {r for e in self.exprs() for r in refs(e, self.lets)}
        gated = {name for gate in self.node.gates for name in gate.facts}
        return frozenset(name for kind, name in found if kind in ("fact", "ledger")) | gated


def head(span: Span) -> Span:
    """Return the first line of a place."""
    end = span.source.text.find("\n", span.start, span.end)
    return span if end < 0 else Span(span.source, span.start, end)


def said(e: tm.Expr) -> str:
    """Return an expression as it was written, on one line."""
    return " ".join(e.span.text.split())


def _inside(inner: Span, outer: Span) -> bool:
    return inner.source.name == outer.source.name and outer.start <= inner.start and inner.end <= outer.end
