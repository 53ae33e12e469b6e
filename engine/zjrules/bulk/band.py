"""Which grades are possible between two ends of a total, written as operations: bits in the order of the book."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from zjrules.bulk.code import NO, YES, Flag, Int, RefusedError, constant
from zjrules.bulk.number import Cond, Num, exactly
from zjrules.bulk.sums import Sums
from zjrules.term import expr as tm
from zjrules.term import rule as tr


@frozen
class Limit:
    """The lower limit of a grade: ≥ or >, and the points."""

    op: str
    bound: Fraction


def limits(program: tr.Program) -> list[Limit | None]:
    """Return the limits of the grades, None for 其余; raises RefusedError where one is no constant."""
    return [None if g.limit is None else Limit(g.limit.op, _bound(program, g.limit.bound)) for g in program.grades]


def _bound(program: tr.Program, e: tm.Expr) -> Fraction:
    match e:
        case tm.Const(value=Fraction() as value):
            return value
        case tm.ParamRef(name=name) if isinstance(found := program.params[name].value, Fraction):
            return found
        case _:
            raise RefusedError


def possible(sums: Sums, low: Num, high: Num, bands: list[Limit | None]) -> Int:
    """Return the grades that a total between two ends may have, best first; every number between them counts as possible."""
    code, bits = sums.code, constant(0)
    done, top, top_open = NO, high, NO
    for number, band in enumerate(bands):
        if band is None:
            return code.bits(bits, _where(sums, code.opposite(done), number))
        bound = exactly(band.bound)
        over, at = (sums.compared(op, top, bound).flag for op in (">", "="))
        reached = code.both(at, code.opposite(top_open))
        hit = code.either(over, reached) if band.op == "≥" else over
        bits = code.bits(bits, _where(sums, code.both(hit, code.opposite(done)), number))
        # What is left lies below the bound (or, for >, up to it).
        left = sums.compared("<" if band.op == "≥" else "≤", low, bound).flag
        done = code.either(done, code.opposite(left))
        cut = Cond(code.either(over, reached))
        top = sums.chosen(cut, bound, top)
        top_open = code.picked(cut.flag, YES if band.op == "≥" else NO, top_open)
    return bits


def _where(sums: Sums, test: Flag, number: int) -> Int:
    return sums.code.chosen(test, constant(1 << number), constant(0))
