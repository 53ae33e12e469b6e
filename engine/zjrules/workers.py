"""What Spark's workers do with their rows, by `mapInArrow`: score them, or say what they bring to where units are compared.

What they are sent travels as data: the rules are in a broadcast, their digest is in the task. Nothing here knows Spark.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from attrs import frozen

import zjrules
from zjrules.bulk.frame import Frame
from zjrules.bulk.program import Bulk, bulk
from zjrules.bulk.slow import among_all
from zjrules.exact.places import brought, places
from zjrules.inout.table import faults, scores
from zjrules.inout.table.columns import UNIT, Reading, reading
from zjrules.inout.table.counted import SCHEMA, rows_of
from zjrules.inout.table.frame import frame_from
from zjrules.pack import unpacked_whole
from zjrules.term import rule as tr

ASIDE = "退回·"
"""What stands before the columns of what is said of a row, which are null in the rows of scores."""
TOLD = tuple(name for name in faults.SCHEMA.names() if name not in (UNIT, "行"))
"""What is said of a row: Spark's rows have no numbers."""
ORDER = "次序·"
"""The column of the place of a row among Spark's rows, where units are compared."""
_LIBRARIES = ("polars", "numpy", "chinesecalendar", "lunardate")


class SparkError(Exception):
    """Why a DataFrame cannot be scored on Spark, and a way out, in the user's words."""


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of what is shipped."""
    return hashlib.sha256(data).hexdigest()


@cache
def stamp() -> str:
    """Return what is the same where the engine and what decides its scores are: its texts, and versions of libraries."""
    package = Path(zjrules.__file__).parent
    found = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        found.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    found.update("".join(f"{name} {version(name)}\n" for name in _LIBRARIES).encode())
    return found.hexdigest()


def schema_of(program: tr.Program) -> pl.Schema:
    """Return the columns of what `Task` gives back: those of the scores, then what is said of rows."""
    return pl.Schema({**scores.schema_of(program), **{ASIDE + name: pl.String() for name in TOLD}})


@frozen(eq=False)
class Sent:
    """What a worker is sent: load has 规则, 日历, 重名, 不用的列 and, where units are compared and counted, 全体."""

    load: Any
    digest: str
    engine: str

    def ready(self) -> Bulk:
        """Return the rules made ready. Raises SparkError where rules or engine are not the driver's."""
        if self.engine != stamp():
            raise SparkError(
                "这个节点上的 zjrules（或 polars、numpy、工作日历的库）和驱动程序的不是一版；装成一样的再算"
            )
        load = self.load.value
        if digest_of(load["规则"]) != self.digest:
            raise SparkError("节点收到的规则和驱动程序发的不一样（摘要不符）；重新提交")
        return _ready(self.digest, lambda: _made(load))

    def frames(
        self, made: Bulk, batches: Iterator[pa.RecordBatch]
    ) -> Iterator[tuple[pl.DataFrame, Frame, pl.DataFrame]]:
        """Yield the rows of each batch, those of them that can be scored, and what is said of the others."""
        load = self.load.value
        twice = pl.Series(load["重名"], dtype=pl.String)
        how: Reading | None = None
        for batch in batches:
            whole = pl.from_arrow(batch)
            assert isinstance(whole, pl.DataFrame)
            table = whole.drop(ORDER, strict=False)
            if how is None:
                how, problems = reading(made.program.schema, dict(table.schema), "DataFrame", load["不用的列"])
                assert how is not None, [d.message for d in problems]
            yield whole, *frame_from(made.program, table, how, twice=twice)


@frozen(eq=False)
class Task(Sent):
    """Scores rows."""

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of scores of each batch and what is said of its rows. Raises SparkError."""
        made = self.ready()
        schema = schema_of(made.program)
        every = self.load.value.get("全体")
        for _, frame, said in self.frames(made, batches):
            told = said.select(UNIT, *(pl.col(name).alias(ASIDE + name) for name in TOLD))
            for part in (scores.table_of(made.score(frame, every=every)), told):
                if part.height:
                    yield from _arrow(_filled(part, schema))


@frozen(eq=False)
class Count(Sent):
    """Counts what units bring to the places at which they are compared (exact/places), by the numbers of these."""

    wanted: tuple[int, ...]

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield what the units of each batch bring, counted as far as one batch can. Raises SparkError."""
        made = self.ready()
        every = self.load.value["全体"]
        asked = places(made.program)
        for table, frame, _ in self.frames(made, batches):
            units = among_all(made.program, frame, made.calendar, every)
            order = dict(zip(table[UNIT].cast(pl.String), table[ORDER], strict=True))
            rows = [
                row
                for number in self.wanted
                for row in rows_of(number, asked[number].kind, units.names, brought(asked[number], units), order)
            ]
            if rows:
                yield from _arrow(pl.DataFrame(rows, schema=SCHEMA, orient="row"))


_READY: dict[str, Bulk] = {}


def _ready(digest: str, make: Callable[[], Bulk]) -> Bulk:
    """Return the rules made ready; a worker process does that once, whatever number of tasks it is given."""
    if digest not in _READY:
        _READY.clear()
        _READY[digest] = make()
    return _READY[digest]


def _made(load: Mapping[str, Any]) -> Bulk:
    return bulk(unpacked_whole(json.loads(load["规则"])), load["日历"])


def _filled(part: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(
        [part[n] if n in part.columns else pl.Series(n, [None] * part.height, dtype=k) for n, k in schema.items()]
    )


def _arrow(table: pl.DataFrame) -> list[pa.RecordBatch]:
    """Return a table in the types that Spark asks for."""
    found = table.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    plain = [pa.field(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in found.schema]
    batches: list[pa.RecordBatch] = found.cast(pa.schema(plain)).combine_chunks().to_batches()
    return batches
