"""Kernel expressions as a person writes them: once with names, once with the values put in."""

from __future__ import annotations

from zjrules.interval.sets import Piece, Range
from zjrules.term import expr as tm
from zjrules.term.rule import Program
from zjrules.trace import Step, Tally
from zjrules.unit import POINTS, Type, show
from zjrules.value import Problem, Unknown, Value

_LEVELS = {"或": 1, "且": 2, "cmp": 4, "+": 5, "-": 5, "×": 6, "÷": 6, "neg": 7}
MULTIPLIED = 6


def names(e: tm.Expr) -> str:
    """Return an expression in the words of its author."""
    return _names(e)[0]


def _wrap(part: tuple[str, int], least: int) -> str:
    return f"({part[0]})" if part[1] < least else part[0]


def _names(e: tm.Expr) -> tuple[str, int]:
    match e:
        case tm.Const():
            return e.text or show(e.value, e.type), 9
        case tm.FactRef() | tm.ParamRef() | tm.Var() | tm.Column():
            return e.name, 9
        case tm.Arith():
            return _infix(e.op, _names(e.left), _names(e.right))
        case tm.Cmp():
            return f"{_wrap(_names(e.left), 5)} {e.op} {_wrap(_names(e.right), 5)}", _LEVELS["cmp"]
        case tm.Logic():
            level = _LEVELS[e.op]
            return f" {e.op} ".join(_wrap(_names(o), level + 1) for o in e.operands), level
        case tm.Neg():
            return f"-{_wrap(_names(e.operand), 7)}", 7
        case tm.Not():
            return f"非 {_wrap(_names(e.operand), 3)}", 3
        case tm.IsOption():
            word = "为" if len(e.options) == 1 else "属于"
            options = e.options[0] if len(e.options) == 1 else f"（{'，'.join(e.options)}）"
            return f"{_wrap(_names(e.operand), 5)} {word} {options}", 4
        case tm.If():
            return f"若 {names(e.test)} 则 {_wrap(_names(e.then), 1)} 否则 {names(e.other)}", 0
        case tm.Over():
            return over_names(e), 9
        case tm.Require():
            return _names(e.operand)
        case tm.First():
            return f"首次({e.column})", 9
        case tm.Peers():
            return _peers(e), 9
        case tm.Same():
            return _same(e), 9
        case tm.AddWorkdays():
            back = isinstance(e.days, tm.Neg)
            days = e.days.operand if isinstance(e.days, tm.Neg) else e.days
            return _infix("-" if back else "+", _names(e.start), _names(days))
        case _:
            return f"{function_name(e)}({', '.join(names(a) for a in operands(e))})", 9


def _infix(op: str, left: tuple[str, int], right: tuple[str, int]) -> tuple[str, int]:
    level = _LEVELS[op]
    tight = level + (op in "-÷")
    shown = _wrap(right, tight)
    # A negative number on the right would put two signs side by side.
    return f"{_wrap(left, level)} {op} {f'({shown})' if shown.startswith('-') else shown}", level


def _peers(e: tm.Peers) -> str:
    said = {
        "同级平均": ["自己：计入" if e.own else "自己：不算"],
        "名次": ["从小到大" if e.rising else "从大到小", e.ties],
    }
    return f"{e.kind}({', '.join([names(e.operand), *said.get(e.kind, [])])})"


def _same(e: tm.Same) -> str:
    item = names(e.over.item) if e.over.item is not None else ""
    weight = f", 权重：{names(e.over.weight)}" if e.over.weight is not None else ""
    return f"同项{e.over.kind}({item}, 同：{e.column}{weight})"


def function_name(e: tm.Expr) -> str:
    """Return the name under which a function or word is called."""
    match e:
        case tm.Use():
            return e.body.word
        case tm.Whole():
            return "向上取整" if e.up else "向下取整"
        case tm.Round():
            return e.mode.value
        case tm.Extreme():
            return "最大" if e.most else "最小"
        case tm.CountTrue():
            return "真数"
        case tm.Abs():
            return "绝对值"
        case tm.Workdays():
            return "工作日数"
        case tm.RollOn():
            return "顺延"
        case tm.Festival():
            return "春节假期首日" if e.leave else "春节"
        case tm.First():
            return "首次"
        case tm.IsNA():
            return "不适用"
        case tm.HasEvidence():
            return "有佐证"
        case _:
            raise AssertionError("not a function")


def operands(e: tm.Expr) -> tuple[tm.Expr, ...]:
    """Return what stands between the brackets of a function or word; an inherited 满分 is not written there."""
    match e:
        case tm.Use():
            pairs = zip(e.body.inputs, e.args, strict=True)
            return tuple(a for n, a in pairs if not (n == "满分" and isinstance(a, tm.Var)))
        case tm.Whole() | tm.Abs() | tm.RollOn() | tm.Round() | tm.Festival():
            return (e.operand,)
        case tm.Extreme() | tm.CountTrue():
            return e.operands
        case tm.Workdays():
            return (e.start, e.end)
        case tm.IsNA() | tm.HasEvidence():
            return (tm.FactRef(e.fact, e.type),)
        case _:
            raise AssertionError("not a function")


def over_names(e: tm.Over) -> str:
    """Return an aggregate as it is written."""
    text = e.ledger
    if e.item is not None:
        item = names(e.item)
        text += f" 的 {item}" if isinstance(e.item, tm.Column) else f" 的 ({item})"
    text += f" 按 {names(e.weight)}" if e.weight is not None else ""
    text += f" 其中 {names(e.where)}" if e.where is not None else ""
    text += f" 除外 {names(e.except_)}" if e.except_ is not None else ""
    return f"{e.kind}({text})"


# ---------- values ----------


def value_text(value: Value, kind: Type, bare: bool = True) -> str:
    """Return a value, a range of values, or why there is none."""
    match value:
        case Unknown(can=Range() as can):
            return f"待定（{range_text(can, kind)}）" if not can.is_empty else "待定"
        case Unknown(can=frozenset() as can):
            return f"待定（{'或'.join(sorted(_member(m) for m in can))}）"
        case Problem(kind=why, detail=detail):
            return f"{why}（{detail}）" if detail else why
        case Unknown():
            return "待定"
        case _:
            return show(value, kind, bare_points=bare)


def _member(member: object) -> str:
    return {True: "是", False: "否"}.get(member, str(member)) if isinstance(member, bool) else str(member)


def range_text(can: Range, kind: Type) -> str:
    """Return the hull of a set, as ``a 至 b`` or with one end."""
    hull = can.hull
    if hull.is_point and hull.lo is not None:
        return show(hull.lo, kind, bare_points=True)
    return hull_text(hull, kind)


def hull_text(hull: Piece, kind: Type) -> str:
    """Return an interval in words; open ends are said."""
    lo = None if hull.lo is None else show(hull.lo, kind, bare_points=True)
    hi = None if hull.hi is None else show(hull.hi, kind, bare_points=True)
    if lo is None and hi is None:
        return "任意值"
    if hi is None:
        return f"{'>' if hull.lo_open else '≥'} {lo}"
    if lo is None:
        return f"{'<' if hull.hi_open else '≤'} {hi}"
    return f"{lo}{'（不含）' if hull.lo_open else ''} 至 {hi}{'（不含）' if hull.hi_open else ''}"


def leaf(step: Step, program: Program) -> str:
    """Return the value of a name; a missing fact says so, with its declared range."""
    term = step.term
    if isinstance(term, tm.FactRef) and isinstance(step.value, Unknown):
        limits = program.schema.facts[term.name].limits_text
        return f"缺失（{limits}）" if limits else "缺失"
    if isinstance(term, tm.Const):
        return _const(term)
    assert isinstance(term, tm.FactRef | tm.ParamRef | tm.Var | tm.Column)
    return value_text(step.value, term.type)


def _const(term: tm.Const) -> str:
    if term.type == POINTS or term.text == "满分":
        return show(term.value, term.type, bare_points=True)
    return show(term.value, term.type, bare_points=True) if term.value != 0 else term.text or "0"


def values(step: Step, program: Program) -> str:
    """Return an expression with its values put in; only what was evaluated is shown."""
    return _values(step, program)[0]


_CALLED = (
    tm.Use, tm.Whole, tm.Round, tm.Extreme, tm.CountTrue, tm.Abs, tm.Workdays,  tm.RollOn,
    tm.Festival,
)  # fmt: skip


def _values(step: Step, p: Program) -> tuple[str, int]:
    e = step.term
    match e:
        case tm.Const() | tm.FactRef() | tm.ParamRef() | tm.Var() | tm.Column():
            return leaf(step, p), 9
        case tm.Arith():
            return _infix(e.op, _values(step.kids[0], p), _values(step.kids[1], p))
        case tm.Cmp():
            left, right = (_wrap(_values(k, p), 5) for k in step.kids)
            return f"{left} {e.op} {right}", _LEVELS["cmp"]
        case tm.Logic():
            level = _LEVELS[e.op]
            return f" {e.op} ".join(_wrap(_values(k, p), level + 1) for k in step.kids), level
        case tm.Neg():
            return f"-{_wrap(_values(step.kids[0], p), 7)}", 7
        case tm.Not():
            return f"非 {_wrap(_values(step.kids[0], p), 3)}", 3
        case tm.IsOption():
            return f"{values(step.kids[0], p)} {'为' if len(e.options) == 1 else '属于'} {'、'.join(e.options)}", 4
        case tm.If():
            return _if_values(step, p), 0
        case tm.Over():
            return _over_values(step, e), 5
        case tm.AddWorkdays():
            start, days = (_values(k, p) for k in step.kids)
            return _infix("+", start, days) if not days[0].startswith("-") else _infix("-", start, (days[0][1:], 9))
        case tm.Peers():
            return value_text(step.value, e.type), 9
        case tm.Require() if step.kids and step.kids[-1].term == e.operand:
            return _values(step.kids[-1], p)
        case tm.IsNA() | tm.HasEvidence():
            return f"{function_name(e)}({e.fact})", 9
        case _ if isinstance(e, _CALLED):
            kids = step.kids[: len(operands(e))]
            return f"{function_name(e)}({', '.join(values(k, p) for k in kids)})", 9
        case _:
            return value_text(step.value, POINTS), 9


def _if_values(step: Step, p: Program) -> str:
    test, *branches = step.kids
    if not branches:
        return f"若 {values(test, p)}"
    if test.value is True:
        return f"若 {values(test, p)}（成立） 则 {values(branches[0], p)}"
    if test.value is False:
        return f"若 {values(test, p)}（不成立） 否则 {values(branches[0], p)}"
    return f"若 {values(test, p)}（未定） 则 {' 否则 '.join(values(b, p) for b in branches)}"


def _over_values(step: Step, e: tm.Over) -> str:
    tally = step.note
    if (
        isinstance(tally, Tally)
        and e.kind == "占比"
        and e.item is None
        and not isinstance(step.value, Unknown | Problem)
    ):
        return f"{tally.taken} 行 ÷ {tally.total} 行"
    return value_text(step.value, e.type)


def sentence(step: Step) -> str:
    """Return the sentence of a word (说成) with its inputs and 令 put in; '' when the step is no word or it has none."""
    e = step.term
    if not isinstance(e, tm.Use) or not e.body.said:
        return ""
    known = step.note if isinstance(step.note, dict) else {}
    text = e.body.said
    for name, kind in e.body.types.items():
        if name in known:
            text = text.replace(f"{{{name}}}", value_text(known[name].value, kind, bare=False))
    return text
