"""What of a rule set can be reached: its clauses, each with the ways in which it can turn out.

Branches inside a word count once for all its calls; what a cap such as 限于 does counts at every place that calls it,
because its bounds are chosen there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from attrs import field, frozen

from zjrules.span import NOWHERE, Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.caps import Cap, bounds
from zjrules.term.walk import walk

Key = tuple[str, str, int, int]
"""A kind of clause and its place in the text: the same clause read twice is one."""

HOLDS = ("成立", "不成立")
TAKES = ("扣", "不扣")
ZERO_WAYS = ("扣到 0", "没扣到 0")
MOST_WAYS = ("到顶", "没到顶")
WITHIN, BELOW, ABOVE = "在其间", "低于下限", "高于上限"
CLAMP_WAYS = (BELOW, WITHIN, ABOVE)
PROOF_WAYS = ("有佐证", "没有佐证")
HIT = ("用到",)
BANDS = ("分档", "判定", "等级")
"""Kinds of places that choose between results: the bands of a rule set; all else are clauses."""


@frozen
class Place:
    """A clause. owner is the indicator, 校验, 总评 or the word that it stands in; ways are how it can turn out."""

    kind: str
    owner: str
    span: Span = field(eq=False)
    ways: tuple[str, ...]
    key: Key

    @property
    def text(self) -> str:
        """The clause as it is written, on one line."""
        return " ".join(self.span.text.split())


def key_of(kind: str, span: Span) -> Key:
    """Return what tells a clause from all others."""
    return kind, span.source.name, span.start, span.end


def places(program: tr.Program) -> tuple[Place, ...]:
    """Return every clause of a rule set once, in the order of the text; built-in ones have no place and are left out."""
    found: dict[Key, Place] = {}
    for place in chain(_indicators(program), _total(program), _checks(program), _words(program)):
        if place.span != NOWHERE:
            found.setdefault(place.key, place)
    return tuple(found.values())


def _place(kind: str, owner: str, span: Span, ways: tuple[str, ...]) -> Place:
    return Place(kind, owner, span, ways, key_of(kind, span))


def _indicators(program: tr.Program) -> Iterator[Place]:
    for node in survey.indicators(program.groups):
        yield from _indicator(node, node.name)


def _indicator(node: tr.Indicator, owner: str) -> Iterator[Place]:
    for na in node.na:
        yield _place("不适用", owner, na.span, HOLDS)
    for gate in node.gates:
        yield _place("须佐证", owner, gate.span, PROOF_WAYS)
    if node.base is not None:
        yield from _base(node.base, owner)
    if node.deduct is not None:
        for item in node.deduct.items:
            yield _place("扣分", owner, item.span, TAKES)
        if node.deduct.most is not None:
            yield _place("最多扣", owner, node.deduct.most.span, MOST_WAYS)
        if node.deduct.to_zero:
            yield _place("扣完为止", owner, node.deduct.span, ZERO_WAYS)
    for clamp in node.clamps:
        yield _place("限于", owner, clamp.span, CLAMP_WAYS)
    # In the count of steps the subject stands again, below a 最大 that nobody wrote.
    counts = [item.steps for item in node.deduct.items if isinstance(item, tr.PerStep)] if node.deduct else []
    for e in chain((let.value for let in node.lets.values()), survey.own(node)):
        if not any(e is count for count in counts):
            yield from expressions(e, owner)
    for part in node.parts:
        yield from _indicator(part, owner)


def _base(base: tr.Base, owner: str) -> Iterator[Place]:
    match base:
        case tr.Bands(bands=bands, rest=rest):
            yield from (_place("分档", owner, band.span, HIT) for band in bands)
            if rest is not None:
                yield _place("分档", owner, rest.span, HIT)
        case tr.Decide(cases, rest):
            yield from (_place("判定", owner, case.span, HIT) for case in cases)
            yield _place("判定", owner, rest.span, HIT)
        case tr.Checklist(ticks):
            yield from (_place("清单", owner, tick.span, HOLDS) for tick in ticks)
        case tr.Plain():
            pass


def expressions(e: tm.Expr, owner: str) -> Iterator[Place]:
    """Yield the branches and caps of an expression itself; what is inside the words that it uses is the words'."""
    for node in walk(e):
        match node:
            case tm.If():
                yield _place("若", owner, node.span, HOLDS)
            case tm.Extreme(operands=operands) if node.span != NOWHERE:
                yield _place("取", owner, node.span, tuple(f"第 {i} 个" for i in range(1, len(operands) + 1)))
            case tm.Require():
                yield _place("应有", owner, node.span, HOLDS)
            case tm.Use(body=body):
                cap = bounds(body)
                if cap is not None:
                    yield _place("限", owner, node.span, cap_ways(cap))
            case _:
                pass


def _words(program: tr.Program) -> Iterator[Place]:
    seen: set[Key] = set()
    uses = (n for e in survey.of_program(program) for n in survey.deep(e) if isinstance(n, tm.Use))
    for body in (use.body for use in uses):
        key = key_of("词", body.span)
        if key in seen or bounds(body) is not None:
            continue
        seen.add(key)
        for e in (*(let.value for let in body.lets.values()), body.result):
            yield from expressions(e, f"词「{body.word}」")


def _total(program: tr.Program) -> Iterator[Place]:
    for step in program.steps:
        match step:
            case tr.Adjust(amount=amount, most=most):
                yield from expressions(amount, "总评")
                if most is not None:
                    yield _place("至多", "总评", most.span, MOST_WAYS)
            case tr.Clamp():
                yield _place("限于", "总评", step.span, CLAMP_WAYS)
            case tr.Override():
                yield _place("凡", "总评", step.span, HOLDS)
                yield from expressions(step.test, "总评")
            case _:
                pass
    for grade in program.grades:
        yield _place("等级", "总评", grade.span, HIT)


def _checks(program: tr.Program) -> Iterator[Place]:
    for check in program.checks:
        ways = ("通过", "不通过") if check.when is None else ("通过", "不通过", "跳过")
        yield _place("校验", "勾稽", check.span, ways)
        for e in (check.when, check.left, check.right):
            if e is not None:
                yield from expressions(e, "勾稽")


def cap_ways(cap: Cap) -> tuple[str, ...]:
    """Return how a cap can turn out."""
    return (WITHIN, *(cap_way(name, floor) for name, floor in cap[1]))


def cap_way(name: str, floor: bool) -> str:
    """Return what it is called when a bound decides."""
    return f"低于{name}" if floor else f"高于{name}"
