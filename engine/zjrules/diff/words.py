"""Words (定词) side by side: a word is one clause to its author, wherever it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from zjrules.diff.change import EDITED, Change, Chosen
from zjrules.diff.context import Place, Sides, by_name, declaration, quoted, some, spaced
from zjrules.diff.expression import apart
from zjrules.diff.form import Reader
from zjrules.diff.head import scores, users
from zjrules.diff.mapped import everywhere
from zjrules.mutate.book import change_body
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey

Bodies = Sequence[tm.Body]


@frozen
class Words:
    """The words that do another thing now: the change of each, and its bodies in both rule sets."""

    changed: Mapping[str, tuple[Change, Bodies, Bodies]]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of all words."""
        return tuple(c for c, _, _ in self.changed.values())

    def put(self, program: tr.Program, chosen: Chosen) -> tr.Program:
        """Return a program in which every word does what is chosen of it, whichever rule set its use was taken from."""
        if not self.changed:
            return program

        def change(e: tm.Expr) -> tm.Expr:
            if not isinstance(e, tm.Use) or e.body.word not in self.changed:
                return e
            made, old, new = self.changed[e.body.word]
            body = _fitting(e.body, new if made in chosen else old)
            return evolve(e, body=change_body(body, change))  # the words that it uses may have changed too

        return everywhere(program, change)


def _fitting(body: tm.Body, versions: Bodies) -> tm.Body:
    """Return the version of a word with the inputs that a use gives it; the types only tell how values are shown."""
    same = [b for b in versions if b.inputs == body.inputs]
    return next((b for b in same if b.types == body.types), same[0] if same else body)


def words(old: tr.Program, new: tr.Program, place: Place) -> Words:
    """Return the words that changed, told in the old names."""
    mine, theirs = _bodies(old), _bodies(new)
    used = [users(p, lambda e: e.body.word if isinstance(e, tm.Use) else None) for p in (old, new)]
    found: dict[str, tuple[Change, Bodies, Bodies]] = {}
    for name in (n for n in mine if n in theirs):
        here = evolve(place, subject=name, where=f"词{quoted(name)}")
        pair = _apart(mine[name], theirs[name], place.sides.old)
        if pair is not None:
            where = tuple(dict.fromkeys((*used[0].get(name, ()), *used[1].get(name, ()))))
            said = f"{_told(*pair, place.sides)}，用在{some(where)}"
            first = (declaration(pair[0].span), declaration(pair[1].span))
            found[name] = (here.change("词", EDITED, said, first, scores(where)), mine[name], theirs[name])
    return Words(found)


def _bodies(program: tr.Program) -> dict[str, list[tm.Body]]:
    found: dict[str, list[tm.Body]] = {}
    for use in (u for e in survey.of_program(program) for u in survey.deep(e) if isinstance(u, tm.Use)):
        alike = found.setdefault(use.body.word, [])
        if not any(b is use.body for b in alike):
            alike.append(use.body)
    return found


def _apart(old: Bodies, new: Bodies, reader: Reader) -> tuple[tm.Body, tm.Body] | None:
    """Return two versions for the same inputs that do not do the same."""
    pairs = ((a, b) for a in old for b in new if a.inputs == b.inputs)
    return next(((a, b) for a, b in pairs if reader.body(a) != reader.body(b)), None)


def _told(old: tm.Body, new: tm.Body, sides: Sides) -> str:
    """Return what a word does otherwise, name by name."""
    flat = by_name(sides.old.table)
    pairs = [(quoted(n), old.lets[n].value, new.lets[n].value) for n in old.lets if n in new.lets]
    pairs.append(("结果", old.result, new.result))
    said = [spaced(f"的{what}里，", apart(a, b, flat)) for what, a, b in pairs if not flat.same(a, b)]
    return "；".join(said) or "的写法改了"
