"""Work beside the main thread: what comes next is made ready while one is used, and what is done is carried on with.

polars, pyarrow and compiled code do not hold Python's lock, so that two cores are busy. Never more than one piece waits.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
Pipe = queue.Queue["list[T] | StoppedError"]
"""One piece at a time; an empty list is the end."""
PATIENCE = 0.05
"""Seconds after which it is looked at whether the other side is still there."""


class StoppedError(Exception):
    """There will be no more pieces: something else went wrong."""


def ahead(pieces: Iterator[T], meanwhile: Callable[[], None] = lambda: None) -> Iterator[T]:
    """Yield pieces, of which the next is worked out while one is used; meanwhile is done while the first is."""
    with ThreadPoolExecutor(1, "zjrules-ahead") as pool:
        waiting = pool.submit(lambda: list(islice(pieces, 1)))
        meanwhile()
        while found := waiting.result():
            waiting = pool.submit(lambda: list(islice(pieces, 1)))
            # Whoever uses it may let it go before the next is there.
            yield found.pop()


@contextmanager
def handing(use: Callable[[Iterator[T]], None]) -> Iterator[Callable[[T], None]]:
    """Yield what hands a piece to a function that uses them in a thread of its own; at the end it has used all of them.

    Raises what the function raises. After an error here it gets StoppedError instead of the next piece.
    """
    pipe: Pipe[T] = queue.Queue(1)

    def pieces() -> Iterator[T]:
        while found := pipe.get():
            if isinstance(found, StoppedError):
                raise found
            yield found.pop()

    with ThreadPoolExecutor(1, "zjrules-beside") as pool:
        job = pool.submit(use, pieces())
        try:
            yield lambda piece: _put(pipe, [piece], job)
            _put(pipe, [], job)
        except BaseException:
            _put(pipe, StoppedError(), job)
            raise
        job.result()


def _put(pipe: Pipe[T], found: list[T] | StoppedError, job: Future[None]) -> None:
    """Wait until there is room for a piece, or the other side has ended; raises what that has raised."""
    while not job.done():
        try:
            pipe.put(found, timeout=PATIENCE)
        except queue.Full:
            continue
        return
    if not isinstance(found, StoppedError):
        job.result()
