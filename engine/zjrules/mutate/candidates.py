"""Values worth trying: what the rules compare with, the ends of ranges, and one smallest unit to either side of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random

from zjrules.fact import Asked
from zjrules.margin.threshold import smallest
from zjrules.mutate.point import Cell, Read
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.unit import Choice, Date, Number, Scalar, Truth, Year

Row = dict[str, Scalar]
A_DAY = Fraction(739400)
"""2025-05-29, a Thursday between holidays: where nothing else says which days matter."""
MOST = 40
"""Values of one fact that are tried."""


def constants(program: tr.Program, nodes: Sequence[tr.Indicator]) -> list[tm.Const]:
    """Return the constants that some indicators are written with, those of parameters and words too."""
    found: list[tm.Const] = []
    for node in (n for i in nodes for e in survey.of_indicator(i) for n in survey.deep(e)):
        if isinstance(node, tm.Const):
            found.append(node)
        elif isinstance(node, tm.ParamRef):
            param = program.params[node.name]
            found.append(tm.Const(param.value, param.type))
    return list({(c.value, str(c.type)): c for c in found}.values())


def cells(read: Read, near: Sequence[tm.Const]) -> dict[tuple[str, str], list[Cell]]:
    """Return the values of every column that is read, by ledger and column."""
    return {(name, a.name): values(a, near) for name, columns in read.ledgers.items() for a in columns}


def row(ledger: str, columns: Sequence[Asked], tried: Mapping[tuple[str, str], Sequence[Cell]], dice: Random) -> Row:
    """Return a row by lot; a number is often the one that stands beside it, or one smallest unit from it."""
    found: dict[str, Scalar] = {}
    for asked in columns:
        beside = [v for v in found.values() if isinstance(v, Fraction)] if isinstance(asked.type, Number) else []
        value = dice.choice(tried[ledger, asked.name])
        if beside and dice.random() < 0.3:
            value = dice.choice(beside) + dice.choice((-1, 0, 1)) * smallest(asked)
        if value is not None and fits(asked, value):
            found[asked.name] = value
    return found


def values(asked: Asked, near: Sequence[tm.Const]) -> list[Cell]:
    """Return values of a fact or column: of every option, near every constant of its kind, at the ends of its range."""
    blank: list[Cell] = [None] if asked.may_be_na else []
    match asked.type:
        case Truth():
            return [True, False, *blank]
        case Choice(options):
            return [*options, *blank]
        case Date() | Year() | Number():
            return [*_numbers(asked, near), *blank]
        case _:
            return ["文"]


def _numbers(asked: Asked, near: Sequence[tm.Const]) -> list[Fraction]:
    unit = smallest(asked)
    bounds = [c.value for c in near if isinstance(c.value, Fraction) and _alike(c, asked)]
    if isinstance(asked.type, Date):
        base = bounds[0] if bounds else A_DAY
        # How many days lie between two dates is what rules ask.
        gaps = [c.value for c in near if isinstance(c.value, Fraction) and isinstance(c.type, Number) and c.type.whole]
        bounds = [*bounds, base, *(base + sign * gap for gap in gaps for sign in (1, -1))]
    elif not isinstance(asked.type, Year):
        bounds += [Fraction(0), Fraction(1), Fraction(100)]
    hull = asked.limits.hull
    ends = [e for e in (hull.lo, hull.hi) if e is not None]
    spread = [b + k * unit for b in (*ends, *bounds) for k in (0, 1, -1)]
    return [v for v in dict.fromkeys(spread) if fits(asked, v)][:MOST]


def _alike(c: tm.Const, asked: Asked) -> bool:
    if isinstance(asked.type, Number):
        return isinstance(c.type, Number) and (c.type.dim == asked.type.dim or c.type.dim is None)
    return type(c.type) is type(asked.type)


def fits(asked: Asked, value: Scalar) -> bool:
    """Return whether the declaration of a fact allows a value."""
    if not isinstance(value, Fraction):
        return True
    whole = isinstance(asked.type, Date | Year) or (isinstance(asked.type, Number) and asked.type.whole)
    return asked.limits.holds(value) and not (whole and value.denominator != 1)


def plain(asked: Asked) -> list[Cell]:
    """Return the roundest values of a fact that its declaration allows, the roundest first."""
    match asked.type:
        case Date():
            tried = [A_DAY]
        case Year():
            tried = [Fraction(2025)]
        case Number(percent=True):
            tried = [Fraction(1), Fraction(0), Fraction(1, 2)]
        case Number():
            tried = [Fraction(n) for n in (0, 1, 10, 100, 1000, 10_000)]
        case Truth():
            return [True, False]
        case Choice(options):
            return list(options)
        case _:
            return ["文"]
    hull = asked.limits.hull
    ends = [e + k * smallest(asked) for e in (hull.lo, hull.hi) if e is not None for k in (0, 1, -1)]
    found: list[Cell] = [v for v in tried if fits(asked, v)]
    found += [v for v in ends if fits(asked, v)][:1] if not found else []
    return found
