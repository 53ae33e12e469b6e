"""Facts for any rule set, drawn near what its rules compare with: constants, ends of ranges, zeros, equal values."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from random import Random

from zjrules.fact import Asked, Evidence, Fact, Facts, State, Table
from zjrules.term import expr as tm
from zjrules.term import survey
from zjrules.term.rule import Program
from zjrules.unit import Choice, Date, Number, Scalar, Truth, Year

DAYS = range(739252, 739980)
"""From 2025-01-01 on."""


def constants(program: Program) -> list[Fraction]:
    """Return the numbers that stand in the rules."""
    found = {p.value for p in program.params.values()}
    found |= {n.value for e in survey.of_program(program) for n in survey.deep(e) if isinstance(n, tm.Const)}
    return sorted(v for v in found if isinstance(v, Fraction))


def drawn(program: Program, seed: int, absent: int = 0) -> Facts:
    """Return facts by a seed; one in absent of them is missing (none where it is 0)."""
    dice = Random(seed)
    near = constants(program)
    pool = [Fraction(dice.randrange(1, 10**6), 100) for _ in range(4)]

    def fact(asked: Asked) -> Fact:
        if absent and dice.randrange(absent) == 0:
            return Fact(asked.name, State.MISSING, None, Evidence.NOT_ASKED)
        proof = Evidence.NOT_ASKED if not asked.evidence else dice.choice([Evidence.PROVED] * 3 + [Evidence.CLAIMED])
        return Fact(asked.name, State.GIVEN, _value(asked, dice, near, pool), proof)

    facts = {name: fact(asked) for name, asked in program.schema.facts.items()}
    tables = {}
    for name, ledger in program.schema.ledgers.items():
        count = dice.choice([0, 1, 1, 2, 3, 5, 8])
        rows = tuple({c: fact(a) for c, a in ledger.columns.items()} for _ in range(count))
        tables[name] = Table(name, rows, Evidence.NOT_ASKED)
    return Facts("某局", facts, tables, {})


def _value(asked: Asked, dice: Random, near: list[Fraction], pool: list[Fraction]) -> Scalar:
    match asked.type:
        case Truth():
            return dice.random() < 0.7
        case Choice(options):
            return dice.choice(options)
        case Date():
            return _within(asked, Fraction(dice.choice(DAYS)), dice)
        case Year():
            return _within(asked, Fraction(dice.choice([2024, 2025, 2026])), dice)
        case Number() as kind:
            value = dice.choice(_numbers(dice, near, pool))
            return _within(asked, Fraction(round(value)) if kind.whole else value, dice)
        case _:
            return "文"


def _numbers(dice: Random, near: Iterable[Fraction], pool: list[Fraction]) -> list[Fraction]:
    a, b, c = dice.choice(list(near) or [Fraction(1)]), dice.choice(pool), dice.choice(pool)
    tiny = Fraction(dice.choice([-1, 0, 1]), dice.choice([100, 10000]))
    return [Fraction(0), a, a + tiny, a * b, a * b + tiny, b, c, b + c, Fraction(dice.randrange(12)), b / c,
            Fraction(dice.randrange(0, 1300), 1000)]  # fmt: skip


def _within(asked: Asked, value: Fraction, dice: Random) -> Fraction:
    """Return a value that the declaration allows: the value itself, or one at an end."""
    if asked.limits.holds(value):
        return value
    hull = asked.limits.hull
    ends = [e for e in (hull.lo, hull.hi) if e is not None and asked.limits.holds(e)]
    inside = [
        e for e in ((hull.lo or Fraction(0)) + 1, (hull.lo or Fraction(0)) + Fraction(1, 2)) if asked.limits.holds(e)
    ]
    return dice.choice([*ends, *inside])
