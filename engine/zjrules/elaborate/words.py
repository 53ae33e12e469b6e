"""Words: typed once per kind of arguments, their arguments bound and never substituted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zjrules.diag import Code, Diagnostic, Edit, Fix, Label
from zjrules.elaborate.scope import Checker, Scope
from zjrules.elaborate.types import text_of, written_type
from zjrules.span import Span
from zjrules.spelling import nearest
from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx
from zjrules.term import expr as tm
from zjrules.term.walk import refs
from zjrules.unit import DAYS, POINTS, PURE, Choice, Date, Number, Truth, Type, Wrong, same, type_text

UNKNOWN_INPUT = Code("ZJ3050", "unknown-input")
MISSING_INPUT = Code("ZJ3051", "missing-input")
INPUT_MISFIT = Code("ZJ3052", "input-misfit")
PERCENT_STEP = Code("ZJ3053", "percent-as-step")
RECURSION = Code("ZJ2010", "word-uses-itself")
NO_RESULT = Code("ZJ4030", "word-without-result")
LET_HIDES = Code("ZJ2011", "let-hides-name")
NESTED_WORDS = Code("ZJ2012", "words-nested-too-deep")
FULL_NEEDED = Code("ZJ3054", "word-needs-full")
NEED = Code("ZJ3055", "need-without-condition")

MAX_NESTED = 12
"""Words inside words; the standard ones go two deep."""

Elaborate = Callable[[Checker, Scope, sx.Expr], tm.Expr]


def use_word(check: Checker, scope: Scope, e: sx.Call, deeper: Elaborate) -> tm.Expr:
    """Return a Use of a word with its arguments bound to its inputs."""
    word = check.index.words[e.callee.text]
    wrong = tm.Const(False, Wrong(), span=e.span)
    given = _by_label(check, word, e)
    if given is None or word.damaged:
        return wrong
    args: dict[str, tm.Expr] = {}
    full = given.pop("满分", None)
    if full is not None:
        args["满分"] = _argument(check, scope, full, deeper, None)
    elif "满分" in scope.vars:
        args["满分"] = tm.Var("满分", scope.vars["满分"], span=e.span)
    for item in word.inputs:
        arg = given.get(item.name.text)
        if arg is not None:
            bound = _argument(check, scope, arg, deeper, _choice(check, item))
            args[item.name.text] = _fit(check, word, item, bound, args)
        elif item.default is None:
            name = item.name.text
            help_ = f"补上「{name}：…」" if not _is_apply(e) else f"补上「{name} …」"
            return check.report(MISSING_INPUT, e.span, f"词「{word.name.text}」缺输入「{name}」", help_)
    if any(isinstance(a.type, Wrong) for a in args.values()):
        return wrong
    return _use(check, word, args, e, deeper) or wrong


def _is_apply(e: sx.Call) -> bool:
    return "(" not in e.span.text.replace("（", "(").split("\n")[0]


def _by_label(check: Checker, word: sd.Word, e: sx.Call) -> dict[str, sx.Expr] | None:
    names = [i.name.text for i in word.inputs]
    given: dict[str, sx.Expr] = {}
    for position, arg in enumerate(e.args):
        if arg.label is None and position == 0 and names:
            given[names[0]] = arg.value
            continue
        if arg.label is None:
            help_ = f"写成「{names[min(position, len(names) - 1)]}：…」" if names else "去掉它"
            check.report(UNKNOWN_INPUT, arg.span, "只有第一个输入可以不写名称", help_)
            return None
        name = arg.label.text
        if name not in (*names, "满分") or name in given:
            again = name in given
            likely = nearest(name, names)
            help_ = f"是不是「{likely}」？" if likely and not again else f"可用：{'、'.join(names)}"
            message = f"输入「{name}」写了两次" if again else f"「{name}」不是词「{word.name.text}」的输入"
            check.report(UNKNOWN_INPUT, arg.label.span, message, help_)
            return None
        given[name] = arg.value
    return given


def _choice(check: Checker, item: sd.Input) -> Choice | None:
    if item.type.name.text != "选项":
        return None
    kind, _ = written_type(check, item.type)
    return kind if isinstance(kind, Choice) else None


def _argument(check: Checker, scope: Scope, e: sx.Expr, deeper: Elaborate, choice: Choice | None) -> tm.Expr:
    """Elaborate an argument; where an option is asked, a bare option name is one."""
    if choice is not None and isinstance(e, sx.Name) and e.text in choice.options and e.text not in scope.vars:
        return tm.Const(e.text, choice, e.text, span=e.span)
    if choice is not None and isinstance(e, sx.Name) and not _known(check, scope, e.text):
        likely = nearest(e.text, choice.options, closed=True)
        help_ = f"是不是「{likely}」？" if likely else f"可用：{'、'.join(choice.options)}"
        return check.report(INPUT_MISFIT, e.span, f"没有「{e.text}」这个选项", help_)
    return deeper(check, scope, e)


def _known(check: Checker, scope: Scope, name: str) -> bool:
    columns: Mapping[str, object] = scope.row.columns if scope.row else {}
    return name in scope.vars or name in columns or name in check.schema.facts or name in check.params


def _fit(check: Checker, word: sd.Word, item: sd.Input, arg: tm.Expr, bound: Mapping[str, tm.Expr]) -> tm.Expr:
    """Return the argument when it fits the declared type of the input; report otherwise."""
    wanted = item.type.name.text
    if isinstance(arg.type, Wrong):
        return arg
    if wanted in ("同", "差"):
        other = item.type.args[0].text if item.type.args else ""
        model = bound[other].type if other in bound else POINTS if other == "满分" else None
        if model is None or isinstance(model, Wrong):
            return arg
        return _fit_model(check, word, item, arg, model, wanted == "差")
    if wanted == "数":
        fits = isinstance(arg.type, Number | Date)
        expected = "数"
    else:
        kind, _ = written_type(check, item.type)
        fits, expected = _accepts(kind, arg.type), type_text(kind)
    if fits:
        return arg
    return _misfit(check, word, item, arg, expected)


def _misfit(check: Checker, word: sd.Word, item: sd.Input, arg: tm.Expr, expected: str) -> tm.Const:
    labels = (Label(arg.span, type_text(arg.type)), Label(item.span, "输入的声明"))
    message = f"词「{word.name.text}」的「{item.name.text}」要{expected}，却是{type_text(arg.type)}"
    return check.add(Diagnostic(INPUT_MISFIT, message, labels, "核对名称和单位"))


def _fit_model(check: Checker, word: sd.Word, item: sd.Input, arg: tm.Expr, model: Type, difference: bool) -> tm.Expr:
    if difference and isinstance(model, Date):
        model = DAYS
    if isinstance(model, Number) and isinstance(arg.type, Number):
        if difference and model.percent and not model.points and not arg.type.points:
            text = arg.span.text
            points = f"{text.rstrip('%％').rstrip()} 个百分点"
            fix = Fix(f"改成 {points}", (Edit(arg.span, points),), safe=False) if text[-1:] in "%％" else None
            message = f"「{text}」是百分之几，还是几个百分点？"
            return check.report(PERCENT_STEP, arg.span, message, f"对比率每差一步，写成「{points}」", fix)
        alike = arg.type.points == model.points or (arg.type.delta and model.delta)
        if same(model.dim, arg.type.dim)[0] and (difference or alike):
            return arg
    elif type(model) is type(arg.type):
        return arg
    return _misfit(check, word, item, arg, type_text(model))


def _accepts(wanted: Type, given: Type) -> bool:
    match wanted, given:
        case (Number() as w, Number() as g):
            return same(w.dim, g.dim)[0] and w.points == g.points
        case (Choice() as w, Choice() as g):
            return set(g.options) <= set(w.options)
        case _:
            return type(wanted) is type(given) or isinstance(given, Wrong)


# ---------- bodies ----------


def _use(check: Checker, word: sd.Word, args: dict[str, tm.Expr], e: sx.Call, deeper: Elaborate) -> tm.Expr | None:
    body = _body(check, word, {n: a.type for n, a in args.items()}, e.span, deeper)
    if body is None:
        return None
    if "满分" in body.inputs and "满分" not in args:
        check.report(FULL_NEEDED, e.span, f"词「{word.name.text}」要用满分，这里没有", "补上「满分：… 分」")
        return None
    # A default becomes a 令 of the body, so the inputs are those that the call gives.
    ordered = tuple(args[name] for name in body.inputs)
    return tm.Use(body, ordered, body.result.type, span=e.span)


def _body(check: Checker, word: sd.Word, types: dict[str, Type], at: Span, deeper: Elaborate) -> tm.Body | None:
    name = word.name.text
    key = (name, tuple(types.items()))
    if key in check.bodies:
        return check.bodies[key]
    if name in check.open_words:
        round_ = " → ".join([*check.open_words[check.open_words.index(name) :], name])
        check.report(RECURSION, at, f"词在用自己：{round_}", "词不能直接或间接用到自己")
        return None
    if len(check.open_words) >= MAX_NESTED:
        check.report(NESTED_WORDS, at, f"词套词超过 {MAX_NESTED} 层", "把中间的几层合成一个词，或用「令」分步")
        return None
    check.open_words.append(name)
    try:
        body = _typed(check, word, types, deeper)
    finally:
        check.open_words.pop()
    check.bodies[key] = body
    return body


def _typed(check: Checker, word: sd.Word, types: dict[str, Type], deeper: Elaborate) -> tm.Body | None:
    name = word.name.text
    if word.result is None:
        check.report(NO_RESULT, word.name.span, f"词「{name}」没有「结果」", "补上「结果 …」")
        return None
    scope = Scope(vars={"满分": POINTS, **types}, facts=False)
    for item in word.inputs:
        if item.name.text not in types and item.default is not None:
            default = cl.Let(item.name, item.default, span=item.span)
            scope, _ = bind(check, scope, default, deeper, _choice(check, item))
    for let in word.lets:
        scope, _ = bind(check, scope, let, deeper)
    result = deeper(check, scope, word.result)
    if isinstance(result.type, Wrong):
        return None
    for need in reversed(word.needs):
        test = deeper(check, scope, need.test)
        if not isinstance(test.type, Truth | Wrong):
            check.report(
                NEED, need.test.span, f"「应有」后面要条件，却是{type_text(test.type)}", "例如：应有 比例 ≤ 100%"
            )
        result = tm.Require(test, result, need.message.text, result.type, span=need.span)
    used = refs(result, scope.lets)
    inputs = tuple(n for n in types if n != "满分") + (("满分",) if ("var", "满分") in used else ())
    said = word.said.text if word.said else ""
    return tm.Body(name, inputs, scope.lets, result, said, text_of(word.note), scope.vars, span=word.name.span)


def unused(check: Checker, deeper: Elaborate) -> None:
    """Type the words that nothing uses and no example tries, so that their slips show before their first use."""
    typed = {name for name, _ in check.bodies}
    for name, word in check.index.words.items():
        if name in typed or word.examples or word.damaged:
            continue
        types: dict[str, Type] = {}
        for item in word.inputs:
            kind = item.type.name.text
            model = types.get(item.type.args[0].text) if kind == "同" and item.type.args else None
            if kind == "差" or (kind == "同" and model is None):
                break
            types[item.name.text] = model or (PURE if kind == "数" else written_type(check, item.type)[0])
        else:
            _body(check, word, types, word.name.span, deeper)


def bind(
    check: Checker, scope: Scope, let: cl.Let, deeper: Elaborate, choice: Choice | None = None
) -> tuple[Scope, tm.Let]:
    """Type a 令 and return the scope that knows it."""
    value = _argument(check, scope, let.value, deeper, choice)
    name = let.name.text
    outer = check.index.kind_of(name) if scope.facts else None
    if name in scope.vars or outer is not None:
        check.report(LET_HIDES, let.name.span, f"「{name}」已经是{outer or '这里的名称'}", "给「令」换一个名称")
    bound = tm.Let(let.name.text, value, refs(value, scope.lets), span=let.span)
    return scope.with_let(bound, value.type), bound
