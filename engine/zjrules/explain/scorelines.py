"""A scored unit as the lines of a score sheet (评分表): standard, how the score came, why points are lost, what proves it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from zjrules.explain import prose
from zjrules.explain.lines import Line, explained, places_of
from zjrules.explain.standard import standard
from zjrules.fact import Evidence, Facts, State
from zjrules.num import brief
from zjrules.term import rule as tr
from zjrules.trace import Step, Trace
from zjrules.value import Value

_TELLING = frozenset({"formula", "result", "let", "said", "item", "row"})


@frozen
class Clause:
    """What is said of an indicator, or of one of its parts (name is '' for the indicator itself)."""

    name: str
    standard: str
    told: str
    lost: str


@frozen
class ScoreLine:
    """One indicator: the names over it, its points and score, and what is said of it, part by part."""

    group: str
    middle: str
    """The 二级指标 over it, '' where the rule set has none."""
    number: str
    name: str
    points: Fraction
    value: Value
    places: int
    clauses: tuple[Clause, ...]
    proof: str


def score_lines(trace: Trace, facts: Facts) -> list[ScoreLine]:
    """Return the lines of a score sheet in order."""
    return [line for step in trace.groups for line in _group(step, trace, facts, "", "")]


def _group(step: Step, trace: Trace, facts: Facts, group: str, middle: str) -> Iterator[ScoreLine]:
    node = step.term
    if isinstance(node, tr.Group):
        own = f"{node.number}{node.name}\n（{brief(node.points)} 分）"
        for kid in step.kids:
            yield from _group(kid, trace, facts, group or own, own if group else middle)
        return
    assert isinstance(node, tr.Indicator)
    lines = explained(step, trace, facts)
    clauses = _clauses(step, node, lines, trace)
    yield ScoreLine(
        group, middle, node.number, node.name, node.points, step.value, places_of(node.rounding), clauses,
        _proof(lines, facts),
    )  # fmt: skip


def _clauses(step: Step, node: tr.Indicator, lines: list[Line], trace: Trace) -> tuple[Clause, ...]:
    params = trace.program.params
    parts = {p.term.name: p for kid in step.kids for p in kid.kids if isinstance(p.term, tr.Indicator)}
    if not parts:
        return (Clause("", standard(node, params), _told(lines), _lost(step)),)
    told = _by_part(lines)
    found = []
    for name, part in parts.items():
        own = part.term
        assert isinstance(own, tr.Indicator)
        title = f"{name}\n（{brief(own.points)} 分，得 {prose.gained(part.value)}）"
        found.append(Clause(title, standard(own, params), _told(told.get(name, [])), _lost(part)))
    return tuple(found)


def _lost(step: Step) -> str:
    """Return how many points are lost and why, or what is missing; '' at full points."""
    text = prose.loss(step)
    return f"{text}，见评分说明" if text.endswith(f"，{prose.BY_FORMULA}") else text


def _by_part(lines: list[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    mine: list[Line] = []
    for line in lines:
        if line.kind == "part":
            mine = found.setdefault(line.text, [])
        elif line.level == 1 and line.kind != "part":
            mine = []
        else:
            mine.append(line)
    return found


def _told(lines: list[Line]) -> str:
    """Return how a score came: the formula, and the same with the numbers put in."""
    said = [
        f"{line.text}{f' {line.value}' if line.kind == 'row' and line.value else ''}"
        for line in lines
        if line.kind in _TELLING
    ]
    said += [line.text for line in lines if line.kind == "note"]
    return "\n".join(said)


def _proof(lines: list[Line], facts: Facts) -> str:
    """Return the facts that a score rests on, each with its value and what proves it."""
    found = []
    for name in dict.fromkeys(line.text for line in lines if line.kind == "fact"):
        value = next(line.value for line in lines if line.kind == "fact" and line.text == name)
        fact = facts.facts.get(name)
        if fact is None or fact.state is State.MISSING:
            found.append(f"{name}：缺失")
            continue
        found.append(f"{name} {value}{_by(fact.evidence, fact.reference)}")
    for name in dict.fromkeys(line.text for line in lines if line.kind == "ledger"):
        table = facts.ledgers.get(name)
        if table is None or table.rows is None:
            found.append(f"明细 {name}：缺失")
        else:
            found.append(f"明细 {name} {len(table.rows)} 行{_by(table.evidence, table.reference)}")
    return "\n".join(found)


def _by(evidence: Evidence, reference: str) -> str:
    if evidence is Evidence.NOT_ASKED:
        return ""
    return f"：{reference}" if evidence is Evidence.PROVED and reference else "：自述，没有佐证"
