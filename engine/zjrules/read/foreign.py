"""Spellings from elsewhere (spreadsheets, word processors, other languages) whose meaning is plain: read as meant, and reported.

The token that was meant goes to the parser, so that one slip costs one message.
"""

from __future__ import annotations

import re

from attrs import frozen

from zjrules.diag import Code, Diagnostic, Edit, Fix, at
from zjrules.span import Span

FOREIGN = Code("ZJ1022", "foreign-spelling")

# Tried before the terminals of the grammar; every alternative starts with something that is rare in a rule file.
PATTERN = (
    r"(?<!\d)\d{4}(?:\s*/\s*\d{1,2}\s*/\s*\d{1,2}|\.\d{1,2}\.\d{1,2})(?![\d.%‰])"
    r"|(?<!\d)\d{4}(?!-\d\d-\d) *- *0\d *- *\d{1,2}(?!\d)"
    r"|[\d,.]*\d\s*[㎡㎥]|[①-⑳½¼¾](?:\s*[分元个项处次天日%])?|//[^\n]*|&&?|\|\|?|!(?!=)|={2,3}|<>|=[<>]|[\[\]【】{}]|~"
)

_SIGNS: dict[str, tuple[str, str]] = {
    "&": ("_AND", "且"), "&&": ("_AND", "且"), "|": ("_OR", "或"), "||": ("_OR", "或"), "!": ("_NOT", "非"),
    "==": ("EQ", "="), "===": ("EQ", "="), "<>": ("NE", "≠"), "=<": ("LE", "≤"), "=>": ("GE", "≥"), "~": ("_UPTO", "至"),
    **dict.fromkeys("[【{", ("_LPAR", "（")), **dict.fromkeys("]】}", ("_RPAR", "）")),
    "½": ("QUANTITY", "0.5"), "¼": ("QUANTITY", "0.25"), "¾": ("QUANTITY", "0.75"),
    **{chr(0x2460 + n): ("QUANTITY", str(n + 1)) for n in range(20)},
}  # fmt: skip


@frozen
class Meant:
    """What a foreign spelling stands for: the terminal, its text, and the finding."""

    kind: str
    text: str
    finding: Diagnostic


def meant(folded: str, span: Span, before: str = "") -> Meant:
    """Return what a match of PATTERN was meant to be; before is the number that stands in front of it, if any."""
    kind, text = _reading(folded)
    if kind == "_UPTO" and before:
        help_ = f"写成「介于 {before} 至 …」，两头写明含不含：（含）、（不含）"
        return Meant(kind, text, at(FOREIGN, span, f"没有「{span.text}」这种写法", help_))
    spaced = f" {text} " if kind in ("_AND", "_OR", "_NOT") else text
    message = f"没有「{span.text}」这种写法" if kind != "COMMENT" else "注释不用「//」"
    if kind == "DATE":
        message = f"「{span.text}」是日期吗？"
    return Meant(kind, text, at(FOREIGN, span, message, f"写成「{text}」", fix=_fix(span, spaced)))


def _fix(span: Span, text: str) -> Fix:
    return Fix(f"写成「{text.strip()}」", (Edit(span, text),))


def _reading(folded: str) -> tuple[str, str]:
    if folded in _SIGNS:
        return _SIGNS[folded]
    if folded[0] in _SIGNS:
        kind, text = _SIGNS[folded[0]]
        return kind, f"{text} {folded[1:].strip()}".replace(" %", "%")
    if folded.startswith("//"):
        return "COMMENT", "#" + folded[2:]
    if folded[-1] in "㎡㎥":
        return "QUANTITY", f"{folded[:-1].strip()} {'平方米' if folded[-1] == '㎡' else '立方米'}"
    year, month, day = (int(n) for n in re.findall(r"\d+", folded))
    return "DATE", f"{year}-{month:02}-{day:02}"
