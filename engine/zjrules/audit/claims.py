"""The scores that were claimed: the unit's own and a reviewer's, as written, and those that follow from full marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from zjrules.fact import Fact, Facts, Raw, ScoreTable
from zjrules.fit import claimed
from zjrules.reconcile import scores
from zjrules.ruleset import RuleSet
from zjrules.term.rule import Adjust, Group, Indicator, Program

TOTAL = scores.TOTAL
Node = Group | Indicator


@frozen
class Claims:
    """Claimed scores by indicator, group, part or 总分."""

    own: Mapping[str, Fact]
    review: Mapping[str, Fact]
    implied: Mapping[str, Fact]
    """Indicators without a score of their own that must have full points, since what stands above them has: by name, the
    claim that they follow from."""

    def value(self, name: str) -> Fraction | None:
        """Return the score that the unit wrote for something."""
        return _number(self.own.get(name))

    def reviewed(self, name: str) -> Fraction | None:
        """Return the score that a reviewer wrote for something."""
        return _number(self.review.get(name))


def _number(claim: Fact | None) -> Fraction | None:
    return claim.value if claim is not None and isinstance(claim.value, Fraction) else None


def gathered(rules: RuleSet, facts: Facts, table: ScoreTable | None, prose: Sequence[Raw] = ()) -> Claims:
    """Return the claims of the facts and of a score table, which is the later paper and so stands before them.

    prose: what a report states, which counts where neither of them says anything.
    """
    own, review = _of_table(prose, rules) | dict(facts.claims), dict(facts.reviews)
    if table is not None:
        own |= _of_table(scores.claims(table), rules)
        review |= _of_table(scores.reviews(table), rules)
    return Claims(own, review, _implied(rules.program, own))


def _of_table(entries: Iterable[Raw], rules: RuleSet) -> dict[str, Fact]:
    names = {*rules.indicator_names(), TOTAL}
    known = [raw for raw in entries if raw.name in names]
    # What is no score is said where the score table is reconciled.
    return claimed(known, names, frozenset(), [])


def _implied(program: Program, own: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return what full marks of a total or a group say of the indicators under it that have no score of their own."""
    found: dict[str, Fact] = {}
    total = own.get(TOTAL)
    alone = not any(isinstance(step, Adjust) for step in program.steps)
    above = total if total is not None and total.value == program.book.full and alone else None
    for node in program.groups:
        _follow(node, above, own, found)
    full = {n.name: n.points for n in _all(program.groups)}
    # Where something that was written is below its points, its total is no sum of full marks and says nothing of the rest.
    consistent = all(claim.value == full[name] for name, claim in own.items() if name in full)
    return found if consistent or above is None else {}


def _follow(node: Node, above: Fact | None, own: Mapping[str, Fact], found: dict[str, Fact]) -> None:
    mine = own.get(node.name)
    if isinstance(node, Indicator):
        if mine is None and above is not None:
            found[node.name] = above
        return
    full = mine if mine is not None and mine.value == node.points else None
    for child in node.children:
        _follow(child, full or (above if mine is None else None), own, found)


def _all(nodes: Iterable[Node]) -> Iterable[Node]:
    for node in nodes:
        yield node
        yield from _all(node.children if isinstance(node, Group) else node.parts)
