"""Every code has a page, and the example on the page really gives the code."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from books import check_text, compiled, lint_book, overlaid
from click.testing import CliRunner

import zjrules
from grids import grid
from zjrules.audit.run import audit
from zjrules.cli import proving
from zjrules.cli.help import command, entries
from zjrules.diag import Code, Diagnostic
from zjrules.exact.total import score
from zjrules.explain.findings import findings
from zjrules.fit import fit
from zjrules.inout import factfile
from zjrules.inout.calendar import work_calendar
from zjrules.inout.table.blocks import blocks, survey
from zjrules.inout.table.columns import reading
from zjrules.inout.table.files import opened
from zjrules.inout.table.frame import frame_from
from zjrules.inout.table.rejects import broken_rows
from zjrules.inout.workbook import facts as workbook
from zjrules.lint.run import lint
from zjrules.project import load, score_both
from zjrules.ruleset import RuleSet
from zjrules.span import Source

PARTS = ("**什么情况**", "**为什么**", "**例**", "**怎么改**")
FENCE = re.compile(r"```([\w]*)\n(.*?)\n```", re.DOTALL)
# What a text alone cannot show: files, commands, and what takes a million characters.
WITHOUT_EXAMPLE = {
    "ZJ1020", "ZJ1030", "ZJ1031", "ZJ1041", "ZJ1042", "ZJ1050", "ZJ1051", "ZJ1052", "ZJ2004", "ZJ2020", "ZJ2021", "ZJ2022",
    "ZJ1053", "ZJ1062", "ZJ4062", "ZJ4101", "ZJ4300", "ZJ4301", "ZJ4302", "ZJ4303", "ZJ4304", "ZJ4305", "ZJ5140", "ZJ5017", "ZJ5030", "ZJ5031", "ZJ5032", "ZJ5033", "ZJ5034", "ZJ5035", "ZJ5040", "ZJ5041",
    "ZJ5042", "ZJ5043", "ZJ5044", "ZJ5045", "ZJ5053", "ZJ5056", "ZJ5060", "ZJ5061", "ZJ5062", "ZJ5063", "ZJ5070",
    "ZJ5071", "ZJ5072", "ZJ5073", "ZJ5074", "ZJ5075", "ZJ5076", "ZJ5077", "ZJ5078", "ZJ5079", "ZJ5080", "ZJ5081",
    "ZJ5082", "ZJ5083", "ZJ5084", "ZJ5085", "ZJ5086", "ZJ5087", "ZJ5088", "ZJ5089", "ZJ5090", "ZJ5091", "ZJ5092",
    "ZJ5095", "ZJ5100", "ZJ5101", "ZJ5102", "ZJ5103", "ZJ5104", "ZJ5122", "ZJ5123", "ZJ5124", "ZJ5125", "ZJ5126", "ZJ5127", "ZJ5128", "ZJ6013", "ZJ6015",
    "ZJ6030", "ZJ6031", "ZJ6032", "ZJ6070", "ZJ6071", "ZJ6072", "ZJ6073", "ZJ6074", "ZJ6075", "ZJ6076",
    "ZJ5190", "ZJ5191", "ZJ5200", "ZJ5201", "ZJ5202", "ZJ5203", "ZJ5204", "ZJ5205", "ZJ5206", "ZJ5207", "ZJ5208", "ZJ5209", "ZJ5210", "ZJ5230", "ZJ5231", "ZJ5232", "ZJ5233", "ZJ5500", "ZJ5503", "ZJ5507", "ZJ5510", "ZJ5511", "ZJ5513", "ZJ5514", "ZJ5515", "ZJ5516", "ZJ5517", "ZJ7001", "ZJ1070", "ZJ9001", "ZJ9010",
}  # fmt: skip
FRAME = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 4 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 3 分，差 其余
事实 甲 : 金额 ≥ 0 元
事实 乙 : 金额 > 0 元
事实 率 : 比率 介于 0% 至 100%
事实 是否项 : 是否
明细 合同
  列名 额 : 金额 ≥ 0 元
  列名 免 : 是否
一级指标 全部 4 分
"""


def codes() -> Iterator[Code]:
    for module in pkgutil.walk_packages(zjrules.__path__, "zjrules."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Code):
                yield value


ALL = {c.number: c for c in codes()}
PAGES = entries()


def test_codes_are_unique_and_each_has_a_page() -> None:
    distinct = {(c.number, c.name) for c in codes()}
    assert len({n for n, _ in distinct}) == len({n for _, n in distinct}) == len(distinct)
    assert set(PAGES) == set(ALL)
    for number, (name, title, body) in PAGES.items():
        assert name == ALL[number].name
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert title
        assert all(part in body for part in PARTS), number


def _book(fragment: str) -> str:
    if fragment.startswith("规则集"):
        return fragment
    return FRAME + fragment + ("" if "指标 一" in fragment else "\n指标 其他 4 分\n  得分 满分\n")


_RULES: list[RuleSet] = []


def _zhanjiang() -> RuleSet:
    if not _RULES:
        found, _ = load("zhanjiang/2025")
        assert found is not None
        _RULES.append(found)
    return _RULES[0]


def _facts(text: str) -> list[Diagnostic]:
    rules = _zhanjiang()
    source = text if "单位" in text else f"单位: 某局\n{text}"
    document, problems = factfile.facts(Source("事实.yaml", source))
    if document is None:
        return list(problems)
    facts, more = fit(document.raw, rules.program.schema, 2025, rules.indicator_names())
    trace = score(rules.program, facts, work_calendar())
    return [*problems, *more, *findings(trace, facts)]


def _tables(text: str) -> list[Diagnostic]:
    rules = _zhanjiang()
    names = rules.indicator_names()
    raw, problems = workbook.facts(grid(text), rules.program.schema, names)
    return [*problems, *fit(raw, rules.program.schema, 2025, names)[1]]


def _audit(text: str) -> list[Diagnostic]:
    rules = _zhanjiang()
    document, problems = factfile.facts(Source("事实.yaml", text))
    assert document is not None
    facts, more = fit(document.raw, rules.program.schema, 2025, rules.indicator_names())
    return [*problems, *more, *audit(score_both(rules, facts, work_calendar()), None, [], []).found]


def _csv(text: str) -> set[str]:
    """Return the codes of what is said of a table, as zjrules batch reads it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "表.csv"
        path.write_text(text, "utf-8")
        files, problems = opened(path, path.name)
        assert files is not None
        program = _zhanjiang().program
        how, more = reading(program.schema, dict(files.schema))
        found = {d.code.number for d in (*problems, *more)}
        if how is None:
            return found
        known = survey(files)
        for _, table in blocks(files, known, 100):
            found |= set(frame_from(program, table, how, twice=known.twice)[1]["代码"])
        return found | set(broken_rows(files, known)["代码"])


def _proved(text: str) -> list[Diagnostic]:
    found = compiled(_book(text))
    rules = RuleSet("试验", Path("试验.zj"), found, "", ())
    return proving.diagnostics(proving.proved(rules, ["一"], 1000))


def _given(kind: str, text: str, number: str) -> set[str]:
    if kind == "csv":
        return _csv(text)
    if kind == "沿用":
        base, *files = text.split("\n+++\n")
        return {d.code.number for d in overlaid(base, files)[1]}
    if kind == "prove":
        return {d.code.number for d in _proved(text)}
    if kind == "audit":
        return {d.code.number for d in _audit(text)}
    if kind == "表":
        return {d.code.number for d in _tables(text)}
    if kind == "yaml":
        return {d.code.number for d in _facts(text)}
    found, trace_findings = check_text(_book(text))
    return {d.code.number for d in (*found, *trace_findings, *_smells(text, number))}


def _smells(text: str, number: str) -> list[Diagnostic]:
    """Return what lint finds of one code in a text; what the frame around it lacks does not count."""
    book = lint_book(_book(text)) if number.startswith("ZJ8") else None
    start = 0 if text.startswith("规则集") else len(FRAME)
    return [d for d in lint(book, (number,)) if d.labels[0].span.start >= start] if book is not None else []


@pytest.mark.parametrize("number", sorted(set(PAGES) - WITHOUT_EXAMPLE))
def test_the_example_gives_the_code_and_the_mended_one_does_not(number: str) -> None:
    (kind, text), *mended = FENCE.findall(PAGES[number][2])
    assert number in _given(kind, text, number)
    for kind_after, after in mended:
        left = _given(kind_after, after, number)
        assert number not in left
        assert not {c for c in left if c[2] < "5"}, left


def test_only_what_cannot_be_shown_has_no_example() -> None:
    for number in WITHOUT_EXAMPLE:
        assert FENCE.findall(PAGES[number][2])[0][0] == ""


@pytest.mark.parametrize(("args", "code"), [([], 0), (["ZJ3001"], 0), (["mixed-units"], 0), (["zj3001"], 0)])
def test_help_command(args: list[str], code: int) -> None:
    result = CliRunner().invoke(command, args, standalone_mode=False)
    assert result.return_value == code
    assert "单位不同" in result.output


def test_help_of_a_word_is_its_text() -> None:
    result = CliRunner().invoke(command, ["每迟"], standalone_mode=False)
    assert result.return_value == 0 and "每步扣 : 同（满分）" in result.output and "定词 每迟" in result.output
    assert "每迟：过了期限" in CliRunner().invoke(command, [], standalone_mode=False).output


def test_help_of_a_topic() -> None:
    result = CliRunner().invoke(command, ["批量"], standalone_mode=False)
    assert result.return_value == 0 and "OUT.退回.csv" in result.output
    assert "批量：" in CliRunner().invoke(command, [], standalone_mode=False).output


def test_help_of_an_unknown_code_is_wrong_usage() -> None:
    result = CliRunner().invoke(command, ["ZJ3099"])
    assert result.exit_code != 0
    assert "是不是「ZJ" in result.output
