"""Diagnostics as data: a stable code, one sentence, labelled places, help and an edit. Rendering is elsewhere."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from zjrules.span import Span


class Severity(Enum):
    """How much a diagnostic weighs; the value is what a user reads."""

    ERROR = "错误"
    WARNING = "警告"
    NOTE = "提示"


@frozen
class Code:
    """A stable code ``ZJ`` + 4 digits (first digit: the stage), its kebab name and its severity. Never reused."""

    number: str
    name: str
    severity: Severity = Severity.ERROR


OUR_BUG = Code("ZJ9001", "our-own-bug")
"""Said by every face of the engine when something of ours failed."""


@frozen
class Label:
    """A place with a few words on what stands there."""

    span: Span
    text: str = ""


@frozen
class Edit:
    """Replace the text of a span."""

    span: Span
    text: str


@frozen
class Fix:
    """Edits that mend the finding; safe means that the meaning can only be the intended one."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True


@frozen
class Diagnostic:
    """One finding: the first label is the place, further labels are other places that matter."""

    code: Code
    message: str
    labels: tuple[Label, ...] = ()
    help: str = ""
    fix: Fix | None = None

    @property
    def severity(self) -> Severity:
        """The severity of the code."""
        return self.code.severity

    @property
    def is_error(self) -> bool:
        """Whether the finding stops the work."""
        return self.code.severity is Severity.ERROR


Diagnostics = tuple[Diagnostic, ...]


def at(code: Code, span: Span, message: str, help: str = "", label: str = "", fix: Fix | None = None) -> Diagnostic:
    """Return a diagnostic with one place."""
    return Diagnostic(code, message, (Label(span, label),), help, fix)


def has_errors(diagnostics: Diagnostics | list[Diagnostic]) -> bool:
    """Return whether any of the diagnostics is an error."""
    return any(d.is_error for d in diagnostics)
