"""Memory that was let go, given back to the system: a long run of blocks would otherwise hold more and more of it in pieces.

Where the C library is not glibc, nothing is done.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any

ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h: from how many places, each with free pieces of its own, threads are served."""


def keep_together() -> None:
    """Serve threads that begin from now on from one place: what one lets go, another takes."""
    _call("mallopt", ARENA_MAX, 1)


def give_back() -> None:
    """Give the system what is free between the pieces in use."""
    _call("malloc_trim", 0)


def _call(name: str, *args: int) -> None:
    function = _function(name)
    if function is not None:
        function(*args)


@cache
def _function(name: str) -> Any:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
