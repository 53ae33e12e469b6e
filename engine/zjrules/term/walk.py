"""The children and the references of kernel expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from zjrules.term.expr import (
    Abs,
    AddWorkdays,
    Arith,
    Cmp,
    Column,
    Const,
    CountTrue,
    Expr,
    Extreme,
    FactRef,
    Festival,
    First,
    HasEvidence,
    If,
    IsNA,
    IsOption,
    Let,
    Logic,
    Neg,
    Not,
    Over,
    ParamRef,
    Peers,
    Ref,
    Require,
    RollOn,
    Round,
    Same,
    Use,
    Var,
    Whole,
    Workdays,
)  # fmt: skip


def children(e: Expr) -> tuple[Expr, ...]:
    """Return the direct operands of an expression (a word's body is not one; its arguments are)."""
    match e:
        case Const() | FactRef() | ParamRef() | Var() | Column() | IsNA() | HasEvidence() | First():
            return ()
        case Arith() | Cmp():
            return (e.left, e.right)
        case Neg() | Not() | IsOption() | Whole() | Round() | Abs() | RollOn() | Festival() | Peers():
            return (e.operand,)
        case Logic() | Extreme() | CountTrue():
            return e.operands
        case If():
            return (e.test, e.then, e.other)
        case Same():
            return (e.over,)
        case Require():
            return (e.test, e.operand)
        case Over():
            return tuple(x for x in (e.item, e.where, e.except_, e.weight) if x is not None)
        case Workdays():
            return (e.start, e.end)
        case AddWorkdays():
            return (e.start, e.days)
        case Use():
            return e.args
        case _:
            assert_never(e)


def walk(e: Expr) -> Iterator[Expr]:
    """Yield an expression and all that it is made of, outermost first."""
    yield e
    for child in children(e):
        yield from walk(child)


def refs(e: Expr, lets: Mapping[str, Let]) -> frozenset[Ref]:
    """Return what an expression depends on, through lets too."""
    found: set[Ref] = set()
    for node in walk(e):
        match node:
            case FactRef():
                found.add(("fact", node.name))
            case IsNA() | HasEvidence():
                found.add(("fact", node.fact))
            case ParamRef():
                found.add(("param", node.name))
            case Column():
                found.add(("column", node.name))
            case Var():
                found.add(("var", node.name))
                if node.name in lets:
                    found |= lets[node.name].refs
            case Over() | First():
                found.add(("ledger", node.ledger))
            case _:
                pass
    return frozenset(found)
