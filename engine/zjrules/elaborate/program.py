"""A whole rule set: from the index of its names to the program that every interpreter runs."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from itertools import pairwise

from attrs import define, evolve

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, at, has_errors
from zjrules.elaborate import clause as ec
from zjrules.elaborate.arith import comparable
from zjrules.elaborate.constant import constant
from zjrules.elaborate.expr import elaborate
from zjrules.elaborate.notice import BAD_NOTICE, notice
from zjrules.elaborate.rule import BAD_POINTS, check_rule, indicator, score_points, total_step
from zjrules.elaborate.scope import Checker, Scope
from zjrules.elaborate.types import schema, text_of
from zjrules.elaborate.words import unused
from zjrules.fact import Schema
from zjrules.num import brief
from zjrules.resolve import NO_HEAD, Index
from zjrules.ruleset import Example
from zjrules.span import NOWHERE
from zjrules.syntax import decl as sd
from zjrules.term import cost, survey
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.unit import POINTS, Wrong
from zjrules.years import FIRST, LAST

LANGUAGE = Code("ZJ4040", "language-version")
HEAD_INCOMPLETE = Code("ZJ4041", "head-incomplete")
ROUNDING_UNSAID = Code("ZJ4042", "rounding-unsaid")
TOO_COSTLY = Code("ZJ4060", "too-costly")
GROUP_SUM = Code("ZJ4043", "group-does-not-add-up")
TOTAL_SUM = Code("ZJ4044", "total-does-not-add-up")
OUTSIDE_GROUP = Code("ZJ4045", "indicator-outside-group")
EMPTY_GROUP = Code("ZJ4046", "empty-group")
GRADES = Code("ZJ4047", "grades-out-of-order")
ROUNDED_TWICE = Code("ZJ4048", "rounded-twice")

VERSION = 1
"""The version of the language that this program reads."""
_NO_ROUNDING = tr.RoundScore(None, Fraction(1))


def program(index: Index) -> tuple[tr.Program | None, Diagnostics]:
    """Check a rule set and return its program; None when an error stands in it."""
    if index.head is None:
        message = "没有「规则集」这一条，不知道这是哪一本规则"
        help_ = "在其中一个文件里写：规则集 名称，再写 语言 1、评价年度、发布、依据、满分、舍入、等级"
        return None, (Diagnostic(NO_HEAD, message, (Label(NOWHERE),), help_),)
    check = _checker(index)
    roundings = _roundings(check, index.head)
    book = _book(check, index.head)
    grades = _grades(check, index.head)
    groups = _outline(check, index, roundings)
    _adds_up(check, index.head, groups, book.full)
    unused(check, elaborate)
    _affordable(check, groups)
    found = tr.Program(
        book,
        check.params,
        check.schema,
        tuple(check_rule(check, c) for c in index.checks),
        groups,
        _steps(check, index, roundings, tuple(g.name for g in grades)),
        grades,
        _notices(check, index),
    )
    problems = tuple(check.problems)
    return (None if has_errors(problems) else _asking(found, index)), problems


def shelf(index: Index) -> tuple[tr.Program, Diagnostics]:
    """Check words and shared facts that stand by themselves; the program has their schema and nothing to score."""
    check = _checker(index)
    unused(check, elaborate)
    book = tr.Book("", check.year, "", "", "", "", Fraction(100))
    return tr.Program(book, check.params, check.schema, (), (), (), ()), tuple(check.problems)


def _asking(found: tr.Program, index: Index) -> tr.Program:
    """Return the program with a schema that leaves out what the shared dictionary has and this rule set does not use."""
    used = survey.used_in(found)
    schema = found.schema

    def asked(name: str) -> bool:
        return name in used or name not in index.shared

    facts = {n: a for n, a in schema.facts.items() if asked(n)}
    ledgers = {n: a for n, a in schema.ledgers.items() if asked(n)}
    return evolve(found, schema=Schema(facts, ledgers, index.shared - {*facts, *ledgers}))


def _checker(index: Index) -> Checker:
    """Return a checker that knows the parameters and what is asked."""
    check = Checker(index, _year(index.head) if index.head else 2000)
    for name, param in index.params.items():
        value = constant(check, param.value)
        if value is not None:
            basis = text_of(param.basis)
            text = param.value.span.text
            check.params[name] = tr.Param(name, value.value, value.type, text, basis, span=param.span)
    check.schema = schema(check)
    return check


def examples(index: Index, names: Collection[str]) -> tuple[tuple[Example, ...], Diagnostics]:
    """Return the typed examples of some words, and what is wrong with them."""
    check = _checker(index)
    found = []
    for name, word in index.words.items():
        if name not in names:
            continue
        for example in word.examples:
            call = elaborate(check, Scope(facts=False), example.call)
            expected = elaborate(check, Scope(facts=False), example.expected)
            comparable(check, "=", call, expected, example.span)
            if not isinstance(call.type, Wrong):
                found.append(Example(name, call, expected, example.span))
    return tuple(found), tuple(check.problems)


# ---------- the head ----------


def _year(head: sd.RuleSet) -> int:
    value = head.year.value if head.year is not None else None
    return int(value) if value is not None and FIRST <= value <= LAST and value.denominator == 1 else 2000


def _book(check: Checker, head: sd.RuleSet) -> tr.Book:
    if head.language is None or head.language.value != VERSION:
        said = "没有写语言版本" if head.language is None else f"这本规则写的是语言 {brief(head.language.value)}"
        span = head.language.span if head.language else head.name.span
        check.report(LANGUAGE, span, f"{said}，本程序读语言 {VERSION}", "在规则集下面写「语言 1」")
    present = {
        "评价年度": head.year, "发布": head.issuer, "依据": head.basis, "满分": head.full, "等级": head.grades,
    }  # fmt: skip
    missing = [name for name, value in present.items() if not value]
    if missing:
        message = f"规则集缺{'、'.join(f'「{m}」' for m in missing)}"
        check.report(HEAD_INCOMPLETE, head.name.span, message, "在规则集下面补上")
    if head.year is not None and head.year.value != _year(head):
        message = f"评价年度写成了 {brief(head.year.value)}，要是 {FIRST} 至 {LAST} 的一年"
        check.report(HEAD_INCOMPLETE, head.year.span, message, "写四位年份，例如「评价年度 2025」")
    return tr.Book(
        head.name.text,
        check.year,
        head.issuer.text if head.issuer else "",
        head.nature.text if head.nature else "",
        text_of(head.basis),
        text_of(head.note),
        score_points(check, head.full) if head.full else Fraction(100),
        ec.accepts(check, head.accepts),
        span=head.span,
    )


_PLACES = ("各指标", "各一级指标", "总分")


def _roundings(check: Checker, head: sd.RuleSet) -> dict[str, tr.RoundScore]:
    found: dict[str, tr.RoundScore] = {}
    known = (*_PLACES, "各二级指标", ec.PEER_MEAN)
    for decl in head.roundings:
        if decl.place.text not in known:
            help_ = f"可用：{'、'.join(known)}"
            check.report(ec.BAD_ROUNDING, decl.place.span, f"不知道「{decl.place.text}」是哪里的舍入", help_)
        elif decl.place.text in found:
            check.report(ROUNDED_TWICE, decl.span, f"「{decl.place.text}」的舍入写了两次", "只留一个")
        found[decl.place.text] = ec.rounding(check, decl)
    missing = [p for p in _PLACES if p not in found]
    second = any(isinstance(d, sd.Group) and d.level == 2 for d in check.index.outline)
    if second and "各二级指标" not in found:
        missing.append("各二级指标")
    if missing:
        message = f"没有说{'、'.join(missing)}怎么舍入"
        help_ = f"写「舍入 {missing[0]} 四舍五入 精确到 0.01 分」或「舍入 {missing[0]} 不舍入」"
        check.report(ROUNDING_UNSAID, head.name.span, message, help_)
    check.peer_rounding = found.get(ec.PEER_MEAN)
    return {place: found.get(place, _NO_ROUNDING) for place in known}


def _grades(check: Checker, head: sd.RuleSet) -> tuple[tr.Grade, ...]:
    found = []
    bounds: list[Fraction] = []
    for grade in head.grades:
        limit = None
        if grade.test is not None:
            bound = constant(check, grade.test.value) or tm.Const(Fraction(0), POINTS)
            if comparable(check, grade.test.op, tm.Const(Fraction(0), POINTS), bound, grade.span):
                limit = tr.Limit(grade.test.op, bound)
                bounds += [bound.value] if isinstance(bound.value, Fraction) else []
            if grade.test.op not in ("≥", ">"):
                check.report(GRADES, grade.test.span, "等级的分数线用 ≥ 或 >", "从高到低写，最后一个写「其余」")
        found.append(tr.Grade(grade.name.text, limit, span=grade.span))
    falling = all(a > b for a, b in pairwise(bounds))
    ends = bool(head.grades) and head.grades[-1].test is None and all(g.test for g in head.grades[:-1])
    if head.grades and not (falling and ends):
        help_ = "例如：等级 优 ≥ 90 分，良 ≥ 80 分，中 ≥ 60 分，差 其余"
        check.report(GRADES, head.grades[0].span, "等级要从高到低，最后一个是「其余」", help_)
    return tuple(found)


def _notices(check: Checker, index: Index) -> tuple[tr.Notice, ...]:
    found: dict[int, tr.Notice] = {}
    for node in index.notices:
        read = notice(check, node)
        if read is not None and read.year in found:
            check.report(BAD_NOTICE, node.year.span, f"{read.year} 年的放假安排写了两次", "合成一条")
        elif read is not None:
            found[read.year] = read
    return tuple(found.values())


# ---------- the outline ----------


@define(eq=False)
class _Open:
    """A group that is being filled."""

    node: sd.Group
    number: str
    children: list[tr.Group | tr.Indicator]


def _outline(check: Checker, index: Index, roundings: dict[str, tr.RoundScore]) -> tuple[tr.Group | tr.Indicator, ...]:
    top: list[tr.Group | tr.Indicator] = []
    stack: list[_Open] = []

    def close(level: int) -> None:
        while stack and stack[-1].node.level >= level:
            done = stack.pop()
            (stack[-1].children if stack else top).append(_group(check, done, roundings))

    first = 0
    for node in index.outline:
        if isinstance(node, sd.Group):
            close(node.level)
            if node.level == 1:
                first += 1
            elif not stack:
                check.report(OUTSIDE_GROUP, node.name.span, f"二级指标「{node.name.text}」不在任何一级指标下")
            number = f"{first}." if node.level == 1 else f"{first}.{len(stack[-1].children) + 1 if stack else 1}"
            stack.append(_Open(node, node.number.text if node.number else number, []))
            continue
        if not stack:
            message = f"指标「{node.name.text}」不在任何一级指标下"
            check.report(OUTSIDE_GROUP, node.name.span, message, "在它前面写「一级指标 名称 几分」")
        siblings = stack[-1].children if stack else top
        prefix = stack[-1].number if stack else ""
        number = f"{prefix}（{len(siblings) + 1}）"
        siblings.append(indicator(check, node, number, roundings["各指标"]))
    close(1)
    return tuple(top)


def _group(check: Checker, done: _Open, roundings: dict[str, tr.RoundScore]) -> tr.Group:
    node = done.node
    points = score_points(check, node.points)
    total = sum((c.points for c in done.children), Fraction(0))
    name = "一级指标" if node.level == 1 else "二级指标"
    if not done.children:
        check.report(
            EMPTY_GROUP, node.name.span, f"{name}「{node.name.text}」下面没有指标", "把它的指标写在它后面，或删去它"
        )
    elif total != points and not _points_unsure(check):
        labels = (Label(node.points.span), *(Label(c.span, f"{brief(c.points)} 分") for c in done.children))
        message = f"{name}「{node.name.text}」写 {brief(points)} 分，下面合计 {brief(total)} 分"
        check.add(Diagnostic(GROUP_SUM, message, labels[:1], "改这一级或下面各指标的分值，使两边相等"))
    place = "各一级指标" if node.level == 1 else "各二级指标"
    return tr.Group(
        node.level,
        node.name.text,
        done.number,
        points,
        tuple(done.children),
        evolve(roundings[place]),
        text_of(node.basis),
        text_of(node.note),
        span=node.span,
    )


def _affordable(check: Checker, groups: tuple[tr.Group | tr.Indicator, ...]) -> None:
    """Report indicators that would take too long, or make numbers too long, whatever the facts are."""
    for node in survey.indicators(groups):
        try:
            cost.of_indicator(node)
        except cost.TooMuch as much:
            help_ = "词里套词、令乘自己会成倍地长；重复的部分写成一个「令」，或把指标拆成「分项」"
            check.report(TOO_COSTLY, node.span, f"「{node.name}」{much.what}", help_)


def _points_unsure(check: Checker) -> bool:
    """Return whether points that could not be read, or an indicator out of place, would make every sum look wrong."""
    return any(p.code in (BAD_POINTS, OUTSIDE_GROUP) for p in check.problems)


def _adds_up(check: Checker, head: sd.RuleSet, groups: tuple[tr.Group | tr.Indicator, ...], full: Fraction) -> None:
    total = sum((g.points for g in groups), Fraction(0))
    if head.full is not None and total != full and not _points_unsure(check):
        message = f"各一级指标合计 {brief(total)} 分，不是满分 {brief(full)} 分"
        check.add(at(TOTAL_SUM, head.full.span, message, "核对各一级指标的分值"))


def _grounded(step: tr.TotalStep, basis: str) -> tr.TotalStep:
    """Return a step of 总评 with the 依据 of the whole where it has none of its own."""
    return evolve(step, basis=basis) if isinstance(step, tr.Adjust | tr.Override) and not step.basis else step


def _steps(
    check: Checker, index: Index, roundings: dict[str, tr.RoundScore], grades: tuple[str, ...]
) -> tuple[tr.TotalStep, ...]:
    if index.total is None:
        return (roundings["总分"], tr.Regrade())
    found = [total_step(check, s, roundings, grades) for s in index.total.steps]
    steps = [_grounded(s, text_of(index.total.basis)) for s in found if s is not None]
    if sum(isinstance(s, tr.RoundScore) for s in steps) > 1:
        check.report(ROUNDED_TWICE, index.total.span, "总评里舍入了两次总分", "只留一处")
    if not any(isinstance(s, tr.Regrade) for s in steps):
        steps.append(tr.Regrade())
    if not any(isinstance(s, tr.RoundScore) for s in steps):
        message = "总评没有说什么时候舍入总分"
        check.report(ROUNDING_UNSAID, index.total.span, message, "在该舍入的地方写「舍入 总分」")
    return tuple(steps)
