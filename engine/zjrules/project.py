"""The public face: find a rule set, load it, read facts, score them. How rule sets are found is in bookshelf.py."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from attrs import evolve, frozen

from zjrules import fit, review
from zjrules.bookshelf import find, load, plain, roots, rule_digests, rule_files, rule_sets, shown, standard_examples
from zjrules.diag import Code, Diagnostic, Diagnostics, Label, Severity, has_errors
from zjrules.exact.scope import WorkCalendar
from zjrules.exact.total import population, score
from zjrules.fact import Facts, Raw, RawFacts, Schema
from zjrules.inout import factfile
from zjrules.inout.text import decode, read_text
from zjrules.inout.workbook.cells import Grid
from zjrules.inout.workbook.mapping import Layout
from zjrules.inout.yaml import Node
from zjrules.ruleset import RuleSet
from zjrules.span import Source, Span
from zjrules.trace import Trace

__all__ = [
    "find",
    "load",
    "roots",
    "rule_digests",
    "rule_files",
    "rule_sets",
    "shown",
    "standard_examples",
]  # and what follows

RULES_UNSAID = Code("ZJ2021", "rule-set-unsaid")
RULES_DIFFER = Code("ZJ2022", "other-rule-set", Severity.WARNING)
UNKNOWN_FORMAT = Code("ZJ5030", "unknown-format")
OTHER_EDITION = Code("ZJ5122", "made-for-another-edition", Severity.NOTE)

TEXTS = (".yaml", ".yml")
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et")
FACT_FILES = (*TEXTS, *WORKBOOKS)
"""How the names of fact files end."""


# ---------- facts ----------


@frozen
class Case:
    """What a fact file that is a case expects, and who says so."""

    title: str
    authority: str
    expected: Node
    others: tuple[Path, ...] = ()
    """The other units that it is compared with."""


@frozen
class Handed:
    """What a unit handed in, as read: not yet fitted to a rule set."""

    name: str
    raw: RawFacts
    case: Case | None
    digest: str
    books: tuple[tuple[Grid, Layout | None], ...] = ()
    """Workbooks, of which only the head is in raw: their tables are known when the rule set is. A layout maps one's cells."""


@frozen
class Given:
    """A file by its bytes, of which nothing stands on a disk; name is what the user calls it."""

    name: str
    data: bytes


def read_facts(
    path: Path, further: tuple[Path, ...] = (), mapping: Path | None = None
) -> tuple[Handed | None, Diagnostics]:
    """Read a unit's fact file and its further files; facts of all count, and a fact given twice is found by fitting.

    mapping says where the facts stand in the first file, a workbook of the unit's own.
    """
    layout, slips = _layout(mapping, path) if mapping is not None else (None, ())
    parts = [_workbook(each) if each.suffix.lower() in WORKBOOKS else _text(each) for each in (path, *further)]
    return _handed(shown(path), parts, layout, slips, path.parent)


def read_given(files: Sequence[Given]) -> tuple[Handed | None, Diagnostics]:
    """Read a unit's files, at least one, from memory."""
    return _handed(files[0].name, [_held(each) for each in files])


def _handed(
    name: str,
    parts: Sequence[tuple[Grid | Source | None, Diagnostics]],
    layout: Layout | None = None,
    slips: Diagnostics = (),
    folder: Path | None = None,
) -> tuple[Handed | None, Diagnostics]:
    """Put together what was read of a unit's files. layout is of the first; folder is where a case's other units are."""
    documents: list[factfile.Document] = []
    raws: list[RawFacts] = []
    books: list[tuple[Grid, Layout | None]] = []
    problems: list[Diagnostic] = list(slips)
    digest = hashlib.sha256(layout.span.source.text.encode() if layout is not None else b"")
    for number, (read, wrong) in enumerate(parts):
        problems += wrong
        if isinstance(read, Grid):
            books.append((read, None if number else layout))
            raws.append(_cover(*books[-1]))
            digest.update(read.digest.encode())
        elif read is not None:
            digest.update(read.text.encode())
            document, mistakes = factfile.facts(read)
            problems += mistakes
            documents += [document] if document is not None else []
            raws += [document.raw] if document is not None else []
    if not raws or has_errors(problems):
        return None, tuple(problems)
    raw = _together(raws)
    first = documents[0] if documents else factfile.Document(raw)
    others = tuple(folder / other for other in first.others) if folder is not None else ()
    case = Case(first.title, first.authority, first.expected, others) if first.expected is not None else None
    return Handed(name, raw, case, digest.hexdigest(), tuple(books)), tuple(problems)


def _held(file: Given) -> tuple[Grid | Source | None, Diagnostics]:
    suffix = PurePosixPath(file.name).suffix.lower()
    if suffix in TEXTS:
        return decode(file.name, file.data)
    if suffix not in WORKBOOKS:
        return None, (_no_facts(file.name),)
    from zjrules.inout.workbook import grid

    return grid.of_bytes(file.name, file.data)


def _workbook(path: Path) -> tuple[Grid | None, Diagnostics]:
    from zjrules.inout.workbook import grid

    return grid.read(path, shown(path))


def _layout(path: Path, facts: Path) -> tuple[Layout | None, Diagnostics]:
    from zjrules.inout.workbook import mapping

    source, wrong = read_text(path, shown(path))
    if source is None:
        return None, wrong
    if facts.suffix.lower() in TEXTS:
        message = f"映射说的是工作簿里的格，「{shown(facts)}」不是工作簿"
        here = (Label(Span(Source(shown(facts), ""), 0, 0)),)
        return None, (
            Diagnostic(UNKNOWN_FORMAT, message, here, f"去掉 --map；工作簿的名称以 {'、'.join(WORKBOOKS)} 结尾"),
        )
    return mapping.read(source)


def _cover(book: Grid, layout: Layout | None) -> RawFacts:
    from zjrules.inout.workbook import cover, mapped

    if layout is None:
        return RawFacts(cover.head(book), (), (), ())
    raw, _ = mapped.facts(book, Layout(layout.rules, layout.head, {}, {}), Schema({}, {}))
    named = Raw("规则", layout.rules, span=layout.span, name_span=layout.span)
    return RawFacts({**cover.head(book), **raw.head, **({"规则": named} if layout.rules else {})}, (), (), ())


def _text(path: Path) -> tuple[Source | None, Diagnostics]:
    if path.suffix.lower() in TEXTS:
        return read_text(path, shown(path))
    return None, (_no_facts(shown(path)),)


def _no_facts(name: str) -> Diagnostic:
    label = Label(Span(Source(name, ""), 0, 0))
    help_ = f"事实文件的名称以 {'、'.join(FACT_FILES)} 结尾"
    return Diagnostic(UNKNOWN_FORMAT, f"「{name}」不是事实文件", (label,), help_)


def _together(raws: Sequence[RawFacts]) -> RawFacts:
    return RawFacts(
        {k: v for r in reversed(raws) for k, v in r.head.items()},
        tuple(f for r in raws for f in r.facts),
        tuple(x for r in raws for x in r.ledgers),
        tuple(c for r in raws for c in r.claims),
        tuple(c for r in raws for c in r.reviews),
    )


def rules_said(handed: Handed) -> tuple[str, ...]:
    """Return the rule sets that the file names."""
    named = handed.raw.head.get("规则")
    return tuple(n for x in re.split("[、，,]", named.text) if (n := x.strip())) if named is not None else ()


def rules_named(handed: Handed, given: Sequence[str]) -> tuple[tuple[str, ...], Diagnostics]:
    """Return which rule sets to use: those given on the command line, else those that the file names."""
    named, said = handed.raw.head.get("规则"), rules_said(handed)
    if given:
        if named is not None and said and not {plain(g) for g in given} <= {plain(n) for n in said}:
            message = f"文件写的规则是「{named.text}」，这里用「{'、'.join(given)}」"
            return tuple(given), (Diagnostic(RULES_DIFFER, message, (Label(named.span),), "核对是不是这一年的规则"),)
        return tuple(given), ()
    if not said:
        label = Label(named.span if named is not None else Span(Source(handed.name, ""), 0, 0))
        help_ = "在文件开头写「规则: zhanjiang/2025」，或用 --rules 指定；zjrules rules 列出有哪些"
        return (), (Diagnostic(RULES_UNSAID, "不知道用哪一本规则", (label,), help_),)
    return said, ()


def fitted(handed: Handed, rules: RuleSet, beside: Sequence[RuleSet] = ()) -> tuple[Facts, Diagnostics]:
    """Fit what was handed in to a rule set; what only the rule sets beside it ask for is passed over."""
    schema = widened(rules, beside)
    names = rules.indicator_names()
    raw, said = texts(handed, schema, names)
    facts, problems = fit.fit(raw, schema, rules.program.book.year, names)
    found = (*said, *_other_edition(raw, rules), *problems)
    return (facts if facts.unit else evolve(facts, unit=Path(handed.name).stem)), found


def widened(rules: RuleSet, beside: Sequence[RuleSet]) -> Schema:
    """Return what a rule set asks for, with the names that the rule sets beside it ask for."""
    schema = rules.program.schema
    asked = {*schema.facts, *schema.ledgers, *rules.indicator_names()}
    others = {n for r in beside for n in (*r.program.schema.facts, *r.program.schema.ledgers, *r.indicator_names())}
    return evolve(schema, elsewhere=schema.elsewhere | (others - asked))


def texts(handed: Handed, schema: Schema, names: Sequence[str]) -> tuple[RawFacts, Diagnostics]:
    """Return all that was handed in as texts: that of files as it is, and the tables of workbooks, found by a schema."""
    read, said = _tables(handed.books, schema, names)
    return _together([handed.raw, *read]), said


def _tables(
    books: Sequence[tuple[Grid, Layout | None]], schema: Schema, names: Sequence[str]
) -> tuple[list[RawFacts], Diagnostics]:
    if not books:
        return [], ()
    from zjrules.inout.workbook import facts, mapped

    found = [
        facts.facts(book, schema, names) if layout is None else mapped.facts(book, layout, schema)
        for book, layout in books
    ]
    return [raw for raw, _ in found], tuple(d for _, said in found for d in said)


def _other_edition(raw: RawFacts, rules: RuleSet) -> Diagnostics:
    """Say that a workbook was made for another edition of the rules, which may ask for other facts."""
    said, named = raw.head.get("规则摘要"), raw.head.get("规则")
    if said is None or named is None or named.text != rules.id or not said.text or rules.digest.startswith(said.text):
        return ()
    message = f"这份工作簿是按「{rules.id}」的另一版做的（摘要 {said.text}，现在是 {rules.digest[: len(said.text)]}）"
    help_ = "规则改过以后，看看有没有新要的事实：zjrules template 再做一份对照"
    return (Diagnostic(OTHER_EDITION, message, (Label(said.span),), help_),)


@frozen
class Scored:
    """One unit, scored by what it claims, by what has evidence and, where a reviewer set values, by these."""

    rules: RuleSet
    facts: Facts
    claimed: Trace
    proved: Trace
    reviewed: Trace | None = None
    among: tuple[Facts, ...] = ()
    """All units of the run, where it is one over all units."""

    @property
    def others(self) -> tuple[Facts, ...] | None:
        """The other units of a run over all units; None where it is not one."""
        return tuple(unit for unit in self.among if unit is not self.facts) if self.among else None


def score_units(
    rules: RuleSet, units: Sequence[Facts], calendar: WorkCalendar | None, whole: bool = False
) -> list[Scored]:
    """Score units 按自述, 仅有佐证 and 复核. whole: they are all units of a run, so that rank and mean are known."""
    seconds = [review.reviewed(facts) for facts in units]
    claimed = _traces(rules, units, calendar, whole)
    proved = _traces(rules, units, calendar, whole, proved_only=True)
    after = [second or facts for second, facts in zip(seconds, units, strict=True)]
    # Where units are compared, what a reviewer finds of one moves the others too.
    again = _traces(rules, after, calendar, whole) if any(seconds) else claimed
    keep = [second is not None or (whole and any(seconds)) for second in seconds]
    among = tuple(units) if whole else ()
    return [
        Scored(rules, facts, claimed[i], proved[i], again[i] if keep[i] else None, among)
        for i, facts in enumerate(units)
    ]


def _traces(
    rules: RuleSet, units: Sequence[Facts], calendar: WorkCalendar | None, whole: bool, proved_only: bool = False
) -> list[Trace]:
    if not whole:
        return [score(rules.program, facts, calendar, proved_only) for facts in units]
    among = population(rules.program, units, calendar, proved_only)
    return [score(rules.program, facts, calendar, proved_only, (among, i)) for i, facts in enumerate(units)]


def score_both(rules: RuleSet, facts: Facts, calendar: WorkCalendar | None) -> Scored:
    """Score one unit by itself."""
    return score_units(rules, (facts,), calendar)[0]
