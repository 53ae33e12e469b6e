"""Cases: what a fact file expects, hand-signed, against what the engine computes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from zjrules.diag import Code, Diagnostic, at
from zjrules.exact.expr import evaluate
from zjrules.exact.operation import comparison
from zjrules.exact.scope import Run, Scope, WorkCalendar
from zjrules.explain.columns import span_of
from zjrules.explain.lines import score_text
from zjrules.fact import Facts, Schema
from zjrules.inout.yaml import Node
from zjrules.num import read
from zjrules.project import Case, Handed, Scored, fitted, read_facts
from zjrules.ruleset import Example, RuleSet
from zjrules.span import Span
from zjrules.spelling import nearest
from zjrules.term import rule as tr
from zjrules.term import survey
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


READINGS = ("自述", "仅有佐证", "复核")
UNCOMPUTED = "无法计算"


@frozen
class Wish:
    """One expectation, as a person signed it: of which reading, of what (总分 等级 指标 舍入前 校验), by name.

    ends are the number or the interval; None where it is a word: a grade, a status, 无法计算.
    """

    reading: str
    kind: str
    name: str
    said: Node
    ends: tuple[Fraction, Fraction] | None = None

    @property
    def what(self) -> str:
        """What is expected, as messages call it."""
        return f"{self.name}（{self.kind}）" if self.kind in ("指标", "舍入前") else self.name


Result = Value | str
Results = Mapping[tuple[str, str], Result]
"""What came out, by kind and name."""


def wishes(case: Case, program: tr.Program) -> tuple[tuple[Wish, ...], list[Diagnostic]]:
    """Return all that a case expects; names that the rules do not have, and what is no number, are said."""
    problems: list[Diagnostic] = []
    found = _wished(case.expected, READINGS[0], program, problems)
    for key, value in case.expected.pairs:
        if key.text in READINGS:
            found += _wished(value, key.text, program, problems)
    return tuple(found), problems


def units_of(handed: Handed, rules: RuleSet) -> tuple[list[Facts], list[Diagnostic]]:
    """Return the facts of a case and of the units that it is compared with."""
    facts, problems = fitted(handed, rules)
    units, found = [facts], list(problems)
    for path in handed.case.others if handed.case else ():
        other, wrong = read_facts(path)
        found += wrong
        if other is not None:
            facts, more = fitted(other, rules)
            units.append(facts)
            found += more
    return units, found


def judge(case: Case, scored: Scored) -> tuple[list[Miss], list[Diagnostic]]:
    """Compare a case's expectations with a scored unit."""
    found, problems = wishes(case, scored.rules.program)
    traces = dict(zip(READINGS, (scored.claimed, scored.proved, scored.reviewed or scored.claimed), strict=True))
    results = {reading: results_of(traces[reading]) for reading in {w.reading for w in found}}
    misses = []
    for wish in found:
        got = results[wish.reading][wish.kind, wish.name]
        if not met(wish, got):
            misses.append(Miss(wish.said.span, wish.what, wish.said.text, _shown(got)))
    return misses, problems


def results_of(trace: Trace) -> Results:
    """Return what a trace says of all that can be expected."""
    found: dict[tuple[str, str], Result] = {("总分", "总分"): trace.total, ("等级", "等级"): span_of(trace.grades)}
    for group in trace.groups:
        found["指标", _name(group.term)] = group.value
    for step in trace.indicators():
        found["指标", _name(step.term)] = step.value
        found["舍入前", _name(step.term)] = _raw(step.note, step.value)
    return found | {("校验", c.check.title): c.status for c in trace.checks}


def met(wish: Wish, got: Result) -> bool:
    """Return whether what came out is what was expected."""
    if wish.ends is None and wish.kind == "等级":
        # A span of grades is one, whichever end is named first: people sign it both ways.
        return got in (wish.said.text, " 至 ".join(reversed(wish.said.text.split(" 至 "))))
    if wish.ends is None:
        return isinstance(got, Problem) if wish.said.text == UNCOMPUTED else got == wish.said.text
    if isinstance(got, Fraction):
        return wish.ends == (got, got)
    if isinstance(got, Unknown):
        hull = range_of(got).hull
        return (hull.lo, hull.hi) == wish.ends
    return False


def _wished(expected: Node, reading: str, program: tr.Program, problems: list[Diagnostic]) -> list[Wish]:
    names = {n.name for n in survey.indicators(program.groups)}
    tables = {
        "指标": names | {g.name for g in program.groups},
        "舍入前": names,
        "校验": {c.title for c in program.checks},
    }
    found: list[Wish] = []
    for key, value in expected.pairs:
        match key.text:
            case "总分" | "等级":
                found += _wish(reading, key.text, key.text, value, problems)
            case "指标" | "舍入前" | "校验":
                for name, said in value.pairs:
                    if _known(name, tables[key.text], problems):
                        found += _wish(reading, key.text, name.text, said, problems)
            case "签认" | "仅有佐证" | "复核":
                pass
            case other:
                likely = nearest(other, _KEYS, closed=True)
                help_ = f"是不是「{likely}」？" if likely else f"可用：{'、'.join(_KEYS)}"
                problems.append(at(BAD_EXPECTATION, key.span, f"「期望」里不能写「{other}」", help_))
    return found


def _wish(reading: str, kind: str, name: str, said: Node, problems: list[Diagnostic]) -> list[Wish]:
    if kind in ("等级", "校验") or (kind != "总分" and said.text == UNCOMPUTED):
        return [Wish(reading, kind, name, said)]
    ends = [
        _exact(part) for part in re.split(r"\s*至\s*|\s*,\s*", said.text.strip("[]（）() ").removesuffix("分").strip())
    ]
    low, high = ends[0], ends[-1]
    if low is None or high is None or len(ends) > 2:
        message = f"「{said.text}」不是一个数，也不是「几 至 几」"
        problems.append(at(BAD_EXPECTATION, said.span, message, f"例如 3.72 或 0 至 4；算不出的写「{UNCOMPUTED}」"))
        return []
    return [Wish(reading, kind, name, said, (low, high))]


def _name(term: object) -> str:
    assert isinstance(term, tr.Indicator | tr.Group)
    return term.name


def _raw(note: object, value: Value) -> Value:
    return note if isinstance(note, Fraction | Unknown | Problem) else value


def _shown(got: Result) -> str:
    if isinstance(got, str):
        return got
    exact = f"（{got}）" if isinstance(got, Fraction) and got.denominator > 1 else ""
    return f"{score_text(got)}{exact}"


def _known(name: Node, table: set[str], problems: list[Diagnostic]) -> bool:
    if name.text in table:
        return True
    likely = nearest(name.text, table)
    help_ = f"是不是「{likely}」？" if likely else "核对名称"
    problems.append(at(BAD_EXPECTATION, name.span, f"「期望」里的「{name.text}」在规则里没有", help_))
    return False


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
