"""What is known of a unit in kind, as one number: which facts of a leaf are there, and what truths and options are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import frozen

from zjrules.bulk.frame import Frame, Ints, Known, Truths
from zjrules.bulk.ir import Loop, Slot
from zjrules.bulk.leaf import Leaf
from zjrules.bulk.operation import Array
from zjrules.fact import Asked, Schema
from zjrules.unit import Choice, Text, Truth

Read = Callable[[object], Array]
"""Returns a column by its name, by the rows of the frame."""
MOST = 1 << 60


@frozen
class Digit:
    """One thing that is known: ("state", fact), ("claimed", fact) or ("missing", ledger), and how many ways there are.

    kinds: how many values a known fact may have that count apart; 1 for numbers.
    """

    name: tuple[str, str]
    base: int
    kinds: int = 1


@frozen(eq=False)
class Key:
    """How units of a leaf are told apart; None of its units can be followed where texts are read, or too much is."""

    digits: tuple[Digit, ...]
    follows: bool

    @property
    def names(self) -> list[tuple[str, str]]:
        """Return the columns that are read, by the rows of the frame."""
        values = [("fact", d.name[1]) for d in self.digits if d.kinds > 1]
        return [*(d.name for d in self.digits), *values]

    def numbers(self, read: Read, rows: Ints, counted: Truths) -> tuple[Ints, Truths]:
        """Return the key of some units, and where a unit can be followed; counted: whose ledgers are known beforehand."""
        keys, follow = np.zeros(len(rows), np.int64), counted & self.follows
        for digit in self.digits:
            found = read(digit.name)[rows]
            if digit.name[0] == "state":
                follow &= found != Known.BESIDE
                if digit.kinds > 1:
                    value = read(("fact", digit.name[1]))[rows]
                    found = np.where(found == Known.GIVEN, value, digit.kinds - 1 + found)
            keys = keys * digit.base + found
        return keys, follow

    def written(self, loop: Loop, slots: dict[object, Slot], counted: Slot) -> str:
        """Write the key of the unit at hand (%r in the frame, %i among those that are looked at); -1: it is not followed."""
        key, follow = "0", loop.put(f"icmp ne i8 {loop.load(counted)}, 0")
        for digit in self.digits:
            found = loop.put(f"zext i8 {loop.load(slots[digit.name], '%r')} to i64")
            if digit.name[0] == "state":
                beside = loop.put(f"icmp ne i64 {found}, {int(Known.BESIDE)}")
                follow = loop.put(f"and i1 {follow}, {beside}")
                if digit.kinds > 1:
                    slot = slots["fact", digit.name[1]]
                    value = loop.cast(loop.load(slot, "%r"), slot.bits, 64)
                    given = loop.put(f"icmp eq i64 {found}, {int(Known.GIVEN)}")
                    other = loop.put(f"add i64 {found}, {digit.kinds - 1}")
                    found = loop.put(f"select i1 {given}, i64 {value}, i64 {other}")
            key = loop.put(f"add i64 {loop.put(f'mul i64 {key}, {digit.base}')}, {found}")
        return loop.put(f"select i1 {follow}, i64 {key}, i64 -1")


def key_of(leaf: Leaf, schema: Schema) -> Key:
    """Return how the units of a leaf are told apart."""
    digits, follows = list[Digit](), True
    for name in leaf.facts:
        kinds = _kinds(schema.facts[name])
        follows = follows and kinds > 0
        digits.append(Digit(("state", name), max(kinds, 1) + 2, max(kinds, 1)))
        if name in leaf.evidence:
            digits.append(Digit(("claimed", name), 2))
    digits += [Digit(("missing", ledger), 2) for ledger in leaf.ledgers]
    most = 1
    for digit in digits:
        most *= digit.base
    return Key(tuple(digits), follows and most < MOST)


def _kinds(asked: Asked) -> int:
    """Return how many values of a fact count apart; 0 for texts, which no column holds."""
    match asked.type:
        case Truth():
            return 2
        case Choice(options):
            return len(options)
        case Text():
            return 0
        case _:
            return 1


def column(frame: Frame, name: tuple[str, str]) -> Array:
    """Return a column of a frame by its name."""
    kind, of = name
    match kind:
        case "state":
            return frame.facts[of].state
        case "fact":
            return frame.facts[of].values
        case "claimed":
            claimed = frame.facts[of].claimed
            return np.broadcast_to(np.bool_(False), len(frame)) if claimed is None else claimed
        case _:
            return frame.ledgers[of].missing
