"""Where a summary comes from, as its page and its record say it."""

from __future__ import annotations

from attrs import frozen


@frozen
class Source:
    """The rules (their id and digest), the engine's version and the table that was read; '' for what is not known."""

    rules: str = ""
    digest: str = ""
    engine: str = ""
    table: str = ""


UNKNOWN = Source()
