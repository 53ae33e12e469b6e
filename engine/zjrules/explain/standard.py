"""A rule as a scoring standard (评分标准): what an indicator asks and gives, without any unit's facts."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from zjrules.explain import formula as fm
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import walk
from zjrules.unit import show


@frozen
class Told:
    """One clause of a standard: what it is about, and what it gives or takes, one item each."""

    head: str
    items: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.head}{'；'.join(self.items)}"


def standard(node: tr.Indicator, params: Mapping[str, tr.Param]) -> str:
    """Return the standard of an indicator or part, one clause a line; that of its parts stands with them."""
    return "\n".join(map(str, told(node, params)))


def told(node: tr.Indicator, params: Mapping[str, tr.Param]) -> list[Told]:
    """Return the clauses of the standard of an indicator or part; of its parts only names and points."""
    clauses = [Told("", ("、".join(f"{p.name} {brief(p.points)} 分" for p in node.parts),))] if node.parts else []
    clauses += [_base(node.base)] if node.base is not None else []
    clauses += [_deduct(node.deduct)] if node.deduct is not None else []
    clauses += [Told("限于 ", (f"{fm.names(c.low)} 至 {fm.names(c.high)}",)) for c in node.clamps]
    clauses += [Told("其中 ", (f"{name} = {fm.names(let.value)}",)) for name, let in node.lets.items()]
    clauses += [Told("须有佐证：", (f"{'、'.join(g.facts)}，否则得 {fm.names(g.otherwise)}",)) for g in node.gates]
    clauses += [_not_applicable(na) for na in node.na]
    exprs = [*survey.own(node), *(let.value for let in node.lets.values())]
    named = dict.fromkeys(e.name for expr in exprs for e in walk(expr) if isinstance(e, tm.ParamRef))
    values = "，".join(f"{n} = {show(params[n].value, params[n].type)}" for n in named)
    clauses += [Told("其中 ", (values,))] if named else []
    return [c for c in clauses if str(c)]


def _base(base: tr.Base) -> Told:
    match base:
        case tr.Plain(value):
            whole = isinstance(value, tm.Var) and value.name == "满分"
            return Told("", ()) if whole else Told("得分 = ", (fm.names(value),))
        case tr.Bands(subject, bands, rest):
            items = [f"{_limits(b.limits)} 得 {fm.names(b.result)}" for b in bands]
            items += [f"其余得 {fm.names(rest)}"] if rest is not None else []
            return Told(f"按 {fm.names(subject)} 分档：", tuple(items))
        case tr.Decide(cases, rest):
            items = [f"{fm.names(c.test)}，得 {fm.names(c.result)}" for c in cases]
            return Told("", (*items, f"其余得 {fm.names(rest)}"))
        case tr.Checklist(ticks):
            return Told("", tuple(f"{fm.names(c.test)}，得 {fm.names(c.result)}" for c in ticks))


def _limits(limits: tuple[tr.Limit, ...]) -> str:
    return " 且 ".join(f"{x.op} {fm.names(x.bound)}" for x in limits)


def _deduct(deduct: tr.Deduct) -> Told:
    items = []
    for item in deduct.items:
        match item:
            case tr.PerStep(step=step, subject=subject, amount=amount, mode=mode):
                # The counter of the step is the subject's own: 每 1 处 不合规问题数.
                how = f"（不满一步的按{mode}）" if mode else ""
                items.append(f"{fm.names(subject)}，每 {show(step, subject.type)}扣 {fm.names(amount)}{how}")
            case tr.Case(test=test, result=result):
                items.append(f"{fm.names(test)}，扣 {fm.names(result)}")
    end = "扣完为止" if deduct.to_zero else f"最多扣 {fm.names(deduct.most)}" if deduct.most is not None else ""
    return Told("", (*items, *([end] if end else [])))


def _not_applicable(guard: tr.NotApplicable) -> Told:
    how = f"按 {fm.names(guard.value)}" if guard.value is not None else f"不计入{guard.drop}"
    how = "按同级平均" if guard.mean is not None else how
    proof = f"（佐证：{guard.evidence}）" if guard.evidence else ""
    return Told("不适用：", (f"{fm.names(guard.test)} 时{how}{proof}",))
