"""Files that people are editing: what is in them now, and when it is something else and has come to rest.

Files are looked at, not subscribed to: a look is a few dozen stats, and a shared drive, where fact files often lie, tells
nobody of a save. What is in a file is its digest, so that a save which changes nothing is none.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from attrs import define, field

EVERY = 0.2
"""Seconds between two looks."""
REST = 0.1
"""Seconds without a change after which a save is over."""
PATIENCE = 1.0
"""Seconds that a file may be gone, empty, or go on changing, before that is how it is."""
COARSE = 3.0
"""Seconds for which a file's time may say nothing of a second save: shared drives keep whole seconds, FAT two."""

Look = Mapping[Path, str]
"""The digest of every file that can be read."""
EMPTY = hashlib.sha256(b"").hexdigest()


@define
class Eye:
    """Looks at files again and again; paths says which, anew every time."""

    paths: Callable[[], Iterable[Path]]
    _known: dict[Path, tuple[tuple[int, ...], str]] = field(factory=dict, init=False)

    def look(self) -> Look:
        """Return what is in the files now."""
        found = {path: digest for path in self.paths() if (digest := self._digest(path)) is not None}
        self._known = {path: known for path, known in self._known.items() if path in found}
        return found

    def _digest(self, path: Path) -> str | None:
        try:
            stat = path.stat()
            key = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            known = self._known.get(path)
            if known is not None and known[0] == key:
                return known[1]
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:  # gone for a moment, or held by the program that writes it
            return None
        if abs(time.time() - stat.st_mtime) > COARSE:
            self._known[path] = key, digest
        return digest

    def changed(self, seen: Look, tick: Callable[[], object]) -> Look:
        """Wait until the files are others than seen, and at rest, and return what is in them; tick is called at every look."""
        while True:
            found = self.look()
            if found != seen:
                found = self._at_rest(seen, found)
            if found != seen:
                return found
            tick()
            time.sleep(EVERY)

    def _at_rest(self, seen: Look, found: Look) -> Look:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            time.sleep(REST)
            before, found = found, self.look()
            # A file that was there and is gone or empty is most likely being written.
            if found == before and all(found.get(path, EMPTY) != EMPTY or was == EMPTY for path, was in seen.items()):
                break
        return found
