"""What the cases cover: the 2025 book to the last clause, the page that shows it, and what is said at the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner

from zjrules.appraisal import calendar_for
from zjrules.case import wishes
from zjrules.cli.test import command
from zjrules.coverage.covered import Coverage, Ran, coverage
from zjrules.coverage.page import page, state
from zjrules.project import fitted, load, read_facts, score_both
from zjrules.ruleset import RuleSet

ROOT = Path(__file__).parent.parent
CASES = ROOT / "cases" / "zhanjiang-2025"


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    found, _ = load("zhanjiang/2025")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def ran(rules: RuleSet) -> list[Ran]:
    calendar, _ = calendar_for(rules)
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        handed, _ = read_facts(path)
        assert handed is not None and handed.case is not None
        facts, _ = fitted(handed, rules)
        found.append(Ran(path.stem, score_both(rules, facts, calendar), wishes(handed.case, rules.program)[0]))
    return found


@pytest.fixture(scope="module")
def found(rules: RuleSet, ran: list[Ran]) -> Coverage:
    return coverage(rules.program, ran, calendar_for(rules)[0])


def test_the_2025_book_is_covered_to_the_last_clause(found: Coverage) -> None:
    assert [(i.place.kind, i.place.text, i.missing) for i in found.items if i.missing] == []
    assert found.clauses.part == found.bands.part == 1
    assert found.clauses.every > 250 and found.bands.every > 10


def test_what_no_facts_can_reach_is_only_what_the_declarations_rule_out(found: Coverage) -> None:
    never = {(i.place.kind, way) for i in found.items for way in i.never}
    # Shares of what is not negative are not below 0%, sums of weights are not below 0, 定性系数 is within 0% and 100%.
    assert never == {("限", "低于下限"), ("限于", "低于下限"), ("应有", "不成立")}


def test_without_its_only_case_a_clause_is_not_covered(rules: RuleSet, ran: list[Ran], found: Coverage) -> None:
    only = [(i, way) for i in found.items for way, names in i.by.items() if len(names) == 1]
    assert len(only) > 20
    for item, way in only[:: len(only) // 5]:
        (name,) = item.by[way]
        less = coverage(rules.program, [r for r in ran if r.name != name], calendar_for(rules)[0])
        again = next(i for i in less.items if i.place.key == item.place.key)
        assert way in again.missing, (item.place.text, way, name)


def test_a_case_that_expects_nothing_covers_nothing(rules: RuleSet, ran: list[Ran]) -> None:
    silent = [evolve(r, wishes=()) for r in ran]
    assert coverage(rules.program, silent, calendar_for(rules)[0]).clauses.reached == 0


def test_the_page_needs_no_script_and_shows_every_rule_text(rules: RuleSet, found: Coverage) -> None:
    text = page(rules.title, rules.digest, found)
    assert "<script" not in text and "src=" not in text and "http" not in text.replace("http-equiv", "")
    assert "default-src &#x27;none&#x27;" in text
    shown = re.sub(r"<[^>]+>", "", text)
    for place in (i.place for i in found.items):
        assert place.span.source.name in shown
    assert text.count('class="full"') > 100 and 'class="none"' not in text.split("</style>")[1].replace(
        '<mark class="none">没有用到</mark>', ""
    )
    assert "01-real-report" in text


def test_the_page_colours_by_what_is_missing(rules: RuleSet, ran: list[Ran]) -> None:
    few = coverage(rules.program, [r for r in ran if r.name == "20-asset-edges"], calendar_for(rules)[0])
    states = {state(i) for i in few.items}
    assert states == {"full", "part", "none"}
    text = page("<b>题</b>", "", few)
    assert "<b>题" not in text and "&lt;b&gt;题" in text
    assert text.count('class="none"') > 100
    assert re.search(r'class="part" title="限：在其间 没有案例；低于下限 到不了|class="part"', text)


# ---------- the command ----------

BOOK = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 2 分
  舍入 各指标 不舍入
  舍入 各一级指标 不舍入
  舍入 总分 不舍入
  等级 优 ≥ 1 分，差 其余
事实 有 : 是否
一级指标 全部 2 分
指标 一 2 分
  清单
    凡 有 得 2 分
"""


def run(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, args, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value, result.output


def test_the_command_is_clean_where_all_is_covered(tmp_path: Path) -> None:
    (tmp_path / "规则.zj").write_text(BOOK, "utf-8")
    cases = tmp_path / "案例"
    cases.mkdir()
    for number, (value, score, grade) in enumerate((("是", 2, "优"), ("否", 0, "差"))):
        text = f"规则: {tmp_path}\n单位: 某局\n事实: {{有: {value}}}\n期望: {{总分: {score}, 等级: {grade}}}\n"
        (cases / f"{number}.yaml").write_text(text, "utf-8")
    path = tmp_path / "覆盖.html"
    code, output = run(str(tmp_path), "--cases", str(cases), "--html", str(path))
    assert code == 0 and "条款 100%" in output and "没有用到" not in output, output
    assert path.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_the_command_lists_what_is_missing() -> None:
    code, output = run("mof/2013", "--coverage")
    assert code == 1
    assert re.search(r"没有用到  \S+：\S+    rules/\S+:\d+    ", output)


def test_coverage_as_json() -> None:
    code, output = run("mof/2025-control", "--coverage", "--format", "json")
    record = json.loads(output)["规则集"][0]
    assert code == 1 and [c["相符"] for c in record["案例"]] == [True] * 3
    covered = record["覆盖"]
    assert covered["条款"]["用到"] <= covered["条款"]["共"]
    assert {"种类", "所在", "文件", "行", "原文", "用到", "没有用到", "到不了"} == set(covered["各处"][0])


def test_a_page_is_of_one_rule_set_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "覆盖.html"
    path.write_text("我的", "utf-8")
    for args in (("--html", str(tmp_path / "别的.html")), ("mof/2013", "--html", str(path))):
        with pytest.raises(Exception, match=r"哪一本|已经有了"):
            run(*args)
    assert path.read_text("utf-8") == "我的"
    assert run("mof/2013", "--html", str(path), "--force")[0] == 1
    assert path.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert run("mof/2013", "--html", str(tmp_path / "没有" / "覆盖.html"))[0] == 2
