"""Findings as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from zjrules.diag import Diagnostic, Severity
from zjrules.lint.record import Outcome
from zjrules.lint.region import known, region

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def document(outcomes: Sequence[Outcome]) -> str:
    """Return one line for each finding."""
    return "".join(f"{_line(d)}\n" for _, found in outcomes for d in found)


def _line(found: Diagnostic) -> str:
    properties = {"title": f"{found.code.number} {found.code.name}"}
    if found.labels and known(found.labels[0].span):
        at = region(found.labels[0].span)
        place = {"file": found.labels[0].span.source.name, "line": str(at.line), "endLine": str(at.end_line)}
        # Columns are only shown where the finding keeps to one line.
        columns = {"col": str(at.column), "endColumn": str(at.end_column)} if at.line == at.end_line else {}
        properties = place | columns | properties
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = found.message + (f"\n{found.help}" if found.help else "")
    return f"::{_COMMANDS[found.severity]} {said}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
