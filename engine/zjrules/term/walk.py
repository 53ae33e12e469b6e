"""The children and the references of kernel expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from attrs import evolve

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


def with_children(e: Expr, kids: Sequence[Expr]) -> Expr:
    """Return an expression with other operands, in the order of children."""
    match e:
        case Const() | FactRef() | ParamRef() | Var() | Column() | IsNA() | HasEvidence() | First():
            return e
        case Arith() | Cmp():
            return evolve(e, left=kids[0], right=kids[1])
        case Neg() | Not() | IsOption() | Whole() | Round() | Abs() | RollOn() | Festival() | Peers():
            return evolve(e, operand=kids[0])
        case Logic() | Extreme() | CountTrue():
            return evolve(e, operands=tuple(kids))
        case If():
            return evolve(e, test=kids[0], then=kids[1], other=kids[2])
        case Same():
            over = kids[0]
            assert isinstance(over, Over)
            return evolve(e, over=over)
        case Require():
            return evolve(e, test=kids[0], operand=kids[1])
        case Over():
            left = iter(kids)
            item, where, except_, weight = (
                None if old is None else next(left) for old in (e.item, e.where, e.except_, e.weight)
            )
            return evolve(e, item=item, where=where, except_=except_, weight=weight)
        case Workdays():
            return evolve(e, start=kids[0], end=kids[1])
        case AddWorkdays():
            return evolve(e, start=kids[0], days=kids[1])
        case Use():
            return evolve(e, args=tuple(kids))
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
