"""All known ways through a leaf as one compiled function: it looks at what is known of a unit, and goes along the way that holds.

In numpy every way is a handful of walks over the few units that take it; here each unit goes once through its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import define, field, frozen

from zjrules.bulk.code import Flag, Int, constant
from zjrules.bulk.ir import Loop, Slot, Text, bits_of
from zjrules.bulk.key import Key, Read
from zjrules.bulk.machine import Function, function
from zjrules.bulk.native import together
from zjrules.bulk.operation import Array
from zjrules.bulk.result import MOST, Kind, Why
from zjrules.bulk.run import needed
from zjrules.bulk.way import Outcome, Way

UNKNOWN, WRITTEN = -1, -2
"""In place of an outcome: none of the ways is taken, and the scores stand where they belong."""
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
        """Write the outcome and both ends of some units into five arrays; see _Writing.direct for five more."""
        columns = [np.ascontiguousarray(read(name), kind) for name, kind in self.reads]
        held = [np.ascontiguousarray(rows), np.ascontiguousarray(counted), *into, *columns]
        addresses = [a.ctypes.data for a in held]
        together(len(rows), lambda start, stop: self.compiled.call(start, stop, *addresses))


@frozen
class Direct:
    """How scores are written where they belong, by the rows of the frame: over this denominator, with these numbers of reasons."""

    below: int
    reasons: Mapping[Why, int]


def tracks(key: Key, known: Known, outcomes: Mapping[Outcome, int], read: Read, direct: Direct | None = None) -> Tracks:
    """Compile the ways through a leaf; outcomes are numbered by the caller.

    direct: units whose ends are reached and stand over its denominator are written into five more arrays (low, high, kind,
    why, gaps) and have the outcome WRITTEN.
    """
    options = {("fact", d.name[1]): d.kinds - 1 for d in key.digits}
    writing = _Writing(key, {name: _kind(name, read, options.get(name, 0)) for name in key.names}, direct)
    for number, ways in known.items():
        for way in ways:
            if way.steps is not None:
                ops = way.steps.code.ops
                most = {name: max(-ops[p].lo, ops[p].hi) for p, name in way.steps.inputs.items()}
                writing.kinds |= {name: _kind(name, read, most[name]) for name in most}
        writing.key(number, ways, outcomes)
    return Tracks(function(writing.text()), tuple(writing.kinds.items()), sum(len(w) for w in known.values()))


def _kind(name: object, read: Read, most: int) -> Any:
    kind = read(name).dtype
    if not isinstance(name, tuple) or name[0] != "fact":
        return kind
    # It may be narrower or wider in another frame: the code reads all that may stand there.
    return np.dtype(np.int8 if kind.itemsize == 1 and most < 128 else np.int64)


@define(eq=False)
class _Writing:
    """The function being written."""

    start: Key
    kinds: dict[object, Any]
    direct: Direct | None
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
            if self._way(f"{name}_{place}", f"{name}_{place + 1}", way, outcomes[way.outcome]):
                return
        self.lines += [f"{name}_{len(ways)}:", "  br label %none"]

    def _way(self, name: str, other: str, way: Way, outcome: int) -> bool:
        """Write one way; return whether it holds wherever its key does."""
        if way.steps is None:
            ends_ = [(str(e), constant(e)) for e in way.ends]
            self.lines += [*self._stored(way.outcome, outcome, ends_, name), "  br label %next"]
            return True
        steps, loop = way.steps, Loop(way.steps.code, prefix=name)
        condition, *ends = steps.outputs
        for place in needed(steps.code, [condition]):
            self._operation(loop, place, steps.inputs)
        test = loop.column(condition, 1) if condition.place is not None else "true"
        loop.lines += [f"  br i1 {test}, label %{name}_take, label %{other}", f"{name}_take:"]
        for place in needed(steps.code, ends):
            self._operation(loop, place, steps.inputs)
        numbers = [(loop.column(e, 64), e) for e in ends]
        assert not loop.tables, "a way looks nothing up: dates are followed as numbers"
        self.lines += [*loop.lines, *self._stored(way.outcome, outcome, numbers, name), "  br label %next"]
        return False

    def _operation(self, loop: Loop, place: int, inputs: Mapping[int, object]) -> None:
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
        if self.direct is not None:
            ends += "".join(f", ptr noalias %{name}" for name in ("low", "high", "kind", "why", "gaps"))
        fixed = "i64 %start, i64 %stop, ptr noalias %rows, ptr noalias %counted, ptr noalias %outcome"
        lines = [
            f"define void @tracks({fixed}{ends}{columns}) {{",
            "entry:\n  %empty = icmp sge i64 %start, %stop\n  br i1 %empty, label %done, label %unit",
            "unit:\n  %i = phi i64 [%start, %entry], [%after, %next]",
            *head.lines,
            f"  switch i64 {key}, label %none [",
            *self.cases,
            "  ]",
            *self.lines,
            "none:",
            *_put("none", [(Slot("%outcome", 32), str(UNKNOWN), "%i")]),
            "  br label %next",
            "next:\n  %after = add nuw nsw i64 %i, 1\n  %go = icmp slt i64 %after, %stop",
            "  br i1 %go, label %unit, label %done\ndone:\n  ret void\n}\n",
        ]
        takes = 9 + len(names) + (5 if self.direct is not None else 0)
        return Text("tracks", takes, "\n".join(lines), ())

    def _stored(self, outcome: Outcome, number: int, ends: Sequence[tuple[str, Flag | Int]], name: str) -> list[str]:
        """Return what writes down what one way gives."""
        direct = self.direct
        if direct is None or not _plain(outcome, [e for _, e in ends], direct.below):
            wide = [(Slot(f"%end{n}", 64), text, "%i") for n, (text, _) in enumerate(ends)]
            return _put(name, [(Slot("%outcome", 32), str(number), "%i"), *wide])
        found = [(Slot("%low", 64), ends[0][0], "%r"), (Slot("%high", 64), ends[2][0], "%r")]
        return _put(
            name,
            [
                (Slot("%outcome", 32), str(WRITTEN), "%i"),
                (Slot("%kind", 8), str(int(outcome.kind)), "%r"),
                (Slot("%why", 32), str(direct.reasons[outcome.why]), "%r"),
                (Slot("%gaps", 8), str(int(outcome.gaps)), "%r"),
                *(found if outcome.kind != Kind.NONE else []),
            ],
        )


def _plain(outcome: Outcome, ends: Sequence[Flag | Int], below: int) -> bool:
    """Return whether both ends are reached, stand over a denominator, and are not too large for a column of scores."""
    if outcome.kind == Kind.NONE:
        return True
    low, low_below, high, high_below = (e for e in ends if isinstance(e, Int))
    most = MOST // below
    sizes = all(-most < e.lo and e.hi < most for e in (low, high))
    return not any(outcome.flags) and sizes and low_below.known == high_below.known == below


def _put(name: str, stores: Sequence[tuple[Slot, str, str]]) -> list[str]:
    """Return what stores numbers, each in its column at an index."""
    loop = Loop(prefix=f"{name}_s")
    for slot, value, index in stores:
        loop.store(slot, value, index)
    return loop.lines
