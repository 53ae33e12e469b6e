"""Facts drawn at random where the solver gives none: plain numbers, and numbers in plain ratios to each other.

Products of facts with whole numbers (每满 1 个百分点 of a ratio of two facts) are what solvers fail at and what people meet
near plain ratios. The dice are always the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from zjrules.fact import Asked
from zjrules.margin.threshold import smallest
from zjrules.prove.example import Example, snapped
from zjrules.term import rule as tr
from zjrules.unit import MONEY_DIM, Choice, Date, Number, Scalar, Text, Truth, Year

DRAWS = 400
RATIOS = [
    Fraction(n, 100) for n in (0, 1, 5, 10, 30, 50, 60, 75, 80, 90, 95, 99, 100, 101, 105, 110, 120, 130, 150, 200)
]
SUMS = [Fraction(n) for n in (0, 1, 10_000, 50_000, 100_000, 1_000_000, 10_000_000)]
COUNTS = [Fraction(n) for n in (0, 1, 2, 3, 5, 10, 20, 99, 100, 101, 200)]


def pairs(program: tr.Program, names: Sequence[str], worlds: Sequence[str]) -> Iterator[tuple[Example, ...]]:
    """Yield examples, one for each world: the first, and others that differ in the fact that their name says (in all: no name)."""
    dice = random.Random(0)  # noqa: S311 - nothing secret is drawn
    asked = {n: program.schema.facts[n] for n in names}
    for _ in range(DRAWS):
        first = _example(asked, program.book.year, dice)
        yield tuple(_moved(first, name, asked, program.book.year, dice) for name in worlds)


def _moved(first: Example, name: str, asked: dict[str, Asked], year: int, dice: random.Random) -> Example:
    fact = name.removeprefix("*")
    if not name:
        return first
    if fact not in asked:
        return _example(asked, year, dice)
    value = first.values[fact]
    if isinstance(value, Fraction) and dice.random() < 0.7:
        return first.with_value(fact, value + smallest(asked[fact]))
    return first.with_value(fact, _value(asked[fact], year, dice, list(first.values.values())))


def _example(asked: dict[str, Asked], year: int, dice: random.Random) -> Example:
    values: dict[str, Scalar | None] = {}
    for name in dice.sample(list(asked), len(asked)):
        values[name] = _value(asked[name], year, dice, list(values.values()))
    claimed = frozenset(n for n, a in asked.items() if a.evidence and dice.random() < 0.1)
    return Example({n: values[n] for n in asked}, claimed)


def _value(asked: Asked, year: int, dice: random.Random, known: Sequence[Scalar | None]) -> Scalar | None:
    if asked.may_be_na and dice.random() < 0.1:
        return None
    match asked.type:
        case Truth():
            return dice.random() < 0.5
        case Choice(options):
            return dice.choice(options)
        case Text():
            return "甲"
        case Date():
            return Fraction(date(year, 1, 1).toordinal() + dice.randrange(-60, 500))
        case Year():
            return Fraction(year + dice.randrange(-1, 2))
        case kind:
            assert isinstance(kind, Number)
            return snapped(_number(asked, kind, dice, known), asked)


def _number(asked: Asked, kind: Number, dice: random.Random, known: Sequence[Scalar | None]) -> Fraction:
    large = SUMS if kind.dim == MONEY_DIM else COUNTS if kind.whole else RATIOS
    like = [v for v in known if isinstance(v, Fraction) and v > 1]
    if like and large is not RATIOS and dice.random() < 0.6:
        value = dice.choice(like) * dice.choice(RATIOS)
    else:
        value = dice.choice(large)
    return value + smallest(asked) * dice.choice((-1, 0, 0, 0, 1))
