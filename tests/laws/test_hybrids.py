"""Between two rule sets: with no change made, the old one's scores; with all, the new one's; with any of them, some score."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from random import Random

import pytest
from attrs import evolve, frozen
from books import FACTS, Made, book, checked, compiled, head, made
from given import drawn
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amended import amended, edits_of
from zjrules.diff.change import Change
from zjrules.diff.compare import Diff, compare, hybrid
from zjrules.exact.total import score
from zjrules.fact import Facts
from zjrules.inout.calendar import work_calendar
from zjrules.inout.spring import with_spring
from zjrules.mutate.book import mutants
from zjrules.mutate.change import Mutant
from zjrules.project import load
from zjrules.term.rule import Indicator, Program
from zjrules.value import Value

GOLDEN = Path(__file__).parent.parent / "golden/diff"
SEEDS = range(12)
REWRITTEN = {"令写进公式，公式抽出令"}
"""Here the new clauses are written otherwise, so that what missing facts leave open is enclosed otherwise."""


def _edited() -> dict[str, str]:
    found = {}
    for path in sorted(GOLDEN.glob("*.txt")):
        for block in re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            name, _, rest = block.partition("\n")
            found[name] = rest.partition("\n---\n")[0]
    return found


EDITED = _edited()
EDITIONS = [("hunan/2015", "hunan/2017"), ("hunan/2017", "hunan/2018"), ("hunan/2018", "yueyang/2018"),
            ("mof/2020", "hubei/2020"), ("staffing/2024-city", "staffing/2024-district")]  # fmt: skip


@cache
def _of(name: str) -> Program:
    found, _ = load(name)
    assert found is not None
    return found.program


@cache
def _diff(name: str) -> Diff:
    if name in EDITED:
        both, own = edits_of(EDITED[name])
        return compare(amended("2025", both), amended("2026", own))
    return compare(*(_of(n) for n in name.split(" → ")))


def _facts(diff: Diff, seed: int) -> Facts:
    """Return facts of both rule sets: what is asked by both, or only renamed, has one value."""
    absent = 9 if seed % 2 and diff not in map(_diff, REWRITTEN) else 0
    found = [drawn(p, seed, absent) for p in (diff.told, diff.new, diff.old)]
    facts = {name: fact for each in found for name, fact in each.facts.items()}
    return evolve(found[2], facts=facts, ledgers={n: table for each in found for n, table in each.ledgers.items()})


@frozen
class Got:
    """What a unit got: total, grades, and the score of every indicator."""

    total: Value
    grades: tuple[str, ...]
    scores: dict[str, Value]


def _scores(program: Program, facts: Facts, proved_only: bool) -> Got:
    trace = score(program, facts, with_spring(work_calendar()), proved_only)
    steps = ((s.term, s.value) for s in trace.indicators())
    return Got(trace.total, trace.grades, {n.name: v for n, v in steps if isinstance(n, Indicator)})


NAMES = [*EDITED, *(" → ".join(pair) for pair in EDITIONS)]


@pytest.mark.parametrize("name", NAMES)
def test_no_change_is_the_old_rule_set_and_all_are_the_new_one(name: str) -> None:
    diff = _diff(name)
    none, every = diff.hybrid(frozenset()), diff.hybrid(frozenset(diff.changes))
    for seed in SEEDS:
        facts = _facts(diff, seed)
        for proved in (False, True) if name not in REWRITTEN else (False,):
            old, now = _scores(diff.old, facts, proved), _scores(none, facts, proved)
            assert now == old
            new, now = _scores(diff.new, facts, proved), _scores(every, facts, proved)
            assert now == new


@pytest.mark.parametrize("name", NAMES)
def test_any_part_of_the_changes_is_a_rule_set_that_scores(name: str) -> None:
    diff, dice = _diff(name), Random(0)
    for seed in SEEDS[:6]:
        chosen = frozenset(c for c in diff.changes if dice.random() < 0.5)
        program = diff.hybrid(chosen)
        trace = score(program, _facts(diff, seed), with_spring(work_calendar()))
        assert trace.groups
        assert program.book.full == sum(g.points for g in program.groups)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_not_to_score_moves_no_score(name: str) -> None:
    diff = _diff(name)
    told = frozenset(c for c in diff.changes if not c.scores)
    program = diff.hybrid(told)
    for seed in SEEDS[::2]:  # with all facts: one that is missing is named in what is still open
        facts = _facts(diff, seed)
        old, now = _scores(diff.old, facts, False), _scores(program, facts, False)
        assert sorted(now.scores.values(), key=str) == sorted(old.scores.values(), key=str)
        assert (now.total, now.grades) == (old.total, old.grades)


def test_changes_are_the_same_in_every_comparison_of_the_same_texts() -> None:
    diff = _diff("参数：权数由 60/40 改为 50/50")
    old, new = diff.old, diff.new
    (one, _) = diff.changes
    assert isinstance(one, Change)
    between = hybrid(old, new, {one})
    assert {n: p.text for n, p in between.params.items() if "权重" in n} == {"调剂权重": "50%", "追加权重": "40%"}


LIMITED = "得分 限于(满分 × {}，下限：0 分，上限：满分)"
ENTANGLED = {
    "two ends that changed places with their names": (
        "令 低 = 1 分\n令 高 = 2 分\n得分 满分 × 丙\n限于 低 至 高", "令 低 = 2 分\n令 高 = 1 分\n得分 满分 × 丙\n限于 低 至 高",
        ["令", "令"],
    ),
    "two ticks that changed places with their names": (
        "令 低 = 1 分\n令 高 = 3 分\n清单\n凡 戊 得 低\n凡 己 得 高", "令 低 = 3 分\n令 高 = 1 分\n清单\n凡 戊 得 低\n凡 己 得 高",
        ["令", "令"],
    ),
    "names that use each other the other way round": (
        f"令 低 = 丙\n令 高 = 低 × 2\n{LIMITED.format('高')}", f"令 高 = 丙\n令 低 = 高 × 3\n{LIMITED.format('低')}", ["算法"],
    ),
    "a name that is another, where the formula makes up for it": (
        f"令 率 = 丙\n{LIMITED.format('(率 + 1)')}\n扣分\n每 1 处 丁 扣 1 分\n扣完为止",
        f"令 率 = 丙 + 1\n{LIMITED.format('率')}\n扣分\n每 1 处 丁 扣 2 分\n扣完为止", ["扣分"],
    ),
    "a new name that old ones use": (
        f"令 率 = 丙\n令 两 = 率 × 2\n{LIMITED.format('两')}",
        f"令 半 = 丙 × 50%\n令 率 = 半 + 10%\n令 两 = 率 × 3\n{LIMITED.format('两')}", ["令", "令"],
    ),
    "a name of the indicator that its parts use": (
        f"令 率 = 丙\n分项 甲项 2 分\n{LIMITED.format('率')}\n分项 乙项 2 分\n令 倍 = 率 × 2\n{LIMITED.format('倍')}",
        f"令 比 = 丙\n分项 甲项 2 分\n{LIMITED.format('比')}\n分项 乙项 2 分\n令 倍 = 比 × 3\n{LIMITED.format('倍')}", ["令"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ENTANGLED)
def test_entangled_names(name: str) -> None:
    *texts, kinds = ENTANGLED[name]
    old, new = (compiled(f"{FACTS}{head(4)}指标 第一 4 分\n{text}\n") for text in texts)
    diff = compare(old, new)
    assert [c.kind for c in diff.changes] == kinds
    for seed in range(20):
        facts = drawn(new, seed)
        assert _scores(diff.hybrid(frozenset()), facts, False) == _scores(old, facts, False)
        assert _scores(diff.hybrid(frozenset(diff.changes)), facts, False) == _scores(new, facts, False)
        for change in diff.changes:
            assert _scores(diff.hybrid({change}), facts, False).scores


@pytest.mark.parametrize("start", range(0, 60, 4))
def test_a_mutant_is_made_of_the_book_by_what_the_diff_says(start: int) -> None:
    program = amended("2025")
    for mutant in _mutants()[start::60]:
        diff = compare(program, mutant.program)
        every = diff.hybrid(frozenset(diff.changes))
        for seed in SEEDS[:4]:
            facts = _facts(diff, seed)
            got, wanted = _scores(every, facts, False), _scores(mutant.program, facts, False)
            assert got == wanted, mutant.change.said
            if not diff.changes:
                assert wanted == _scores(program, facts, False), mutant.change.said


@cache
def _mutants() -> tuple[Mutant, ...]:
    return mutants(amended("2025"))


@settings(max_examples=60, deadline=None)
@given(st.lists(made(), min_size=1, max_size=3), st.lists(made(), min_size=1, max_size=3), st.integers(0, 2**20))
def test_random_books(before: list[Made], after: list[Made], seed: int) -> None:
    """Whatever has become of what: none of the changes, all of them, and where there is none, the same scores."""
    old, new = checked(book(before))[0], checked(book(after))[0]
    assume(old is not None and new is not None)
    assert old is not None
    assert new is not None
    diff = compare(old, new)
    facts = drawn(new, seed)
    assert _scores(diff.hybrid(frozenset()), facts, False) == _scores(old, facts, False)
    assert _scores(diff.hybrid(frozenset(diff.changes)), facts, False) == _scores(new, facts, False)
    if not diff.changes:
        assert _scores(old, facts, False) == _scores(new, facts, False)
