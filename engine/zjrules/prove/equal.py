"""Whether two rule sets score the same: indicator by indicator of the same name, over all facts that both allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import evolve, frozen

from zjrules.exact import indicator
from zjrules.num import brief
from zjrules.prove.clause import coarsest, differs
from zjrules.prove.example import Example, Replay, plainer
from zjrules.prove.expr import NoFormulaError
from zjrules.prove.ground import World
from zjrules.prove.lab import NEVER, SOME, Bench, Lab
from zjrules.prove.question import OPEN, PROVED, REFUTED, SAME, Answer, Question, Shown, groups
from zjrules.prove.reads import names
from zjrules.prove.score import Scored, scored
from zjrules.prove.tell import gives
from zjrules.prove.whole import asked_by, evolve_with
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import walk
from zjrules.value import Unknown, Value

OTHER = "另一本"
"""The name of the world that the other rule set reads."""


WRITTEN = "只看写法，没有证写法不同的得分是不是一样"


def _values(exprs: Sequence[tm.Expr], program: tr.Program) -> object:
    """Return expressions with the values of their parameters, to be compared."""
    params = {n.name: program.params[n.name].value for e in exprs for n in walk(e) if isinstance(n, tm.ParamRef)}
    return [repr(e) for e in exprs], params


def _groups(program: tr.Program) -> object:
    return [(g.level, g.name, g.points, g.rounding) for g in groups(program.groups)]


def _steps(program: tr.Program) -> object:
    exprs = [e for step in program.steps for e in asked_by(step)]
    kinds = [
        (type(s).__name__, getattr(s, "sign", 0), getattr(s, "kind", ""), getattr(s, "grade", ""), getattr(s, "mode", None),
         getattr(s, "quantum", None))
        for s in program.steps
    ]  # fmt: skip
    return program.book.full, kinds, _values(exprs, program)


def _grades(program: tr.Program) -> object:
    limits = [g.limit for g in program.grades if g.limit is not None]
    named = [(g.name, g.limit.op if g.limit else "") for g in program.grades]
    return named, _values([x.bound for x in limits], program)


def _check(check: tr.Check, program: tr.Program) -> object:
    exprs = [e for e in (check.when, check.left, check.right) if e is not None]
    return check.severity, check.op, check.tolerance, check.when is None, _values(exprs, program)


def _dated(node: tr.Indicator) -> bool:
    kinds = (tm.Workdays, tm.AddWorkdays, tm.RollOn, tm.Festival)
    return any(isinstance(x, kinds) for e in survey.of_indicator(node) for x in survey.deep(e))


@frozen
class Pair:
    """Two rule sets; the first one's facts and words are those that are shown."""

    first: Replay
    second: Replay
    timeout: int

    def answers(self) -> Iterator[Answer]:
        """Yield for every indicator of either whether both score it the same."""
        mine, theirs = ({n.name: n for n in survey.indicators(r.program.groups)} for r in (self.first, self.second))
        for name in dict.fromkeys((*mine, *theirs)):
            one, other = mine.get(name), theirs.get(name)
            asked = Question(SAME, name, "", f"两本规则里「{name}」得分相同", (one or other).span)  # type: ignore[union-attr]
            if one is None or other is None:
                yield Answer(asked, REFUTED, f"只有{'前' if other is None else '后'}一本有这个指标")
            elif one.points != other.points:
                yield Answer(asked, REFUTED, f"分值不同：{brief(one.points)} 分，{brief(other.points)} 分")
            else:
                yield self.answer(asked, one, other)
        yield from self._written()

    def _written(self) -> Iterator[Answer]:
        """Yield whether groups, the total, the grades and the checks are written the same; what is not, is not settled."""
        one, two = self.first.program, self.second.program
        for name, what in (("各级的分值和舍入", _groups), ("总分：舍入、加减分、定级", _steps), ("等级", _grades)):
            asked = Question(SAME, name, "", f"两本规则的「{name}」相同", one.book.span)
            same = what(one) == what(two)
            yield Answer(asked, PROVED if same else OPEN, "" if same else "写得不同", tried=() if same else (WRITTEN,))
        mine, theirs = ({c.title: c for c in p.checks} for p in (one, two))
        for title in dict.fromkeys((*mine, *theirs)):
            a, b = mine.get(title), theirs.get(title)
            asked = Question(SAME, title, "", f"两本规则的勾稽「{title}」相同", (a or b).span)  # type: ignore[union-attr]
            if a is None or b is None:
                yield Answer(asked, REFUTED, f"只有{'前' if b is None else '后'}一本有这条勾稽")
            else:
                same = _check(a, one) == _check(b, two)
                yield Answer(
                    asked, PROVED if same else OPEN, "" if same else "写得不同", tried=() if same else (WRITTEN,)
                )

    def answer(self, question: Question, one: tr.Indicator, other: tr.Indicator) -> Answer:
        """Return whether an indicator of the first scores the same as one of the second, with facts where it does not."""
        if self.first.calendar != self.second.calendar and any(_dated(n) for n in (one, other)):
            return Answer(question, OPEN, "", tried=("两本规则的放假安排不同，算的是工作日",))
        bench = Bench(one, self.first, self.timeout)
        bench.begin()
        step = max(coarsest(one), coarsest(other))

        def wanted(lab: Lab, by: Any = None) -> Any:
            return differs(lab, lab.score(), self._other(lab, other), by, refused=True)

        def check(a: Example, b: Example) -> bool:
            both = self._values(one, other, evolve_with(a, b))
            # Facts that only one of them was asked for leave the other open: that shows nothing.
            return both[0] != both[1] and not any(isinstance(v, Unknown) for v in both)

        try:
            found = bench.ask(wanted, check, ("", OTHER), sure=lambda lab: wanted(lab, step))
        except NoFormulaError as error:
            return Answer(question, OPEN, "这种规则没有化成公式", tried=(f"用了{error}",))
        if found.verdict == NEVER:
            return Answer(question, PROVED, "", enclosed=tuple(bench.general.ground.loose))
        if found.verdict != SOME:
            return Answer(question, OPEN, "", tried=found.tried)
        example = evolve_with(*found.examples)
        if self._asks_all(example):
            example = plainer(example, self.first.program, lambda e: self._fits(e) and check(e, e))
        steps = [indicator.score(n, r.scope(example)) for n, r in ((one, self.first), (other, self.second))]
        return Answer(
            question, REFUTED, "得分不同", (Shown(example, f"前一本{gives(steps[0])}，后一本{gives(steps[1])}"),)
        )

    def _asks_all(self, example: Example) -> bool:
        """Return whether the first rule set asks for all of an example."""
        mine = self.first.program.schema
        cells = ((n, c) for n, rows in example.ledgers.items() for row in rows for c in row)
        asked = {(n, c) for n, x in mine.ledgers.items() for c in x.columns}
        return example.values.keys() <= mine.facts.keys() and asked.issuperset(cells)

    def _fits(self, example: Example) -> bool:
        return self.first.fits(example) and self.second.fits(example)

    def _values(self, one: tr.Indicator, other: tr.Indicator, example: Example) -> tuple[Value, Value]:
        return (
            indicator.score(one, self.first.scope(example)).value,
            indicator.score(other, self.second.scope(example)).value,
        )

    def _other(self, lab: Lab, other: tr.Indicator) -> Scored:
        """Return the other rule set's score, of the same facts where both ask for them as the same."""
        if OTHER not in lab.worlds:
            lab.worlds[OTHER] = self._beside(lab.world(), other)
            lab.scores[OTHER] = scored(other, lab.worlds[OTHER])
        return lab.scores[OTHER]

    def _beside(self, world: World, other: tr.Indicator) -> World:
        ground, theirs = world.ground, self.second.program.schema.facts
        mine = self.first.program.schema.facts
        facts, lacking, evidence = {}, {}, {}
        for name in names(other):
            asked = theirs[name]
            fresh = ground.fact(asked)
            shared = name in world.facts and mine[name].type == asked.type
            facts[name] = world.facts[name] if shared else fresh
            if shared:
                ground.always.append(ground.within(asked, world.facts[name]))
            # A fact that the first rule set asks for, and does not let be 不适用, is none in either.
            if asked.may_be_na and (name not in mine or mine[name].may_be_na):
                lacking[name] = world.lacking.get(name, ground.truth(f"{name}不适用"))
            if asked.evidence:
                evidence[name] = world.evidence.get(name, ground.truth(f"{name}有佐证"))
        return evolve(world, program=self.second.program, facts=facts, lacking=lacking, evidence=evidence)
