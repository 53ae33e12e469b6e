"""Where the grammar and the packaged rules are: in a wheel inside the package, in a checkout beside engine/."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_CHECKOUT = _PACKAGE.parent.parent
STANDARD = ("std", "facts")
"""Folders under rules/ that are no rule sets."""


def asset(name: str) -> Path:
    """Return the path of ``grammar`` or ``rules``."""
    packaged = _PACKAGE / f"_{name}"
    return packaged if packaged.is_dir() else _CHECKOUT / name


TEMPLATE = "report.docx"


def report_template(own: Path | None) -> Path:
    """Return the Word template of a rule set's report: its own report.docx, else the one for all rule sets."""
    return own or asset("rules") / TEMPLATE


def standard() -> list[Path]:
    """Return the files that every rule set may draw on: the words of rules/std and the shared facts of rules/facts."""
    return [p for folder in STANDARD for p in sorted((asset("rules") / folder).glob("*.zj"))]
