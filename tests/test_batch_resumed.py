"""A batch that is interrupted, killed or damaged, and resumed: nothing lost, nothing twice, the same bytes."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from test_batch import ZHANJIANG, batch, departments, outputs
from zjrules.batch import run as running
from zjrules.bulk.program import Bulk
from zjrules.inout.table.write import written


@pytest.fixture
def place(tmp_path: Path) -> Path:
    departments().write_parquet(tmp_path / "表.parquet")
    return tmp_path


def test_an_interruption_is_resumed_to_the_same_bytes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("表.parquet", "-o", "得分.parquet", "--rules", ZHANJIANG, "--block", "5")
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
    args = ("表.parquet", "-o", "得分.parquet", "--rules", ZHANJIANG, "--block", "5")
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


def _killed(place: Path, times: int, seed: int) -> int:
    """Kill a run at random moments and resume it; return how many kills met it alive."""
    dice, met = random.Random(seed), 0
    command = [sys.executable, "-m", "zjrules.cli.main", "batch", "表.parquet", "-o", "得分.parquet", "--rules", ZHANJIANG,
               "--block", "2", "--resume"]  # fmt: skip
    start = time.monotonic()
    subprocess.run(command, cwd=place, check=False, capture_output=True)
    whole = time.monotonic() - start
    expected = outputs(place, "得分")
    for path in place.glob("得分*"):
        path.unlink()
    for _ in range(times):
        process = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(whole * 0.2, whole * 1.02))
        met += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        if dice.random() < 0.3 and not (place / "得分.parquet.未完").exists():
            for path in place.glob("得分*"):
                path.unlink()
    assert subprocess.run(command, cwd=place, check=False, capture_output=True).returncode == 1
    assert outputs(place, "得分") == expected
    return met


def test_killed_at_random_moments_and_resumed(place: Path) -> None:
    assert _killed(place, 3, 1) > 0


@pytest.mark.slow
def test_killed_fifty_times_and_resumed(place: Path) -> None:
    assert _killed(place, 50, 2) > 20
