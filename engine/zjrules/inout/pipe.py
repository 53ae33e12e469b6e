"""The child's end of the pipe: a file from standard input, what a reading of it gives as JSON to standard output."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable

from zjrules.inout.child import OUT_OF_MEMORY


def serve(read: Callable[[bytes], object]) -> None:
    """Write what a reading gives, or ``{"error", "said"}`` of what it stumbled on."""
    warnings.simplefilter("ignore")  # libraries warn of parts that they pass over, such as drawings
    answer: object
    try:
        answer = read(sys.stdin.buffer.read())
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001 - whatever a library stumbles on, the file is what is wrong
        answer = {"error": type(error).__name__, "said": str(error)[:200]}
    write(answer)


def write(answer: object) -> None:
    """Write an answer; characters that no text can have are replaced."""
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
