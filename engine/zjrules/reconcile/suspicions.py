"""What a report says that cannot all be so: one claim beside another, and things done before their time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.reconcile.flow import Flow
from zjrules.reconcile.phrase import Phrase
from zjrules.reconcile.statements import Stated, Statement
from zjrules.reconcile.structure import Outline
from zjrules.reconcile.ways import Patterns, Sequence
from zjrules.span import Span

TOO_EARLY = Code("ZJ5077", "said-before-it-was-done", Severity.WARNING)
CLASH = Code("ZJ5078", "statements-clash", Severity.WARNING)

Statements = dict[str, tuple[Statement, ...]]
Day = tuple[date, Span]


def clashes(patterns: Patterns, said: Stated, known: Callable[[str], bool]) -> list[Diagnostic]:
    """Return the claims that stand beside what they exclude, where nothing that was handed in could explain both."""
    found = []
    for clash in patterns.clashes:
        claim = next((s for s in said.also[clash] if s.value == "是"), None)
        other = next((s for s in said.all.get(clash.beside, ()) if s.value != "否"), None)
        if claim is None or other is None or any(known(n) or n in said.all for n in clash.lacking):
            continue
        if any(n in said.all for n in clash.unsaid):
            continue
        labels = (Label(claim.span, clash.said), Label(other.span, f"{clash.beside} {other.text}"))
        message = f"报告一处{_as_said(clash.said)}，另一处{_as_said(clash.beside)}"
        found.append(Diagnostic(CLASH, message, labels, clash.why))
    return found


def _as_said(name: str) -> str:
    return f"说「{name.removeprefix('声称')}」" if name.startswith("声称") else f"写了「{name}」"


def too_early(
    patterns: Patterns, said: Statements, flow: Flow, outline: Outline, day_of: Callable[[str], Fraction | None]
) -> list[Diagnostic]:
    """Return what a report says was done though its own date does not reach the stage in which it is done."""
    found = []
    for sequence in patterns.sequences:
        claim = next((s for s in said.get(sequence.said, ()) if s.value == "是"), None)
        written = next((s for s in said.get(sequence.written, ()) if isinstance(s.value, Fraction)), None)
        done = day_of(sequence.done)
        if claim is None or written is None or (done is not None and done <= Fraction(written.value)):
            continue
        day = date.fromordinal(int(Fraction(written.value)))
        late = _late(sequence, day, claim, flow, outline)
        if late is not None:
            what, (_, place) = late
            labels = (
                Label(written.span, f"{day.isoformat()}"),
                Label(claim.span, "这里说已经做了"),
                Label(place, what),
            )
            message = f"报告填于 {day.isoformat()}，{what}，却说「{sequence.said.removeprefix('声称')}」"
            found.append(Diagnostic(TOO_EARLY, message, labels, sequence.why))
    return found


def _late(sequence: Sequence, day: date, claim: Statement, flow: Flow, outline: Outline) -> tuple[str, Day] | None:
    """Return the stage that the report's date does not reach: the last one it tells of, else its limit."""
    ends = outline.chapter(sequence.chapter) if sequence.chapter else None
    stages = _days(sequence.stages, flow, day.year, ends or (0, len(flow.source.text)))
    if stages:
        last = max(stages, key=lambda d: d[0])
        return (f"最后阶段 {last[0].isoformat()} 才开始", last) if day <= last[0] else None
    limits = _days(sequence.limits, flow, day.year, _sentence_of(claim, flow))
    return next(((f"期限 {d[0].isoformat()} 还没有到", d) for d in limits if day < d[0]), None)


def _sentence_of(claim: Statement, flow: Flow) -> tuple[int, int]:
    text, span = flow.source.text, claim.span
    low = max(text.rfind("。", 0, span.start), text.rfind("\n", 0, span.start)) + 1
    high = text.find("。", span.end)
    return low, high if high >= 0 else len(text)


def _days(phrases: tuple[Phrase, ...], flow: Flow, year: int, ends: tuple[int, int]) -> list[Day]:
    found = []
    for phrase in phrases:
        for hit in phrase.hits(flow):
            span = flow.span(*hit.value)
            numbers = [int(n) for n in re.findall(r"\d+", hit.text)]
            if ends[0] <= span.start < ends[1]:
                day = _day(*(numbers if len(numbers) == 3 else (year, *numbers)))
                found += [(day, span)] if day is not None else []
    return found


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
