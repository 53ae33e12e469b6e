"""Spreadsheet formulas as data: whole numbers, truths and texts, and the cells that hold them.

Fractions never occur in a cell. A spreadsheet keeps 15 decimal digits and compares by them, so every whole number that a
formula can meet lies below LIMIT, whatever its inputs are changed to: `extent` bounds them as Python integers.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

LIMIT = 10**15
"""Excel compares by 15 significant digits, and LibreOffice's INT rounds to as many."""

EASY = 10**14
"""Below it, INT(a/b) is ⌊a ÷ b⌋: a quotient short of a whole number is so by 1 in 10¹⁴, and 15 digits err by half of that."""

Extent = tuple[int, int]


class TooLarge(Exception):
    """A whole number of a formula can reach LIMIT."""


@frozen
class Int:
    """A whole number."""

    value: int


@frozen
class Flag:
    """A truth that is known."""

    value: bool


@frozen
class Said:
    """A text, as an option."""

    text: str


@frozen(eq=False)
class Given:
    """A cell of the sheet of inputs."""

    name: str
    shown: str
    number: int | str
    unit: str
    term: object = None
    """What it stands for, where its name may be another's too."""


@frozen(eq=False)
class Row:
    """A cell of the sheet of calculations."""

    name: str
    form: Form = field(repr=False)
    said: str
    extent: Extent | None
    can_fail: bool


@frozen
class At:
    """What a cell holds."""

    cell: Given | Row


@frozen
class Op:
    """An operation or function by its name in a spreadsheet.

    INT of two is whole division below EASY and FLOOR below LIMIT, REST(a, b, ⌊a ÷ b⌋) what it leaves, WHOLE whether a number
    is whole.
    """

    name: str
    args: tuple[Form, ...] = ()


Form = Int | Flag | Said | At | Op

FAIL = Op("NA")
ONE, NONE = Int(1), Int(0)


# ---------- making ----------


def scaled(factor: int, form: Form) -> Form:
    """Return a whole multiple."""
    if isinstance(form, Int):
        return Int(factor * form.value)
    if factor == 1:
        return form
    if factor == 0 and not can_fail(form):
        return NONE
    return _inside(factor, form) or Op("*", (Int(factor), form))


def _inside(factor: int, form: Form) -> Form | None:
    """Return IF with its constants multiplied; None when it chooses between anything else."""
    match form:
        case Int(value):
            return Int(factor * value)
        case Op("NA"):
            return form
        case Op("IF", (test, then, other)):
            first, second = _inside(factor, then), _inside(factor, other)
            return None if first is None or second is None else Op("IF", (test, first, second))
        case _:
            return None


def times(left: Form, right: Form) -> Form:
    """Return a product."""
    if isinstance(left, Int):
        return scaled(left.value, right)
    return scaled(right.value, left) if isinstance(right, Int) else Op("*", (left, right))


def plus(left: Form, right: Form) -> Form:
    """Return a sum; adding a negative multiple is written as taking away."""
    if isinstance(left, Int) and isinstance(right, Int):
        return Int(left.value + right.value)
    if isinstance(right, Int) and right.value <= 0:
        return Op("-", (left, Int(-right.value))) if right.value else left
    if left == NONE:
        return right
    if isinstance(right, Op) and right.name == "*" and isinstance(right.args[0], Int) and right.args[0].value < 0:
        return Op("-", (left, scaled(-right.args[0].value, right.args[1])))
    return Op("+", (left, right))


def choice(test: Form, then: Form, other: Form) -> Form:
    """Return IF, unless it is decided."""
    if isinstance(test, Flag):
        return then if test.value else other
    if then == other and not can_fail(test):
        return then
    if then == Flag(True) and other == Flag(False):
        return test
    return Op("IF", (test, then, other))


def most_of(name: str, forms: tuple[Form, ...]) -> Form:
    """Return MAX or MIN."""
    known = [f.value for f in forms if isinstance(f, Int)]
    rest = [f for f in forms if not isinstance(f, Int)]
    best = [Int((max if name == "MAX" else min)(known))] if known else []
    unique = tuple(dict.fromkeys([*rest, *best]))
    return unique[0] if len(unique) == 1 else Op(name, unique)


def compared(op: str, left: Form, right: Form) -> Form:
    """Return a comparison of whole numbers, or of truths by = and <>."""
    if isinstance(left, Int | Flag) and isinstance(right, Int | Flag):
        a, b = left.value, right.value
        truths = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "=": a == b, "<>": a != b}
        return Flag(truths[op])
    return Op(op, (left, right))


def negated(form: Form) -> Form:
    """Return NOT."""
    return Flag(not form.value) if isinstance(form, Flag) else Op("NOT", (form,))


def joined(stop: bool, forms: list[Form]) -> Form:
    """Return OR (stop True) or AND, from left to right. A spreadsheet's own ask every operand, so one that can fail is put in IF."""
    kept: list[Form] = []
    for form in forms:
        if isinstance(form, Flag):
            if form.value is stop:
                kept.append(form)
                break
            continue
        kept.append(form)
    if not kept:
        return Flag(not stop)
    if any(can_fail(f) for f in kept[1:]) or isinstance(kept[-1], Flag):
        found = kept[-1]
        for form in reversed(kept[:-1]):
            found = choice(form, Flag(True), found) if stop else choice(form, found, Flag(False))
        return found
    return kept[0] if len(kept) == 1 else Op("OR" if stop else "AND", tuple(kept))


def is_one_of(form: Form, options: tuple[str, ...]) -> Form:
    """Return whether a text is one of several, to the letter."""
    if isinstance(form, Said):
        return Flag(form.text in options)
    tests: tuple[Form, ...] = tuple(Op("EXACT", (form, Said(o))) for o in options)
    return tests[0] if len(tests) == 1 else Op("OR", tests)


# ---------- asking ----------


def can_fail(form: Form) -> bool:
    """Return whether a formula can come to an error. What stands in a sheet of inputs can be anything."""
    match form:
        case Int() | Flag() | Said():
            return False
        case At(Row() as row):
            return row.can_fail
        case At():
            return False
        case Op(name, args):
            return name == "NA" or any(can_fail(a) for a in args)


def size(form: Form) -> int:
    """Return how many operations and cells a formula has."""
    return 1 + sum(size(a) for a in form.args) if isinstance(form, Op) else 1


def depth(form: Form) -> int:
    """Return how deep a formula is nested."""
    return 1 + max((depth(a) for a in form.args), default=0) if isinstance(form, Op) else 0


def cells(form: Form) -> Iterator[Given | Row]:
    """Yield the cells that a formula refers to."""
    if isinstance(form, At):
        yield form.cell
    elif isinstance(form, Op):
        for arg in form.args:
            yield from cells(arg)
