"""How compiled operations are called: a block of rows at a time, while the columns of the next block are called for.

A rule set reads more columns at once than a processor foresees; called for column by column, they are there when their turn
comes. Of a ledger, the rows of a block stay in the cache until they are brought together. Where the columns are is told by two
lists of integers in memory: the address of each, and how many bytes it is from one row to the next (0: it is the same everywhere).
"""

from __future__ import annotations

from collections.abc import Iterable

from zjrules.bulk.ir import Text

BLOCK = 128
"""Rows, or units, at a time; what is the same everywhere is there once for each row of a block."""
_AHEAD = """define internal void @{name}(ptr %at, ptr %by, i64 %column, i64 %last, i64 %row, i64 %rows) noinline {{
entry:
  %none = icmp sge i64 %column, %last
  br i1 %none, label %done, label %one
one:
  %k = phi i64 [%column, %entry], [%k.next, %after]
  %p.at = getelementptr ptr, ptr %at, i64 %k
  %p = load ptr, ptr %p.at
  %step.at = getelementptr i64, ptr %by, i64 %k
  %step = load i64, ptr %step.at
  %far = mul i64 %row, %step
  %from = getelementptr i8, ptr %p, i64 %far
  %bytes = mul i64 %rows, %step
  %same = icmp eq i64 %bytes, 0
  br i1 %same, label %after, label %line
line:
  %i = phi i64 [0, %one], [%next, %line]
  %here = getelementptr i8, ptr %from, i64 %i
  call void @llvm.prefetch.p0(ptr %here, i32 {write}, i32 2, i32 1)
  %next = add i64 %i, 64
  %more = icmp slt i64 %next, %bytes
  br i1 %more, label %line, label %after
after:
  %k.next = add i64 %k, 1
  %go = icmp slt i64 %k.next, %last
  br i1 %go, label %one, label %done
done:
  ret void
}}
"""
_CALLED = (
    "declare void @llvm.prefetch.p0(ptr, i32, i32, i32)\n"
    + _AHEAD.format(name="read", write=0)
    + _AHEAD.format(name="written", write=1)
)
_EACH = """entry:
{entry}
  %none = icmp sge i64 %start, %stop
  br i1 %none, label %done, label %block
block:
  %u = phi i64 [%start, %entry], [%after, %block]
  %far = add i64 %u, {block}
  %after = call i64 @llvm.smin.i64(i64 %far, i64 %stop)
  %units = sub i64 %after, %u
{body}
  %more = icmp slt i64 %after, %stop
  br i1 %more, label %block, label %done
done:
  ret void
}}
"""


def over_blocks(rows: Text, read: int, written: int) -> Text:
    """Return a function ``blocks(start, stop, addresses, steps)`` that calls one over rows (ir.over_rows) for all blocks.

    read, written: how many columns that one takes; its tables are the last of the addresses.
    """
    count = read + written + len(rows.tables)
    columns = range(read + written)
    entry = [_known(n) for n in range(count)]
    body = [_from(n, "%u") for n in columns]
    body += [
        f"  call void @{act}(ptr %at, ptr %by, i64 {first}, i64 {last}, i64 %after, i64 {BLOCK})"
        for act, first, last in (("read", 0, read), ("written", read, read + written))
    ]
    taken = [*(f"%from{n}" for n in columns), *(f"%p{n}" for n in range(read + written, count))]
    body.append(f"  call void @{rows.name}(i64 0, i64 %units{_pointers(taken)})")
    head = "define void @blocks(i64 %start, i64 %stop, ptr noalias %at, ptr noalias %by) {\n"
    each = _EACH.format(entry="\n".join(entry), body="\n".join(body), block=BLOCK)
    return Text("blocks", 4, f"{_CALLED}{_inner(rows)}{head}{each}", rows.tables)


def over_units(rows: Text, units: Text, read: int, folds: int) -> Text:
    """Return a function ``blocks(start, stop, addresses, steps, starts, held)``: the rows of a block of units, then these (fold.by_unit).

    read: how many columns the function over rows takes; folds: how many it gives, and how many the function over units. The
    addresses are of the columns read, of what the units come to, and of the tables; held are those of columns for the rows of one block.
    """
    count = read + folds + len(rows.tables)
    entry = [_known(n) for n in range(count)]
    entry += [
        f"  %at.h{n} = getelementptr ptr, ptr %held, i64 {n}\n  %h{n} = load ptr, ptr %at.h{n}" for n in range(folds)
    ]
    body = [
        "  %at.first = getelementptr i64, ptr %starts, i64 %u\n  %first = load i64, ptr %at.first",
        "  %at.last = getelementptr i64, ptr %starts, i64 %after\n  %last = load i64, ptr %at.last",
        "  %rows = sub i64 %last, %first",
        *(_from(n, "%first") for n in range(read)),
    ]
    held, tables = [f"%h{n}" for n in range(folds)], [f"%p{n}" for n in range(read + folds, count)]
    taken = [*(f"%from{n}" for n in range(read)), *held, *tables]
    body.append(f"  call void @{rows.name}(i64 0, i64 %rows{_pointers(taken)})")
    brought = [*held, *(f"%p{n}" for n in range(read, read + folds))]
    body.append(f"  call void @{units.name}(i64 %u, i64 %after, i64 %first, ptr %starts{_pointers(brought)})")
    head = "define void @blocks(i64 %start, i64 %stop, ptr %at, ptr %by, ptr %starts, ptr %held) {\n"
    each = _EACH.format(entry="\n".join(entry), body="\n".join(body), block=BLOCK)
    return Text("blocks", 6, f"{_inner(rows)}{_inner(units)}{head}{each}", rows.tables)


def _inner(text: Text) -> str:
    return text.text.replace("define void", "define internal void", 1)


def _pointers(names: Iterable[str]) -> str:
    return "".join(f", ptr {name}" for name in names)


def _known(n: int) -> str:
    """Return what reads where a column begins, and its step."""
    return (
        f"  %at{n} = getelementptr ptr, ptr %at, i64 {n}\n  %p{n} = load ptr, ptr %at{n}\n"
        f"  %by{n}.at = getelementptr i64, ptr %by, i64 {n}\n  %by{n} = load i64, ptr %by{n}.at"
    )


def _from(n: int, row: str) -> str:
    """Return what says where a row of a column is."""
    return f"  %far{n} = mul i64 {row}, %by{n}\n  %from{n} = getelementptr i8, ptr %p{n}, i64 %far{n}"
