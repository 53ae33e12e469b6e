"""What prove says: counts, what does not hold with facts that show it, what was not settled, cliffs and directions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

import click
from attrs import frozen
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zjrules.appraisal import calendar_for
from zjrules.cli import say
from zjrules.cli.writing import WHY, save
from zjrules.diag import Diagnostic
from zjrules.explain.lines import score_text
from zjrules.fact import Schema
from zjrules.inout import casefile
from zjrules.num import brief
from zjrules.proofs import Proofs
from zjrules.prove import accept, pieces, record
from zjrules.prove.example import Example, Replay, facts_of
from zjrules.prove.findings import diagnostic, message, unneeded
from zjrules.prove.question import OPEN, PROVED, REFUTED, Answer, counted, of_book, of_indicator
from zjrules.ruleset import RuleSet
from zjrules.term import rule as tr
from zjrules.term.question import QUESTIONS
from zjrules.unit import show as value_text

MOST_CLIFFS = 10


@frozen
class Report:
    """All answers about a rule set, and the 认可 that nothing needs."""

    rules: RuleSet
    answers: tuple[Answer, ...]
    unneeded: tuple[tr.Accept, ...] = ()
    other: RuleSet | None = None

    @property
    def code(self) -> int:
        """The exit code: 0 where all is proved or accepted."""
        bad = [a for a in self.answers if a.verdict == OPEN or (a.verdict == REFUTED and not a.accepted)]
        return int(bool(bad or self.unneeded))


def proved(rules: RuleSet, names: Sequence[str], timeout: int) -> Report:
    """Ask everything about a rule set, or all about some of its indicators."""
    from zjrules.prove.run import Prover

    calendar, _ = calendar_for(rules)
    cache = Proofs.of(rules.id)
    prover = Prover(rules.program, calendar, timeout, cache.kept, cache.keep)
    answers = [a for _, found in prover.indicators(names) for a in found]
    answers += prover.book() if not names else ()
    cache.close()
    return _report(rules, names, answers)


def simply(rules: RuleSet, names: Sequence[str]) -> Report:
    """Answer without a solver what can be: indicators of one number. The rest is not settled."""
    replay = Replay(rules.program, calendar_for(rules)[0])
    answers = []
    for node in rules.indicators():
        for question in of_indicator(node, rules.program) if not names or node.name in names else ():
            found = pieces.answered(question, node, replay)
            answers.append(found or Answer(question, OPEN, "", tried=("没有装求解器",)))
    answers += [Answer(q, OPEN, "", tried=("没有装求解器",)) for q in of_book(rules.program)] if not names else []
    return _report(rules, names, answers)


def _report(rules: RuleSet, names: Sequence[str], answers: Sequence[Answer]) -> Report:
    accepts = [a for n in rules.indicators() if not names or n.name in names for a in accept.of_indicator(n)]
    accepts += accept.of_book(rules.program) if not names else []
    found = accept.accepted(answers, accepts)
    return Report(rules, found, tuple(accept.unneeded(found, accepts)))


def compared(rules: RuleSet, other: RuleSet, timeout: int) -> Report:
    """Ask of every indicator whether two rule sets score it the same."""
    from zjrules.prove.equal import Pair

    replays = [Replay(r.program, calendar_for(r)[0]) for r in (rules, other)]
    return Report(rules, tuple(Pair(replays[0], replays[1], timeout).answers()), other=other)


# ---------- on a terminal ----------


def show(report: Report, whole: bool, seconds: float, out: Console) -> None:
    """Print a report."""
    against = f"，与 {report.other.title}（{report.other.id}）比" if report.other is not None else ""
    out.print(Text(f"{report.rules.title}（{report.rules.id}）：证明{against}", "bold"), soft_wrap=True)
    out.print()
    _table(report.answers, out)
    if whole:
        _every(report.answers, out)
    for answer in report.answers:
        if answer.verdict != PROVED:
            _unproved(answer, report, out)
    say.diagnostics([unneeded(a) for a in report.unneeded], out)
    _cliffs(report, out)
    _sum_up(report, seconds, out)


def _table(answers: Sequence[Answer], out: Console) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("类", "问题", PROVED, REFUTED, OPEN, "问的是"):
        table.add_column(name, justify="right" if name not in ("类", "问的是") else "left")
    for kind in dict.fromkeys(a.question.kind for a in answers):
        mine = [a for a in answers if a.question.kind == kind]
        count = counted(mine)
        numbers = [str(count.get(v, "")) for v in (PROVED, REFUTED, OPEN)]
        table.add_row(kind, str(len(mine)), *numbers, QUESTIONS.get(kind, "两本规则得分相同"))
    out.print(table)


def _every(answers: Sequence[Answer], out: Console) -> None:
    for answer in answers:
        said = f"：{answer.said}" if answer.said else ""
        note = f"（只圈定：{'、'.join(answer.enclosed)}）" if answer.enclosed else ""
        colour = {PROVED: "green", REFUTED: "red", OPEN: "yellow"}[answer.verdict]
        line = Text.assemble((f"  {answer.verdict}  ", colour), f"{answer.question.said}{said}", (note, "dim"))
        out.print(line, soft_wrap=True)
    out.print()


def _unproved(answer: Answer, report: Report, out: Console) -> None:
    if answer.accepted:
        out.print(Text(f"已认可  {message(answer)}。{answer.accepted}"), soft_wrap=True)
        out.print()
        return
    say.block(say.render(diagnostic(answer)), out)
    for text in _examples(answer, report):
        say.block([Text(f"    {line}", "dim") for line in text.splitlines()], out)
    out.print()


def diagnostics(report: Report) -> list[Diagnostic]:
    """Return all that is not proved, nor accepted, and the 认可 that nothing needs."""
    bad = [a for a in report.answers if a.verdict != PROVED and not a.accepted]
    return [*(diagnostic(a) for a in bad), *(unneeded(a) for a in report.unneeded)]


def _examples(answer: Answer, report: Report) -> Iterator[str]:
    for shown in answer.examples:
        yield f"# 照下面的事实重算：{shown.gives}\n" + file_text(shown.example, report)


def file_text(example: Example, report: Report, comments: Sequence[str] = ()) -> str:
    """Return an example as a fact file."""
    program = report.rules.program
    facts = facts_of(example, program)
    return casefile.text(facts, program.schema, report.rules.id, program.book.year, comments)


def _cliffs(report: Report, out: Console) -> None:
    steep = [a for a in report.answers if a.size and Fraction(a.size) > 0 and len(a.examples) > 1]
    if not steep:
        return
    steep.sort(key=lambda a: Fraction(a.size), reverse=True)
    title = f"断崖：改最小的一步，得分跳得最多的 {min(len(steep), MOST_CLIFFS)} 处（共 {len(steep)} 处）"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left", title_style="bold")
    for name in ("跳", "指标", "事实", "从", "到"):
        table.add_column(name, justify="right" if name == "跳" else "left", overflow="fold")
    schema = report.rules.program.schema
    for answer in steep[:MOST_CLIFFS]:
        ends = [f"{_fact(s.example, answer.question.subject, schema)} {s.gives}" for s in answer.examples[:2]]
        table.add_row(f"{score_text(Fraction(answer.size))} 分", answer.question.owner, answer.question.subject, *ends)
    out.print(table)


def _fact(example: Example, name: str, schema: Schema) -> str:
    value = example.values[name]
    return "不适用" if value is None else value_text(value, schema.facts[name].type)


def _sum_up(report: Report, seconds: float, out: Console) -> None:
    count = counted(report.answers)
    accepted = sum(bool(a.accepted) for a in report.answers)
    parts = [f"共 {len(report.answers)} 题", *(f"{v} {count[v]}" for v in (PROVED, REFUTED, OPEN) if v in count)]
    parts += [f"其中已认可 {accepted}"] if accepted else []
    text = f"{'，'.join(parts)}，用时 {brief(Fraction(round(seconds * 10), 10))} 秒"
    out.print(Text(text, "bold"), soft_wrap=True)
    out.print(Text(ASSUMED, "dim"), soft_wrap=True)


ASSUMED = "前提：日期都在已知日历的年份里，词的「应有」都满足；事实取遍声明的范围，缺失的可以是其中任何一个，可不适用的也可以不适用。"


# ---------- for programs, and as cases ----------


def document(report: Report, form: str) -> str:
    """Return a report as json, or what is not proved as sarif, junit or github."""
    from zjrules.cli.help import entries
    from zjrules.lint import github, junit, sarif

    found = [(report.rules.id, tuple(diagnostics(report)))]
    match form:
        case "sarif":
            return f"{json.dumps(sarif.document(found, version('zjrules'), entries()), ensure_ascii=False, indent=2)}\n"
        case "junit":
            return junit.document(found)
        case "github":
            return github.document(found)
        case _:
            return f"{machine(report)}\n"


def machine(report: Report) -> str:
    """Return a report as JSON (schema/prove.schema.json)."""
    document = {
        "格式": record.SCHEMA,
        "引擎": version("zjrules"),
        "规则": {"编号": report.rules.id, "名称": report.rules.title, "摘要": report.rules.digest},
        "前提": ASSUMED,
        "计": {v: counted(report.answers).get(v, 0) for v in (PROVED, REFUTED, OPEN)},
        "题": [record.answer(a) for a in report.answers],
        "多余的认可": [{"类": a.kind, "说的是": a.subject, "理由": a.why} for a in report.unneeded],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def write_cases(report: Report, folder: Path, force: bool) -> int:
    """Write every example of a counterexample as a case, to be signed by a person; return 2 when one cannot be written."""
    program, worst = report.rules.program, 0
    number = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        click.echo(f"建不了目录「{folder}」：{WHY.get(type(error), error.strerror)}", err=True)
        return 2
    for answer in report.answers:
        for shown in answer.examples if answer.verdict == REFUTED else ():
            number += 1
            title = f"{answer.question.said}：{answer.said}"
            facts = facts_of(shown.example, program)
            expected = _expected(answer, shown.example, report)
            text = casefile.text(facts, program.schema, report.rules.id, program.book.year, (shown.gives,))
            source = "prove 找到的例子，得分由准确引擎重放"
            text += casefile.expecting(title, source, "未签认（机器重放）", expected)
            path = folder / f"{number:02}-counterexample.yaml"
            code = save(path, text.encode(), force)
            worst = max(worst, code)
            click.echo(f"已写  {path}", err=True) if code == 0 else None
    return worst


def _expected(answer: Answer, example: Example, report: Report) -> dict[str, str]:
    node = next((n for n in report.rules.indicators() if n.name == answer.question.owner), None)
    if node is None:
        return {}
    value = Replay(report.rules.program, calendar_for(report.rules)[0]).step(node, example).value
    return {node.name: str(value)} if isinstance(value, Fraction) else {}
