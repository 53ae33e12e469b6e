"""What the rows of units come to, compiled: their sum, or the largest or smallest of them, several rows of a unit at once.

How many rows a unit has is what a processor cannot foresee, and a wrong guess costs it more than some rows: all lanes are taken,
and those behind the last row hold nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from zjrules.bulk.ir import Loop, Slot, Text

LANES = 8
"""Rows at a time; behind the rows of a block, there must be room for so many more."""
_DECLARED = "".join(
    f"declare i{w} @llvm.vector.reduce.{act}.v{LANES}i{w}(<{LANES} x i{w}>)\n"
    for w in (32, 64)
    for act in ("add", "smax", "smin")
) + "".join(
    f"declare <{LANES} x i{w}> @llvm.{act}.v{LANES}i{w}(<{LANES} x i{w}>, <{LANES} x i{w}>)\n"
    for w in (32, 64)
    for act in ("smax", "smin")
)


@frozen
class Fold:
    """One column of rows that is brought together by unit: sum, max or min, and the bits of the rows and of the units."""

    kind: str
    bits: int
    into: int

    @property
    def none(self) -> int:
        """What changes nothing."""
        if self.kind == "sum":
            return 0
        half = 1 << (self.into - 1)
        return -half if self.kind == "max" else half - 1


def by_unit(folds: Sequence[Fold]) -> Text:
    """Return a function ``units(start, stop, first row, starts, rows…, units…)``; a unit without rows has 0 everywhere.

    The columns of rows begin with the first row, those of starts and units with the first of all units.
    """
    taken = "".join(f", ptr noalias %{name}{n}" for name in ("row", "out") for n in range(len(folds)))
    head, inner, after, carried = Loop(prefix="h"), Loop(prefix="r"), Loop(prefix="s"), []
    first, last = (head.put(f"sub i64 {head.load(Slot('%starts', 64), i)}, %base") for i in ("%u", "%after"))
    inside = _inside(inner, last)
    for n, fold in enumerate(folds):
        made = _taken(inner, fold, n, inside)
        carried.append(f"  %s{n} = phi {_lanes(fold.into)} [{_all(fold)}, %unit], [{made}, %rows]")
        after.store(Slot(f"%out{n}", fold.into), _one(after, fold, made, (first, last)), "%u")
    lines = [
        f"{_DECLARED}define void @units(i64 %start, i64 %stop, i64 %base, ptr noalias %starts{taken}) {{",
        "entry:\n  %none = icmp sge i64 %start, %stop\n  br i1 %none, label %done, label %unit",
        "unit:\n  %u = phi i64 [%start, %entry], [%after, %put]\n  %after = add nuw nsw i64 %u, 1",
        *head.lines,
        f"  br label %rows\nrows:\n  %i = phi i64 [{first}, %unit], [%next, %rows]",
        *carried,
        *inner.lines,
        f"  %next = add nuw nsw i64 %i, {LANES}\n  %more = icmp slt i64 %next, {last}\n  br i1 %more, label %rows, label %put",
        "put:",
        *after.lines,
        "  %go = icmp slt i64 %after, %stop\n  br i1 %go, label %unit, label %done\ndone:\n  ret void\n}\n",
    ]
    return Text("units", 4 + 2 * len(folds), "\n".join(lines), ())


def _lanes(bits: int) -> str:
    return f"<{LANES} x i{bits}>"


def _all(fold: Fold) -> str:
    return f"<{', '.join([f'i{fold.into} {fold.none}'] * LANES)}>"


def _inside(loop: Loop, last: str) -> str:
    """Return which lanes hold rows of the unit."""
    left = loop.put(f"sub i64 {last}, %i")
    one = loop.put(f"insertelement {_lanes(64)} poison, i64 {left}, i64 0")
    every = loop.put(f"shufflevector {_lanes(64)} {one}, {_lanes(64)} poison, <{LANES} x i32> zeroinitializer")
    numbers = ", ".join(f"i64 {n}" for n in range(LANES))
    return loop.put(f"icmp slt {_lanes(64)} <{numbers}>, {every}")


def _taken(loop: Loop, fold: Fold, n: int, inside: str) -> str:
    """Return what the rows so far and those at hand come to, lane by lane."""
    kind = _lanes(fold.into)
    place = loop.put(f"getelementptr i{fold.bits}, ptr %row{n}, i64 %i")
    value = loop.put(f"load {_lanes(fold.bits)}, ptr {place}, align {fold.bits // 8}")
    if fold.bits != fold.into:  # bytes are truths, or numbers from 0 to 127
        value = loop.put(f"{'zext' if fold.bits == 8 else 'sext'} {_lanes(fold.bits)} {value} to {kind}")
    value = loop.put(f"select <{LANES} x i1> {inside}, {kind} {value}, {kind} {_all(fold)}")
    if fold.kind == "sum":
        return loop.put(f"add {kind} %s{n}, {value}")
    return loop.put(f"call {kind} @llvm.s{fold.kind}.v{LANES}i{fold.into}({kind} %s{n}, {kind} {value})")


def _one(loop: Loop, fold: Fold, lanes: str, rows: tuple[str, str]) -> str:
    """Return what all lanes come to."""
    act = "add" if fold.kind == "sum" else f"s{fold.kind}"
    found = loop.put(f"call i{fold.into} @llvm.vector.reduce.{act}.v{LANES}i{fold.into}({_lanes(fold.into)} {lanes})")
    if fold.kind == "sum":
        return found
    empty = loop.put(f"icmp eq i64 {rows[0]}, {rows[1]}")
    return loop.put(f"select i1 {empty}, i{fold.into} 0, i{fold.into} {found}")
