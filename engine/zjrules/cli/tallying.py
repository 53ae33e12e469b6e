"""A batch's table read and counted, and the summary in the form that is asked for."""

from __future__ import annotations

import json
import logging
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

import click

from zjrules.cli import say, writing
from zjrules.diag import Diagnostics
from zjrules.inout.table.read_back import NotAResultError, opened, refused
from zjrules.project import shown
from zjrules.ruleset import RuleSet
from zjrules.summary.record import record
from zjrules.summary.source import Source
from zjrules.summary.table import last_of_table, tally_of_table
from zjrules.summary.tally import Tally
from zjrules.summary.terminal import terminal
from zjrules.term.rule import Program


def tallied(path: Path, program: Program, last: Path | None, jump: Fraction) -> tuple[Tally | None, Diagnostics]:
    """Read a table, and last year's beside it; None with the reason where one of them is no such table."""
    reading = path
    try:
        before = None
        if last is not None:
            reading = last
            table, wrong = opened(last)
            if table is None:
                return None, wrong
            with say.busy(f"读 {shown(last)}"):
                before = last_of_table(table.blocks(), jump)
        reading = path
        table, wrong = opened(path)
        if table is None:
            return None, wrong
        with say.busy(f"汇总 {shown(path)}"):
            return tally_of_table(table.blocks(), program, before), ()
    except NotAResultError as error:
        return None, (refused(shown(reading), error.message, error.help),)


def told(tally: Tally, rules: RuleSet, table: str, page: Path | None, force: bool, form: str) -> int:
    """Print a summary, write its page where that is asked for, and return the exit code."""
    source = Source(rules.id, rules.digest, version("zjrules"), table)
    if form == "json":
        click.echo(json.dumps(record(tally, source), ensure_ascii=False, indent=2))
    else:
        terminal(tally, say.console())
    return 0 if page is None else page_written(tally, rules, table, page, force)


def page_written(tally: Tally, rules: RuleSet, table: str, page: Path, force: bool) -> int:
    """Write a summary as a page and return the exit code."""
    source = Source(rules.id, rules.digest, version("zjrules"), table)
    # The drawing library takes its time to load, and is wanted here alone; what it says of its cache is nothing to a user.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from zjrules.summary.page import html

    with say.busy(f"画图，写 {shown(page)}"):
        text = html(tally, source)
    return writing.save(page, text.encode(), force)
