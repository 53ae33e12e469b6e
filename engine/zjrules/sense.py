"""The sense of a checked rule set: bands without gap or overlap, scores that stay within their points.

Works by the exact engine itself, run with every fact missing: what it encloses holds for all facts. Where the enclosure
reaches too far, facts are searched that show it; only what such facts show is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice, product

from attrs import evolve

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, Severity, at
from zjrules.exact import indicator
from zjrules.exact.expr import evaluate
from zjrules.exact.scope import Scope, WorkCalendar, scope_of
from zjrules.explain import formula as fm
from zjrules.explain.lines import score_text
from zjrules.fact import Asked, Facts
from zjrules.interval.sets import Range, between, beyond, either, restrict, union
from zjrules.num import brief
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import refs, walk
from zjrules.trace import Step
from zjrules.unit import Choice, Date, Number, Scalar, Text, Truth, Type, Year, show
from zjrules.value import (
    EMPTY_LEDGER,
    NO_CASE,
    NOT_APPLICABLE,
    ZERO_DIVISION,
    Problem,
    Unknown,
    Value,
    problems_of,
    range_of,
)

GAP = Code("ZJ4050", "bands-gap")
OVERLAP = Code("ZJ4051", "bands-overlap")
UNREACHABLE = Code("ZJ4052", "band-unreachable")
OPEN_BANDS = Code("ZJ4053", "bands-need-otherwise")
LEAVES_POINTS = Code("ZJ4054", "score-can-leave-points", Severity.WARNING)
NO_VALUE = Code("ZJ4055", "score-can-fail", Severity.WARNING)
NEVER_FULL = Code("ZJ4056", "never-full", Severity.WARNING)
SETTLED = Code("ZJ4057", "comparison-settled", Severity.WARNING)
COUNT_RATIO = Code("ZJ4058", "count-over-count", Severity.NOTE)

MOST_TRIALS = 400
ZERO = Fraction(0)


def checks(program: tr.Program, calendar: WorkCalendar | None = None) -> Diagnostics:
    """Return what makes no sense in a rule set, though its types are right."""
    nothing = Facts("", {}, {}, {})
    scope = scope_of(program, nothing, calendar, proved_only=False)
    found: list[Diagnostic] = []
    for node in survey.indicators(program.groups):
        step = indicator.score(node, scope)
        for part in _parts(step):
            found += _bands(part)
            if not found or not any(d.is_error for d in found):
                found += _stays(part, program, scope) + _reaches(part)
        found += _settled(node, scope) + _count_ratios(node)
    return tuple(dict.fromkeys(found))


def _parts(step: Step) -> Iterator[Step]:
    """Yield an indicator, or its parts where it has some."""
    parts = [k for kid in step.kids for k in kid.kids if isinstance(k.term, tr.Indicator)]
    if parts:
        yield from parts
    else:
        yield step


# ---------- bands ----------


def _bands(step: Step) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for kid in step.kids:
        if isinstance(kid.term, tr.Bands):
            found += _banded(kid.term, kid.kids[0].value)
        else:
            found += _bands(kid)
    return found


def _banded(bands: tr.Bands, subject: Value) -> list[Diagnostic]:
    whole = range_of(subject)
    sets: list[Range] = []
    found: list[Diagnostic] = []
    for band in bands.bands:
        bounds = [(x.op, x.bound.value) for x in band.limits if isinstance(x.bound, tm.Const)]
        if len(bounds) < len(band.limits):
            return _open(bands)
        mine = whole
        for op, bound in bounds:
            assert isinstance(bound, Fraction)
            mine = restrict(mine, op, bound)
        found += _against(bands, len(sets), sets, mine)
        sets.append(mine)
    left = _without(whole, sets)
    if bands.rest is None and not left.is_empty and not isinstance(subject, Problem):
        kind = bands.subject.type
        message = f"分档有缺口：{fm.names(bands.subject)} {_gaps(left, kind)} 时没有说得几分"
        found.append(at(GAP, bands.span, message, "补上这一档，或在最后写「其余 得 … 分」"))
    return found


def _gaps(left: Range, kind: Type) -> str:
    return "、".join(
        f"是 {show(p.lo, kind)}" if p.lo is not None and p.lo == p.hi else f"在 {fm.hull_text(p, kind)}"
        for p in left.pieces[:3]
    )


def _open(bands: tr.Bands) -> list[Diagnostic]:
    if bands.rest is not None:
        return []
    message = "分档的界线要由事实算出，不能断定没有缺口"
    return [at(OPEN_BANDS, bands.span, message, "在最后写「其余 得 … 分」")]


def _without(whole: Range, sets: list[Range]) -> Range:
    left = whole
    for mine in sets:
        left = _minus(left, mine)
    return left


def _minus(a: Range, b: Range) -> Range:
    """Return the members of a that are not in b."""
    for piece in b.pieces:
        below = [] if piece.lo is None else [restrict(a, "≤" if piece.lo_open else "<", piece.lo)]
        above = [] if piece.hi is None else [restrict(a, "≥" if piece.hi_open else ">", piece.hi)]
        a = either(*below, *above) if below or above else union([])
    return a


def _against(bands: tr.Bands, index: int, sets: list[Range], mine: Range) -> list[Diagnostic]:
    """Hold a band against the earlier ones: disjoint from each, or one-sided and wider than it."""
    band = bands.bands[index]
    if mine.is_empty and all(x.op in ("≥", "≤", ">", "<") for x in band.limits) and len(band.limits) == 2:
        return [at(UNREACHABLE, band.span, "这一档里没有任何值", "核对两头的数，是不是写反了")]
    if _without(mine, sets).is_empty:
        help_ = "前面的档已经包了它；核对次序和界线"
        return [at(UNREACHABLE, band.span, "这一档永远轮不到", help_)]
    one_sided = len(band.limits) == 1 and band.limits[0].op not in ("=", "≠")
    for other, earlier in zip(bands.bands, sets, strict=False):
        apart = _without(mine, [earlier])
        meets = apart.pieces != mine.pieces
        if meets and not (one_sided and _minus(earlier, mine).is_empty):
            labels = (Label(band.span, "这一档"), Label(other.span, "与这一档重叠"))
            return [Diagnostic(OVERLAP, "两档有重叠，落在重叠处得几分说不清", labels, "改界线，使两档不相交")]
    return []


# ---------- scores that leave their points ----------


def _stays(step: Step, program: tr.Program, scope: Scope) -> list[Diagnostic]:
    node, raw = step.term, step.note
    assert isinstance(node, tr.Indicator)
    value = raw if isinstance(raw, Unknown | Problem | Fraction) else step.value
    allowed = between(ZERO, node.points)
    reach = range_of(value)
    leaves = not reach.is_empty and beyond(reach, allowed)
    fails = any(p.kind in (ZERO_DIVISION, EMPTY_LEDGER, NO_CASE, NOT_APPLICABLE) for p in problems_of(value))
    if not leaves and not fails:
        return []
    found: list[Diagnostic] = []
    for facts, got in _trials(node, program, scope):
        out = isinstance(got, Fraction) and not allowed.holds(got)
        failed = isinstance(got, Problem) and got.kind in (ZERO_DIVISION, EMPTY_LEDGER, NO_CASE, NOT_APPLICABLE)
        if out and leaves:
            found.append(_leaves(node, facts, got, program))
            leaves = False
        elif failed and fails:
            found.append(_fails(node, facts, got, program))
            fails = False
        if not leaves and not fails:
            break
    return found


def _reaches(step: Step) -> list[Diagnostic]:
    """Report an indicator that no facts give its full points: weights that do not add up, a missing tick."""
    node, raw = step.term, step.note
    assert isinstance(node, tr.Indicator)
    reach = range_of(raw if isinstance(raw, Unknown | Fraction) else step.value)
    if isinstance(step.value, Problem) or reach.is_empty:
        return []
    best = reach.hull.hi
    if best is None or best >= node.points:
        return []
    help_ = "核对权重、各项的分或界线加起来够不够；本来就得不满的，在「说明」里写明"
    return [
        at(
            NEVER_FULL,
            _head(node),
            f"「{node.name}」最多得 {score_text(best)} 分，到不了 {brief(node.points)} 分",
            help_,
        )
    ]


def _settled(node: tr.Indicator, scope: Scope) -> list[Diagnostic]:
    """Report comparisons of facts that come out the same whatever the facts are: 率 > 95, where 95% was meant."""
    found = []
    inner = indicator.inside(node, scope)
    for e in (*survey.own(node), *(let.value for let in node.lets.values())):
        for n in walk(e):
            if not isinstance(n, tm.Cmp) or any(isinstance(x, tm.Column | tm.Use) for x in walk(n)):
                continue
            value = evaluate(n, inner).value if any(r[0] == "fact" for r in refs(n, inner.lets)) else None
            if isinstance(value, bool):
                says = "总是成立" if value else "永远不成立"
                help_ = "核对数和单位（95% 不要写成 95），以及事实声明的范围"
                found.append(at(SETTLED, n.span, f"「{n.span.text}」{says}，与填的事实无关", help_))
    for part in node.parts:
        found += _settled(part, inner)
    return found


def _count_ratios(node: tr.Indicator) -> list[Diagnostic]:
    """Point to 占比 where rows of one ledger are counted above and below the line: each may be anything when missing."""
    found = []
    for n in (n for e in survey.of_indicator(node) for n in survey.deep(e)):
        match n:
            case tm.Arith("÷", tm.Over("计数", above) as a, tm.Over("计数", below)) if above == below:
                where = f" 其中 {a.where.span.text}" if a.where is not None else ""
                help_ = f"写成「占比({above}{where})」，分母里不算的行用「除外」；缺失时区间也更窄"
                found.append(at(COUNT_RATIO, n.span, "同一张明细的两个计数相除", help_))
    return found


def _leaves(node: tr.Indicator, facts: Mapping[str, Scalar], got: Value, program: tr.Program) -> Diagnostic:
    message = f"「{node.name}」可能得 {score_text(got)} 分，不在 0 至 {brief(node.points)} 分之内"
    help_ = f"例如：{_shown(facts, program)}。补上「限于 0 分 至 满分」或「扣完为止」，或改写算法"
    return at(LEAVES_POINTS, _head(node), message, help_)


def _fails(node: tr.Indicator, facts: Mapping[str, Scalar], got: Value, program: tr.Program) -> Diagnostic:
    why = got.kind if isinstance(got, Problem) else ""
    help_ = f"例如：{_shown(facts, program)}。补上「不适用 当 …」，或在事实的声明里写明范围（如 > 0 元）"
    return at(NO_VALUE, _head(node), f"「{node.name}」可能算不出：{why}", help_)


def _head(node: tr.Indicator) -> Span:
    end = node.span.source.text.find("\n", node.span.start, node.span.end)
    return node.span if end < 0 else evolve(node.span, end=end)


def _shown(facts: Mapping[str, Scalar], program: tr.Program) -> str:
    parts = []
    for name, value in facts.items():
        asked = program.schema.facts.get(name)
        parts.append(f"{name} {show(value, asked.type)}" if asked else f"明细 {name} 为空")
    return "，".join(parts) or "（不需要事实）"


def _trials(node: tr.Indicator, program: tr.Program, scope: Scope) -> Iterator[tuple[dict[str, Scalar], Value]]:
    """Yield facts at the corners of their declared ranges, and the unrounded score that they give."""
    exprs = list(survey.of_indicator(node))
    names = sorted({r for e in exprs for r in refs(e, {}) if r[0] in ("fact", "ledger")})
    constants = [n for e in exprs for n in survey.deep(e) if isinstance(n, tm.Const)]
    choices: list[list[Scalar]] = []
    for kind, name in names:
        choices.append(_corners(program.schema.facts[name], constants) if kind == "fact" else [ZERO])
    for values in islice(product(*choices), MOST_TRIALS):
        given = {name: v for (kind, name), v in zip(names, values, strict=True) if kind == "fact"}
        empty = {name: ZERO for kind, name in names if kind == "ledger"}
        ledgers = {
            n: evolve(r, rows=(), sizes=between(ZERO, ZERO)) if n in empty else r for n, r in scope.ledgers.items()
        }
        inner = Scope(scope.run, {**scope.facts, **given}, ledgers)
        step = indicator.score(node, inner)
        raw = step.note
        yield {**given, **empty}, raw if isinstance(raw, Fraction | Problem) else step.value


def _corners(asked: Asked, constants: list[tm.Const]) -> list[Scalar]:
    """Return values worth trying for a fact: the ends of its range, 0, 1, large, and near the thresholds of its rule."""
    match asked.type:
        case Truth():
            return [True, False]
        case Choice(options):
            return list(options)
        case Text():
            return [""]
        case Date() | Year():
            near = [c.value for c in constants if type(c.type) is type(asked.type) and isinstance(c.value, Fraction)]
            base = near or [Fraction(739000) if isinstance(asked.type, Date) else Fraction(2025)]
            return [v for v in (base[0], base[0] - 40, base[0] + 400) if asked.limits.holds(v)]
        case Number() as kind:
            hull = asked.limits.hull
            ends = [e for e in (hull.lo, hull.hi) if e is not None]
            bounds = [c.value for c in constants if isinstance(c.type, Number) and c.type.dim == kind.dim]
            tried = [*ends, ZERO, Fraction(1), Fraction(100), Fraction(1, 2), Fraction(-1)]
            tried += [n for n in bounds[:2] if isinstance(n, Fraction)]
            return list[Scalar](v for v in dict.fromkeys(tried) if asked.limits.holds(v))[:6]
        case _:
            return [ZERO]
