"""The solver as a prover of mutants: asked last, where the quicker ones decide nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from zjrules.exact import indicator
from zjrules.exact.scope import WorkCalendar
from zjrules.mutate.protocol import Distinguishing, Equivalent, Prover, Undecided, Verdict
from zjrules.prove.clause import coarsest, differs
from zjrules.prove.example import Example, Replay, facts_of, plainer
from zjrules.prove.expr import NoFormulaError
from zjrules.prove.lab import ASSUMED, NEVER, SOME, Bench, Lab
from zjrules.prove.reads import names
from zjrules.term import rule as tr
from zjrules.value import Value

TIMEOUT = 1000
"""Milliseconds for one call of the solver."""


def by_solver(calendar: WorkCalendar | None, timeout: int = TIMEOUT) -> Prover:
    """Return a prover that asks z3 (extra [prove]) whether any facts tell two indicators apart."""

    def ask(program: tr.Program, before: tr.Indicator, after: tr.Indicator) -> Verdict:
        if not names(after) <= names(before):
            return Undecided("")
        try:
            return _asked(Bench(before, Replay(program, calendar), timeout), after)
        except NoFormulaError as error:
            return Undecided(f"没有化成公式：用了{error}")

    return ask


def _asked(bench: Bench, after: tr.Indicator) -> Verdict:
    before, replay = bench.node, bench.replay
    bench.begin()

    def wanted(lab: Lab, by: Fraction | None = None) -> Any:
        return differs(lab, lab.score(), lab.score("", after), by)

    def values(example: Example) -> tuple[Value, Value]:
        one, two = (indicator.score(node, replay.scope(example)) for node in (before, after))
        return one.value, two.value

    def apart(example: Example) -> bool:
        one, two = values(example)
        return one != two

    found = bench.ask(wanted, apart, sure=lambda lab: wanted(lab, coarsest(before)))
    if found.verdict == SOME:
        example = plainer(found.examples[0], replay.program, lambda e: replay.fits(e) and apart(e))
        return Distinguishing(facts_of(example, replay.program), *values(example))
    fails = {**bench.general.score().raw.fails, **bench.general.score("", after).raw.fails}
    assumed = any(kind.split("：")[0] in ASSUMED for kind, _, _ in fails)
    if found.verdict == NEVER and not assumed:
        return Equivalent("求解器证明：没有哪份事实得分不同")
    return Undecided("、".join(found.tried) or "求解器只在词的输入都合要求、日历都知道的前提下证得")
