"""A frame of departments as one dict a department, for peers that score one at a time. Made once, outside what is timed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

FEN = "（分）"
Row = dict[str, Any]
COLUMNS = {
    "采购项目": ("项目名称", "依法免予公开", "已公开意向", "意向公开日", "采购活动开始日"),
    "采购合同": ("合同名称", "中标通知日", "已签订", "签订日", "已备案", "备案日", "备案工作日数"),
    "绩效目标": (
        "指标名称", "类别", "二级类别", "指标性质", "权重", "目标值", "完成值", "定性档次", "定性系数",
    ),
}  # fmt: skip
_EPOCH = date(1970, 1, 1).toordinal()


def rows(frame: pl.DataFrame, number: Callable[[Any], Any]) -> list[Row]:
    """Return departments by the names of their facts: numbers as number makes them, money in 元, dates in days since 1970."""
    return [_row(row, number) for row in frame.iter_rows(named=True)]


def _row(row: Row, number: Callable[[Any], Any]) -> Row:
    return {name.removesuffix(FEN): _cell(cell, name.endswith(FEN), number) for name, cell in row.items()}


def _cell(cell: Any, fen: bool, number: Callable[[Any], Any]) -> Any:
    match cell:
        case None | bool() | str():
            return cell
        case date():
            return number(cell.toordinal() - _EPOCH)
        case list():
            return [_row(row, number) for row in cell]
        case _:
            return number(Decimal(cell).scaleb(-2) if fen else cell)


def with_workdays(found: list[Row], days: Sequence[int]) -> list[Row]:
    """Add to each contract how many working days passed from signing to filing, for peers that know no calendar."""
    for row in found:
        for contract in row["采购合同"]:
            start, end = contract["签订日"], contract["备案日"]
            taken = bisect_right(days, end) - bisect_right(days, start) if start and end else 0
            contract["备案工作日数"] = float(taken)
    return found


class Names:
    """ASCII names for languages that have no others: facts f0, f1, …, columns c0, c1, …."""

    def __init__(self, row: Row) -> None:
        columns = {c for ledger in COLUMNS.values() for c in ledger}
        self.known = {name: f"f{n}" for n, name in enumerate(row)} | {c: f"c{n}" for n, c in enumerate(sorted(columns))}
        words = sorted(self.known, key=len, reverse=True)
        self.pattern = re.compile("|".join(re.escape(w) for w in words))

    def text(self, expression: str) -> str:
        """Return an expression with its names in ASCII."""
        return self.pattern.sub(lambda m: self.known[m[0]], expression)

    def row(self, row: Row) -> Row:
        """Return a department with its names in ASCII."""
        return {self.known[k]: [self.row(x) for x in v] if isinstance(v, list) else v for k, v in row.items()}
