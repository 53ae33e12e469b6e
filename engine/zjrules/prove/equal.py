"""Whether two rule sets score the same: indicator by indicator of the same name, over all facts that both allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve, frozen

from zjrules.exact import indicator
from zjrules.num import brief
from zjrules.prove.clause import coarsest, differs
from zjrules.prove.example import Example, Replay, plainer
from zjrules.prove.expr import NoFormulaError
from zjrules.prove.ground import World
from zjrules.prove.lab import NEVER, SOME, Bench, Lab
from zjrules.prove.question import OPEN, PROVED, REFUTED, Answer, Question, Shown
from zjrules.prove.reads import names
from zjrules.prove.score import Scored, scored
from zjrules.prove.tell import gives
from zjrules.prove.whole import evolve_with
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.value import Value

OTHER = "另一本"
"""The name of the world that the other rule set reads."""


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
            asked = Question("相同", name, "", f"两本规则里「{name}」得分相同", (one or other).span)  # type: ignore[union-attr]
            if one is None or other is None:
                yield Answer(asked, REFUTED, f"只有{'前' if other is None else '后'}一本有这个指标")
            elif one.points != other.points:
                yield Answer(asked, REFUTED, f"分值不同：{brief(one.points)} 分，{brief(other.points)} 分")
            else:
                yield self._answer(asked, one, other)

    def _answer(self, question: Question, one: tr.Indicator, other: tr.Indicator) -> Answer:
        if self.first.calendar != self.second.calendar and any(_dated(n) for n in (one, other)):
            return Answer(question, OPEN, "", tried=("两本规则的放假安排不同，算的是工作日",))
        bench = Bench(one, self.first, self.timeout)
        bench.begin()
        step = max(coarsest(one), coarsest(other))

        def wanted(lab: Lab, by: Any = None) -> Any:
            return differs(lab, lab.score(), self._other(lab, other), by, refused=True)

        def check(a: Example, b: Example) -> bool:
            both = self._values(one, other, evolve_with(a, b))
            return both[0] != both[1]

        try:
            found = bench.ask(wanted, check, ("", OTHER), sure=lambda lab: wanted(lab, step))
        except NoFormulaError as error:
            return Answer(question, OPEN, "这种规则没有化成公式", tried=(f"用了{error}",))
        if found.verdict == NEVER:
            return Answer(question, PROVED, "", enclosed=tuple(bench.general.ground.loose))
        if found.verdict != SOME:
            return Answer(question, OPEN, "", tried=found.tried)
        example = evolve_with(*found.examples)
        mine = self.first.program.schema.facts
        if example.values.keys() <= mine.keys():
            example = plainer(example, self.first.program, lambda e: self._fits(e) and check(e, e))
        steps = [indicator.score(n, r.scope(example)) for n, r in ((one, self.first), (other, self.second))]
        return Answer(
            question, REFUTED, "得分不同", (Shown(example, f"前一本{gives(steps[0])}，后一本{gives(steps[1])}"),)
        )

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
