"""What was worked out before: JSON files under the user's cache directory, each named by the digest of what it is made from.

A file is used only when it is the user's own, no other may write it, and it is whole; anything else is as if it were not
there. Nothing here fails: a cache that cannot be read or written costs time, no more.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from zjrules.inout.text import write_text

OFF = "ZJRULES_NO_CACHE"
"""Environment variable that turns the store off, as --no-cache does."""
MOST_FILES = 60
"""Files kept of a kind; the oldest go first."""


def digest(*parts: str) -> str:
    """Return the SHA-256 of some texts, told apart."""
    found = hashlib.sha256()
    for part in parts:
        found.update(f"{len(part)}\0{part}".encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def engine_stamp(package: Path) -> str:
    """Return what changes with the engine: the version, and name, size and time of each of its modules."""
    found: list[str] = []
    folders = [package]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    info = entry.stat()
                    found.append(f"{entry.name} {info.st_size} {info.st_mtime_ns}")
                elif "." not in entry.name and not entry.name.startswith("__") and entry.is_dir():
                    folders.append(Path(entry.path))
    return digest(*sorted(found))


def folder() -> Path | None:
    """Return the cache directory, or None when it is turned off or nobody can say where it is."""
    if os.environ.get(OFF):
        return None
    with contextlib.suppress(OSError, RuntimeError, KeyError):
        return user_cache_path("zjrules", appauthor=False)
    return None


def get(kind: str, key: str) -> Any:
    """Return what was stored under a key, or None."""
    place = folder()
    if place is None:
        return None
    try:
        return _whole(_own_bytes(place / f"{kind}-{key}.json"))
    except (OSError, ValueError, RecursionError):
        return None


def put(kind: str, key: str, value: Any) -> None:
    """Store what JSON can hold under a key, if that can be done."""
    place = folder()
    if place is None:
        return
    with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        path = place / f"{kind}-{key}.json"
        write_text(path, f"{digest(text)}\n{text}")
        path.chmod(0o600)  # where a group may write what its members make, the file would not be trusted
        _prune(place.glob(f"{kind}-*.json"))


def _own_bytes(path: Path) -> bytes:
    """Return the bytes of a file that is the user's own; raises OSError for any other."""
    # A link could lead to what another may write.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        for info in (os.fstat(handle), path.parent.stat()):
            foreign = hasattr(os, "getuid") and (info.st_uid != os.getuid() or info.st_mode & 0o022)
            if foreign:
                raise PermissionError(path)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise PermissionError(path)
        return file.read()


def _whole(data: bytes) -> Any:
    """Return the value of a file's bytes; raises ValueError when they are not what was written."""
    said, _, text = data.decode("utf-8").partition("\n")
    if digest(text) != said:
        raise ValueError("damaged")
    return json.loads(text)


def _prune(files: Iterable[Path]) -> None:
    by_age = sorted(files, key=lambda p: p.stat().st_mtime_ns, reverse=True)
    for path in by_age[MOST_FILES:]:
        path.unlink(missing_ok=True)
