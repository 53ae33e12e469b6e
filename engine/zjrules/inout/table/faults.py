"""What is wrong with single rows of a table, gathered column by column as a table of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from attrs import define, field

from zjrules.bulk.frame import Ints
from zjrules.diag import Code, Diagnostic, Severity

SCHEMA = pl.Schema(
    {
        "单位": pl.String,
        "行": pl.Int64,
        "列": pl.String,
        "值": pl.String,
        "级别": pl.String,
        "代码": pl.String,
        "说明": pl.String,
        "帮助": pl.String,
    }
)
"""The columns of what is said of rows; 行 is counted from 1. A row with an error (错误) is not scored."""
_TOLD = ("级别", "代码", "说明", "帮助")


def told(found: Diagnostic) -> dict[str, str]:
    """Return a diagnostic as the last columns of a row."""
    return dict(zip(_TOLD, (found.severity.value, found.code.number, found.message, found.help), strict=True))


@define
class Faults:
    """Gathers what is said of rows; of a ledger's, those of row i of the table are from starts[i] up to starts[i + 1]."""

    column: str = ""
    starts: Ints | None = None
    parts: list[pl.DataFrame] = field(factory=list)

    def of(self, column: str) -> Faults:
        """Return a gatherer for one column, into the same list."""
        return Faults(column, self.starts, self.parts)

    def within(self, starts: Ints) -> Faults:
        """Return a gatherer for the rows of a ledger, into the same list."""
        return Faults(self.column, starts, self.parts)

    def put(self, rows: Ints, values: pl.Series, found: Mapping[int, Sequence[Diagnostic]], which: Ints) -> None:
        """Say of rows with values what was found for each distinct value, which says which of them a row has."""
        lines = [{"which": k, **told(d)} for k, every in found.items() for d in every]
        if not lines:
            return
        said = pl.DataFrame(lines, schema={"which": pl.Int64, **dict.fromkeys(_TOLD, pl.String)})
        given = pl.DataFrame({"place": rows, "值": values.cast(pl.String), "which": which.astype(np.int64)})
        self._keep(given.join(said, on="which", how="inner", maintain_order="left_right").drop("which"))

    def say(self, rows: Ints, values: pl.Series, found: Diagnostic) -> None:
        """Say one thing of some rows."""
        if len(rows):
            self.put(rows, values, {0: (found,)}, np.zeros(len(rows), np.int64))

    def _keep(self, part: pl.DataFrame) -> None:
        name = pl.lit(self.column)
        if self.starts is not None:
            places = part["place"].to_numpy()
            owner = np.searchsorted(self.starts, places, side="right") - 1
            numbers = pl.Series("n", places - self.starts[owner] + 1)
            part = part.with_columns(pl.Series("place", owner.astype(np.int64)))
            name = pl.concat_str(pl.lit(f"{self.column}（第 "), numbers.cast(pl.String), pl.lit(" 行）"))
        self.parts.append(part.with_columns(name.alias("列")))

    def bad(self, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Return which rows of the table have an error."""
        found = np.zeros(size, np.bool_)
        for part in self.parts:
            found[part.filter(pl.col("级别") == Severity.ERROR.value)["place"].to_numpy()] = True
        return found

    def table(self, units: pl.Series, first: int = 0) -> pl.DataFrame:
        """Return all that was said, by rows; first is how many rows stood before this table."""
        if not self.parts:
            return pl.DataFrame(schema=SCHEMA)
        every = pl.concat([p.select("place", "列", "值", *_TOLD) for p in self.parts])
        every = every.sort("place", maintain_order=True)
        return every.with_columns(
            units.gather(every["place"]).cast(pl.String).alias("单位"), (pl.col("place") + 1 + first).alias("行")
        ).select(SCHEMA.names())


def note(code: Code, message: str, help_: str) -> Diagnostic:
    """Return a diagnostic whose place is a row of a table, which stands beside it."""
    return Diagnostic(code, message, (), help_)
