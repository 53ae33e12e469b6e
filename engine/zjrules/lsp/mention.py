"""Every name in a file, where it stands and what it is the name of: the same walk for errors and none.

It says what a name is meant to be by where it stands, as elaborate/ does for texts without errors, so that a half-written
file can be walked too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from attrs import evolve, field, frozen

from zjrules.overlay.rename import ledger_of
from zjrules.read.lexer import Lexicon
from zjrules.resolve import CONSTANTS, FUNCTIONS
from zjrules.span import Span
from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx
from zjrules.syntax.mark import Place, Ref

Key = tuple[str, ...]
"""What a name is the name of: 值 (参数, 事实, 明细: one space), 词, 指标, 一级指标, 二级指标, 列 with its ledger, 分项 with its
indicator, 令 and 输入 with what they are written in, 选项 with its fact, 等级."""
VALUE, WORD, COLUMN, INDICATOR, PART, LET, INPUT, OPTION, GRADE = "值 词 列 指标 分项 令 输入 选项 等级".split()


@frozen
class Mention:
    """A name where it stands; span covers its 「」."""

    key: Key
    span: Span
    declares: bool = False

    @property
    def name(self) -> str:
        """The name."""
        return self.key[-1]


@frozen
class _Around:
    """What is around a node: the 令 and inputs in sight with their keys, the ledger whose row is at hand, the owner."""

    local: Mapping[str, Key] = field(factory=dict)
    row: str = ""
    owner: Key = ()


@frozen
class Walk:
    """One walk, and what it must know of declarations wherever they are."""

    columns: Mapping[str, frozenset[str]]
    """Those of every ledger."""
    inputs: Mapping[str, tuple[tuple[str, frozenset[str]], ...]]
    """The inputs of every word in their order, with the options of each (none where it takes no option)."""
    lex: Lexicon

    def file(self, file: sd.File) -> Iterator[Mention]:
        """Yield the names of a file."""
        for decl in file.decls:
            yield from self.walk(decl, _Around())

    def walk(self, node: Any, around: _Around) -> Iterator[Mention]:
        """Yield the names in a piece of syntax."""
        match node:
            case tuple():
                for each in node:
                    yield from self.walk(each, around)
            case sx.Name(text=text):
                if text not in CONSTANTS:
                    yield Mention(self.value(text, around), node.span)
            case sx.IsNA(fact=fact) | cl.Trend(fact=fact):
                yield Mention((VALUE, fact.text), fact.span)
            case cl.Gate(facts=facts):
                yield from (Mention((VALUE, f.text), f.span) for f in facts)
                yield from self.walk(node.otherwise, around)
            case cl.Accept(subject=sx.Ident() as subject):
                yield Mention((VALUE, subject.text), subject.span)
            case sx.Call() | sx.Arg() | sx.Field() | sx.Each() | sx.IsOption():
                yield from self.expression(node, around)
            case sd.Amendment():
                yield from self.amendment(node, around)
            case Place(how=how, name=name):
                yield Mention(("一级指标" if how == "into" else INDICATOR, name.text), name.span)
            case _:
                yield from self.declared(node, around)

    def value(self, name: str, around: _Around) -> Key:
        """Return what a name in an expression is the name of."""
        if name in self.columns.get(around.row, ()):
            return COLUMN, around.row, name
        return around.local.get(name, (VALUE, name))

    def fields(self, node: Any, around: _Around, *without: str) -> Iterator[Mention]:
        """Yield the names in the fields of a node."""
        if attrs.has(type(node)) and not isinstance(node, Span):
            for f in attrs.fields(type(node)):
                if f.name not in ("span", "aside", *without):
                    yield from self.walk(getattr(node, f.name), around)

    # ---------- expressions ----------

    def expression(
        self, node: sx.Call | sx.Arg | sx.Field | sx.Each | sx.IsOption, around: _Around
    ) -> Iterator[Mention]:
        """Yield the names in what is more than its operands: calls, and what looks at the rows of a ledger."""
        match node:
            case sx.Call(callee=callee):
                if callee.text not in FUNCTIONS:
                    yield Mention((WORD, callee.text), callee.span)
                    labels = [a.label for a in node.args if a.label is not None and a.label.text != "满分"]
                    yield from (Mention((INPUT, callee.text, x.text), x.span) for x in labels)
                for place, arg in enumerate(node.args):
                    option = self.option(callee.text, place, arg, around)
                    yield from [option] if option is not None else self.walk(arg, around)
            case sx.Arg():
                inside = evolve(around, row=ledger_of(node.value) or around.row)
                yield from self.walk(node.value, around)
                yield from self.walk((node.where, node.except_, node.weight), inside)
            case sx.Field(owner=owner, name=name):
                yield from self.walk(owner, evolve(around, row=""))
                yield Mention((COLUMN, ledger_of(owner), name.text), name.span)
            case sx.Each(owner=owner, item=item):
                yield from self.walk(owner, evolve(around, row=""))
                yield from self.walk(item, evolve(around, row=ledger_of(owner)))
            case sx.IsOption(operand=operand, options=options):
                yield from self.walk(operand, around)
                if isinstance(operand, sx.Name):
                    of = self.value(operand.text, around)
                    yield from (Mention((OPTION, *of, o.text), o.span) for o in options)

    def option(self, word: str, place: int, arg: sx.Arg, around: _Around) -> Mention | None:
        """Return the option that an argument is; None where it is an expression."""
        value = arg.value
        if not isinstance(value, sx.Name) or value.text in around.local:
            return None
        takes = self.inputs.get(word, ())
        label = arg.label.text if arg.label is not None else takes[0][0] if takes and place == 0 else ""
        options = next((options for name, options in takes if name == label), frozenset())
        return Mention((OPTION, INPUT, word, label, value.text), value.span) if value.text in options else None

    # ---------- declarations ----------

    def declared(self, node: Any, around: _Around) -> Iterator[Mention]:
        """Yield the names that declarations and clauses declare, and those inside them."""
        match node:
            case sd.Indicator() | sd.Part():
                yield from self.scored(node, around)
            case sd.Word():
                yield from self.word(node)
            case sd.LedgerDecl(name=name):
                yield Mention((VALUE, name.text), name.span, True)
                if node.key is not None:
                    yield Mention((COLUMN, name.text, node.key.text), node.key.span)
                yield from self.fields(node, evolve(around, row=name.text, owner=("明细",)), "name", "key")
            case sd.FactDecl(name=name):
                own = (COLUMN, around.row, name.text) if around.owner == ("明细",) else (VALUE, name.text)
                yield Mention(own, name.span, True)
                if node.type.name.text == "选项":
                    yield from (Mention((OPTION, *own, o.text), o.span, True) for o in node.type.args)
                yield from self.fields(node, evolve(around, owner=()), "name")
            case sd.Param(name=name):
                yield Mention((VALUE, name.text), name.span, True)
                yield from self.fields(node, around, "name")
            case sd.Group(name=name):
                yield Mention((sd.kind_of(node), name.text), name.span, True)
                yield from self.fields(node, around, "name")
            case sd.Grade(name=name):
                yield Mention((GRADE, name.text), name.span, True)
                yield from self.fields(node, around, "name")
            case sd.Override(grade=sx.Ident() as grade):
                yield Mention((GRADE, grade.text), grade.span)
                yield from self.fields(node, around, "grade")
            case cl.Let(name=name):
                yield Mention(around.local.get(name.text, (LET, *around.owner, name.text)), name.span, True)
                yield from self.walk(node.value, around)
            case Ref(kind="令" | "随", name=name) if name:
                key = around.local.get(name) or ((LET, *around.owner, name) if node.kind == "令" else (VALUE, name))
                yield Mention(key, _last_word(node.span))
            case Ref(kind="分项", name=name) if name and around.owner:
                yield Mention((PART, around.owner[1], name), _last_word(node.span))
            case _:
                yield from self.fields(node, around)

    def scored(self, node: sd.Indicator | sd.Part, around: _Around) -> Iterator[Mention]:
        """Yield the names of an indicator or part, whose 令 are seen by what follows in it and in its parts."""
        name = node.name.text
        key: Key = (PART, around.owner[1], name) if around.owner else (INDICATOR, name)
        yield Mention(key, node.name.span, True)
        lets = {c.name.text: (LET, *key, c.name.text) for c in node.clauses if isinstance(c, cl.Let)}
        yield from self.fields(node, evolve(around, owner=key, local={**around.local, **lets}), "name")

    def word(self, node: sd.Word) -> Iterator[Mention]:
        """Yield the names of a word, which sees its own inputs and 令 alone."""
        name = node.name.text
        yield Mention((WORD, name), node.name.span, True)
        local: dict[str, Key] = {i.name.text: (INPUT, name, i.name.text) for i in node.inputs}
        local |= {x.name.text: (LET, WORD, name, x.name.text) for x in node.lets}
        around = _Around(local, owner=(WORD, name))
        for each in node.inputs:
            yield Mention(local[each.name.text], each.name.span, True)
            if each.type.name.text in ("同", "差"):
                yield from (Mention(local[a.text], a.span) for a in each.type.args if a.text in local)
            elif each.type.name.text == "选项":
                options = {a.text: (OPTION, *local[each.name.text], a.text) for a in each.type.args}
                yield from (Mention(options[a.text], a.span, True) for a in each.type.args)
                if isinstance(each.default, sx.Name) and each.default.text in options:
                    yield Mention(options[each.default.text], each.default.span)
                    continue
            yield from self.walk((each.type.limits, each.default), around)
        yield from self.fields(node, around, "name", "inputs", "examples")
        yield from self.walk(node.examples, _Around())  # its own inputs are not in sight there

    # ---------- amendments ----------

    def amendment(self, node: sd.Amendment, around: _Around) -> Iterator[Mention]:
        """Yield the names of an amendment: what it is about, what it is called from now on, and what is written in it."""
        target = node.target
        key = _target(target.kind, target.name)
        if not isinstance(node.content, sd.Declared) and key:
            yield from self.targeted(target, key)
        if node.to is not None and key:
            yield Mention((*key[:-1], node.to.text), node.to.span, True)
        owner = (PART, target.name, target.part) if target.part and key[:1] == (INDICATOR,) else key
        inside = evolve(around, owner=owner) if isinstance(node.content, sd.Patch) else around
        if isinstance(node.content, sd.Patch):
            inside = self.patched(node.content, inside)
        yield from self.walk((node.content, node.place), inside)

    def patched(self, content: sd.Patch, around: _Around) -> _Around:
        """Return what is around the clauses of a patch: the 令 that it writes; a column knows its ledger, a part its indicator."""
        owner = around.owner
        if owner[:1] == (VALUE,):
            return evolve(around, row=owner[1], owner=("明细",))
        if content.parts:
            return evolve(around, owner=(INDICATOR, owner[1]))
        lets: dict[str, Key] = {
            c.name.text: (LET, *owner, c.name.text) for c in content.clauses if isinstance(c, cl.Let)
        }
        return evolve(around, local=lets)

    def targeted(self, target: sd.Target, key: Key) -> Iterator[Mention]:
        """Yield the names in what an amendment is about, found by their tokens: its place is one for all of them."""
        left: list[Key] = [key]
        if target.part:
            left.append((PART, target.name, target.part) if key[0] == INDICATOR else (COLUMN, target.name, target.part))
        if target.ref is not None and target.ref.kind == "令":
            left.append((LET, *left[-1], target.ref.name))
        if target.ref is not None and target.ref.kind == "随":
            left.append((VALUE, target.ref.name))
        for match in self.lex.pattern.finditer(target.span.text):
            if left and match[0].strip("「」").strip() == left[0][-1]:
                start = target.span.start + match.start()
                yield Mention(left.pop(0), Span(target.span.source, start, start + len(match[0])))


def _target(kind: str, name: str) -> Key:
    match kind:
        case "参数" | "事实" | "明细":
            return VALUE, name
        case "定词":
            return WORD, name
        case "指标" | "一级指标" | "二级指标":
            return kind, name
        case _:
            return ()


def _last_word(span: Span) -> Span:
    """Return the place of the name in 令 甲, which is that of both words."""
    start = span.end - len(span.text.rsplit(maxsplit=1)[-1])
    return Span(span.source, start, span.end)
