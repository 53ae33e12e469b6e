"""``# 忽略 ZJ8001 理由``: silences a code on its line or, alone on a line, on the next one that is no comment.

A reason is needed, and a silence that silences nothing is a finding: what was mended must not stay excused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from attrs import frozen

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.span import Source, Span
from zjrules.syntax.decl import File

NO_REASON = Code("ZJ8098", "silence-without-reason", Severity.WARNING)
SILENT = Code("ZJ8099", "silence-of-nothing", Severity.WARNING)

_COMMENT = re.compile(r"[#＃]\s*忽略\s*((?:ZJ\d{4})(?:[\s、，,]+ZJ\d{4})*)[\s：:，,]*(.*)", re.DOTALL)


@frozen
class Silence:
    """One comment: the codes, the line (counted from 1) that it silences, and where it stands."""

    codes: tuple[str, ...]
    reason: str
    line: int
    span: Span


def silences(file: File) -> Iterator[Silence]:
    """Yield the silences of a file."""
    for comment in file.comments:
        match = _COMMENT.fullmatch(comment.span.text.strip())
        if match is not None:
            codes = tuple(dict.fromkeys(re.findall(r"ZJ\d{4}", match[1])))
            yield Silence(codes, match[2].strip(), _line(comment.span), comment.span)


def _line(span: Span) -> int:
    """Return the line that a comment speaks of."""
    source = span.source
    if source.line_text(span.line)[: span.column - 1].strip():
        return span.line
    for line in range(span.line + 1, len(source.starts) + 1):
        text = source.line_text(line).strip()
        if text and text[0] not in "#＃":
            return line
    return span.line


def silenced(
    files: Sequence[File], found: Sequence[Diagnostic], ran: Collection[str], known: Collection[str]
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Return the findings that are left, and what is wrong with the silences.

    ran are the codes that were looked for: of the others nobody can say whether a silence is needed.
    """
    left = list(found)
    own: list[Diagnostic] = []
    for file in files:
        for each in silences(file):
            if not each.reason:
                message = f"「忽略 {'、'.join(each.codes)}」没有写理由，不起作用"
                own.append(at(NO_REASON, each.span, message, "在代码后面写明为什么可以不改；写不出来的，就改"))
                continue
            for code in each.codes:
                kept = [d for d in left if not _covers(each, code, d)]
                if code not in known:
                    help_ = "只能忽略 ZJ80 起头的；别的代码要改规则，zjrules help 列出全部"
                    own.append(at(SILENT, each.span, f"没有能忽略的「{code}」", help_))
                elif len(kept) == len(left) and code in ran:
                    own.append(_useless(each, code))
                left = kept
    return left, own


def _covers(each: Silence, code: str, found: Diagnostic) -> bool:
    place = found.labels[0].span
    return found.code.number == code and place.source.name == each.span.source.name and place.line == each.line


def _useless(each: Silence, code: str) -> Diagnostic:
    fix = Fix("删去这条忽略", (Edit(_whole(each.span), ""),)) if len(each.codes) == 1 else None
    return at(SILENT, each.span, f"这里没有「{code}」可忽略", "已经改好的，删去这条忽略；写错了行的，移过去", fix=fix)


def _whole(span: Span) -> Span:
    """Return a comment with the blanks before it, and with its line end when it has the line for itself."""
    source = span.source
    start = source.starts[span.line - 1]
    before = source.line_text(span.line)[: span.column - 1]
    if before.strip():
        return Span(source, start + len(before.rstrip()), span.end)
    return Span(source, start, _after(source, span.end))


def _after(source: Source, end: int) -> int:
    return end + 1 if source.text[end : end + 1] == "\n" else end


PAGES = {
    NO_REASON: """忽略没有理由

**什么情况** 「# 忽略 ZJ8…」后面没有写理由。

**为什么** 没有理由的忽略，明年没有人知道还该不该忽略；所以它不起作用，原来的提示照报。

**例**

```zj
事实 丙 : 金额 ≥ 0 元   说明 "只供查看"   # 忽略 ZJ8040
```

**怎么改** 写明理由；写不出来的，就改规则。

```zj
事实 丙 : 金额 ≥ 0 元   说明 "只供查看"   # 忽略 ZJ8040 下一年的指标要用，先收着
```
""",
    SILENT: """忽略了没有的问题

**什么情况** 写着忽略的那一行没有这个问题，或者没有这个代码。

**为什么** 问题改好以后留下的忽略，会把以后新写错的也盖住。

**例**

```zj
事实 丙 : 金额 ≥ 0 元   # 忽略 ZJ8068 令没有用到
```

**怎么改** 删去它（`--fix` 会删），或移到有问题的那一行上面。

```zj
事实 丙 : 金额 ≥ 0 元
```
""",
}
"""The help pages of what is wrong with silences."""
