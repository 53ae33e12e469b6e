"""A score's tree of steps as lines, to be folded: every operation that was done, with its operands and its value."""

from __future__ import annotations

from zjrules.explain import formula as fm
from zjrules.explain.lines import Line
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.trace import Step, Term
from zjrules.unit import POINTS

_LEAVES = (tm.Const, tm.FactRef, tm.ParamRef, tm.Column)


def steps(step: Step, program: tr.Program) -> list[Line]:
    """Return the steps under an indicator, each with the level it stands at. A 令 is unfolded once, a word by its inputs."""
    return _Tree(program).below(step, 0)


class _Tree:
    """Tells each 令 once; where it stands again its name and value are enough."""

    def __init__(self, program: tr.Program) -> None:
        self.program = program
        self.told: set[str] = set()

    def below(self, step: Step, level: int) -> list[Line]:
        kids = step.kids
        if isinstance(step.term, tm.Use):
            kids = kids[: len(step.term.args)]
        if isinstance(step.term, tm.Var):
            if step.term.name in self.told or step.term.name == "满分":
                return []
            self.told.add(step.term.name)
            return (
                self.below(kids[0], level)
                if not isinstance(kids[0].term, _LEAVES)
                else self._one(kids[0], level, step.term)
            )
        # The base of an indicator that has parts is the indicator again: its parts stand in its place.
        return [line for kid in kids for line in self._one(kid, level, step.term)]

    def _one(self, step: Step, level: int, over: Term) -> list[Line]:
        term = step.term
        if isinstance(term, tm.Const):
            return []
        if term is over or isinstance(term, tr.Plain | tm.Require):
            return self.below(step, level)
        return [Line(level, "step", _written(term, over), self._value(step)), *self.below(step, level + 1)]

    def _value(self, step: Step) -> str:
        term = step.term
        if not isinstance(term, tm.Expr):
            return "不成立" if step.value is False else fm.value_text(step.value, POINTS, bare=False)
        if isinstance(term, _LEAVES):
            return fm.leaf(step, self.program)
        result = fm.value_text(step.value, term.type)
        put_in = "" if isinstance(term, tm.Var) else fm.values(step, self.program)
        return f"{put_in} = {result}" if put_in not in ("", result) else result


def _written(term: Term, over: Term) -> str:
    match term:
        case tr.Indicator():
            return f"分项 {term.name}"
        case tr.Bands():
            return f"分档 {fm.names(term.subject)}"
        case tr.Decide():
            return "判定"
        case tr.Checklist():
            return "清单"
        case tr.Case():
            return f"{'当' if isinstance(over, tr.Decide) else '凡'} {fm.names(term.test)}"
        case tr.PerStep():
            return f"按步扣 {fm.names(term.subject)}"
        case tr.Deduct():
            return "扣分以后"
        case tr.Clamp():
            return f"限于 {fm.names(term.low)} 至 {fm.names(term.high)}"
        case tr.Gate():
            return f"须佐证 {'、'.join(term.facts)}"
        case tr.NotApplicable():
            return f"不适用 当 {fm.names(term.test)}"
        case tr.Plain() | tr.Band() | tr.RoundScore() | tr.Group() | tr.Adjust() | tr.Regrade() | tr.Override():
            return "得分"
        case _:
            return fm.names(term)
