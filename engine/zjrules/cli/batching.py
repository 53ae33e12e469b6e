"""A batch from the command line: checked, resumed or begun, watched, and told."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from attrs import define, frozen

from zjrules.appraisal import calendar_for
from zjrules.batch import record, work
from zjrules.batch.opening import Opened, Order, opened_files, opened_table, ready, surveyed
from zjrules.batch.run import Counts, Job, compares, finished, rejects_of
from zjrules.batch.swept import Variant, block_size
from zjrules.bulk.program import bulk
from zjrules.cli import say, sweeping, told
from zjrules.cli.outcome import EMPTY_FOLDER, spread
from zjrules.cli.writing import WHY, refuse_existing
from zjrules.diag import Diagnostic, Diagnostics, has_errors
from zjrules.inout.hold import HeldError, held
from zjrules.inout.table.blocks import Survey
from zjrules.inout.table.files import KINDS, UnreadableError, here, is_table
from zjrules.inout.table.write import MOST_ROWS, SUFFIXES, TOO_MANY
from zjrules.inout.text import UNREADABLE
from zjrules.kept_code import code_kept
from zjrules.project import FACT_FILES, load, read_facts, rules_named, shown
from zjrules.ruleset import RuleSet
from zjrules.summary.note import note, with_facts

FILES_AT_ONCE = 1000
"""Files of one unit each in a block."""


@frozen
class Asked:
    """The options of the command."""

    source: Path
    output: Path | None
    rules: str | None
    ledgers: tuple[tuple[str, Path], ...]
    empty: tuple[str, ...]
    ignored: tuple[str, ...]
    size: int | None
    sweeps: tuple[str, ...]
    resume: bool
    force: bool
    form: str
    page: Path | None = None
    """Where the summary is written as a page."""

    @property
    def order(self) -> Order:
        """What is to be read, and how."""
        return Order(self.source, self.ledgers, self.ignored, self.empty)


@define
class Prepared:
    """A batch of which everything is known that can be known before a row is read."""

    rules: RuleSet
    opened: Opened
    known: Survey | None
    size: int
    variants: tuple[Variant, ...] = ()

    @property
    def values(self) -> tuple[Mapping[str, str], ...]:
        """The values of the parameters by variant; nothing where there is no sweep."""
        return tuple(v.values for v in self.variants)


def prepared(asked: Asked, kind: str, rules: RuleSet | None = None) -> tuple[Prepared | None, Diagnostics]:
    """Find the rules, unless they are given, open the input and read the names of its units."""
    if not os.path.exists(asked.source):  # noqa: PTH110 - Path.exists raises for a name that no file can have
        name = shown(asked.source)
        return None, (Diagnostic(UNREADABLE, f"读不了「{name}」：没有这个文件", here(name), "核对路径"),)
    table = is_table(asked.source)
    _usage(asked, table)
    found, problems = (rules, ()) if rules is not None else _rules(asked, table)
    if found is None or has_errors(found.edited):
        return None, problems if found is None else found.edited
    opened, problems = opened_table(asked.order, found.program.schema) if table else _files(asked.source)
    if opened is None:
        return None, problems
    try:
        with say.busy("读单位的名称"):
            known = surveyed(opened)
    except UnreadableError as error:
        return None, (error.found,)
    rows = known.rows if known is not None else len(opened.paths)
    variants, problems = sweeping.variants_of(asked.sweeps, found)
    if asked.sweeps and not variants:
        return None, problems
    many = max(len(variants), 1)
    if kind == "xlsx" and rows * many > MOST_ROWS:
        message = f"有 {rows * many:,} 行，一张工作表只放得下 {MOST_ROWS:,} 行"
        return None, (Diagnostic(TOO_MANY, message, here(shown(asked.source)), "写成 .parquet 或 .csv"),)
    usual = opened.files.block if opened.files is not None else FILES_AT_ONCE
    size = max(rows, 1) if compares(found.program) else asked.size or block_size(usual, many)
    return Prepared(found, opened, known, size, variants), problems


def _files(source: Path) -> tuple[Opened | None, Diagnostics]:
    paths = spread((source,))
    if paths == [source] and source.is_dir():
        name = shown(source)
        help_ = f"名称以 {'、'.join((*KINDS, *FACT_FILES))} 结尾"
        return None, (Diagnostic(EMPTY_FOLDER, f"「{name}」里没有表，也没有事实文件", here(name), help_),)
    return opened_files(paths), ()


def _usage(asked: Asked, table: bool) -> None:
    if table and asked.rules is None:
        raise click.UsageError("表里没有写用哪一本规则：加 --rules，例如 --rules zhanjiang/2025")
    if not table and (asked.ledgers or asked.ignored):
        raise click.UsageError("--ledger、--ignore 只用于表；事实文件里有自己的明细")
    missing = [name for name in asked.empty if name not in dict(asked.ledgers)]
    if missing:
        raise click.UsageError(f"--empty 说的是用 --ledger 另给的明细，「{missing[0]}」没有给")


def _rules(asked: Asked, table: bool) -> tuple[RuleSet | None, Diagnostics]:
    name = asked.rules
    if name is None and not table:
        handed, problems = read_facts(spread((asked.source,))[0])
        names, more = rules_named(handed, ()) if handed is not None else ((), ())
        if not names:
            return None, (*problems, *more)
        if len(names) > 1:
            raise click.UsageError(f"事实文件写了几本规则（{'、'.join(names)}），用 --rules 指定一本")
        name = names[0]
    assert name is not None
    return load(name)


def kind_of(output: Path) -> str:
    """Return the kind of the output by how its name ends."""
    kind = SUFFIXES.get(output.suffix.lower())
    if kind is None:
        raise click.UsageError(f"「{output.name}」认不出写成什么：名称以 {'、'.join(SUFFIXES)} 结尾")
    return kind


def page_allowed(output: Path | None, page: Path, force: bool) -> None:
    """Refuse a page that could not be written in the end, before anything is scored."""
    if output is not None and kind_of(output) == "xlsx":
        raise click.UsageError("--html 要读回得分表：OUT 写成 .parquet、.csv 或 .arrow")
    if find_spec("matplotlib") is None:
        raise click.UsageError("--html 要用 matplotlib，这台机器没有装：pip install 'zjrules[bulk]'")
    refuse_existing(page, force)


def usage(asked: Asked, master: str | None) -> None:
    """Refuse options that do not go together. Raises click.UsageError."""
    if master is not None:
        raise click.UsageError("--master 和 --engine spark 一起用")
    if asked.page is not None and asked.sweeps:
        raise click.UsageError("--sweep 的小结在终端里；要 --html，算一份不带 --sweep 的")
    if asked.page is not None:
        page_allowed(asked.output, asked.page, asked.force)


def planned(asked: Asked) -> int:
    """Say what would be done."""
    found, problems = prepared(asked, kind_of(asked.output) if asked.output is not None else "")
    if found is None:
        say.diagnostics(problems, say.console(sys.stderr))
        return 2
    ready = bulk(found.rules.program)
    sweep = sweeping.ready(ready, found.variants)
    told.plan(found.rules, ready, found.opened, found.known, found.size, asked.form, sweep)
    say.diagnostics(problems, say.console(sys.stderr))
    return 0


def run(asked: Asked) -> int:
    """Score everything, and say what came out."""
    assert asked.output is not None
    out, kind = asked.output, kind_of(asked.output)
    found, problems = prepared(asked, kind)
    if found is None:
        say.diagnostics(problems, say.console(sys.stderr))
        return 2
    try:
        with alone(out):
            return _run(asked, found, out, kind, problems)
    except OSError as error:
        click.echo(f"写不了「{out}」：{WHY.get(type(error), error.strerror)}", err=True)
        return 2


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Let no other run work on the same output meanwhile. Raises click.UsageError, OSError."""
    try:
        with held(work.hold_of(out)):
            yield
    except HeldError as error:
        who = f"（进程 {error.holder}）" if error.holder else ""
        raise click.UsageError(f"另一个 zjrules batch{who}正在算「{out}」；等它算完，或写到别的文件") from error


def _run(asked: Asked, found: Prepared, out: Path, kind: str, problems: Diagnostics) -> int:
    """Score everything while no other run works on the same output. Raises OSError."""
    noted = asked.page is not None
    what = record.identity(asked.order, found.opened, found.rules, found.size, kind, found.values, noted)
    code = _already(asked, out, what)
    if code is not None:
        return code
    say.diagnostics(problems, say.console(sys.stderr))
    try:
        counts, notes = _scored(asked, found, out, kind, what)
    except UnreadableError as error:
        say.diagnostics((error.found,), say.console(sys.stderr))
        return 2
    except KeyboardInterrupt:
        click.echo(f"停下了；算好的留在「{work.folder_of(out)}」，同样的命令加 --resume 接着算", err=True)
        raise
    return _end(asked, found, out, counts, notes)


def _already(asked: Asked, out: Path, what: dict[str, Any]) -> int | None:
    """Say what is there already: an unfinished run, the output; return the exit code where nothing is left to do."""
    before = work.left_over(out)
    if before is None:
        shutil.rmtree(work.folder_of(out), ignore_errors=True)
        done = record.record(out) if asked.resume and out.exists() else None
        if done is not None and not work.differing(done.what, what):
            click.echo(f"「{out}」已经算完，没有要接着算的", err=True)
            return 0 if done.counts.clean else 1
        refuse_existing(out, asked.force)
        return None
    if not asked.resume and not asked.force:
        help_ = "加 --resume 接着算，或加 --force 从头算"
        raise click.UsageError(f"「{out}」上次没有算完，算好的在「{work.folder_of(out)}」；{help_}")
    differ = work.differing(before, what) if asked.resume else []
    if differ:
        raise click.UsageError(
            f"上次没有算完的和这次不一样（{'、'.join(differ)}），接不上；加 --force、不加 --resume 从头算"
        )
    return None


def _scored(asked: Asked, found: Prepared, out: Path, kind: str, what: dict[str, Any]) -> tuple[Counts, list[bytes]]:
    rules = found.rules
    resume = asked.resume and work.left_over(out) is not None
    folder = work.begun(out, what, resume)
    with watched("读文件", len(found.opened.paths)) as seen:
        source = ready(found.opened, found.known, rules, found.size, folder.scratch, seen)
    found.known = None  # its hashes have served; of ten million units they take 80 MB
    calendar, _ = calendar_for(rules)
    first = bulk(rules.program, calendar)
    sweep = sweeping.ready(first, found.variants)
    job = Job(first, note if asked.page is not None else None, sweep)
    with watched("算分", source.rows) as seen, code_kept():
        counts, notes = finished(source, job, folder, out, kind, seen)
    record.kept(out, what, counts)
    folder.close()
    return counts, notes


def _end(asked: Asked, found: Prepared, out: Path, counts: Counts, notes: list[bytes]) -> int:
    rejects = rejects_of(out) if counts.codes else None
    sweep = sweeping.outcomes(notes) if found.variants else []
    told.end(found.rules, found.opened, out, rejects, counts, asked.form, found.values, sweep)
    if asked.page is not None:
        from zjrules.cli import tallying

        tally, wrong = tallying.tallied(out, found.rules.program, None, Fraction(10))
        if tally is None:
            say.diagnostics(wrong, say.console(sys.stderr))
            return 2
        code = tallying.page_written(with_facts(tally, notes), found.rules, shown(out), asked.page, asked.force)
        if code:
            return code
    return 0 if counts.clean else 1


@contextmanager
def watched(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yield what is told how many units are done; on a terminal it moves a bar on standard error."""
    err = say.console(sys.stderr)
    if not err.is_terminal or not total:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)
