"""The outline of a file, as the table has it: 一级指标, 二级指标, 指标, 分项 and 令; facts, ledgers and the rest beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from attrs import define, field
from lsprotocol import types as lsp

from zjrules.lsp.document import Document
from zjrules.lsp.numbering import numbers
from zjrules.lsp.state import State
from zjrules.num import brief
from zjrules.span import Span
from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd
from zjrules.syntax.expr import Ident, Quantity, Words

_KINDS = {
    sd.RuleSet: lsp.SymbolKind.Package, sd.Param: lsp.SymbolKind.Constant, sd.FactDecl: lsp.SymbolKind.Field,
    sd.LedgerDecl: lsp.SymbolKind.Struct, sd.CheckDecl: lsp.SymbolKind.Event, sd.Group: lsp.SymbolKind.Namespace,
    sd.Indicator: lsp.SymbolKind.Class, sd.Part: lsp.SymbolKind.Method, cl.Let: lsp.SymbolKind.Variable,
    sd.Total: lsp.SymbolKind.Operator, sd.Word: lsp.SymbolKind.Function, sd.Input: lsp.SymbolKind.TypeParameter,
    sd.Notice: lsp.SymbolKind.Event, sd.Amendment: lsp.SymbolKind.Key,
}  # fmt: skip


@define
class _Entry:
    """A symbol while its children are gathered."""

    name: str
    kind: lsp.SymbolKind
    detail: str
    span: Span
    named: Span
    children: list[_Entry] = field(factory=list)
    level: int = 0
    """1 and 2 for 一级指标 and 二级指标, which own what follows; 0 for what owns only what is written in it."""


def document_symbols(state: State, document: Document, _params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    """Return the outline of a document."""
    known = numbers(state, document)
    entries = _nested(_entry(d, known) for d in state.parsed(document).file.decls)
    return [_symbol(state, e) for e in entries]


def declared(decls: Iterable[sd.Decl]) -> Iterable[tuple[str, lsp.SymbolKind, Span]]:
    """Yield the name, kind and place of all that some declarations declare, 分项 and columns included."""
    stack = [_entry(d, {}) for d in decls]
    for entry in stack:
        yield entry.name, entry.kind, entry.named
        stack += entry.children


def _nested(entries: Iterable[_Entry]) -> list[_Entry]:
    """Put what follows a group under it, and make the group reach to where that ends."""
    top: list[_Entry] = []
    groups: list[_Entry] = []
    for entry in entries:
        if entry.level:
            groups = [g for g in groups if g.level < entry.level]
        elif entry.kind in (lsp.SymbolKind.Package, lsp.SymbolKind.Operator, lsp.SymbolKind.Key):
            groups = []
        (groups[-1].children if groups else top).append(entry)
        for group in groups:
            group.span = group.span.to(entry.span)
        groups += [entry] if entry.level else []
    return top


def _symbol(state: State, e: _Entry) -> lsp.DocumentSymbol:
    children = [_symbol(state, child) for child in e.children]
    return lsp.DocumentSymbol(e.name, e.kind, state.range(e.span), state.range(e.named), e.detail, children=children)


def _entry(decl: sd.Decl | sd.Part | cl.Let, known: Mapping[tuple[str, ...], str], owner: str = "") -> _Entry:
    kind = _KINDS[type(decl)]

    def entry(name: Ident | Words, detail: str, *children: _Entry, level: int = 0) -> _Entry:
        return _Entry(name.text or "（没有名称）", kind, detail, decl.span, name.span, list(children), level)

    match decl:
        case sd.RuleSet(name=name, year=year):
            return entry(name, brief(year.value) if year is not None else "")
        case sd.Group(name=name):
            return entry(name, _points(decl.points, known.get((name.text,), "")), level=decl.level)
        case sd.Indicator(name=name):
            parts = [_entry(part, known, name.text) for part in decl.parts]
            inner = [*_lets(decl.clauses), *parts]
            return entry(name, _points(decl.points, known.get((name.text,), "")), *inner)
        case sd.Part(name=name):
            return entry(name, _points(decl.points, known.get((owner, name.text), "")), *_lets(decl.clauses))
        case cl.Let(name=name) | sd.Param(name=name):
            return entry(name, f"= {_line(decl.value.span)}")
        case sd.FactDecl(name=name):
            return entry(name, decl.type.name.text)
        case sd.LedgerDecl(name=name):
            return entry(name, "明细", *(_entry(c, known) for c in decl.columns))
        case sd.CheckDecl(title=title):
            return entry(title, f"校验 {decl.severity.text}")
        case sd.Word(name=name):
            return entry(name, "词", *(_entry(let, known) for let in decl.lets))
        case sd.Total() | sd.Notice() | sd.Amendment():
            return _Entry(_line(_head(decl.span)), kind, "", decl.span, _head(decl.span))
        case _:
            assert_never(decl)


def _lets(clauses: Iterable[cl.Clause]) -> list[_Entry]:
    return [_entry(c, {}) for c in clauses if isinstance(c, cl.Let)]


def _points(points: Quantity, number: str) -> str:
    return f"{number} {brief(points.value)} 分".strip()


def _line(span: Span) -> str:
    return " ".join(span.text.split())


def _head(span: Span) -> Span:
    """Return the first line of a place."""
    end = span.source.text.find("\n", span.start, span.end)
    return span if end < 0 else Span(span.source, span.start, end)
