"""What visitors have uploaded: in memory, under names that cannot be guessed, and only for a while."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping

from attrs import evolve, field, frozen

from zjrules.web.failure import GONE, TOO_LARGE, refused
from zjrules.web.settings import Settings


@frozen
class Held:
    """What is kept of one upload, by one rule set: what was read of the files, as bytes that only a lane reads."""

    owner: str
    rules: str
    """The id of the rule set; '' where neither the page nor the file says one."""
    unit: str
    facts: bytes
    files: Mapping[str, str]
    """The names of the files with their SHA-256."""
    scored: bool
    id: str = ""
    seen: float = 0

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.facts)


@frozen
class Desk:
    """All uploads that are held. Used by the event loop alone."""

    settings: Settings
    clock: Callable[[], float] = time.monotonic
    _held: dict[str, Held] = field(factory=dict, init=False)

    def put(self, held: Held, id: str = "") -> str:
        """Keep an upload and return its id: a new one, or that of the upload that it takes the place of. Raises Refused."""
        if held.size > self.settings.most_held_bytes // 4:
            raise refused(413, TOO_LARGE, "明细太多，内存里放不下", "分成几份，或用命令行 zjrules check")
        name = id or secrets.token_urlsafe(24)
        self._held.pop(name, None)
        self._held[name] = evolve(held, id=name, seen=self.clock())
        self._forget()
        return name

    def get(self, id: str, owner: str) -> Held:
        """Return an upload of a visitor; another's is as good as none. Raises Refused."""
        self._forget()
        held = self._held.get(id)
        if held is None or not secrets.compare_digest(held.owner, owner):
            minutes = self.settings.held_seconds // 60
            raise refused(
                404, GONE, "这份数据已经不在了", f"传上来的只在内存里留 {minutes} 分钟，关了程序也就没有了：再传一次"
            )
        # The dictionary is in the order of use, so that the first is the one to go.
        del self._held[id]
        self._held[id] = evolve(held, seen=self.clock())
        return held

    def drop(self, id: str, owner: str) -> None:
        """Forget an upload of a visitor. Raises Refused."""
        del self._held[self.get(id, owner).id]

    def of(self, owner: str) -> list[Held]:
        """Return the uploads of a visitor, the latest first."""
        self._forget()
        return [h for h in reversed(self._held.values()) if secrets.compare_digest(h.owner, owner)]

    def _forget(self) -> None:
        limit = self.clock() - self.settings.held_seconds
        size = sum(h.size for h in self._held.values())
        for name, held in list(self._held.items()):
            full = len(self._held) > self.settings.most_held or size > self.settings.most_held_bytes
            if held.seen >= limit and not full:
                break
            size -= held.size
            del self._held[name]
