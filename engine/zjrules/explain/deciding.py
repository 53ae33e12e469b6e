"""Which clauses of a rule decided a score: the band, the 当 or 凡, the guard that was taken, by their places."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from zjrules.span import NOWHERE, Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.trace import Step
from zjrules.value import Unknown

REST, OTHERWISE = "其余", "否则"


@frozen
class Lit:
    """A clause that decided, or, where facts are missing, one of those that still can (open)."""

    span: Span
    open: bool = False


def deciding(step: Step) -> list[Lit]:
    """Return the clauses that decided an indicator, in the order of the text and each once; none lies inside another."""
    found: dict[tuple[int, int], Lit] = {}
    for lit in _stages(step):
        if lit.span.source != NOWHERE.source:
            found.setdefault((lit.span.start, lit.span.end), lit)
    kept: list[Lit] = []
    for lit in sorted(found.values(), key=lambda x: (x.span.start, -x.span.end)):
        if not kept or lit.span.start >= kept[-1].span.end:
            kept.append(lit)
    return kept


def _stages(step: Step) -> list[Lit]:
    found: list[Lit] = []
    before: object = None
    for kid in step.kids:
        moved = not isinstance(kid.term, tr.Clamp) or kid.value != before
        found += _stage(kid) if moved else []
        before = kid.value
    return found


def _stage(step: Step) -> list[Lit]:
    match step.term:
        case tr.Indicator():
            return _stages(step) if step.note is not None else [x for part in step.kids for x in _stages(part)]
        case tr.Plain():
            return _plain(step.kids[0], step.term.span)
        case tr.Bands():
            return _bands(step, step.term)
        case tr.Decide():
            return _decided(step, step.term)
        case tr.Checklist():
            return [x for kid in step.kids for x in _case(kid)]
        case tr.Deduct():
            taken = [x for kid in step.kids for x in _case(kid)]
            return taken or [Lit(step.term.span)]
        case tr.NotApplicable():
            if step.kids[0].value is True:
                return [Lit(step.term.span)]
            return [Lit(step.term.span, open=True), *(x for kid in step.kids[1:] for x in _stage(kid))]
        case tr.Gate():
            return [Lit(step.term.span, open=isinstance(step.kids[0].value, Unknown))]
        case tr.Clamp():
            return [Lit(step.term.span)]
        case _:
            return []


def _plain(value: Step, whole: Span) -> list[Lit]:
    """Return the whole 得分 or 套用; of a 若 the branch that was taken, with the condition where it holds."""
    held = value.kids[0].value if isinstance(value.term, tm.If) else None
    if not isinstance(value.term, tm.If) or not isinstance(held, bool):
        return [Lit(whole)]
    branch = value.term.then if held else value.term.other
    place = branch.span
    if place.source != whole.source:
        return [Lit(whole)]
    if held:
        return _plain(value.kids[1], Span(place.source, value.term.span.start, place.end))
    start = place.source.text.rfind(OTHERWISE, whole.start, place.start)
    return _plain(value.kids[1], Span(place.source, start, place.end) if start >= 0 else place)


def _bands(step: Step, base: tr.Bands) -> list[Lit]:
    if isinstance(step.note, tr.Band):
        return [Lit(step.note.span)]
    rest = [] if base.rest is None else [_rest(base.rest.span)]
    if step.note == REST:
        return rest
    # A band is among the kids by its result where something can fall into it.
    reached = {id(kid.term) for kid in step.kids}
    possible = [Lit(b.span, open=True) for b in base.bands if id(b.result) in reached]
    open_rest = [Lit(x.span, open=True) for x in rest if id(base.rest) in reached]
    return [*possible, *open_rest]


def _decided(step: Step, base: tr.Decide) -> list[Lit]:
    open_ = step.note == "未定"
    found = [Lit(k.term.span, open_) for k in step.kids if isinstance(k.term, tr.Case) and k.value is not False]
    if any(k.term is base.rest for k in step.kids):
        found.append(Lit(_rest(base.rest.span).span, open_))
    return found


def _case(step: Step) -> list[Lit]:
    if not isinstance(step.term, tr.Case | tr.PerStep) or (isinstance(step.value, Fraction) and not step.value):
        return []
    return [Lit(step.term.span, isinstance(step.value, Unknown))]


def _rest(result: Span) -> Lit:
    """Return the clause 其余 得 …, of which the kernel keeps what it gives."""
    source = result.source
    start = source.text.rfind(REST, source.starts[result.line - 1], result.start)
    return Lit(Span(source, start, result.end) if start >= 0 else result)
