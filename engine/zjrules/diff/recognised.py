"""What is only called otherwise: a name that stands wherever another stood, for what is declared alike.

One fact in another's place can also be another rule. It is taken for the same one only where its declaration says so too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from attrs import define, field

from zjrules.diff.form import Reader, Table
from zjrules.diff.names import Renames, renamed
from zjrules.fact import Asked
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import children, walk

NAMES_ALIKE = 0.5
"""From this likeness on two names may be one."""
Thing = tuple[str, str, str]
"""A kind of thing, the ledger that it is in ('' for none) and its name."""
T = TypeVar("T", tr.Indicator, tr.Check)


def recognised(old: tr.Program, new: tr.Program) -> Renames:
    """Return what the new program calls otherwise."""
    words = _words(old, new)
    votes = _Votes()
    told = renamed(new, Renames(words=words).back)
    mine, theirs = (list(survey.indicators(p.groups)) for p in (old, told))
    for a, b in _pairs(mine, theirs, lambda n: n.name, survey.of_indicator):
        votes.lists(survey.of_indicator(a), survey.of_indicator(b))
        votes.gates(a, b)
    for c, d in _pairs(old.checks, told.checks, lambda x: x.title, _of_check):
        votes.lists(_of_check(c), _of_check(d))
    found = votes.agreed()
    ledgers = _kept(found, "ledger", old.schema.ledgers, new.schema.ledgers, lambda *_: True)
    facts = _kept(found, "fact", old.schema.facts, new.schema.facts, _declared_alike)
    params = _kept(found, "param", old.params, new.params, _params_alike)
    return Renames(facts, ledgers, _columns(found, old, new, ledgers), params, words)


def _of_check(check: tr.Check) -> Iterator[tm.Expr]:
    yield from (e for e in (check.when, check.left, check.right) if e is not None)


def _pairs(
    old: Sequence[T], new: Sequence[T], name: Callable[[T], str], exprs: Callable[[T], Iterable[tm.Expr]]
) -> Iterator[tuple[T, T]]:
    """Yield what has one name, and what has lost its name but not its shape."""
    named = {name(n): n for n in new}
    yield from ((o, named[name(o)]) for o in old if name(o) in named)
    before = {name(o) for o in old}
    left = [n for n in new if name(n) not in before]
    for o in (o for o in old if name(o) not in named):
        alike = [n for n in left if _shape(exprs(n)) == _shape(exprs(o))]
        if len(alike) == 1:
            yield o, alike[0]


def _shape(exprs: Iterable[tm.Expr]) -> list[list[str]]:
    return [[type(n).__name__ for n in walk(e)] for e in exprs]


@define(eq=False)
class _Votes:
    """Which name stands where another stood."""

    cast: dict[Thing, set[str]] = field(factory=dict)
    backward: dict[Thing, set[str]] = field(factory=dict)

    def vote(self, kind: str, inside: str, old: str, new: str) -> None:
        self.cast.setdefault((kind, inside, old), set()).add(new)
        self.backward.setdefault((kind, inside, new), set()).add(old)

    def lists(self, old: Iterable[tm.Expr], new: Iterable[tm.Expr]) -> None:
        for a, b in zip(old, new, strict=False):
            self.both(a, b, "")

    def gates(self, old: tr.Indicator, new: tr.Indicator) -> None:
        for a, b in zip(old.gates, new.gates, strict=False):
            for one, other in zip(a.facts, b.facts, strict=False):
                self.vote("fact", "", one, other)
        for part, partner in zip(old.parts, new.parts, strict=False):
            self.gates(part, partner)

    def both(self, old: tm.Expr, new: tm.Expr, ledger: str) -> None:
        match old, new:
            case tm.FactRef(a), tm.FactRef(b):
                self.vote("fact", "", a, b)
            case (tm.IsNA(a), tm.IsNA(b)) | (tm.HasEvidence(a), tm.HasEvidence(b)):
                self.vote("fact", "", a, b)
            case tm.ParamRef(a), tm.ParamRef(b):
                self.vote("param", "", a, b)
            case tm.Column(a), tm.Column(b):
                self.vote("column", ledger, a, b)
            case tm.Over(), tm.Over():
                self.vote("ledger", "", old.ledger, new.ledger)
                ledger = old.ledger
            case tm.First(), tm.First():
                self.vote("column", old.ledger, old.column, new.column)
            case tm.Same(), tm.Same():
                self.vote("column", old.over.ledger, old.column, new.column)
            case _:
                pass
        if type(old) is type(new):
            for a_kid, b_kid in zip(children(old), children(new), strict=False):
                self.both(a_kid, b_kid, ledger)

    def agreed(self) -> dict[Thing, str]:
        """Return the names of which all votes agree, both ways."""
        one = {thing: next(iter(names)) for thing, names in self.cast.items() if len(names) == 1}
        return {(k, x, a): b for (k, x, a), b in one.items() if a != b and self.backward[k, x, b] == {a}}


V = TypeVar("V")


def _kept(
    found: Mapping[Thing, str], kind: str, old: Mapping[str, V], new: Mapping[str, V], alike: Callable[[V, V], bool]
) -> dict[str, str]:
    return {
        a: b
        for (k, _, a), b in found.items()
        if k == kind and a in old and b in new and a not in new and b not in old and alike(old[a], new[b])
    }


def _columns(
    found: Mapping[Thing, str], old: tr.Program, new: tr.Program, ledgers: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    kept: dict[tuple[str, str], str] = {}
    for name, ledger in old.schema.ledgers.items():
        other = new.schema.ledgers.get(ledgers.get(name, name))
        mine = {t: b for t, b in found.items() if t[0] == "column" and t[1] == name}
        if other is not None:
            same = _kept(mine, "column", ledger.columns, other.columns, _declared_alike)
            kept |= {(name, a): b for a, b in same.items()}
    return kept


def _declared_alike(old: Asked, new: Asked) -> bool:
    if (old.type, old.limits, old.may_be_na, bool(old.evidence)) != (
        new.type, new.limits, new.may_be_na, bool(new.evidence),
    ):  # fmt: skip
        return False
    texts = any(a and a == b for a, b in ((old.note, new.note), (old.evidence, new.evidence)))
    return texts or _names_alike(old.name, new.name)


def _params_alike(old: tr.Param, new: tr.Param) -> bool:
    return old.type == new.type and (old.value == new.value or _names_alike(old.name, new.name))


def _names_alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= NAMES_ALIKE


def _words(old: tr.Program, new: tr.Program) -> dict[str, str]:
    """Return words that only have another name."""
    reader = Reader(Table())
    mine, theirs = ({w: reader.body(b) for w, b in bodies(p).items()} for p in (old, new))
    lost, fresh = ({w: f for w, f in a.items() if w not in b} for a, b in ((mine, theirs), (theirs, mine)))
    return {w: next(n for n, g in fresh.items() if g == f) for w, f in lost.items() if f in fresh.values()}


def bodies(program: tr.Program) -> dict[str, tm.Body]:
    """Return the words that a program uses, one version of each."""
    return {u.body.word: u.body for e in survey.of_program(program) for u in survey.deep(e) if isinstance(u, tm.Use)}
