"""What became of mutants, as JSON holds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from zjrules.fact import Schema
from zjrules.inout.casefile import line
from zjrules.mutate.protocol import Distinguishing, Equivalent, Undecided
from zjrules.mutate.run import Fate


def record(found: Sequence[Fate], schema: Schema) -> dict[str, Any]:
    """Return the fates of all mutants as plain data."""
    counts = Counter(f.state for f in found)
    return {"共": len(found), **dict(counts), "逐句": _clauses(found), "逐个": [_one(f, schema) for f in found]}


def _clauses(found: Sequence[Fate]) -> list[dict[str, Any]]:
    """Return how many were killed and survived, by the line of the clause."""
    lines: dict[tuple[str, int], Counter[str]] = {}
    for fate in found:
        span = fate.mutant.change.span
        lines.setdefault((span.source.name, span.line), Counter())[fate.state] += 1
    return [{"文件": name, "行": line, **dict(counts)} for (name, line), counts in sorted(lines.items())]


def _one(fate: Fate, schema: Schema) -> dict[str, Any]:
    change = fate.mutant.change
    said: dict[str, Any] = {
        "编号": fate.mutant.number, "所在": fate.mutant.owner, "种类": change.kind, "改动": change.said,
        "文件": change.span.source.name, "行": change.span.line, "结果": fate.state,
    }  # fmt: skip
    if fate.kill is not None:
        said["案例"], said["期望"] = fate.kill.case, f"{fate.kill.wish.what} {fate.kill.wish.said.text}"
    match fate.verdict:
        case Distinguishing(facts):
            said["事实"] = line(facts, schema)
        case Equivalent(why):
            said["理由"] = why
        case Undecided(tried):
            said["试过"] = tried
        case None:
            pass
    return said
