"""Texts as the editor has them, which is not always what is on disk."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen
from pygls.uris import from_fs_path, to_fs_path

from zjrules.bookshelf import shown
from zjrules.span import Source


@frozen
class Document:
    """A text that is open in the editor."""

    uri: str
    """As the editor writes it: some write : as %3A, and only their own writing finds the document again."""
    path: Path | None
    """Its resolved path; None for a text that was never saved."""
    source: Source
    version: int | None

    @property
    def text(self) -> str:
        """The text, its lines ended by \\n."""
        return self.source.text


def document(uri: str, text: str, version: int | None) -> Document:
    """Return the document of a text; whatever ends its lines in the editor, here it is \\n."""
    path = path_of(uri)
    name = shown(path) if path is not None else uri
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return Document(uri, path, Source(name, text), version)


def path_of(uri: str) -> Path | None:
    """Return the resolved path of a URI, None where it is that of no file."""
    path = to_fs_path(uri)
    return Path(path).resolve() if path else None


def uri_of(path: Path) -> str:
    """Return the URI of a path."""
    return str(from_fs_path(str(path.resolve())))
