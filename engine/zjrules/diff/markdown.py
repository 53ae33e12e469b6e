"""A report as Markdown: for a file that goes round before a rule set is published."""

from __future__ import annotations

from zjrules.diff.change import Change
from zjrules.diff.report import Report, headline
from zjrules.diff.telling import called, facts, numbered, outcome, parts
from zjrules.page.markdown import escaped, fenced, table


def markdown(report: Report) -> str:
    """Return a report as one Markdown text."""
    blocks = [
        f"# {escaped(report.old.title)} → {escaped(report.new.title)}",
        f"{escaped(report.old.id)} → {escaped(report.new.id)}：{headline(report)}。",
    ]
    for part, first in numbered(list(parts(report))):
        blocks.append(f"## {part.title}（{len(part.changes)}）")
        for number, change in enumerate(part.changes, first):
            blocks += _change(number, change)
    if report.verdicts:
        rows = [(called(v), outcome(v), facts(v, report)) for v in report.verdicts]
        blocks += ["## 有改动的指标，得分是不是真的不同", table(("指标", "判定", "事实（按旧的名称和年度）"), rows)]
    blocks += [f"{report.unasked}。"] if report.unasked and report.left else []
    return "\n\n".join(blocks) + "\n"


def _change(number: int, change: Change) -> list[str]:
    found = [f"{number}\\. **{change.kind}** {escaped(change.said)}。"]
    for side, clause in (("旧", change.old), ("新", change.new)):
        if clause is not None:
            found += [f"{side}　{escaped(str(clause.place))}", fenced(clause.text)]
    return found
