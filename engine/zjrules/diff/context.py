"""What the comparison of a clause knows: where it is, what it may call the same, and what is one change for many clauses."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from attrs import evolve, field, frozen

from zjrules.diff.change import ADDED, REMOVED, Change, clause
from zjrules.diff.form import Reader, Table
from zjrules.explain import formula
from zjrules.num import brief
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr

_OPERATORS = {"≥": "不低于", "≤": "不超过", ">": "高于", "<": "低于", "=": "等于", "≠": "不等于"}


@frozen
class Sides:
    """The expressions of one place of both rule sets, read with the names that each of them knows there."""

    old: Reader
    new: Reader
    plain_old: Reader
    plain_new: Reader
    """The same with every 令 as what it is."""
    written: Mapping[str, tm.Expr] = field(factory=dict)
    """The old 令, with the 令 in them written out."""

    def same(self, old: tm.Expr, new: tm.Expr) -> bool:
        """Return whether two expressions say the same, a 令 being a name."""
        return self.old.of(old) == self.new.of(new)

    def equal(self, old: tm.Expr, new: tm.Expr) -> bool:
        """Return whether two expressions say the same, a 令 being what it is."""
        return self.plain_old.of(old) == self.plain_new.of(new)


Spans = tuple[Span | None, Span | None]
"""Where a clause stands in the old and in the new rule set."""


class Standing(Protocol):
    """What stands in a text."""

    @property
    def span(self) -> Span:
        """Its place."""


def spans_of(act: str, old: Standing, new: Standing) -> Spans:
    """Return where a clause stands that something was done to: what was added stands in the new rule set only."""
    return (old.span if act != ADDED else None, new.span if act != REMOVED else None)


def by_name(table: Table) -> Sides:
    """Return the sides at a place where no 令 is known: parameters and words are names."""
    reader = Reader(table)
    return Sides(reader, reader, reader, reader)


@frozen
class Place:
    """A clause being compared. where names it in a sentence: 指标「甲」的分项「乙」."""

    subject: str
    where: str
    sides: Sides
    owner: str = ""
    scores: bool = True
    shared: Mapping[Hashable, Change] = field(factory=dict)
    """By what they are about: changes that many clauses have in common, such as a rounding of all indicators."""

    def change(self, kind: str, act: str, said: str, spans: Spans, scores: bool = True) -> Change:
        """Return a change of this clause; said is what follows where."""
        old, new = (clause(s) if s is not None else None for s in spans)
        return Change(
            kind, act, self.subject, spaced(self.where, said), old, new, self.owner, scores=self.scores and scores
        )


def declaration(span: Span) -> Span:
    """Return the declaration that a name stands in: its line, and the lines under it that are indented further."""
    lines = span.source.text[: span.source.starts[-1]].count("\n") + 1
    first = span.source.line_text(span.line)
    depth, last = _indent(first), span.line
    while last < lines and (text := span.source.line_text(last + 1)).strip() and _indent(text) > depth:
        last += 1
    start = span.start - (span.column - 1) + depth
    return evolve(span, start=start, end=span.source.starts[last - 1] + len(span.source.line_text(last)))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def line_in(span: Span, keyword: str) -> Span:
    """Return the line of a clause that begins with a keyword; its first line where there is none."""
    for number in range(span.line, span.source.line_of(span.end) + 1):
        text = span.source.line_text(number)
        if text.strip().startswith(keyword):
            start = span.source.starts[number - 1] + _indent(text)
            return evolve(span, start=start, end=start + len(text.strip()))
    return head(span)


def head(span: Span) -> Span:
    """Return the first line of a clause."""
    end = span.source.text.find("\n", span.start, span.end)
    return span if end < 0 else evolve(span, end=end)


def some(names: Sequence[str], most: int = 3) -> str:
    """Return names in quotation marks; of many, the first and how many there are."""
    shown = "、".join(quoted(n) for n in names[:most])
    return shown if len(names) <= most else f"{shown}等 {len(names)} 处"


def edited(what: str, old: str, new: str) -> str:
    """Return the end of a sentence: something was one thing and is another."""
    return spaced(what, "由", old, "改为", new)


def spaced(*parts: str) -> str:
    """Return pieces of a sentence as one, with a space where Chinese and a number meet."""
    found = ""
    for part in parts:
        ends = (found[-1:], part[:1])
        meet = all(ends) and not set(ends) & set("「」（），； ") and ends[0].isascii() != ends[1].isascii()
        found += f" {part}" if meet else part
    return found


def quoted(text: str) -> str:
    """Return text in quotation marks, on one line."""
    return f"「{' '.join(text.split())}」"


def written(e: tm.Expr) -> str:
    """Return an expression in its author's words, in quotation marks; a number needs none."""
    text = formula.names(e)
    return text if isinstance(e, tm.Const) and isinstance(e.value, Fraction) and text else quoted(text)


def points_text(value: Fraction) -> str:
    """Return a number of 分."""
    return f"{brief(value)} 分"


def rounding_text(rounding: tr.RoundScore) -> str:
    """Return a rounding in words."""
    if rounding.mode is None:
        return "不舍入"
    return f"{rounding.mode.value}到 {points_text(rounding.quantum)}"


def limit_text(limit: tr.Limit) -> str:
    """Return a limit in words: 不低于 90%."""
    return f"{_OPERATORS[limit.op]} {formula.names(limit.bound)}"


def limits_text(limits: tuple[tr.Limit, ...]) -> str:
    """Return the limits of a band in words."""
    return "、".join(limit_text(x) for x in limits)
