"""Work in processes of its own, a few at a time: what takes too long is ended, and the server goes on answering."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

import anyio.to_thread

from zjrules.web.failure import TOO_BUSY, TOO_LONG, TOO_MUCH, Refused, refused
from zjrules.web.lane import receive, send
from zjrules.web.settings import Settings

Value = TypeVar("Value")
Arguments = TypeVarTuple("Arguments")
_START = "from zjrules.web.lane import main; main()"


class BugError(Exception):
    """Work ended by a mistake of ours; the text is its kind and place."""


class Lanes:
    """The processes that work, at most as many as there are lanes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free: queue.LifoQueue[_Lane] = queue.LifoQueue()
        self._lanes = [_Lane(settings) for _ in range(settings.lanes)]
        self._guard = threading.Lock()
        self._inside = 0
        self._closed = False
        for lane in self._lanes:
            self._free.put(lane)

    async def run(self, work: Callable[[*Arguments], Value], *arguments: *Arguments) -> Value:
        """Return what a function of a module gives; it and its arguments must be picklable.

        Raises Refused when there is no room, or when it takes too long or too much memory; BugError when it fails.
        """
        with self._guard:
            if self._inside >= self._settings.lanes + self._settings.most_waiting:
                raise _busy()
            self._inside += 1
        job = pickle.dumps((work, arguments))
        try:
            found: Value = await anyio.to_thread.run_sync(self._wait, job)
        finally:
            with self._guard:
                self._inside -= 1
        return found

    def _wait(self, job: bytes) -> Any:
        try:
            lane = self._free.get(timeout=self._settings.wait_seconds)
        except queue.Empty:
            raise _busy() from None
        try:
            if self._closed:
                raise _busy()
            return lane.call(job)
        finally:
            self._free.put(lane)

    def close(self) -> None:
        """End all processes. Those who wait for one are told that it ended, and put away what is left of it."""
        self._closed = True
        with contextlib.suppress(queue.Empty):
            while True:
                self._free.get_nowait().end()
        for lane in self._lanes:
            lane.kill()


def _busy() -> Refused:
    return refused(503, TOO_BUSY, "现在用的人太多，没有轮到", "过一会儿再试")


class _Lane:
    """One process that works; it is started when it is first needed, and again after it was ended."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, job: bytes) -> Any:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = _started(self._settings.work_memory)
        late = threading.Event()

        def end() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(self._settings.work_seconds, end)
        timer.start()
        try:
            answer = _asked(process, job)
        finally:
            timer.cancel()
        if answer is None:
            self.end()
            raise _late(self._settings.work_seconds) if late.is_set() else _too_much()
        how, value = pickle.loads(answer)  # noqa: S301 - written by our own child process
        if how == "refused":
            raise Refused(value)
        if how == "memory":
            self.end()  # what it holds on to is not known
            raise _too_much()
        if how == "bug":
            raise BugError(value)
        return value

    def kill(self) -> None:
        process = self._process
        if process is not None:
            _kill(process)
            process.wait()

    def end(self) -> None:
        self.kill()
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]


def _asked(process: subprocess.Popen[bytes], job: bytes) -> bytes | None:
    assert process.stdin is not None and process.stdout is not None
    try:
        send(process.stdin, job)
        return receive(process.stdout)
    except OSError:
        return None


def _started(memory: int) -> subprocess.Popen[bytes]:
    # A session of its own: an interrupt meant for the server does not reach it, and it ends with all that it started.
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _START, str(memory)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _late(seconds: int) -> Refused:
    return refused(503, TOO_LONG, f"{seconds} 秒没有算完，停了", "删去工作簿里用不到的表和图片，再传一次")


def _too_much() -> Refused:
    return refused(503, TOO_MUCH, "要用的内存太多，停了", "删去工作簿里用不到的表和图片，再传一次")
