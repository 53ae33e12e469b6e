"""Many departments: ours beside what others do with the same rules and data. ``make bench-peers``, then run this.

Every contestant is a process of its own (peers/contest.py). They take turns, so that a busy machine slows all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import pyarrow.parquet as pq
from attrs import define, field, frozen
from departments import departments, rules
from draw import EPOCH, Ints
from reference import exact_cents

from zjrules.inout.calendar import work_calendar

HERE = Path(__file__).parent
PEERS = HERE.parents[1] / ".venv-peers/bin/python"
WARM, ROUNDS = 6, 5
"""Runs that do not count (ours learns and compiles what it meets), and runs that do."""
PATIENCE = 900
"""Seconds that one contestant may take for one file."""
EXACT, TIMED, CHUNK = 20_000, 200_000, 100_000
"""How many departments are held against the exact scores, how many are timed, and how many are drawn at a time."""


@frozen
class Contestant:
    """A way to score: its name, its module, the Python that runs it, and the data that it is timed on."""

    name: str
    module: str
    python: str = sys.executable
    data: str = "full"


BASE = Contestant("numpy float64，手写", "by_hand_numpy")
CONTESTANTS = (
    Contestant("我们", "ours"),
    Contestant("我们，一成事实缺失，给区间", "ours", data="missing"),
    BASE,
    Contestant("同上，处处放宽 1e-9", "by_hand_slack"),
    Contestant("OpenFisca-core（float32）", "peers.with_openfisca", str(PEERS)),
    Contestant("Polars 表达式（Float64）", "peers.with_polars", str(PEERS)),
    Contestant("DuckDB（DECIMAL，相除是 DOUBLE）", "peers.with_duckdb", str(PEERS)),
    Contestant("Python Decimal，手写", "peers.with_decimal", str(PEERS)),
    Contestant("CEL（common-expression-language）", "peers.with_cel", str(PEERS)),
    Contestant("zen-engine（GoRules）", "peers.with_zen", str(PEERS)),
)


@define(eq=False)
class Running:
    """A contestant's process, and what it said of each run."""

    contestant: Contestant
    process: subprocess.Popen[str]
    context: dict[str, Any]
    rows: int = 0
    only: list[int] | None = None
    runs: list[dict[str, float]] = field(factory=list)
    wrong: str = "— | —"

    def order(self, **order: object) -> dict[str, Any]:
        """Give an order and return the answer."""
        stdin, stdout = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise SystemExit(f"{self.contestant.name}：没有做完，它的出错信息在上面")
        return cast(dict[str, Any], json.loads(line))

    def load(self, path: Path, *, timed: bool) -> None:
        """Load departments, all of them or those that it is timed on."""
        said = self.order(do="load", path=str(path), timed=timed, **self.context)
        self.rows, self.only = said["rows"], said["only"]

    def speed(self, turn: int, *, whole: bool) -> float:
        """Return departments a second in one of the runs; whole: with bringing the frame into the contestant's form."""
        run = self.runs[turn]
        return self.rows / (run["seconds"] + (run["prepared"] if whole else 0))


def started(contestant: Contestant) -> Running:
    """Start a contestant."""
    env = {**os.environ, "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [contestant.python, "-m", "peers.contest", contestant.module]
    process = subprocess.Popen(command, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    calendar, deadline = work_calendar(), date(2026, 5, 30).toordinal() - EPOCH
    days = [d - EPOCH for d in calendar.days]
    return Running(contestant, process, {"deadline": deadline, "days": days})


def ended(running: Running) -> None:
    """Let a contestant end."""
    cast(IO[str], running.process.stdin).close()
    running.process.wait()


def judged(contestant: Contestant, folder: Path, exact: Ints) -> str:
    """Return the share of departments of which any score is not the exact one, and of those off by more than 0.02."""
    running = started(contestant)
    running.load(folder / "exact.parquet", timed=False)
    running.order(do="run")
    running.order(do="save", path=str(folder / "scores.npy"))
    ended(running)
    only = running.only or list(range(exact.shape[1]))
    gap = np.abs(np.load(folder / "scores.npy") - exact)[:, only].max(axis=1)
    return f"{(gap > 0).mean():.2%} | {(gap > 2).mean():.2%}"


def table(contestants: list[Contestant], folder: Path) -> None:
    """Let all take turns and print what came of it."""
    print(f"<!-- 部门 {TIMED:,} 个，对错按 {EXACT:,} 个；{os.cpu_count()} 核 -->", flush=True)
    frame = departments(EXACT, 1)
    frame.write_parquet(folder / "exact.parquet")
    exact = exact_cents(frame, rules(), work_calendar())
    departments(TIMED, 2).write_parquet(folder / "full.parquet")
    departments(TIMED, 2, missing=0.1).write_parquet(folder / "missing.parquet")
    running = [started(c) for c in contestants]
    for each in running:
        if each.contestant.data == "full":
            each.wrong = judged(each.contestant, folder, exact)
        each.load(folder / f"{each.contestant.data}.parquet", timed=True)
    for _ in range(WARM + ROUNDS):
        for each in running:
            each.runs.append({k: float(v) for k, v in each.order(do="run").items()})
    base = next(r for r in running if r.contestant is BASE)
    print(
        "| 谁 | 算错的部门 | 差 0.02 分以上 | 计时的部门 | 部门/秒 | 比 numpy | 连换表，部门/秒 | 比 numpy | 内存（MB） |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for each in running:
        print(line(each, base))
        ended(each)


def line(each: Running, base: Running) -> str:
    """Return a contestant's line; the first runs, which warm up, do not count."""
    cells = [each.contestant.name, each.wrong, f"{each.rows:,}"]
    for whole in (False, True):
        turns = range(WARM, WARM + ROUNDS)
        speeds = [each.speed(t, whole=whole) for t in turns]
        ratios = [s / base.speed(t, whole=whole) for t, s in zip(turns, speeds, strict=True)]
        cells += [f"{statistics.median(speeds):,.0f}", f"{statistics.median(ratios):.3g}"]
    peak = max(run["peak"] for run in each.runs)
    return f"| {' | '.join([*cells, f'{peak:,.0f}'])} |"


# ---------- growth ----------


def written(path: Path, n: int) -> None:
    """Write n departments to a Parquet file, piece by piece."""
    writer = None
    for start in range(0, n, CHUNK):
        piece = departments(min(CHUNK, n - start), start + 3, first=start).to_arrow()
        writer = writer or pq.ParquetWriter(path, piece.schema)
        writer.write_table(piece)
    assert writer is not None
    writer.close()


def streamed(contestant: Contestant, path: Path, n: int, folder: Path) -> str:
    """Return the cells of one file and one contestant; what would take longer than PATIENCE is not done."""
    running = started(contestant)
    running.load(folder / "few.parquet", timed=True)
    first = running.order(do="run")
    if n / running.rows * first["seconds"] > PATIENCE:
        ended(running)
        return "— | — | —"
    said = running.order(do="stream", path=str(path))
    ended(running)
    assert said["rows"] == n
    return f"{said['seconds']:,.1f} | {n / said['seconds']:,.0f} | {said['peak']:,.0f}"


def growth(sizes: list[int], folder: Path) -> None:
    """Print what it takes to score files of more and more departments, read from Parquet piece by piece."""
    print("| 部门 | 谁 | 秒 | 部门/秒 | 内存（MB） |\n|---|---|---|---|---|")
    for n in sizes:
        path = folder / f"{n}.parquet"
        written(path, n)
        for contestant in (CONTESTANTS[0], BASE):
            print(f"| {n:,} | {contestant.name} | {streamed(contestant, path, n, folder)} |", flush=True)
        path.unlink()


def main() -> None:
    """Print the tables."""
    words = argparse.ArgumentParser(description="大批部门的快慢和对错")
    words.add_argument("--only", nargs="*", metavar="名称", help="只跑名称里有这几个字的；numpy 总跑")
    words.add_argument("--no-growth", action="store_true", help="不做由少到多的一张表")
    words.add_argument("--ten-million", action="store_true", help="由少到多做到一千万个（要约 3 GB 磁盘、十几分钟）")
    given = words.parse_args()
    wanted = [c for c in CONTESTANTS if c is BASE or not given.only or any(w in c.name for w in given.only)]
    if not PEERS.exists():
        wanted = [c for c in wanted if c.python == sys.executable]
        print("<!-- 没有装来比的（make bench-peers），只跑自己的 -->")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table(wanted, folder)
        if not given.no_growth:
            departments(1000, 1).write_parquet(folder / "few.parquet")
            growth([10**4, 10**5, 10**6, *([10**7] if given.ten_million else [])], folder)


if __name__ == "__main__":
    main()
