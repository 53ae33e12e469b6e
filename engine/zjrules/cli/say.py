"""Diagnostics and lines on a terminal. User text is never taken for markup: everything is a Text, nothing is parsed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TextIO, TypeVar

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from zjrules.diag import Diagnostic, Label, Severity
from zjrules.span import NOWHERE, Span, visible

Item = TypeVar("Item")
MANY = 20
"""From this many files on, reading them may take over a second."""
_COLOUR = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
MOST_BEFORE, MOST_AFTER = 100, 120
"""Characters of a source line shown before and after a place."""
PIPED_WIDTH = 120
"""Columns when the output is not a terminal: wide enough for the table, the same on every machine."""


class _Console(Console):
    """A console whose reader may leave (head, less): what is then left to say goes nowhere, and the exit code stays."""

    def on_broken_pipe(self) -> None:
        """Send the rest to nowhere."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def console(stream: TextIO | None = None) -> Console:
    """Return the console for a stream (standard output by default).

    What is piped or kept in a file is compared later: its width is no setting of the shell, and a file has no colours.
    """
    target = stream or sys.stdout
    width = None if target.isatty() else PIPED_WIDTH
    colours = None if target in (sys.stdout, sys.stderr) else False
    return _Console(
        file=target, force_terminal=colours, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False
    )


def diagnostics(found: Iterable[Diagnostic], out: Console) -> None:
    """Print diagnostics, each with its place, source line, carets, help and fix."""
    lines = [line for diagnostic in found for line in (*render(diagnostic), Text())]
    if lines:
        block(lines, out)


def block(lines: Iterable[Text], out: Console) -> None:
    """Print lines that are not to be wrapped. Without colour there is nothing to render, and rendering takes its time."""
    if out.is_terminal:
        out.print(Text("\n").join(lines), soft_wrap=True)
    else:
        out.file.write("".join(f"{line.plain}\n" for line in lines))


def render(diagnostic: Diagnostic) -> list[Text]:
    """Return the lines of one diagnostic."""
    code, severity = diagnostic.code, diagnostic.severity
    head = Text()
    head.append(f"{severity.value} {code.number}", _COLOUR[severity])
    head.append(f" {visible(diagnostic.message)}")
    lines = [head]
    for index, label in enumerate(diagnostic.labels):
        lines += _place(label, first=index == 0)
    if diagnostic.help:
        lines.append(Text.assemble(("  帮助  ", "green"), visible(diagnostic.help)))
    if diagnostic.fix is not None and diagnostic.fix.title not in diagnostic.help:
        lines.append(Text.assemble(("  可改  ", "green"), diagnostic.fix.title))
    return lines


def _place(label: Label, first: bool) -> list[Text]:
    span = label.span
    if span.source == NOWHERE.source:
        return []
    arrow = "-->" if first else "..."
    if span.source.cell is not None:
        return _cell(span, arrow, label.text, first)
    if not span.source.text:
        return [Text(f"  {arrow} {span.source.name}", "dim")]
    where = Text(f"  {arrow} {span.source.name}:{span.line}:{span.column}", "dim")
    text = visible(span.source.line_text(span.line).replace("\t", " "))
    before, after = text[: span.column - 1], text[span.column - 1 :]
    # Of a very long line only the part around the place is shown.
    if len(before) > MOST_BEFORE:
        before = "…" + before[-MOST_BEFORE:]
    if len(after) > MOST_AFTER:
        after = after[:MOST_AFTER] + "…"
    marked = after[: max(1, span.end - span.start)]
    gutter = f"{span.line:>5} | "
    carets = "^" * max(1, cell_len(marked.rstrip()))
    pointer = Text(" " * (len(gutter) - 2) + "| " + " " * cell_len(before), "dim")
    pointer.append(carets, "red" if first else "cyan")
    if label.text:
        pointer.append(f" {label.text}", "red" if first else "cyan")
    return [where, Text(gutter + before + after), pointer]


def _cell(span: Span, arrow: str, said: str, first: bool) -> list[Text]:
    """Return the place of a cell with what it displays."""
    line = Text(f"  {arrow} {visible(str(span))}", "dim")
    return [line.append(f"  {visible(said)}", "red" if first else "cyan") if said else line]


def watched(items: Sequence[Item], what: str) -> Iterable[Item]:
    """Yield items; on a terminal, with a bar where there are many (on standard error, and gone afterwards)."""
    err = console(sys.stderr)
    if len(items) < MANY or not err.is_terminal or _HUSHED.get():
        return items
    from rich.progress import track

    return track(items, what, console=err, transient=True)


_HUSHED = ContextVar("hushed", default=False)


@contextmanager
def hushed() -> Iterator[None]:
    """Let nothing show that something is going on, while the screen is somebody else's."""
    token = _HUSHED.set(True)
    try:
        yield
    finally:
        _HUSHED.reset(token)


def busy(what: str) -> AbstractContextManager[object]:
    """Return a context that shows, on a terminal, that something is going on (on standard error, and gone afterwards)."""
    err = console(sys.stderr)
    return err.status(what) if err.is_terminal and not _HUSHED.get() else nullcontext()
