"""One contestant in a process of its own: it is given departments, scores them whenever it is told to, and says how long it took.

Orders and answers are lines of JSON. A contestant is a module with ``prepared(frame, context)``: it brings the frame into the
form that the contestant works on, and returns a job that gives points, one row for each indicator and, last, the total.
ONLY are the rows that it can give, where not all; MOST is how many departments it is timed on, where it is slow.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow.parquet as pq


class Context(NamedTuple):
    """What the rules rest on besides the facts; days are days since 1970, every working day in order."""

    deadline: int
    days: list[int]


def peak() -> float:
    """Return the most memory that this process held since ``forget_peak``, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        found = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
        return int(found.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def forget_peak() -> None:
    """Let the peak begin anew, where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    except OSError:
        return


def streamed(module: Any, path: str, context: Context) -> int:
    """Score a Parquet file group by group, as one does that is larger than memory; return how many departments it has."""
    rows = 0
    # Unless told not to, the reader keeps all that it has read of the file.
    file = pq.ParquetFile(path, pre_buffer=False)
    for group in range(file.num_row_groups):
        frame = pl.from_arrow(file.read_row_group(group))
        assert isinstance(frame, pl.DataFrame)
        module.prepared(frame, context)()
        rows += frame.height
    return rows


def main() -> None:
    """Carry out orders: load PATH, run, save PATH, stream PATH."""
    module = importlib.import_module(sys.argv[1])
    frame, context = pl.DataFrame(), Context(0, [])
    found: Any = None
    for line in sys.stdin:
        order = json.loads(line)
        answer: dict[str, Any] = {}
        match order["do"]:
            case "load":
                context = Context(order["deadline"], order["days"])
                frame = pl.read_parquet(order["path"])
                frame = frame.head(getattr(module, "MOST", frame.height)) if order["timed"] else frame
                answer = {"rows": frame.height, "only": getattr(module, "ONLY", None)}
            case "run":
                found = None
                forget_peak()
                start = time.perf_counter()
                job = module.prepared(frame, context)
                middle = time.perf_counter()
                found = job()
                answer = {"prepared": middle - start, "seconds": time.perf_counter() - middle, "peak": peak()}
            case "stream":
                forget_peak()
                start = time.perf_counter()
                rows = streamed(module, order["path"], context)
                answer = {"rows": rows, "seconds": time.perf_counter() - start, "peak": peak()}
            case "save":
                np.save(order["path"], np.rint(np.asarray(found, dtype=float) * 100).astype(np.int64).T)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
