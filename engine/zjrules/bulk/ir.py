"""Operations as one loop over rows in the language of LLVM: what is between them stays in the processor's registers.

Every number is as wide as its bounds ask for (operation.dtype_of). Rows of which something is missing hold anything and are
not looked at, but nothing that is done with them may trap: a divisor is made at least 1, an index is kept inside its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from attrs import define, field, frozen

from zjrules.bulk.code import SHORT, Code, Flag, Int, Op
from zjrules.bulk.operation import TRUTHS, dtype_of
from zjrules.bulk.table import Lookup

COMPARED = {"lt": "slt", "le": "sle", "eq": "eq"}
WRAPPING = {"add": "add", "sub": "sub", "mul": "mul", "bits": "or"}
"""Where only the lower bits of what goes in reach the lower bits of what comes out."""
DIGITS = 4
"""A quotient of no more binary digits than these is worked out without dividing; with more, the code grows too long to compile."""
DECLARED = "".join(
    f"declare i{w} @llvm.smax.i{w}(i{w}, i{w})\ndeclare i{w} @llvm.smin.i{w}(i{w}, i{w})\n"
    f"declare i{w} @llvm.abs.i{w}(i{w}, i1)\n"
    for w in (32, 64)
)


@frozen
class Slot:
    """A column in memory: what it is called in the code, and how many bits one of its numbers has."""

    name: str
    bits: int


def bits_of(kind: Any) -> int:
    """Return the bits of one number of an array."""
    return int(np.dtype(kind).itemsize) * 8


@define(eq=False)
class Loop:
    """The body of a loop over rows, being written."""

    code: Code = field(factory=Code)
    prefix: str = "v"
    """What the names of its values begin with: two bodies in one function have different ones."""
    lines: list[str] = field(factory=list)
    values: dict[int, str] = field(factory=dict)
    tables: list[Lookup] = field(factory=list)
    made: int = 0

    def put(self, text: str) -> str:
        """Write an instruction and return the name of what it gives."""
        self.made += 1
        self.lines.append(f"  %{self.prefix}.{self.made} = {text}")
        return f"%{self.prefix}.{self.made}"

    def load(self, slot: Slot, index: str = "%i") -> str:
        """Return the number of a column in the row at hand."""
        place = self.put(f"getelementptr i{slot.bits}, ptr {slot.name}, i64 {index}")
        return self.put(f"load i{slot.bits}, ptr {place}")

    def store(self, slot: Slot, value: str, index: str = "%i") -> None:
        """Write a number into the row at hand."""
        place = self.put(f"getelementptr i{slot.bits}, ptr {slot.name}, i64 {index}")
        self.lines.append(f"  store i{slot.bits} {value}, ptr {place}")

    def cast(self, value: str, have: int, want: int) -> str:
        """Return a number in another width; a truth is 1 bit wide."""
        if have == want:
            return value
        act = "trunc" if want < have else "zext" if have == 1 else "sext"
        return self.put(f"{act} i{have} {value} to i{want}")

    def column(self, output: Int | Flag, want: int) -> str:
        """Return a column of the code in a width; one that is the same everywhere as a constant."""
        if output.place is not None:
            return self.cast(self.values[output.place], self.width(output.place), want)
        return str(int(output.lo) if isinstance(output, Int) else int(bool(output.known)))

    def width(self, place: int) -> int:
        """Return how many bits an operation gives."""
        op = self.code.ops[place]
        return 1 if op.name in TRUTHS or op.name == "truth" else bits_of(dtype_of(op.lo, op.hi))

    def given(self, place: int, slot: Slot, index: str = "%i") -> None:
        """Read an input."""
        value = self.load(slot, index)
        if self.code.ops[place].name == "truth":
            self.values[place] = self.put(f"icmp ne i{slot.bits} {value}, 0")
        else:
            self.values[place] = self.cast(value, slot.bits, self.width(place))

    # ---------- operations ----------

    def operation(self, place: int) -> None:
        """Write one operation."""
        op, width = self.code.ops[place], self.width(place)
        wide = max(width, *(self._least(a) for a in op.args)) if op.name != "lookup" else width
        match op.name:
            case "lt" | "le" | "eq":
                a, b = (self._arg(x, wide) for x in op.args)
                found = self.put(f"icmp {COMPARED[op.name]} i{wide} {a}, {b}")
            case "and" | "or":
                a, b = (self._arg(x, 1) for x in op.args)
                found = self.put(f"{op.name} i1 {a}, {b}")
            case "not":
                found = self.put(f"xor i1 {self._arg(op.args[0], 1)}, true")
            case "if":
                test, a, b = self._arg(op.args[0], 1), *(self._arg(x, width) for x in op.args[1:])
                found = self.put(f"select i1 {test}, i{width} {a}, i{width} {b}")
            case "lookup":
                found = self._lookup(op, width)
            case "max" | "min":
                a, b = (self._arg(x, wide) for x in op.args)
                found = self.cast(self.extreme(op.name, wide, a, b), wide, width)
            case "abs":
                inner = self.put(f"call i{wide} @llvm.abs.i{wide}(i{wide} {self._arg(op.args[0], wide)}, i1 false)")
                found = self.cast(inner, wide, width)
            case "floor":
                found = self.cast(self._floor(op, wide), wide, width)
            case _:
                a, b = (self._arg(x, width) for x in op.args)
                found = self.put(f"{WRAPPING[op.name]} i{width} {a}, {b}")
        self.values[place] = found

    def _least(self, arg: object) -> int:
        """Return the width in which a number must be compared or divided."""
        if isinstance(arg, int):
            return max(self.width(arg), 32)
        assert isinstance(arg, tuple)
        return 32 if abs(arg[1]) <= SHORT else 64

    def _arg(self, arg: object, want: int) -> str:
        if isinstance(arg, int):
            return self.cast(self.values[arg], self.width(arg), want)
        assert isinstance(arg, tuple)
        return str(arg[1])

    def extreme(self, name: str, width: int, a: str, b: str) -> str:
        """Return the larger (max) or smaller of two."""
        return self.put(f"call i{width} @llvm.s{name}.i{width}(i{width} {a}, i{width} {b})")

    def _lookup(self, op: Op, width: int) -> str:
        table, arg = op.args
        assert isinstance(table, Lookup)
        self.tables.append(table)
        inside = self.extreme("max", 64, self._arg(arg, 64), "0")
        inside = self.extreme("min", 64, inside, str(len(table.values) - 1))
        return self.load(Slot(f"%table{len(self.tables) - 1}", width), inside)

    def _floor(self, op: Op, width: int) -> str:
        above, below = op.args
        a, b = self._arg(above, width), self._arg(below, width)
        if isinstance(below, int):
            b = self.extreme("max", width, b, "1")
        if self._low(above) >= 0:
            digits = op.hi.bit_length()
            few = isinstance(below, int) and digits <= DIGITS and self._high(below) < 2 ** (width - 1 - digits)
            return self._digits(digits, width, a, b) if few else self.put(f"udiv i{width} {a}, {b}")
        whole = self.put(f"sdiv i{width} {a}, {b}")
        # Division cuts towards 0: where that was upward, one less is the floor.
        back = self.put(f"mul i{width} {whole}, {b}")
        over = self.put(f"icmp sgt i{width} {back}, {a}")
        return self.put(f"add i{width} {whole}, {self.put(f'sext i1 {over} to i{width}')}")

    def _digits(self, digits: int, width: int, a: str, b: str) -> str:
        """Return a small quotient by subtracting, binary digit after digit: several rows at once, which division is not."""
        found = "0"
        for digit in reversed(range(digits)):
            part = self.put(f"shl i{width} {b}, {digit}")
            goes = self.put(f"icmp uge i{width} {a}, {part}")
            found = self.put(f"or i{width} {found}, {self.put(f'select i1 {goes}, i{width} {1 << digit}, i{width} 0')}")
            a = self.put(f"sub i{width} {a}, {self.put(f'select i1 {goes}, i{width} {part}, i{width} 0')}")
        return found

    def _high(self, place: int) -> int:
        return self.code.ops[place].hi

    def _low(self, arg: object) -> int:
        if isinstance(arg, int):
            return self.code.ops[arg].lo
        assert isinstance(arg, tuple)
        return int(arg[1])


@frozen(eq=False)
class Text:
    """A function in the language of LLVM: its name, how many integers it takes, and the tables that are the last of these."""

    name: str
    takes: int
    text: str
    tables: tuple[Lookup, ...]


def over_rows(
    code: Code, places: Iterable[int], inputs: Sequence[tuple[int, int]], outputs: Sequence[tuple[Int | Flag, int]]
) -> Text:
    """Return a function ``rows(start, stop, inputs…, outputs…, tables…)``.

    places: the operations in order; inputs: the place of each and its bits in memory; outputs: each with its bits in memory.
    """
    loop = Loop(code)
    slots = [Slot(f"%in{n}", bits) for n, (_, bits) in enumerate(inputs)]
    for (place, _), slot in zip(inputs, slots, strict=True):
        loop.given(place, slot)
    for place in places:
        if place not in loop.values:
            loop.operation(place)
    into = [Slot(f"%out{n}", bits) for n, (_, bits) in enumerate(outputs)]
    for (output, _), slot in zip(outputs, into, strict=True):
        loop.store(slot, loop.column(output, slot.bits))
    tables = [f"%table{n}" for n in range(len(loop.tables))]
    columns = "".join(f", ptr noalias {name}" for name in [*(s.name for s in (*slots, *into)), *tables])
    body = "\n".join(loop.lines)
    return Text(
        "rows",
        2 + len(slots) + len(into) + len(tables),
        f"define void @rows(i64 %start, i64 %stop{columns}) {{\n"
        "entry:\n  %none = icmp sge i64 %start, %stop\n  br i1 %none, label %done, label %loop\n"
        f"loop:\n  %i = phi i64 [%start, %entry], [%next, %loop]\n{body}\n"
        "  %next = add nuw nsw i64 %i, 1\n  %more = icmp slt i64 %next, %stop\n"
        f"  br i1 %more, label %loop, label %done\ndone:\n  ret void\n}}\n",
        tuple(loop.tables),
    )
