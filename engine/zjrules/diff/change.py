"""A change of one clause, and patches: values of two rule sets side by side, from which any part of the changes can be made.

A patch knows the changes between an old value and a new one, and builds what stands between them when only some were made.
Patches are put together as the values are, so that what is said of a difference and what is done about it cannot part.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Generic, TypeVar

from attrs import evolve, field, frozen

from zjrules.span import NOWHERE, Span

T = TypeVar("T")
S = TypeVar("S")

ADDED, REMOVED, EDITED, RENAMED, MOVED, SPLIT, MERGED, ORDER = "新增 去掉 修改 更名 移动 拆分 合并 次序".split()
"""What was done to a clause."""
ACTS = (ADDED, REMOVED, EDITED, RENAMED, MOVED, SPLIT, MERGED, ORDER)
KINDS = tuple(
    "年度 书头 参数 一级指标 二级指标 指标 分项 分值 不适用 须佐证 令 算法 界线 档 要点 扣分 限于 舍入 词 事实 明细 校验 总评 等级"
    " 放假安排 依据 承诺".split()
)
"""What kind of clause was changed."""
EDITED_CLAUSE = frozenset("分项 不适用 须佐证 令 算法 界线 档 要点 扣分 限于 舍入".split())
"""Kinds of the clauses that say how an indicator scores: those can be written otherwise and score the same."""


@frozen
class Clause:
    """A clause of one of the rule sets: where it stands, and its text as it was written."""

    place: Span
    text: str

    @property
    def line(self) -> str:
        """The text on one line."""
        return " ".join(self.text.split())


def clause(span: Span) -> Clause | None:
    """Return the lines that a span stands on; None for what no file says."""
    if span == NOWHERE or not span.source.text:
        return None
    first, last = span.line, span.source.line_of(max(span.start, span.end - 1))
    text = "\n".join(span.source.line_text(n) for n in range(first, last + 1))
    return Clause(span, textwrap.dedent(text).strip("\n").rstrip())


@frozen(cache_hash=True)
class Change:
    """One change: what was done to which clause. It is the same one in every comparison of the same two texts."""

    kind: str
    act: str
    subject: str
    """The indicator, parameter, fact … that the clause is about, by its name in the old rule set if it has one there."""
    said: str
    """One sentence, without its full stop."""
    old: Clause | None
    new: Clause | None
    owner: str = ""
    """The indicator that the clause belongs to, by its old name (its new one where it is added); '' where it is of no one."""
    scores: bool = True
    """Whether it can change the score of a unit."""


Chosen = AbstractSet[Change]
Build = Callable[[Chosen], T]


@frozen
class Patch(Generic[T]):
    """The changes between two values, and what stands between them when the chosen ones are made."""

    changes: tuple[Change, ...]
    build: Build[T] = field(eq=False, repr=False)


def still(value: T) -> Patch[T]:
    """Return the patch of what did not change."""
    return Patch((), lambda _: value)


def swapped(change: Change, old: T, new: T) -> Patch[T]:
    """Return the patch of one value in place of another."""
    return Patch((change,), lambda chosen: new if change in chosen else old)


def gone(change: Change, old: T) -> Patch[tuple[T, ...]]:
    """Return the patch of an item of a sequence that is no more."""
    return Patch((change,), lambda chosen: () if change in chosen else (old,))


def come(change: Change, new: T) -> Patch[tuple[T, ...]]:
    """Return the patch of an item that a sequence did not have."""
    return Patch((change,), lambda chosen: (new,) if change in chosen else ())


def one(patch: Patch[T]) -> Patch[tuple[T, ...]]:
    """Return the patch of an item of a sequence that stays in it."""
    return Patch(patch.changes, lambda chosen: (patch.build(chosen),))


def joined(patches: Sequence[Patch[tuple[T, ...]]]) -> Patch[tuple[T, ...]]:
    """Return the patch of a sequence from those of its items."""
    every = distinct([c for p in patches for c in p.changes])
    return Patch(every, lambda chosen: tuple(item for p in patches for item in p.build(chosen)))


def changed(patch: Patch[T], change: Callable[[T], S]) -> Patch[S]:
    """Return the patch of what is made of a value."""
    return Patch(patch.changes, lambda chosen: change(patch.build(chosen)))


def fields(old: T, **patches: Patch[Any]) -> Patch[T]:
    """Return the patch of an attrs object from those of its fields; the other fields are the old one's."""

    def build(chosen: Chosen) -> T:
        now: T = evolve(old, **{name: p.build(chosen) for name, p in patches.items()})  # type: ignore[misc]
        return now

    return Patch(distinct([c for p in patches.values() for c in p.changes]), build)


def by_key(patches: Mapping[str, Patch[T]]) -> Patch[dict[str, T]]:
    """Return the patch of a mapping from those of what it holds."""
    every = distinct([c for p in patches.values() for c in p.changes])
    return Patch(every, lambda chosen: {key: p.build(chosen) for key, p in patches.items()})


def distinct(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return changes, each once: a rounding of all indicators is one change of many of them."""
    return tuple(dict.fromkeys(changes))
