"""下属单位汇总: a department's facts made from those of its units, each by the rule that its declaration names.

Nothing is guessed: what has no rule (a ratio, a date without one) is the department's own to state, and what one unit
does not state leaves the sum open, by that unit's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attrs import evolve

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, Severity
from zjrules.fact import Asked, AskedLedger, Evidence, Fact, Facts, Schema, State, Table
from zjrules.interval import arith
from zjrules.interval.sets import Range, point
from zjrules.unit import Date, Number, Scalar, Truth, Type, show

POOL_DIFFERS = Code("ZJ5031", "pooled-value-differs")
NOT_ALIKE = Code("ZJ5032", "units-differ")
NOT_POOLED = Code("ZJ5033", "fact-not-pooled", Severity.NOTE)

RULES = ("合计", "全部", "任一", "最大", "最小", "最早", "最晚", "相同", "不汇总")
_RANGES: dict[str, Callable[[Range, Range], Range]] = {
    "合计": arith.add, "最大": arith.larger, "最小": arith.smaller, "最早": arith.smaller, "最晚": arith.larger,
}  # fmt: skip


def rule_of(asked: Asked) -> str:
    """Return how a fact is pooled: as declared, else amounts and counts are summed and nothing else is."""
    if asked.pool:
        return asked.pool
    kind = asked.type
    summed = isinstance(kind, Number) and bool(kind.dim) and not kind.percent and not kind.points
    return "合计" if summed else "不汇总"


def fits(rule: str, kind: Type) -> bool:
    """Return whether a rule makes sense for a type."""
    match rule:
        case "合计" | "最大" | "最小":
            return isinstance(kind, Number)
        case "全部" | "任一":
            return isinstance(kind, Truth)
        case "最早" | "最晚":
            return isinstance(kind, Date)
        case _:
            return rule in RULES


def pooled(own: Facts, units: Sequence[Facts], schema: Schema) -> tuple[Facts, Diagnostics]:
    """Return the department's facts: its own, and beside them what its units sum up to.

    A value that the department states itself must agree with the sum (ZJ5031 shows both).
    """
    problems: list[Diagnostic] = []
    facts = dict(own.facts)
    for name, asked in schema.facts.items():
        parts = [(u.unit, u.facts.get(name) or _absent(name)) for u in units]
        if all(p.state is State.MISSING for _, p in parts):
            continue
        rule, stated = rule_of(asked), own.facts.get(name)
        said = stated is not None and stated.state is not State.MISSING
        if rule == "不汇总":
            if not said:
                problems.append(_not_pooled(asked, parts))
            continue
        found = _pooled(asked, rule, parts, problems)
        if stated is not None and said:
            _agrees(asked, stated, found, problems)
            found = evolve(stated, parts=found.parts)
        facts[name] = found
    ledgers = {**own.ledgers, **_ledgers(own, units, schema)}
    return evolve(own, facts=facts, ledgers=ledgers), tuple(problems)


def _absent(name: str) -> Fact:
    return Fact(name, State.MISSING, None, Evidence.NOT_ASKED)


def _not_pooled(asked: Asked, parts: Sequence[tuple[str, Fact]]) -> Diagnostic:
    labels = tuple(Label(p.span, u) for u, p in parts if p.state is not State.MISSING)[:3]
    message = f"「{asked.name}」没有汇总办法，下属单位填的没有用上"
    help_ = "在部门自己的文件里填；能汇总的，在它的声明里写「汇总 合计」等"
    return Diagnostic(NOT_POOLED, message, labels, help_)


def _agrees(asked: Asked, stated: Fact, found: Fact, problems: list[Diagnostic]) -> None:
    if found.value is None or stated.value is None or found.value == stated.value:
        return
    labels = (Label(stated.span, "部门填的"), *(Label(p.span, u) for u, p in found.parts))
    message = f"「{asked.name}」部门填 {show(stated.value, asked.type)}，下属单位汇总是 {show(found.value, asked.type)}"
    problems.append(Diagnostic(POOL_DIFFERS, message, labels, "核对后改一处；这里按部门填的算"))


def _pooled(asked: Asked, rule: str, parts: list[tuple[str, Fact]], problems: list[Diagnostic]) -> Fact:
    applied = [(u, p) for u, p in parts if p.state is not State.NOT_APPLICABLE]
    named = tuple(parts)
    if not applied:
        return evolve(parts[0][1], parts=named)
    evidence = Evidence.NOT_ASKED
    if asked.evidence:
        claimed = any(p.evidence is Evidence.CLAIMED for _, p in applied if p.state is State.GIVEN)
        evidence = Evidence.CLAIMED if claimed else Evidence.PROVED
    shown = f"{rule} {len(applied)} 个单位"
    base = Fact(asked.name, State.GIVEN, None, evidence, shown, "", "", "", span=applied[0][1].span, parts=named)
    missing = tuple(u for u, p in applied if p.value is None)
    given = [p.value for _, p in applied if p.value is not None]
    if rule in ("全部", "任一"):
        return _truth(base, rule, given, missing)
    if rule == "相同":
        return _same(asked, base, given, applied, missing, problems)
    can = [point(p.value) if isinstance(p.value, Fraction) else asked.limits for _, p in applied]
    found = can[0]
    for more in can[1:]:
        found = _RANGES[rule](found, more)
    if not missing:
        return evolve(base, value=found.point)
    return evolve(base, state=State.MISSING, bounds=found, lacking=missing)


def _truth(base: Fact, rule: str, given: list[Scalar], missing: tuple[str, ...]) -> Fact:
    decides = rule == "任一"
    if decides in given:
        return evolve(base, value=decides)
    return evolve(base, state=State.MISSING, lacking=missing) if missing else evolve(base, value=not decides)


def _same(
    asked: Asked,
    base: Fact,
    given: list[Scalar],
    applied: list[tuple[str, Fact]],
    missing: tuple[str, ...],
    problems: list[Diagnostic],
) -> Fact:
    if len(set(given)) > 1:
        labels = tuple(Label(p.span, f"{u} {p.shown}") for u, p in applied if p.value is not None)
        problems.append(Diagnostic(NOT_ALIKE, f"「{asked.name}」各单位应当相同，却不同", labels, "核对后统一"))
        return evolve(base, state=State.MISSING)
    return evolve(base, state=State.MISSING, lacking=missing) if missing else evolve(base, value=given[0])


# ---------- ledgers ----------


def _ledgers(own: Facts, units: Sequence[Facts], schema: Schema) -> dict[str, Table]:
    found = {}
    for name, asked in schema.ledgers.items():
        tables = [(u.unit, u.ledgers.get(name)) for u in (own, *units)]
        given = [(u, t) for u, t in tables if t is not None]
        if any(u != own.unit or t is not own.ledgers.get(name) for u, t in given):
            found[name] = _joined(asked, given, [u.unit for u in units if name not in u.ledgers])
    return found


def _joined(asked: AskedLedger, given: list[tuple[str, Table]], lacking: list[str]) -> Table:
    """Return all rows with their unit; while one unit's ledger is missing, so is the whole."""
    rows: list[Mapping[str, Fact]] = []
    owners: list[str] = []
    for unit, table in given:
        rows += table.rows or ()
        owners += [unit] * len(table.rows or ())
    proved = all(t.evidence is not Evidence.CLAIMED for _, t in given)
    evidence = Evidence.NOT_ASKED if not asked.evidence else Evidence.PROVED if proved else Evidence.CLAIMED
    missing = [*lacking, *(u for u, t in given if t.rows is None)]
    whole = None if missing else tuple(rows)
    return Table(asked.name, whole, evidence, "", span=given[0][1].span, owners=tuple(owners), lacking=tuple(missing))
