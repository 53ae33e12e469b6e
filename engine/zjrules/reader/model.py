"""The document of a rule set as data, before it has a form. Points are in 分; all texts are as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from zjrules.explain.standard import Told
from zjrules.reader.lit import Piece


@frozen
class Clause:
    """A declaration as it is written, where it stands, and which amendments made it so."""

    pieces: tuple[Piece, ...]
    origin: str
    made: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The rule text."""
        return "".join(p.text for p in self.pieces)


@frozen
class Way:
    """How an indicator or a part of it scores, in words."""

    name: str
    """The name of the part; '' for the indicator itself."""
    points: Fraction
    basis: str
    told: tuple[Told, ...]


@frozen
class Indicator:
    """An indicator: what it is worth, on what grounds, how it scores, and what it asks."""

    name: str
    number: str
    points: Fraction
    basis: tuple[str, ...]
    note: str
    ways: tuple[Way, ...]
    trends: tuple[str, ...]
    facts: tuple[str, ...]
    ledgers: tuple[str, ...]
    params: tuple[str, ...]
    words: tuple[str, ...]
    checks: tuple[str, ...]
    """The titles of the checks that ask of its facts."""
    clause: Clause


@frozen
class Group:
    """一级指标 (level 1) or 二级指标 (level 2)."""

    level: int
    name: str
    number: str
    points: Fraction
    basis: tuple[str, ...]
    note: str
    children: tuple[Group | Indicator, ...]
    clause: Clause


@frozen
class Param:
    """A parameter."""

    name: str
    value: str
    basis: str
    used: tuple[str, ...]
    """The indicators that name it."""
    clause: Clause


@frozen
class Fact:
    """A fact, a ledger, or a column of a ledger."""

    name: str
    type: str
    unit: str
    limits: str
    note: str
    basis: str
    evidence: str
    source: str
    demands: tuple[str, ...]
    """What else is said of it: 可不适用, 须写理由, the key of a ledger, how units are summed up."""
    used: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    columns: tuple[Fact, ...] | None = None
    """The columns of a ledger; None for a fact or a column."""
    origin: str = ""


@frozen
class Input:
    """An input of a word."""

    name: str
    type: str
    default: str


@frozen
class Word:
    """A word: what it means, its inputs, and what its examples give."""

    name: str
    note: str
    inputs: tuple[Input, ...]
    said: str
    examples: tuple[tuple[str, str], ...]
    used: tuple[str, ...]
    clause: Clause


@frozen
class Check:
    """A cross-check (勾稽)."""

    severity: str
    title: str
    when: str
    should: str
    tolerance: str
    basis: str
    note: str
    facts: tuple[str, ...]
    ledgers: tuple[str, ...]
    clause: Clause


@frozen
class Head:
    """What a rule set says of itself."""

    id: str
    name: str
    year: int
    issuer: str
    nature: str
    basis: tuple[str, ...]
    notes: tuple[str, ...]
    full: Fraction
    edition: str
    edited: tuple[str, ...]
    """Why it must not be used for scoring, where it was edited after it was published."""
    as_of: str
    bases: tuple[str, ...]
    digest: str
    rounding: tuple[str, ...]
    text: tuple[Piece, ...]


@frozen
class Document:
    """A rule set as a document."""

    head: Head
    groups: tuple[Group | Indicator, ...]
    total: tuple[str, ...]
    """The steps from the sum of the groups to the total and its grade."""
    total_clause: Clause | None
    grades: tuple[tuple[str, str], ...]
    params: tuple[Param, ...]
    checks: tuple[Check, ...]
    facts: tuple[tuple[str, tuple[Fact, ...]], ...]
    """The facts under the headings by which they are filled in."""
    ledgers: tuple[Fact, ...]
    words: tuple[Word, ...]
    notices: tuple[Clause, ...]
    removed: tuple[str, ...]
    """What amendments took out of the book."""
    readme: str = ""
    """What is said beside the rules of where they come from, in Markdown; '' where nothing is."""

    @property
    def title(self) -> str:
        """The name with its year and label, as it must be shown."""
        head = self.head
        return (
            f"{head.name} {head.year}"
            + (f"（{head.nature}）" if head.nature else "")
            + (head.edition and f" {head.edition}")
        )

    def indicators(self) -> Iterator[Indicator]:
        """Yield the indicators in order."""
        return _indicators(self.groups)


def _indicators(nodes: tuple[Group | Indicator, ...]) -> Iterator[Indicator]:
    for node in nodes:
        if isinstance(node, Indicator):
            yield node
        else:
            yield from _indicators(node.children)
