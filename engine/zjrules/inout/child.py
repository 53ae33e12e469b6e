"""A reading that may go wrong, in a process of its own: bounded memory and time, and nothing but JSON comes back."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

MOST_MEMORY = 450_000_000
"""Bytes of address space of the child (RLIMIT_AS), where the platform has such a limit."""
MOST_SECONDS = 60
_START = "import sys;from zjrules.inout.limits import run;run(sys.argv.pop(1))"


class Failed(Exception):
    """The child gave no answer; the text says why, in words for a user."""


def answer(module: str, arguments: list[str], data: bytes) -> Any:
    """Run ``main`` of a module in a limited child process, data on its standard input; return what it wrote as JSON.

    Raises Failed when it ran out of memory or time, or ended without an answer.
    """
    command = [sys.executable, "-P", "-c", _START, module, *arguments]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{MOST_SECONDS} 秒没有读完") from error
    if done.returncode == 0:
        return json.loads(done.stdout)
    if done.returncode == OUT_OF_MEMORY or b"MemoryError" in done.stderr:
        raise Failed(f"读它要用的内存超过 {MOST_MEMORY // 1_000_000} MB")
    raise Failed("读到一半停了")


OUT_OF_MEMORY = 7
"""The exit code of a child that ran out of memory."""
NOT_INSTALLED = frozenset({"ModuleNotFoundError", "ImportError"})
"""What an answer says of itself when the module could not be imported: an extra is not installed."""
