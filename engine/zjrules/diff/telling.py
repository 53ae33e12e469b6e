"""A report in words, before it has a form: what a terminal and Markdown both tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from zjrules.diff.change import Change
from zjrules.diff.report import Report
from zjrules.diff.settle import APART, Verdict
from zjrules.inout import casefile
from zjrules.prove.example import facts_of


@frozen
class Part:
    """Changes under one heading."""

    title: str
    changes: tuple[Change, ...]


def parts(report: Report) -> Iterator[Part]:
    """Yield the changes in the order in which they matter; a heading with nothing under it is left out."""
    found = (
        Part("影响得分的", tuple(c for c in report.changes if c.scores)),
        Part("不影响得分的", tuple(c for c in report.changes if not c.scores)),
        Part("只是写法不同，所在的指标证明未变", report.rewritten),
    )
    yield from (p for p in found if p.changes)


def called(verdict: Verdict) -> str:
    """Return the names of an indicator; of one that is several now, all of them."""
    old, new = ("、".join(names) for names in verdict.touched.names)
    return old if old == new else f"{old} → {new}"


def outcome(verdict: Verdict) -> str:
    """Return what is known of an indicator in words."""
    if verdict.state == APART:
        return f"{verdict.state}：旧{verdict.scores[0]}，新{verdict.scores[1]}"
    return f"{verdict.state}{f'：{verdict.why}' if verdict.why else ''}"


def facts(verdict: Verdict, report: Report) -> str:
    """Return the facts that show a difference, as one line of a fact file; '' where there are none."""
    if verdict.example is None:
        return ""
    return casefile.line(facts_of(verdict.example, report.other), report.other.schema)


def numbered(found: Sequence[Part]) -> Iterator[tuple[Part, int]]:
    """Yield headings with the number of their first change: all are counted through."""
    number = 1
    for part in found:
        yield part, number
        number += len(part.changes)
