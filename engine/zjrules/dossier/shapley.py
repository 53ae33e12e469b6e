"""Differences split over clauses by Shapley values, in exact rationals, for all units at once.

The part of a clause is the mean, over the orders in which the clauses can be made, of what it moves when its turn comes. Written
out, it is a sum over the sets of clauses that are made, each with a whole number of its own, over one number: the orders that were
looked at. Along every order what is moved adds up to the whole difference, so that the parts do, whichever orders were taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import factorial
from random import Random

import numpy as np
from attrs import frozen

from zjrules.bulk.frame import Truths
from zjrules.dossier.replay import Objects, Totals

MOST_EXACT = 8
"""Clauses of which all orders are looked at."""
ORDERS = 32
SEED = 20260101

Made = frozenset[int]
"""Clauses by their numbers, as far as they are made."""


@frozen
class Weights:
    """For every set of clauses that is scored, how often its total counts for each clause; over is to be divided by."""

    many: int
    by_set: Mapping[Made, tuple[int, ...]]
    over: int
    sampled: int = 0
    """How many orders were drawn; 0 where all were looked at."""
    seed: int = 0


@frozen(eq=False)
class Parts:
    """The parts of every unit: one column of fractions for each clause."""

    columns: tuple[Objects, ...]
    settled: Truths
    """Units whose total is settled in every set that was scored: of no others there are parts."""


def weights(many: int, orders: int = ORDERS, seed: int = SEED) -> Weights:
    """Return the weights for some clauses: of all orders up to MOST_EXACT clauses, else of orders drawn by a seed."""
    return all_orders(many) if many <= MOST_EXACT else drawn_orders(many, orders, seed)


def all_orders(many: int) -> Weights:
    """Return the weights of all orders."""
    before = [factorial(k) * factorial(many - k - 1) for k in range(many)]
    found = {}
    for bits in range(1 << many):
        made = frozenset(i for i in range(many) if bits >> i & 1)
        found[made] = tuple(before[len(made) - 1] if i in made else -before[len(made)] for i in range(many))
    return Weights(many, found, factorial(many))


def drawn_orders(many: int, orders: int, seed: int) -> Weights:
    """Return the weights of some orders, drawn by a seed."""
    dice, found = Random(seed), dict[Made, list[int]]()  # noqa: S311 - lots, not secrets
    for _ in range(orders):
        made: Made = frozenset()
        for one in dice.sample(range(many), many):
            more = made | {one}
            found.setdefault(made, [0] * many)[one] -= 1
            found.setdefault(more, [0] * many)[one] += 1
            made = more
    return Weights(many, {made: tuple(n) for made, n in found.items()}, orders, orders, seed)


def parts(found: Weights, value: Callable[[Made], Totals], size: int, seen: Callable[[int], None]) -> Parts:
    """Return the parts of so many units; value gives their totals with some clauses made, and is asked once for each set."""
    settled = np.ones(size, np.bool_)
    sums: dict[int, list[Objects]] = {}
    for done, (made, counts) in enumerate(found.by_set.items(), 1):
        totals = value(made)
        settled &= totals.settled
        mine = sums.setdefault(totals.below, [np.zeros(size, np.object_) for _ in range(found.many)])
        for clause, count in enumerate(counts):
            if count:
                mine[clause] += totals.values * count
        seen(done)
    columns = []
    for clause in range(found.many):
        column = np.full(size, Fraction(0), np.object_)
        for below, some in sums.items():
            column = column + some[clause] * Fraction(1, below * found.over)
        columns.append(column)
    return Parts(tuple(columns), settled)
