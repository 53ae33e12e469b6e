"""Cases: what a fact file expects, hand-signed, against what the engine computes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from zjrules.diag import Code, Diagnostic, at
from zjrules.exact.expr import evaluate
from zjrules.exact.operation import comparison
from zjrules.exact.scope import Run, Scope, WorkCalendar
from zjrules.explain.lines import score_text
from zjrules.fact import Schema
from zjrules.inout.yaml import Node
from zjrules.num import read
from zjrules.project import Case, Scored
from zjrules.ruleset import Example
from zjrules.span import Span
from zjrules.spelling import nearest
from zjrules.term import rule as tr
from zjrules.trace import Trace
from zjrules.unit import show
from zjrules.value import Problem, Unknown, Value, range_of

BAD_EXPECTATION = Code("ZJ5040", "bad-expectation")
_KEYS = ("签认", "总分", "等级", "指标", "舍入前", "校验", "仅有佐证", "复核")


@frozen
class Miss:
    """One expectation that was not met."""

    span: Span
    what: str
    expected: str
    got: str


def judge(case: Case, scored: Scored) -> tuple[list[Miss], list[Diagnostic]]:
    """Compare a case's expectations with a scored unit."""
    problems: list[Diagnostic] = []
    misses = _judged(case.expected, scored.claimed, problems)
    for key, value in case.expected.pairs:
        if key.text == "仅有佐证":
            misses += _judged(value, scored.proved, problems)
        if key.text == "复核":
            misses += _judged(value, scored.reviewed or scored.claimed, problems)
    return misses, problems


def _judged(expected: Node, trace: Trace, problems: list[Diagnostic]) -> list[Miss]:
    scores = {name: value for step in trace.indicators() for name, value in ((_name(step.term), step.value),)}
    raws = {_name(step.term): _raw(step.note, step.value) for step in trace.indicators()}
    scores |= {_name(g.term): g.value for g in trace.groups if _name(g.term) not in scores}
    checks = {c.check.title: c.status for c in trace.checks}
    misses: list[Miss] = []
    for key, value in expected.pairs:
        match key.text:
            case "总分":
                misses += _number("总分", value, trace.total, problems)
            case "等级":
                got = _grades(trace)
                misses += [Miss(value.span, "等级", value.text, got)] if value.text != got else []
            case "指标" | "舍入前":
                table = scores if key.text == "指标" else raws
                for name, number in value.pairs:
                    if _known(name, table, problems):
                        misses += _number(f"{name.text}（{key.text}）", number, table[name.text], problems)
            case "校验":
                for name, status in value.pairs:
                    if _known(name, checks, problems) and checks[name.text] != status.text:
                        misses.append(Miss(status.span, name.text, status.text, checks[name.text]))
            case "签认" | "仅有佐证" | "复核":
                pass
            case other:
                likely = nearest(other, _KEYS, closed=True)
                help_ = f"是不是「{likely}」？" if likely else f"可用：{'、'.join(_KEYS)}"
                problems.append(at(BAD_EXPECTATION, key.span, f"「期望」里不能写「{other}」", help_))
    return misses


def _name(term: object) -> str:
    assert isinstance(term, tr.Indicator | tr.Group)
    return term.name


def _raw(note: object, value: Value) -> Value:
    return note if isinstance(note, Fraction | Unknown | Problem) else value


def _grades(trace: Trace) -> str:
    return trace.grades[0] if len(trace.grades) == 1 else f"{trace.grades[0]} 至 {trace.grades[-1]}"


def _known(name: Node, table: object, problems: list[Diagnostic]) -> bool:
    assert isinstance(table, dict)
    if name.text in table:
        return True
    likely = nearest(name.text, table)
    help_ = f"是不是「{likely}」？" if likely else "核对名称"
    problems.append(at(BAD_EXPECTATION, name.span, f"「期望」里的「{name.text}」在规则里没有", help_))
    return False


def _number(what: str, node: Node, got: Value, problems: list[Diagnostic]) -> list[Miss]:
    ends = [
        _exact(part) for part in re.split(r"\s*至\s*|\s*,\s*", node.text.strip("[]（）() ").removesuffix("分").strip())
    ]
    if None in ends or len(ends) > 2:
        problems.append(
            at(BAD_EXPECTATION, node.span, f"「{node.text}」不是一个数，也不是「几 至 几」", "例如 3.72 或 0 至 4")
        )
        return []
    low, high = ends[0], ends[-1]
    if isinstance(got, Fraction):
        met = got == low == high
    elif isinstance(got, Unknown):
        hull = range_of(got).hull
        met = (hull.lo, hull.hi) == (low, high)
    else:
        met = False
    exact = f"（{got}）" if isinstance(got, Fraction) and got.denominator > 1 else ""
    return [] if met else [Miss(node.span, what, node.text, f"{score_text(got)}{exact}")]


def _exact(text: str) -> Fraction | None:
    """Read a decimal or num/den exactly."""
    top, slash, bottom = text.partition("/")
    above, below = read(top.strip()), read(bottom.strip()) if slash else Fraction(1)
    return above / below if above is not None and below else None


_NOTHING = tr.Program(
    tr.Book("", 2000, "", "", "", "", Fraction(0)), {}, Schema({}, {}), checks=(), groups=(), steps=(), grades=()
)
"""What a word sees beside its inputs."""


def failed_examples(examples: Sequence[Example], calendar: WorkCalendar | None = None) -> list[Miss]:
    """Evaluate examples of words; return those that give something else."""
    misses = []
    scope = Scope(Run(_NOTHING, {}, calendar), {}, {})
    for example in examples:
        got, wanted = evaluate(example.call, scope).value, evaluate(example.expected, scope).value
        if comparison("=", got, wanted) is not True:
            shown = [
                show(v, example.expected.type) if not isinstance(v, Unknown | Problem) else str(v)
                for v in (wanted, got)
            ]
            misses.append(Miss(example.span, f"词「{example.word}」的举例", *shown))
    return misses
