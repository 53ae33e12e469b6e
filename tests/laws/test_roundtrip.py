"""Facts → workbook → facts: nothing is lost, nothing is added, and the score is the same."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from zjrules.exact.total import score
from zjrules.fact import Asked, AskedLedger, Fact, Facts, Raw, RawFacts, RawLedger, State
from zjrules.fit import fit
from zjrules.inout.calendar import work_calendar
from zjrules.inout.workbook.databook import workbook
from zjrules.project import fitted, load, read_facts
from zjrules.ruleset import RuleSet
from zjrules.unit import MONEY_DIM, POINTS_DIM, Choice, Date, Number, Text, Truth, Year

BOOKS = ("zhanjiang/2025", "hubei/2020", "yueyang/2018", "mof/2013", "staffing/2024-city")
# A workbook takes half a second there and back: making a failing example small would take longer than reading it.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
# Reasons and names of evidence as people write them, and as nobody should.
WORDS = st.text(st.sampled_from("预算批复第一页 abc123，。：（）《》“”'\"<>&=+-@#%~|\\/"), min_size=1, max_size=30).map(
    str.strip
)
SAID = WORDS.filter(lambda t: t not in ("", "不适用", "缺失", "未填", "暂缺", "~"))


@cache
def rules(name: str) -> RuleSet:
    found, problems = load(name)
    assert found is not None, problems
    return found


def money(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02} 元"


def texts(asked: Asked) -> st.SearchStrategy[str]:
    """Return texts of values that a declaration accepts."""
    match asked.type:
        case Number(dim=d) if d == MONEY_DIM:
            return st.one_of(st.integers(0, 10**15), st.integers(1, 1000)).map(money)
        case Number(dim=d) if d == POINTS_DIM:
            return st.integers(0, 100).map(lambda n: f"{n / 100:.2f} 分")
        case Number(percent=True):
            return st.integers(0, 10_000_000).map(lambda n: f"{n // 100_000}.{n % 100_000:05}%")
        case Number(dim=()):
            return st.one_of(
                st.integers(-(10**17), 10**17).map(str),
                st.integers(0, 20_000).map(lambda n: f"{n // 100}.{n % 100:02}%"),
            )
        case Number():
            return st.integers(0, 10**6).map(str)
        case Date():
            return st.dates(date(1890, 1, 1), date(2100, 1, 1)).map(date.isoformat)
        case Truth():
            return st.sampled_from("是否")
        case Choice(options):
            return st.sampled_from(options)
        case Year():
            return st.integers(1950, 2100).map(str)
        case Text():
            return SAID
        case _:
            raise AssertionError


@st.composite
def raws(draw: st.DrawFn, asked: Asked, whole: bool) -> Raw:
    """Return a value with what stands beside it; whole: it may also be missing, not applicable or reviewed."""
    evidence, source, reason = (draw(st.one_of(st.just(""), SAID)) for _ in range(3))
    reason = draw(SAID) if asked.needs_reason else reason
    kind = draw(st.sampled_from(("值", "值", "值", "不适用", "复核"))) if whole else "值"
    if kind == "不适用" and asked.may_be_na:
        return Raw(asked.name, "", evidence, source, "", draw(SAID))
    text = draw(texts(asked))
    review = None
    if kind == "复核":
        review = Raw(asked.name, draw(texts(asked)), "", "复核", draw(SAID))
    return Raw(asked.name, text, evidence, source, reason, review=review)


@st.composite
def ledgers(draw: st.DrawFn, asked: AskedLedger) -> RawLedger:
    """Return a ledger of up to 500 rows; long ones repeat a few rows under other names."""
    some = draw(
        st.lists(st.tuples(*(raws(column, whole=False) for column in asked.columns.values())), min_size=0, max_size=3)
    )
    count = draw(st.sampled_from((len(some), len(some), 40, 500))) if some else 0
    rows = [named(some[n % len(some)], asked.key, n) for n in range(count)]
    return RawLedger(asked.name, tuple(rows), draw(st.one_of(st.just(""), SAID)))


def named(row: tuple[Raw, ...], key: str, number: int) -> tuple[Raw, ...]:
    return tuple(Raw(r.name, f"第 {number} 笔", r.evidence, r.source, r.reason) if r.name == key else r for r in row)


@st.composite
def handed(draw: st.DrawFn, book: str) -> Facts:
    """Return the facts of a unit, fitted to a rule set; values out of their declared range fall out here."""
    found = rules(book)
    schema = found.program.schema
    entries = [draw(raws(a, whole=True)) for a in schema.facts.values() if draw(st.booleans())]
    tables = [draw(ledgers(a)) for a in schema.ledgers.values() if draw(st.booleans())]
    claims = [Raw(n, f"{draw(st.integers(0, 400)) / 100:.2f}") for n in found.indicator_names() if draw(st.booleans())]
    head = {"单位": Raw("单位", "某局" + draw(SAID)), "填报日期": Raw("填报日期", "2026-05-28")}
    raw = RawFacts(head, tuple(entries), tuple(tables), tuple(claims))
    facts, _ = fit(raw, schema, found.program.book.year, found.indicator_names())
    # A review that does not fit is an error, and such facts are never written.
    whole = {n: f for n, f in facts.facts.items() if f.review is None or f.review.state is not State.MISSING}
    return evolve(facts, facts=whole)


def plain(fact: Fact) -> Any:
    beside = (fact.evidence, fact.reference, fact.source, fact.reason)
    return fact.state, fact.value, *beside, plain(fact.review) if fact.review else None


def given_facts(facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {n: plain(f) for n, f in facts.items() if f.state is not State.MISSING}


def same(before: Facts, after: Facts) -> None:
    assert after.unit == before.unit
    assert given_facts(after.facts) == given_facts(before.facts)
    assert given_facts(after.claims) == given_facts(before.claims)
    assert {n for n, t in after.ledgers.items() if t.rows is not None} == set(before.ledgers)
    for name, table in before.ledgers.items():
        again = after.ledgers[name]
        assert [given_facts(r) for r in again.rows or ()] == [given_facts(r) for r in table.rows or ()]
        assert (again.reference, again.evidence) == (table.reference, table.evidence)


def there_and_back(book: str, facts: Facts) -> None:
    found = rules(book)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "数据表.xlsx"
        path.write_bytes(workbook(found, facts))
        read, problems = read_facts(path)
    assert read is not None, problems
    again, said = fitted(read, found)
    same(facts, again)
    # What fitting said of a value that fell out is said no more; nothing else may be said but of a year that cannot be.
    assert not [d for d in (*problems, *said) if d.code.number not in ("ZJ5020", "ZJ5036", "ZJ5134")]
    calendar = work_calendar()
    first, second = (score(found.program, each, calendar) for each in (facts, again))
    assert [s.value for s in first.indicators()] == [s.value for s in second.indicators()]
    assert first.total == second.total


@given(st.data())
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@pytest.mark.parametrize("book", BOOKS)
def test_facts_come_back_as_they_were(book: str, data: st.DataObject) -> None:
    there_and_back(book, data.draw(handed(book)))


@pytest.mark.slow
@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@pytest.mark.parametrize("book", BOOKS)
def test_facts_come_back_as_they_were_many_times(book: str, data: st.DataObject) -> None:
    there_and_back(book, data.draw(handed(book)))
