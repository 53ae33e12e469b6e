"""Coverage on a terminal, and the page of it."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from zjrules.cli import say, writing
from zjrules.coverage.covered import Coverage, share
from zjrules.coverage.page import page, percent
from zjrules.ruleset import RuleSet
from zjrules.span import Span, visible

MOST_TEXT = 60
"""Characters of a clause that are shown."""


def show(found: Coverage, out: Console) -> bool:
    """Print a line for each indicator and what is not reached; return whether all is."""
    lines = [Text("  覆盖：期望里说到的，才算", "bold")]
    for owner, items in found.owners().items():
        mine = share(items)
        style = "green" if mine.reached == mine.every else "yellow"
        lines.append(Text.assemble("    ", (f"{mine.reached:>3} / {mine.every:<3}", style), f"  {owner}"))
        for item in (i for i in items if i.missing):
            place = item.place
            said = f"没有用到  {place.kind}：{'、'.join(item.missing)}    {place.span}    {clipped(place.span)}"
            lines.append(Text(f"               {said}"))
    never = sum(len(i.never) for i in found.items)
    for name, part in (("条款", found.clauses), ("分档、判定、等级", found.bands)):
        lines.append(Text(f"  {name} {percent(part)}（{part.reached} / {part.every}）", "bold"))
    lines += [Text(f"  另有 {never} 种情形，事实怎么填都到不了，不计", "dim")] if never else []
    say.block(lines, out)
    return not any(i.missing for i in found.items)


def clipped(span: Span) -> str:
    """Return the beginning of a clause on one line."""
    text = visible(" ".join(span.text.split()))
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"


def write(rules: RuleSet, found: Coverage, path: Path, force: bool) -> int:
    """Write the page and return 0, or say why it cannot be written and return 2."""
    return writing.save(path, page(rules.title, rules.digest, found).encode(), force)
