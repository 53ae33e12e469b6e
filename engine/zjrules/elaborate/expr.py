"""Expressions: every node of the syntax to a typed kernel node."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from zjrules.diag import Code, Diagnostic, Label
from zjrules.elaborate import call
from zjrules.elaborate.arith import binary, comparable, is_wrong
from zjrules.elaborate.constant import literal
from zjrules.elaborate.scope import Checker, Scope
from zjrules.resolve import CONSTANTS, UNKNOWN_NAME, unknown
from zjrules.span import Span
from zjrules.spelling import nearest
from zjrules.syntax import expr as sx
from zjrules.term import expr as tm
from zjrules.unit import Choice, Number, Rows, Truth, Type, Wrong, same, type_text

NOT_TRUTH = Code("ZJ3030", "not-a-condition")
NO_SUCH_OPTION = Code("ZJ3031", "no-such-option")
BRANCHES_DIFFER = Code("ZJ3032", "branches-differ")
OPTION_SIGN = Code("ZJ3038", "option-compared-with-sign")
FULL_OUTSIDE = Code("ZJ3033", "full-outside-indicator")
NOT_A_LEDGER = Code("ZJ3034", "not-a-ledger")
LEDGER_AS_VALUE = Code("ZJ3035", "ledger-as-value")
FACT_IN_WORD = Code("ZJ3036", "fact-in-word")
NOT_NA = Code("ZJ3037", "fact-cannot-be-na")


def elaborate(check: Checker, scope: Scope, e: sx.Expr) -> tm.Expr:
    """Return the typed kernel of an expression; problems go to the checker."""
    found = literal(check, e)
    if found is not None:
        return found
    match e:
        case sx.Name():
            return _name(check, scope, e)
        case sx.Full():
            if "满分" in scope.vars:
                return tm.Var("满分", scope.vars["满分"], span=e.span)
            return check.report(FULL_OUTSIDE, e.span, "这里没有「满分」", "满分只在指标、分项和词里有意义")
        case sx.Unary():
            return _unary(check, scope, e)
        case sx.Binary(op, left, right):
            return binary(check, op, elaborate(check, scope, left), elaborate(check, scope, right), e.span)
        case sx.Compare():
            return _compare(check, scope, e)
        case sx.Logic(op, operands):
            return tm.Logic(op, tuple(truth(check, scope, o) for o in operands), span=e.span)
        case sx.IsOption():
            return _options(check, scope, e)
        case sx.IsNA():
            return _is_na(check, scope, e)
        case sx.Cond():
            return _cond(check, scope, e)
        case sx.Field() | sx.Each():
            return _field(check, scope, e)
        case sx.Call():
            return call.elaborate_call(check, scope, e, elaborate)
        case sx.Quantity() | sx.DateLit() | sx.TextLit() | sx.TheYear():
            raise AssertionError("literals are constants")
        case _:
            assert_never(e)


def truth(check: Checker, scope: Scope, e: sx.Expr) -> tm.Expr:
    """Return the typed kernel of a condition."""
    found = elaborate(check, scope, e)
    if not isinstance(found.type, Truth | Wrong):
        help_ = "条件要能答「是」或「否」，例如：支出合计 ≥ 100 万元"
        return check.report(NOT_TRUTH, e.span, f"这里要条件，却是{type_text(found.type)}", help_)
    return found


def _name(check: Checker, scope: Scope, e: sx.Name) -> tm.Expr:
    name = e.text
    if scope.row is not None and name in scope.row.columns:
        return tm.Column(name, scope.row.columns[name].type, span=e.span)
    if name in scope.vars:
        return tm.Var(name, scope.vars[name], span=e.span)
    if name in check.params:
        return tm.ParamRef(name, check.params[name].type, span=e.span)
    fact = check.fact(name)
    if fact is not None and scope.facts:
        return tm.FactRef(name, fact.type, span=e.span)
    if fact is not None or (name in check.schema.ledgers and not scope.facts):
        return check.report(FACT_IN_WORD, e.span, f"词里不能直接用事实「{name}」", "把它作为「输入」传进来")
    if name in check.schema.ledgers:
        help_ = f"写成 计数({name})、合计({name} 的 列) 这样的式子"
        return check.report(LEDGER_AS_VALUE, e.span, f"「{name}」是一张明细，不是一个值", help_)
    return _unknown(check, scope, e)


def _unknown(check: Checker, scope: Scope, e: sx.Name) -> tm.Expr:
    if e.text in check.index.lost:
        return tm.Const(False, Wrong(), span=e.span)
    kind = check.index.kind_of(e.text)
    if kind in ("词", "内置函数"):
        return check.report(
            LEDGER_AS_VALUE,
            e.span,
            f"「{e.text}」是{kind}，后面要有括号和输入",
            f"例如 {call.USAGE.get(e.text, f'{e.text}(…)')}",
        )
    elsewhere = check.index.lets.get(e.text)
    if elsewhere is not None and scope.facts:
        labels = (Label(e.span), Label(elsewhere.span, "在这里"))
        help_ = "令只在它的指标或分项里、写出来以后有效：移到前面，或写到指标下面、分项之前；几处共用的写成 定词"
        return check.add(Diagnostic(UNKNOWN_NAME, f"这里看不到别处的令「{e.text}」", labels, help_))
    columns = scope.row.columns if scope.row else {}
    known = [*columns, *scope.vars, *check.params, *check.schema.facts, *check.schema.ledgers, *CONSTANTS]
    return check.add(unknown(e.text, e.span, known))


def _unary(check: Checker, scope: Scope, e: sx.Unary) -> tm.Expr:
    if e.op == "非":
        return tm.Not(truth(check, scope, e.operand), span=e.span)
    operand = elaborate(check, scope, e.operand)
    if isinstance(operand, tm.Const) and isinstance(operand.value, Fraction) and isinstance(operand.type, Number):
        return tm.Const(-operand.value, operand.type, f"-{operand.text}", span=e.span)
    if not isinstance(operand.type, Number | Wrong):
        return check.report(NOT_TRUTH, e.span, f"{type_text(operand.type)} 前面不能写负号")
    return tm.Neg(operand, operand.type, span=e.span)


def _compare(check: Checker, scope: Scope, e: sx.Compare) -> tm.Expr:
    operands = [_operand(check, scope, e, o) for o in e.operands]
    pairs = [
        tm.Cmp(op, a, b, span=a.span.to(b.span))
        for op, a, b in zip(e.ops, operands, operands[1:], strict=False)
        if comparable(check, op, a, b, e.span)
    ]
    if len(pairs) < len(e.ops):
        return tm.Const(False, Wrong(), span=e.span)
    return pairs[0] if len(pairs) == 1 else tm.Logic("且", tuple(pairs), span=e.span)


def _operand(check: Checker, scope: Scope, e: sx.Compare, operand: sx.Expr) -> tm.Expr:
    """Elaborate one side of a comparison; 评级 = 优 is a slip for 评级 为 优."""
    first = e.operands[0]
    if isinstance(operand, sx.Name) and isinstance(first, sx.Name) and operand is not first and len(e.ops) == 1:
        asked = check.schema.facts.get(first.text)
        kind = asked.type if asked else scope.vars.get(first.text)
        if isinstance(kind, Choice) and operand.text in kind.options and operand.text not in scope.vars:
            test = f"{first.text} 为 {operand.text}"
            help_ = f"写成「{test}」" if e.ops[0] == "=" else f"写成「{test}」或「非 {test}」"
            return check.report(OPTION_SIGN, e.span, f"选项不用「{e.ops[0]}」比较", help_)
    return elaborate(check, scope, operand)


def _options(check: Checker, scope: Scope, e: sx.IsOption) -> tm.Expr:
    operand = elaborate(check, scope, e.operand)
    if isinstance(operand.type, Wrong):
        return operand
    if not isinstance(operand.type, Choice):
        message = f"「{e.operand.span.text}」是{type_text(operand.type)}，不是选项"
        return check.report(NO_SUCH_OPTION, e.operand.span, message, "「为」「属于」只用于选项；数和日期用 = 、≤ 等")
    for option in e.options:
        if option.text not in operand.type.options:
            return no_such_option(check, option.text, option.span, operand.type)
    return tm.IsOption(operand, tuple(o.text for o in e.options), span=e.span)


def no_such_option(check: Checker, name: str, span: Span, kind: Choice) -> tm.Const:
    """Report an option that the list does not have."""
    likely = nearest(name, kind.options, closed=True)
    help_ = f"是不是「{likely}」？" if likely else f"可用：{'、'.join(kind.options)}"
    return check.report(NO_SUCH_OPTION, span, f"没有「{name}」这个选项", help_)


def _is_na(check: Checker, scope: Scope, e: sx.IsNA) -> tm.Expr:
    fact = check.fact(e.fact.text) if scope.facts else None
    if fact is None:
        return check.add(unknown(e.fact.text, e.fact.span, check.schema.facts, "事实"))
    if not fact.may_be_na:
        message = f"「{fact.name}」不会是不适用"
        return check.report(NOT_NA, e.fact.span, message, "在它的声明里写上「可不适用」，填报时才能填不适用")
    return tm.IsNA(fact.name, span=e.span)


def joined(check: Checker, branches: list[tm.Expr], span: Span) -> Type:
    """Return the common type of several branches, reporting when there is none."""
    kind: Type = Wrong()
    for branch in branches:
        if isinstance(kind, Wrong):
            kind = branch.type
            continue
        if is_wrong(branch):
            continue
        agreed = _join(kind, branch.type)
        if agreed is None:
            message = f"各分支的结果要同一种值：{type_text(kind)} 与 {type_text(branch.type)}"
            return check.report(BRANCHES_DIFFER, span, message, "数后面补上单位，例如「0 分」").type
        kind = agreed
    return kind


def _join(a: Type, b: Type) -> Type | None:
    if isinstance(a, Number) and isinstance(b, Number):
        agree, dim = same(a.dim, b.dim)
        if not agree or (a.points != b.points and None not in (a.dim, b.dim)):
            return None
        exact = b if a.dim is None else a
        return Number(dim, exact.points, a.delta and b.delta, a.percent or b.percent, a.whole and b.whole)
    if isinstance(a, Choice) and isinstance(b, Choice):
        return Choice(tuple(dict.fromkeys((*a.options, *b.options))))
    return a if type(a) is type(b) else None


def _cond(check: Checker, scope: Scope, e: sx.Cond) -> tm.Expr:
    test = truth(check, scope, e.test)
    then, other = elaborate(check, scope, e.then), elaborate(check, scope, e.other)
    return tm.If(test, then, other, joined(check, [then, other], e.span), span=e.span)


def _field(check: Checker, scope: Scope, e: sx.Field | sx.Each) -> tm.Expr:
    if isinstance(e, sx.Field) and isinstance(e.owner, sx.Name) and scope.row is not None:
        if e.owner.text == scope.row.name and e.name.text in scope.row.columns:
            return tm.Column(e.name.text, scope.row.columns[e.name.text].type, span=e.span)
    owner = e.owner.text if isinstance(e.owner, sx.Name) else ""
    if owner in check.schema.ledgers:
        kind: Type = Rows(owner)
        help_ = "放进 合计(…)、平均(…)、最大(…)、最小(…)、全部(…) 或 任一(…)"
        return check.report(LEDGER_AS_VALUE, e.span, f"{type_text(kind)}的一列不是一个值", help_)
    return check.report(NOT_A_LEDGER, e.owner.span, f"「{e.owner.span.text}」不是明细，后面不能写「的」")
