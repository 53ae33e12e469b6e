"""The score table (评分表): against the rule set's points, its own sum, and the scores of the data table's facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from attrs import evolve

from zjrules.diag import Code, Diagnostic, Label, Severity, at
from zjrules.explain.lines import score_text
from zjrules.fact import Raw, ScoreRow, ScoreTable
from zjrules.fit import BLANK
from zjrules.num import decimal, fixed, fold, round_to
from zjrules.reconcile.between import points
from zjrules.reconcile.flow import bare
from zjrules.reconcile.tally import Summary
from zjrules.ruleset import RuleSet
from zjrules.span import Source, Span
from zjrules.spelling import nearest, plain_form
from zjrules.term.rule import Adjust, Clamp, Group, Indicator, Override, RoundScore
from zjrules.value import Problem, Unknown, Value, range_of

POINTS_DIFFER = Code("ZJ5085", "points-differ")
ABOVE_POINTS = Code("ZJ5086", "score-above-points")
WRONG_SUM = Code("ZJ5087", "scores-do-not-add-up")
SCORE_DIFFERS = Code("ZJ5088", "score-differs-from-rules")
SCORE_OPEN = Code("ZJ5089", "score-not-verifiable", Severity.NOTE)
UNKNOWN_ROW = Code("ZJ5090", "unknown-score-row", Severity.WARNING)
NOT_A_SCORE = Code("ZJ5091", "not-a-score")
ROW_TWICE = Code("ZJ5092", "score-row-twice")
TOTAL = "总分"

_NUMBERING = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})*[.、]?|\(\d{1,2}\)|\([一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}、|[①-⑳])+"
)

_UNDECIDED = re.compile(r"-?[\d.≈∞-]+\s*至\s*-?[\d.≈∞]+|不计入|无法计算.*")

_ABOUT = re.compile(r"≈(-?\d+(?:\.(\d+))?)")
"""A score that does not end, as we write it: ≈4.76."""

Node = Group | Indicator


def claims(table: ScoreTable) -> tuple[Raw, ...]:
    """Return the scores that the unit gave itself in a score table, the total last."""
    return _named(((row.name, row.score) for row in table.rows), table.total)


def reviews(table: ScoreTable) -> tuple[Raw, ...]:
    """Return the scores that a reviewer gave in a score table, the total last."""
    return _named(((row.name, row.review) for row in table.rows), table.review)


def _named(rows: Iterable[tuple[str, Raw | None]], total: Raw | None) -> tuple[Raw, ...]:
    named = [evolve(score, name=name) for name, score in rows if score is not None]
    return (*named, *([evolve(total, name=TOTAL)] if total is not None else []))


def nodes(rules: RuleSet) -> dict[str, Node]:
    """Return the groups, indicators and parts of a rule set by what people take for their names."""
    found: dict[str, Node] = {}
    stack: list[Node] = list(reversed(rules.program.groups))
    while stack:
        node = stack.pop()
        found.setdefault(_key(node.name), node)
        stack.extend(reversed(node.children if isinstance(node, Group) else node.parts))
    return found


def _key(name: str) -> str:
    """Return what a row and a node of one name have in common: no number in front, no 情况 behind."""
    return plain_form(_NUMBERING.sub("", bare(name))).removesuffix("情况")


def compare(
    table: ScoreTable, rules: RuleSet, recomputed: Mapping[str, Value] | None, summary: Summary
) -> list[Diagnostic]:
    """Compare a score table; recomputed are the scores of the data table's facts, None where there is no data table."""
    found: list[Diagnostic] = []
    known = nodes(rules)
    rows: dict[str, ScoreRow] = {}
    for row in table.rows:
        node = known.get(_key(row.name))
        found += [_unreadable(raw) for raw in (row.points, row.score) if raw is not None and _broken(raw)]
        if node is None:
            found.append(_unknown(row, known))
            continue
        if node.name in rows:
            labels = (Label(row.span), Label(rows[node.name].span, "已有"))
            found.append(Diagnostic(ROW_TWICE, f"评分表里「{node.name}」有两行", labels, "只留一行"))
            continue
        rows[node.name] = row
        found += [*_row(row, node, summary), *_against(row.score, node.name, recomputed, summary)]
    found += [_unreadable(table.total)] if table.total is not None and _broken(table.total) else []
    found += _undecided(table, summary)
    found += _against(table.total, TOTAL, recomputed, summary)
    return found + _sum(table, rules, rows, recomputed, summary)


def _broken(raw: Raw) -> bool:
    text = fold(raw.text).strip()
    return text not in BLANK and points(raw) is None and not _open(raw) and _ABOUT.fullmatch(text) is None


def _open(raw: Raw | None) -> bool:
    """Return whether a score is written as one that is not known yet: 0.00 至 2.00."""
    return raw is not None and _UNDECIDED.fullmatch(fold(raw.text).strip()) is not None


def _undecided(table: ScoreTable, summary: Summary) -> list[Diagnostic]:
    """Say once how many scores of a table are not known yet."""
    open_ = [row.score for row in table.rows if row.score is not None and _open(row.score)]
    for _ in open_:
        summary.count(None)
    if not open_:
        return []
    labels = tuple(Label(raw.span) for raw in open_[:3])
    message = f"评分表里有 {len(open_)} 项还没有定分"
    return [Diagnostic(SCORE_OPEN, message, labels, "补齐数据表里缺的事实，zjrules report 再写一份评分表")]


def _unreadable(raw: Raw) -> Diagnostic:
    return at(NOT_A_SCORE, raw.span, f"评分表里「{raw.name}」的「{raw.text}」不是分数", "只写数，例如「4」或「3.5」")


def _unknown(row: ScoreRow, known: Mapping[str, Node]) -> Diagnostic:
    likely = nearest(row.name, [n.name for n in known.values()])
    help_ = f"是不是「{likely}」？" if likely else "核对是不是这一年的评分表"
    return at(UNKNOWN_ROW, row.span, f"规则里没有叫「{row.name}」的指标，这一行没有核对", help_)


def _row(row: ScoreRow, node: Node, summary: Summary) -> list[Diagnostic]:
    found = []
    worth, score = points(row.points), points(row.score)
    if worth is not None and row.points is not None:
        summary.count(worth == node.points)
        if worth != node.points:
            labels = (Label(row.points.span, f"评分表 {row.points.text}"), Label(node.span, "规则"))
            message = f"「{node.name}」的分值评分表写 {score_text(worth)} 分，规则是 {score_text(node.points)} 分"
            found.append(Diagnostic(POINTS_DIFFER, message, labels, "核对是不是同一年的评分表"))
    if score is not None and row.score is not None:
        most = node.points if worth is None else worth
        summary.count(0 <= score <= most)
        if not 0 <= score <= most:
            message = f"「{node.name}」得 {score_text(score)} 分，不在 0 至 {score_text(most)} 分之内"
            found.append(at(ABOVE_POINTS, row.score.span, message, "得分不能低于 0，也不能超过分值"))
    return found


def _against(raw: Raw | None, name: str, recomputed: Mapping[str, Value] | None, summary: Summary) -> list[Diagnostic]:
    if raw is None or recomputed is None or name not in recomputed:
        return []
    about = _ABOUT.fullmatch(fold(raw.text).strip())
    if about is not None:
        return _about(raw, name, about, recomputed[name], summary)
    score = points(raw)
    return [] if score is None else against(raw, "评分表", name, score, recomputed[name], summary)


def against(raw: Raw, where: str, name: str, score: Fraction, value: Value, summary: Summary) -> list[Diagnostic]:
    """Compare a score as written with the one that the rules give for the data table's facts."""
    said = f"{where}里「{name}」{score_text(score)} 分"
    label = f"{where} {raw.text}"
    if isinstance(value, Unknown) and range_of(value).holds(score):
        summary.count(None)
        message = f"{said}，凭数据表只能算出 {score_text(value)}，核实不了"
        return [at(SCORE_OPEN, raw.span, message, "补齐数据表里缺的事实后才能核实", label)]
    agrees = not isinstance(value, Problem | Unknown) and value == score
    summary.count(agrees)
    if agrees:
        return []
    message = f"{said}，按数据表重算是 {score_text(value)}"
    return [at(SCORE_DIFFERS, raw.span, message, "zjrules explain 逐项列出怎么算的", label)]


def _about(raw: Raw, name: str, said: re.Match[str], value: Value, summary: Summary) -> list[Diagnostic]:
    """Compare a score that was written rounded, since it does not end, with the one that the rules give."""
    agrees = isinstance(value, Fraction) and decimal(value) is None and fixed(value, len(said[2] or "")) == said[1]
    summary.count(agrees)
    if agrees:
        return []
    message = f"评分表里「{name}」{raw.text} 分，按数据表重算是 {score_text(value)}"
    return [at(SCORE_DIFFERS, raw.span, message, "zjrules explain 逐项列出怎么算的", f"评分表 {raw.text}")]


def _total_of(added: Fraction, rules: RuleSet) -> Fraction | None:
    """Return the total that a sum of scores comes to; None where more is done to it than rounding."""
    for step in rules.program.steps:
        match step:
            case RoundScore(mode, quantum):
                added = round_to(added, quantum, mode) if mode is not None else added
            case Adjust() | Clamp() | Override(kind="veto"):
                return None
            case _:
                pass
    return added


def _sum(
    table: ScoreTable,
    rules: RuleSet,
    rows: Mapping[str, ScoreRow],
    recomputed: Mapping[str, Value] | None,
    summary: Summary,
) -> list[Diagnostic]:
    """Compare the sum of the rows with the total, by indicators, else by the groups above them."""
    total = points(table.total)
    if total is None or table.total is None:
        return []
    for names in ([i.name for i in rules.indicators()], [g.name for g in rules.program.groups]):
        scores = [points(rows[n].score) if n in rows else None for n in names]
        if all(s is not None for s in scores):
            added = sum((s for s in scores if s is not None), Fraction(0))
            meant = _total_of(added, rules)
            if meant is None and added != total:
                return _beyond_the_sum(table.total, added, total, recomputed, summary)
            summary.count(total in (added, meant))
            if total in (added, meant):
                return []
            message = f"各项得分加起来是 {score_text(added)} 分，评分表的总分写 {score_text(total)} 分"
            return [at(WRONG_SUM, table.total.span, message, "逐行核对得分，再改总分", f"总分 {table.total.text}")]
    summary.count(None)
    missing = [i.name for i in rules.indicators() if i.name not in rows or points(rows[i.name].score) is None]
    names_text = "、".join(missing[:3]) + ("等" if len(missing) > 3 else "")
    message = f"总分核实不了：{len(missing)} 个指标没有确定的得分（{names_text}）"
    place = table.total.span if table.total is not None else Span(Source(table.source, ""), 0, 0)
    return [at(SCORE_OPEN, place, message, "每个指标一行，都写得分")]


def _beyond_the_sum(
    raw: Raw, added: Fraction, total: Fraction, recomputed: Mapping[str, Value] | None, summary: Summary
) -> list[Diagnostic]:
    """Say that a total which is more than a sum cannot be checked by adding up; the rules have said what it is, if they could."""
    known = recomputed is not None and isinstance(recomputed.get(TOTAL), Fraction)
    if known:
        return []
    summary.count(None)
    message = f"各项得分加起来是 {score_text(added)} 分，总分写 {score_text(total)} 分：还有加分、减分或限于，核实不了"
    return [at(SCORE_OPEN, raw.span, message, "连数据表一起对照，总分才能核实", f"总分 {raw.text}")]
