"""An input opened and its columns understood, before the first row is read; then made ready to be scored block by block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from attrs import evolve, field, frozen

from zjrules.batch.source import Source, Tables, unit_files
from zjrules.diag import Diagnostic, Diagnostics
from zjrules.fact import Schema
from zjrules.fit import UNKNOWN_LEDGER
from zjrules.inout.table import joined
from zjrules.inout.table.blocks import Survey, survey
from zjrules.inout.table.columns import Reading, reading
from zjrules.inout.table.files import Files, here, opened, stamp
from zjrules.inout.table.joined import Beside, laid
from zjrules.project import shown
from zjrules.ruleset import RuleSet
from zjrules.spelling import nearest


@frozen(eq=False)
class Order:
    """What the user asked for: the input, tables of ledgers by name, columns to pass over, ledgers that are empty without a row."""

    path: Path
    ledgers: tuple[tuple[str, Path], ...] = ()
    ignored: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()


@frozen(eq=False)
class Opened:
    """An input whose columns are understood. files is None for files of one unit each, which are paths."""

    files: Files | None
    how: Reading | None
    beside: tuple[Beside, ...] = ()
    paths: tuple[Path, ...] = ()
    said: Diagnostics = field(factory=tuple)

    def stamps(self) -> dict[str, object]:
        """Return what tells changed inputs. Raises OSError."""
        own = self.files.paths if self.files is not None else self.paths
        return {"输入": stamp(own), "明细": {b.ledger: stamp(b.files.paths) for b in self.beside}}


def opened_table(order: Order, schema: Schema) -> tuple[Opened | None, Diagnostics]:
    """Open a table of units and those of its ledgers."""
    files, problems = opened(order.path, shown(order.path))
    if files is None:
        return None, problems
    how, problems = reading(schema, dict(files.schema), files.names[0], order.ignored)
    beside: list[Beside] = []
    more: list[Diagnostic] = []
    for ledger, path in order.ledgers:
        if ledger not in schema.ledgers:
            more.append(_no_ledger(ledger, path, schema))
            continue
        own, wrong = opened(path, shown(path))
        more += wrong
        beside += [Beside(ledger, own, ledger in order.empty)] if own is not None else []
    if how is None or more:
        return None, (*(problems if how is None else ()), *more)
    whole, wrong = joined.added(how, schema, dict(files.schema), tuple(beside))
    if whole is None:
        return None, wrong
    return Opened(files, whole, tuple(beside), said=whole.said), ()


def _no_ledger(ledger: str, path: Path, schema: Schema) -> Diagnostic:
    likely = nearest(ledger, schema.ledgers)
    help_ = f"是不是「{likely}」？" if likely else f"这本规则的明细有 {'、'.join(schema.ledgers) or '（无）'}"
    return Diagnostic(UNKNOWN_LEDGER, f"这本规则没有叫「{ledger}」的明细", here(shown(path)), help_)


def surveyed(opened_: Opened) -> Survey | None:
    """Read the names of all units of a table. Raises UnreadableError."""
    return survey(opened_.files) if opened_.files is not None else None


def ready(
    opened_: Opened, known: Survey | None, rules: RuleSet, size: int, scratch: Path, seen: Callable[[int], None]
) -> Source:
    """Return the input made ready: ledgers of their own laid out by blocks, files of units read. Raises UnreadableError, OSError."""
    if opened_.files is None or opened_.how is None or known is None:
        return unit_files(opened_.paths, rules, size, seen)
    how = opened_.how
    found = {b.ledger: laid(b, how.ledgers[b.ledger], known, size, scratch) for b in opened_.beside}
    # The hashes have served.
    spare = evolve(known, hashes=np.zeros(0, np.uint64))
    return Tables(rules.program, size, opened_.files, how, spare, found)


def opened_files(paths: Sequence[Path]) -> Opened:
    """Return files of one unit each as an input."""
    return Opened(None, None, (), tuple(paths))
