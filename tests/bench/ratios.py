"""What things cost, as ratios within one run: ``make bench``. The machines are noisy, so medians of paired ratios are printed."""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import openpyxl
from attrs import evolve
from by_hand import scores
from by_hand_integers import flat
from by_hand_integers import scores as integer_scores
from lark import Lark, Token
from lark.lexer import Lexer

import proofs
from zjrules import verifier
from zjrules.build import build, grammar_text, the_parser
from zjrules.case import wishes
from zjrules.certificate import document
from zjrules.compiled.program import compiled
from zjrules.exact.total import score
from zjrules.fact import Facts, Schema
from zjrules.inout.asset import asset, standard
from zjrules.inout.calendar import work_calendar
from zjrules.library import drawn_on
from zjrules.mutate.bench import Signed, bench
from zjrules.mutate.book import mutants
from zjrules.num import fold
from zjrules.project import fitted, load, read_facts, score_units, texts
from zjrules.read.lexer import tokens
from zjrules.read.parser import DECLARATIONS
from zjrules.span import Source
from zjrules.term.rule import Program

ROOT = Path(__file__).parents[2]
REAL = ROOT / "cases/zhanjiang-2025/01-real-report.yaml"
FULL = ROOT / "cases/zhanjiang-2025/05-full-department.yaml"
# Bytecode as an installed program has it, whatever the shell says.
ENV = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "ZJRULES_NO_CACHE")}
Job = Callable[[], object]


def paired(job: Job, baseline: Job, rounds: int, before: Job = lambda: None) -> tuple[float, float, float]:
    """Return the median ratio of two jobs run in turn, and the median seconds of each."""
    ratios, ours, theirs = [], [], []
    for _ in range(rounds):
        theirs.append(_timed(baseline))
        before()
        ours.append(_timed(job))
        ratios.append(ours[-1] / theirs[-1])
    return statistics.median(ratios), statistics.median(ours), statistics.median(theirs)


def _timed(job: Job) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


class _Bare(Lexer):
    """Our tokens for Lark's own parse loop, which knows no keyword that is also a name."""

    def __init__(self, conf: Any) -> None:
        self.conf = conf

    def lex(self, data: str) -> Iterator[Token]:  # type: ignore[override]
        yield from tokens(Source("x", str(data)), the_parser().lex)[0]


def reading() -> tuple[float, float, float]:
    """Read the book and the standard words, checked and lowered, against Lark's parse of the same text with positions."""
    files = [Source(p.name, p.read_text("utf-8")) for p in sorted((asset("rules") / "zhanjiang/2025").glob("*.zj"))]
    std, _ = drawn_on(files, [Source(p.name, p.read_text("utf-8")) for p in standard()])
    bare = Lark(grammar_text(), parser="lalr", lexer=_Bare, start=["decl"], propagate_positions=True)
    pieces = [piece for source in (*files, *std) for piece in _declarations(source)]

    def parse() -> None:
        for piece in pieces:
            bare.parse(piece, start="decl")

    return paired(lambda: build(files, std), parse, 30)


def _declarations(source: Source) -> list[str]:
    found = tokens(source, the_parser().lex)[0]
    cuts = [t.start_pos or 0 for t in found if t.type in DECLARATIONS]
    text = fold(source.text)
    return [text[a:b] for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]


def _department() -> tuple[Program, Facts, dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Return the rules and one department whose facts are all there, as facts and as plain values."""
    rules, _ = load("zhanjiang/2025")
    handed, _ = read_facts(FULL)
    assert rules is not None
    assert handed is not None
    facts, _ = fitted(handed, rules)
    values = {name: fact.value for name, fact in facts.facts.items()}
    ledgers = {
        name: [{c: f.value for c, f in row.items()} for row in table.rows or ()]
        for name, table in facts.ledgers.items()
    }
    return evolve(rules.program, checks=()), facts, values, ledgers


def scoring() -> tuple[float, float, float]:
    """Score one department whose facts are all there, with its trace, against the same rules written by hand."""
    program, facts, values, ledgers = _department()
    calendar = work_calendar()
    deadline = date(2026, 5, 30).toordinal()

    def by_hand() -> list[Fraction]:
        return scores(values, ledgers, deadline, calendar.days)

    def ours() -> list[Fraction]:
        return [cast(Fraction, s.value) for s in score(program, facts, calendar).indicators()]

    assert ours() == by_hand(), "the two must agree"
    many = 20
    return paired(lambda: [ours() for _ in range(many)], lambda: [by_hand() for _ in range(many)], 30)


def scoring_fast() -> tuple[float, float, float]:
    """Score the same department without a trace, by the compiled rules, against the same rules by hand in integers."""
    program, facts, values, ledgers = _department()
    calendar = work_calendar()
    deadline = date(2026, 5, 30).toordinal()
    fast = compiled(program, calendar)
    ready, (flat_facts, flat_rows) = fast.values(facts), flat(values, ledgers)
    found, (by_hand, total) = fast.scores(ready), integer_scores(flat_facts, flat_rows, deadline, calendar.days)
    assert found.indicators == tuple(Fraction(c, 100) for c in by_hand), "the two must agree"
    assert found.total == Fraction(total, 100)
    many = 1000

    def theirs() -> None:
        for _ in range(many):
            integer_scores(flat_facts, flat_rows, deadline, calendar.days)

    return paired(lambda: [fast.integers(ready) for _ in range(many)], theirs, 30)


def certificates(part: str) -> tuple[float, float, float]:
    """Write, or check, the certificate of one department in both readings, against scoring it in both."""
    rules, _ = load("zhanjiang/2025")
    handed, _ = read_facts(FULL)
    assert rules is not None
    assert handed is not None
    facts, _ = fitted(handed, rules)
    calendar = work_calendar()
    scored = score_units(rules, (facts,), calendar)[0]
    kernel = document.kernel_of(rules.program)

    def write() -> bytes:
        origin = document.Origin("0", rules.id, {}, {})
        traces = (scored.claimed, scored.proved)
        return document.text(document.certificate(facts, traces, calendar, origin, kernel=kernel))

    data = write()
    assert verifier.verdict(data)[0] == 0
    print(f"<!-- 凭证 {len(data) // 1024} KB，{len(json.loads(data)['凭证']['步骤'])} 步 -->")
    jobs: dict[str, Job] = {"write": write, "check": lambda: verifier.check(data)}
    return paired(jobs[part], lambda: score_units(rules, (facts,), calendar), 30)


def starting(state: str) -> tuple[float, float, float]:
    """Run a whole ``zjrules check`` of the real case against the imports that no such program can do without."""
    check = [sys.executable, "-m", "zjrules.cli.main", "check", str(REAL)]
    base = [sys.executable, "-c", "import attrs, click, rich.console, yaml"]
    with tempfile.TemporaryDirectory() as folder:
        env = {**ENV, "XDG_CACHE_HOME": folder}

        def run(command: list[str]) -> Job:
            return lambda: subprocess.run(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)

        def forget() -> None:
            cache = Path(folder) / "zjrules"
            if state == "first":
                shutil.rmtree(cache, ignore_errors=True)
            if state == "cold":
                for path in cache.glob("rules-*"):
                    path.unlink()

        run(check)()
        return paired(run(check), run(base), 20, forget)


def a_workbook(path: Path, formulas: bool) -> Schema:
    """Write a workbook of 200 facts and a ledger of 5,000 rows; return what would ask for it."""
    rules, _ = load("zhanjiang/2025")
    assert rules is not None
    money, contracts = rules.program.schema.facts["支出合计"], rules.program.schema.ledgers["采购合同"]
    asked = {f"事实{n}": evolve(money, name=f"事实{n}") for n in range(200)}
    book = openpyxl.Workbook()
    sheet, ledger = book.worksheets[0], book.create_sheet("采购合同")
    sheet.append(["名称", "值", "单位", "佐证材料"])
    for n, name in enumerate(asked):
        sheet.append([name, f"=100+{n}" if formulas and n < 20 else 1000.25 + n, "元", f"决算 第 {n} 页"])
    ledger.append(list(contracts.columns))
    for n in range(5000):
        ledger.append([f"合同 {n}", date(2025, 3, 1), "是", date(2025, 4, 1), "是", date(2025, 4, 9)])
    book.save(path)
    return Schema(asked, {"采购合同": contracts})


def workbooks(formulas: bool) -> tuple[float, float, float]:
    """Read a workbook to texts with places, against two full loads by openpyxl, of its values and of its formulas."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "数据表.xlsx"
        schema = a_workbook(path, formulas)

        def ours() -> None:
            handed, problems = read_facts(path)
            assert handed is not None, problems
            raw, _ = texts(handed, schema, ())
            assert len(raw.ledgers[0].rows) == 5000 and len(raw.facts) == 200

        def loads() -> None:
            for data_only in (True, False):
                openpyxl.load_workbook(path, data_only=data_only)

        return paired(ours, loads, 15)


def mutating() -> tuple[float, float, float]:
    """Hold every mutant of the 2025 book against its cases, against scoring all cases once with their traces."""
    rules, _ = load("zhanjiang/2025")
    assert rules is not None
    calendar = work_calendar()
    cases = []
    for path in sorted(FULL.parent.glob("*.yaml")):
        handed, _ = read_facts(path)
        assert handed is not None and handed.case is not None
        cases.append(Signed(path.stem, (fitted(handed, rules)[0],), wishes(handed.case, rules.program)[0]))
    made = mutants(rules.program)

    def kill() -> int:
        ready = bench(rules, cases, calendar)
        return sum(ready.killed(m) is not None for m in made)

    print(f"<!-- {len(made)} 处改动，认得出 {kill()} 处，{len(cases)} 个案例 -->")
    return paired(kill, lambda: [score_units(rules, c.units, calendar) for c in cases], 5)


MEASURES: tuple[tuple[str, str, Callable[[], tuple[float, float, float]]], ...] = (
    ("读 2025 规则并查完 / Lark 裸解析", "≤ 3", reading),
    ("一个部门带轨迹算分 / 手写 Fraction", "≤ 3", scoring),
    ("一个部门算分，不留轨迹 / 手写整数", "≤ 1.5", scoring_fast),
    ("出评分凭证 / 算分（按自述、仅有佐证）", "≤ 3", lambda: certificates("write")),
    ("核对评分凭证 / 算分（按自述、仅有佐证）", "≤ 3", lambda: certificates("check")),
    ("读工作簿，200 项事实、5,000 行明细 / openpyxl 整读两遍", "≤ 1.5", lambda: workbooks(formulas=False)),
    ("同上，有 20 格公式 / openpyxl 整读两遍", "≤ 1.5", lambda: workbooks(formulas=True)),
    ("证明 2025 整本 / 它的案例准确算一遍", "见下", proofs.whole_book),
    ("改一个指标再证，最慢的 / 平均的", "< 1 秒", proofs.one_indicator),
    ("案例认 2025 规则的全部改动 / 全部案例带轨迹算一遍", "≤ 2", mutating),
    ("check 真实案例，缓存在 / 只导入", "≤ 2", lambda: starting("warm")),
    ("check 真实案例，规则要重读 / 只导入", "≤ 3", lambda: starting("cold")),
    ("check 真实案例，第一次 / 只导入", "≤ 6", lambda: starting("first")),
)


def main() -> None:
    """Print the table."""
    print(f"Python {platform.python_version()}，{os.cpu_count()} 核，{platform.system()}")
    print("| 比什么 | 目标 | 倍数（中位） | 我们（毫秒） | 基线（毫秒） |\n|---|---|---|---|---|")
    for name, goal, measure in MEASURES:
        ratio, ours, theirs = measure()
        print(f"| {name} | {goal} | {ratio:.2f} | {ours * 1000:.1f} | {theirs * 1000:.1f} |", flush=True)


if __name__ == "__main__":
    main()
