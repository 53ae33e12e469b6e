"""All known ways through a leaf as one compiled function: it looks at what is known of a unit, and goes along the way that holds.

In numpy every way is a handful of walks over the few units that take it; here each unit goes once through its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import define, field, frozen

from zjrules.bulk.ir import DECLARED, Loop, Slot, Text, bits_of
from zjrules.bulk.key import Key, Read
from zjrules.bulk.native import Function, function, together
from zjrules.bulk.operation import Array
from zjrules.bulk.run import needed
from zjrules.bulk.way import Outcome, Way

PIECE = 8192
"""Units that one core takes at a time."""
Known = Mapping[int, Sequence[Way]]
"""The ways that were found, by key."""


@frozen(eq=False)
class Tracks:
    """The ways through a leaf, compiled."""

    compiled: Function
    reads: tuple[tuple[object, Any], ...]
    """The columns that it reads by the rows of the frame, and how their numbers are read."""
    ways: int
    """How many ways it knows."""

    def run(self, read: Read, rows: Array, counted: Array, into: Sequence[Array]) -> None:
        """Write the outcome (-1: by none of the ways) and both ends of some units into five arrays."""
        columns = [np.ascontiguousarray(read(name), kind) for name, kind in self.reads]
        held = [np.ascontiguousarray(rows), np.ascontiguousarray(counted), *into, *columns]
        addresses = [a.ctypes.data for a in held]
        together(len(rows), PIECE, lambda start, stop: self.compiled.call(start, stop, *addresses))


def tracks(key: Key, known: Known, outcomes: Mapping[Outcome, int], read: Read) -> Tracks:
    """Compile the ways through a leaf; outcomes are numbered by the caller."""
    writing = _Writing(key, {name: _kind(name, read) for name in key.names})
    for number, ways in known.items():
        for way in ways:
            writing.kinds |= {name: _kind(name, read) for name in (way.steps.inputs.values() if way.steps else ())}
        writing.key(number, ways, outcomes)
    return Tracks(function(writing.text()), tuple(writing.kinds.items()), sum(len(w) for w in known.values()))


def _kind(name: object, read: Read) -> Any:
    kind = read(name).dtype
    # A fact may be wider in another frame: the code reads all that its bounds allow.
    return np.dtype(np.int64) if isinstance(name, tuple) and name[0] == "fact" and kind.itemsize > 1 else kind


@define(eq=False)
class _Writing:
    """The function being written."""

    start: Key
    kinds: dict[object, Any]
    lines: list[str] = field(factory=list)
    cases: list[str] = field(factory=list)

    def slot(self, name: object) -> Slot:
        """Return where a column is."""
        place = list(self.kinds).index(name)
        return Slot(f"%in{place}", bits_of(self.kinds[name]))

    def key(self, number: int, ways: Sequence[Way], outcomes: Mapping[Outcome, int]) -> None:
        """Write the ways of one key, one after the other."""
        name = f"k{len(self.cases)}"
        self.cases.append(f"    i64 {number}, label %{name}_0")
        for place, way in enumerate(ways):
            self.lines.append(f"{name}_{place}:")
            last = self._way(f"{name}_{place}", f"{name}_{place + 1}", way, outcomes[way.outcome])
            if last:
                return
        self.lines += [f"{name}_{len(ways)}:", "  br label %none"]

    def _way(self, name: str, other: str, way: Way, outcome: int) -> bool:
        """Write one way; return whether it holds wherever its key does."""
        if way.steps is None:
            self.lines += [*_stored(outcome, [str(e) for e in way.ends], name), "  br label %next"]
            return True
        steps, loop = way.steps, Loop(way.steps.code, prefix=name)
        condition, *ends = steps.outputs
        for place in needed(steps.code, [condition]):
            self._put(loop, place, steps.inputs)
        test = loop.column(condition, 1) if condition.place is not None else "true"
        loop.lines += [f"  br i1 {test}, label %{name}_take, label %{other}", f"{name}_take:"]
        for place in needed(steps.code, ends):
            self._put(loop, place, steps.inputs)
        numbers = [loop.column(e, 64) for e in ends]
        assert not loop.tables, "a way looks nothing up: dates are followed as numbers"
        self.lines += [*loop.lines, *_stored(outcome, numbers, name), "  br label %next"]
        return False

    def _put(self, loop: Loop, place: int, inputs: Mapping[int, object]) -> None:
        if place in loop.values:
            return
        if place in inputs:
            loop.given(place, self.slot(inputs[place]), "%r")
        else:
            loop.operation(place)

    def text(self) -> Text:
        """Return the whole function."""
        head = Loop(prefix="h")
        row = head.load(Slot("%rows", 64))
        names = list(self.kinds)
        slots: dict[object, Slot] = {name: self.slot(name) for name in names}
        head.lines.append(f"  %r = add i64 {row}, 0")
        key = self.start.written(head, slots, Slot("%counted", 8))
        columns = "".join(f", ptr noalias %in{n}" for n in range(len(names)))
        ends = "".join(f", ptr noalias %end{n}" for n in range(4))
        fixed = "i64 %start, i64 %stop, ptr noalias %rows, ptr noalias %counted, ptr noalias %outcome"
        lines = [
            f"{DECLARED}define void @tracks({fixed}{ends}{columns}) {{",
            "entry:\n  %empty = icmp sge i64 %start, %stop\n  br i1 %empty, label %done, label %unit",
            "unit:\n  %i = phi i64 [%start, %entry], [%after, %next]",
            *head.lines,
            f"  switch i64 {key}, label %none [",
            *self.cases,
            "  ]",
            *self.lines,
            "none:",
            *_stored(-1, [], "none"),
            "  br label %next",
            "next:\n  %after = add nuw nsw i64 %i, 1\n  %go = icmp slt i64 %after, %stop",
            "  br i1 %go, label %unit, label %done\ndone:\n  ret void\n}\n",
        ]
        return Text("tracks", 9 + len(names), "\n".join(lines), ())


def _stored(outcome: int, ends: Sequence[str], name: str) -> list[str]:
    loop = Loop(prefix=f"{name}_s")
    loop.store(Slot("%outcome", 32), str(outcome))
    for number, end in enumerate(ends):
        loop.store(Slot(f"%end{number}", 64), end)
    return loop.lines
