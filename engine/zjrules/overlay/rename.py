"""更名: the names of a book, and of everything in it that refers to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs
from attrs import evolve, field, frozen

from zjrules.overlay.whole import Whole
from zjrules.span import NOWHERE, Span
from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx
from zjrules.syntax.mark import Ref

Piece = TypeVar("Piece")
VALUES = ("参数", "事实", "明细")
"""Kinds whose names stand in expressions."""


@frozen
class Names:
    """Old name → new name: of what stands in expressions, of words, of indicators and groups, and of columns by ledger."""

    values: Mapping[str, str] = field(factory=dict)
    words: Mapping[str, str] = field(factory=dict)
    indicators: Mapping[str, str] = field(factory=dict)
    groups: Mapping[str, str] = field(factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(factory=dict)
    row: str = ""
    """The ledger whose row is at hand, '' for none."""

    def hiding(self, hidden: set[str]) -> Names:
        """Return the names that are not hidden by a 令 or an input of the same name."""
        return evolve(self, values={k: v for k, v in self.values.items() if k not in hidden}) if hidden else self

    def value(self, name: str) -> str:
        """Return the name that stands in an expression."""
        inside = self.columns.get(self.row, {})
        return inside.get(name) or self.values.get(name, name)


@frozen
class _Run:
    edits: dict[Span, str]

    def named(self, ident: sx.Ident, new: str) -> sx.Ident:
        if new == ident.text:
            return ident
        self.edits[ident.span] = new
        return evolve(ident, text=new)

    def walk(self, node: Any, names: Names) -> Any:
        """Return a piece of syntax with its names replaced; what has none is the same object."""
        match node:
            case tuple():
                found = tuple(self.walk(x, names) for x in node)
                return found if any(a is not b for a, b in zip(found, node, strict=True)) else node
            case sx.Name(text=text):
                new = names.value(text)
                if new != text:
                    self.edits[node.span] = new
                return node if new == text else evolve(node, text=new)
            case sx.IsNA(fact=fact) | cl.Trend(fact=fact):
                return self.with_fields(node, names, fact=self.named(fact, names.value(fact.text)))
            case cl.Gate(facts=facts):
                return self.with_fields(node, names, facts=tuple(self.named(f, names.value(f.text)) for f in facts))
            case cl.Accept(subject=sx.Ident() as subject):
                return self.with_fields(node, names, subject=self.named(subject, names.value(subject.text)))
            case Ref(kind="随", name=name):
                return node if name not in names.values else self.marked(node, names.values[name])
            case sx.Call(callee=callee):
                return self.with_fields(
                    node, names, callee=self.named(callee, names.words.get(callee.text, callee.text))
                )
            case sx.Arg() | sx.Field() | sx.Each():
                return self.of_ledger(node, names)
            case _:
                return self.declared(node, names)

    def marked(self, ref: Ref, new: str) -> Ref:
        # The place of 随 甲 is that of both words: only the second one is another.
        start = ref.span.end - len(ref.span.text.rsplit(maxsplit=1)[-1])
        self.edits[Span(ref.span.source, start, ref.span.end)] = new
        return evolve(ref, name=new)

    def of_ledger(self, node: sx.Arg | sx.Field | sx.Each, names: Names) -> Any:
        """Rename inside what looks at the rows of a ledger: there its columns are names."""
        ledger = ledger_of(node.value if isinstance(node, sx.Arg) else node.owner)
        inside = evolve(names, row=ledger or names.row)
        match node:
            case sx.Arg():
                kept = {n: self.walk(getattr(node, n), inside) for n in ("where", "except_", "weight")}
                return self.with_fields(node, names, **kept)
            case sx.Field(name=name):
                new = names.columns.get(ledger, {}).get(name.text, name.text)
                return self.with_fields(node, names, name=self.named(name, new))
            case sx.Each():
                return self.with_fields(node, names, item=self.walk(node.item, inside))

    def declared(self, node: Any, names: Names) -> Any:
        match node:
            case sd.Word():
                inner = names.hiding({i.name.text for i in node.inputs} | {x.name.text for x in node.lets})
                return self.with_fields(
                    node, inner, name=self.named(node.name, names.words.get(node.name.text, node.name.text))
                )
            case sd.Indicator() | sd.Part():
                lets = {c.name.text for c in node.clauses if isinstance(c, cl.Let)}
                new = names.indicators.get(node.name.text, node.name.text) if isinstance(node, sd.Indicator) else ""
                own = self.named(node.name, new) if new else node.name
                return self.with_fields(node, names.hiding(lets), name=own)
            case sd.Group(name=name):
                return self.with_fields(node, names, name=self.named(name, names.groups.get(name.text, name.text)))
            case sd.Param(name=name) | sd.FactDecl(name=name):
                new = (
                    names.columns[names.row].get(name.text, name.text)
                    if names.row in names.columns
                    else names.value(name.text)
                )
                return self.with_fields(node, names, name=self.named(name, new))
            case sd.LedgerDecl():
                return self.ledger(node, names)
            case _ if attrs.has(type(node)) and not isinstance(node, Span):
                return self.with_fields(node, names)
            case _:
                return node

    def ledger(self, node: sd.LedgerDecl, names: Names) -> sd.LedgerDecl:
        columns = names.columns.get(node.name.text, {})
        inside = evolve(names, columns={node.name.text: columns}, row=node.name.text)
        key = node.key and self.named(node.key, columns.get(node.key.text, node.key.text))
        name = self.named(node.name, names.values.get(node.name.text, node.name.text))
        return evolve(node, name=name, key=key, columns=self.walk(node.columns, inside))

    def with_fields(self, node: Any, names: Names, **known: Any) -> Any:
        """Return a node with some fields known and the others walked."""
        fields: tuple[attrs.Attribute[object], ...] = attrs.fields(type(node))
        found = {f.name: getattr(node, f.name) for f in fields if f.name != "span"}
        new = {n: known[n] if n in known else self.walk(v, names) for n, v in found.items()}
        return evolve(node, **new) if any(new[n] is not found[n] for n in found) else node


def ledger_of(owner: sx.Expr) -> str:
    """Return the ledger that an expression speaks of, '' for none."""
    match owner:
        case sx.Name(text=text):
            return text
        case sx.Field(owner=inner) | sx.Each(owner=inner):
            return ledger_of(inner)
        case _:
            return ""


def renamed(book: Whole, names: Names) -> Whole:
    """Return a book in which things have other names, wherever they are named."""
    edits: dict[Span, str] = {}
    run = _Run(edits)
    entries = tuple(evolve(e, decl=run.walk(e.decl, names)) for e in book.entries)
    head = run.walk(book.head, names)
    edits.pop(NOWHERE, None)
    return evolve(book, head=head, entries=entries, edits={**book.edits, **edits})
