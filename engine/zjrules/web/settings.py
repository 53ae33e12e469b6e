"""The limits of a server, in bytes, seconds and numbers."""

from __future__ import annotations

from attrs import field, frozen

MEGABYTE = 1_000_000


@frozen
class Settings:
    """Where a server listens and how much it takes on."""

    host: str = "127.0.0.1"
    port: int = 8420
    hosts: frozenset[str] = field(factory=frozenset)
    """Further names under which it may be asked for."""
    most_bytes: int = 20 * MEGABYTE
    """Of one request."""
    most_large: int = 8
    """Requests of over a megabyte at one time, from the first byte to the answer."""
    read_seconds: int = 60
    """Until a request must have arrived."""
    work_seconds: int = 60
    """Until a piece of work must be done."""
    wait_seconds: int = 60
    """Until a piece of work must have begun."""
    work_memory: int = 1_500 * MEGABYTE
    """Address space of a process that works."""
    lanes: int = 2
    """Pieces of work at one time."""
    most_waiting: int = 32
    held_seconds: int = 2 * 60 * 60
    """Since it was last looked at, until what was uploaded is forgotten."""
    most_held: int = 64
    most_held_bytes: int = 200 * MEGABYTE
