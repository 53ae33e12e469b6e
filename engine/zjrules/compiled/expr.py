"""Kernel expressions as texts of Python over integers, evaluated in the order and as lazily as the exact engine does."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from zjrules.compiled import ledger
from zjrules.compiled.source import FAIL, Code, Join, Num, Place, Plain, RefusedError, Result, Thunk, constant, literal
from zjrules.fact import Asked
from zjrules.interval.sets import ZERO, compare, point
from zjrules.term import expr as tm
from zjrules.term.walk import walk
from zjrules.unit import Choice, Date, Number, Text, Truth, Year

_MIRRORED = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "=": "=", "≠": "≠"}


def is_number(asked: Asked) -> bool:
    """Return whether a number, a date or a year is asked for, within limits that hold something."""
    return isinstance(asked.type, Number | Date | Year) and not asked.limits.is_empty


def is_whole(asked: Asked) -> bool:
    """Return whether only integers are asked for."""
    return isinstance(asked.type, Date | Year) or (isinstance(asked.type, Number) and asked.type.whole)


def is_positive(asked: Asked) -> bool:
    """Return whether nothing below 0 is asked for."""
    if not is_number(asked):
        return False
    lowest = asked.limits.hull.lo
    return lowest is not None and lowest >= ZERO


def value(e: tm.Expr, at: Place, code: Code) -> Result:
    """Write what an expression needs and return its text."""
    found: Result = WRITE[type(e)](e, at, code)
    return found


def number(e: tm.Expr, at: Place, code: Code) -> Num:
    """Write a number."""
    found = value(e, at, code)
    if not isinstance(found, Num):
        raise RefusedError
    return found


def truth(e: tm.Expr, at: Place, code: Code) -> str:
    """Write a condition and return its text, fit to stand in a larger one."""
    found = value(e, at, code)
    if not isinstance(found, Plain):
        raise RefusedError
    return found.text


def _stored(asked: Asked, first: str, second: str) -> Result:
    """Return what stands in a slot as a value of its type."""
    match asked.type:
        case Truth() | Choice():
            return Plain(first)
        case Number() | Date() | Year():
            return Num(first, "1" if is_whole(asked) else second, is_positive(asked))
        case Text():
            raise RefusedError
        case _:
            raise RefusedError


def _const(e: tm.Const | tm.ParamRef, _: Place, code: Code) -> Result:
    known = e.value if isinstance(e, tm.Const) else code.program.params[e.name].value
    match known:
        case bool():
            return Plain(str(known))
        case Fraction():
            return constant(known)
        case str():
            return Plain(code.out.given(known))


def _fact(e: tm.FactRef, _: Place, code: Code) -> Result:
    place = code.need(("fact", e.name, ""))
    return _stored(code.program.schema.facts[e.name], f"f{place}", f"f{place + 1}")


def _column(e: tm.Column, at: Place, code: Code) -> Result:
    thunk = at.cells.setdefault(e.name, Thunk(e, at))
    if thunk.value is not None:
        return thunk.value
    place = code.need(("cell", at.ledger, e.name))
    asked = code.program.schema.ledgers[at.ledger].columns[e.name]
    cell = code.out.fresh(f"{at.row}[{place}]")
    # A cell may be blank where nobody asks for it: an unsigned contract has no date of signing.
    code.out.line(f"if {cell} is None: {FAIL}")
    return code.out.keep(thunk, _stored(asked, cell, f"{at.row}[{place + 1}]"))


def _evidence(e: tm.HasEvidence, _: Place, code: Code) -> Result:
    return Plain(f"f{code.need(('evidence', e.fact, ''))}")


def _is_na(e: tm.IsNA, _: Place, code: Code) -> Result:
    # A fact that was declared 不适用 is not known, and the indicator is left to the exact engine.
    code.need(("fact", e.fact, ""))
    return Plain("False")


def _var(e: tm.Var, at: Place, code: Code) -> Result:
    thunk = at.names[e.name]
    return thunk.value if thunk.value is not None else forced(thunk, code)


def forced(thunk: Thunk, code: Code) -> Result:
    """Write what a name stands for, once in a block."""
    return code.out.keep(thunk, code.out.steady(value(thunk.expr, thunk.place, code)))


def _arith(e: tm.Arith, at: Place, code: Code) -> Result:
    left = number(e.left, at, code)
    right = number(e.right, at, code)
    match e.op:
        case "+" | "-":
            return code.out.sum(left, right, e.op)
        case "×":
            return code.out.times(left, right)
        case _:
            return code.out.over(left, right)


def _settled(e: tm.Cmp, at: Place, code: Code) -> str | None:
    """Return what the declared range of a fact or cell says of a comparison with a constant, even where it is blank."""
    for one, other, op in ((e.left, e.right, e.op), (e.right, e.left, _MIRRORED[e.op])):
        (asked, _), (_, bound) = _origin(one, at, code), _origin(other, at, code)
        if asked is not None and bound is not None and not asked.may_be_na and is_number(asked):
            can = compare(op, asked.limits, point(bound))
            if len(can) == 1:
                return str(True in can)
    return None


def _origin(e: tm.Expr, at: Place, code: Code) -> tuple[Asked | None, Fraction | None]:
    """Return the fact, the cell or the constant that an expression is but a name of."""
    while isinstance(e, tm.Var) and (thunk := at.names.get(e.name)) is not None:
        e, at = thunk.expr, thunk.place
    match e:
        case tm.FactRef(name):
            return code.program.schema.facts[name], None
        case tm.Column(name):
            return code.program.schema.ledgers[at.ledger].columns[name], None
        case tm.Const(Fraction() as known):
            return None, known
        case tm.ParamRef(name):
            param = code.program.params[name].value
            return None, param if type(param) is Fraction else None
        case _:
            return None, None


def _cmp(e: tm.Cmp, at: Place, code: Code) -> Result:
    settled = _settled(e, at, code)
    if settled is not None:
        return Plain(settled)
    left, right = value(e.left, at, code), value(e.right, at, code)
    if isinstance(left, Num) and isinstance(right, Num):
        return Plain(f"({code.out.compared(e.op, left, right)})")
    if isinstance(left, Plain) and isinstance(right, Plain) and e.op in "=≠":
        return Plain(f"({left.text} {'==' if e.op == '=' else '!='} {right.text})")
    raise RefusedError


def _logic(e: tm.Logic, at: Place, code: Code) -> Result:
    return Plain(_asked(truth(e.operands[0], at, code), e.operands[1:], e.op, (at, code)))


def _asked(text: str, operands: tuple[tm.Expr, ...], op: str, where: tuple[Place, Code]) -> str:
    """Ask one operand after the other; one that takes lines of its own stands under what was asked before it."""
    at, code = where
    out = code.out
    for place, operand in enumerate(operands, 1):
        mark = out.mark()
        name = out.fresh(text)
        with out.block(f"if {name}:" if op == "且" else f"if not {name}:"):
            before = len(out.lines)
            further = truth(operand, at, code)
            if len(out.lines) > before:
                out.line(f"{name} = {_asked(further, operands[place:], op, where)}")
                before = -1
        if before < 0:
            return name
        out.undo(mark)
        text = (
            further
            if text == ("True" if op == "且" else "False")
            else f"({text} {'and' if op == '且' else 'or'} {further})"
        )
    return text


def _not(e: tm.Not, at: Place, code: Code) -> Result:
    return Plain(f"(not {truth(e.operand, at, code)})")


def _option(e: tm.IsOption, at: Place, code: Code) -> Result:
    return Plain(f"({truth(e.operand, at, code)} in {code.out.given(e.options)})")


def _if(e: tm.If, at: Place, code: Code) -> Result:
    return chosen(truth(e.test, at, code), lambda: value(e.then, at, code), lambda: value(e.other, at, code), code)


def chosen(test: str, then: Callable[[], Result], other: Callable[[], Result], code: Code) -> Result:
    """Write both branches of a test; only the one that is taken is evaluated."""
    out = code.out
    join, mark = Join(out), out.mark()
    with out.block(f"if {test}:"):
        join.put(then())
    with out.block("else:"):
        join.put(other())
    found = join.done()
    written = [text for _, text in out.lines[mark[0] :]]
    if len(written) == 4:
        # Two plain values: one line instead of four.
        start = len(f"{join.name} = ")
        out.undo(mark)
        out.line(f"{join.name} = {written[1][start:]} if {test} else {written[3][start:]}")
    return found


def _use(e: tm.Use, at: Place, code: Code) -> Result:
    inner = Place()
    inner.names = {name: Thunk(let.value, inner) for name, let in e.body.lets.items()}
    inner.names |= {name: Thunk(arg, at) for name, arg in zip(e.body.inputs, e.args, strict=True)}
    return value(e.body.result, inner, code)


def _require(e: tm.Require, at: Place, code: Code) -> Result:
    test = truth(e.test, at, code)
    if test != "True":
        code.out.line(f"if not {test}: {FAIL}")
    return value(e.operand, at, code)


def _neg(e: tm.Neg, at: Place, code: Code) -> Result:
    return code.out.negative(number(e.operand, at, code))


def _whole(e: tm.Whole, at: Place, code: Code) -> Result:
    found = number(e.operand, at, code)
    if found.den == "1":
        return found
    above, below = code.out.atom(found.num), code.out.atom(found.den)
    # A text of two tokens is never an atom: it is named, so that a sign in front of it cannot bind otherwise.
    text = f"-(-({above}) // {below})" if e.up else f"{above} // {below}"
    return Num(code.out.fresh(text), "1", found.positive)


def _round(e: tm.Round, at: Place, code: Code) -> Result:
    return code.out.rounded(number(e.operand, at, code), e.quantum, e.mode)


def _extreme(e: tm.Extreme, at: Place, code: Code) -> Result:
    found = [number(o, at, code) for o in e.operands]
    best = found[0]
    for other in found[1:]:
        best = code.out.extreme(e.most, best, other)
    return best


def _count(e: tm.CountTrue, at: Place, code: Code) -> Result:
    return Num(f"(0 + {' + '.join(truth(o, at, code) for o in e.operands)})", "1", True)


def _abs(e: tm.Abs, at: Place, code: Code) -> Result:
    found = number(e.operand, at, code)
    return Num(f"abs({found.num})", found.den, True)


def _date(e: tm.Workdays | tm.AddWorkdays | tm.RollOn | tm.Festival, at: Place, code: Code) -> Result:
    parts = {tm.Workdays: ("start", "end"), tm.AddWorkdays: ("start", "days")}.get(type(e), ("operand",))
    found = [number(getattr(e, p), at, code) for p in parts]
    if any(literal(n.den) != 1 for n in found):
        raise RefusedError
    name = {tm.Workdays: "workdays", tm.AddWorkdays: "add_workdays", tm.RollOn: "roll_on", tm.Festival: "festival"}
    text = f"{name[type(e)]}({', '.join(n.num for n in found)}{f', {e.leave}' if isinstance(e, tm.Festival) else ''})"
    result = code.out.fresh(text)
    code.out.line(f"if {result} is None: {FAIL}")
    return Num(result)


def _refused(*_: object) -> Result:
    raise RefusedError


def hoisted(exprs: list[tm.Expr], at: Place, code: Code) -> None:
    """Write before a loop the names that are used in it, where they surely have a value."""
    for e in exprs:
        for node in walk(e):
            thunk = at.names.get(node.name) if isinstance(node, tm.Var) else None
            if thunk is None or thunk.value is not None:
                continue
            mark = code.out.mark()
            forced(thunk, code)
            if code.out.fails_since(mark):
                code.out.undo(mark)


def _over(e: tm.Over, at: Place, code: Code) -> Result:
    hoisted([x for x in (e.item, e.where, e.except_, e.weight) if x is not None], at, code)
    return ledger.over(e, at, code, value)


WRITE: dict[type, Callable[[Any, Place, Code], Result]] = {
    tm.Const: _const, tm.ParamRef: _const, tm.FactRef: _fact, tm.Var: _var, tm.Column: _column, tm.Arith: _arith,
    tm.Cmp: _cmp, tm.Logic: _logic, tm.Not: _not, tm.IsOption: _option, tm.IsNA: _is_na, tm.HasEvidence: _evidence,
    tm.If: _if, tm.Use: _use, tm.Require: _require, tm.Neg: _neg, tm.Whole: _whole, tm.Round: _round,
    tm.Extreme: _extreme, tm.CountTrue: _count, tm.Abs: _abs, tm.Over: _over,
    **dict.fromkeys((tm.Workdays, tm.AddWorkdays, tm.RollOn, tm.Festival), _date),
    **dict.fromkeys((tm.First, tm.Same, tm.Peers), _refused),
}  # fmt: skip
"""How each kind of expression is written; every kind of the kernel stands here (tests/test_house.py)."""
