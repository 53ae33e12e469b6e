"""A batch that is interrupted, killed or damaged, and resumed: nothing lost, nothing twice, the same bytes."""

from __future__ import annotations

import errno
import fcntl
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pytest

from batches import BOOK as SUMMED
from test_batch import BOOK, batch, outputs, small
from zjrules.batch import run as running
from zjrules.bulk.program import Bulk
from zjrules.inout.table.write import Piece, written


@pytest.fixture
def place(tmp_path: Path) -> Path:
    small().write_parquet(tmp_path / "表.parquet")
    (tmp_path / "书.zj").write_text(BOOK, "utf-8")
    return tmp_path


def test_an_interruption_is_resumed_to_the_same_bytes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("表.parquet", "-o", "得分.parquet", "--rules", "书.zj", "--block", "5")
    batch(*args, cwd=place)
    expected = outputs(place, "得分")
    for path in place.glob("得分*"):
        path.unlink()
    score, calls = Bulk.score, iter(range(100))

    def tired(self: Bulk, *rest: object, **named: object) -> object:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return score(self, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Bulk, "score", tired)
    stopped = batch(*args, cwd=place)
    assert "--resume" in stopped.output and isinstance(stopped.exception, KeyboardInterrupt | SystemExit | Exception)
    assert len(list((place / "得分.parquet.未完").glob("*.块"))) == 2
    monkeypatch.setattr(Bulk, "score", score)
    again = batch(*args, cwd=place)
    assert "上次没有算完" in str(again.exception)
    other = batch(*args[:-1], "6", "--resume", cwd=place)
    assert "接不上" in str(other.exception) and "每块" in str(other.exception)
    assert batch(*args, "--resume", cwd=place).return_value == 1
    assert outputs(place, "得分") == expected
    assert "已经算完" in batch(*args, "--resume", cwd=place).output


def crowded(place: Path) -> None:
    """Write units that crowd just above 100 人次, and one of which an amount stands in 万元 where the others have 元."""
    (place / "书.zj").write_text(SUMMED, "utf-8")
    many = 40
    pl.DataFrame(
        {
            "单位": [f"{i}局" for i in range(many)],
            "预算（元）": [1000] * many,
            "支出（元）": [900] * many,
            "结余（元）": [100] * (many - 1) + [1_000_000],
            "培训人次": [100 + i % 5 for i in range(many - 1)] + [97],
            "已公开": [True] * many,
        }
    ).write_parquet(place / "表.parquet")


def test_a_page_tells_what_only_the_facts_say_and_is_the_same_when_resumed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowded(place)
    args = ("表.parquet", "-o", "得分.parquet", "--rules", "书.zj", "--html", "汇总.html")
    assert batch(*args, "--block", "7", cwd=place).return_value == 0
    page, expected = (place / "汇总.html").read_bytes(), outputs(place, "得分")
    text = re.sub(r"(?:<[^>]+>\s*)+", " ", page.decode())
    # 39 of 40 lie just above the edge: P(X ≥ 39) = 41 ÷ 2^40. Of 1000, 900 and 100 元 (levels 20, 19, 16) the last is 3 below
    # the middle; of 1000, 900 and 10^6 元 (20, 19, 32) 12 above it: 15 levels, 10^(15/4) = 5,623, to one digit.
    assert "人次 ≥ 100 人 1 39 26,817,356,775 分之一 异常 界线两旁各宽界线的 1/20" in text
    assert "结余 39局 1,000,000.00 元 约大 6,000 倍 1 办法：金额按数量级的四分之一分级" in text
    score, calls = Bulk.score, iter(range(100))

    def tired(self: Bulk, *rest: object, **named: object) -> object:
        if next(calls) == 3:
            raise KeyboardInterrupt
        return score(self, *rest, **named)  # type: ignore[arg-type]

    for path in (*place.glob("得分*"), place / "汇总.html"):
        path.unlink()
    monkeypatch.setattr(Bulk, "score", tired)
    batch(*args, "--block", "7", cwd=place)
    monkeypatch.setattr(Bulk, "score", score)
    # A run without the page would leave blocks without notes: neither goes on from the other.
    assert "接不上" in str(batch(*args[:-2], "--block", "7", "--resume", cwd=place).exception)
    assert batch(*args, "--block", "7", "--resume", cwd=place).return_value == 0
    assert (place / "汇总.html").read_bytes() == page and outputs(place, "得分") == expected
    assert batch(*args, "--block", "100", "--force", cwd=place).return_value == 0
    assert (place / "汇总.html").read_bytes() == page


def test_a_damaged_block_is_scored_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("表.parquet", "-o", "得分.parquet", "--rules", "书.zj", "--block", "5")
    batch(*args, cwd=place)
    expected = outputs(place, "得分")

    def full(_: str, __: Path, ___: pl.Schema, pieces: Iterable[Piece]) -> None:
        assert sum(len(piece) for piece in pieces)
        raise OSError(28, "磁盘满了")

    monkeypatch.setattr(running, "written", full)
    assert batch(*args, "--force", cwd=place).return_value == 2
    monkeypatch.setattr(running, "written", written)
    blocks = sorted((place / "得分.parquet.未完").glob("*.块"))
    assert len(blocks) == 5
    blocks[1].write_bytes(blocks[1].read_bytes()[:-1])
    blocks[3].unlink()
    assert batch(*args, "--resume", cwd=place).return_value == 1
    assert outputs(place, "得分") == expected


class _Run:
    """A run in a process of its own, which can be killed once it has begun to keep blocks."""

    def __init__(self, place: Path) -> None:
        command = [sys.executable, "-m", "zjrules.cli.main", "batch", "表.parquet", "-o", "得分.parquet"]
        command += ["--rules", "书.zj", "--block", "1", "--resume"]
        self.folder = place / "得分.parquet.未完"
        old = len(list(self.folder.glob("*.块")))
        self.process = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while self.process.poll() is None and len(list(self.folder.glob("*.块"))) <= old:
            time.sleep(0.002)
        self.begun = time.monotonic()

    def ended(self) -> int:
        return self.process.wait()

    def killed(self, after: float) -> bool:
        """Kill it after some seconds; return whether it was alive."""
        time.sleep(after)
        alive = self.process.poll() is None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        return alive


def _killed(place: Path, times: int, seed: int) -> int:
    """Kill runs at random moments and resume them, and hold each that ends against one that was left alone."""
    dice, alive = random.Random(seed), 0
    first = _Run(place)
    assert first.ended() == 1
    span, expected = time.monotonic() - first.begun, outputs(place, "得分")
    _away(place)
    for _ in range(times):
        alive += _Run(place).killed(dice.uniform(0, span * 0.6))
        if not (place / "得分.parquet.未完").exists():
            # Killed at the very end, it could not let go of the output; who was killed holds nothing.
            (place / "得分.parquet.在算").unlink(missing_ok=True)
            assert outputs(place, "得分") == expected
            _away(place)
    assert _Run(place).ended() == 1
    assert outputs(place, "得分") == expected
    return alive


def _away(place: Path) -> None:
    for path in place.glob("得分*"):
        path.unlink()


# ---------- two at once ----------


def _batch(place: Path, *more: str, **named: object) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "zjrules.cli.main",
        "batch",
        "表.parquet",
        "-o",
        "得分.parquet",
        "--rules",
        "书.zj",
    ]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": place, **named}
    return subprocess.Popen([*command, *more], **pipes)  # type: ignore[call-overload,no-any-return]


def test_two_runs_on_one_output_are_kept_apart(place: Path) -> None:
    pl.concat([small()] * 60).with_columns(pl.int_range(pl.len()).cast(pl.String).alias("单位")).write_parquet(
        place / "表.parquet"
    )
    first = _batch(place, "--block", "5")
    hold = place / "得分.parquet.在算"
    deadline = time.monotonic() + 60
    while not list(place.glob("得分.parquet.未完/*.块")):
        assert time.monotonic() < deadline and first.poll() is None
        time.sleep(0.01)
    first.send_signal(signal.SIGSTOP)
    try:
        for more in ((), ("--resume",), ("--force",)):
            second = _batch(place, *more)
            _, said = second.communicate(timeout=120)
            assert second.returncode == 3 and f"另一个 zjrules batch（进程 {first.pid}）正在算「得分.parquet」" in said
        other = _batch(place, "-o", "别的.parquet", "--block", "1000")
        other.communicate(timeout=120)
        assert other.returncode == 1 and (place / "别的.parquet").exists()
    finally:
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=300)
    assert first.returncode == 1
    # Neither has left anything, and what the first wrote is whole.
    assert sorted(p.name for p in place.glob("得分*")) == [
        "得分.parquet", "得分.parquet.来历.json", *(["得分.parquet.退回.csv"] if (place / "得分.parquet.退回.csv").exists() else []),
    ]  # fmt: skip
    assert (place / "得分.parquet").read_bytes() == (place / "别的.parquet").read_bytes()
    assert not hold.exists()


def test_who_was_killed_holds_nothing(place: Path) -> None:
    first = _batch(place, "--block", "1")
    hold = place / "得分.parquet.在算"
    deadline = time.monotonic() + 60
    while not hold.exists():
        assert time.monotonic() < deadline and first.poll() is None
        time.sleep(0.005)
    first.kill()
    first.communicate(timeout=60)
    assert hold.exists()
    again = _batch(place, "--resume", "--block", "1")
    again.communicate(timeout=120)
    assert again.returncode == 1 and (place / "得分.parquet").exists() and not hold.exists()


def test_six_at_once_end_with_one_output(place: Path) -> None:
    runs = [_batch(place, "--force") for _ in range(6)]
    said = [run.communicate(timeout=300)[1] for run in runs]
    codes = [run.returncode for run in runs]
    assert set(codes) <= {1, 3} and 1 in codes
    assert all("正在算" in text for text, code in zip(said, codes, strict=True) if code == 3)
    assert sorted(p.name for p in place.glob("得分*") if "退回" not in p.name) == [
        "得分.parquet",
        "得分.parquet.来历.json",
    ]


def test_a_file_system_without_locks_keeps_nobody_out(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    assert batch("表.parquet", "-o", "得分.parquet", "--rules", "书.zj", cwd=place).return_value == 1


def test_killed_at_random_moments_and_resumed(place: Path) -> None:
    assert _killed(place, 3, 1) > 0


@pytest.mark.slow
def test_killed_fifty_times_and_resumed(place: Path) -> None:
    assert _killed(place, 50, 2) > 20
