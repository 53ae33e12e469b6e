"""The parts of an indicator that are worked out apart where facts are missing, and how they come together again.

An indicator is a sum of what its 清单, its 分项 and its 扣分 give; each of these reads few facts, so that few ways through the
engine cover them. What reads another name in a branch (不适用, 须佐证) stays whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import assert_never

from attrs import frozen

from zjrules.exact import indicator as exact
from zjrules.exact.expr import evaluate
from zjrules.exact.scope import Scope
from zjrules.exact.total import checked
from zjrules.num import Rounding
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import walk
from zjrules.value import Value

Work = Callable[[Scope], Value]


@frozen(eq=False)
class Leaf:
    """A part that the exact engine gives as one, with the facts, ledgers and aggregates that it reads."""

    work: Work
    facts: tuple[str, ...]
    ledgers: tuple[str, ...]
    evidence: frozenset[str]
    """Facts of which it asks whether they have evidence."""
    overs: tuple[tm.Over, ...]
    whole: bool = True
    """Whether an aggregate may be given beforehand: none stands inside a word."""


@frozen(eq=False)
class Known:
    """A number that no fact moves."""

    value: Fraction


@frozen(eq=False)
class Sum:
    """The sum of several."""

    parts: tuple[Tree, ...]


@frozen(eq=False)
class Less:
    """One without the other."""

    left: Tree
    right: Tree


@frozen(eq=False)
class Extreme:
    """The larger (most) or smaller of two."""

    most: bool
    left: Tree
    right: Tree


@frozen(eq=False)
class Rounded:
    """A number rounded to a multiple of quantum."""

    part: Tree
    quantum: Fraction
    mode: Rounding


Tree = Leaf | Known | Sum | Less | Extreme | Rounded


def leaves(tree: Tree) -> Iterator[Leaf]:
    """Yield the leaves of a tree in order."""
    match tree:
        case Leaf():
            yield tree
        case Known():
            return
        case Sum(parts):
            for part in parts:
                yield from leaves(part)
        case Less(left, right) | Extreme(_, left, right):
            yield from leaves(left)
            yield from leaves(right)
        case Rounded(part):
            yield from leaves(part)
        case _:
            assert_never(tree)


def of_indicator(node: tr.Indicator) -> Tree:
    """Return an indicator as parts; one leaf where nothing would come apart."""
    tree = _taken_apart(_Inside((node,)))
    if node.na or node.gates or sum(1 for _ in leaves(tree)) < 2:
        return whole_indicator(node)
    return tree


def whole_indicator(node: tr.Indicator) -> Leaf:
    """Return an indicator as one leaf."""
    return _leaf(lambda scope: exact.score(node, scope).value, survey.of_indicator(node), _all(node))


def _all(node: tr.Indicator) -> tuple[tr.Indicator, ...]:
    return (node, *(n for part in node.parts for n in _all(part)))


def of_check(check: tr.Check) -> Leaf:
    """Return a check as one leaf: its value is how it comes out."""
    exprs = [e for e in (check.when, check.left, check.right) if e is not None]
    return _leaf(lambda scope: checked(check, scope).status, exprs, ())


def of_expression(e: tm.Expr) -> Leaf:
    """Return an expression as one leaf."""
    return _leaf(lambda scope: evaluate(e, scope).value, [e], ())


@frozen(eq=False)
class _Inside:
    """Where a part stands: the indicators around it, whose 令 and 满分 it sees."""

    nodes: tuple[tr.Indicator, ...]

    def __call__(self, scope: Scope) -> Scope:
        for node in self.nodes:
            scope = exact.inside(node, scope)
        return scope


def _taken_apart(at: _Inside) -> Tree:
    node = at.nodes[-1]
    found, mode = _computed(node, at), node.rounding.mode
    return found if mode is None else Rounded(found, node.rounding.quantum, mode)


def _computed(node: tr.Indicator, at: _Inside) -> Tree:
    found: Tree
    if node.parts:
        found = Sum(tuple(_part(p, at) for p in node.parts))
    elif isinstance(node.base, tr.Checklist):
        found = Sum(tuple(_case(t, at) for t in node.base.ticks))
    elif node.base is not None:
        base = node.base
        found = _leaf(lambda scope: exact.based(base, at(scope)).value, survey.of_base(base), at.nodes)
    else:
        found = Known(node.points)
    if node.deduct is not None:
        found = _deducted(node.deduct, found, at)
    for clamp in node.clamps:
        found = Extreme(True, found, _expression(clamp.low, at))
        found = Extreme(False, found, _expression(clamp.high, at))
    return found


def _part(part: tr.Indicator, at: _Inside) -> Tree:
    """Return a 分项: taken apart further where it has no 不适用 and no 须佐证."""
    if not part.na and not part.gates:
        tree = _taken_apart(_Inside((*at.nodes, part)))
        if sum(1 for _ in leaves(tree)) > 1:
            return tree
    return _leaf(lambda scope: exact.scored(part, at(scope)).value, survey.of_indicator(part), (*at.nodes, part))


def _case(case: tr.Case, at: _Inside) -> Leaf:
    return _leaf(lambda scope: exact.cased(case, at(scope)).value, (case.test, case.result), at.nodes)


def _deducted(deduct: tr.Deduct, base: Tree, at: _Inside) -> Tree:
    taken: Tree = Sum(tuple(_case(i, at) if isinstance(i, tr.Case) else _steps(i, at) for i in deduct.items))
    if deduct.most is not None:
        taken = Extreme(False, taken, _expression(deduct.most, at))
    left: Tree = Less(base, taken)
    return Extreme(True, left, Known(Fraction(0))) if deduct.to_zero else left


def _steps(item: tr.PerStep, at: _Inside) -> Leaf:
    exprs = (item.subject, item.steps, item.amount)
    return _leaf(lambda scope: exact.stepped(item, at(scope)).value, exprs, at.nodes)


def _expression(e: tm.Expr, at: _Inside) -> Tree:
    if isinstance(e, tm.Const) and isinstance(e.value, Fraction):
        return Known(e.value)
    if e == tm.Var("满分", e.type):
        return Known(at.nodes[-1].points)
    return _leaf(lambda scope: evaluate(e, at(scope)).value, (e,), at.nodes)


def _leaf(work: Work, exprs: Iterable[tm.Expr], nodes: tuple[tr.Indicator, ...]) -> Leaf:
    """Return a leaf with all that its expressions read, through 令 too."""
    lets = {name: let for node in nodes for name, let in node.lets.items()}
    todo, seen = list(exprs), set[int]()
    facts, ledgers, evidence, overs = dict[str, None](), dict[str, None](), set[str](), list[tm.Over]()
    whole = True
    for gate in (g for node in nodes for g in node.gates):
        facts |= dict.fromkeys(gate.facts)
        evidence |= set(gate.facts)
    while todo:
        e = todo.pop(0)
        if id(e) in seen:
            continue
        seen.add(id(e))
        for node, in_word in _deep(e, False):
            match node:
                case tm.FactRef(name) | tm.IsNA(name):
                    facts[name] = None
                case tm.HasEvidence(name):
                    facts[name] = None
                    evidence.add(name)
                case tm.Var(name) if name in lets:
                    todo.append(lets[name].value)
                case tm.Over(_, ledger):
                    ledgers[ledger] = None
                    whole = whole and not in_word
                    overs.append(node)
                case tm.First() | tm.Same() | tm.Peers():
                    whole = False
                case _:
                    pass
    return Leaf(work, tuple(facts), tuple(ledgers), frozenset(evidence), tuple(overs), whole)


def _deep(e: tm.Expr, in_word: bool) -> Iterator[tuple[tm.Expr, bool]]:
    """Yield an expression and all inside it, and whether it stands in the body of a word."""
    for node in walk(e):
        yield node, in_word
        if isinstance(node, tm.Use):
            for let in node.body.lets.values():
                yield from _deep(let.value, True)
            yield from _deep(node.body.result, True)
