"""Ways in which a report states the score of any indicator: written once with {指标}, meant for each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from attrs import evolve

from zjrules.inout.yaml import Node
from zjrules.num import decimal
from zjrules.reconcile.flow import bare
from zjrules.ruleset import RuleSet
from zjrules.term.rule import Group, Indicator

NAME, POINTS = "{指标}", "{分值}"


def indicators(rules: RuleSet) -> dict[str, Fraction]:
    """Return the groups, indicators and parts of a rule set with their points; a name that is borne twice says nothing."""
    found = [(node.name, node.points) for top in rules.program.groups for node in _all(top)]
    seen = Counter(bare(name) for name, _ in found)
    return {name: points for name, points in found if seen[bare(name)] == 1}


def _all(node: Group | Indicator) -> Iterator[Group | Indicator]:
    yield node
    for child in node.children if isinstance(node, Group) else node.parts:
        yield from _all(child)


def written_for(node: Node, name: str, points: Fraction) -> Node:
    """Return a node of phrases as it is meant for one indicator; its points are read over, however they are written."""
    if node.kind == "text":
        text = node.text.replace(NAME, name).replace(POINTS, f"{{={decimal(points) or points}}}")
        return evolve(node, value=text)
    if node.kind == "list":
        return evolve(node, value=tuple(written_for(item, name, points) for item in node.items))
    return evolve(node, value=tuple((key, written_for(value, name, points)) for key, value in node.pairs))


def longer(name: str, names: Mapping[str, object]) -> tuple[str, ...]:
    """Return what stands before a name in the longer ones that end with it: there the longer one is meant."""
    own = bare(name)
    ends = (bare(other) for other in names)
    return tuple(other.removesuffix(own) for other in ends if other.endswith(own) and other != own)
