"""Checked rule sets in the cache: found again by the digest of their texts, the grammar and the engine."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from zjrules.diag import Diagnostics
from zjrules.inout import store
from zjrules.inout.asset import asset
from zjrules.pack import packed, unpacked
from zjrules.ruleset import Example
from zjrules.span import Source
from zjrules.term.rule import Program


@frozen
class Kept:
    """What checking a rule set without errors gives."""

    program: Program
    examples: tuple[Example, ...]
    problems: Diagnostics


def get(digest: str, sources: Sequence[Source]) -> Kept | None:
    """Return what was kept of a rule set with these texts, or None."""
    data = store.get("rules", _key(digest))
    if data is None:
        return None
    try:
        program, examples, problems = unpacked(data, sources)
    except (LookupError, TypeError, ValueError, AttributeError, AssertionError):
        return None  # whatever is kept under this name is not what we wrote
    return Kept(program, examples, problems)


def put(digest: str, sources: Sequence[Source], found: Kept) -> None:
    """Keep a checked rule set, if it can be kept."""
    with contextlib.suppress(TypeError):
        store.put("rules", _key(digest), packed((found.program, found.examples, found.problems), sources))


def _key(digest: str) -> str:
    grammar = (asset("grammar") / "zj.lark").read_text("utf-8")
    return store.digest(digest, grammar, store.engine_stamp(Path(__file__).parent))
