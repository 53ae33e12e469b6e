"""Word documents: a template with tags, filled in. A template can place, repeat and choose texts; it can run nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import frozen
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import XMLSyntaxError
from markupsafe import Markup

from zjrules.diag import Code, Diagnostic, Diagnostics, Label
from zjrules.explain.narrative import Content, Narrative
from zjrules.inout.archive import looked_through, settled
from zjrules.span import Source, Span
from zjrules.spelling import nearest

UNREADABLE_TEMPLATE = Code("ZJ5100", "unreadable-template")
BAD_TAG = Code("ZJ5101", "bad-template-tag")
UNKNOWN_NAME = Code("ZJ5102", "unknown-template-name")
CODE_IN_TEMPLATE = Code("ZJ5103", "code-in-template")
BROKEN_DOCUMENT = Code("ZJ5104", "template-breaks-document")

MAX_BYTES = 30_000_000
"""Of all parts of a template, unpacked: a zip bomb is refused before it is unpacked."""
MAX_WORK = 1_000_000_000
"""Braces of a part times its bytes: docxtpl looks from each brace through the part. Our own templates come to 7 million."""
MAX_TURNS = 100_000
"""Turns of all loops of a template."""
MAX_WRITTEN = 30_000_000
"""Characters that one part of a document may grow to."""
_DATED = (1980, 1, 1, 0, 0, 0)
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.For,
    nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test,
)  # fmt: skip
"""All that a template may consist of: no calls, no filters, no assignments, no macros, no arithmetic."""
_PLACES = (nodes.Name, nodes.Getattr, nodes.Getitem)
_TEMPLATES_OWN = frozenset({"self", "super", "caller"})
_LOOP = frozenset({"index", "first", "last", "length"})
# What XML cannot hold, or docxtpl would take for a mark of its own (\a and \f begin paragraphs and pages).
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MARKS = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&#34;",
    "'": "&#39;",
    "{": "&#123;",
    "}": "&#125;",
    "%": "&#37;",
}
_ESCAPED = str.maketrans(_MARKS)


class _NotAllowed(TemplateError):
    """A template has something else than names, loops and choices."""

    def __init__(self, what: str, lineno: int) -> None:
        super().__init__(what)
        self.what, self.lineno = what, lineno


class _NameMissing(TemplateError):
    """A template names what a report does not have."""

    def __init__(self, name: str, lineno: int) -> None:
        super().__init__(name)
        self.name, self.lineno = name, lineno


class _TooMuch(TemplateError):
    """A template repeats more than any report needs."""


class _Text(Markup):
    """A text of the content, escaped. Its characters are not for looping over."""

    def __iter__(self) -> Iterator[str]:
        raise _TooMuch


class _Turns:
    """Counts the turns of all loops."""

    def __init__(self) -> None:
        self.left = MAX_TURNS

    def spend(self, turns: int) -> None:
        self.left -= turns
        if self.left < 0:
            raise _TooMuch


class _List(list[object]):
    """A list of the content; going through it is counted."""

    def __init__(self, items: list[object], turns: _Turns) -> None:
        super().__init__(items)
        self.turns = turns

    def __iter__(self) -> Iterator[object]:
        self.turns.spend(len(self))
        return super().__iter__()


class _Map(dict[str, object]):
    """Texts by name; going through the names is counted."""

    def __init__(self, items: dict[str, object], turns: _Turns) -> None:
        super().__init__(items)
        self.turns = turns

    def __iter__(self) -> Iterator[str]:
        self.turns.spend(len(self))
        return super().__iter__()


class _Filled(Template):
    """Stops when a part grows beyond all measure."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Return the part filled in."""
        parts, size = [], 0
        for part in self.generate(*args, **kwargs):
            parts.append(part)
            size += len(part)
            if size > MAX_WRITTEN:
                raise _TooMuch
        return "".join(parts)


class _Missing(StrictUndefined):
    """Its message is the name alone: the diagnostic says the rest."""

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


class _Environment(SandboxedEnvironment):
    """Compiles only what _ALLOWED lists, and looks nothing up on a Python object."""

    template_class = _Filled

    def __init__(self, known: frozenset[str]) -> None:
        super().__init__(autoescape=True, undefined=_Missing)
        self.known = known
        self.globals.clear()
        self.filters.clear()
        self.tests = {"defined": self.tests["defined"]}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _examine(tree)
        for unknown in sorted(meta.find_undeclared_variables(tree) - self.known):
            where = next(n.lineno for n in tree.find_all(nodes.Name) if n.name == unknown)
            raise _NameMissing(unknown, where)
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002
        """Allow what a loop knows of itself; everything else is looked up as an item."""
        return isinstance(obj, LoopContext) and attr in _LOOP

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002
        """Allow no call."""
        return False


class _Paper(DocxTemplate):  # type: ignore[misc]
    """Refuses a body that the tags have broken: docxtpl would mend it silently and lose text."""

    def fix_tables(self, xml: str) -> Any:
        parse_xml(xml)
        return super().fix_tables(xml)


@frozen
class _Place:
    """A template file and the texts of its parts, to say where something stands."""

    name: str

    def said(self, code: Code, message: str, help: str) -> Diagnostics:
        return (Diagnostic(code, message, (Label(Span(Source(self.name, ""), 0, 0)),), help),)


def written(template: bytes, context: Narrative, name: str = "report.docx") -> tuple[bytes | None, Diagnostics]:
    """Fill a Word template in; name is what the user calls it. The same input gives the same bytes."""
    place = _Place(name)
    wrong = _unfit(name, template)
    if wrong:
        return None, place.said(UNREADABLE_TEMPLATE, wrong, "在 Word 里另存为 .docx，或改用随附的模板")
    try:
        paper = _Paper(io.BytesIO(template))
        turns = _Turns()
        paper.render({n: _literal(c, turns) for n, c in context.items()}, _Environment(frozenset(context)))
        paper.docx.core_properties.created = paper.docx.core_properties.modified = datetime(*_DATED)  # noqa: DTZ001
        whole = io.BytesIO()
        paper.save(whole)
    except TemplateError as error:
        return None, _slip(error, context, place)
    except (XMLSyntaxError, TypeError, RecursionError) as error:
        help_ = "成对的标签要在同一层：{%p for … %} 与 {%p endfor %} 各占一段，{%tr … %} 各占一行"
        what = "的标签套得太深" if isinstance(error, RecursionError) else "填好以后不成其为 Word 文件"
        return None, place.said(BROKEN_DOCUMENT, f"「{name}」{what}", help_)
    except (KeyError, ValueError, AttributeError, PackageNotFoundError, zipfile.BadZipFile, OSError):
        help_ = "在 Word 里另存为 .docx，或改用随附的模板"
        return None, place.said(UNREADABLE_TEMPLATE, f"「{name}」里缺少 Word 文件该有的部分", help_)
    return settled(whole.getvalue()), ()


def _unfit(name: str, data: bytes) -> str:
    """Return why some bytes are no Word file that can be filled in safely, '' where they are one."""
    archive, problems = looked_through(name, data, ("docx",))
    if archive is None:
        return problems[0].message
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(each.file_size for each in packed.infolist()) > MAX_BYTES:
            return f"「{name}」展开后超过 {MAX_BYTES // 1_000_000} MB"
        parts = (packed.read(n) for n in packed.namelist() if n.endswith(".xml"))
        if any(part.count(b"{") * len(part) > MAX_WORK for part in parts):
            return f"「{name}」里的花括号太多"
    return ""


def _literal(content: Content, turns: _Turns) -> object:
    """Return texts so that all in them comes through as it is: marks of XML and of templates, line ends, controls."""
    if isinstance(content, str):
        shown = content.replace("\r\n", "\n").replace("\r", "\n")
        shown = _ILLEGAL.sub(lambda m: f"〔U+{ord(m[0]):04X}〕", shown)
        # Braces are escaped too: docxtpl would rewrite some.
        return _Text(shown.translate(_ESCAPED))
    if isinstance(content, Mapping):
        return _Map({name: _literal(each, turns) for name, each in content.items()}, turns)
    return _List([_literal(each, turns) for each in content], turns)


def _examine(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        raise _NotAllowed(type(node).__name__, node.lineno)
    if isinstance(node, nodes.Name) and node.name in _TEMPLATES_OWN:
        raise _NotAllowed(node.name, node.lineno)
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise _NotAllowed(node.attr, node.lineno)
    if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
        raise _NotAllowed(type(node.arg).__name__, node.lineno)
    if isinstance(node, nodes.For) and (node.recursive or not isinstance(node.iter, _PLACES)):
        raise _NotAllowed("For", node.lineno)
    for child in node.iter_child_nodes():
        _examine(child)


def _slip(error: TemplateError, context: Narrative, place: _Place) -> Diagnostics:
    """Say what a template has wrong, with the paragraph where it is known."""
    seen = _seen(error)
    near = f"，在「{seen}」这一段" if seen else ""
    match error:
        case _NotAllowed():
            help_ = "模板里只能写 {{ 名称 }}、{% for … in … %}、{% if … %}；见 rules/README.md 的标签表"
            return place.said(CODE_IN_TEMPLATE, f"「{place.name}」里有标签以外的写法{near}", help_)
        case _TooMuch():
            help_ = "核对 {% for … in … %}：一张表只循环一次，不要在循环里再循环同一张表"
            return place.said(CODE_IN_TEMPLATE, f"「{place.name}」循环得太多，或要在一段文字上循环", help_)
        case SecurityError():
            help_ = "模板里只能写标签表列出的名称；见 rules/README.md"
            return place.said(CODE_IN_TEMPLATE, f"「{place.name}」要取程序内部的「{error.message}」", help_)
        case _NameMissing(name=name) | UndefinedError(message=name):
            names = set(_names(context))
            likely = nearest(str(name), names)
            help_ = (
                f"是不是「{likely}」？" if likely else f"可用的名称：{'、'.join(context)}；见 rules/README.md 的标签表"
            )
            return place.said(UNKNOWN_NAME, f"「{place.name}」里的「{name}」不是报告有的名称{near}", help_)
        case _:
            help_ = "标签要写全：{{ 名称 }}；{% for … %} 配 {% endfor %}，{% if … %} 配 {% endif %}"
            return place.said(BAD_TAG, f"「{place.name}」里有写错的标签{near}", help_)


def _seen(error: TemplateError) -> str:
    """Return the text of the paragraph that an error is in: docxtpl begins a line with each paragraph."""
    number = getattr(error, "lineno", None)
    lines = list(getattr(error, "docx_context", ()))
    # docxtpl gives seven lines, of which the one before the last three is meant.
    line = lines[min(3, number - 1)] if number and len(lines) > min(3, number - 1) else ""
    text = " ".join(line.split())
    return text if len(text) <= 60 else text[:60] + "…"


def _names(content: Content) -> Iterator[str]:
    if isinstance(content, Mapping):
        for name, each in content.items():
            yield name
            yield from _names(each)
    elif not isinstance(content, str):
        for each in content:
            yield from _names(each)
