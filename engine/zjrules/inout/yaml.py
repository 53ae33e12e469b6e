"""Fact files in YAML. Scalars stay text, so that 010, 12:30:45 and 1e3 mean what was written.

Works on PyYAML's events: depth, aliases and duplicate keys are met before anything is built.
"""

from __future__ import annotations

from typing import Any

import yaml
from attrs import field, frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, at
from zjrules.fact import Raw, RawFacts, RawLedger
from zjrules.span import NOWHERE, Source, Span
from zjrules.spelling import nearest

BAD_YAML = Code("ZJ5001", "bad-yaml")
DUPLICATE = Code("ZJ5002", "duplicate-key")
TOO_DEEP = Code("ZJ5003", "file-too-deep")
ALIAS = Code("ZJ5004", "alias")
WRONG_SHAPE = Code("ZJ5005", "wrong-shape")
UNKNOWN_KEY = Code("ZJ5006", "unknown-key")
TAG = Code("ZJ5007", "tag")

MAX_DEPTH = 12
HEAD_KEYS = ("规则", "单位", "评价年度", "填报日期")
CASE_KEYS = ("案例", "出处", "期望")
BLOCK_KEYS = ("自评", "事实", "明细")
_VALUE_KEYS = ("值", "佐证", "出处", "理由", "不适用")
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
    ("unexpected end of stream", "引号没有收尾", "补上引号"),
    ("expected <block end>", "缩进不齐", "同一层的各行从同一列开始"),
    ("expected ',' or", "花括号或方括号没有收尾", "补上 } 或 ]"),
)


def _broken(source: Source, error: yaml.MarkedYAMLError) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    line = min(mark.line, len(source.starts) - 1) if mark is not None else 0
    start = min(source.starts[line] + (mark.column if mark is not None else 0), len(source.text))
    problem = f"{error.problem or ''} {error.context or ''}"
    for sign, message, help_ in _REASONS:
        if sign in problem:
            return at(BAD_YAML, Span(source, start, start + 1), message, help_)
    return at(BAD_YAML, Span(source, start, start + 1), "这里不合 YAML 的写法", "核对缩进、冒号和引号")


# ---------- a fact file ----------


@frozen
class Document:
    """A fact file: the facts, and for a case what it expects."""

    raw: RawFacts
    title: str = ""
    authority: str = ""
    """Who says what is expected (出处)."""
    expected: Node | None = None


def facts(source: Source) -> tuple[Document | None, Diagnostics]:
    """Read a fact file or a case."""
    root, problems = parse(source)
    if root is None:
        return None, problems
    if root.kind != "map":
        return None, (
            *problems,
            at(WRONG_SHAPE, root.span, "事实文件的最外层要是「名称: 值」", "例如「规则: zhanjiang/2025」"),
        )
    found = _Facts(list(problems))
    blocks = {key.text: (key, value) for key, value in root.pairs}
    for name, (key, _) in blocks.items():
        if name not in (*HEAD_KEYS, *CASE_KEYS, *BLOCK_KEYS):
            found.problems.append(_unknown_key(key, (*HEAD_KEYS, *CASE_KEYS, *BLOCK_KEYS)))
    head = {
        n: Raw(n, blocks[n][1].text, span=blocks[n][1].span, name_span=blocks[n][0].span)
        for n in HEAD_KEYS
        if n in blocks
    }
    entries = found.block(blocks, "事实")
    ledgers = tuple(found.ledger(k, v) for k, v in found.pairs(blocks, "明细") if not _left_out(v))
    raw = RawFacts(head, entries, ledgers, found.block(blocks, "自评"))
    title = blocks["案例"][1].text if "案例" in blocks else ""
    authority = blocks["出处"][1].text if "出处" in blocks else ""
    expected = blocks["期望"][1] if "期望" in blocks else None
    return Document(raw, title, authority, expected), tuple(found.problems)


def _left_out(value: Node) -> bool:
    return value.kind == "text" and value.text in ("", "缺失")


def _unknown_key(key: Node, known: tuple[str, ...]) -> Diagnostic:
    likely = nearest(key.text, known, closed=True)
    help_ = f"是不是「{likely}」？" if likely else f"这一层可写 {'、'.join(known)}"
    return at(UNKNOWN_KEY, key.span, f"这里不能写「{key.text}」", help_)


@frozen
class _Facts:
    """Reads the blocks of a fact file, gathering problems."""

    problems: list[Diagnostic]

    def pairs(self, blocks: dict[str, tuple[Node, Node]], name: str) -> tuple[tuple[Node, Node], ...]:
        if name not in blocks or _left_out(blocks[name][1]):
            return ()
        value = blocks[name][1]
        if value.kind != "map":
            self.problems.append(at(WRONG_SHAPE, value.span, f"「{name}」下面要是「名称: 值」", "每项一行，往右缩进"))
        return value.pairs

    def block(self, blocks: dict[str, tuple[Node, Node]], name: str) -> tuple[Raw, ...]:
        return tuple(self.entry(k, v) for k, v in self.pairs(blocks, name))

    def entry(self, key: Node, value: Node) -> Raw:
        if value.kind == "text":
            span = value.span if value.text else key.span
            return Raw(key.text, value.text, span=span, name_span=key.span)
        if value.kind == "list":
            help_ = "一个事实只有一个值；多行的写在「明细:」下面"
            self.problems.append(at(WRONG_SHAPE, value.span, f"「{key.text}」写成了列表", help_))
            return Raw(key.text, "", span=key.span, name_span=key.span)
        parts: dict[str, str] = {}
        place = key.span
        for name, part in value.pairs:
            if name.text not in _VALUE_KEYS:
                self.problems.append(_unknown_key(name, _VALUE_KEYS))
            elif part.kind != "text":
                self.problems.append(at(WRONG_SHAPE, part.span, f"「{name.text}」要写成一行文字"))
            parts[name.text] = part.text
            place = part.span if name.text == "值" and part.text else place
        texts = (parts.get("值", ""), parts.get("佐证", ""), parts.get("出处", ""), parts.get("理由", ""))
        return Raw(key.text, *texts, parts.get("不适用"), span=place, name_span=key.span)

    def ledger(self, key: Node, value: Node) -> RawLedger:
        evidence = source = ""
        rows = value
        if value.kind == "map":
            parts = {k.text: (k, v) for k, v in value.pairs}
            for name, (part, _) in parts.items():
                if name not in ("佐证", "出处", "行"):
                    self.problems.append(_unknown_key(part, ("佐证", "出处", "行")))
            evidence = parts["佐证"][1].text if "佐证" in parts else ""
            source = parts["出处"][1].text if "出处" in parts else ""
            rows = parts["行"][1] if "行" in parts else Node((), "none", value.span)
        if rows.kind != "list":
            help_ = "每行以「- 」开头；没有就写 []"
            self.problems.append(at(WRONG_SHAPE, rows.span, f"明细「{key.text}」的行要是列表", help_))
        for row in rows.items:
            if row.kind != "map":
                self.problems.append(at(WRONG_SHAPE, row.span, f"明细「{key.text}」的一行要是「列名: 值」"))
        found = tuple(tuple(self.entry(k, v) for k, v in row.pairs) for row in rows.items)
        return RawLedger(key.text, found, evidence, source, span=key.span)
