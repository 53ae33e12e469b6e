"""Memory that was let go, given back to the system: a long run of blocks would otherwise hold more and more of it in pieces.

Where the C library is not glibc, nothing is done.
"""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from attrs import frozen

ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h: from how many places, each with free pieces of its own, threads are served."""
MOST, MORE = 640 << 20, 370 << 20
"""Bytes that a process may hold before a run gives some back: so many, or so many more than it held before the run.

What was given back is cleared anew, page by page, when it is taken again: after every block, that was a quarter of the time.
"""


@frozen
class Ceiling:
    """How many bytes this process may hold."""

    most: int

    def trim(self) -> None:
        """Give the system what is free between the pieces in use, where there is more than there may be."""
        if _resident() > self.most:
            _call("malloc_trim", 0)


def ceiling() -> Ceiling:
    """Return the ceiling of a run that begins, and serve its threads from one place: what one lets go, another takes."""
    _call("mallopt", ARENA_MAX, 1)
    return Ceiling(max(MOST, _resident() + MORE))


def _resident() -> int:
    """Return how many bytes of memory this process holds; 0 where the system does not tell."""
    told = Path("/proc/self/statm")
    return int(told.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") if told.exists() else 0


def _call(name: str, *args: int) -> None:
    function = _function(name)
    if function is not None:
        function(*args)


@cache
def _function(name: str) -> Any:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
