"""A re-issued year: a full copy of a rule set with its own year and 依据, and what in it still names the old year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from zjrules import build
from zjrules.bookshelf import Gathered
from zjrules.canonical import consolidated_text
from zjrules.diag import Diagnostics, Edit, Fix
from zjrules.inout.text import read_text
from zjrules.lint.edits import applied
from zjrules.lint.written import whole_lines
from zjrules.overlay.whole import whole
from zjrules.read.book import read
from zjrules.span import Source, Span
from zjrules.syntax import decl as sd
from zjrules.syntax.expr import Words

BESIDE = ("report.yaml", "report.docx")
"""Files beside the rules that belong to a rule set: they are copied as they are."""


@frozen
class Mention:
    """A place that still names the old year, or the year after it, as the dates of filing do."""

    file: str
    line: int
    year: int
    text: str


@frozen
class Reissue:
    """The texts of the new rule files by their names, and what an editor has to look at."""

    texts: Mapping[str, str]
    left: tuple[Mention, ...]


def reissued(texts: Gathered, year: int, basis: str) -> tuple[Reissue | None, Diagnostics]:
    """Return the files of a rule set for another year; None with the reasons where the old one has errors.

    basis: the document that the new year stands on, as it is to be written. A rule set that amends another becomes one
    file, its consolidated text.
    """
    found, problems = build.build(texts.own, texts.std, texts.spare, texts.bases, texts.as_of)
    if found is None or found.book is None:
        return None, tuple(p for p in problems if p.is_error)
    sources = texts.own
    if texts.bases:
        sources = (Source("0-book.zj", _without_origins(consolidated_text(found.book, f"由 {texts.name} 合并而成"))),)
    names = {source.name: source.name.rpartition("/")[2] for source in sources}
    new = applied({s.name: s.text for s in sources}, [Fix("", tuple(_edits(sources, year, basis)))])
    written = {names[name]: text for name, text in new.items()}
    old = found.program.book.year
    looked_at = {**written, **_beside(texts)}
    left = tuple(m for name, text in looked_at.items() for m in _mentions(name, text, old, (f"评价年度 {year}", basis)))
    return Reissue(written, left), ()


def _edits(sources: Sequence[Source], year: int, basis: str) -> Iterator[Edit]:
    head = whole([read(source, build.the_parser())[0] for source in sources]).head
    assert isinstance(head, sd.RuleSet), "a rule set without errors has a head"
    assert head.year is not None
    assert head.basis
    yield Edit(head.year.span, str(year))
    first, *others = head.basis
    quoted = basis if basis.startswith("《") and basis.endswith("》") and basis.count("》") == 1 else f'"{basis}"'
    yield Edit(first.span, quoted)
    yield from (Edit(_clause(words), "") for words in others)


def _clause(words: Words) -> Span:
    """Return the place of a 依据 with its keyword, and with its line where it has one for itself."""
    source = words.span.source
    span = Span(source, source.text.rindex("依据", 0, words.span.start), words.span.end)
    return whole_lines(span) or span


def _without_origins(text: str) -> str:
    return re.sub(r"^ *# (?:出自|修改|新增|更名|删除|下一句|沿用).*\n", "", text, flags=re.MULTILINE)


def _beside(texts: Gathered) -> dict[str, str]:
    path = (texts.path if texts.path.is_dir() else texts.path.parent) / "report.yaml"
    source = read_text(path)[0] if path.is_file() else None
    return {path.name: source.text} if source is not None else {}


def _mentions(name: str, text: str, old: int, own: Sequence[str]) -> Iterator[Mention]:
    """Yield the lines that name the old year or the next, those left out that the copy itself wrote."""
    pattern = re.compile(rf"(?<!\d)(?:{old}|{old + 1})(?!\d)")
    for number, line in enumerate(text.splitlines(), 1):
        found = pattern.search(line)
        if found is not None and not any(said in line for said in own):
            yield Mention(name, number, int(found[0]), line.strip())
