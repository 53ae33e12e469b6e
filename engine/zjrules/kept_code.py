"""Machine code in the cache: what was compiled once for a rule set and this processor is not compiled by the next run."""

from __future__ import annotations

import base64
import binascii
from contextlib import AbstractContextManager, nullcontext

from zjrules.bulk import machine
from zjrules.inout import store


class _Cache:
    """The user's cache directory as a place for machine code."""

    def get(self, made_from: str) -> bytes | None:
        """Return the code that was made from this, or None."""
        found = store.get("code", store.digest(made_from))
        try:
            return base64.b64decode(found, validate=True) if isinstance(found, str) and found else None
        except (ValueError, binascii.Error):
            return None

    def put(self, made_from: str, code: bytes) -> None:
        """Keep code, if that can be done."""
        store.put("code", store.digest(made_from), base64.b64encode(code).decode("ascii"))


def code_kept() -> AbstractContextManager[None]:
    """Keep in the cache, where there is one, what is compiled for rule sets meanwhile, and take from there what it finds."""
    return machine.keeping(_Cache()) if store.folder() is not None else nullcontext()
