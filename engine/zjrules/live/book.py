"""One scored unit as three columns of formulas: what is taken in, what is calculated, and the scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from attrs import define, field, frozen

from zjrules.exact.scope import scope_of
from zjrules.fact import Facts
from zjrules.live.extent import extent
from zjrules.live.form import LIMIT, ONE, Form, Given, Int, Op, Row, TooLarge, cells
from zjrules.live.inputs import MISSING, Source, Unsupported
from zjrules.live.pair import Pair
from zjrules.live.score import scored
from zjrules.live.sheet import Room, Rooms, Sheet
from zjrules.live.value import Values
from zjrules.live.write import MOST_CHARACTERS, text
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.trace import Step, Trace
from zjrules.unit import MONEY_DIM, Number
from zjrules.value import Problem, Unknown, Value

DIFFERS = "公式与引擎不符"
TOO_LARGE = f"中间数超过 {len(str(LIMIT)) - 1} 位，表格算不准"


@frozen
class Input:
    """A row of the sheet 取数: a whole number in its smallest unit, a truth as 1 or 0, an option, or why there is none."""

    name: str
    shown: str
    number: int | str
    unit: str


@frozen
class Calc:
    """A row of the sheet 计算; the formula has no leading =."""

    name: str
    formula: str
    said: str


@frozen
class Live:
    """The rows of both sheets, the formula of each indicator's score, and why others are written as a value."""

    inputs: tuple[Input, ...]
    calcs: tuple[Calc, ...]
    scores: Mapping[str, str]
    values: Mapping[str, str]


Cell = Callable[[int], str]
"""From the 0-based place of a row to the address of its cell, the sheet's name included."""


def compiled(program: tr.Program, facts: Facts, trace: Trace, input_cell: Cell, calc_cell: Cell) -> Live:
    """Return one unit's scores as formulas. trace is its score with these facts, by what it claims.

    A formula is given only where its value, in exact integers, is the engine's, and where no number on the way can grow
    past what a spreadsheet holds, whatever its checked inputs are changed to.
    """
    draft = _fitted(program, facts, trace)
    reasons: dict[str, str] = {}
    scores: dict[str, Form] = {}
    for step in trace.indicators():
        assert isinstance(step.term, tr.Indicator)
        name = step.term.name
        form = draft.scores.get(name)
        wrong = draft.reasons[name] if form is None else _wrong(form, step.value)
        if form is None or wrong:
            reasons[name] = wrong
        else:
            scores[name] = form
    live = _written(draft.sheet, scores, reasons, input_cell, calc_cell)
    assert all(len(c.formula) <= MOST_CHARACTERS for c in live.calcs)
    return live


def _wrong(form: Form, score: Value) -> str:
    """Return why a formula cannot stand for a score; '' when it does."""
    value = Values().of(form)
    if value == score:
        return ""
    lacking = [c.name for c in _all_cells(form) if isinstance(c, Given) and c.number == MISSING]
    # 0 元 ÷ 缺失 (> 0 元) is 0% to the engine, but a cell with nothing in it is an error to a sheet.
    return f"缺「{'」「'.join(lacking)}」：得分不靠它也定了，公式少不了它" if value is None and lacking else DIFFERS


def _all_cells(form: Form) -> Iterator[Given | Row]:
    """Yield the cells that a formula rests on, each once."""
    seen: dict[Given | Row, None] = {}
    left = [form]
    while left:
        for cell in cells(left.pop()):
            if cell not in seen:
                seen[cell] = None
                left += [cell.form] if isinstance(cell, Row) else []
    yield from seen


# ---------- drafts ----------


@define(eq=False)
class Draft:
    """The cells under one choice of units and of room for change."""

    sheet: Sheet = field(factory=Sheet)
    scores: dict[str, Form] = field(factory=dict)
    reasons: dict[str, str] = field(factory=dict)
    crowded: set[str] = field(factory=set)
    """The inputs of indicators whose numbers can grow too large."""


def _fitted(program: tr.Program, facts: Facts, trace: Trace) -> Draft:
    """Return cells with as much room for change as 15 digits leave; amounts in whole yuan are counted so where that helps."""
    rooms: dict[str, Room] = {}
    draft = _draft(program, facts, trace, rooms)
    for tight, yuan in ((1, False), (0, True), (1, True), (2, True)):
        for name in draft.crowded:
            scale = 1 if yuan and _in_yuan(program, facts, name) else None
            rooms[name] = Room(scale, tight)
        if draft.crowded:
            draft = _draft(program, facts, trace, rooms)
    return draft


def _in_yuan(program: tr.Program, facts: Facts, name: str) -> bool:
    asked, found = program.schema.facts.get(name), facts.facts.get(name)
    if asked is None or not isinstance(asked.type, Number) or asked.type.dim != MONEY_DIM:
        return False
    return found is None or not isinstance(found.value, Fraction) or found.value.denominator == 1


def _draft(program: tr.Program, facts: Facts, trace: Trace, rooms: Rooms) -> Draft:
    draft = Draft()
    amounts = [
        abs(f.value)
        for n, a in program.schema.facts.items()
        if isinstance(a.type, Number) and a.type.dim == MONEY_DIM
        if (f := facts.facts.get(n)) is not None and isinstance(f.value, Fraction)
    ]
    largest = -(-max(amounts, default=Fraction(0)) // 1)
    root = scope_of(program, facts, None, proved_only=False)
    for step in trace.indicators():
        node = step.term
        assert isinstance(node, tr.Indicator)
        source = Source(program, facts, _overs(step), rooms, largest, root)
        draft.sheet.touched = set()
        if isinstance(step.value, Unknown | Problem):
            draft.reasons[node.name] = _unscored(step.value)
            continue
        try:
            draft.scores[node.name] = _final(draft.sheet, scored(node, source, draft.sheet))
        except TooLarge:
            draft.reasons[node.name] = TOO_LARGE
            draft.crowded |= draft.sheet.touched
        except Unsupported as why:
            draft.reasons[node.name] = str(why)
    return draft


def _unscored(value: Value) -> str:
    if isinstance(value, Problem):
        return f"没有得分：{value.kind}"
    return "缺事实，得分还是区间"


def _overs(step: Step) -> dict[int, tuple[Step, ...]]:
    """Return the steps of aggregates over ledgers, by the identity of the term."""
    found: dict[int, tuple[Step, ...]] = {}
    seen: set[int] = set()

    def visit(at: Step) -> None:
        if id(at) in seen:
            return
        seen.add(id(at))
        if isinstance(at.term, tm.Over):
            found[id(at.term)] = (*found.get(id(at.term), ()), at)
        for kid in at.kids:
            visit(kid)

    visit(step)
    return found


def _final(sheet: Sheet, score: Pair) -> Form:
    """Return the only quotient: whole numbers divided for show."""
    below = score.below()
    said = "得分" if below == ONE else f"得分 × {below.value}" if isinstance(below, Int) else "得分的分子"
    above = sheet.row(score.above(), "得分", said)
    extent(above), extent(below)
    return above if below == ONE else Op("/", (above, sheet.row(below, "得分 分母", "得分的分母")))


# ---------- writing ----------


def _written(sheet: Sheet, scores: dict[str, Form], reasons: dict[str, str], input_cell: Cell, calc_cell: Cell) -> Live:
    """Return the rows that formulas need, in the order in which they were made."""
    needed = {c for form in scores.values() for c in _all_cells(form)}
    for row in [c for c in needed if c in sheet.beside]:
        needed |= {sheet.beside[row], *_all_cells(sheet.beside[row].form)}
    givens = [g for g in sheet.given.values() if g in needed]
    rows = [r for r in sheet.rows.values() if r in needed]
    places: dict[Given | Row, str] = {c: input_cell(i) for i, c in enumerate(givens)}
    places.update((c, calc_cell(i)) for i, c in enumerate(rows))
    named = zip(_numbered([g.name for g in givens]), givens, strict=True)
    inputs = tuple(Input(n, g.shown, g.number, g.unit) for n, g in named)
    names = _numbered([r.name for r in rows])
    calcs = tuple(Calc(n, text(r.form, places.__getitem__), r.said) for n, r in zip(names, rows, strict=True))
    written = {name: text(form, places.__getitem__) for name, form in scores.items()}
    return Live(inputs, calcs, written, reasons)


def _numbered(names: list[str]) -> list[str]:
    """Return names with a number after those that occur again."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(f"{name} {seen[name]}" if seen[name] > 1 else name)
    return found
