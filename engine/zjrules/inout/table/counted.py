"""What units bring to where they are compared, as rows of a table that can be added up anywhere, and the census of all.

A row stands for several units of one place. 类 says what it is added up for:
值: how many have a number (for ranks, which need every number);
和: the numerators of one denominator, added up (for means);
端: how many have a number that is among the two least or the two greatest of its batch (for means and bests);
余: one unit without a known value, whole. A number that is missing never is 0: it stands here or, 不适用, nowhere.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import polars as pl
from attrs import evolve

from zjrules.exact.census import Census, census, is_out, sums_of, thin
from zjrules.pack import packed, unpacked
from zjrules.span import NOWHERE
from zjrules.value import Problem, Unknown, Value

SHORT = 10**27
"""Numerators below this are added up by Spark as Decimal(38, 0): 10^11 rows of them cannot overflow it. Others are texts."""
SCHEMA = pl.Schema(
    {
        "处": pl.Int64(),
        "类": pl.String(),
        "分母": pl.String(),
        "分子": pl.String(),
        "短": pl.Decimal(38, 0),
        "单位数": pl.Int64(),
        "次序": pl.Int64(),
        "余": pl.String(),
    }
)
KEYS, SUMS, TIMES = ("处", "类", "分母", "分子", "次序", "余"), ("短", "单位数"), "份"
"""Rows that agree in KEYS are added up in SUMS; TIMES is how many there were. Order is of 余 alone."""
Row = tuple[int, str, str | None, str | None, int | None, int, int | None, str | None]


def rows_of(
    place: int, kind: str, names: Sequence[str], values: Sequence[Value], order: Mapping[str, int]
) -> Iterator[Row]:
    """Yield what some units bring to a place; kind: what is taken there. order has the place of every unit by its name."""
    counts = Counter(v for v in values if isinstance(v, Fraction))
    if kind == "名次":
        yield from (_number(place, "值", value, count) for value, count in counts.items())
    else:
        by: Counter[int] = Counter()
        for value, count in counts.items():
            by[value.denominator] += count
        for below, above in sums_of(counts).items():
            short = abs(above) < SHORT
            text, number = (None, above) if short else (str(above), None)
            yield (place, "和", str(below), text, number, by[below], None, None)
        found = sorted(counts)
        ends = found if len(found) < 4 else [*found[:2], *found[-2:]]
        yield from (_number(place, "端", value, counts[value]) for value in ends)
    for name, brought in zip(names, values, strict=True):
        if not isinstance(brought, Fraction) and not is_out(brought):
            text = json.dumps([name, packed(_plain(brought), ())], ensure_ascii=False)
            yield (place, "余", None, None, None, 1, order[name], text)


def _number(place: int, kind: str, value: Fraction, count: int) -> Row:
    return (place, kind, str(value.denominator), str(value.numerator), None, count, None, None)


def _plain(value: Value) -> Value:
    """Return a value without places in the rules, which no table of scores shows."""
    match value:
        case Problem():
            return evolve(value, span=NOWHERE)
        case Unknown(problems=problems):
            return evolve(value, problems=frozenset(evolve(p, span=NOWHERE) for p in problems))
        case _:
            return value


def census_of(kind: str, rows: Iterable[Mapping[str, Any]]) -> Census:
    """Return what all units bring to a place, of rows that were added up. Raises OverflowError where a sum was lost."""
    counts: Counter[Fraction] = Counter()
    sums: Counter[int] = Counter()
    known = 0
    rest: list[tuple[int, str]] = []
    for row in rows:
        match row["类"]:
            case "余":
                rest.append((row["次序"], row["余"]))
            case "和":
                long = row["分子"]
                if long is None and row["短"] is None:
                    raise OverflowError("a sum of numerators left Decimal(38, 0)")
                sums[int(row["分母"])] += int(row["短"]) if long is None else int(long) * row[TIMES]
                known += row["单位数"]
            case _:
                counts[Fraction(int(row["分子"]), int(row["分母"]))] += row["单位数"]
    told = [json.loads(text) for _, text in sorted(rest)]
    open_ = [(name, unpacked(data, ())) for name, data in told]
    if kind == "名次":
        return census(counts, open_)
    return thin(counts, known, sums, open_)
