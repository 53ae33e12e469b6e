"""A comparison of two rule sets: made, on a terminal, and as a document."""

from __future__ import annotations

import io
import json
from importlib.metadata import version

from rich.console import Console
from rich.text import Text

from zjrules.cli import say
from zjrules.diff import record
from zjrules.diff.change import Change
from zjrules.diff.compare import Diff
from zjrules.diff.markdown import markdown
from zjrules.diff.report import NO_SOLVER, NOT_WANTED, Report, headline
from zjrules.diff.reported import Sides, reported
from zjrules.diff.settle import APART, SAME, Judge, Verdict
from zjrules.diff.telling import called, facts, numbered, outcome, parts
from zjrules.ruleset import RuleSet
from zjrules.span import visible

__all__ = ["NOT_WANTED", "NO_SOLVER", "compared", "document", "show"]
MOST_LINES = 6
"""Lines of a clause on a terminal; Markdown and JSON have all of them."""
_COLOUR = {SAME: "green", APART: "red"}


def compared(old: RuleSet, new: RuleSet, unasked: str, timeout: int) -> Report:
    """Compare two rule sets; unasked says why no solver is to be asked, '' that it is (timeout: milliseconds of one call)."""

    def ask(diff: Diff, sides: Sides) -> Judge:
        from zjrules.diff.solved import by_solver
        from zjrules.prove.example import Replay

        (_, before), (other, after) = sides
        # With no change made, it asks for all that either asks for.
        return by_solver(Replay(diff.hybrid(frozenset()), before), Replay(other, after), timeout)

    return reported(old, new, unasked, None if unasked else ask)


def document(report: Report, form: str) -> str:
    """Return a report as json, as md, or as it is shown."""
    match form:
        case "json":
            return f"{json.dumps(record.document(report, version('zjrules')), ensure_ascii=False, indent=2)}\n"
        case "md":
            return markdown(report)
        case _:
            stream = io.StringIO()
            show(report, say.console(stream))
            return stream.getvalue()


def show(report: Report, out: Console) -> None:
    """Print a report."""
    out.print(Text(f"{report.old.title}（{report.old.id}）", "bold"), soft_wrap=True)
    out.print(Text(f"→ {report.new.title}（{report.new.id}）", "bold"), soft_wrap=True)
    out.print(Text(headline(report), "bold" if report.changes else "green"), soft_wrap=True)
    for part, first in numbered(list(parts(report))):
        lines = [Text(), Text(f"{part.title}（{len(part.changes)}）", "bold")]
        for number, change in enumerate(part.changes, first):
            lines += _change(number, change)
        say.block(lines, out)
    if report.verdicts:
        lines = [Text(), Text("有改动的指标，得分是不是真的不同", "bold")]
        lines += [line for v in report.verdicts for line in _verdict(v, report)]
        say.block(lines, out)
    if report.unasked and report.left:
        out.print(Text(f"{report.unasked}。", "yellow"), soft_wrap=True)


def _change(number: int, change: Change) -> list[Text]:
    lines = [Text.assemble(f"{number:>3}  ", (change.kind, "cyan"), f"  {visible(change.said)}。")]
    for side, clause, colour in (("旧", change.old, "red"), ("新", change.new, "green")):
        if clause is None:
            continue
        lines.append(Text(f"       {side} {clause.place}", "dim"))
        text = clause.text.split("\n")
        shown = text if len(text) <= MOST_LINES else [*text[: MOST_LINES - 1], f"……（共 {len(text)} 行）"]
        lines += [Text(f"          {visible(line)}", colour) for line in shown]
    return lines


def _verdict(verdict: Verdict, report: Report) -> list[Text]:
    state = Text.assemble(
        "     ", visible(called(verdict)), "  ", (outcome(verdict), _COLOUR.get(verdict.state, "yellow"))
    )
    found = facts(verdict, report)
    return [state, Text(f"          {visible(found)}", "dim")] if found else [state]
