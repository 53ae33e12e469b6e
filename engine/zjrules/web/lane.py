"""What runs in a lane's own process: one piece of work after another, within a bound of memory.

A piece of work is a function of ours with its arguments; it comes in and its value goes out pickled, over pipes that nobody
else can write to.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from pathlib import Path
from typing import IO

from zjrules.web.failure import Refused

try:
    import resource
except ImportError:  # Windows has no such limits; the parent's time limit is left
    resource = None  # type: ignore[assignment]

SIZE = 8
"""Bytes of the length that stands before every message."""


def main() -> None:
    """Work until the parent closes the pipe; the first argument is the most memory, in bytes."""
    if resource is not None and sys.platform != "darwin":  # macOS refuses RLIMIT_AS
        most = int(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not stand among the answers, and what was uploaded must not stand in a log.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    while (job := receive(sys.stdin.buffer)) is not None:
        send(answers, _done(job))


def _done(job: bytes) -> bytes:
    try:
        work, arguments = pickle.loads(job)  # noqa: S301 - written by our own parent process
        return pickle.dumps(("done", work(*arguments)))
    except Refused as refused:
        return pickle.dumps(("refused", refused.told))
    except MemoryError:
        return pickle.dumps(("memory", ""))
    except Exception as bug:  # noqa: BLE001 - whatever goes wrong is told by its kind and place, never by its words
        where = traceback.extract_tb(bug.__traceback__)[-1]
        return pickle.dumps(("bug", f"{type(bug).__name__}（{Path(where.filename).name}:{where.lineno}）"))


def receive(stream: IO[bytes]) -> bytes | None:
    """Return the next message, None at the end of a stream."""
    size = stream.read(SIZE)
    if len(size) < SIZE:
        return None
    want = int.from_bytes(size, "big")
    data = stream.read(want)
    return data if len(data) == want else None


def send(stream: IO[bytes], message: bytes) -> None:
    """Write a message. Raises OSError when nobody reads it."""
    stream.write(len(message).to_bytes(SIZE, "big"))
    stream.write(message)
    stream.flush()
