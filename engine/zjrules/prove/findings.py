"""What is not proved, as diagnostics."""

from __future__ import annotations

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.prove.question import OPEN, SAME, Answer
from zjrules.term import rule as tr

FOUND = Code("ZJ7010", "counterexample", Severity.WARNING)
UNSETTLED = Code("ZJ7011", "not-settled", Severity.NOTE)
UNNEEDED = Code("ZJ7002", "acceptance-unneeded", Severity.WARNING)


def message(answer: Answer) -> str:
    """Return the question of an answer with what was found."""
    return f"{answer.question.said}：{answer.said}" if answer.said else answer.question.said


def diagnostic(answer: Answer) -> Diagnostic:
    """Return what is not proved as a diagnostic."""
    asked = answer.question
    if answer.verdict == OPEN:
        tried = "、".join(dict.fromkeys(answer.tried)) or "没有别的办法"
        return Diagnostic(UNSETTLED, f"未判定：{message(answer)}", (Label(asked.span),), f"试过：{tried}")
    if asked.kind == SAME:
        return Diagnostic(FOUND, f"反例：{message(answer)}", (Label(asked.span),), "看看是不是有意改的")
    subject = f" {asked.subject}" if asked.kind in ("方向", "断崖", "影响", "等级", "勾稽") else ""
    help_ = f'改规则；或者就是这样，在规则里写明：认可 {asked.kind}{subject} "为什么"'
    return Diagnostic(FOUND, f"反例：{message(answer)}", (Label(asked.span),), help_)


def unneeded(accepted: tr.Accept) -> Diagnostic:
    """Return a 认可 of what is not found, as a diagnostic."""
    said = f"认可了「{accepted.kind}{f' {accepted.subject}' if accepted.subject else ''}」，但没有这个反例"
    return Diagnostic(UNNEEDED, said, (Label(accepted.span),), "删去这一句；规则改过以后常会这样")
