"""What a declaration says of itself, as a card: for hover and beside completions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from zjrules.build import the_parser
from zjrules.elaborate.call import USAGE
from zjrules.lsp.document import Document
from zjrules.lsp.lore import KEYWORDS, TYPES
from zjrules.lsp.mention import COLUMN, INPUT, LET, OPTION, PART, VALUE, WORD, Key
from zjrules.lsp.state import State
from zjrules.span import Source, Span
from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx

Found = sd.Declared | sd.Part | sd.Input | cl.Let | sd.Grade


@frozen(eq=False)
class Owned:
    """What is declared, with what it is declared in."""

    decl: Found
    owner: str = ""


def declaration(state: State, document: Document, key: Key) -> Owned | None:
    """Return what declares a name: in the document as it reads now, else in the other files of its shelf."""
    checked = state.checked(document)
    files = {**(checked.files if checked is not None else {}), document.source.name: state.parsed(document).file}
    for file in files.values():
        for decl in file.decls:
            content = decl.content if isinstance(decl, sd.Amendment) else decl
            found = _inside(content, key) if content is not None and not isinstance(content, sd.Patch) else None
            if found is not None:
                return found
    return None


def _inside(decl: sd.RuleSet | sd.Declared, key: Key) -> Owned | None:
    """Return the declaration of a key in or at a declaration."""
    match decl, key:
        case (sd.Param() | sd.FactDecl() | sd.LedgerDecl(), (kind, name)) if kind == VALUE and decl.name.text == name:
            return Owned(decl)
        case sd.LedgerDecl(), (kind, owner, name) if kind == COLUMN and decl.name.text == owner:
            return next((Owned(c, owner) for c in decl.columns if c.name.text == name), None)
        case sd.Word(), (kind, name) if kind == WORD and decl.name.text == name:
            return Owned(decl)
        case sd.Word(), (kind, owner, name) if kind == INPUT and decl.name.text == owner:
            return next((Owned(i, owner) for i in decl.inputs if i.name.text == name), None)
        case sd.Word(), (kind, owner, name) if kind == LET and owner == WORD:
            return None
        case sd.RuleSet(), ("等级", name):
            return next((Owned(g) for g in decl.grades if g.name.text == name), None)
        case _, (kind, *owner, _) if kind == OPTION:
            return _inside(decl, tuple(owner))
        case sd.Word(), (kind, _, owner, name) if kind == LET and decl.name.text == owner:
            return next((Owned(x, owner) for x in decl.lets if x.name.text == name), None)
        case sd.Indicator() | sd.Group(), (kind, name) if sd.kind_of(decl) == kind and decl.name.text == name:
            return Owned(decl)
        case sd.Indicator(), _:
            return _in_indicator(decl, key)
        case _:
            return None


def _in_indicator(decl: sd.Indicator, key: Key) -> Owned | None:
    match key:
        case (kind, owner, name) if kind == PART and decl.name.text == owner:
            return next((Owned(p, owner) for p in decl.parts if p.name.text == name), None)
        case (kind, "指标", owner, name) if kind == LET and decl.name.text == owner:
            return _let(decl.clauses, owner, name)
        case (kind, "分项", owner, part, name) if kind == LET and decl.name.text == owner:
            return next((_let(p.clauses, part, name) for p in decl.parts if p.name.text == part), None)
        case _:
            return None


def _let(clauses: Sequence[object], owner: str, name: str) -> Owned | None:
    return next((Owned(c, owner) for c in clauses if isinstance(c, cl.Let) and c.name.text == name), None)


# ---------- in words ----------


def about(found: Owned, key: Key) -> Iterator[str]:
    """Yield what a declaration says, a paragraph each: what it is, what it means, its clause, its evidence."""
    decl = found.decl
    yield _title(found, key)
    if isinstance(decl, sd.Word):
        yield from ("输入 " + " ".join(i.span.text.removeprefix("输入").split()) for i in decl.inputs)
        yield from ([f"说成 {decl.said.text}"] if decl.said is not None else [])
        yield from (f"举例 {' '.join(x.span.text.removeprefix('举例').split())}" for x in decl.examples[:2])
    for label, name in (("", "note"), ("依据：", "basis"), ("佐证：", "evidence"), ("来源：", "source")):
        texts: tuple[sx.Words, ...] = getattr(decl, name, ())
        if texts:
            yield label + "；".join(w.text for w in texts)


def _title(found: Owned, key: Key) -> str:
    name = key[-1]
    match found.decl:
        case sd.FactDecl() as decl if key[0] == OPTION:
            return f"**选项 {name}**，{decl.name.text} 的一个"
        case sd.FactDecl() as decl:
            kind = f"列 {found.owner} 的 {name}" if found.owner else f"事实 {name}"
            extra = "，可不适用" if decl.may_be_na else ""
            return f"**{kind}** ：{_line(decl.type.span)}{extra}"
        case sd.Param(value=value):
            return f"**参数 {name}** = {_line(value.span)}"
        case sd.LedgerDecl(columns=columns):
            return f"**明细 {name}**：{'、'.join(c.name.text for c in columns)}"
        case sd.Indicator(points=points) | sd.Part(points=points) | sd.Group(points=points):
            kind = "分项" if isinstance(found.decl, sd.Part) else sd.kind_of(found.decl)
            return f"**{kind} {name}** {_line(points.span)}"
        case sd.Word():
            return f"**定词 {name}**"
        case sd.Input() as decl:
            kind = "选项" if key[0] == OPTION else "输入"
            return f"**{kind} {name}**：词 {found.owner} 的输入，{_line(decl.type.span)}"
        case cl.Let(value=value):
            return f"**令 {name}** = {_line(value.span)}"
        case sd.Grade(span=span):
            return f"**等级** {_line(span)}"
        case _:
            return f"**{name}**"


def _line(span: Span) -> str:
    return " ".join(span.text.split())


def lexeme(source: Source, offset: int) -> tuple[Span, str] | None:
    """Return the keyword, type or built-in function at a place, with what it is for."""
    for match in the_parser().lex.pattern.finditer(source.text):
        if match.start() <= offset < match.end():
            word = match[0]
            said = KEYWORDS.get(word) or TYPES.get(word) or (f"写成 {USAGE[word]}" if word in USAGE else "")
            return Span(source, *match.span()), f"**{word}** {said}" if said else ""
    return None
