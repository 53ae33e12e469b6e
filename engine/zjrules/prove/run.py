"""A rule set asked everything: the questions of every indicator, then those of the book."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from attrs import define, field

from zjrules.exact.scope import WorkCalendar
from zjrules.prove.answer import answered
from zjrules.prove.bound import FAULTS
from zjrules.prove.example import Example, Replay
from zjrules.prove.lab import Bench
from zjrules.prove.question import PROVED, Answer, Question, of_book, of_indicator
from zjrules.prove.reads import names
from zjrules.prove.whole import Whole
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.value import Problem

TIMEOUT = 2000
"""Milliseconds for one call of the solver."""


class DisagreeError(Exception):
    """The solver's answer and the exact engine's do not agree: a bug of ours, that stops the run."""


Kept = Callable[[str, Sequence[Question]], Sequence[Answer] | None]
Keep = Callable[[str, Sequence[Answer]], None]
Watch = Callable[[int, int], None]


@define(eq=False)
class Prover:
    """Asks a rule set. kept and keep remember the answers about an indicator by all that they depend on.

    watch is called before each question about an indicator with its number (from 0) and their count; what it raises ends the run.
    """

    program: tr.Program
    calendar: WorkCalendar | None
    timeout: int = TIMEOUT
    kept: Kept | None = None
    keep: Keep | None = None
    watch: Watch | None = None
    replay: Replay = field(init=False)
    bounded: set[str] = field(factory=set)
    extremes: dict[str, tuple[Example | None, Example | None]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.replay = Replay(self.program, self.calendar)

    def indicators(self, only: Sequence[str] = ()) -> Iterator[tuple[tr.Indicator, tuple[Answer, ...]]]:
        """Yield the indicators (those named, or all) with the answers about each."""
        for node in survey.indicators(self.program.groups):
            if not only or node.name in only:
                yield node, self.about(node)

    def about(self, node: tr.Indicator) -> tuple[Answer, ...]:
        """Return the answers about one indicator."""
        questions = tuple(of_indicator(node, self.program))
        key = self.key(node)
        found: Sequence[Answer] | None = self.kept(key, questions) if self.kept is not None else None
        if found is None:
            bench = Bench(node, self.replay, self.timeout)
            found = tuple(answered(q, bench) for q in self._watched(questions))
            self._agree(node, found, bench.pool)
            if self.keep is not None:
                self.keep(key, found)
        proved = {a.question.kind for a in found if a.verdict == PROVED and a.question.owner == node.name}
        if {"下界", "上界"} <= proved:
            self.bounded.add(node.name)
        by_kind = {a.question.kind: a for a in found if a.question.owner == node.name and a.examples}
        ends = [by_kind.get(kind) for kind in ("满分", "零分")]
        self.extremes[node.name] = (
            ends[0].examples[0].example if ends[0] is not None and ends[0].verdict == PROVED else None,
            ends[1].examples[0].example if ends[1] is not None and ends[1].verdict == PROVED else None,
        )
        return tuple(found)

    def _watched(self, questions: Sequence[Question]) -> Iterator[Question]:
        for number, question in enumerate(questions):
            if self.watch is not None:
                self.watch(number, len(questions))
            yield question

    def _agree(self, node: tr.Indicator, answers: Sequence[Answer], pool: Sequence[Example]) -> None:
        """Hold what is proved against all facts that were met on the way. Raises DisagreeError."""
        proved = {a.question.kind for a in answers if a.verdict == PROVED and a.question.owner == node.name}
        for example in pool:
            value = self.replay.step(node, example).value
            low = isinstance(value, Fraction) and value < 0 and "下界" in proved
            high = isinstance(value, Fraction) and value > node.points and "上界" in proved
            none = isinstance(value, Problem) and value.kind in FAULTS and "有值" in proved
            if low or high or none:
                raise DisagreeError(f"「{node.name}」已证的范围，准确重算不合：{dict(example.values)}")

    def key(self, node: tr.Indicator) -> str:
        """Return all that the answers about an indicator depend on, as text: its term, what it reads, parameters, calendar."""
        schema = self.program.schema
        read = {
            n: (a.type, a.limits, a.may_be_na, bool(a.evidence)) for n, a in schema.facts.items() if n in names(node)
        }
        columns = {
            n: (bool(x.evidence), {c: (a.type, a.limits, a.may_be_na, bool(a.evidence)) for c, a in x.columns.items()})
            for n, x in schema.ledgers.items()
        }
        params = {n: p.value for n, p in self.program.params.items()}
        return repr((node, read, columns, params, self.program.book.year, self.calendar, self.timeout))

    def book(self) -> Iterator[Answer]:
        """Yield the answers about the whole book; the indicators must have been asked before."""
        whole = Whole(self.replay, self.timeout, self.extremes, frozenset(self.bounded))
        for question in of_book(self.program):
            yield whole.answered(question)
