"""What proving costs: the whole book against one exact evaluation of all its cases, and one changed indicator."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

from zjrules.exact.total import score
from zjrules.fact import Facts
from zjrules.inout.calendar import work_calendar
from zjrules.inout.spring import with_spring
from zjrules.project import fitted, load, read_facts
from zjrules.prove.run import Prover
from zjrules.ruleset import RuleSet

ROOT = Path(__file__).parents[2]


def _rules() -> RuleSet:
    os.chdir(ROOT)
    found, problems = load("zhanjiang/2025")
    assert found is not None, problems
    return found


def _cases(rules: RuleSet) -> list[Facts]:
    found = []
    for path in sorted((ROOT / "cases/zhanjiang-2025").glob("*.yaml")):
        handed, problems = read_facts(path)
        assert handed is not None, problems
        found.append(fitted(handed, rules)[0])
    return found


def whole_book(rounds: int = 3) -> tuple[float, float, float]:
    """Prove all of zhanjiang/2025, against scoring each of its cases once."""
    rules, calendar = _rules(), with_spring(work_calendar())
    cases = _cases(rules)
    ratios, ours, theirs = [], [], []
    for _ in range(rounds):
        start = time.perf_counter()
        for facts in cases:
            score(rules.program, facts, calendar)
        theirs.append(time.perf_counter() - start)
        start = time.perf_counter()
        prover = Prover(rules.program, calendar)
        count = sum(len(found) for _, found in prover.indicators()) + sum(1 for _ in prover.book())
        ours.append(time.perf_counter() - start)
        ratios.append(ours[-1] / theirs[-1])
        print(f"<!-- {count} 题，每秒 {count / ours[-1]:.0f} 题 -->")
    return statistics.median(ratios), statistics.median(ours), statistics.median(theirs)


def one_indicator(rounds: int = 3) -> tuple[float, float, float]:
    """Prove the slowest indicator of zhanjiang/2025 again, as after an edit, against proving an average one."""
    rules, calendar = _rules(), with_spring(work_calendar())
    slowest, average = [], []
    for _ in range(rounds):
        prover, taken = Prover(rules.program, calendar), []
        for node in rules.indicators():
            start = time.perf_counter()
            prover.about(node)
            taken.append(time.perf_counter() - start)
        slowest.append(max(taken))
        average.append(statistics.mean(taken))
    ratio = statistics.median(a / b for a, b in zip(slowest, average, strict=True))
    return ratio, statistics.median(slowest), statistics.median(average)
