"""What a document tells of a scored unit, before it has a form: the table, the sections, the facts and their anchors."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from attrs import define, frozen

from zjrules.diag import Diagnostic
from zjrules.explain import columns
from zjrules.explain.deciding import Lit, deciding
from zjrules.explain.lines import Line, explained, fact_line, places_of
from zjrules.explain.prose import loss
from zjrules.explain.reason import missing, state
from zjrules.explain.steps import steps
from zjrules.fact import Facts
from zjrules.num import brief
from zjrules.review import changes, reviewed
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import walk
from zjrules.trace import Step, Trace


@frozen
class Row:
    """One row of the table of scores. scores are as many as there are columns of them."""

    depth: int
    node: tr.Group | tr.Indicator
    points: str
    scores: tuple[str, ...]
    state: str
    reason: str


@frozen
class Section:
    """One indicator: its lines (those of the reviewer too, where his score is another), its tree and what decided it."""

    node: tr.Indicator
    lines: tuple[Line, ...]
    again: tuple[Line, ...]
    tree: tuple[Line, ...]
    lit: tuple[Lit, ...]
    lit_again: tuple[Lit, ...]
    """What decided the reviewer's score, where it is another."""
    reason: str
    state: str
    params: frozenset[str]
    """The parameters that its rule names."""
    words: tuple[tm.Body, ...]
    """The words that its rule is said with."""

    @property
    def why(self) -> str:
        """Why points are lost or open, in a sentence of its own; '' where none are."""
        first = {"已算": "扣分原因：", "缺事实": ""}.get(self.state, f"{self.state}：")
        return f"{first}{self.reason}" if self.reason else ""

    @property
    def facts(self) -> list[str]:
        """The facts that it rests on."""
        return list(dict.fromkeys(x.text for x in (*self.lines, *self.again) if x.kind == "fact"))

    @property
    def ledgers(self) -> list[str]:
        """The ledgers that it rests on."""
        return list(dict.fromkeys(x.text for x in (*self.lines, *self.again) if x.kind == "ledger"))


@define(slots=False)
class Account:
    """A scored unit with what was found of it; only names the indicators that get a section, all where it is empty."""

    title: str
    rules: str
    digest: str
    engine: str
    facts: Facts
    traces: Sequence[Trace]
    findings: Sequence[Diagnostic]
    only: Collection[str] = ()

    @property
    def claimed(self) -> Trace:
        """The unit, scored by what it claims."""
        return self.traces[0]

    @property
    def columns(self) -> list[str]:
        """The names of the columns of scores."""
        return ["按自述", "仅有佐证", *(("复核", "偏差率") if len(self.traces) > 2 else ())]

    @property
    def totals(self) -> list[tuple[str, str, str]]:
        """Each reading with its total and its grade."""
        names = ("按自述", "仅有佐证", "复核")
        totals = columns.values([t.total for t in self.traces], 2)
        return [(n, v, columns.grades(t)) for n, v, t in zip(names, totals, self.traces, strict=False)]

    @property
    def deviation(self) -> str:
        """How far the reviewer's total is from the unit's own; '' where it is not."""
        return columns.deviation(self.claimed.total, self.traces[2].total) if len(self.traces) > 2 else ""

    @property
    def lacking(self) -> list[str]:
        """The missing facts that the total waits for, in the order in which the rules ask for them."""
        schema = self.claimed.program.schema
        order = {name: place for place, name in enumerate((*schema.facts, *schema.ledgers))}
        return sorted(missing(self.claimed.total), key=lambda name: order.get(name, len(order)))

    @cached_property
    def rows(self) -> list[Row]:
        """The table of groups and indicators."""
        both = zip(*(t.groups for t in self.traces), strict=True)
        return [row for side in both for row in _rows(side, 0)]

    @cached_property
    def sections(self) -> list[Section]:
        """The indicators that are told, in order."""
        again = self.traces[-1].indicators() if len(self.traces) > 2 else self.claimed.indicators()
        found = []
        for step, second in zip(self.claimed.indicators(), again, strict=True):
            assert isinstance(step.term, tr.Indicator)
            if not self.only or step.term.name in self.only:
                found.append(self._section(step, second, step.term))
        return found

    def _section(self, step: Step, second: Step, node: tr.Indicator) -> Section:
        other: list[Line] = []
        named = [e for expr in _written(node) for e in walk(expr)]
        if second.value != step.value:
            other = explained(second, self.traces[-1], reviewed(self.facts) or self.facts)
        return Section(
            node,
            tuple(explained(step, self.claimed, self.facts)),
            tuple(other),
            tuple(steps(step, self.claimed.program)),
            tuple(deciding(step)),
            tuple(deciding(second)) if other else (),
            loss(step),
            state(step),
            frozenset(e.name for e in named if isinstance(e, tm.ParamRef)),
            tuple({e.body.word: e.body for e in named if isinstance(e, tm.Use)}.values()),
        )

    @property
    def fact_lines(self) -> list[Line]:
        """The facts that the sections rest on; all that the rules ask for, where every indicator is told."""
        used = {name for s in self.sections for name in s.facts}
        names = [n for n in self.claimed.program.schema.facts if not self.only or n in used]
        return [fact_line(n, self.claimed.program, self.facts) for n in names]

    @property
    def ledger_names(self) -> list[str]:
        """The ledgers that the sections rest on, in the order of their declaration."""
        used = {name for s in self.sections for name in s.ledgers}
        return [n for n in self.claimed.program.schema.ledgers if not self.only or n in used]

    @cached_property
    def users(self) -> dict[str, list[Section]]:
        """The sections that rest on a fact or ledger, by its name."""
        found: dict[str, list[Section]] = {}
        for section in self.sections:
            for name in (*section.facts, *section.ledgers):
                found.setdefault(name, []).append(section)
        return found

    @cached_property
    def stated(self) -> dict[Span, str]:
        """The facts by the place where they are stated."""
        return {f.span: n for n, f in self.facts.facts.items()}

    @property
    def reviews(self) -> list[tuple[str, str, str, str, str]]:
        """What the reviewer set: where, the unit's value, the reviewer's, why and the place."""
        return [
            (where, own.shown or own.state.value, found.shown or found.state.value, found.reason, str(found.span))
            for where, own, found in changes(self.facts)
        ]


def _written(node: tr.Indicator) -> Iterator[tm.Expr]:
    """Yield what is written in an indicator and its parts."""
    yield from survey.own(node)
    yield from (let.value for let in node.lets.values())
    for part in node.parts:
        yield from _written(part)


def _rows(side: tuple[Step, ...], depth: int) -> Iterator[Row]:
    mine = side[0]
    node = mine.term
    assert isinstance(node, tr.Group | tr.Indicator)
    scores = tuple(columns.values([s.value for s in side], places_of(node.rounding)))
    if isinstance(node, tr.Group):
        yield Row(depth, node, brief(node.points), scores, "", "")
        for below in zip(*(s.kids for s in side), strict=True):
            yield from _rows(below, depth + 1)
        return
    yield Row(depth, node, brief(node.points), scores, state(mine), loss(mine))


def cut(span: Span, lit: Sequence[Lit]) -> list[tuple[str, Lit | None]]:
    """Return the text of a span in pieces, each with the lit clause that it is, or None."""
    pieces: list[tuple[str, Lit | None]] = []
    at, text = span.start, span.source.text
    for each in lit:
        if each.span.source == span.source and at <= each.span.start and each.span.end <= span.end:
            pieces += [(text[at : each.span.start], None), (each.span.text, each)]
            at = each.span.end
    return [(t, x) for t, x in (*pieces, (text[at : span.end], None)) if t]
