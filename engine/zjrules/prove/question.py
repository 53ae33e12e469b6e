"""The questions that are asked of a rule set: enumerated from the book, not chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from zjrules.explain import formula as fm
from zjrules.num import brief
from zjrules.prove.example import Example
from zjrules.prove.reads import names, parts
from zjrules.span import NOWHERE, Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import walk
from zjrules.unit import Date, Number, Truth, Year

PROVED, REFUTED, OPEN = "已证", "反例", "未判定"
SAME = "相同"
"""The kind of the questions about two rule sets."""


@frozen
class Question:
    """One question. subject is the fact, clause, word, grade or check that it is about; term its node in the kernel."""

    kind: str
    owner: str
    subject: str
    said: str
    span: Span = field(default=NOWHERE, eq=False, repr=False)
    term: Any = field(default=None, eq=False, repr=False)
    part: tr.Indicator | None = field(default=None, eq=False, repr=False)
    """The indicator or part (分项) that is meant."""


@frozen
class Shown:
    """An example with what the exact engine gives for it."""

    example: Example
    gives: str


@frozen
class Answer:
    """The answer to a question: the verdict, a sentence, examples that were replayed, and what was tried in vain."""

    question: Question
    verdict: str
    said: str
    examples: tuple[Shown, ...] = ()
    tried: tuple[str, ...] = ()
    enclosed: tuple[str, ...] = ()
    """What was only enclosed; a proof by it holds all the same."""
    size: str = ""
    """For 断崖: the largest drop, in 分."""
    accepted: str = ""
    """For what is not so: why the rule's author leaves it (认可)."""


def counted(answers: Sequence[Answer]) -> Mapping[str, int]:
    """Return how many answers there are of each verdict."""
    found: dict[str, int] = {}
    for answer in answers:
        found[answer.verdict] = found.get(answer.verdict, 0) + 1
    return found


def of_indicator(node: tr.Indicator, program: tr.Program) -> Iterator[Question]:
    """Yield the questions about an indicator and its parts."""
    for part in parts(node):
        points = brief(part.points)
        where = part.span
        yield Question("下界", part.name, "", f"「{part.name}」不低于 0 分", where, part, part)
        yield Question("上界", part.name, "", f"「{part.name}」不超过 {points} 分", where, part, part)
        yield Question("满分", part.name, "", f"「{part.name}」取得到满分 {points} 分", where, part, part)
        yield Question("零分", part.name, "", f"「{part.name}」取得到 0 分", where, part, part)
        yield Question("有值", part.name, "", f"「{part.name}」总算得出", where, part, part)
        for clause in stops(part):
            text = clause_text(clause)
            yield Question("到达", part.name, text, f"「{part.name}」的「{text}」轮得到", place(clause), clause, part)
        if isinstance(part.base, tr.Bands) and sum(len(b.limits) > 1 for b in part.base.bands):
            yield Question("重叠", part.name, "", f"「{part.name}」各档不重叠", part.base.span, part.base, part)
    for name in sorted(names(node), key=list(program.schema.facts).index):
        asked = program.schema.facts[name]
        if isinstance(asked.type, Number | Date | Year | Truth):
            yield Question("方向", node.name, name, f"「{node.name}」随「{name}」怎样变", node.span, asked, node)
        if isinstance(asked.type, Number | Date | Year):
            yield Question("断崖", node.name, name, f"「{node.name}」随「{name}」最多跳多少", node.span, asked, node)
        yield Question("影响", node.name, name, f"「{name}」会改变「{node.name}」的得分", node.span, asked, node)
    for part in parts(node):
        for clause in removable(part):
            text = clause_text(clause)
            yield Question(
                "作用", part.name, text, f"去掉「{text}」，「{node.name}」会不同", place(clause), clause, part
            )
    yield from _words(node)


def _words(node: tr.Indicator) -> Iterator[Question]:
    seen: list[tm.Use] = []
    for e in survey.of_indicator(node):
        for use in walk(e):
            if isinstance(use, tm.Use) and use not in seen:
                seen.append(use)
                said = f"「{node.name}」用的词「{use.body.word}」不总给同一个值"
                yield Question("词", node.name, use.body.word, said, use.span, use, node)


def of_book(program: tr.Program) -> Iterator[Question]:
    """Yield the questions about groups, the total, the grades and the checks."""
    for group in groups(program.groups):
        said = f"「{group.name}」下级的分值加起来是 {brief(group.points)} 分"
        yield Question("分值", group.name, "", said, group.span, group)
    full = brief(program.book.full)
    yield Question("分值", "总分", "", f"各一级指标的分值加起来是 {full} 分", program.book.span)
    yield Question("总分", "总分", "", f"总分在 0 分至 {full} 分之内", program.book.span)
    for grade in program.grades:
        yield Question("等级", "总分", grade.name, f"「{grade.name}」取得到", grade.span, grade)
    for check in program.checks:
        for way in ("通过", "不通过"):
            yield Question("勾稽", check.title, way, f"勾稽「{check.title}」能{way}", check.span, check)


def groups(nodes: tuple[tr.Group | tr.Indicator, ...]) -> Iterator[tr.Group]:
    """Yield the groups under some nodes."""
    for node in nodes:
        if isinstance(node, tr.Group):
            yield node
            yield from groups(node.children)


Clause = tr.Band | tr.Case | tr.NotApplicable | tr.Gate | tr.PerStep | tr.Clamp | tr.Deduct | tm.Const | Any


def stops(node: tr.Indicator) -> Iterator[Clause]:
    """Yield what an indicator itself can come to: 不适用, 须佐证, bands, cases, 其余, ticks, deductions."""
    yield from node.na
    yield from node.gates
    match node.base:
        case tr.Bands(_, bands, rest):
            yield from bands
            if rest is not None:
                yield rest
        case tr.Decide(cases, rest):
            yield from cases
            yield rest
        case tr.Checklist(ticks):
            yield from ticks
        case _:
            pass
    if node.deduct is not None:
        yield from node.deduct.items


def removable(node: tr.Indicator) -> Iterator[Clause]:
    """Yield the clauses of an indicator itself that can be taken away."""
    yield from node.na
    yield from node.gates
    match node.base:
        case tr.Bands(_, bands, rest) if rest is not None:
            yield from bands
        case tr.Decide(cases, _):
            yield from cases
        case tr.Checklist(ticks):
            yield from ticks
        case _:
            pass
    if node.deduct is not None:
        yield from node.deduct.items
        if node.deduct.to_zero or node.deduct.most is not None:
            yield node.deduct
    yield from node.clamps


def place(clause: Clause) -> Span:
    """Return where a clause stands."""
    span = getattr(clause, "span", NOWHERE)
    return span if isinstance(span, Span) else NOWHERE


def clause_text(clause: Clause) -> str:
    """Return a clause as it is written, on one line; of 扣分 its end."""
    match clause:
        case tr.Deduct(to_zero=True):
            return "扣完为止"
        case tr.Deduct():
            return "最多扣"
        case tm.Const() | tm.Use() | tm.Var():
            return f"其余 得 {fm.names(clause)}"
        case _:
            return " ".join(place(clause).text.split())
