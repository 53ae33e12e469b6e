"""A rule set under other values of its parameters: each is checked as an edited file would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from zjrules import build
from zjrules.batch.sweep import Axis, Setting, SweepError, combinations
from zjrules.batch.swept import Variant
from zjrules.bookshelf import gathered
from zjrules.diag import Diagnostic, Diagnostics
from zjrules.inout.table import scores
from zjrules.read.book import read
from zjrules.ruleset import RuleSet
from zjrules.syntax import decl as sd
from zjrules.term import rule as tr


def variants(rules: RuleSet, found: Sequence[Axis]) -> tuple[tuple[Variant, ...], Diagnostics]:
    """Check a rule set under every combination of values; what the checks say of one that they do not say of the rule set itself.

    Raises SweepError where a combination makes another rule set of it than one for the same facts and the same table.
    """
    texts, problems = gathered(rules.id)
    if texts is None:
        return (), problems
    words = [read(source, build.the_parser())[0] for source in texts.std]
    standing, before = build.build(texts.own, texts.std, texts.spare, texts.bases, texts.as_of)
    if standing is None or standing.book is None:
        return (), before
    mine = standing.book.consolidated()
    made: list[Variant] = []
    said: dict[object, list[tuple[Diagnostic, Mapping[str, Setting]]]] = {}
    for settings in combinations(found):
        built, told = build.check([_edited(file, settings) for file in mine], words, (), texts.spare)
        for each in (d for d in told if d not in before):
            place = each.labels[0].span if each.labels else None
            said.setdefault((each.code, place), []).append((each, settings))
        if built is None:
            return (), _together(said)
        one = Variant({name: each.text for name, each in settings.items()}, built.program)
        _same_tables(one, rules.program)
        made.append(one)
    return tuple(made), _together(said)


def _together(said: Mapping[object, Sequence[tuple[Diagnostic, Mapping[str, Setting]]]]) -> Diagnostics:
    """Return what is said of each place once, of the first combination that it is said of."""
    found = []
    for (first, settings), *others in said.values():
        where = _told({name: one.text for name, one in settings.items()})
        more = f"；还有 {len(others)} 种取值，这里也有话说" if others else ""
        found.append(evolve(first, message=f"{first.message}（{where}{more}）"))
    return tuple(found)


def _edited(file: sd.File, settings: Mapping[str, Setting]) -> sd.File:
    """Return a file with other values of its parameters."""
    if not any(isinstance(d, sd.Param) and d.name.text in settings for d in file.decls):
        return file
    decls = (
        evolve(d, value=settings[d.name.text].value) if isinstance(d, sd.Param) and d.name.text in settings else d
        for d in file.decls
    )
    return evolve(file, decls=tuple(decls))


def _same_tables(one: Variant, before: tr.Program) -> None:
    if one.program.schema != before.schema:
        raise SweepError(f"{_told(one.values)}：参数定的是事实填多少才算数，取值一变读进来的表就不同；改规则，分几次算")
    if scores.schema_of(one.program) != scores.schema_of(before):
        raise SweepError(f"{_told(one.values)}：得分的小数位数变了，写不成一张表；改规则，分几次算")


def _told(values: Mapping[str, str]) -> str:
    return "，".join(f"{name} = {text}" for name, text in values.items())
