"""The checker and the engine agree on every book: whatever the facts, the certificate holds and says the engine's scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction

import pytest
from books import Made, book, everything, facts, made
from books import compiled as built
from given import drawn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_compiled import BOOKS, calendar, rules
from test_population import book as comparing
from test_population import unit

from zjrules import verifier
from zjrules.certificate import document
from zjrules.exact.scope import WorkCalendar
from zjrules.exact.total import population, score
from zjrules.fact import Evidence, Facts
from zjrules.term.rule import Program
from zjrules.trace import Trace
from zjrules.unit import Scalar

ORIGIN = document.Origin("0", "试验", {}, {})


def agree(
    given_facts: Facts, traces: Sequence[Trace], days: WorkCalendar | None, others: Sequence[Facts] | None
) -> int:
    """Hold the certificate to the checker and to the traces; return how many steps were only stated."""
    data = document.text(document.certificate(given_facts, traces, days, ORIGIN, others))
    code, message = verifier.verdict(data)
    assert code == 0, message
    body = json.loads(data)["凭证"]
    rows = [i for i, x in enumerate(body["核式"]["指标"]) if x["级"] == "指标"]
    for conclusion, trace in zip(body["结论"], traces, strict=True):
        for row, step in zip(rows, trace.indicators(), strict=True):
            if isinstance(step.value, Fraction):
                assert conclusion["得分"][row]["得"] == str(step.value)
    return int(body["未重推"])


def both(program: Program, given_facts: Facts, days: WorkCalendar | None) -> list[Trace]:
    """Score by what is claimed and by what has evidence."""
    return [score(program, given_facts, days), score(program, given_facts, days, proved_only=True)]


@pytest.mark.parametrize("name", BOOKS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), absent=st.sampled_from([0, 0, 3, 10]))
@example(seed=2998196, absent=10)  # hubei/2020: both readings have a total of 0 to 100, only one cannot be 中
def test_facts_near_every_edge_of_every_book(name: str, seed: int, absent: int) -> None:
    program = rules(name).program
    given_facts = drawn(program, seed, absent)
    loose = agree(given_facts, both(program, given_facts, calendar()), calendar(), None)
    cells = (c for t in given_facts.ledgers.values() for row in t.rows or () for c in row.values())
    claimed = any(f.evidence is Evidence.CLAIMED for f in (*given_facts.facts.values(), *cells))
    if not absent and not claimed and not any(_compares(name)):
        assert loose == 0


def _compares(name: str) -> list[str]:
    """Return what a book asks of other units, of which these facts know nothing."""
    return sorted(document.kernel_of(rules(name).program).writer.compared)


@settings(max_examples=60, deadline=None)
@given(st.lists(made(), min_size=1, max_size=3), everything)
def test_random_books(indicators: list[Made], values: dict[str, Scalar]) -> None:
    program = built(book(indicators))
    assert agree(facts(values), both(program, facts(values), calendar()), calendar(), None) == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=6))
def test_units_that_are_compared(values: list[tuple[int, bool]]) -> None:
    units = [unit(f"单位{i}", Fraction(value), applies) for i, (value, applies) in enumerate(values)]
    among = population(comparing(), units)
    for place, each in enumerate(units):
        trace = score(comparing(), each, among=(among, place))
        others = [other for other in units if other is not each]
        assert agree(each, (trace, trace), None, others) == 0
