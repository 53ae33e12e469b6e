"""From fact files to scored units: what check and explain share."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from fractions import Fraction
from functools import cache
from pathlib import Path

import click
from attrs import frozen

from zjrules import appraisal
from zjrules.appraisal import NOT_ALL, Loading, Outcome, Prepared
from zjrules.cli import say
from zjrules.diag import Code, Diagnostic, Label, has_errors
from zjrules.fact import Facts
from zjrules.pool import pooled
from zjrules.project import FACT_FILES, Scored, fitted, load, read_facts
from zjrules.span import Source, Span
from zjrules.spelling import nearest

EMPTY_FOLDER = Code("ZJ5035", "no-unit-files")


@frozen
class Among:
    """A unit by one of its rule sets, and the other units that it was compared with, where it was."""

    scored: Scored | None
    found: list[Diagnostic]
    peers: tuple[Outcome, ...] = ()
    whole: bool = False
    """Whether the units are all there are, so that rank and mean are known."""

    @property
    def others(self) -> list[Scored]:
        """The other units that the scores rest on."""
        return [one for one, _ in self.peers if one is not None] if self.whole else []


def among(
    file: Path,
    further: tuple[Path, ...] = (),
    given: Sequence[str] = (),
    whole: Path | None = None,
    under: Path | None = None,
    mapping: Path | None = None,
) -> list[Among]:
    """Read, fit and score one unit by each of its rule sets.

    whole: the folder of all units of a run, in which the unit's own files are passed over; what else is given is of the
    unit itself.
    """
    loaded = cache(load)
    own = _ready((file,), further, given, loaded, mapping, under)
    if whole is None:
        return [Among(*one) for one in appraisal.outcomes(own, whole=False)]
    mine = {
        p.resolve() for p in (file, *further, *(spread((under,)) if under else ()), *((mapping,) if mapping else ()))
    }
    others = [path for path in spread((whole,)) if path.resolve() not in mine and path != whole]
    rest = _ready(others, (), given, loaded)
    found = appraisal.outcomes([*own, *rest], whole=True)
    names = [each.rules.id if each.rules is not None else "" for each in (*own, *rest)]
    made = []
    for name, (scored, said) in zip(names, found[: len(own)], strict=False):
        compared = not any(d.code == NOT_ALL for d in said)
        peers = [
            one for n, one in zip(names[len(own) :], found[len(own) :], strict=True) if n == name or one[0] is None
        ]
        made.append(Among(scored, said, tuple(peers), compared))
    return made


def outcomes(
    files: Sequence[Path],
    further: tuple[Path, ...] = (),
    given: Sequence[str] = (),
    whole: bool = False,
    under: Path | None = None,
    mapping: Path | None = None,
    loading: Loading = load,
) -> list[Outcome]:
    """Read, fit and score units by each of their rule sets.

    whole: the files are all units of a run; under: the folder of a department's units; mapping: where the facts stand in a
    unit's own workbook; loading: what finds a rule set by its name.
    """
    return appraisal.outcomes(_ready(files, further, given, cache(loading), mapping, under), whole)


def _ready(
    files: Sequence[Path],
    further: tuple[Path, ...],
    given: Sequence[str],
    loading: Loading,  # a rule set is the same for every unit of a call
    mapping: Path | None = None,
    under: Path | None = None,
) -> list[Prepared]:
    ready: list[Prepared] = []
    for path in say.watched(spread(files), "读事实"):
        with say.busy(f"读 {path.name}") if len(files) == 1 and path.is_file() else nullcontext():
            ready += appraisal.ready(*read_facts(path, further, mapping), given, loading)
    return ready if under is None else [_with_units(each, under, files) for each in ready]


def spread(files: Sequence[Path]) -> list[Path]:
    """Return the files, a folder being all the fact files in it."""
    return [each for path in files for each in (_in(path) if path.is_dir() else [path])]


def _in(folder: Path) -> list[Path]:
    # Excel keeps a lock file ~$name beside a workbook that is open.
    files = (p for p in folder.rglob("*") if p.suffix.lower() in FACT_FILES and not p.name.startswith("~$"))
    return sorted(p for p in files if p.is_file()) or [folder]


def _with_units(department: Prepared, folder: Path, own: Sequence[Path]) -> Prepared:
    """Return a department with the facts of the units in a folder summed up; its own file there is no unit."""
    if department.rules is None or department.facts is None:
        return department
    mine = {path.resolve() for path in own}
    files = [p for p in _in(folder) if p != folder and p.resolve() not in mine]
    found = list(department.found)
    if not files:
        place = (Label(Span(Source(folder.as_posix(), ""), 0, 0)),)
        found.append(
            Diagnostic(
                EMPTY_FOLDER, f"「{folder}」里没有事实文件", place, f"下属单位的文件以 {'、'.join(FACT_FILES)} 结尾"
            )
        )
    units: list[Facts] = []
    for path in files:
        handed, problems = read_facts(path)
        found += problems
        if handed is not None:
            facts, more = fitted(handed, department.rules, department.beside)
            found += more
            units.append(facts)
    if has_errors(found):
        return Prepared(department.rules, None, found)
    facts, more = pooled(department.facts, units, department.rules.program.schema)
    return Prepared(department.rules, facts, [*found, *more])


def refuse_unknown(names: Sequence[str], known: Sequence[str]) -> None:
    """Refuse the name of an indicator that no rule set has; without any rule set there is nothing to compare with."""
    for name in names:
        if known and name not in known:
            likely = nearest(name, known)
            help_ = f"是不是「{likely}」？" if likely else f"指标有 {'、'.join(known)}"
            raise click.UsageError(f"没有叫「{name}」的指标，{help_}")


def exit_code(scored: Scored | None, found: list[Diagnostic]) -> int:
    """Return 2 when nothing could be scored, 1 when there is something to look at, 0 otherwise."""
    if scored is None:
        return 2
    return 1 if found or not isinstance(scored.claimed.total, Fraction) else 0
