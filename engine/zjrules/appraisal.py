"""From facts that were read to scored units with what was found of them: what every face of the engine shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from importlib.metadata import version

from attrs import frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, has_errors
from zjrules.displayed import displayed
from zjrules.exact.scope import WorkCalendar
from zjrules.explain import record
from zjrules.explain.findings import findings
from zjrules.fact import Facts
from zjrules.project import Handed, Scored, fitted, rules_named, rules_said, score_units
from zjrules.ruleset import Example, RuleSet
from zjrules.term import expr as tm
from zjrules.term import survey

NOT_ALL = Code("ZJ5034", "units-incomplete")

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


def ready(handed: Handed | None, problems: Diagnostics, given: Sequence[str], loading: Loading) -> list[Prepared]:
    """Find the rules of what was read and fit the facts to each of them."""
    found = list(problems)
    if handed is None:
        return [Prepared(None, None, found)]
    names, more = rules_named(handed, given)
    found += more
    loaded = [loading(name) for name in names]
    rule_sets = [r for r, _ in loaded if r is not None]
    if len(rule_sets) < max(len(names), 1):
        return [Prepared(None, None, [*found, *(d for _, wrong in loaded for d in wrong)])]
    fits = []
    # The file may name more than are asked for now; what they ask for is no mistake in it.
    beside = (*rule_sets, *(r for n in rules_said(handed) if n not in names and (r := loading(n)[0]) is not None))
    for rules, wrong in loaded:
        assert rules is not None
        facts, more = fitted(handed, rules, beside)
        mine = [*found, *wrong, *rules.edited, *more]
        fits.append(Prepared(rules, None if has_errors(mine) else facts, mine, beside))
    return fits


def outcomes(ready: Sequence[Prepared], whole: bool) -> list[Outcome]:
    """Score what can be scored. whole: these are all units of a run."""
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


def recorded(found: Iterable[tuple[Scored | None, Sequence[Diagnostic]]], only: Collection[str] = ()) -> record.Record:
    """Return scored units as plain data (schema/check.schema.json); only: the indicators asked for, all where it is empty."""
    units = []
    for scored, said in found:
        item: record.Record = {"发现": [record.diagnostic(d) for d in said]}
        if scored is not None:
            traces = [t for t in (scored.claimed, scored.proved, scored.reviewed) if t is not None]
            item |= record.unit(scored.rules, scored.facts, traces, only)
        units.append(item)
    return {"格式": record.SCHEMA, "引擎": version("zjrules"), "单位": units}


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
