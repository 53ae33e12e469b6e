"""The rules of lint, found by their files: a new one is a file in rules/, named nowhere else."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache

from attrs import frozen

from zjrules.diag import Code, Diagnostic
from zjrules.lint import rules as folder
from zjrules.lint import silence
from zjrules.lint.book import Book


@frozen
class Rule:
    """A rule: its code, its help page (title and text), and the function that finds."""

    code: Code
    title: str
    page: str
    found: Callable[[Book], Iterable[Diagnostic]]


@cache
def rules() -> tuple[Rule, ...]:
    """Return all rules, by number."""
    found = []
    for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        place = importlib.import_module(module.name)
        title, _, page = place.PAGE.partition("\n")
        found.append(Rule(place.CODE, title, page.strip(), place.found))
    return tuple(sorted(found, key=lambda r: r.code.number))


def pages() -> dict[str, tuple[str, str, str]]:
    """Return the help pages of all codes of lint: kebab name, title and text."""
    found = {r.code.number: (r.code.name, r.title, r.page) for r in rules()}
    for code, text in silence.PAGES.items():
        title, _, page = text.partition("\n")
        found[code.number] = code.name, title, page.strip()
    return found


def codes() -> dict[str, Code]:
    """Return every code of lint by its number."""
    return {c.number: c for c in (*(r.code for r in rules()), *silence.PAGES)}
