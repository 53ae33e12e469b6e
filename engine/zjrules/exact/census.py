"""What all units have at one place of the rules, counted: all that rank, best and mean are made from.

It is made from the values of all units at once, or put together from parts that were counted apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, reduce
from itertools import accumulate

from attrs import field, frozen

from zjrules.interval import arith
from zjrules.interval.sets import Piece, either
from zjrules.value import (
    LEFT_OUT,
    NOT_APPLICABLE,
    Atom,
    Problem,
    Unknown,
    Value,
    apart,
    combined,
    deps_of,
    problems_of,
    range_of,
)  # fmt: skip

OUT = (NOT_APPLICABLE, LEFT_OUT)


def is_out(value: Value) -> bool:
    """Return whether a unit takes no part: what is compared does not apply to it."""
    return isinstance(value, Problem) and value.kind in OUT


def perhaps_out(value: Value) -> bool:
    """Return whether it is open that a unit takes part."""
    return isinstance(value, Unknown) and any(p.kind in OUT for p in value.problems)


@frozen
class Rest:
    """Units whose value is not known, in the order of the run. What is made of all of them is made once."""

    values: tuple[Value, ...]

    @cached_property
    def stopped(self) -> Problem | None:
        """The first that has no value."""
        return next((v for v in self.values if isinstance(v, Problem)), None)

    @cached_property
    def perhaps_out(self) -> bool:
        """Whether it is open of any that it takes part."""
        return any(perhaps_out(v) for v in self.values)

    @cached_property
    def sure(self) -> bool:
        """Whether any takes part for sure."""
        return not all(perhaps_out(v) for v in self.values)

    @cached_property
    def deps(self) -> frozenset[Atom]:
        """The missing facts that any depends on."""
        return deps_of(*self.values)

    @cached_property
    def apart(self) -> bool:
        """Whether each depends on facts of its own, and is no wider than it need be."""
        return apart(*self.values)

    @cached_property
    def problems(self) -> frozenset[Problem]:
        """What any may end in."""
        return problems_of(*self.values)

    @cached_property
    def hull(self) -> Piece | None:
        """The interval around all; None where there are none."""
        return either(*map(range_of, self.values)).hull if self.values else None

    @cached_property
    def total(self) -> Value | None:
        """The sum; None where there are none."""
        return reduce(lambda a, b: combined(arith.add, a, b), self.values) if self.values else None

    @cached_property
    def most(self) -> Value | None:
        """The greatest."""
        return reduce(lambda a, b: combined(arith.larger, a, b), self.values) if self.values else None

    @cached_property
    def least(self) -> Value | None:
        """The least."""
        return reduce(lambda a, b: combined(arith.smaller, a, b), self.values) if self.values else None


@frozen
class Census:
    """What all units have. Those to which it does not apply are not in it.

    values: what is known, each number once, ascending; upto: how many units have at most that. sums: the numerators of
    all that is known, added up by denominator. rest: the units whose value is not known, by name, in the order of the run.
    Of a mean or best the numbers between the two least and the two greatest may be left out of values.
    """

    values: tuple[Fraction, ...]
    upto: tuple[int, ...]
    sums: Mapping[int, int] = field(repr=False)
    rest: tuple[tuple[str, Value], ...] = ()

    @property
    def known(self) -> int:
        """How many units have a known value."""
        return self.upto[-1] if self.upto else 0

    @property
    def size(self) -> int:
        """How many units it applies to, or may apply to."""
        return self.known + len(self.rest)

    @cached_property
    def total(self) -> Fraction:
        """The sum of what is known, added up in pairs: numbers stay short as long as they can."""
        parts = [Fraction(above, below) for below, above in sorted(self.sums.items())] or [Fraction(0)]
        while len(parts) > 1:
            parts = [a + b for a, b in zip(parts[::2], [*parts[1::2], Fraction(0)], strict=False)]
        return parts[0]

    @cached_property
    def every(self) -> Rest:
        """All units whose value is not known."""
        return Rest(tuple(value for _, value in self.rest))

    def but(self, seen: Value, place: int | None) -> Others:
        """Return all units but one: seen is what it has here, place where it stands in rest."""
        rest = self.every if place is None else Rest((*self.every.values[:place], *self.every.values[place + 1 :]))
        return Others(self, seen if isinstance(seen, Fraction) else None, rest)


@frozen
class Others:
    """All units but one, whose known value is own."""

    census: Census
    own: Fraction | None
    rest: Rest

    @property
    def known(self) -> int:
        """How many have a known value."""
        return self.census.known - (self.own is not None)

    @property
    def total(self) -> Fraction:
        """The sum of what is known."""
        return self.census.total - (self.own or 0)

    def below(self, x: Fraction) -> int:
        """Return how many are known to have less."""
        place = bisect_left(self.census.values, x)
        return (self.census.upto[place - 1] if place else 0) - (self.own is not None and self.own < x)

    def upto(self, x: Fraction) -> int:
        """Return how many are known to have at most x."""
        place = bisect_right(self.census.values, x)
        return (self.census.upto[place - 1] if place else 0) - (self.own is not None and self.own <= x)

    def end(self, most: bool) -> Fraction | None:
        """Return the greatest or the least that is known; None where nothing is."""
        if not self.known:
            return None
        values, upto = self.census.values, self.census.upto
        place = len(values) - 1 if most else 0
        alone = upto[place] - (upto[place - 1] if place else 0) == 1
        return values[place + (-1 if most else 1)] if alone and values[place] == self.own else values[place]


def counted(values: Iterable[tuple[str, Value]]) -> Census:
    """Count what every unit has."""
    counts: Counter[Fraction] = Counter()
    rest: list[tuple[str, Value]] = []
    for name, value in values:
        if isinstance(value, Fraction):
            counts[value] += 1
        elif not is_out(value):
            rest.append((name, value))
    return census(counts, rest)


def census(counts: Mapping[Fraction, int], rest: Sequence[tuple[str, Value]]) -> Census:
    """Return a census of how many units have each number, and of those whose value is not known."""
    found = sorted(counts)
    return Census(tuple(found), tuple(accumulate(counts[v] for v in found)), sums_of(counts), tuple(rest))


def sums_of(counts: Mapping[Fraction, int]) -> dict[int, int]:
    """Return the numerators of all numbers, added up by denominator."""
    sums: dict[int, int] = {}
    for value, count in counts.items():
        sums[value.denominator] = sums.get(value.denominator, 0) + value.numerator * count
    return sums


def thin(
    ends: Mapping[Fraction, int], known: int, sums: Mapping[int, int], rest: Sequence[tuple[str, Value]]
) -> Census:
    """Return a census for mean and best alone: ends has the two least and the two greatest numbers, rightly counted."""
    values = sorted(ends)
    low, high = values[:2], [v for v in values[-2:] if v not in values[:2]]
    before = list(accumulate(ends[v] for v in low))
    after = list(accumulate((ends[v] for v in reversed(high)), initial=0))[-2::-1] if high else []
    return Census((*low, *high), (*before, *(known - n for n in after)), sums, tuple(rest))
