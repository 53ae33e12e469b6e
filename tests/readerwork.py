"""A small book as the document of it, from one text: the rules and, after each +++, a file that amends them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from books import head as book_head
from books import overlaid

from zjrules.bookshelf import Gathered
from zjrules.build import build
from zjrules.inout.asset import standard
from zjrules.library import drawn_on
from zjrules.reader.document import document
from zjrules.reader.model import Document
from zjrules.reader.opened import volume
from zjrules.reader.record import record
from zjrules.ruleset import RuleSet
from zjrules.span import Source


def read(text: str) -> Document:
    """Return the document of a book."""
    base, *files = text.split("\n+++\n")
    base = base if "规则集" in base else book_head(10).rpartition("一级指标")[0] + base
    own = [Source("基础.zj", base)]
    std, spare = drawn_on(own, [Source(p.name, p.read_text("utf-8")) for p in standard()])
    built, problems = overlaid(base, files) if files else build(own, std, spare)
    assert built is not None and built.book is not None, [p.message for p in problems]
    rules = RuleSet("试验/2025", Path(), built.program, "摘要", ())
    return document(volume(rules, built.book, Gathered("试验/2025", Path(), tuple(own), (), std, spare, None)))


def told(text: str) -> str:
    """Return the document as lines, without what is empty and without the head."""
    found = record(read(text), "0")
    for name in ("格式", "引擎", "规则"):
        found.pop(name)
    return yaml.dump(_full(found), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=200).rstrip()


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as it stands."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _full(value: Any) -> Any:
    """Return data without empty texts, lists and tables."""
    if isinstance(value, dict):
        inner = {k: _full(v) for k, v in value.items()}
        return {k: v for k, v in inner.items() if v not in ("", [], {}, None)}
    return [_full(v) for v in value] if isinstance(value, list) else value
