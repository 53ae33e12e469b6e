"""The form of an expression: what it says, without its place, its types and how its numbers were written.

Two expressions of one form mean the same. Sums and products have no order, a comparison no side, a 令 stands as what it is.
A form is a number: that of what it is made of, each such thing being numbered once, so that forms stay small however often a
令 is used.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import attrs
from attrs import define, field, frozen

from zjrules.term import expr as tm
from zjrules.term.walk import children
from zjrules.unit import Scalar

Form = int
_MIRROR = {"<": ">", "≤": "≥"}
_SAID_ELSEWHERE = frozenset({"type", "text", "span", "message"})


@define(eq=False)
class Table:
    """What has been numbered."""

    known: dict[Hashable, Form] = field(factory=dict)

    def of(self, *parts: Hashable) -> Form:
        """Return the number of what is made of some parts."""
        return self.known.setdefault(parts, len(self.known))


@frozen
class Reader:
    """How expressions are read; what is compared is read by readers of one table.

    A name in env stands as the form there, other names as names. params None: a parameter is its name; else it is its value.
    opened: a word is what it does, not its name.
    """

    table: Table
    params: Mapping[str, Scalar] | None = None
    opened: bool = False
    env: Mapping[str, Form] = field(factory=dict)

    def knowing(self, env: Mapping[str, Form]) -> Reader:
        """Return the reader that knows more names."""
        return attrs.evolve(self, env={**self.env, **env})

    def with_lets(self, lets: Mapping[str, tm.Let]) -> Reader:
        """Return the reader in which lets stand as what they are."""
        found = self
        for name, let in lets.items():
            found = found.knowing({name: found.of(let.value)})
        return found

    def of(self, e: tm.Expr) -> Form:
        """Return the form of an expression."""
        made = self.table.of
        match e:
            case tm.Const(value=value):
                return self.value(value)
            case tm.ParamRef(name) if self.params is not None:
                return self.value(self.params[name])
            case tm.Var(name) if name in self.env:
                return self.env[name]
            case tm.Arith("+" | "×" as op):
                return made(op, *sorted(self.of(k) for k in _terms(e, op)))
            case tm.Cmp("<" | "≤" as op, left, right):
                return made(_MIRROR[op], self.of(right), self.of(left))
            case tm.Cmp("=" | "≠" as op, left, right):
                return made(op, *sorted((self.of(left), self.of(right))))
            case tm.Cmp(op, left, right):
                return made(op, self.of(left), self.of(right))
            case tm.Use():
                return self._use(e)
            case _:
                return made(type(e).__name__, said(e), *(self.of(k) for k in children(e)))

    def value(self, value: Scalar) -> Form:
        """Return the form of a value; in Python 是 equals 1."""
        return self.table.of("值", isinstance(value, bool), value)

    def _use(self, e: tm.Use) -> Form:
        given = {name: self.of(arg) for name, arg in zip(e.body.inputs, e.args, strict=True)}
        if not self.opened:
            return self.table.of("词", e.body.word, *sorted(given.items()))
        return attrs.evolve(self, env=given).with_lets(e.body.lets).of(e.body.result)

    def body(self, body: tm.Body) -> Form:
        """Return the form of a word itself; the words in it are names."""
        inner = attrs.evolve(self, env={name: self.table.of("输入", name) for name in body.inputs})
        return self.table.of(tuple(sorted(body.inputs)), inner.with_lets(body.lets).of(body.result))


def _terms(e: tm.Expr, op: str) -> tuple[tm.Expr, ...]:
    if isinstance(e, tm.Arith) and e.op == op:
        return (*_terms(e.left, op), *_terms(e.right, op))
    return (e,)


def said(e: tm.Expr) -> tuple[Any, ...]:
    """Return what a node says beside its operands: an operation, a name, a ledger, options, and which operands are left out."""
    shape: Any = attrs.fields(type(e))
    values = ((a.name, getattr(e, a.name)) for a in shape if a.name not in _SAID_ELSEWHERE)
    return tuple((n, v) for n, v in values if not attrs.has(type(v)) and not _nodes(v))


def _nodes(value: object) -> bool:
    return isinstance(value, tuple) and any(attrs.has(type(v)) for v in value)
