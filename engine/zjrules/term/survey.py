"""All expressions of a program, and what they use."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.fact import Asked
from zjrules.term import rule as tr
from zjrules.term.expr import Expr, Use
from zjrules.term.walk import refs, walk

CHECKS, TOTAL = "勾稽", "总评"
"""What uses a fact beside the indicators."""
_ELSEWHERE = {"用于总评": TOTAL, "只用于勾稽": CHECKS, "没有用到": ""}
"""Headings of facts that no indicator uses, in their order: what uses them; '' for nothing."""


def indicators(nodes: tuple[tr.Group | tr.Indicator, ...]) -> Iterator[tr.Indicator]:
    """Yield the indicators under some nodes, in order."""
    for node in nodes:
        if isinstance(node, tr.Indicator):
            yield node
        else:
            yield from indicators(node.children)


def of_indicator(node: tr.Indicator) -> Iterator[Expr]:
    """Yield every expression that an indicator and its parts are written with."""
    yield from own(node)
    yield from (let.value for let in node.lets.values())
    for part in node.parts:
        yield from of_indicator(part)


def own(node: tr.Indicator) -> Iterator[Expr]:
    """Yield the expressions of an indicator or part itself: not its lets, not its parts."""
    for na in node.na:
        yield na.test
        if na.value is not None:
            yield na.value
    yield from (gate.otherwise for gate in node.gates)
    if node.base is not None:
        yield from of_base(node.base)
    if node.deduct is not None:
        for item in node.deduct.items:
            yield from (
                (item.test, item.result) if isinstance(item, tr.Case) else (item.subject, item.steps, item.amount)
            )
        if node.deduct.most is not None:
            yield node.deduct.most
    for clamp in node.clamps:
        yield from (clamp.low, clamp.high)


def of_base(base: tr.Base) -> Iterator[Expr]:
    """Yield the expressions of a base."""
    match base:
        case tr.Plain(value):
            yield value
        case tr.Bands(subject, bands, rest):
            yield subject
            for band in bands:
                yield from (limit.bound for limit in band.limits)
                yield band.result
            if rest is not None:
                yield rest
        case tr.Decide(cases, rest):
            yield from (x for c in cases for x in (c.test, c.result))
            yield rest
        case tr.Checklist(ticks):
            yield from (x for t in ticks for x in (t.test, t.result))


def of_program(program: tr.Program) -> Iterator[Expr]:
    """Yield every expression of a program."""
    for node in indicators(program.groups):
        yield from of_indicator(node)
    for check in program.checks:
        yield from (e for e in (check.when, check.left, check.right) if e is not None)
    for step in program.steps:
        yield from of_step(step)


def of_step(step: tr.TotalStep) -> Iterator[Expr]:
    """Yield every expression of a step of the total."""
    match step:
        case tr.Adjust(amount=amount, most=most):
            yield from (e for e in (amount, most) if e is not None)
        case tr.Clamp(low, high):
            yield from (low, high)
        case tr.Override(test=test):
            yield test
        case _:
            pass


def deep(e: Expr) -> Iterator[Expr]:
    """Yield an expression and all inside it, the bodies of words included."""
    for node in walk(e):
        yield node
        if isinstance(node, Use):
            for let in node.body.lets.values():
                yield from deep(let.value)
            yield from deep(node.body.result)


def uses(program: tr.Program, *kinds: type) -> bool:
    """Return whether any expression of a program is of one of the kinds."""
    return any(isinstance(node, kinds) for e in of_program(program) for node in deep(e))


def used_in(program: tr.Program) -> dict[str, list[str]]:
    """Return for every fact and ledger the indicators that use it by name, CHECKS and TOTAL where checks and the total do."""
    found: dict[str, list[str]] = {}

    def note(exprs: Iterator[Expr], where: str) -> None:
        for e in exprs:
            for kind, name in refs(e, {}):
                if kind in ("fact", "ledger") and where not in found.setdefault(name, []):
                    found[name].append(where)

    for node in indicators(program.groups):
        note(of_indicator(node), node.name)
        for gate in [g for n in (node, *node.parts) for g in n.gates]:
            for fact in gate.facts:
                found.setdefault(fact, [])
                found[fact] += [node.name] if node.name not in found[fact] else []
    for check in program.checks:
        note((e for e in (check.when, check.left, check.right) if e is not None), CHECKS)
    for step in program.steps:
        note(of_step(step), TOTAL)
    return found


def grouped(program: tr.Program, used: dict[str, list[str]]) -> list[tuple[str, list[Asked]]]:
    """Return the facts under the level-1 indicator that first uses them; then those that no indicator uses, by what does."""
    headings: dict[str, list[Asked]] = {}
    home: dict[str, str] = {}
    for group in program.groups:
        name = f"{group.number} {group.name}"
        headings[name] = []
        home |= {node.name: name for node in indicators((group,))}
    headings |= {name: [] for name in _ELSEWHERE}
    for asked in program.schema.facts.values():
        by = used.get(asked.name, [])
        where = next((home[n] for n in by if n in home), "")
        headings[where or next(name for name, user in _ELSEWHERE.items() if user in by or not user)].append(asked)
    return [(heading, facts) for heading, facts in headings.items() if facts]
