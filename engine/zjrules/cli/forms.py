"""The forms of an explanation: as on a terminal, one HTML page, Markdown, JSON; printed or written to a file."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console

from zjrules.appraisal import Outcome
from zjrules.cli import say
from zjrules.cli.writing import save
from zjrules.diag import Diagnostic
from zjrules.project import Scored

Explain = Callable[[Scored, Console], None]
FORMS = ("text", "html", "md", "json")
_SUFFIXES = {".html": "html", ".htm": "html", ".md": "md", ".json": "json"}


def form_of(form: str | None, output: Path | None) -> str:
    """Return the form that was asked for, else the one that the name of the file says."""
    if form == "html" and output is None:
        # A shell may write what is printed in another encoding than the page says that it has.
        raise click.UsageError("网页要写成文件：加 -o 解释.html")
    return form or _SUFFIXES.get(output.suffix.lower() if output is not None else "", "text")


def tell(
    results: Sequence[Outcome], form: str, only: Sequence[str], output: Path | None, force: bool, explain: Explain
) -> int:
    """Print or write what was scored; return 2 when it cannot be written, else 0. explain prints one unit as text.

    What cannot be scored has its place in JSON; for the forms that people read it is said on standard error.
    """
    if form == "html" and len(results) > 1:
        raise click.UsageError("这份事实写了几本规则，用 --rules 指定一本")
    if form != "json":
        for scored, found in results:
            if scored is None:
                say.diagnostics(found, say.console(sys.stderr))
    if form == "text" and output is None:
        _print(results, explain)
        return 0
    if form != "json" and all(scored is None for scored, _ in results):
        return 2
    text = _text(results, form, only, explain)
    if output is None:
        click.echo(text, nl=False)
        return 0
    return save(output, text.encode("utf-8"), force)


def _text(results: Sequence[Outcome], form: str, only: Sequence[str], explain: Explain) -> str:
    if form == "json":
        from zjrules.cli import machine

        return f"{machine.checked(results, only)}\n"
    if form == "text":
        stream = io.StringIO()
        _print(results, explain, stream)
        return stream.getvalue()
    return "\n".join(_document(scored, found, form, only) for scored, found in results if scored is not None)


def _document(scored: Scored, found: Sequence[Diagnostic], form: str, only: Sequence[str]) -> str:
    from zjrules.page.account import Account
    from zjrules.page.document import page
    from zjrules.page.markdown import markdown

    rules = scored.rules
    traces = [t for t in (scored.claimed, scored.proved, scored.reviewed) if t is not None]
    account = Account(rules.title, rules.id, rules.digest, version("zjrules"), scored.facts, traces, found, only)
    return page(account) if form == "html" else markdown(account)


def _print(results: Sequence[Outcome], explain: Explain, stream: TextIO | None = None) -> None:
    out = say.console(stream)
    for scored, _ in results:
        if scored is not None:
            out.print(f"{scored.facts.unit}    {scored.rules.title}", style="bold")
            out.print()
            explain(scored, out)
