"""What a unit must look at: failed checks, claims that do not hold, scores that cannot be computed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.explain import formula as fm
from zjrules.explain import slip
from zjrules.explain.lines import score_text
from zjrules.fact import Facts
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.trace import Checked, Step, Tally, Trace
from zjrules.unit import Number, show
from zjrules.value import ALL_UNITS, MISUSED, NO_CALENDAR, Problem, Unknown, Value, deps_of, range_of

CHECK_FAILED = Code("ZJ6001", "check-failed")
CHECK_WARNED = Code("ZJ6002", "check-warned", Severity.WARNING)
CHECK_NOTED = Code("ZJ6003", "check-noted", Severity.NOTE)
CLAIM_DIFFERS = Code("ZJ6010", "claim-differs")
CLAIM_OPEN = Code("ZJ6011", "claim-not-verifiable", Severity.WARNING)
NOT_COMPUTABLE = Code("ZJ6012", "not-computable")
OUT_OF_POINTS = Code("ZJ6013", "score-outside-points")
CALENDAR_LACKS = Code("ZJ6014", "no-working-days")

NEEDS_ALL = Code("ZJ6015", "needs-all-units", Severity.WARNING)

_HOW_SUPPLIED = (
    "核对日期；确是这一年，等国务院办公厅公布放假安排后，在规则里写："
    '放假安排 年份 依据 "…" 放假 …-01-01 至 …-01-03 "元旦" … 调休上班 …'
)
RULE = "规则"
"""What is said of the place of the rule that a finding speaks of."""
MOST_ROWS = 3
"""Rows of a ledger that a finding points to."""
_SEVERITY = {"错误": CHECK_FAILED, "警告": CHECK_WARNED, "提示": CHECK_NOTED}


def findings(trace: Trace, facts: Facts) -> list[Diagnostic]:
    """Return the findings of a scored unit, failed checks first."""
    found = [_failed(c, trace.program, facts) for c in trace.checks if c.status == "不通过"]
    found += [f for step in trace.indicators() for f in _indicator(step)] + _alone(trace)
    return found + _claims(trace, facts)


def _failed(checked: Checked, program: tr.Program, facts: Facts) -> Diagnostic:
    check = checked.check
    labels = [Label(span, text) for span, text in places(checked.kids, facts)]
    labels.append(Label(check.span, RULE))
    difference = ""
    if checked.difference and check.op != "≠" and isinstance(check.left, tm.Expr):
        kind = check.left.type
        if isinstance(kind, Number):
            difference = f"，相差 {show(abs(checked.difference), kind)}"
    help_ = check.note or (f"依据 {check.basis}" if check.basis else "核对这几项事实")
    sides = f"{_sides(checked, facts)}{slip.hint(checked, program, facts)}"
    return Diagnostic(_SEVERITY[check.severity], f"{check.title}：不成立{difference}", tuple(labels), f"{sides}{help_}")


def _sides(checked: Checked, facts: Facts) -> str:
    check = checked.check
    if check.right is None or len(checked.kids) < 2 or not isinstance(check.left.type, Number):
        return ""
    left, right = checked.kids[-2:]
    texts = [f"{fm.names(s.term)} = {fm.value_text(s.value, s.term.type, bare=False)}" for s in (left, right)  # type: ignore[arg-type,union-attr]
             ]  # fmt: skip
    return f"{'；'.join(texts)}。"


def places(steps: Sequence[Step], facts: Facts) -> list[tuple[Span, str]]:
    """Return where the facts and ledgers stand that some steps rest on, each with what stands there."""
    found: dict[str, tuple[Span, str]] = {}
    stack = list(reversed(steps))
    while stack:
        step = stack.pop()
        name = step.term.name if isinstance(step.term, tm.FactRef) else ""
        name = step.term.fact if isinstance(step.term, tm.IsNA | tm.HasEvidence) else name
        fact = facts.facts.get(name)
        if fact is not None:
            found.setdefault(name, (fact.span, f"{name} {fact.shown}"))
        table = facts.ledgers.get(step.term.ledger) if isinstance(step.term, tm.Over) else None
        if table is not None:
            found.setdefault(table.name, (table.span, f"明细 {table.name}"))
            for row in _missed(step)[:MOST_ROWS]:
                first = next(iter((table.rows or ())[row].values()), None)
                if first is not None:
                    found.setdefault(f"{table.name} {row}", (first.span, f"第 {row + 1} 行不符"))
        stack.extend(reversed(step.kids))
    return list(found.values())


def _missed(step: Step) -> tuple[int, ...]:
    """Return the rows that make an 全部 fail."""
    asks = isinstance(step.term, tm.Over) and step.term.kind == "全部"
    return step.note.missed if asks and isinstance(step.note, Tally) else ()


def _indicator(step: Step) -> list[Diagnostic]:
    node = step.term
    assert isinstance(node, tr.Indicator)
    value = step.value
    if isinstance(value, Problem) and value.kind != "不计入":
        labels = (Label(value.span, value.kind), Label(node.span, "指标"))
        if value.kind == NO_CALENDAR:
            message = f"「{node.name}」要用日历，没有 {value.detail or '这一年'}的放假安排"
            return [Diagnostic(CALENDAR_LACKS, message, labels, _HOW_SUPPLIED)]
        what = f"{value.kind}{f'：{value.detail}' if value.detail else ''}"
        help_ = "在规则里用「不适用 当 …」说明这时怎么办；或核对事实"
        if value.kind == MISUSED:
            help_ = "核对填的事实；规则的要求见「规则」一处"
        return [Diagnostic(NOT_COMPUTABLE, f"「{node.name}」算不出得分：{what}", labels, help_)]
    if isinstance(value, Fraction) and not 0 <= value <= node.points:
        message = f"「{node.name}」得 {score_text(value)} 分，不在 0 至 {score_text(node.points)} 分之内"
        return [
            Diagnostic(
                OUT_OF_POINTS, message, (Label(node.span),), "规则没有写「限于」或「扣完为止」；请规则的作者核对"
            )
        ]
    return []


def _alone(trace: Trace) -> list[Diagnostic]:
    """Say once that what is taken over all units was scored without them."""
    steps = [s for s in trace.indicators() if (ALL_UNITS, 0) in deps_of(s.value)]
    if not steps:
        return []
    names = "、".join(s.term.name for s in steps)  # type: ignore[union-attr]
    labels = tuple(Label(s.term.span) for s in steps[:1])
    help_ = "把全体单位的文件一起给，并写 --全体：zjrules check *.yaml --全体"
    return [Diagnostic(NEEDS_ALL, f"「{names}」要与全体单位比，这里只有区间", labels, help_)]


# ---------- claims ----------


def _claims(trace: Trace, facts: Facts) -> list[Diagnostic]:
    scored: dict[str, Value] = {s.term.name: s.value for s in _named(trace.groups)}  # type: ignore[union-attr]
    scored["总分"] = trace.total
    found = []
    for name, claim in facts.claims.items():
        value = scored.get(name)
        if value is None or not isinstance(claim.value, Fraction):
            continue
        labels = (Label(claim.span, f"自评 {claim.shown}"),)
        said = f"自评「{name}」{score_text(claim.value)} 分"
        if isinstance(value, Unknown) and range_of(value).holds(claim.value):
            message = f"{said}，凭现有事实只能算出 {score_text(value)}"
            found.append(Diagnostic(CLAIM_OPEN, message, labels, "补齐缺的事实后才能核实"))
        elif isinstance(value, Problem) or value != claim.value:
            message = f"{said}，按规则重算是 {score_text(value)}"
            found.append(Diagnostic(CLAIM_DIFFERS, message, labels, "zjrules explain 逐项列出怎么算的"))
    return found


def _named(steps: tuple[Step, ...]) -> list[Step]:
    found: list[Step] = []
    for step in steps:
        found.append(step)
        inner = step.kids if isinstance(step.term, tr.Group) else tuple(p for kid in step.kids for p in kid.kids)
        found += _named(tuple(s for s in inner if isinstance(s.term, tr.Group | tr.Indicator)))
    return found
