"""What a mutant is: a term with one change, the clause that was changed, and a sentence on it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

from attrs import evolve, field, frozen

from zjrules.explain import formula
from zjrules.margin.threshold import smallest_of
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.unit import Number, Type, show

Made = TypeVar("Made")


@frozen
class Change:
    """One change: its kind (界线 比较 …), what is now said in place of what, and the clause that it is in."""

    kind: str
    said: str
    span: Span = field(eq=False)


@frozen
class Mutant:
    """A rule set with one change. owner is the indicator, the word, 勾稽, 总评 or the parameter that it stands in.

    indicators and checks are those that came out different, by their place in the book; program is the whole.
    """

    number: int
    owner: str
    change: Change
    program: tr.Program
    indicators: Mapping[int, tr.Indicator]
    checks: Mapping[int, tr.Check]
    total: bool
    """Whether what stands above the indicators was changed: groups, the total, the grades."""


def nudged(value: Fraction, kind: Type, hint: Type | None = None) -> tuple[Fraction, ...]:
    """Return the values one smallest unit below and above: a cent, one of a count, a day, 0.01 of a percentage point."""
    unit = smallest_of(hint if hint is not None and _bare(kind) else kind)
    return value - unit, value + unit


def _bare(kind: Type) -> bool:
    """Return whether a number has no unit of its own, so that what stands beside it says how fine it is."""
    return isinstance(kind, Number) and not kind.dim and not kind.percent and not kind.points


def constant(e: tm.Const, value: Fraction, hint: Type | None = None) -> tm.Const:
    """Return a constant with another value, shown as its kind is."""
    kind = hint if hint is not None and _bare(e.type) else e.type
    return evolve(e, value=value, text=show(value, kind))


def brief(e: tm.Expr) -> str:
    """Return an expression on one line, not too long."""
    text = formula.names(e)
    return text if len(text) <= 40 else f"{text[:40]}…"


def became(before: tm.Expr, after: tm.Expr) -> str:
    """Return the sentence that one thing stands in place of another."""
    return f"「{brief(before)}」改成「{brief(after)}」"
