"""The limits that a child process sets itself before it imports anything that reads a file."""

from __future__ import annotations

import importlib
import sys

from zjrules.inout.child import MOST_MEMORY, MOST_SECONDS
from zjrules.inout.pipe import write

try:
    import resource
except ImportError:  # Windows has no such limits; the parent's time limit is left
    resource = None  # type: ignore[assignment]


def run(module: str) -> None:
    """Set the limits, then call ``main`` of a module."""
    if resource is not None and sys.platform != "darwin":  # macOS refuses RLIMIT_AS
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        main = importlib.import_module(module).main
    except ImportError as missing:
        write({"error": type(missing).__name__, "said": missing.name or ""})
        return
    main()
