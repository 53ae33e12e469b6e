"""Facts: what a rule set asks for, what a unit handed in, and where each value came from."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from attrs import field, frozen

from zjrules.interval.sets import EVERYTHING, Range
from zjrules.span import NOWHERE, Span
from zjrules.unit import Scalar, Type


class State(Enum):
    """Whether there is a value. 缺失 is never 0, and 不适用 is declared with a reason."""

    GIVEN = "有值"
    MISSING = "缺失"
    NOT_APPLICABLE = "不适用"


class Evidence(Enum):
    """What supports a value: an index to evidence, the unit's own word, or nothing asked."""

    PROVED = "有佐证"
    CLAIMED = "自述"
    NOT_ASKED = "不要求佐证"


# ---------- what a rule set asks for ----------


@frozen
class Asked:
    """A declared fact or ledger column: its type, its range in base units, and what its declaration says."""

    name: str
    type: Type
    limits: Range = EVERYTHING
    limits_text: str = ""
    note: str = ""
    basis: str = ""
    evidence: str = ""
    source: str = ""
    may_be_na: bool = False
    needs_reason: bool = False
    pool: str = ""
    """汇总: how the values of subordinate units become one; '' is the usual way of the type."""
    unit: str = ""
    """The unit in which it is usually written, for templates."""
    span: Span = field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@frozen
class AskedLedger:
    """A declared ledger."""

    name: str
    columns: Mapping[str, Asked]
    key: str = ""
    note: str = ""
    basis: str = ""
    evidence: str = ""
    span: Span = field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@frozen
class Schema:
    """All that a rule set asks for, by name, in the order of declaration."""

    facts: Mapping[str, Asked]
    ledgers: Mapping[str, AskedLedger]
    elsewhere: frozenset[str] = field(factory=frozenset)
    """Names of the shared dictionary that this rule set does not ask for, but others do."""


# ---------- what a unit handed in, before it is fitted to a schema ----------


@frozen
class Raw:
    """One value as text, with what stands beside it. text '' is a blank."""

    name: str
    text: str
    evidence: str = ""
    source: str = ""
    reason: str = ""
    not_applicable: str | None = None
    """The reason given with 不适用; None when it was not declared."""
    span: Span = field(default=NOWHERE, eq=False, repr=False, kw_only=True)
    """The place of the value; of the name where there is no value."""
    name_span: Span = field(default=NOWHERE, eq=False, repr=False, kw_only=True)
    review: Raw | None = field(default=None, kw_only=True)
    """What the reviewer (复核) set in its place."""


@frozen
class RawLedger:
    """The rows of a ledger as text."""

    name: str
    rows: tuple[tuple[Raw, ...], ...]
    evidence: str = ""
    source: str = ""
    span: Span = field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@frozen
class RawFacts:
    """One unit's file or files: head, facts, ledgers and claimed scores."""

    head: Mapping[str, Raw]
    facts: tuple[Raw, ...]
    ledgers: tuple[RawLedger, ...]
    claims: tuple[Raw, ...]
    reviews: tuple[Raw, ...] = ()
    """The scores that a reviewer gave (复核得分), beside those that the unit gave itself."""


@frozen
class ScoreRow:
    """One row of a score table (评分表): an indicator or a group, its points and the score that the unit gave itself."""

    name: str
    points: Raw | None
    score: Raw | None
    span: Span = field(default=NOWHERE, eq=False, repr=False, kw_only=True)
    """The place of the name."""
    review: Raw | None = field(default=None, kw_only=True)
    """The score that a reviewer gave."""


@frozen
class ScoreTable:
    """A score table as text. source is its name as the user knows it."""

    rows: tuple[ScoreRow, ...]
    total: Raw | None
    source: str
    review: Raw | None = None
    """The reviewer's total."""


# ---------- fitted ----------


@frozen
class Fact:
    """A fact of one unit. value is in base units, and None unless state is GIVEN."""

    name: str
    state: State
    value: Scalar | None
    evidence: Evidence
    shown: str = ""
    """The text as it was written."""
    reference: str = ""
    """The evidence named for it."""
    source: str = ""
    """Where the value is stated."""
    reason: str = ""
    span: Span = field(default=NOWHERE, eq=False, repr=False, kw_only=True)
    review: Fact | None = field(default=None, kw_only=True)
    parts: tuple[tuple[str, Fact], ...] = field(default=(), kw_only=True)
    """For a pooled fact, the units and their facts."""
    bounds: Range | None = field(default=None, kw_only=True)
    """For a pooled fact of which units are missing (lacking), what it can still be."""
    lacking: tuple[str, ...] = field(default=(), kw_only=True)


@frozen
class Table:
    """A ledger of one unit; rows None is a missing ledger, () an empty one."""

    name: str
    rows: tuple[Mapping[str, Fact], ...] | None
    evidence: Evidence
    reference: str = ""
    span: Span = field(default=NOWHERE, eq=False, repr=False, kw_only=True)
    owners: tuple[str, ...] = field(default=(), kw_only=True)
    """For a pooled ledger, the unit of each row."""
    lacking: tuple[str, ...] = field(default=(), kw_only=True)
    """For a pooled ledger, the units whose rows are missing."""


@frozen
class Facts:
    """Everything known of one unit. claims are the scores that it gave itself, reviews those of a reviewer, by name or 总分."""

    unit: str
    facts: Mapping[str, Fact]
    ledgers: Mapping[str, Table]
    claims: Mapping[str, Fact]
    head: Mapping[str, str] = field(factory=dict)
    reviews: Mapping[str, Fact] = field(factory=dict)
