"""From the scores of the groups to the total and its grade, in words."""

from __future__ import annotations

from typing import assert_never

from zjrules.explain import formula as fm
from zjrules.num import brief
from zjrules.term import rule as tr

_OUTCOMES = {"veto": "总分归零", "cap": "等级不得高于 {}", "bar": "不得评为 {}", "replace": "改评为 {}"}


def steps(program: tr.Program) -> tuple[str, ...]:
    """Return the steps of 总评 in their order."""
    return ("各一级指标的得分相加", *(_step(s) for s in program.steps))


def grades(program: tr.Program) -> tuple[tuple[str, str], ...]:
    """Return the grades, the best first, each with the total that it asks."""
    return tuple(
        (g.name, f"总分 {g.limit.op} {fm.names(g.limit.bound)}" if g.limit is not None else "其余")
        for g in program.grades
    )


def _step(step: tr.TotalStep) -> str:
    match step:
        case tr.Adjust(sign, amount, most):
            cap = f"，至多 {fm.names(most)}" if most is not None else ""
            return f"{'加' if sign > 0 else '减'}分：{fm.names(amount)}{cap}{_basis(step.basis)}"
        case tr.Clamp(low, high):
            return f"总分限于 {fm.names(low)} 至 {fm.names(high)}"
        case tr.RoundScore(mode, quantum):
            return "总分不舍入" if mode is None else f"总分{mode.value}到 {brief(quantum)} 分"
        case tr.Regrade():
            return "按总分定级"
        case tr.Override(kind, test, grade):
            return f"{fm.names(test)} 的，{_OUTCOMES[kind].format(grade)}{_basis(step.basis)}"
        case _:
            assert_never(step)


def _basis(text: str) -> str:
    return f"（依据 {text}）" if text else ""
