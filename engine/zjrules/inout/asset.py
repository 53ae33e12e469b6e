"""Where the grammar and the packaged rules are: in a wheel inside the package, in a checkout beside engine/."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_CHECKOUT = _PACKAGE.parent.parent


def asset(name: str) -> Path:
    """Return the path of ``grammar`` or ``rules``."""
    packaged = _PACKAGE / f"_{name}"
    return packaged if packaged.is_dir() else _CHECKOUT / name
