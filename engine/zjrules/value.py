"""What evaluation yields: a known scalar, a set of possible values, or the reason why there is none.

Known values stay plain (Fraction, bool, str), so that nothing is paid for what is not missing.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import field, frozen

from zjrules.interval.sets import EMPTY, Range, point
from zjrules.span import NOWHERE, Span
from zjrules.unit import Scalar

Atom = tuple[str, int]
"""A missing fact (or cell) and the version of it: inside a branch that tests it, a narrowed one."""

ZERO_DIVISION = "除数为 0"
EMPTY_LEDGER = "明细为空"
NOT_APPLICABLE = "不适用"
NO_CASE = "没有一档符合"
NO_CALENDAR = "没有该年的工作日历"
DROPPED = "不计入"
MISUSED = "输入不合要求"
NO_PEERS = "没有可比的单位"
LEFT_OUT = "不算在同级平均里"
ALL_UNITS = "全体单位的事实"
"""The atom of what only a run over all units can tell."""
BROKEN = "（无法计算）"
"""Ends the atom of an indicator that has no score: what its parents do not know."""


@frozen
class Problem:
    """Why there is no value; detail names the fact, the ledger or the level."""

    kind: str
    detail: str = ""
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Unknown:
    """A value that depends on what is missing: every completion gives one of can, or one of problems.

    tight says that can is no wider than the truth; deps are the missing atoms that it depends on.
    """

    can: Range | frozenset[bool] | frozenset[str]
    deps: frozenset[Atom] = frozenset()
    tight: bool = True
    problems: frozenset[Problem] = frozenset()


Value = Scalar | Unknown | Problem
Numbers = Callable[..., Range]


def range_of(value: Value) -> Range:
    """Return the set of numbers that a numeric value can be (empty for a problem)."""
    match value:
        case Unknown(can=Range() as can):
            return can
        case Unknown() | Problem():
            return EMPTY
        case bool() | str():
            raise TypeError("not a number")
        case _:
            return point(value)


def truths(value: Value) -> frozenset[bool]:
    """Return the truth values that a condition can have."""
    match value:
        case bool():
            return frozenset({value})
        case Unknown(can=frozenset() as can):
            return frozenset(t for t in can if isinstance(t, bool))
        case _:
            return frozenset()


def deps_of(*values: Value) -> frozenset[Atom]:
    """Return the atoms that any of the values depends on."""
    return frozenset().union(*(v.deps for v in values if isinstance(v, Unknown)))


def problems_of(*values: Value) -> frozenset[Problem]:
    """Return the problems that any of the values can end in."""
    found: frozenset[Problem] = frozenset()
    for value in values:
        if isinstance(value, Problem):
            found |= {value}
        elif isinstance(value, Unknown):
            found |= value.problems
    return found


def apart(*values: Value) -> bool:
    """Return whether all values are tight and no two depend on the same atom: then operations on them are exact."""
    seen: set[str] = set()
    for value in values:
        if isinstance(value, Unknown):
            names = {name for name, _ in value.deps}
            if not value.tight or names & seen:
                return False
            seen |= names
    return True


def settled(
    can: Range | frozenset[bool] | frozenset[str],
    deps: frozenset[Atom],
    tight: bool,
    problems: frozenset[Problem] = frozenset(),
) -> Value:
    """Return the plain value when only one is left, the problem when none is, and otherwise what is possible."""
    if isinstance(can, Range):
        if can.is_empty and problems:
            return min(problems, key=str)
        only = can.point
        if only is not None and not problems:
            return only
    elif not can and problems:
        return min(problems, key=str)
    elif len(can) == 1 and not problems:
        only_member: Scalar
        (only_member,) = can
        return only_member
    return Unknown(can, deps, tight, problems)


def combined(operation: Callable[..., Range], *values: Value, also: frozenset[Problem] = frozenset()) -> Value:
    """Apply an operation on ranges to values of which some are not known; a problem wins over all."""
    for value in values:
        if isinstance(value, Problem):
            return value
    can = operation(*(range_of(v) for v in values))
    return settled(can, deps_of(*values), apart(*values), problems_of(*values) | also)


def is_known(value: Value) -> bool:
    """Return whether a value is a plain scalar."""
    return not isinstance(value, Unknown | Problem)
