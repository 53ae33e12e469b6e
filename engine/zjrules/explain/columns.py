"""Scores side by side as texts: 按自述, 仅有佐证 and, where there is one, 复核 with its deviation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from zjrules.explain.lines import score_text
from zjrules.explain.record import deviation as rate_of
from zjrules.num import fixed
from zjrules.trace import Trace
from zjrules.value import DROPPED, Problem, Value


def values(scores: Sequence[Value], places: int) -> list[str]:
    """Return scores as text; where there is one of the reviewer, then the deviation from the unit's own too."""
    # Why there is no score stands in the reasons.
    texts = ["无法计算" if isinstance(v, Problem) and v.kind != DROPPED else score_text(v, places) for v in scores]
    return texts if len(scores) < 3 else [*texts, deviation(scores[0], scores[2])]


def deviation(own: Value, reviewed: Value) -> str:
    """Return (自评 - 复核) ÷ 自评 as a percentage; '' where they agree, — where it is not known or 自评 is 0."""
    rate = rate_of(own, reviewed)
    if own == reviewed:
        return ""
    return "—" if rate is None else percent(rate)


def percent(rate: Fraction) -> str:
    """Return a ratio as a percentage with two decimals; ≈ where it has more."""
    exact = (rate * 10000).denominator == 1
    return f"{'' if exact else '≈'}{fixed(rate * 100, 2)}%"


def grades(trace: Trace) -> str:
    """Return the grade, or the worst and the best that are still possible; — where there is none."""
    return span_of(trace.grades) or "—"


def span_of(grades: Sequence[str]) -> str:
    """Return possible grades, which a trace has best first, as a span from low to high, as scores are told; '' for none."""
    return " 至 ".join(dict.fromkeys((grades[-1], grades[0]))) if grades else ""


def any_of(grades: Sequence[str]) -> str:
    """Return every possible grade, which a trace has best first, from low to high; '' for none."""
    return "或".join(reversed(grades))
