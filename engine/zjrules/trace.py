"""The evaluator's return value: a tree of steps, so that an explanation cannot disagree with the score."""

from __future__ import annotations

from fractions import Fraction

from attrs import define, field, frozen

from zjrules.term.expr import Expr
from zjrules.term.rule import (
    Adjust,
    Band,
    Bands,
    Case,
    Check,
    Checklist,
    Clamp,
    Decide,
    Deduct,
    Gate,
    Group,
    Indicator,
    NotApplicable,
    Override,
    PerStep,
    Plain,
    Program,
    Regrade,
    RoundScore,
)  # fmt: skip
from zjrules.value import Value

Term = (
    Expr | Plain | Band | Bands | Decide | Checklist | Case | PerStep | Deduct | Clamp | Gate | NotApplicable | RoundScore
    | Indicator | Group | Adjust | Regrade | Override
)  # fmt: skip


@define(eq=False)
class Step:
    """One evaluated term. Only the operands that decided it were evaluated, and they are its kids.

    Not frozen, since a trace holds thousands of steps and a frozen attrs class costs three times as much to make.
    """

    term: Term
    value: Value
    kids: tuple[Step, ...] = ()
    note: object = None
    aside: tuple[Step, ...] = ()
    """What was evaluated and did not decide: bands and guards that were not met, the rows of a ledger."""


@frozen
class Tally:
    """How a ledger was counted: rows taken, rows that count, and the 0-based rows that fell out or are not known."""

    total: int
    taken: int
    missed: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    skipped: tuple[int, ...] = ()
    items: tuple[tuple[int, Value], ...] = ()
    """For 合计, 平均, 最大 and 最小: what each row that may count brings."""
    counted: tuple[int, ...] = ()
    """For 计数: the rows that count."""


@frozen
class Standing:
    """Over how many units something was taken, and the least and greatest of them with its unit, where all is known."""

    units: int
    least: tuple[Fraction, str] | None = None
    most: tuple[Fraction, str] | None = None
    values: tuple[Value, ...] = field(default=(), repr=False)
    """What every unit has, in the order of the run."""
    unit: int = 0
    """Which of them is the unit at hand."""


@frozen
class Checked:
    """A 校验 and how it came out: 通过, 不通过, 跳过 (its 当 is not met) or 不可核 (facts are missing)."""

    check: Check
    status: str
    kids: tuple[Step, ...]
    difference: Fraction | None = None


@frozen
class Trace:
    """One unit, scored: the groups, the steps of the total, the possible grades (best first) and the checks."""

    program: Program
    groups: tuple[Step, ...]
    steps: tuple[Step, ...]
    total: Value
    grades: tuple[str, ...]
    checks: tuple[Checked, ...] = field(factory=tuple)
    added: Value = field(default=Fraction(0))
    """The sum of the groups, before the steps of the total."""

    def indicators(self) -> list[Step]:
        """Return the steps of all indicators in order."""
        return [s for g in self.groups for s in _indicators(g)]


def _indicators(step: Step) -> list[Step]:
    if isinstance(step.term, Indicator):
        return [step]
    return [s for kid in step.kids for s in _indicators(kid)]
