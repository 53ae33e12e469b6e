"""Lark trees of clauses and their parts to syntax."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from lark import Token, Tree

from zjrules.diag import Code, Edit, Fix, Severity, at
from zjrules.read.build_expr import Builder, Node, label, operator
from zjrules.span import Span
from zjrules.syntax import clause as cl
from zjrules.syntax import expr as sx
from zjrules.unit import measure

MISSING_SPACE = Code("ZJ1011", "missing-space")
CHAINED_LET = Code("ZJ1026", "chained-let", Severity.WARNING)

Branch = Tree[Token]


def branches(nodes: Iterable[Node], *names: str) -> list[Branch]:
    """Return the subtrees with one of the given names, in order."""
    return [n for n in nodes if isinstance(n, Tree) and n.data in names]


def words_of(b: Builder, nodes: Iterable[Node], name: str) -> tuple[sx.Words, ...]:
    """Return the strings of every 依据, 说明, 佐证 … among the nodes."""
    return tuple(b.words(list(t.children)) for t in branches(nodes, name))  # type: ignore[arg-type]


def first_words(b: Builder, nodes: Iterable[Node], name: str) -> sx.Words | None:
    """Return the first of words_of, or None."""
    found = words_of(b, nodes, name)
    return found[0] if found else None


def _edge(b: Builder, t: Branch) -> cl.Edge:
    closed = {"edge_in": True, "edge_out": False}.get(str(t.data))
    return cl.Edge(b.expr(t.children[0]), closed, span=b.span(t))


def limits(b: Builder, t: Branch) -> cl.Limits:
    """Return the tests of a band or of a declared range."""
    if t.data in ("bound_between", "band_between"):
        low, high = (_edge(b, c) for c in t.children if isinstance(c, Tree))
        return cl.Between(low, high, span=b.span(t))
    pairs = zip(t.children[::2], t.children[1::2], strict=True)
    return tuple(cl.Test(operator(op), b.expr(v), span=b.span(op).to(b.span(v))) for op, v in pairs)


def type_name(b: Builder, t: Branch) -> cl.TypeName:
    """Return a written type."""
    args: list[sx.Ident] = []
    for arg in [c for group in branches(t.children, "type_args") for c in group.children if isinstance(c, Tree)]:
        if arg.data == "type_full":
            args.append(sx.Ident("满分", span=b.span(arg)))
        else:
            names = [b.ident(c).text for c in arg.children if isinstance(c, Token) and c.type == "NAME"]
            args.append(sx.Ident("/".join(names), span=b.span(arg)))
    bounds = branches(t.children, "bound", "bound_between")
    return cl.TypeName(b.ident(t.children[0]), tuple(args), limits(b, bounds[0]) if bounds else (), span=b.span(t))


def rounding(b: Builder, t: Branch) -> cl.RoundingDecl:
    """Return a 舍入."""
    place, mode, quantum = (*t.children, None, None)[:3]
    return cl.RoundingDecl(
        b.ident(place),  # type: ignore[arg-type]
        b.ident(mode) if mode is not None else None,
        b.quantity(quantum) if isinstance(quantum, Token) else None,
        span=b.span(t),
    )


def let(b: Builder, t: Branch) -> cl.Let:
    """Return a 令."""
    found = cl.Let(b.ident(t.children[0]), b.expr(t.children[-1]), span=b.span(t))
    value = found.value
    if isinstance(value, sx.Compare) and value.ops[0] == "=" and b.span(t.children[-1]) == value.span:
        help_ = f"若本意如此，写成「令 {found.name.text} = ({value.span.text})」；若要写一个值，去掉一个等号"
        b.problems.append(at(CHAINED_LET, value.span, f"「{found.name.text}」会是「是」或「否」，不是数", help_))
    return found


def clamp(b: Builder, t: Branch) -> cl.Clamp:
    """Return a 限于 … 至 …."""
    return cl.Clamp(b.expr(t.children[-2]), b.expr(t.children[-1]), span=b.span(t))


def _bands(b: Builder, t: Branch) -> cl.Clause:
    bands = []
    for band in branches(t.children, "band"):
        test, result = band.children
        assert isinstance(test, Tree)
        bands.append(cl.Band(limits(b, test), b.expr(result), span=b.span(band)))
    return cl.Bands(b.expr(t.children[0]), tuple(bands), _rest(b, t), span=b.span(t))


def _rest(b: Builder, t: Branch) -> sx.Expr | None:
    found = branches(t.children, "rest")
    return b.expr(found[0].children[0]) if found else None


def _cases(b: Builder, t: Branch, name: str) -> tuple[cl.Case, ...]:
    found = branches(t.children, name)
    return tuple(cl.Case(b.expr(c.children[0]), b.expr(c.children[1]), span=b.span(c)) for c in found)


def _deduct(b: Builder, t: Branch) -> cl.Clause:
    items: list[cl.DeductIf | cl.DeductEach] = []
    for item in branches(t.children, "deduct_if", "deduct_each"):
        if item.data == "deduct_if":
            items.append(cl.DeductIf(b.expr(item.children[0]), b.expr(item.children[1]), span=b.span(item)))
            continue
        step, subject, amount, *mode = item.children
        assert isinstance(step, Token)
        named = b.ident(mode[0]) if mode else None
        unit, counted = _counted(b, step, subject)
        value = b.quantity(step) if unit is None else sx.Quantity(Fraction(str(step)), unit, span=b.span(step))
        items.append(cl.DeductEach(value, counted, b.expr(amount), named, span=b.span(item)))
    floors = branches(t.children, "floor", "floor_most")
    most = b.expr(floors[0].children[0]) if floors and floors[0].data == "floor_most" else None
    return cl.Deduct(tuple(items), bool(floors) and most is None, most, span=b.span(t))


def _counted(b: Builder, step: Token, subject: Node) -> tuple[str | None, sx.Expr]:
    """Return what is counted; 每1处问题数 has lost the space between a unit and a name, and is read as if it were there."""
    found = b.expr(subject)
    place = b.span(subject)
    if not isinstance(found, sx.Name) or place.start != b.span(step).end or not str(step).isdigit():
        return None, found
    for length in (3, 2, 1):
        head, tail = place.text[:length], place.text[length:]
        if tail and measure(head) is not None:
            span = b.span(step).to(place)
            joined = f"{b.span(step).text} {head} {tail}"
            fix = Fix(f"写成「{joined}」", (Edit(span, joined),))
            b.problems.append(at(MISSING_SPACE, span, f"「{span.text}」中间少空格", f"写成「{joined}」", fix=fix))
            return head, sx.Name(tail, span=Span(place.source, place.start + length, place.end))
    return None, found


def _apply(b: Builder, t: Branch) -> cl.Clause:
    args = []
    for item in branches(t.children, "labelled"):
        args.append(sx.Arg(label(b, item.children[0]), b.expr(item.children[1]), span=b.span(item)))
    call = sx.Call(b.ident(t.children[0]), tuple(args), span=b.span(t))
    return cl.Apply(call, span=b.span(t))


def _not_applicable(b: Builder, t: Branch) -> cl.Clause:
    test, policy = t.children[0], t.children[1]
    assert isinstance(policy, Tree)
    drop = b.ident(policy.children[0]) if policy.data == "na_drop" else None
    value = None if drop else b.expr(policy.children[0])
    return cl.NotApplicable(b.expr(test), value, drop, first_words(b, t.children, "evidence"), span=b.span(t))


def _gate(b: Builder, t: Branch) -> cl.Clause:
    names = tuple(b.ident(c) for c in t.children if isinstance(c, Token))
    return cl.Gate(names, b.expr(t.children[-1]), span=b.span(t))


def accept(b: Builder, t: Branch) -> cl.Accept:
    """Return 认可."""
    names = [c for c in t.children[1:] if isinstance(c, Token) and c.type == "NAME"]
    strings = [c for c in t.children if isinstance(c, Token) and c.type == "STRING"]
    subject = b.ident(names[0]) if names else None
    question = t.children[0]
    assert isinstance(question, Tree)
    # Two kinds of questions are keywords.
    words = {"question_full": "满分", "question_grade": "等级"}
    word = words.get(str(question.data))
    kind = sx.Ident(word, span=b.span(question)) if word else b.ident(question.children[0])
    return cl.Accept(kind, subject, b.words(strings), span=b.span(t))


CLAUSES: dict[str, Callable[[Builder, Branch], cl.Clause]] = {
    "let": let,
    "rounding": rounding,
    "score": lambda b, t: cl.Score(b.expr(t.children[0]), span=b.span(t)),
    "bands": _bands,
    "decide": lambda b, t: cl.Decide(_cases(b, t, "case"), _rest(b, t), span=b.span(t)),
    "checklist": lambda b, t: cl.Checklist(_cases(b, t, "tick"), span=b.span(t)),
    "deduct": _deduct,
    "apply": _apply,
    "clamp": clamp,
    "not_applicable": _not_applicable,
    "gate": _gate,
    "accept": accept,
    "trend": lambda b, t: cl.Trend(b.ident(t.children[0]), b.ident(t.children[1]), span=b.span(t)),
}
