"""The different texts of a column, each read once by `fit`, as the cells of a fact file are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import cast

import numpy as np
import polars as pl
import pyarrow as pa
from attrs import frozen

from zjrules import fit
from zjrules.bulk.frame import Ints, Known, States
from zjrules.bulk.grid import grid, reach
from zjrules.diag import Diagnostic
from zjrules.fact import Asked, State
from zjrules.inout.table import numbers as num
from zjrules.inout.table.columns import Column
from zjrules.inout.workbook.values import entry
from zjrules.span import NOWHERE
from zjrules.unit import Choice, Number, Scalar, Text, Truth


@frozen(eq=False)
class Fitted:
    """What each of several texts is: its state, its number where the columns hold it, its value where they do not."""

    states: States
    numbers: Ints
    beside: Mapping[int, Scalar]
    problems: Mapping[int, Sequence[Diagnostic]]


def fitted(texts: Sequence[str], column: Column) -> Fitted:
    """Return what `fit` makes of texts."""
    asked = column.asked
    states = np.full(len(texts), Known.MISSING, np.uint8)
    held = np.zeros(len(texts), np.int64)
    beside: dict[int, Scalar] = {}
    said: dict[int, Sequence[Diagnostic]] = {}
    reason = "有" if asked.needs_reason else ""
    for k, text in enumerate(num.joined(texts, column) if isinstance(asked.type, Number) else texts):
        raw = entry(asked.name, {"值": text, "佐证": "有", "理由": reason}, NOWHERE, NOWHERE)
        fact, problems = fit.single(raw, asked)
        said |= {k: problems} if problems else {}
        if fact.state is State.NOT_APPLICABLE:
            states[k] = Known.NOT_APPLICABLE
        elif fact.value is not None:
            number = _held(fact.value, asked)
            states[k] = Known.GIVEN if number is not None else Known.BESIDE
            held[k] = number or 0
            beside |= {k: fact.value} if number is None else {}
    return Fitted(states, held, beside, said)


def _held(value: Scalar, asked: Asked) -> int | None:
    match asked.type:
        case Truth():
            return int(value)
        case Choice(options):
            return options.index(str(value))
        case Text():
            return None
        case _:
            scaled = Fraction(value) * grid(asked.type)
            least, most = reach(asked)
            return int(scaled) if scaled.denominator == 1 and least <= scaled <= most else None


def coded(texts: pl.Series) -> tuple[Ints, list[str]]:
    """Return every text as its number in the list of different ones."""
    found = pa.array(texts.to_arrow(compat_level=pl.CompatLevel.oldest())).dictionary_encode()
    return cast(Ints, found.indices.to_numpy().astype(np.int64)), found.dictionary.to_pylist()
