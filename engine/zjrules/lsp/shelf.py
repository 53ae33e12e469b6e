"""Which files make up what is checked together: a rule set in a folder, one in a single file, or words and shared facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import frozen

from zjrules.bookshelf import Gathered, around, files_of, read_all, roots
from zjrules.diag import Diagnostics, has_errors
from zjrules.lsp.document import Document
from zjrules.span import Source

_HEAD = re.compile(r"^\s*规则集\s", re.MULTILINE)


@frozen
class Shelf:
    """What is checked together: the files of a folder, one file of it, or (path None) a text that was never saved."""

    path: Path | None
    uri: str = ""

    @property
    def id(self) -> str:
        """The id of the rule set below the folder that rule sets are looked for in, else its path."""
        if self.path is None:
            return self.uri
        for root in roots():
            if self.path.is_relative_to(root):
                return self.path.relative_to(root).as_posix()
        return self.path.as_posix()


def drafts(documents: Iterable[Document]) -> dict[Path, Source]:
    """Return the texts that are open by the files that they stand for."""
    return {d.path: d.source for d in documents if d.path is not None}


def shelf_of(document: Document, over: Mapping[Path, Source]) -> Shelf:
    """Return what a document is checked with.

    A folder is one rule set, unless several of its files have a head (规则集): then each of these is one by itself.
    """
    if document.path is None:
        return Shelf(None, document.uri)
    folder = document.path.parent
    heads = [s for s in read_all(_files(folder, over), over)[0] if _HEAD.search(s.text)]
    alone = len(heads) > 1 and document.source.name in {s.name for s in heads}
    return Shelf(document.path if alone else folder)


def _files(path: Path, over: Mapping[Path, Source]) -> list[Path]:
    """Return the rule files of a folder, those that are only in the editor among them."""
    found = files_of(path)
    if path.is_dir() or not path.exists():
        found = [p for p in found if p.exists()]
        found += [p for p in over if p.parent == path and p.suffix == ".zj" and p not in found]
    return sorted(found)


def gathered(
    shelf: Shelf, documents: Mapping[str, Document], over: Mapping[Path, Source]
) -> tuple[tuple[Source, ...], Gathered | None, Diagnostics]:
    """Return the own texts of a shelf, and all that they make up with what they amend and draw on."""
    if shelf.path is None:
        own = [documents[shelf.uri].source] if shelf.uri in documents else []
        found, problems = around(shelf.uri, Path.cwd(), own)
        return tuple(own), found, problems
    own, slips = read_all(_files(shelf.path, over), over)
    found, problems = around(shelf.id, shelf.path, own, over)
    problems = (*slips, *problems)
    return tuple(own), (None if has_errors(problems) else found), problems
