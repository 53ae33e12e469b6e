"""A batch that is interrupted, killed or damaged, and resumed: nothing lost, nothing twice, the same bytes."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from test_batch import BOOK, batch, outputs, small
from zjrules.batch import run as running
from zjrules.bulk.program import Bulk
from zjrules.inout.table.write import written


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


def test_a_damaged_block_is_scored_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("表.parquet", "-o", "得分.parquet", "--rules", "书.zj", "--block", "5")
    batch(*args, cwd=place)
    expected = outputs(place, "得分")

    def full(*_: object) -> None:
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
            assert outputs(place, "得分") == expected
            _away(place)
    assert _Run(place).ended() == 1
    assert outputs(place, "得分") == expected
    return alive


def _away(place: Path) -> None:
    for path in place.glob("得分*"):
        path.unlink()


def test_killed_at_random_moments_and_resumed(place: Path) -> None:
    assert _killed(place, 3, 1) > 0


@pytest.mark.slow
def test_killed_fifty_times_and_resumed(place: Path) -> None:
    assert _killed(place, 50, 2) > 20
