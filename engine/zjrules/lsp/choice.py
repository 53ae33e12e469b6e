"""Which case the values beside the rules are taken from: commands and settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zjrules.bookshelf import shown
from zjrules.inout.factfile import Document as FactFile
from zjrules.lsp.document import Document
from zjrules.lsp.papers import cases_of, titled_cases
from zjrules.lsp.state import RefusedError, State


def choose(state: State, document: Document, arguments: list[Any]) -> str | None:
    """Take a case (a path) for the rule set of a document, none for the first again; return the one that is taken.

    Raises RefusedError for a path that is no case of the rule set.
    """
    shelf = state.shelf(document)
    wanted = str(arguments[0]) if arguments and arguments[0] else ""
    known = {p.resolve(): p for p in cases_of(shelf)}
    if wanted and Path(wanted).resolve() not in known:
        raise RefusedError(f"「{wanted}」不是 {shelf.id} 的案例：文件里要写「规则: {shelf.id}」")
    state.samples.choose(shelf, known[Path(wanted).resolve()] if wanted else None)
    path = state.samples.path(shelf)
    return shown(path) if path is not None else None


def cases(state: State, document: Document, arguments: list[Any]) -> list[dict[str, Any]]:
    """Return the cases of the rule set of a document, by what a person knows them by, and which of them is taken."""
    shelf = state.shelf(document)
    taken = state.samples.path(shelf)
    return [
        {"path": shown(path), "title": facts.title, "unit": _unit(facts), "chosen": path == taken}
        for path, facts in titled_cases(shelf)
    ]


def _unit(facts: FactFile) -> str:
    """Return the unit whose facts they are; empty where the file does not say."""
    named = facts.raw.head.get("单位")
    return named.text if named is not None else ""


def settings(state: State, given: Any) -> None:
    """Take over the settings of the editor: {"case": path}, or {"zjrules": {"case": path}}."""
    inner = given.get("zjrules", given) if isinstance(given, dict) else {}
    case = inner.get("case") if isinstance(inner, dict) else None
    if isinstance(case, str) and case != state.samples.wanted:
        state.samples.wanted = case
        state.samples.kept.clear()
