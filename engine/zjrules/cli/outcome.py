"""From fact files to scored units: what check and explain share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from fractions import Fraction
from functools import cache
from pathlib import Path

import click
from attrs import frozen

from zjrules.cli import say
from zjrules.diag import Code, Diagnostic, Diagnostics, Label, has_errors
from zjrules.displayed import displayed
from zjrules.exact.scope import WorkCalendar
from zjrules.explain.findings import findings
from zjrules.fact import Facts
from zjrules.pool import pooled
from zjrules.project import FACT_FILES, Scored, fitted, load, read_facts, rules_named, rules_said, score_units
from zjrules.ruleset import Example, RuleSet
from zjrules.span import Source, Span
from zjrules.spelling import nearest
from zjrules.term import expr as tm
from zjrules.term import survey

NOT_ALL = Code("ZJ5034", "units-incomplete")
EMPTY_FOLDER = Code("ZJ5035", "no-unit-files")

Loading = Callable[[str], tuple[RuleSet | None, Diagnostics]]
Outcome = tuple[Scored | None, list[Diagnostic]]
DATED = (tm.Workdays, tm.AddWorkdays, tm.RollOn, tm.Festival)


@frozen
class Prepared:
    """A unit that was read and fitted, or the rules alone where its facts cannot be used; found is what was said."""

    rules: RuleSet | None
    facts: Facts | None
    found: list[Diagnostic]
    beside: tuple[RuleSet, ...] = ()
    """All rule sets that the unit is scored by."""


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
        return [Among(*one) for one in _outcomes(own, whole=False)]
    mine = {
        p.resolve() for p in (file, *further, *(spread((under,)) if under else ()), *((mapping,) if mapping else ()))
    }
    others = [path for path in spread((whole,)) if path.resolve() not in mine and path != whole]
    rest = _ready(others, (), given, loaded)
    found = _outcomes([*own, *rest], whole=True)
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
    return _outcomes(_ready(files, further, given, cache(loading), mapping, under), whole)


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
            ready += prepared(path, further, given, loading, mapping)
    return ready if under is None else [_with_units(each, under, files) for each in ready]


def _outcomes(ready: Sequence[Prepared], whole: bool) -> list[Outcome]:
    usable = [p for p in ready if p.facts is not None and p.rules is not None]
    complaints = _not_comparable(ready) if whole else []
    scored = iter(_scored(usable, whole and not complaints))
    found: list[Outcome] = []
    for each in ready:
        if each.facts is None or each.rules is None:
            found.append((None, each.found))
            continue
        one, calendar_found = next(scored)
        found.append((one, [*each.found, *calendar_found, *complaints, *findings(one.claimed, one.facts)]))
    return found


def spread(files: Sequence[Path]) -> list[Path]:
    """Return the files, a folder being all the fact files in it."""
    return [each for path in files for each in (_in(path) if path.is_dir() else [path])]


def _in(folder: Path) -> list[Path]:
    # Excel keeps a lock file ~$name beside a workbook that is open.
    files = (p for p in folder.rglob("*") if p.suffix.lower() in FACT_FILES and not p.name.startswith("~$"))
    return sorted(p for p in files if p.is_file()) or [folder]


def prepared(
    path: Path, further: tuple[Path, ...], given: Sequence[str], loading: Loading, mapping: Path | None = None
) -> list[Prepared]:
    """Read a unit's files, find its rules and fit the facts to each of them."""
    handed, problems = read_facts(path, further, mapping)
    found = list(problems)
    if handed is None:
        return [Prepared(None, None, found)]
    names, more = rules_named(handed, given)
    found += more
    loaded = [loading(name) for name in names]
    rule_sets = [r for r, _ in loaded if r is not None]
    if len(rule_sets) < max(len(names), 1):
        return [Prepared(None, None, [*found, *(d for _, wrong in loaded for d in wrong)])]
    ready = []
    # The file may name more than are asked for now; what they ask for is no mistake in it.
    beside = (*rule_sets, *(r for n in rules_said(handed) if n not in names and (r := loading(n)[0]) is not None))
    for rules, wrong in loaded:
        assert rules is not None
        facts, more = fitted(handed, rules, beside)
        mine = [*found, *wrong, *rules.edited, *more]
        ready.append(Prepared(rules, None if has_errors(mine) else facts, mine, beside))
    return ready


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


def _not_comparable(ready: Sequence[Prepared]) -> list[Diagnostic]:
    """Return why the files are not all units of one run: one that cannot be read, one unit twice, other rules."""
    found = []
    seen: Counter[tuple[str, str]] = Counter()
    sizes: Counter[str] = Counter()
    for each in ready:
        if each.facts is None or each.rules is None:
            help_ = "改好它再算；这一次名次和平均只给区间"
            labels = tuple(x for d in each.found if d.is_error for x in d.labels)[:1]
            found.append(Diagnostic(NOT_ALL, "全体里有一个单位的文件用不了", labels, help_))
            continue
        sizes[each.rules.id] += 1
        seen[each.facts.unit, each.rules.id] += 1
        if seen[each.facts.unit, each.rules.id] == 2:
            label = tuple(Label(f.span) for f in each.facts.facts.values())[:1]
            found.append(Diagnostic(NOT_ALL, f"单位「{each.facts.unit}」给了两次", label, "核对单位名称，或只给一份"))
    if len(set(sizes.values())) > 1 and not found:
        counts = "、".join(f"{name} {count} 个" for name, count in sizes.items())
        message = f"全体要用同样的规则，现在各本规则的单位数不同：{counts}"
        found.append(Diagnostic(NOT_ALL, message, (), "用 --rules 指定，或在各文件里写一样的「规则:」"))
    return found


def _scored(ready: Sequence[Prepared], whole: bool) -> list[tuple[Scored, Diagnostics]]:
    """Score units in their order; whole: those of one rule set are compared with each other."""
    batches: dict[object, list[int]] = {}
    for place, each in enumerate(ready):
        batches.setdefault(each.rules.id if whole and each.rules else place, []).append(place)
    calendars: dict[str, tuple[WorkCalendar | None, Diagnostics]] = {}
    found: dict[int, tuple[Scored, Diagnostics]] = {}
    for places in batches.values():
        rules = ready[places[0]].rules
        assert rules is not None
        if rules.digest not in calendars:
            calendars[rules.digest] = calendar_for(rules)
        calendar, problems = calendars[rules.digest]
        facts = [each for each in (ready[p].facts for p in places) if each is not None]
        scored = score_units(rules, facts, calendar, whole)
        found.update((p, (one, (*problems, *displayed(one, calendar)))) for p, one in zip(places, scored, strict=True))
    return [found[place] for place in range(len(ready))]


def calendar_for(rules: RuleSet) -> tuple[WorkCalendar | None, Diagnostics]:
    """Return the calendar when the rules need one, with the years that they supply; its library is not imported otherwise."""
    calendar = calendar_of(rules.examples)
    if calendar is None and survey.uses(rules.program, *DATED):
        calendar = _calendar()
    if calendar is None:
        return None, ()
    from zjrules.inout.calendar import supplied

    return supplied(calendar, rules.program.notices)


def calendar_of(examples: Sequence[Example]) -> WorkCalendar | None:
    """Return the calendar when one of some examples needs it."""
    exprs = (x for e in examples for x in (e.call, e.expected))
    return _calendar() if any(isinstance(n, DATED) for e in exprs for n in survey.deep(e)) else None


def _calendar() -> WorkCalendar:
    from zjrules.inout.calendar import work_calendar
    from zjrules.inout.spring import with_spring

    return with_spring(work_calendar())


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
