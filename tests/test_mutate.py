"""Mutants: what is made of a book, who kills them, what a survivor is, and what is said at the command line."""

from __future__ import annotations

import json
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from books import FACTS, compiled, facts, head
from click.testing import CliRunner

from casework import casework
from zjrules.cli.main import group
from zjrules.cli.test import command
from zjrules.mutate.book import mutants
from zjrules.mutate.proof import by_cases, by_form
from zjrules.mutate.protocol import Distinguishing, Equivalent, Undecided, Verdict
from zjrules.mutate.run import fates
from zjrules.mutate.search import searcher
from zjrules.mutate.settle import settled
from zjrules.project import load
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.rule import Program

ROOT = Path(__file__).parent.parent


def run(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, args, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value, result.output


def kinds(text: str, points: int = 4) -> Counter[str]:
    """Return how many mutants of each kind one indicator has."""
    program = compiled(FACTS + head(points) + f"指标 一 {points} 分\n{text}\n")
    return Counter(m.change.kind for m in mutants(program) if m.owner == "一")


# ---------- what is made ----------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("分档 丙\n不低于 90% 得 满分\n不低于 60% 得 1 分\n其余 得 0 分",
         {"去掉": 2, "比较": 2, "界线": 4, "数值": 4, "对调": 2, "分值": 2}),
        ("扣分\n每 5 个百分点 丙 扣 0.5 分 整步\n凡 戊 扣 1 分\n扣完为止",
         {"去掉": 3, "数值": 4, "步长": 2, "步法": 2, "分支": 1, "分值": 2}),
        ("不适用 当 丁 = 0 处 按 满分\n得分 若 戊 且 己 则 满分 否则 0 分\n限于 0 分 至 3 分",
         {"去掉": 2, "比较": 1, "数值": 8, "且或": 1, "条件": 2, "分支": 1, "分值": 2}),
        ("清单\n凡 戊 得 3 分\n凡 庚 为 东 得 1 分", {"去掉": 2, "分支": 2, "数值": 4, "选项": 1}),
        ("得分 满分 × 限于(甲 ÷ 乙，下限：0%，上限：100%)", {"运算": 1, "上下限": 1, "数值": 4, "分值": 2}),
        ("判定\n当 甲 ≥ 1 万元 得 满分\n其余 得 1 分",
         {"去掉": 1, "分支": 1, "比较": 1, "数值": 4, "单位": 1, "对调": 1, "分值": 2}),
    ],
    ids=["bands", "deductions", "guards", "checklist", "ratio", "money"],
)  # fmt: skip
def test_what_is_made_of_a_clause(text: str, expected: dict[str, int]) -> None:
    assert kinds(text) == expected


def test_edges_move_by_the_smallest_unit_of_their_kind() -> None:
    text = "判定\n当 甲 ≥ 1 万元 得 满分\n当 丁 ≥ 3 处 得 1 分\n当 辛 晚于 2025-01-10 得 2 分\n当 丙 > 40% 得 3 分\n其余 得 0 分"
    program = compiled(FACTS + head(4) + f"指标 一 4 分\n{text}\n")
    said = {m.change.said for m in mutants(program)}
    for before, after in (("10,000 元", "9,999.99 元"), ("3 处", "2 处"), ("2025-01-10", "2025-01-11"), ("40%", "40.01%"),
                          ("10,000 元", "1 元")):  # fmt: skip
        assert f"「{before}」改成「{after}」" in said


def test_a_clause_that_many_share_is_one_mutant() -> None:
    rules, _ = load("zhanjiang/2025")
    assert rules is not None
    made = mutants(rules.program)
    assert 700 < len(made) < 1000
    shared = {m.owner: len(m.indicators) for m in made if m.owner in ("舍入", "词「目标完成」", "参数「调剂权重」")}
    assert shared == {"舍入": 27, "词「目标完成」": 3, "参数「调剂权重」": 1}
    assert all(m.change.span.source.name.startswith("rules/") for m in made)
    assert len({m.number for m in made}) == len(made)


def test_a_mutant_changes_nothing_else() -> None:
    rules, _ = load("zhanjiang/2025")
    assert rules is not None
    before = list(survey.indicators(rules.program.groups))
    for mutant in mutants(rules.program)[::9]:
        after = list(survey.indicators(mutant.program.groups))
        assert {i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a is not b} == set(mutant.indicators)
        assert mutant.program.schema is rules.program.schema


# ---------- what a survivor is ----------


def pair(before: str, after: str, points: int = 4) -> tuple[Program, tr.Indicator, tr.Indicator]:
    one, two = (compiled(FACTS + head(points) + f"指标 一 {points} 分\n{text}\n") for text in (before, after))
    return one, next(survey.indicators(one.groups)), next(survey.indicators(two.groups))


SAME = {
    "the range of a fact": ("得分 满分 × 限于(丙，下限：0%，上限：130%)", "得分 满分 × 限于(丙，下限：-5%，上限：120%)"),
    "whole numbers": ("得分 若 丁 > 2 处 则 1 分 否则 0 分", "得分 若 丁 ≥ 3 处 则 1 分 否则 0 分"),
    "a bound below a whole number": (
        "得分 1 分 × 向下取整(最大(甲 ÷ 乙，0))", "得分 1 分 × 向下取整(最大(甲 ÷ 乙 - 0，0.5))"),
    "the end of a range": ("得分 若 丁 = 0 处 则 1 分 否则 0 分", "得分 若 丁 ≤ 0 处 则 1 分 否则 0 分"),
    "bands as conditions": ("分档 丙\n不低于 90% 得 满分\n其余 得 0 分", "判定\n当 丙 ≥ 90% 得 满分\n其余 得 0 分"),
    "a bound on a branch": ("得分 若 戊 则 满分 否则 -1 分\n限于 0 分 至 4 分", "得分 若 戊 则 满分 否则 0 分\n限于 0 分 至 4 分"),
    "sides of an equation": (
        "得分 若 四舍五入(甲，精度：1 元) = 甲 则 1 分 否则 0 分", "得分 若 甲 = 四舍五入(甲，精度：1 元) 则 1 分 否则 0 分"),
    "what a guard rules out": ("不适用 当 丁 = 0 处 按 满分\n得分 若 丁 ≥ 1 处 则 1 分 否则 0 分", "不适用 当 丁 = 0 处 按 满分\n得分 1 分"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_one_normal_form(name: str) -> None:
    program, before, after = pair(*SAME[name])
    assert isinstance(by_form(None)(program, before, after), Equivalent)


DIFFERENT = {
    "the range of a fact": ("得分 满分 × 限于(丙，下限：0%，上限：110%)", "得分 满分 × 限于(丙，下限：0%，上限：120%)"),
    "whole numbers": ("得分 若 丁 > 2 处 则 1 分 否则 0 分", "得分 若 丁 > 3 处 则 1 分 否则 0 分"),
    "an edge of a quotient": ("得分 若 甲 ÷ 乙 ≥ 30% 则 1 分 否则 0 分", "得分 若 甲 ÷ 乙 > 30% 则 1 分 否则 0 分"),
    "two facts at once": ("得分 若 戊 且 甲 ≥ 7 元 则 1 分 否则 0 分", "得分 若 戊 且 甲 ≥ 7.01 元 则 1 分 否则 0 分"),
    "no value": ("得分 1 分 ÷ (丁 ÷ 1 处)", "不适用 当 丁 = 0 处 按 0 分\n得分 1 分 ÷ (丁 ÷ 1 处)"),
    "less than a cent": ("得分 丙 × 1 分", "得分 向下取整(丙 × 100) ÷ 100 × 1 分"),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_told_apart_and_never_called_equivalent(name: str) -> None:
    program, before, after = pair(*DIFFERENT[name])
    for prover in (by_form(None), by_cases(None)):
        assert not isinstance(prover(program, before, after), Equivalent)
    found = searcher((), None)(program, before, after)
    assert isinstance(found, Distinguishing), found
    assert found.before != found.after


def test_the_pieces_of_one_fact() -> None:
    # The same score in two ways that no normal form knows to be one.
    program, before, after = pair("得分 丙 × 1 分 + 丙 × 1 分", "得分 丙 × 2 分")
    assert not isinstance(by_form(None)(program, before, after), Equivalent)
    found = by_cases(None)(program, before, after)
    assert isinstance(found, Equivalent) and "「丙」分成" in found.why


def test_all_facts_where_they_are_few() -> None:
    program, before, after = pair(
        "清单\n凡 戊 得 3 分\n凡 己 得 1 分", "得分 若 戊 则 (若 己 则 满分 否则 3 分) 否则 若 己 则 1 分 否则 0 分"
    )
    found = by_cases(None)(program, before, after)
    assert found == Equivalent("4 种事实逐一试过，都一样")


def test_the_least_that_tells_apart_is_round() -> None:
    program, before, after = pair("得分 若 甲 ≥ 乙 × 30% 则 1 分 否则 0 分", "得分 若 甲 > 乙 × 30% 则 1 分 否则 0 分")
    found = searcher((facts({"甲": Fraction("12345.67"), "乙": Fraction(1)}),), None)(program, before, after)
    assert isinstance(found, Distinguishing)
    values = {n: f.value for n, f in found.facts.facts.items()}
    assert values in ({"甲": Fraction(3, 10), "乙": Fraction(1)}, {"甲": Fraction(3), "乙": Fraction(10)})


def test_another_prover_can_be_put_in() -> None:
    asked: list[str] = []

    def prover(program: Program, before: tr.Indicator, after: tr.Indicator) -> Verdict:
        asked.append(before.name)
        return Undecided("没有时间")

    book = FACTS + head(4) + "指标 一 4 分\n得分 若 丁 ≥ 3 处 则 满分 否则 0 分\n"
    work = casework(book, ["单位: 某局\n事实: {丁: 6 处}\n期望: {指标: {一: 4}}"])
    found = fates(work.rules, work.signed, None, prover=prover)
    assert asked and {f.state for f in found if f.mutant.owner == "一" and f.kill is None} == {"未判定"}


# ---------- the 2025 book ----------

NAMED = {"数值": 11, "应有": 1, "且或": 1, "条件": 2, "舍入": 10}
"""The mutants of zhanjiang/2025 that are proved equivalent, by kind: bounds that never bind, and roundings of round numbers."""


@pytest.mark.slow
def test_the_cases_of_the_2025_book_kill_every_mutant_that_is_not_equivalent() -> None:
    code, output = run("zhanjiang/2025", "--mutate", "--coverage", "--format", "json")
    record = json.loads(output)["规则集"][0]
    left = [(m["编号"], m["改动"]) for m in record["变异"]["逐个"] if m["结果"] in ("活着", "未判定")]
    assert left == [] and code == 0
    assert Counter(m["种类"] for m in record["变异"]["逐个"] if m["结果"] == "等价") == NAMED


# ---------- the command ----------


def test_survivors_are_written_as_cases_to_be_signed(tmp_path: Path) -> None:
    folder = tmp_path / "待签"
    code, output = run("xinshao/2017", "--mutate", "--write-cases", str(folder))
    assert code == 1 and "活着" in output
    files = sorted(folder.glob("*.yaml"))
    assert files and all("签认: 待签" in p.read_text("utf-8") for p in files)
    result = CliRunner().invoke(group, ["check", str(files[0]), "--brief"])
    assert "新邵县" in result.output and result.exit_code in (0, 1)
    code, output = run("xinshao/2017", "--cases", str(folder))
    assert code == 0 and output.count("没有写期望，待签") == len(files)


def test_mutants_as_json() -> None:
    code, output = run("mof/2025-control", "--mutate", "--coverage", "--format", "json")
    schema = json.loads((ROOT / "engine/zjrules/schema/test.schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads(output), schema)
    found = json.loads(output)["规则集"][0]["变异"]
    assert code == 1 and found["共"] == len(found["逐个"])
    states = ("杀死", "等价", "活着", "未判定")
    assert sum(found.get(k, 0) for k in states) == found["共"]
    assert sum(line.get(k, 0) for line in found["逐句"] for k in states) == found["共"]
    killed = next(m for m in found["逐个"] if m["结果"] == "杀死")
    assert killed["案例"] and killed["期望"]


def test_mutants_wait_for_cases_that_hold(tmp_path: Path) -> None:
    text = (ROOT / "cases/mof-2025-control/01-capped.yaml").read_text("utf-8")
    (tmp_path / "01.yaml").write_text(re.sub(r"总分: .*", "总分: 1.23", text), "utf-8")
    code, output = run("mof/2025-control", "--cases", str(tmp_path), "--mutate")
    assert code == 1 and "先把不符的案例改好" in output


def test_a_survivor_of_the_total_is_undecided_or_proved() -> None:
    rules, _ = load("mof/2025-control")
    assert rules is not None
    for mutant in (m for m in mutants(rules.program) if m.total):
        assert isinstance(settled(rules.program, mutant, by_form(None), None), Undecided | Equivalent | Distinguishing)
