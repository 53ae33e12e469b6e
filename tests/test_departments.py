"""The departments of the benchmarks: valid against the schema, many exactly on an edge; what is written by hand in numpy is right."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache

import numpy as np
import polars as pl
import pytest
from arrays import Arrays, arrays, workdays
from attrs import evolve
from by_hand_numpy import scores
from departments import departments, rules
from draw import EPOCH, is_money
from peers import with_decimal, with_polars
from peers.contest import Context
from reference import exact_cents, facts

from zjrules.compiled.program import compiled
from zjrules.exact.total import score
from zjrules.fact import Asked, Fact, Facts, State
from zjrules.inout.calendar import work_calendar
from zjrules.term.rule import Group, Indicator, Program
from zjrules.unit import Choice, Number

DEADLINE = date(2026, 5, 30).toordinal() - EPOCH


@cache
def program() -> Program:
    return rules()


@cache
def drawn() -> pl.DataFrame:
    return departments(400, 7)


def by_hand(found: Arrays) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    counted, first = workdays([d - EPOCH for d in work_calendar().days])
    return np.rint(scores(found, DEADLINE, counted, first) * 100).astype(np.int64).T


def fits(fact: Fact, asked: Asked) -> bool:
    if fact.value is None:
        return fact.state is not State.NOT_APPLICABLE or asked.may_be_na
    if isinstance(asked.type, Choice):
        return fact.value in asked.type.options
    if not isinstance(fact.value, Fraction) or isinstance(fact.value, bool):
        return True
    whole = not isinstance(asked.type, Number) or asked.type.whole
    return asked.limits.holds(fact.value) and (fact.value.denominator == 1 or not whole)


@pytest.mark.parametrize("fen", [True, False])
def test_every_value_is_what_the_schema_asks_for(fen: bool) -> None:
    frame = departments(200, 3, missing=0.1, evidence=True, fen=fen)
    schema, states, missing = program().schema, set(), 0
    for unit in facts(frame, program()):
        assert list(unit.facts) == list(schema.facts) and list(unit.ledgers) == list(schema.ledgers)
        assert all(fits(fact, schema.facts[name]) for name, fact in unit.facts.items())
        states |= {(fact.state, fact.evidence) for fact in unit.facts.values()}
        for name, table in unit.ledgers.items():
            missing += table.rows is None
            assert all(fits(f, schema.ledgers[name].columns[c]) for row in table.rows or () for c, f in row.items())
    assert {state for state, _ in states} == set(State) and len(states) == 6
    assert 20 < missing < 120
    heads = [f"{a.name}（分）" for a in schema.facts.values() if is_money(a)]
    assert all(frame.schema[h] == pl.Int64 if fen else h not in frame.columns for h in heads)


def test_a_seed_is_a_set_of_departments_and_money_is_the_same_in_both_forms() -> None:
    assert departments(50, 11).equals(departments(50, 11))
    assert not departments(50, 11).equals(departments(50, 12))
    fen, yuan = (list(facts(departments(50, 11, fen=f), program())) for f in (True, False))
    assert fen == yuan
    assert departments(5, 1, first=10)["单位"].to_list() == [f"单位{n:08}" for n in range(10, 15)]


def test_edges_are_there() -> None:
    frame = departments(4000, 5)
    fen = pl.col("固定资产原值（分）"), pl.col("在用固定资产原值（分）")
    for above, below in ((9, 10), (3, 4), (3, 5)):
        assert frame.filter(fen[1] * below == fen[0] * above, fen[0] > 0).height > 20
    assert frame.filter(fen[0] == 0).height > 20
    late = frame.select((pl.col("预算公开日") - pl.col("预算批复日")).dt.total_days()).to_series()
    assert (late == 20).sum() > 100 and (late == 21).sum() > 100
    cents = exact_cents(frame.head(400), program(), work_calendar())
    ties = 0
    for unit, found in zip(facts(frame.head(400), program()), cents, strict=True):
        spent, budget = (unit.facts[n].value for n in ("支出合计", "调整预算数"))
        assert isinstance(spent, Fraction) and isinstance(budget, Fraction)
        exact = min(1000 * spent / budget, Fraction(1000))
        ties += exact.denominator == 2 and found[-2] == exact + Fraction(1, 2)
    assert ties > 15


def unrounded() -> Program:
    """Return the rules with nothing rounded."""

    def plain(node: Group | Indicator) -> Group | Indicator:
        if isinstance(node, Group):
            return evolve(node, children=tuple(plain(c) for c in node.children))
        return evolve(node, rounding=evolve(node.rounding, mode=None))

    return evolve(program(), groups=tuple(plain(g) for g in program().groups), checks=())


def met(unit: Facts) -> bool:
    """Return whether two numbers are equal at a threshold where a float of one of them may be below it."""

    def on(part: str, whole: str, *shares: str) -> bool:
        a, b = unit.facts[part].value, unit.facts[whole].value
        return isinstance(a, Fraction) and isinstance(b, Fraction) and any(a == b * Fraction(s) for s in shares)

    return (
        on("大额预留中小企业额", "大额采购额", "0.3")
        or on("大额预留小微企业额", "大额预留中小企业额", "0.6")
        or on("食材预留额", "食材采购额", "0.1")
        or on("在用固定资产原值", "固定资产原值", "0.9", "0.75", "0.6")
    )


def test_numpy_by_hand_is_right_but_for_what_floats_do_on_an_edge() -> None:
    wrong = exact_cents(drawn(), program(), work_calendar()) - by_hand(arrays(drawn()))
    total, ties, thresholds = -1, 0, 0
    for row, unit in zip(wrong, facts(drawn(), program()), strict=True):
        assert not row[total] or row[:total].any()
        exact = [s.value for s in score(unrounded(), unit, work_calendar()).indicators()] if row.any() else []
        for gap, value in zip(row, exact, strict=False):
            assert isinstance(value, Fraction)
            tie = gap in (1, -1) and (value * 100).denominator == 2
            assert not gap or tie or met(unit), (unit.unit, gap, value)
            ties, thresholds = ties + tie, thresholds + bool(gap and not tie)
    print(f"{(wrong != 0).any(axis=1).sum()} of {len(wrong)} departments differ: {ties} ties, {thresholds} thresholds")
    assert ties > 10 and thresholds > 3


def test_what_is_compared_with_scores_the_same_rules() -> None:
    """Floats in Polars do what floats in numpy do; Decimal is wrong where 1 ÷ 3 is not exact, and nowhere else."""
    context = Context(DEADLINE, [d - EPOCH for d in work_calendar().days])
    floats, decimals = (
        np.rint(np.asarray(m.prepared(drawn(), context)(), dtype=float) * 100).T for m in (with_polars, with_decimal)
    )
    assert (floats == by_hand(arrays(drawn()))).all()
    wrong = (decimals != exact_cents(drawn(), program(), work_calendar())).any(axis=0)
    assert set(np.flatnonzero(wrong)) <= {2, 27}


@pytest.mark.slow
def test_compiled_scores_are_exact_on_20_000_departments() -> None:
    bare = evolve(program(), checks=())
    fast = compiled(bare, work_calendar())
    for unit in facts(departments(20_000, 21, na=0.0), bare):
        trace, found = score(bare, unit, work_calendar()), fast.scores(fast.values(unit))
        assert [*found.indicators, found.total] == [*(s.value for s in trace.indicators()), trace.total]


def test_the_reference_is_the_exact_engine() -> None:
    frame = drawn().head(40)
    cents = exact_cents(frame, program(), work_calendar())
    fast = compiled(program(), work_calendar())
    known = 0
    for unit, found in zip(facts(frame, program()), cents, strict=True):
        trace = score(program(), unit, work_calendar())
        assert [*(s.value for s in trace.indicators()), trace.total] == [Fraction(int(c), 100) for c in found]
        known += fast.scores(fast.values(unit)).total is not None
    assert known > 20
