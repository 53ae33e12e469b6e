"""What the engine knows of the nodes of 核式 where facts are missing.

Inside a branch that is open, the engine knows more of the facts than holds outside; what it found there is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from zjrules.certificate.nodes import Names
from zjrules.certificate.plain import Plain, seen
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.trace import Step, Trace
from zjrules.value import Value

_KNOWN = (Fraction, bool, str)


def known(trace: Trace, names: Names) -> dict[int, Plain]:
    """Return what a trace says of nodes outside open branches, by their numbers."""
    found: dict[int, Plain] = {}
    for step in trace.groups:
        _group(step, names, found)
    _note("added", trace.added, names, found)
    for step in trace.steps:
        for kid in (*step.kids, *step.aside):
            _expr(kid, names, found)
        if not isinstance(step.term, tr.Override | tr.Regrade):
            _note(("total", id(step.term)), step.value, names, found)
        elif isinstance(step.note, tuple) and step.note:
            grades = step.note[0] if len(step.note) == 1 else frozenset(step.note)
            found.setdefault(names.nodes["grade", id(step.term)], grades)
    if trace.steps:
        _note(("total", id(trace.steps[-1].term)), trace.total, names, found)
    return found


def _note(key: object, value: Value, names: Names, found: dict[int, Plain]) -> None:
    if key in names.nodes:
        found.setdefault(names.nodes[key], seen(value))


def _group(step: Step, names: Names, found: dict[int, Plain]) -> None:
    if isinstance(step.term, tr.Group):
        for kid in step.kids:
            _group(kid, names, found)
        _note(id(step.term), step.value, names, found)
    else:
        _indicator(step, names, found)


def _indicator(step: Step, outer: Names, found: dict[int, Plain]) -> None:
    names = outer.inner[id(step.term)]
    _note(id(step.term), step.value, outer, found)
    for aside in step.aside:
        _all(aside.kids, names, found)
    for stage in step.kids:
        if not _stage(stage, names, found):
            return


def _stage(step: Step, names: Names, found: dict[int, Plain]) -> bool:
    """Note a stage of an indicator; return whether what follows it stands outside open branches too."""
    match step.term:
        case tr.Indicator():
            _note("base", step.value, names, found)
            for part in step.kids:
                _indicator(part, names, found)
        case tr.NotApplicable():
            _note(id(step.term), step.value, names, found)
            _expr(step.kids[0], names, found)
            return isinstance(step.kids[0].value, bool)
        case tr.Plain() | tr.Bands() | tr.Decide() | tr.Checklist():
            _note("base", step.value, names, found)
            _base(step, names, found)
        case tr.Deduct() | tr.Clamp() | tr.Gate():
            _note(id(step.term), step.value, names, found)
            for kid in step.kids:
                _case(kid, names, found)
        case _:
            _expr(step, names, found)
    return True


def _base(step: Step, names: Names, found: dict[int, Plain]) -> None:
    if isinstance(step.term, tr.Bands):
        known_ = isinstance(step.kids[0].value, _KNOWN)
        _all(step.kids if known_ and step.note != "未定" else step.kids[:1], names, found)
        return
    for kid in step.kids:
        if not _case(kid, names, found) and isinstance(step.term, tr.Decide):
            return


def _case(step: Step, names: Names, found: dict[int, Plain]) -> bool:
    """Note a 凡, a 每超 or an expression; return whether it is no open branch."""
    if isinstance(step.term, tr.PerStep):
        _note(id(step.term), step.value, names, found)
        _all(step.kids, names, found)
    elif isinstance(step.term, tr.Case):
        test = step.kids[0]
        decided = isinstance(test.value, bool)
        if id(step.term) in names.nodes:
            _note(id(step.term), step.value, names, found)
        _all(step.kids if decided else step.kids[:1], names, found)
        return decided
    else:
        _expr(step, names, found)
    return True


def _all(steps: Sequence[Step], names: Names, found: dict[int, Plain]) -> None:
    for step in steps:
        _expr(step, names, found)


def _expr(step: Step, names: Names, found: dict[int, Plain]) -> None:
    _note(id(step.term), step.value, names, found)
    match step.term:
        case tm.Var(name):
            where: Names | None = names
            while where is not None and name not in where.lets:
                where = where.outer
            # What stands for an input is noted where the word is used.
            if where is not None:
                _all(step.kids, where, found)
        case tm.Use():
            _all(step.kids[:-1], names, found)
            _all(step.kids[-1:], names.inner[id(step.term)], found)
        case tm.If():
            decided = isinstance(step.kids[0].value, bool)
            _all(step.kids if decided else step.kids[:1], names, found)
        case tm.Require():
            _all(step.aside, names, found)
            if all(isinstance(s.value, bool) for s in step.aside):
                _all(step.kids, names, found)
        case tm.Logic(operands=operands):
            _logic(step, operands, names, found)
        case tm.Over() | tm.Same():
            pass
        case _:
            _all(step.kids, names, found)


def _logic(step: Step, operands: Sequence[tm.Expr], names: Names, found: dict[int, Plain]) -> None:
    """Note the operands up to the first that is open: what stands after it is asked of fewer facts."""
    for kid, operand in zip(step.kids, operands, strict=False):
        if kid.term is not operand:
            return
        _expr(kid, names, found)
        if not isinstance(kid.value, bool):
            return
