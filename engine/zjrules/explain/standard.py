"""A rule as a scoring standard (评分标准): what an indicator asks and gives, without any unit's facts."""

from __future__ import annotations

from collections.abc import Mapping

from zjrules.explain import formula as fm
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import walk
from zjrules.unit import show


def standard(node: tr.Indicator, params: Mapping[str, tr.Param]) -> str:
    """Return the standard of an indicator or part, one clause a line; that of its parts stands with them."""
    clauses = [_base(node.base)] if node.base is not None else []
    clauses += [_deduct(node.deduct)] if node.deduct is not None else []
    clauses += [f"限于 {fm.names(c.low)} 至 {fm.names(c.high)}" for c in node.clamps]
    clauses += [f"其中 {name} = {fm.names(let.value)}" for name, let in node.lets.items()]
    clauses += [f"须有佐证：{'、'.join(g.facts)}，否则得 {fm.names(g.otherwise)}" for g in node.gates]
    clauses += [_not_applicable(na) for na in node.na]
    exprs = [*survey.own(node), *(let.value for let in node.lets.values())]
    named = dict.fromkeys(e.name for expr in exprs for e in walk(expr) if isinstance(e, tm.ParamRef))
    clauses += [f"其中 {'，'.join(f'{n} = {show(params[n].value, params[n].type)}' for n in named)}"] if named else []
    if node.parts:
        clauses.insert(0, "、".join(f"{p.name} {brief(p.points)} 分" for p in node.parts))
    return "\n".join(c for c in clauses if c)


def _base(base: tr.Base) -> str:
    match base:
        case tr.Plain(value):
            return "" if isinstance(value, tm.Var) and value.name == "满分" else f"得分 = {fm.names(value)}"
        case tr.Bands(subject, bands, rest):
            told = [f"{_limits(b.limits)} 得 {fm.names(b.result)}" for b in bands]
            told += [f"其余得 {fm.names(rest)}"] if rest is not None else []
            return f"按 {fm.names(subject)} 分档：{'；'.join(told)}"
        case tr.Decide(cases, rest):
            told = [f"{fm.names(c.test)}，得 {fm.names(c.result)}" for c in cases]
            return "；".join([*told, f"其余得 {fm.names(rest)}"])
        case tr.Checklist(ticks):
            return "；".join(f"{fm.names(c.test)}，得 {fm.names(c.result)}" for c in ticks)


def _limits(limits: tuple[tr.Limit, ...]) -> str:
    return " 且 ".join(f"{x.op} {fm.names(x.bound)}" for x in limits)


def _deduct(deduct: tr.Deduct) -> str:
    told = []
    for item in deduct.items:
        match item:
            case tr.PerStep(step=step, subject=subject, amount=amount, mode=mode):
                # The counter of the step is the subject's own: 每 1 处 不合规问题数.
                how = f"（不满一步的按{mode}）" if mode else ""
                told.append(f"{fm.names(subject)}，每 {show(step, subject.type)}扣 {fm.names(amount)}{how}")
            case tr.Case(test=test, result=result):
                told.append(f"{fm.names(test)}，扣 {fm.names(result)}")
    end = "扣完为止" if deduct.to_zero else f"最多扣 {fm.names(deduct.most)}" if deduct.most is not None else ""
    return "；".join([*told, *([end] if end else [])])


def _not_applicable(guard: tr.NotApplicable) -> str:
    how = f"按 {fm.names(guard.value)}" if guard.value is not None else f"不计入{guard.drop}"
    how = "按同级平均" if guard.mean is not None else how
    proof = f"（佐证：{guard.evidence}）" if guard.evidence else ""
    return f"不适用：{fm.names(guard.test)} 时{how}{proof}"
