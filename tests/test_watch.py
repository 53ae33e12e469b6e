"""``zjrules check --watch`` as real processes: saved in every way that editors save, piped and on a terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from test_help import FRAME
from zjrules.inout.watch import PATIENCE, Eye

PATIENT = 60
"""Seconds after which a test gives up; a busy machine takes its time."""
BOOK = f"""{FRAME.rpartition("一级指标")[0]}事实 次数 : 个数（处） ≥ 0 处
参数 每处 = 0.5 分
一级指标{FRAME.rpartition("一级指标")[2]}指标 一 4 分
  扣分
    每 1 处 次数 扣 每处
    扣完为止
"""
# 4 - 1 × 0.5 = 3.5, 4 - 2 × 0.5 = 3, 4 - 3 × 0.5 = 2.5; with 1 point each 4 - 3 = 1


def facts(times: str) -> str:
    return f"规则: 书\n单位: 某局\n事实: {{次数: {times}}}\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "rules/书").mkdir(parents=True)
    (tmp_path / "rules/书/书.zj").write_text(BOOK, "utf-8")
    (tmp_path / "局.yaml").write_text(facts("1 处"), "utf-8")
    return tmp_path


class Watcher:
    """A running ``check --watch``, and what it has written so far."""

    def __init__(self, place: Path, *options: str, size: tuple[int, int] | None = None, **env: str) -> None:
        self.text = ""
        self.end: int | None = None
        out: int = subprocess.PIPE
        if size is not None:
            self.end, out = pty.openpty()
            self.resized(size)
        command = [sys.executable, "-m", "zjrules.cli.main", "check", "局.yaml", "--watch", *options]
        env = {**os.environ, "PYTHONUTF8": "1", "TERM": "xterm", "ZJRULES_NO_CACHE": "1", **env}
        for name in ("COLUMNS", "LINES"):
            env.pop(name, None)
        self.process = subprocess.Popen(command, cwd=place, env=env, stdout=out, stderr=subprocess.STDOUT)
        if self.end is None:
            assert self.process.stdout is not None
            self.from_ = self.process.stdout.fileno()
        else:
            os.close(out)
            self.from_ = self.end

    def resized(self, size: tuple[int, int]) -> None:
        assert self.end is not None
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))

    def until(self, pattern: str, start: int = 0) -> int:
        """Read until a pattern is there after a place in the text; return where it ends."""
        deadline = time.monotonic() + PATIENT
        while (found := re.compile(pattern, re.DOTALL).search(self.text, start)) is None:
            assert time.monotonic() < deadline, f"{pattern} 没有出现：\n{self.text[start:]}"
            if not self._more():
                raise AssertionError(f"{pattern} 没有出现就结束了：\n{self.text[start:]}")
        return found.end()

    def _more(self) -> bool:
        if not select.select([self.from_], [], [], 0.5)[0]:
            return True
        try:
            data = os.read(self.from_, 1 << 16)
        except OSError:
            return False
        self.text += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)

    def ended(self, how: int = signal.SIGINT) -> int:
        """End it, when it has nothing more to say, and return its exit code."""
        while select.select([self.from_], [], [], 0.3)[0] and self._more():
            pass
        self.process.send_signal(how)
        deadline = time.monotonic() + PATIENT
        while self._more() and self.process.poll() is None:
            assert time.monotonic() < deadline
        while select.select([self.from_], [], [], 0.2)[0] and self._more():
            pass
        return self.process.wait()

    def frames(self) -> list[list[str]]:
        """Return what stood on the screen, time after time."""
        inner = self.text.partition("\x1b[?1049h")[2].partition("\x1b[?1049l")[0]
        return [re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", f).split("\n") for f in inner.split("\x1b[H")[1:]]


@pytest.fixture
def watching() -> Iterator[Callable[..., Watcher]]:
    started: list[Watcher] = []

    def start(*args: object, **named: object) -> Watcher:
        started.append(Watcher(*args, **named))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait()
        if each.process.stdout is not None:
            each.process.stdout.close()
        else:
            os.close(each.from_)


def written_in_place(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def renamed_over(path: Path, text: str) -> None:
    """As vim and most editors save: aside, then over it."""
    aside = path.with_name("~局.tmp")
    aside.write_text(text, "utf-8")
    aside.replace(path)


def deleted_and_made(path: Path, text: str) -> None:
    path.unlink()
    time.sleep(0.3)
    path.write_text(text, "utf-8")


def backed_up_and_made(path: Path, text: str) -> None:
    """As Word and Excel save: the old file gets another name first."""
    path.rename(path.with_name("旧.bak"))
    time.sleep(0.2)
    path.write_text(text[:10], "utf-8")
    time.sleep(0.05)
    path.write_text(text, "utf-8")


def truncated_and_filled(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.flush()
        time.sleep(0.3)
        file.write(text)


def test_every_way_of_saving_is_one_run_that_says_what_moved(place: Path, watching: Callable[..., Watcher]) -> None:
    watch, path = watching(place), place / "局.yaml"
    at = watch.until(r"第 1 次.*总分 3\.50，等级 \S+，没有发现问题.*总分 .*\n\n")
    before = "3.50"
    ways = (written_in_place, renamed_over, deleted_and_made, backed_up_and_made, truncated_and_filled)
    for number, (save, times) in enumerate(zip(ways, (2, 3, 2, 3, 2), strict=True), 2):
        save(path, facts(f"{times} 处"))
        now = {2: "3.00", 3: "2.50"}[times]
        arrow = "↓" if now < before else "↑"
        at = watch.until(rf"第 {number} 次.*）一  {before} → {now} {arrow}0\.50.*总分  {before} → {now}.*\n\n", at)
        before = now
    assert "没有算成" not in watch.text
    assert watch.ended() == 0


def test_two_saves_in_quick_succession_end_with_the_second(place: Path, watching: Callable[..., Watcher]) -> None:
    watch, path = watching(place), place / "局.yaml"
    at = watch.until(r"第 1 次.*\n\n")
    written_in_place(path, facts("2 处"))
    written_in_place(path, facts("3 处"))
    at = watch.until(r"→ 2\.50.*\n\n", at)
    assert "第 4 次" not in watch.text
    # A save that changes nothing is none, though the file is younger.
    os.utime(path)
    time.sleep(1)
    written_in_place(path, facts("1 处"))
    at = watch.until(r"2\.50 → 3\.50 ↑1\.00", at)
    assert watch.ended() == 0


def test_what_cannot_be_read_is_said_and_the_next_save_goes_on_from_the_last_scores(
    place: Path, watching: Callable[..., Watcher]
) -> None:
    watch, path = watching(place), place / "局.yaml"
    at = watch.until(r"第 1 次.*\n\n")
    written_in_place(path, "规则: 书\n单位: [某局\n")
    at = watch.until(r"没有算成\n错误 ZJ5001.*局\.yaml.*上一次：某局 总分 3\.50.*\n\n", at)
    path.unlink()
    at = watch.until(r"没有算成\n错误 ZJ1050 读不了「局\.yaml」：没有这个文件.*\n\n", at)
    written_in_place(path, facts("2 处"))
    at = watch.until(r"）一  3\.50 → 3\.00 ↓0\.50", at)
    written_in_place(path, facts(""))
    at = watch.until(r"）一  3\.00 → 0\.00 至 4\.00\n", at)
    assert watch.ended() == 1


def test_a_saved_rule_file_and_a_new_one_count(place: Path, watching: Callable[..., Watcher]) -> None:
    book = place / "rules/书/书.zj"
    written_in_place(place / "局.yaml", facts("3 处"))
    watch = watching(place)
    at = watch.until(r"第 1 次.*总分 2\.50.*\n\n")
    renamed_over(book, BOOK.replace("0.5 分", "1 分"))
    at = watch.until(r"）一  2\.50 → 1\.00 ↓1\.50", at)
    written_in_place(book, BOOK.replace("扣 每处", "扣 每次"))
    at = watch.until(r"没有算成\n错误 ZJ2.*书\.zj", at)
    written_in_place(book.with_name("参.zj"), "参数 每次 = 0.5 分\n")
    at = watch.until(r"）一  1\.00 → 2\.50 ↑1\.50", at)
    # Another rule set, and from then on its files.
    (place / "rules/新").mkdir()
    written_in_place(place / "rules/新/书.zj", BOOK.replace("0.5 分", "0.1 分"))
    written_in_place(place / "局.yaml", facts("3 处").replace("书", "新"))
    at = watch.until(r"第 5 次.*总分 3\.70.*\n\n", at)
    written_in_place(place / "rules/新/书.zj", BOOK.replace("0.5 分", "0.2 分"))
    at = watch.until(r"）一  3\.70 → 3\.40 ↓0\.30", at)
    assert watch.ended(signal.SIGTERM) == 0


def test_a_reviewers_file_counts_too(place: Path, watching: Callable[..., Watcher]) -> None:
    further = place / "复核.yaml"
    written_in_place(further, "单位: 某局\n事实: {次数: {复核: 2 处, 复核理由: 漏了一处}}\n")
    watch = watching(place, "--with", "复核.yaml")
    at = watch.until(r"第 1 次.*\n\n")
    written_in_place(further, "单位: 某局\n事实: {次数: {复核: 3 处, 复核理由: 漏了两处}}\n")
    watch.until(r"）一  复核 3\.00 → 2\.50 ↓0\.50", at)
    watch.ended()


def test_json_is_one_line_for_every_run(place: Path, watching: Callable[..., Watcher]) -> None:
    watch, path = watching(place, "--format", "json"), place / "局.yaml"
    at = watch.until(r"\n")
    written_in_place(path, "[")
    at = watch.until(r"\n", at)
    written_in_place(path, facts("2 处"))
    watch.until(r"\n", at)
    assert watch.ended() == 0
    first, second, third = (json.loads(line) for line in watch.text.splitlines())
    assert [r["格式"] for r in (first, second, third)] == ["zjrules.check/1"] * 3
    assert first["单位"][0]["总分"]["按自述"]["显示"] == "3.50" and third["单位"][0]["总分"]["按自述"]["显示"] == "3.00"
    assert second["单位"][0]["发现"][0]["代码"] == "ZJ5001"


@pytest.mark.parametrize("size", [(40, 100), (8, 40)])
def test_on_a_terminal_the_screen_is_written_in_place(
    place: Path, watching: Callable[..., Watcher], size: tuple[int, int]
) -> None:
    watch, path = watching(place, size=size), place / "局.yaml"
    at = watch.until(r"\x1b\[\?1049h.*总分 3\.50")
    written_in_place(path, facts("2 处"))
    at = watch.until(r"变动 2 处.*3\.50 → 3\.00 ↓0\.50", at)
    written_in_place(path, "[")
    at = watch.until(r"没有算成.*ZJ5001.*上一次：某局 总分 3\.00" if size[0] > 8 else "没有算成.*还有 . 行", at)
    written_in_place(path, facts("3 处"))
    at = watch.until(r"3\.00 → 2\.50 ↓0\.50", at)
    watch.resized((30, 90))
    at = watch.until(r"\x1b\[H(?:[^\n]*\n){29}[^\n]* {80}", at)
    assert watch.ended() == 0
    # The other screen is left, the cursor is back, and the last run stands on the terminal itself.
    rest = watch.text.partition("\x1b[?1049l")[2]
    assert "\x1b[?25h" in watch.text and "第 4 次" in rest and "3.00 → 2.50" in rest
    frames = watch.frames()
    assert len(frames) == 6
    # Nothing scrolls: no frame is higher than the screen, and no line wider.
    for frame in frames[1:-1]:
        assert len(frame) == size[0] and max(map(cell_len, frame)) <= size[1]
    assert len(frames[-1]) == 30
    assert "\x1b[2J" not in watch.text.partition("\x1b[?1049h")[2]


def test_without_colour_the_arrows_say_it(place: Path, watching: Callable[..., Watcher]) -> None:
    watch = watching(place, size=(40, 100), NO_COLOR="1")
    at = watch.until(r"总分 3\.50")
    written_in_place(place / "局.yaml", facts("2 处"))
    watch.until(r"3\.50 → 3\.00 ↓0\.50", at)
    watch.ended()
    assert not re.search(r"\x1b\[(?:\d+;)*3[0-7]m", watch.text)


def test_a_certificate_is_not_watched(place: Path) -> None:
    command = [sys.executable, "-m", "zjrules.cli.main", "check", "局.yaml", "--watch", "--certificate", "证.json"]
    found = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert found.returncode == 3 and "--watch 不出凭证" in found.stderr


# ---------- the eye ----------


def test_a_file_of_which_the_time_is_coarse_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "甲"
    eye = Eye(lambda: [path])
    path.write_bytes(b"1")
    now = time.time_ns() // 10**9 * 10**9
    os.utime(path, ns=(now, now))
    seen = eye.look()
    path.write_bytes(b"2")  # as large, and within the same second
    os.utime(path, ns=(now, now))
    assert eye.look() != seen


def test_an_old_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "甲"
    path.write_bytes(b"1")
    os.utime(path, (1, 1))
    eye = Eye(lambda: [path])
    seen = eye.look()

    def never(_: Path) -> bytes:
        raise AssertionError("read again")

    monkeypatch.setattr(Path, "read_bytes", never)
    assert eye.look() == seen


def test_a_file_that_stays_away_is_told_after_a_while(tmp_path: Path) -> None:
    path = tmp_path / "甲"
    path.write_bytes(b"1")
    eye = Eye(lambda: [path])
    seen = eye.look()
    threading.Timer(0.1, path.unlink).start()
    start = time.monotonic()
    assert eye.changed(seen, lambda: None) == {}
    assert time.monotonic() - start > PATIENCE
