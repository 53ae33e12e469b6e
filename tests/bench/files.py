"""``zjrules batch`` from Parquet to Parquet: its time against what cannot be saved, and its memory over ten million departments.

What cannot be saved is reading the input, scoring columns that are in memory, and writing the output: each done by itself,
in the same run and in turn. With --memory a folder of parts is scored by a process of its own, whose peak is told.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

# As the command does, before Arrow is imported.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

import polars as pl
import pyarrow.parquet as pq
from departments import BOOK, departments, rules

from zjrules.bulk.program import bulk
from zjrules.cli.main import group
from zjrules.inout.calendar import work_calendar
from zjrules.inout.table.frame import frame_from
from zjrules.inout.table.scores import table_of
from zjrules.inout.table.write import ROWS

PART = 100_000
"""Departments in a part file, and in a row group of it."""
Job = Callable[[], object]


def parts(folder: Path, n: int) -> None:
    """Write n departments as part files."""
    for number, start in enumerate(range(0, n, PART)):
        departments(min(PART, n - start), number + 3, first=start).write_parquet(folder / f"{number:03d}.parquet")


def seconds(job: Job) -> float:
    """Return how long a job takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def batch(source: Path, out: Path) -> None:
    """Run the command in this process, so that the start of Python is not measured."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        group.main(["batch", str(source), "-o", str(out), "--rules", BOOK, "--force"], standalone_mode=False)


def jobs(folder: Path, source: Path) -> dict[str, Job]:
    """Return what is measured, by name: the command, and what cannot be saved."""
    out = folder / "得分.parquet"
    batch(source, out)
    scored = pq.read_table(out)
    program = bulk(rules(), work_calendar())
    files = sorted(source.iterdir())
    tables = [pl.read_parquet(file) for file in files]
    frames = [frame_from(program.program, table)[0] for table in tables]

    def written() -> None:
        pq.write_table(scored, folder / "写.parquet", compression="zstd", row_group_size=ROWS)
        with (folder / "写.parquet").open("rb+") as file:
            os.fsync(file.fileno())

    def converted() -> None:
        for table in tables:
            table_of(program.score(frame_from(program.program, table)[0])).to_arrow()

    return {
        "batch": lambda: batch(source, out),
        "读": lambda: [pl.read_parquet(file) for file in files],
        "算": lambda: [program.score(frame) for frame in frames],
        "写": written,
        "换表、算、成表": converted,
    }


def speed(n: int, rounds: int) -> None:
    """Print the ratios of the command's time, medians over rounds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "入"
        source.mkdir()
        parts(source, n)
        todo = jobs(folder, source)
        found = [{what: seconds(job) for what, job in todo.items()} for _ in range(rounds + 1)][1:]
    print(f"<!-- {n:,} 个部门，{rounds} 轮的中位；先热身一轮 -->")
    for what in todo:
        print(f"{what}  {statistics.median(turn[what] for turn in found):.2f} 秒")
    for names in (("读", "算", "写"), ("读", "换表、算、成表", "写")):
        print(f"batch ÷ ({' + '.join(names)})  {statistics.median(_ratio(turn, names) for turn in found):.2f}")


def _ratio(turn: Mapping[str, float], names: tuple[str, ...]) -> float:
    return turn["batch"] / sum(turn[name] for name in names)


def memory(n: int) -> None:
    """Print the peak of the command's process over n departments in part files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "入"
        source.mkdir()
        parts(source, n)
        command = [sys.executable, "-m", "zjrules.cli.main", "batch", str(source), "-o", str(folder / "得分.parquet")]
        start = time.monotonic()
        process = subprocess.Popen([*command, "--rules", BOOK], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.monotonic() - start
        assert os.waitstatus_to_exitcode(status) in (0, 1)
        print(f"{n:,} 个部门  {took:.0f} 秒  每秒 {n / took:,.0f}  内存最高 {usage.ru_maxrss / 1024:,.0f} MB")


def main() -> None:
    """Print what is asked for."""
    words = argparse.ArgumentParser(description="batch 从 Parquet 到 Parquet 的快慢和内存")
    words.add_argument("--rows", type=int, default=200_000, help="多少个部门，默认 200,000")
    words.add_argument("--rounds", type=int, default=5, help="几轮，默认 5")
    words.add_argument(
        "--memory", type=int, metavar="N", help="不量快慢，量 N 个部门的内存（一千万个要 3 GB 磁盘、五分钟以上）"
    )
    given = words.parse_args()
    if given.memory:
        memory(given.memory)
    else:
        speed(given.rows, given.rounds)


if __name__ == "__main__":
    main()
