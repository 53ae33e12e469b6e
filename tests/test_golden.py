"""Golden blocks: ``=== name``, input, ``---``, output. Inputs of several parts are separated by ``+++``.

rules/: a rule text, its diagnostics. mended/: a rule text and, after +++, as its message says to write it; its diagnostics. facts/: a fact file against zhanjiang/2025, its diagnostics.
lint/: a rule text, what the rule of lint that the file is named after finds, and the lines that its fix would change; nothing in a block 不报.
format/: a rule text, its canonical form. highlight/: a rule text, the classes of its pieces. tables/: a workbook as text (grids.py) against zhanjiang/2025, what was read from it and said of it.
audit/: a rule text, a fact file with claims and, after another +++, a score table as text; the audit. After a line 全体: fact files of all units of one run.
overlay/: a rule text and, after each +++, a file of a rule set that amends it, after a line 截至 DATE on that day; the consolidated text
without its head (after a line 全文 with it), or what is wrong.
batch/: options and tables as CSV (batchwork.py), what `zjrules batch` says, writes and sets aside.
diff/: edits of zhanjiang/2025 (amended.py), and the changes that they are: a sentence, and the clause on both sides.
coverage/, mutate/: a rule text and fact files with 期望, each after +++; what the cases cover, and what becomes of every mutant.
reader/: a rule text and, after each +++, a file of a rule set that amends it; the document of it, without what is empty.
summary/: a rule text and fact files, each after +++; the summary of all of them. Before it, in lines of their own, a width and last year's totals.
score/: a rule text, then fact files (all units of one run after a line 全体); per fact file the score of every indicator. A line ``手签 name score`` in a fact
file is a comment for YAML and a hand-signed score for the runner; ``--accept`` never writes it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import cache
from io import StringIO
from itertools import groupby
from pathlib import Path

import pytest
from books import check_text, checked, compiled, lint_book, overlaid
from books import head as book_head
from rich.console import Console

import batchwork
import readerwork
from amended import amended, edits_of
from batches import last_of
from casework import casework
from grids import grid
from test_help import FRAME
from zjrules.audit.run import audit
from zjrules.bulk.frame import frame_of
from zjrules.bulk.program import bulk
from zjrules.canonical import consolidated_text, format_text
from zjrules.cli import auditing, covering, mutating, say
from zjrules.coverage.covered import coverage
from zjrules.diag import Diagnostic
from zjrules.diff.compare import compare
from zjrules.exact.total import population, score
from zjrules.explain.columns import span_of
from zjrules.explain.findings import findings
from zjrules.explain.lines import score_text
from zjrules.explain.reason import reason, state
from zjrules.fact import Facts, Raw, RawFacts, ScoreTable
from zjrules.fit import fit
from zjrules.highlight.pieces import pieces
from zjrules.highlight.words import Kind, vocabulary
from zjrules.inout import factfile
from zjrules.inout.calendar import work_calendar
from zjrules.inout.spring import with_spring
from zjrules.inout.text import decode
from zjrules.inout.workbook import facts as workbook
from zjrules.inout.workbook.scores import score_table
from zjrules.lint.edits import applied
from zjrules.lint.run import lint
from zjrules.mutate.run import fates
from zjrules.project import Handed, load, score_units
from zjrules.reconcile.run import reconcile
from zjrules.ruleset import RuleSet
from zjrules.span import Source
from zjrules.summary.tally import tally
from zjrules.summary.terminal import terminal
from zjrules.term.rule import Program
from zjrules.value import Problem, Unknown, Value, range_of

FOLDER = Path(__file__).parent / "golden"


def _blocks() -> list[tuple[Path, str, str, str]]:
    found = []
    for path in sorted(FOLDER.rglob("*.txt")):
        for block in re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            name, _, rest = block.partition("\n")
            given, found_line, expected = rest.partition("\n---\n")
            assert found_line, f"{path.name}: {name} has no ---"
            assert not re.search(r".=== ", expected), f"{path.name}: a block is glued to {name}"
            found.append((path, name, given, expected.strip("\n")))
    return found


def _book(text: str) -> str:
    if "规则集" in text:
        return text
    return FRAME + text + ("" if re.search(r"指标\s+\S+\s+\d", text) else "\n指标 其他 4 分\n  得分 满分\n")


def _shown(found: list[Diagnostic], offset: int = 0) -> str:
    lines = [line.plain.rstrip() for d in found for line in say.render(d)]
    return "\n".join(lines) or "（没有问题）"


@cache
def _rules() -> RuleSet:
    found, problems = load("zhanjiang/2025")
    assert found is not None, problems
    return found


def _mended(text: str) -> str:
    """Return what is said of the first part; the second is the first as the message says to write it, and must be clean."""
    broken, mended = text.split("\n+++\n")
    assert not check_text(_book(mended))[0], _shown(check_text(_book(mended))[0])
    return _shown(check_text(_book(broken))[0])


def _facts(text: str) -> str:
    if text.startswith("编码 "):
        return _encoded(text)
    document, problems = factfile.facts(Source("事实.yaml", text))
    found = list(problems)
    if document is not None:
        rules = _rules()
        _, more = fit(document.raw, rules.program.schema, 2025, rules.indicator_names())
        found += more
    return _shown(found)


def _tables(text: str) -> str:
    rules = _rules()
    names = rules.indicator_names()
    raw, problems = workbook.facts(grid(text), rules.program.schema, names)
    _, more = fit(raw, rules.program.schema, 2025, names)
    lines = [f"{r.name} {r.text}" for r in raw.head.values()]
    lines += [_told(r) for r in (*raw.facts, *raw.claims)]
    for ledger in raw.ledgers:
        lines.append(f"明细 {ledger.name} {len(ledger.rows)} 行 {ledger.evidence}".rstrip())
        lines += ["  " + "；".join(_told(r) for r in row) for row in ledger.rows]
    said = [d for d in (*problems, *more) if d.code.number != "ZJ5026"]
    return "\n".join([*lines, *([_shown(said)] if said else [])])


def _told(raw: Raw) -> str:
    parts = [raw.text if raw.not_applicable is None else f"不适用（{raw.not_applicable}）"]
    parts += [f"{k} {v}" for k, v in (("佐证", raw.evidence), ("理由", raw.reason), ("出处", raw.source)) if v]
    parts += [f"复核 {_told(raw.review)}"] if raw.review else []
    cell = raw.span.source.cell
    return f"{raw.name} = {'，'.join(parts)}" + (f" @{cell}" if cell else "")


def _encoded(text: str) -> str:
    """Return what is said of a file whose first line names its encoding and is not part of it."""
    first, _, rest = text.partition("\n")
    return _shown(list(decode("文件", rest.encode(first.removeprefix("编码 ")))[1]))


def _format(text: str) -> str:
    found, problems = format_text("规则.zj", text)
    return found.rstrip("\n") if found is not None else _shown(list(problems))


def _highlighted(text: str) -> str:
    """Return the pieces of each line with their classes; white space is left out."""
    found = [p for p in pieces(text, vocabulary()) if p.kind is not Kind.SPACE]
    by_line = groupby(found, key=lambda p: text.count("\n", 0, p.start))
    return "\n".join(" ".join(f"{p.kind.value}:{text[p.start : p.stop]}" for p in line) for _, line in by_line)


def _scored_book(text: str) -> str:
    """Return a rule text with a head in front that is worth what its indicators are."""
    if "规则集" in text:
        return text
    points = sum(int(n) for n in re.findall(r"^指标 \S+ (\d+) 分", text, flags=re.MULTILINE))
    at = text.index("指标 ")
    head = book_head(points)
    if "按 同级平均" in text:
        head = head.replace("  舍入 总分", "  舍入 同级平均 四舍五入 精确到 0.01 分\n  舍入 总分")
    return text[:at] + head + text[at:]


def _scores(text: str) -> str:
    whole = text.startswith("全体\n")
    rules, *units = text.removeprefix("全体\n").split("\n+++\n")
    rules = _scored_book(rules)
    diagnostics, _ = check_text(rules)
    assert not diagnostics, _shown(diagnostics)
    program = compiled(rules)
    handed = [_unit(unit, program) for unit in units]
    calendar = with_spring(work_calendar())
    ground = population(program, handed, calendar) if whole else None
    lines = []
    for place, (unit, facts) in enumerate(zip(units, handed, strict=True)):
        trace = score(program, facts, calendar, among=(ground, place) if ground else None)
        values = {s.term.name: s for s in trace.indicators()}  # type: ignore[union-attr]
        results = {n: _ends(s.value) for n, s in values.items()}
        results |= {"总分": _ends(trace.total), "等级": span_of(trace.grades)}
        for name, expected in re.findall(r"^手签 (\S+) (.+)$", unit, flags=re.MULTILINE):
            # Grades were signed with the best first, scores with the lowest.
            signed = " 至 ".join(reversed(expected.split(" 至 "))) if name == "等级" else expected
            assert results[name] == signed, (name, unit)
        lines.append(f"—— {facts.unit}：{score_text(trace.total)} {results['等级']}")
        for name, step in values.items():
            mark = "（可能更窄）" if isinstance(step.value, Unknown) and not step.value.tight else ""
            lines.append(f"{name} {score_text(step.value)}{mark} {state(step)} {reason(step)}".rstrip())
    return "\n".join(lines)


def _unit(text: str, program: Program) -> Facts:
    document, problems = factfile.facts(Source("事实.yaml", re.sub(r"^手签", "# 手签", text, flags=re.MULTILINE)))
    assert document is not None
    facts, more = fit(document.raw, program.schema, program.book.year, [])
    assert not [p for p in (*problems, *more) if p.is_error], _shown([*problems, *more])
    return facts


def _lint(text: str, rule: str) -> str:
    whole = _book(text)
    book = lint_book(whole)
    assert book is not None, _shown(check_text(whole)[0])
    start = 0 if "规则集" in text else len(FRAME)
    found = [d for d in lint(book, (rule,)) if d.labels[0].span.start >= start]
    lines = [_shown(found)]
    for fix in (d.fix for d in found if d.fix is not None):
        mended = applied({"规则.zj": whole}, [fix])["规则.zj"]
        changed = difflib.unified_diff(whole.splitlines(), mended.splitlines(), lineterm="", n=0)
        lines += [line.rstrip() for line in changed if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return "\n".join(lines)


def _audit(text: str) -> str:
    whole = text.startswith("全体\n")
    book, handed, *more = text.removeprefix("全体\n").split("\n+++\n")
    built, diagnostics = checked(_scored_book(book))
    assert built is not None, _shown(diagnostics)
    assert not diagnostics, _shown(diagnostics)
    rules = RuleSet("试验", Path(), built, "", ())
    units = [_claimed(unit, rules) for unit in (handed, *(more if whole else ()))]
    papers: ScoreTable | None = None
    between: list[Diagnostic] = []
    if more and not whole:
        papers, wrong = score_table(grid(more[0], "评分表.xlsx"), built.schema, rules.indicator_names())
        data = Handed("事实.yaml", units[0][0], None, "")
        between = [*wrong, *reconcile(rules, None, None, data, papers, None)[1]]
    scored = score_units(rules, [facts for _, facts, _ in units], None, whole)
    audits = [
        audit(one, papers, [*said, *findings(one.claimed, one.facts)], between)
        for one, (_, _, said) in zip(scored, units, strict=True)
    ]
    assert all(found.share.full == built.book.full for found in audits)
    text_out = StringIO()
    out = Console(file=text_out, width=120, highlight=False, markup=False)
    auditing.show(audits[0], out)
    if whole:
        auditing.others(audits[1:], out)
    return re.sub(r" +$", "", text_out.getvalue(), flags=re.MULTILINE).strip("\n")


def _claimed(text: str, rules: RuleSet) -> tuple[RawFacts, Facts, list[Diagnostic]]:
    document, problems = factfile.facts(Source("事实.yaml", text))
    assert document is not None
    facts, more = fit(document.raw, rules.program.schema, 2025, rules.indicator_names())
    assert not [p for p in (*problems, *more) if p.is_error], _shown([*problems, *more])
    return document.raw, facts, [*problems, *more]


def _overlay(text: str) -> str:
    whole, day = text.startswith("全文\n"), re.match(r"截至 (\S+)\n", text)
    base, *files = re.sub(r"\A(?:全文|截至 \S+)\n", "", text).split("\n+++\n")
    built, problems = overlaid(base, files, date.fromisoformat(day[1]) if day else None)
    if built is None or built.book is None:
        return _shown(list(problems))
    shown = consolidated_text(built.book, "试验 的全文").rstrip("\n")
    shown = shown if whole else shown.split("\n\n", 2)[2]
    return "\n".join([shown, *(["", _shown(list(problems))] if problems else [])])


def _coverage(text: str) -> str:
    book, *cases = text.split("\n+++\n")
    found = casework(_scored_book(book), cases)
    return _printed(lambda out: covering.show(coverage(found.rules.program, found.ran, None), out))


def _mutate(text: str) -> str:
    book, *cases = text.split("\n+++\n")
    found = casework(_scored_book(book), cases)
    every = fates(found.rules, found.signed, None)
    kills = [
        f"第 {f.mutant.number} 个  {f.mutant.change.said}：{f.kill.case} {f.kill.wish.what} {f.kill.wish.said.text}"
        for f in every
        if f.kill is not None
    ]
    return _printed(lambda out: mutating.show(found.rules, every, out)) + "\n杀死的\n" + "\n".join(kills)


def _summary(text: str) -> str:
    settings = re.match(r"(?:宽 (\d+)\n)?(?:上年 (.+)\n)?", text)
    assert settings is not None
    book, *units = text[settings.end() :].split("\n+++\n")
    found = compiled(_scored_book(book))
    facts = frame_of(found.schema, [_unit(unit, found) for unit in units])
    before = dict(re.findall(r"(\S+) (\S+)", settings[2] or ""))
    last = last_of({n: Fraction(v) for n, v in before.items()}, Fraction(2)) if before else None
    counted = tally(bulk(found, with_spring(work_calendar())).score(facts), facts, last)
    return _printed(lambda out: terminal(counted, out), int(settings[1] or 120))


def _diff(text: str) -> str:
    both, own = edits_of(text)
    lines = []
    for change in compare(amended("2025", both), amended("2026", own)).changes:
        lines.append(f"{change.kind}{'' if change.scores else '（不影响得分）'}  {change.said}")
        for side, clause in (("旧", change.old), ("新", change.new)):
            lines += [f"    {side} {clause.place}  {clause.line[:100]}"] if clause is not None else []
    return "\n".join(lines) or "没有变化"


def _printed(show: Callable[[Console], object], width: int = 120) -> str:
    text = StringIO()
    show(Console(file=text, width=width, highlight=False, markup=False))
    return re.sub(r" +$", "", text.getvalue(), flags=re.MULTILINE).strip("\n")


def _ends(value: Value) -> str:
    if isinstance(value, Problem):
        return "无法计算"
    hull = range_of(value).hull
    return " 至 ".join(dict.fromkeys(score_text(e) for e in (hull.lo, hull.hi) if e is not None))


@pytest.mark.parametrize(
    ("path", "name", "given", "expected"), _blocks(), ids=lambda v: v.stem if isinstance(v, Path) else None
)
def test_golden(path: Path, name: str, given: str, expected: str, request: pytest.FixtureRequest) -> None:
    kind = path.parent.name
    if kind == "lint":
        got = _lint(given, path.stem)
        assert (got == "（没有问题）") == name.startswith("不报"), got
    elif kind == "rules" and not given.startswith("编码 "):
        got = _shown(check_text(_book(given))[0])
    else:
        got = {
            "facts": _facts,
            "rules": _encoded,
            "mended": _mended,
            "score": _scores,
            "format": _format,
            "highlight": _highlighted,
            "tables": _tables,
            "audit": _audit,
            "coverage": _coverage,
            "diff": _diff,
            "mutate": _mutate,
            "overlay": _overlay,
            "batch": batchwork.told,
            "summary": _summary,
            "reader": readerwork.told,
        }[kind](given)
    if got != expected.rstrip() and request.config.getoption("--accept"):
        text = path.read_text("utf-8")
        head = f"=== {name}\n{given}\n---\n"
        before, _, after = text.partition(head)
        assert after.startswith(expected)
        path.write_text(f"{before}{head}{got}\n{after[len(expected) :].lstrip(chr(10))}", "utf-8")
        return
    assert got == expected.rstrip(), f"{path.name}: {name}"
