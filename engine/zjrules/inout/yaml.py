"""YAML to a tree with places. Scalars stay text, so that 010, 12:30:45 and 1e3 mean what was written.

Works on PyYAML's events: depth, aliases and duplicate keys are met before anything is built.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from attrs import field, frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, at
from zjrules.span import NOWHERE, Source, Span

BAD_YAML = Code("ZJ5001", "bad-yaml")
DUPLICATE = Code("ZJ5002", "duplicate-key")
TOO_DEEP = Code("ZJ5003", "file-too-deep")
ALIAS = Code("ZJ5004", "alias")
WRONG_SHAPE = Code("ZJ5005", "wrong-shape")
TAG = Code("ZJ5007", "tag")

MAX_DEPTH = 12
# Control characters and text directions, which could make a table show something else than the file says.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@frozen
class Node:
    """A YAML value with its place: text, a list, or pairs in order."""

    value: str | tuple[Node, ...] | tuple[tuple[Node, Node], ...]
    kind: str
    span: Span = field(default=NOWHERE, eq=False, repr=False)

    @property
    def text(self) -> str:
        """The text of a scalar, '' for anything else."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def pairs(self) -> tuple[tuple[Node, Node], ...]:
        """The pairs of a mapping, () for anything else."""
        return self.value if self.kind == "map" else ()  # type: ignore[return-value]

    @property
    def items(self) -> tuple[Node, ...]:
        """The items of a list, () for anything else."""
        return self.value if self.kind == "list" else ()  # type: ignore[return-value]


class _Stop(Exception):
    """Ends the reading of a document that cannot be gone on with."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Reader:
    """Builds nodes from events, one document, with its limits."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.events = yaml.parse(source.text, Loader=_LOADER)
        self.problems: list[Diagnostic] = []

    def span(self, event: yaml.Event) -> Span:
        start, end = (self._offset(m) for m in (event.start_mark, event.end_mark))
        return Span(self.source, start, max(start, end))

    def _offset(self, mark: Any) -> int:
        starts = self.source.starts
        offset: int = starts[min(mark.line, len(starts) - 1)] + mark.column
        return min(offset, len(self.source.text))

    def node(self, event: yaml.Event, depth: int) -> Node:
        span = self.span(event)
        if depth > MAX_DEPTH:
            raise _Stop(at(TOO_DEEP, span, f"套得太深，超过 {MAX_DEPTH} 层", "事实文件只有几层，核对缩进"))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Stop(at(ALIAS, span, "事实文件里不能用 & 和 * 引用", "把值写出来；文字以 & 或 * 开头时加引号"))
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            raise _Stop(at(TAG, span, f"事实文件里不能用标签「{tag}」", "文字以 ! 开头时加引号"))
        if isinstance(event, yaml.ScalarEvent):
            if _UNSEEN.search(event.value):
                raise _Stop(at(BAD_YAML, span, "文字里有看不见的字符", "删去它；多半是从别处粘贴来的"))
            return Node(event.value.strip(), "text", span)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(depth, span)
        return self._map(depth, span)

    def _list(self, depth: int, span: Span) -> Node:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return Node(tuple(items), "list", span)

    def _map(self, depth: int, span: Span) -> Node:
        pairs: dict[str, tuple[Node, Node]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if key.kind != "text":
                raise _Stop(at(WRONG_SHAPE, key.span, "名称不能是列表或表格", "核对缩进和冒号"))
            if key.text in pairs:
                labels = (Label(key.span, "又写了一次"), Label(pairs[key.text][0].span, "已有"))
                self.problems.append(Diagnostic(DUPLICATE, f"「{key.text}」写了两次", labels, "只留一个"))
                continue
            pairs[key.text] = key, value
        return Node(tuple(pairs.values()), "map", span)


def parse(source: Source) -> tuple[Node | None, Diagnostics]:
    """Return the tree of a YAML text (one document), or what is wrong with it."""
    reader = _Reader(source)
    try:
        for event in reader.events:
            if isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent | yaml.DocumentEndEvent):
                continue
            if isinstance(event, yaml.StreamEndEvent):
                break
            root = reader.node(event, 0)
            _rest(reader)
            return root, tuple(reader.problems)
    except _Stop as stop:
        return None, (*reader.problems, stop.problem)
    except yaml.MarkedYAMLError as error:
        return None, (*reader.problems, _broken(source, error))
    except yaml.YAMLError as error:
        span = Span(source, 0, 0)
        return None, (
            at(BAD_YAML, span, "这不是 YAML 文本", f"文件里有 YAML 不能有的字符（{str(error).splitlines()[0]}）"),
        )
    return Node((), "map", Span(source, 0, 0)), tuple(reader.problems)


def _rest(reader: _Reader) -> None:
    """Refuse a second document, which would be silently lost."""
    for event in reader.events:
        if isinstance(event, yaml.DocumentStartEvent):
            raise _Stop(at(WRONG_SHAPE, reader.span(event), "一个文件只写一个单位", "把「---」后面的移到另一个文件"))


_REASONS = (
    ("could not find expected ':'", "名称后面缺冒号，或这一行的缩进不对", "写成「名称: 值」，冒号后面有一个空格"),
    ("mapping values are not allowed", "这里多了一个冒号，或上一行没有写完", "值里有冒号时用引号括起来"),
    ("found character '\\t'", "缩进用了制表符（Tab）", "缩进用空格"),
    (
        "cannot start any token",
        "这里有 YAML 不能用来开头的字符（如 Tab、@、`、%）",
        "缩进用空格；文字以符号开头时用引号括起来",
    ),
    ("quoted scalar", "引号没有收尾", "补上引号"),
    ("unexpected end of stream", "引号没有收尾", "补上引号"),
    ("alias", "这里像是引用（& 和 *），事实文件里不能用", "把值写出来；文字以 & 或 * 开头时加引号"),
    ("anchor", "这里像是引用（& 和 *），事实文件里不能用", "把值写出来；文字以 & 或 * 开头时加引号"),
    ("flow mapping", "花括号没有收尾", "补上 }"),
    ("flow sequence", "方括号没有收尾", "补上 ]"),
    (
        "did not find expected key",
        "这一行接不上：上一行已经写完，或缩进不齐",
        "一项写在一行，或分行写在它下面，不两处都写",
    ),
    ("expected <block end>", "缩进不齐", "同一层的各行从同一列开始"),
    ("expected ',' or", "花括号或方括号没有收尾", "补上 } 或 ]"),
)


def _indents_differ(source: Source, line: int) -> bool:
    def indent(n: int) -> int:
        text = source.line_text(n + 1)
        return len(text) - len(text.lstrip(" "))

    return line > 0 and indent(line) > indent(line - 1)


def _broken(source: Source, error: yaml.MarkedYAMLError) -> Diagnostic:
    # An open quote or bracket is met at the end of the file; its beginning is what the user has to see.
    opened = any(sign in (error.context or "") for sign in ("quoted scalar", "flow"))
    mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
    line = min(mark.line, len(source.starts) - 1) if mark is not None else 0
    start = min(source.starts[line] + (mark.column if mark is not None else 0), len(source.text))
    problem = f"{error.problem or ''} {error.context or ''}"
    if "mapping values are not allowed" in problem and _indents_differ(source, line):
        return at(BAD_YAML, Span(source, start, start + 1), "这一行的缩进和上一行没有对齐", "同一层的各行从同一列开始")
    for sign, message, help_ in _REASONS:
        if sign in problem:
            return at(BAD_YAML, Span(source, start, start + 1), message, help_)
    return at(BAD_YAML, Span(source, start, start + 1), "这里不合 YAML 的写法", "核对缩进、冒号和引号")
