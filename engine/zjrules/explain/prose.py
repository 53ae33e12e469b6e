"""How one indicator was scored, in sentences: every number in them is the trace's."""

from __future__ import annotations

from fractions import Fraction

from zjrules.explain import formula as fm
from zjrules.explain.lines import places_of, score_text
from zjrules.explain.reason import missing, reason
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.trace import Step, Trace
from zjrules.unit import POINTS
from zjrules.value import DROPPED, Problem, Unknown, Value, range_of

FAILED, UNKNOWN_YET = "不成立", "尚不能确定"


BY_FORMULA = "按算式计得"
"""Why points are lost where a formula gives less and has no words of its own."""


def points(value: Value, places: int = 2) -> str:
    """Return a score with its unit; an interval says how many facts are missing for it."""
    count = len(missing(value))
    return gained(value, places) + (f"（缺 {count} 项事实）" if count and not range_of(value).is_empty else "")


def gained(value: Value, places: int = 2) -> str:
    """Return a score with its unit, an interval without what is missing for it, or why there is none."""
    text = score_text(value, places)
    match value:
        case Fraction():
            return f"约 {text[1:]} 分" if text.startswith("≈") else f"{text} 分"
        case Unknown() if not range_of(value).is_empty:
            return f"{text} 分"
        case Problem(kind=kind, detail=detail) if kind == DROPPED:
            return f"不计入{detail}"
        case _:
            return text


def _gets(value: Value) -> str:
    """Return 得 with a score; a stage whose score has an open end says nothing yet."""
    if isinstance(value, Problem):
        return gained(value)
    hull = range_of(value).hull if isinstance(value, Unknown) and not range_of(value).is_empty else None
    return "得分待定" if hull is not None and None in (hull.lo, hull.hi) else f"得 {gained(value)}"


def told(step: Step, trace: Trace) -> list[str]:
    """Return the sentences that say how an indicator or part got its score, without its facts."""
    node = step.term
    assert isinstance(node, tr.Indicator)
    found = _stages(step.kids, node, trace)
    raw = step.note
    if node.rounding.mode is not None and isinstance(raw, Fraction) and raw != step.value:
        to = f"{node.rounding.mode.value}到 {brief(node.rounding.quantum)} 分"
        found.append(f"按规则{to}，为 {score_text(step.value, places_of(node.rounding))} 分")
    return found


def lost(step: Step) -> str:
    """Return why an indicator is below its points, '' where it is not; a bare formula is not said again."""
    node = step.term
    assert isinstance(node, tr.Indicator)
    if not isinstance(step.value, Fraction) or step.value >= node.points:
        return ""
    found = []
    for kid in step.kids:
        match kid.term:
            case tr.Indicator():
                found += [f"{p.term.name}：{lost(p)}" for p in kid.kids if isinstance(p.term, tr.Indicator) and lost(p)]
            case tr.Plain(value):
                found.append(_formula_lost(value, kid.kids[0]))
    return "；".join(found) or reason(step)


def loss(step: Step) -> str:
    """Return how many points are lost and why, or what is missing; '' at full points. A formula is not said again."""
    node = step.term
    assert isinstance(node, tr.Indicator)
    why = reason(step) if isinstance(step.value, Unknown) else lost(step) or reason(step)
    if not isinstance(step.value, Fraction) or step.value >= node.points:
        return why
    amount = f"扣 {brief(node.points - step.value, 2)} 分"
    return f"{amount}，{why}" if why == BY_FORMULA else f"{amount}：{why}"


def _formula_lost(value: tm.Expr, step: Step) -> str:
    """Return why a formula gives less: the condition that fails, the sentence of its word, or the formula itself."""
    if isinstance(value, tm.If) and isinstance(step.term, tm.If) and len(step.kids) > 1:
        if step.kids[0].value is False:
            return f"“{fm.names(value.test)}”{FAILED}"
        return _formula_lost(value.then, step.kids[1])
    return fm.sentence(step) or BY_FORMULA


def _stages(steps: tuple[Step, ...], node: tr.Indicator, trace: Trace) -> list[str]:
    """Return the sentences of the stages; a 限于 is told only where it changed something."""
    found: list[str] = []
    for place, step in enumerate(steps):
        before = steps[place - 1].value if place else None
        if not isinstance(step.term, tr.Clamp):
            found += _stage(step, node, trace)
        elif before != step.value:
            ends = f"{_plain(fm.names(step.term.low))}至{_plain(fm.names(step.term.high))}"
            found.append(f"得分限于{ends}，取 {gained(step.value)}")
    return found


def _stage(step: Step, node: tr.Indicator, trace: Trace) -> list[str]:
    match step.term:
        case tr.Indicator():
            return [_part(part, trace) for part in step.kids]
        case tr.Plain(value):
            return _computed(value, step.kids[0], trace)
        case tr.Bands():
            return [_banded(step, trace)]
        case tr.Decide():
            return [_decided(kid, trace) for kid in step.kids]
        case tr.Checklist():
            return _listed(step, trace)
        case tr.Deduct():
            return [
                *(_deduction(k, trace) for k in step.kids if isinstance(k.term, tr.Case | tr.PerStep)),
                _taken(step),
            ]
        case tr.NotApplicable():
            return _not_applicable(step, node, trace)
        case tr.Gate():
            names = "、".join(str(getattr(k.term, "fact", "")) for k in step.kids[:-1])
            state = "没有佐证" if step.kids[0].value is False else "有没有佐证尚不能确定"
            return [f"本项须有佐证，“{names}”{state}，{_gets(step.value)}"]
        case _:
            return []


def _part(step: Step, trace: Trace) -> str:
    node = step.term
    assert isinstance(node, tr.Indicator)
    head = f"“{node.name}”分值 {brief(node.points)} 分，得 {points(step.value, places_of(node.rounding))}"
    how = told(step, trace)
    return f"{head}：{'，'.join(how)}" if how else head


def _plain(text: str) -> str:
    return text if text == "满分" else f" {text}"


def _equal(result: str) -> str:
    """Return a result as the end of a chain of equations; what is not known is said beside it."""
    if result.startswith("待定"):
        return f"，结果{'待定' if '任意值' in result else result}"
    return f" ≈ {result[1:]}" if result.startswith("≈") else f" = {result}"


def _computed(value: tm.Expr, step: Step, trace: Trace) -> list[str]:
    """Return the formula with its numbers, as a report writes it: 得分 = 公式 = 代入 = 结果."""
    if isinstance(value, tm.If) and isinstance(step.term, tm.If):
        return _chosen(value, step, trace)
    if isinstance(value, tm.Const):
        return []
    if isinstance(step.value, Problem):
        return [f"按“{fm.names(value)}”算不出得分（{fm.value_text(step.value, POINTS)}）"]
    said = fm.sentence(step)
    return [f"得分 = {_chain(fm.names(value), step, trace)}", *([said] if said else [])]


def _chain(written: str, step: Step, trace: Trace) -> str:
    result = fm.value_text(step.value, POINTS)
    put_in = fm.values(step, trace.program)
    middle = f" = {put_in}" if put_in not in (result, written) else ""
    unit = "" if isinstance(step.value, Unknown | Problem) else " 分"
    return f"{written}{middle}{_equal(result)}{unit}"


def _chosen(value: tm.If, step: Step, trace: Trace) -> list[str]:
    """Return what a formula that only chooses comes to."""
    test, *branches = step.kids
    condition = f"“{fm.names(value.test)}”{_numbers(test, trace)}{_verdict(test.value)}"
    if not isinstance(test.value, bool) or not branches:
        return [f"{condition}，{_gets(step.value)}"]
    taken = value.then if test.value else value.other
    if isinstance(taken, tm.Const | tm.Var):
        return [f"{condition}，{_gets(step.value)}"]
    return [condition, *_computed(taken, branches[0], trace)]


def _verdict(value: Value) -> str:
    return ("成立" if value else FAILED) if isinstance(value, bool) else UNKNOWN_YET


def _numbers(test: Step, trace: Trace) -> str:
    """Return the numbers of a decided condition in brackets; a plain yes or no needs none."""
    if not isinstance(test.value, bool):
        return ""
    put_in = fm.values(test, trace.program)
    simple = isinstance(test.term, tm.FactRef | tm.Const) or put_in == fm.names(test.term)  # type: ignore[arg-type]
    return "" if simple else f"（{put_in}）"


def _banded(step: Step, trace: Trace) -> str:
    bands, subject = step.term, step.kids[0]
    assert isinstance(bands, tr.Bands)
    result = fm.value_text(subject.value, bands.subject.type)
    put_in = fm.values(subject, trace.program)
    head = fm.names(bands.subject) + (f" = {put_in}" if put_in != result else "") + _equal(result)
    match step.note:
        case tr.Band(limits=limits):
            tests = " 且 ".join(f"{x.op} {fm.names(x.bound)}" for x in limits)
            return f"{head}，落在“{tests}”一档，{_gets(step.value)}"
        case "其余":
            return f"{head}，不在所列各档，按“其余”{_gets(step.value)}"
        case _ if isinstance(step.value, Problem):
            return f"{head}，没有一档符合，算不出得分"
        case _:
            return f"{head}，可能落在不止一档，{_gets(step.value)}"


def _decided(step: Step, trace: Trace) -> str:
    case = step.term
    if not isinstance(case, tr.Case):
        return f"所列各条以外的，{_gets(step.value)}"
    test = step.kids[0]
    condition = f"“{fm.names(case.test)}”{_numbers(test, trace)}{_verdict(test.value)}"
    if step.value is False:
        return condition
    result = step.kids[1] if len(step.kids) > 1 else None
    if result is None or isinstance(result.term, tm.Const | tm.Var | tm.ParamRef):
        return f"{condition}，{_gets(step.value)}"
    return "，".join([condition, *_computed(case.result, result, trace)])


def _listed(step: Step, trace: Trace) -> list[str]:
    """Return a checklist as three lists: what holds, what does not, what is not known."""
    held: list[str] = []
    failed: list[str] = []
    unknown: list[str] = []
    for kid in step.kids:
        assert isinstance(kid.term, tr.Case)
        what = f"“{fm.names(kid.term.test)}”{_numbers(kid.kids[0], trace)}"
        match kid.kids[0].value:
            case True:
                held.append(f"{what}{_gets(kid.value)}")
            case False:
                failed.append(what)
            case _:
                unknown.append(f"{what}得 {score_text(kid.value)} 分")
    found = [f"符合的要点：{'、'.join(held)}"] if held else []
    found += [f"不符合、不得分的要点：{'、'.join(failed)}"] if failed else []
    return [*found, *([f"{UNKNOWN_YET}的要点：{'、'.join(unknown)}"] if unknown else [])]


def _deduction(step: Step, trace: Trace) -> str:
    takes = _takes(step.value)
    match step.term:
        case tr.PerStep(subject=subject, mode=mode):
            shown = fm.value_text(step.kids[0].value, subject.type)
            put_in = fm.values(step.kids[0], trace.program)
            equal = f" = {put_in}{_equal(shown)}" if put_in != shown else f" {shown}"
            steps = fm.value_text(step.kids[1].value, step.kids[1].term.type)  # type: ignore[union-attr]
            how = f"，{mode}为 {steps} 步" if mode else ""
            return f"{fm.names(subject)}{equal}{how}，{takes}"
        case tr.Case(test=test):
            return f"“{fm.names(test)}”{_numbers(step.kids[0], trace)}{_verdict(step.kids[0].value)}，{takes}"
        case _:
            raise AssertionError("a deduction is one of two")


def _takes(value: Value) -> str:
    """Return what is taken; an amount without an upper end says nothing and is not written."""
    match value:
        case Fraction():
            return f"扣 {fm.value_text(value, POINTS)} 分" if value else "不扣分"
        case Unknown() if range_of(value).hull.hi is None:
            return "扣多少待定"
        case _:
            return f"扣 {gained(value)}"


def _taken(step: Step) -> str:
    deduct, taken = step.term, step.note
    assert isinstance(deduct, tr.Deduct)
    assert isinstance(taken, Fraction | Unknown | Problem)
    end = "（扣完为止）" if deduct.to_zero else f"（最多扣 {fm.names(deduct.most)}）" if deduct.most is not None else ""
    if taken == 0:
        return f"没有扣分，{_gets(step.value)}"
    total = f"共{_takes(taken)}" if isinstance(taken, Fraction) else "合计扣分待定"
    return f"{total}{end}，{_gets(step.value)}"


def _not_applicable(step: Step, node: tr.Indicator, trace: Trace) -> list[str]:
    guard, test = step.term, step.kids[0]
    assert isinstance(guard, tr.NotApplicable)
    how = f"按{_plain(fm.names(guard.value))}计" if guard.value is not None else f"不计入{guard.drop}"
    how = "按同级平均计" if guard.mean is not None else how
    why = f"“{fm.names(guard.test)}”{_numbers(test, trace)}"
    if test.value is True:
        dropped = isinstance(step.value, Problem) and step.value.kind == DROPPED
        gets = "" if dropped else f"，{_gets(step.value)}"
        proof = [f"不适用须有佐证：{guard.evidence}"] if guard.evidence else []
        return [f"本项不适用，原因是{why}成立，{how}{gets}", *proof]
    if isinstance(test.value, Problem):
        return [f"{why}算不出是否成立，得分{gained(step.value)}"]
    rest = tuple(k for k in step.kids[1:] if not isinstance(k.term, tm.Const | tm.Var))
    found = [f"是否适用尚不能确定（看{why}），不适用的{how}"]
    return [*found, *(f"适用的，{said}" for said in _stages(rest, node, trace))]
