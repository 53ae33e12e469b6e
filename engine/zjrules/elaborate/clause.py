"""Clauses of an indicator to their kernel forms."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from zjrules.diag import Code, Edit, Fix
from zjrules.elaborate.arith import comparable, is_wrong
from zjrules.elaborate.constant import quantity_const
from zjrules.elaborate.expr import elaborate, truth
from zjrules.elaborate.scope import Checker, Scope
from zjrules.elaborate.types import tests_of
from zjrules.num import Rounding
from zjrules.resolve import unknown
from zjrules.spelling import nearest
from zjrules.syntax import clause as cl
from zjrules.syntax import expr as sx
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.question import QUESTIONS
from zjrules.unit import POINTS_DIM, PURE, Date, Number, Wrong, same, type_text

NOT_POINTS = Code("ZJ3060", "not-points")
STEP_MODE = Code("ZJ4010", "step-mode-missing")
EDGE_UNSAID = Code("ZJ4011", "edge-unsaid")
NO_REST = Code("ZJ4012", "no-otherwise")
DROP_LEVEL = Code("ZJ4013", "drop-level")
BAD_ROUNDING = Code("ZJ4014", "bad-rounding")
DIRECTION = Code("ZJ4015", "unknown-direction")
UNKNOWN_QUESTION = Code("ZJ4017", "unknown-question")
PEER_ROUNDING = Code("ZJ4016", "peer-rounding-unsaid")

PEER_MEAN = "同级平均"

STEP_MODES = ("整步", "进整", "按比例")
DIRECTIONS = ("递增", "递减", "不减", "不增")
DROP_LEVELS = ("本一级指标", "总分")
ZERO = tm.Const(Fraction(0), Number(None), "0")


def points(check: Checker, scope: Scope, e: sx.Expr) -> tm.Expr:
    """Return the kernel of an expression that must give 分."""
    found = elaborate(check, scope, e)
    match found.type:
        case Wrong():
            return found
        case Number(dim=dim) if same(dim, POINTS_DIM)[0]:
            return found
        case Number(dim=dim) if not dim:
            text = e.span.text
            number = isinstance(e, sx.Quantity) and not e.unit
            fix = Fix(f"写成「{text} 分」", (Edit(e.span, f"{text} 分"),)) if number else None
            ratio = found.type.percent or not isinstance(e, sx.Quantity | sx.Cond)
            help_ = f"比率要乘满分才是得分：满分 × ({text})" if ratio else "数后面写上「分」，例如「4 分」"
            help_ = f"写成「{text} 分」" if number else help_
            return check.report(NOT_POINTS, e.span, f"这里要几分，却是{type_text(found.type)}", help_, fix)
        case Number(dim=dim) if dim and dict(dim).get("分") == 1 and len(dim) == 2:
            help_ = "「每」已经按个数算了，扣几分只写「1 分」"
            return check.report(NOT_POINTS, e.span, f"这里要几分，却是{type_text(found.type)}", help_)
        case _:
            help_ = "写成几分，例如「1.5 分」或「满分 × 比率」；条件用 若 … 则 满分 否则 0 分"
            return check.report(NOT_POINTS, e.span, f"这里要几分，却是{type_text(found.type)}", help_)


def base(check: Checker, scope: Scope, clause: cl.Clause) -> tr.Base | None:
    """Return the base that a clause is, or None when it is no base."""
    match clause:
        case cl.Score(value):
            return tr.Plain(points(check, scope, value), span=clause.span)
        case cl.Apply(call):
            return tr.Plain(points(check, scope, call), span=clause.span)
        case cl.Bands():
            return _bands(check, scope, clause)
        case cl.Decide(cases, rest):
            if rest is None:
                help_ = "最后补上「其余 得 0 分」"
                check.report(NO_REST, clause.span, "判定没有说其余情况得几分", help_)
            otherwise = points(check, scope, rest) if rest is not None else ZERO
            return tr.Decide(_cases(check, scope, cases), otherwise, span=clause.span)
        case cl.Checklist(ticks):
            return tr.Checklist(_cases(check, scope, ticks), span=clause.span)
        case _:
            return None


def _cases(check: Checker, scope: Scope, cases: tuple[cl.Case, ...]) -> tuple[tr.Case, ...]:
    return tuple(tr.Case(truth(check, scope, c.test), points(check, scope, c.result), span=c.span) for c in cases)


def _bands(check: Checker, scope: Scope, clause: cl.Bands) -> tr.Bands:
    subject = elaborate(check, scope, clause.subject)
    if not isinstance(subject.type, Number | Date | Wrong):
        help_ = "分档按数或日期分；按选项或条件分用「判定」"
        subject = check.report(NOT_POINTS, subject.span, f"不能按{type_text(subject.type)}分档", help_)
    bands = []
    for band in clause.bands:
        _edges_said(check, band.limits)
        limits = []
        for test in tests_of(band.limits):
            bound = elaborate(check, scope, test.value)
            if comparable(check, test.op, subject, bound, test.span):
                limits.append(tr.Limit(test.op, bound))
        bands.append(tr.Band(tuple(limits), points(check, scope, band.result), span=band.span))
    rest = points(check, scope, clause.rest) if clause.rest is not None else None
    return tr.Bands(subject, tuple(bands), rest, span=clause.span)


def _edges_said(check: Checker, limits: cl.Limits) -> None:
    if not isinstance(limits, cl.Between):
        return
    for edge in (limits.low, limits.high):
        if edge.closed is None:
            text = edge.span.text
            help_ = f"写成「{text}（含）」或「{text}（不含）」"
            check.report(EDGE_UNSAID, edge.span, f"「{text}」这一端含还是不含？", help_)


def deduct(check: Checker, scope: Scope, clause: cl.Deduct) -> tr.Deduct:
    """Return 扣分."""
    items: list[tr.Case | tr.PerStep] = []
    for item in clause.items:
        if isinstance(item, cl.DeductIf):
            case = tr.Case(truth(check, scope, item.test), points(check, scope, item.amount), span=item.span)
            items.append(case)
        else:
            items.append(_per_step(check, scope, item))
    most = points(check, scope, clause.most) if clause.most is not None else None
    return tr.Deduct(tuple(items), clause.to_zero, most, span=clause.span)


def _per_step(check: Checker, scope: Scope, item: cl.DeductEach) -> tr.PerStep:
    step = quantity_const(item.step)
    subject = elaborate(check, scope, item.subject)
    amount = points(check, scope, item.amount)
    mode = item.mode.text if item.mode else ""
    if item.mode is not None and mode not in STEP_MODES:
        likely = nearest(mode, STEP_MODES, closed=True)
        help_ = f"是不是「{likely}」？" if likely else f"可用：{'、'.join(STEP_MODES)}"
        check.report(STEP_MODE, item.mode.span, f"没有「{mode}」这种步法", help_)
    bad = is_wrong(subject, amount) or not _step_fits(check, step, subject, item)
    assert isinstance(step.value, Fraction)
    if step.value <= 0:
        check.report(STEP_MODE, item.step.span, "「每」后面的步长要大于 0")
        bad = True
    whole = isinstance(subject.type, Number) and subject.type.whole and step.value == 1
    if not mode and not whole and not bad:
        help_ = "写明：整步（不满一步不扣）、进整（不满一步算一步）或 按比例"
        check.report(STEP_MODE, item.span, "没有说不满一步怎么扣", help_)
    if bad:
        return tr.PerStep(Fraction(1), subject, ZERO, amount, mode or "整步", span=item.span)
    count: tm.Expr = tm.Arith("÷", subject, step, PURE, span=item.subject.span)
    if mode in ("整步", "进整"):
        count = tm.Whole(count, mode == "进整", PURE, span=item.subject.span)
    # Fewer than no steps take nothing: a report two days early earns no bonus.
    steps = tm.Extreme((count, ZERO), True, PURE, span=item.subject.span)
    return tr.PerStep(step.value, subject, steps, amount, mode, span=item.span)


def _step_fits(check: Checker, step: tm.Const, subject: tm.Expr, item: cl.DeductEach) -> bool:
    kind = subject.type
    if isinstance(kind, Number) and kind.percent and not kind.points and isinstance(step.type, Number):
        if step.type.points:
            return True
        text = item.step.span.text
        if text.endswith(("%", "％")):
            points_text = f"{text.rstrip('%％').rstrip()} 个百分点"
            fix = Fix(f"改成 {points_text}", (Edit(item.step.span, points_text),), safe=False)
            message = f"「{text}」是百分之几，还是几个百分点？"
            check.report(STEP_MODE, item.step.span, message, f"对比率每差一步，写成「{points_text}」", fix)
            return False
    return comparable(check, "=", subject, step, item.span)


def not_applicable(check: Checker, scope: Scope, clause: cl.NotApplicable) -> tr.NotApplicable:
    """Return 不适用."""
    test = truth(check, scope, clause.test)
    proof = clause.evidence.text if clause.evidence else ""
    if isinstance(clause.value, sx.Name) and clause.value.text == PEER_MEAN:
        if check.peer_rounding is None:
            help_ = f"在规则集下面写「舍入 {PEER_MEAN} 四舍五入 精确到 0.01 分」或「舍入 {PEER_MEAN} 不舍入」"
            check.report(PEER_ROUNDING, clause.value.span, "没有说同级平均怎么舍入", help_)
        return tr.NotApplicable(test, None, "", proof, check.peer_rounding, span=clause.span)
    value = points(check, scope, clause.value) if clause.value is not None else None
    drop = clause.drop.text if clause.drop else ""
    if clause.drop is not None and drop not in DROP_LEVELS:
        check.report(DROP_LEVEL, clause.drop.span, f"不能不计入「{drop}」", f"可用：{'、'.join(DROP_LEVELS)}")
    return tr.NotApplicable(test, value, drop, proof, span=clause.span)


def gate(check: Checker, scope: Scope, clause: cl.Gate) -> tr.Gate:
    """Return 须佐证."""
    for fact in clause.facts:
        if fact.text not in check.schema.facts and fact.text not in check.index.lost:
            check.add(unknown(fact.text, fact.span, check.schema.facts, "事实"))
    return tr.Gate(tuple(f.text for f in clause.facts), points(check, scope, clause.otherwise), span=clause.span)


def clamp(check: Checker, scope: Scope, clause: cl.Clamp) -> tr.Clamp:
    """Return 限于."""
    return tr.Clamp(points(check, scope, clause.low), points(check, scope, clause.high), span=clause.span)


def trend(check: Checker, clause: cl.Trend) -> tr.Trend:
    """Return 随."""
    if clause.direction.text not in DIRECTIONS:
        help_ = f"可用：{'、'.join(DIRECTIONS)}"
        check.report(DIRECTION, clause.direction.span, f"没有「{clause.direction.text}」这种走向", help_)
    if clause.fact.text not in check.schema.facts and clause.fact.text not in check.index.lost:
        check.add(unknown(clause.fact.text, clause.fact.span, check.schema.facts, "事实"))
    return tr.Trend(clause.fact.text, clause.direction.text, span=clause.span)


def accepts(check: Checker, clauses: Sequence[object]) -> tuple[tr.Accept, ...]:
    """Return 认可, of which the kind must be one of the prover's questions."""
    found = []
    for clause in clauses:
        if not isinstance(clause, cl.Accept):
            continue
        if clause.kind.text not in QUESTIONS:
            likely = nearest(clause.kind.text, QUESTIONS)
            help_ = f"是不是「{likely}」？" if likely else f"可用：{'、'.join(QUESTIONS)}"
            check.report(UNKNOWN_QUESTION, clause.kind.span, f"prove 没有「{clause.kind.text}」这种问题", help_)
        subject = clause.subject.text if clause.subject is not None else ""
        found.append(tr.Accept(clause.kind.text, subject, clause.why.text, span=clause.span))
    return tuple(found)


def rounding(check: Checker, decl: cl.RoundingDecl) -> tr.RoundScore:
    """Return a declared rounding."""
    mode = decl.mode.text if decl.mode else ""
    if mode == "不舍入" and decl.quantum is None:
        return tr.RoundScore(None, Fraction(1), span=decl.span)
    known = {m.value: m for m in Rounding}
    if mode not in known or decl.quantum is None:
        help_ = "写成「四舍五入 精确到 0.01 分」或「不舍入」；还有 四舍六入五成双、去尾、进一"
        check.report(BAD_ROUNDING, decl.span, "舍入没有说清怎么舍入、精确到多少", help_)
        return tr.RoundScore(None, Fraction(1), span=decl.span)
    quantum = quantity_const(decl.quantum)
    assert isinstance(quantum.value, Fraction) and isinstance(quantum.type, Number)
    if quantum.value <= 0 or quantum.type.dim != POINTS_DIM:
        check.report(BAD_ROUNDING, decl.quantum.span, "精确到多少要用「分」，并且大于 0", "例如 0.01 分")
        return tr.RoundScore(None, Fraction(1), span=decl.span)
    return tr.RoundScore(known[mode], quantum.value, span=decl.span)
