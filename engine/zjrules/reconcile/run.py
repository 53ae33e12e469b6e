"""Reconciling: the report, the data table and the score table of one unit, whichever of them there are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attrs import evolve, frozen

from zjrules.diag import Code, Diagnostic, at, has_errors
from zjrules.exact.scope import WorkCalendar
from zjrules.exact.total import score
from zjrules.fact import Facts, Raw, RawFacts, ScoreTable, State
from zjrules.fit import UNIT_NAME_MISSING, fit
from zjrules.project import Handed, fitted, texts, widened
from zjrules.reconcile import between, checks, scores, suspicions
from zjrules.reconcile.flow import flow
from zjrules.reconcile.patterns import NO_PATTERNS
from zjrules.reconcile.statements import Stated, stated, wordings
from zjrules.reconcile.structure import findings as structure_findings
from zjrules.reconcile.structure import outline
from zjrules.reconcile.tally import Summary
from zjrules.reconcile.ways import Patterns
from zjrules.ruleset import RuleSet
from zjrules.span import Source, Span
from zjrules.term.rule import Group, Indicator
from zjrules.trace import Step
from zjrules.value import Value

TOO_LONG = Code("ZJ5070", "report-too-long")
NOTHING_FOUND = Code("ZJ5071", "nothing-recognised")
LONGEST = 2_000_000
"""Characters of a report; a report of a hundred pages has about 100,000."""


@frozen
class _Report:
    """A report as read: its facts fitted to the rules, and its scores."""

    facts: Facts
    stated: Stated


def reconcile(
    rules: RuleSet,
    patterns: Patterns | None,
    report: Source | None,
    data: Handed | None,
    scored: ScoreTable | None,
    calendar: WorkCalendar | None,
    others: Sequence[RuleSet] = (),
) -> tuple[Summary, list[Diagnostic]]:
    """Compare what there is of the three documents; return the counts and the findings.

    What only the other rule sets of the data table ask for is passed over.
    """
    summary = Summary()
    found: list[Diagnostic] = []
    if data is not None and data.books:
        raw, said = texts(data, widened(rules, others), rules.indicator_names())
        data, found = evolve(data, raw=raw, books=()), [*found, *said]
    table, recomputed = _table((rules, others), data, calendar, summary, found)
    if report is not None:
        found += _report(rules, patterns, report, (data, table, recomputed, scored), calendar, summary)
    if scored is not None:
        summary.scored = sum(between.points(row.score) is not None for row in scored.rows)
        found += scores.compare(scored, rules, recomputed, summary)
        if data is not None:
            found += _claims_of_table(data.raw, scored, summary)
    return summary, _distinct(found)


def claims(rules: RuleSet, patterns: Patterns, source: Source) -> tuple[Raw, ...]:
    """Return the scores that a report states in its prose; what stands behind one in its line is its reason."""
    said, _ = stated(flow(source), patterns, outline(source, patterns.chapters), rules.program.book.year)
    return tuple(evolve(raw, reason=_behind(raw.span)) for raw in said.raw.claims)


def _behind(span: Span) -> str:
    end = span.source.text.find("\n", span.end)
    rest = span.source.text[span.end : end if end >= 0 else None]
    return rest.strip(" \t，。；、）)$")


def _table(
    books: tuple[RuleSet, Sequence[RuleSet]],
    data: Handed | None,
    calendar: WorkCalendar | None,
    summary: Summary,
    found: list[Diagnostic],
) -> tuple[Facts | None, dict[str, Value] | None]:
    """Return the data table's facts and their scores; without the scores where a fact cannot be read."""
    if data is None:
        return None, None
    rules, others = books
    table, problems = fitted(data, rules, others)
    found += problems
    summary.handed = sum(f.state is not State.MISSING for f in table.facts.values())
    if has_errors(problems):
        return table, None
    trace = score(rules.program, table, calendar)
    recomputed: dict[str, Value] = {scores.TOTAL: trace.total}
    _named(trace.groups, recomputed)
    return table, recomputed


def _named(steps: tuple[Step, ...], into: dict[str, Value]) -> None:
    for step in steps:
        if isinstance(step.term, Group | Indicator):
            into.setdefault(step.term.name, step.value)
            _named(step.kids, into)


Beside = tuple[Handed | None, Facts | None, dict[str, Value] | None, ScoreTable | None]


def _report(
    rules: RuleSet,
    patterns: Patterns | None,
    source: Source,
    beside: Beside,
    calendar: WorkCalendar | None,
    summary: Summary,
) -> list[Diagnostic]:
    whole = Span(source, 0, 0)
    if patterns is None:
        message = f"规则集「{rules.id}」没有 report.yaml，报告里的话认不出来"
        return [at(NO_PATTERNS, whole, message, "照 rules/zhanjiang/2025/report.yaml 写一份，放在规则文件旁边")]
    if len(source.text) > LONGEST:
        message = f"报告有 {len(source.text)} 个字，超过 {LONGEST}"
        return [at(TOO_LONG, whole, message, "核对是不是选错了文件")]
    text, headings = flow(source), outline(source, patterns.chapters)
    said, found = stated(text, patterns, headings, rules.program.book.year)
    facts, problems = fit(said.raw, rules.program.schema, rules.program.book.year, rules.indicator_names())
    found += [p for p in problems if p.code != UNIT_NAME_MISSING]
    summary.stated = (
        sum(f.state is not State.MISSING for f in facts.facts.values()) + len(facts.claims) + len(said.raw.head)
    )
    if not facts.facts and not facts.claims:
        found.append(_nothing(whole, "报告里一项事实也没有认出来，没有核对过"))
        return found
    found += _compared(rules, _Report(facts, said), beside, calendar, summary, whole)
    table = beside[1]
    found += suspicions.clashes(patterns, said, lambda name: checks.given(table, name))
    found += suspicions.too_early(patterns, said.all, text, headings, lambda name: _day(facts, table, name))
    return [*found, *structure_findings(headings, patterns.chapters), *wordings(text, patterns)]


def _nothing(whole: Span, message: str) -> Diagnostic:
    help_ = "扫描的 PDF 没有文字，要先识别；写法不同的，在 report.yaml 里补句式"
    return at(NOTHING_FOUND, whole, message, help_)


def _compared(
    rules: RuleSet, report: _Report, beside: Beside, calendar: WorkCalendar | None, summary: Summary, whole: Span
) -> list[Diagnostic]:
    """Compare a report with the data table, the score table and the checks of the rules."""
    data, table, recomputed, scored = beside
    found: list[Diagnostic] = []
    differing: frozenset[str] = frozenset()
    raw = report.stated.raw
    if data is not None and table is not None:
        types = {name: asked.type for name, asked in rules.program.schema.facts.items()}
        found += between.heads(raw, data.raw, summary)
        differing, more = between.facts(report.facts, table, types, summary)
        found += more + between.claims(raw.claims, data.raw.claims, "数据表", summary)
        if summary.passed + summary.differing == 0:
            found.append(_nothing(whole, "报告和数据表没有一项能对上，没有核对过"))
    if scored is not None:
        found += between.claims(raw.claims, scores.claims(scored), "评分表", summary)
    for claim in raw.claims:
        said = between.points(claim)
        if recomputed is not None and said is not None and claim.name in recomputed:
            found += scores.against(claim, "报告", claim.name, said, recomputed[claim.name], summary)
    return found + checks.failed(report.facts, table, differing, rules, calendar, summary)


def _claims_of_table(data: RawFacts, scored: ScoreTable, summary: Summary) -> list[Diagnostic]:
    return between.claims(data.claims, scores.claims(scored), "评分表", summary, "数据表")


def _day(report: Facts, table: Facts | None, name: str) -> Fraction | None:
    for facts in (report, table):
        fact = facts.facts.get(name) if facts is not None else None
        if fact is not None and isinstance(fact.value, Fraction):
            return fact.value
    return None


def _distinct(found: list[Diagnostic]) -> list[Diagnostic]:
    """Return findings without those that say the same of the same place: a date may stand on the cover and be a fact."""
    kept: dict[object, Diagnostic] = {}
    for one in found:
        places = tuple((x.span.source.name, x.span.start, x.span.source.cell) for x in one.labels)
        kept.setdefault((one.code.number, one.message, places), one)
    return list(kept.values())
