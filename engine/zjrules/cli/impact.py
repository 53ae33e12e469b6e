"""The dossier of a change of rules from the command line: units read, scored by both years, attributed, and told."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from attrs import define, evolve, field, frozen

from zjrules.appraisal import calendar_for
from zjrules.batch.opening import ready
from zjrules.batch.source import Source
from zjrules.bulk.frame import Frame
from zjrules.cli import batching, impact_shown, say
from zjrules.cli.writing import refuse_existing, save
from zjrules.diff.compare import compare
from zjrules.dossier import record, shapley
from zjrules.dossier.asked import of_one_alone, of_other_types
from zjrules.dossier.dossier import Dossier, dossier
from zjrules.dossier.replay import Replay, replay
from zjrules.inout.table.files import UnreadableError
from zjrules.ruleset import RuleSet

MOST_SAID = 5
"""Rows that could not be scored which are named on the terminal."""


@frozen
class Wanted:
    """The options that a dossier takes."""

    facts: Path
    ledgers: tuple[tuple[str, Path], ...] = ()
    empty: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    attribute: bool = True
    orders: int = shapley.ORDERS
    seed: int = shapley.SEED
    output: Path | None = None
    page: Path | None = None
    form: str = "text"
    force: bool = False


@define
class _Said:
    """What is said of rows, while the blocks go by: the first of it, and how much it is."""

    first: list[dict[str, Any]] = field(factory=list)
    many: int = 0
    scored: int = 0

    def frames(self, source: Source) -> Iterator[Frame]:
        self._add(source.said.iter_rows(named=True))
        for _, frame, said in source.pieces(lambda _: True):
            self._add(said.iter_rows(named=True))
            self.scored += len(frame)
            yield frame

    def _add(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            self.many += 1
            if len(self.first) < MOST_SAID:
                self.first.append(row)


def run(old: RuleSet, new: RuleSet, wanted: Wanted) -> int:
    """Make the dossier of two rule sets, write and show it, and return the exit code."""
    for path in (wanted.output, wanted.page):
        if path is not None:
            refuse_existing(path, wanted.force)
    if wanted.page is not None and find_spec("matplotlib") is None:
        raise click.UsageError("--html 要用 matplotlib，这台机器没有装：pip install 'zjrules[bulk]'")
    diff = compare(old.program, new.program)
    other = of_other_types(diff)
    if other:
        raise click.UsageError(f"「{other[0]}」的类型两边不同，同一批事实不能两边都用，不能重算")
    found = replay(diff, lambda program: calendar_for(evolve(old, program=program))[0])
    program = evolve(diff.hybrid(frozenset()), schema=found.schema)
    asked = batching.Asked(
        wanted.facts, None, old.id, wanted.ledgers, wanted.empty, wanted.ignored, None, (), False, False, "text"
    )
    prepared, problems = batching.prepared(asked, "", evolve(old, program=program))
    if prepared is None:
        say.diagnostics(problems, say.console(sys.stderr))
        return 2
    try:
        made = _made(found, prepared, wanted)
    except UnreadableError as error:
        say.diagnostics((error.found,), say.console(sys.stderr))
        return 2
    return _told(made, old, new, wanted)


def _made(found: Replay, prepared: batching.Prepared, wanted: Wanted) -> Dossier:
    opened, said = prepared.opened, _Said()
    rows = prepared.known.rows if prepared.known is not None else len(opened.paths)
    size = max(rows, 1) if found.whole else prepared.size
    weights = shapley.weights(len(found.players), wanted.orders, wanted.seed) if wanted.attribute else None
    with TemporaryDirectory() as scratch:
        with batching.watched("读文件", len(opened.paths)) as seen:
            source = ready(opened, prepared.known, prepared.rules, size, Path(scratch), seen)
        sets = len(weights.by_set) if weights is not None else 0
        with batching.watched("两年各算一遍", source.rows) as one, batching.watched("归因", sets) as two:
            made = dossier(found, said.frames(source), weights, (one, two))
    made.aside = source.rows - said.scored
    _reject(said)
    return made


def _reject(said: _Said) -> None:
    """Say which rows have something wrong: the first of them, and how many there are."""
    for row in said.first:
        where = "".join(f"{row[k]}  " for k in ("文件", "单位", "列") if row[k])
        click.echo(f"{row['代码']}  {where}{row['说明']}", err=True)
    if said.many > len(said.first):
        click.echo(f"……共 {said.many:,} 条；zjrules batch 写成表，都列得出", err=True)


def _told(made: Dossier, old: RuleSet, new: RuleSet, wanted: Wanted) -> int:
    """Show a dossier, write its files, and return the exit code."""
    document = f"{json.dumps(record.document(made, old, new, version('zjrules')), ensure_ascii=False, indent=2)}\n"
    to_file = wanted.output is not None and wanted.output.suffix.lower() == ".json"
    if wanted.form == "json" and not to_file:
        click.echo(document, nl=False)
    else:
        impact_shown.show(made, of_one_alone(made.replay.diff), say.console())
    code = 0
    if wanted.output is not None and to_file:
        code = save(wanted.output, document.encode(), wanted.force)
    elif wanted.output is not None:
        from zjrules.dossier.sheets import xlsx

        with say.busy(f"写 {wanted.output}"):
            data = xlsx(made)
        code = save(wanted.output, data, wanted.force)
    if wanted.page is not None:
        # What the drawing library says of its cache is nothing to a user.
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
        from zjrules.dossier.page import html

        with say.busy(f"画图，写 {wanted.page}"):
            text = html(made, f"{old.id} {old.digest}；{new.id} {new.digest}；引擎 zjrules {version('zjrules')}")
        code = save(wanted.page, text.encode(), wanted.force) or code
    return code or made.code
