"""Amounts typed in 万元 where 元 was meant, or the other way round, as a failed check shows them: with them so, it holds.

Only what is certain is said. The sides of the check stand more than APART times off, and are within NEAR of each other once an
amount, a column or all amounts of a side are 10^4 times as much or as little; the check then holds, in the exact engine, within
its own tolerance; and the amounts stay in their declared ranges. An inequality that any smaller number would mend is not a sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import evolve

from zjrules.exact.scope import scope_of
from zjrules.exact.total import checked as evaluated
from zjrules.fact import Asked, Fact, Facts
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.trace import Checked
from zjrules.unit import MONEY_DIM, Number

SLIP = Fraction(10_000)
APART = 1000
NEAR = 10

Amount = tuple[str, ...]
"""A fact by its name, or a ledger and its column."""


def hint(failed: Checked, program: tr.Program, facts: Facts) -> str:
    """Return what is said of slips that a failed check shows; '' where it shows none."""
    if not _off(failed) > APART:
        return ""
    found: list[tuple[str, tuple[Amount, ...]]] = []
    for some in _candidates(failed.check, program, facts):
        for unit, factor in (("万元", SLIP), ("元", 1 / SLIP)):
            # Where one amount of a side is enough, the others are left alone.
            enough = any((unit, (one,)) in found for one in some)
            if not enough and _mends(failed.check, _shifted(facts, some, factor, program), program):
                found.append((unit, some))
    said = "，或".join(f"{_named(some)}是按{unit}填的" for unit, some in found)
    return f"若{said}，勾稽就成立；" if said else ""


def _named(some: Sequence[Amount]) -> str:
    return "".join(f"「{' 的 '.join(amount)}」" for amount in some)


def _off(one: Checked) -> Fraction:
    """Return how many times as great one side of a check is as the other; 0 where that says nothing."""
    if one.check.right is None or len(one.kids) < 2:
        return Fraction(0)
    match [step.value for step in one.kids[-2:]]:
        # Truths and dates have no size, and neither has what is not known.
        case [Fraction() as left, Fraction() as right] if isinstance(one.check.left.type, Number) and left * right > 0:
            return max(left / right, right / left)
        case _:
            return Fraction(0)


def _candidates(check: tr.Check, program: tr.Program, facts: Facts) -> Iterator[tuple[Amount, ...]]:
    """Yield each amount that a check uses, then all those of a side together."""
    sides = [tuple(dict.fromkeys(_amounts(e, program, facts))) for e in (check.left, check.right) if e is not None]
    yield from ((amount,) for amount in dict.fromkeys(a for side in sides for a in side))
    yield from (side for side in sides if len(side) > 1)


def _amounts(side: tm.Expr, program: tr.Program, facts: Facts) -> Iterator[Amount]:
    for node in survey.deep(side):
        match node:
            case tm.FactRef(name=name) if _is_money(program.schema.facts[name]) and _has(facts.facts.get(name)):
                yield (name,)
            case tm.Over(ledger=ledger, item=item) if item is not None and ledger in facts.ledgers:
                columns = program.schema.ledgers[ledger].columns
                inside = (n for n in survey.deep(item) if isinstance(n, tm.Column) and n.name in columns)
                yield from ((ledger, n.name) for n in inside if _is_money(columns[n.name]))
            case _:
                pass


def _is_money(asked: Asked) -> bool:
    return isinstance(asked.type, Number) and asked.type.dim == MONEY_DIM


def _has(fact: Fact | None) -> bool:
    return fact is not None and isinstance(fact.value, Fraction) and fact.value != 0


def _shifted(facts: Facts, some: Sequence[Amount], factor: Fraction, program: tr.Program) -> Facts | None:
    """Return facts in which some amounts are factor times as much; None where one leaves its declared range."""
    values, ledgers = dict(facts.facts), dict(facts.ledgers)
    moved: list[tuple[Fact, Asked]] = []
    for amount in some:
        if len(amount) == 1:
            values[amount[0]] = one = _times(values[amount[0]], factor)
            moved.append((one, program.schema.facts[amount[0]]))
            continue
        name, column = amount
        rows = tuple(
            {n: _times(c, factor) if n == column else c for n, c in row.items()} for row in ledgers[name].rows or ()
        )
        ledgers[name] = evolve(ledgers[name], rows=rows)
        moved += [(row[column], program.schema.ledgers[name].columns[column]) for row in rows if column in row]
    fits = all(not isinstance(f.value, Fraction) or asked.limits.holds(f.value) for f, asked in moved)
    return evolve(facts, facts=values, ledgers=ledgers) if fits else None


def _times(fact: Fact, factor: Fraction) -> Fact:
    return evolve(fact, value=fact.value * factor) if isinstance(fact.value, Fraction) else fact


def _mends(check: tr.Check, facts: Facts | None, program: tr.Program) -> bool:
    """Return whether a check holds with other facts, its sides being about as great."""
    if facts is None:
        return False
    again = evaluated(check, scope_of(program, facts, None, False))
    return again.status == "通过" and 0 < _off(again) <= NEAR
