"""One unit of a batch, found again in the input and scored as a fact file is, for `explain`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from attrs import frozen

from zjrules.appraisal import calendar_for
from zjrules.batch import locate
from zjrules.batch.opening import Opened, opened_files, opened_table, ready, surveyed
from zjrules.batch.record import Record, record, record_of
from zjrules.batch.run import compares, rejects_of
from zjrules.cli import say
from zjrules.cli.outcome import Among, spread
from zjrules.diag import Diagnostic, Diagnostics, has_errors
from zjrules.displayed import displayed
from zjrules.exact.scope import WorkCalendar
from zjrules.exact.total import population, score
from zjrules.explain.findings import findings
from zjrules.fact import Facts
from zjrules.inout.table.blocks import Survey
from zjrules.inout.table.files import UnreadableError, here, is_table
from zjrules.inout.table.row import differing, row_of
from zjrules.inout.text import UNREADABLE
from zjrules.project import Scored, fitted, load, read_facts, score_units, shown
from zjrules.ruleset import RuleSet


@frozen
class _Batch:
    """An output with all that it came from, as that is now."""

    out: Path
    unit: str
    record: Record
    rules: RuleSet
    opened: Opened
    changed: Diagnostics


def among(out: Path, unit: str) -> list[Among]:
    """Return one unit of a batch, scored from its facts in the input."""
    try:
        batch, problems = _batch(out, unit)
        return [_scored(batch) if batch is not None else Among(None, list(problems))]
    except UnreadableError as error:
        return [Among(None, [error.found])]


def _batch(out: Path, unit: str) -> tuple[_Batch | None, Diagnostics]:
    kept = record(out)
    if kept is None:
        message = f"不知道「{shown(out)}」是怎么算出来的：旁边没有「{record_of(out).name}」，或它读不出来"
        return None, (
            Diagnostic(locate.NO_RECORD, message, here(shown(out)), "来历要和结果放在一起；或重新 zjrules batch"),
        )
    if kept.swept:
        many = len(kept.what["扫描"])
        raise click.UsageError(f"「{shown(out)}」是扫描的结果，一个单位有 {many} 行；不带 --sweep 算一份，再看怎么算的")
    rules, problems = load(kept.what["规则"]["id"])
    if rules is None:
        return None, problems
    order = kept.order
    if not order.path.exists():
        name = shown(order.path)
        return None, (Diagnostic(UNREADABLE, f"读不了「{name}」：没有这个文件", here(name), "输入要在原来的地方"),)
    if is_table(order.path):
        opened, problems = opened_table(order, rules.program.schema)
        if opened is None:
            return None, problems
    else:
        opened = opened_files(spread((order.path,)))
    return _Batch(out, unit, kept, rules, opened, _changed(kept, rules, opened)), ()


def _changed(kept: Record, rules: RuleSet, opened: Opened) -> Diagnostics:
    now = {"规则": {"id": rules.id, "摘要": rules.digest}, **opened.stamps()}
    found = [name for name, value in now.items() if kept.what.get(name) != value]
    if not found:
        return ()
    message = f"算这张表以后，{'、'.join(found)}改过"
    return (Diagnostic(locate.CHANGED, message, (), "要看当时怎么算的，换回原来的；或重新 zjrules batch"),)


def _scored(batch: _Batch) -> Among:
    facts, found = _facts(batch)
    row = row_of(batch.out, batch.unit)
    if facts is None or row is None:
        return Among(None, [*batch.changed, *found, *([] if has_errors(found) else [_nobody(batch)])])
    calendar, said = calendar_for(batch.rules)
    one, whole = _compared(batch, facts, calendar) if compares(batch.rules.program) else (None, False)
    scored = one or score_units(batch.rules, (facts,), calendar)[0]
    differ = differing(row, locate.row_of_trace(batch.rules.program, scored.claimed, facts))
    if differ:
        message = f"「{batch.unit}」现在算出来的和表里的不一样：{'、'.join(differ[:5])}"
        problem = Diagnostic(
            locate.DIFFERS, message, here(shown(batch.out)), "输入、规则或程序改过；重新 zjrules batch"
        )
        return Among(None, [*batch.changed, problem])
    every = [*batch.changed, *found, *said, *displayed(scored, calendar), *findings(scored.claimed, scored.facts)]
    return Among(scored, every, whole=whole)


def _nobody(batch: _Batch) -> Diagnostic:
    message = f"「{shown(batch.out)}」里没有单位「{batch.unit}」"
    rejects = rejects_of(batch.out)
    help_ = f"核对名称；退回的在「{shown(rejects)}」" if rejects.exists() else "核对单位的名称，要一字不差"
    return Diagnostic(locate.NO_SUCH_UNIT, message, here(shown(batch.out)), help_)


def _facts(batch: _Batch) -> tuple[Facts | None, list[Diagnostic]]:
    """Return the facts of the unit, and what is said of them."""
    if batch.opened.files is not None:
        found = locate.located(batch.opened, batch.rules.program, batch.unit)
        return found.facts, [_again(line, batch) for line in found.said]
    for path in batch.opened.paths:
        handed, problems = read_facts(path)
        if handed is not None:
            facts, more = fitted(handed, batch.rules)
            if facts.unit == batch.unit:
                return (None if has_errors([*problems, *more]) else facts), [*problems, *more]
    return None, []


def _again(line: dict[str, str], batch: _Batch) -> Diagnostic:
    """Return why a row was set aside, as it stands in the file of what was."""
    assert batch.opened.files is not None
    message = f"「{batch.unit}」的行没有算：{line['代码']} {line['说明']}"
    return Diagnostic(locate.NO_SUCH_UNIT, message, here(batch.opened.files.names[0]), line["帮助"])


def _compared(batch: _Batch, facts: Facts, calendar: WorkCalendar | None) -> tuple[Scored | None, bool]:
    """Score the unit among all units of the input."""
    known: Survey | None = surveyed(batch.opened)
    rows = known.rows if known is not None else len(batch.opened.paths)
    with say.busy("读全部单位"), TemporaryDirectory() as scratch:
        source = ready(batch.opened, known, batch.rules, max(rows, 1), Path(scratch), lambda _: None)
        units = [frame.facts_of(i) for _, frame, _ in source.pieces(lambda _: True) for i in range(len(frame))]
    place = next((i for i, each in enumerate(units) if each.unit == batch.unit), None)
    if place is None:
        return None, False
    units[place] = facts
    program = batch.rules.program
    traces = [
        score(program, facts, calendar, proved, (population(program, units, calendar, proved), place))
        for proved in (False, True)
    ]
    return Scored(batch.rules, facts, traces[0], traces[1], None, tuple(units)), True
