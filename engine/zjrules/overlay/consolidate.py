"""An overlay and its base: which amendments are in force on a day, made one day after another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from attrs import evolve

from zjrules.diag import Code, Diagnostic, Diagnostics, Edit, Fix, Label, at
from zjrules.overlay import apply
from zjrules.overlay.conflict import conflicts, head
from zjrules.overlay.whole import Key, Whole, day, key_of, whole
from zjrules.span import Span
from zjrules.syntax import decl as sd
from zjrules.syntax.expr import DateLit, Words

NO_BASE = Code("ZJ4100", "amendment-without-base")
PLAIN = Code("ZJ4102", "plain-in-overlay")
INCOMPLETE = Code("ZJ4103", "amendment-incomplete")

Told = tuple[Whole, Diagnostics]


def consolidated(
    layers: Sequence[Sequence[sd.File]], shared: Iterable[sd.File] = (), as_of: date | None = None
) -> Told:
    """Return the book of the last layer, each layer amending the one before it, as it stands on a day.

    as_of None: with all amendments, whenever they begin. shared: the files of the shared dictionary.
    """
    dictionary: dict[Key, sd.Declared] = {
        key_of(d): d for f in shared for d in f.decls if isinstance(d, sd.FactDecl | sd.LedgerDecl)
    }
    found = whole(layers[0])
    problems = list(stray(layers[0]))
    for files in layers[1:]:
        found, more = _amended(found, tuple(files), dictionary, as_of)
        problems += more
    return found, tuple(sorted(problems, key=_place))


def _place(found: Diagnostic) -> tuple[str, int]:
    span = found.labels[0].span
    return span.source.name, span.start


def stray(files: Iterable[sd.File]) -> Iterable[Diagnostic]:
    """Yield amendments of a book that amends no other."""
    for decl in (d for f in files for d in f.decls):
        if isinstance(decl, sd.Amendment):
            help_ = "在「规则集」下面写「沿用 规则集编号」；不是修改别的规则的，直接写条文"
            yield at(NO_BASE, head(decl.span), f"这本规则没有沿用哪一本，没有可{decl.verb}的", help_)


def _amended(base: Whole, files: tuple[sd.File, ...], shared: dict[Key, sd.Declared], as_of: date | None) -> Told:
    own = whole(files)
    problems: list[Diagnostic] = [_plain(e.decl) for e in own.entries]
    heads = own.head
    dated = _dated(files, heads, problems)
    in_force = sorted(((d, a) for d, a in dated if as_of is None or d <= as_of), key=lambda pair: pair[0])
    run = apply.Run(base, _headed(base, heads, as_of, problems), shared, problems)
    for _, group in groupby(in_force, key=lambda pair: pair[0]):
        same_day = [a for _, a in group]
        crossed = dict(conflicts(same_day))
        problems += crossed.values()
        run.day([a for a in same_day if a not in crossed])
    return evolve(run.now, files=(*base.files, *files), further=own.further), tuple(problems)


def _plain(decl: sd.Declared) -> Diagnostic:
    fix = Fix("前面写「新增」", (Edit(Span(decl.span.source, decl.span.start, decl.span.start), "新增 "),), safe=False)
    help_ = "沿用别的规则的，只写 修改、新增、删除、更名；新的写「新增」"
    return at(PLAIN, head(decl.span), "不知道这一条是新增还是修改", help_, fix=fix)


def _dated(
    files: Iterable[sd.File], heads: sd.RuleSet | None, problems: list[Diagnostic]
) -> list[tuple[date, sd.Amendment]]:
    """Return the amendments with the day from which each holds; what says neither 依据 nor a day is reported."""
    found = []
    for decl in (d for f in files for d in f.decls):
        if not isinstance(decl, sd.Amendment):
            continue
        written = decl.since or (heads.since if heads is not None else None)
        lacks = [] if decl.basis else ["依据"]
        lacks += [] if written is not None else ["从哪天起施行"]
        if lacks and not decl.damaged:
            help_ = '写「依据 "文号和条款"」「自 2026-03-01 起施行」；日期都一样的，写在「规则集」下面一次就够'
            problems.append(at(INCOMPLETE, head(decl.span), f"这一条没有写{'，也没有写'.join(lacks)}", help_))
        begins = _day(written, problems) if written is not None else None
        if begins is not None and not decl.damaged:
            found.append((begins, evolve(decl, since=written)))
    return found


def _day(written: DateLit, problems: list[Diagnostic]) -> date | None:
    found = day(written)
    wrong = at(INCOMPLETE, written.span, f"没有「{written.span.text}」这一天", "写成 2026-03-01")
    if found is None and wrong not in problems:
        problems.append(wrong)
    return found


# ---------- the head ----------


def _headed(base: Whole, own: sd.RuleSet | None, as_of: date | None, problems: list[Diagnostic]) -> Whole:
    """Return the base under the overlay's head: its name, year and issuer, and what it changes of points and grades."""
    below = base.head
    if own is None or below is None:
        return base
    begins = _day(own.since, problems) if own.since is not None else None
    in_force = begins is None or as_of is None or begins <= as_of
    changed = evolve(own, full=None, grades=(), roundings=()) if not in_force else own
    _permitted(below, changed, problems)
    rounded = {r.place.text: r for r in (*below.roundings, *changed.roundings)}
    head_ = evolve(
        own,
        language=own.language or below.language,
        year=own.year or below.year,
        issuer=own.issuer or below.issuer,
        nature=own.nature or below.nature,
        full=changed.full or below.full,
        basis=_together(own.basis, below.basis),
        note=_together(own.note, below.note),
        roundings=tuple(rounded.values()),
        grades=changed.grades or below.grades,
        accepts=(*below.accepts, *own.accepts),
        base=None, since=None, breach=None,
        mark=own.mark or below.mark,
    )  # fmt: skip
    return evolve(base, head=head_, heads=(*base.heads, own))


def _together(own: tuple[Words, ...], below: tuple[Words, ...]) -> tuple[Words, ...]:
    return tuple(dict.fromkeys((*own, *below)))


def _permitted(below: sd.RuleSet, own: sd.RuleSet, problems: list[Diagnostic]) -> None:
    """Report what a head changes of the base's points, roundings or grades without leave."""
    changes: list[tuple[str, Span]] = []
    if own.full is not None and own.full != below.full:
        changes.append(("满分", own.full.span))
    changes += [("舍入", r.span) for r in own.roundings if r not in below.roundings]
    if own.grades and own.grades != below.grades:
        changes.append(("等级", own.grades[0].span.to(own.grades[-1].span)))
    open_ = below.mark is not None and not below.mark.refs
    free = {r.kind for r in below.mark.refs} if below.mark is not None else set()
    for what, span in changes:
        if not open_ and what not in free and own.breach is None:
            labels = (Label(span), Label(head(below.span), "沿用的规则"))
            message = f"沿用的规则没有把「{what}」标为「可调」，不能改"
            help_ = "确有上级的依据要改的，在「规则集」下面写「突破 理由」；或请发布的单位标「可调」"
            problems.append(Diagnostic(apply.NOT_ADJUSTABLE, message, labels, help_))
