"""The chapters and the numbering of a report."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

from attrs import Factory, field, frozen

from zjrules.diag import Code, Diagnostic, Label, Severity, at
from zjrules.reconcile.flow import bare, even, flow
from zjrules.reconcile.ways import Chapter
from zjrules.span import Source, Span

CHAPTER_MISSING = Code("ZJ5073", "chapter-missing", Severity.WARNING)
CHAPTER_ORDER = Code("ZJ5074", "chapter-out-of-order", Severity.WARNING)
NUMBERING = Code("ZJ5075", "numbering-collides", Severity.NOTE)

LONGEST = 40
"""Characters of a heading; a longer line is text."""
MOST_HEADINGS = 5000
"""Headings of a report; a report that is not nonsense has a hundred."""
_FIGURES = "一二三四五六七八九十"
_LEVELS = (
    re.compile(rf"(?:第([{_FIGURES}]{{1,3}})(?:部分|章)|([{_FIGURES}]{{1,3}})[、.])"),
    re.compile(rf"\(([{_FIGURES}]{{1,3}})\)"),
    re.compile(r"(\d{1,2})[.、](?!\d(?!\d{3}年))"),
    re.compile(r"\((\d{1,2})\)"),
)
# Each run of dots or blanks is looked at from its beginning only.
_CONTENTS = re.compile(r"(?<![.…·])[.…·]{2,}\s*\d+\s*$|(?<!\s)[^\S\t]*\t\s*\d+\s*$")


@frozen
class Heading:
    """A numbered line, or a chapter's line without a number: level 1 is 一、, 2 is （一）, 3 is 1., 4 is （1）."""

    level: int
    mark: str
    title: str
    span: Span
    chapter: str = ""


@frozen
class Outline:
    """The headings of a report in order."""

    source: Source
    headings: tuple[Heading, ...]
    starts: tuple[int, ...] = field(
        init=False,
        repr=False,
        default=Factory(lambda self: tuple(h.span.start for h in self.headings), takes_self=True),
    )

    def path(self, offset: int) -> str:
        """Return where an offset stands, such as 三（二）2（1）; '' before the first heading."""
        last = bisect_right(self.starts, offset)
        marks: dict[int, str] = {}
        for heading in reversed(self.headings[:last]):
            if not marks or heading.level < min(marks):
                marks[heading.level] = heading.mark
            if heading.level == 1:
                break
        return "".join(marks[level] for level in sorted(marks))

    def chapter(self, name: str) -> tuple[int, int] | None:
        """Return the ends of a chapter, None where the report has none of that name."""
        for index, heading in enumerate(self.headings):
            if heading.chapter == name:
                after = [h.span.start for h in self.headings[index + 1 :] if h.level <= heading.level]
                return heading.span.start, after[0] if after else len(self.source.text)
        return None


def outline(source: Source, chapters: tuple[Chapter, ...]) -> Outline:
    """Find the headings of a report."""
    found: list[Heading] = []
    for number, start in enumerate(source.starts, 1):
        if len(found) == MOST_HEADINGS:
            break
        line = source.text[start : start + 400].partition("\n")[0]
        text = even(line).strip().lstrip("#* ")
        if not text or _CONTENTS.search(line):
            continue
        short = len(source.line_text(number).strip()) <= LONGEST and "。" not in text
        heading = _heading(text, chapters if short else ())
        if heading is not None:
            level, mark, title, chapter = heading
            begin = start + len(line) - len(line.lstrip())
            end = min(start + len(line.rstrip()), begin + LONGEST)
            found.append(Heading(level, mark, title, Span(source, begin, end), chapter))
    return Outline(source, tuple(found))


def _heading(text: str, chapters: tuple[Chapter, ...]) -> tuple[int, str, str, str] | None:
    for level, pattern in enumerate(_LEVELS, 1):
        match = pattern.match(text)
        if match is not None:
            title = bare(text[match.end() :])
            number = next(g for g in match.groups() if g)
            mark = number if level in (1, 3) else f"（{number}）"
            return level, mark, title, _chapter_of(title, chapters) if level <= 2 else ""
    title = bare(text).rstrip(":")
    line = flow(Source("", title))
    # Word numbers headings by itself, so that the number is not in the text.
    for chapter in chapters:
        if any((h.start, h.end) == (0, len(title)) for p in chapter.titles for h in p.hits(line)):
            return 1, chapter.name, title, chapter.name
    if re.match(r"附件\d{0,2}(?:[:.、]|$)", bare(text)):
        return 1, "附件", title, _chapter_of("附件", chapters)
    return None


def _chapter_of(title: str, chapters: tuple[Chapter, ...]) -> str:
    line = flow(Source("", title))
    return next((c.name for c in chapters if any(p.hits(line) for p in c.titles)), "")


def findings(report: Outline, chapters: tuple[Chapter, ...]) -> list[Diagnostic]:
    """Return what is wrong with the chapters and the numbering."""
    first: dict[str, Heading] = {}
    for heading in report.headings:
        if heading.chapter and (heading.chapter not in first or heading.level < first[heading.chapter].level):
            first[heading.chapter] = heading
    top = Span(report.source, 0, 0)
    found = []
    for chapter in chapters:
        if chapter.name not in first:
            label = next((h.span for h in reversed(report.headings) if h.level == 1), top)
            help_ = "补上这一章；确实没有内容的，也写明「无」"
            message = f"报告没有「{chapter.name}」这一章"
            found.append(at(CHAPTER_MISSING, label, message, help_, "报告的最后一章" if label is not top else ""))
    present = [first[c.name] for c in chapters if c.name in first and first[c.name].level == 1]
    for before, after in pairwise(present):
        if after.span.start < before.span.start:
            labels = (Label(after.span), Label(before.span, "应在它前面"))
            message = f"「{after.chapter}」写在「{before.chapter}」前面，和规定的次序不同"
            found.append(Diagnostic(CHAPTER_ORDER, message, labels, f"次序是 {'、'.join(c.name for c in chapters)}"))
    return found + _numbering(report)


def _numbering(report: Outline) -> list[Diagnostic]:
    """Find （一） used below an arabic number, where elsewhere it is what stands above one."""
    if sum(h.level == 1 for h in report.headings) < 2:
        return []
    found: list[Diagnostic] = []
    above: Heading | None = None
    proper: Heading | None = None
    for heading in report.headings:
        if heading.level == 1:
            above = None
        elif heading.level == 3:
            above = heading
        elif heading.level == 2 and above is None:
            proper = proper or heading
        elif heading.level == 2 and heading.mark != "（一）":
            above = None
        elif heading.level == 2 and above is not None and proper is not None:
            labels = (Label(heading.span), Label(above.span, "在这一项下面"), Label(proper.span, "这里是第二级标题"))
            message = f"「{heading.mark}」在别处是第二级标题，这里却在「{above.mark}.」下面"
            found.append(Diagnostic(NUMBERING, message, labels, "阿拉伯数字下面一级写（1）（2）（3）"))
            above = None
    return found
