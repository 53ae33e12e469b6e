"""The texts of a published edition, kept beside the rules so that it can be recomputed whatever becomes of the files.

editions/1.json holds every text that the first edition was made of: its own, those that it amends and those of the library.
A snapshot is used only when each text has the digest that book.lock says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, Label
from zjrules.inout.text import read_text
from zjrules.layer import Layer
from zjrules.lock import Entry, text_digest
from zjrules.span import Source, Span

NOT_KEPT = Code("ZJ4305", "edition-not-kept")

FOLDER = "editions"
FORMAT = "zjrules.edition/1"


@frozen
class Texts:
    """What an edition was made of."""

    own: tuple[Source, ...]
    bases: tuple[Layer, ...]
    library: tuple[Source, ...]


def place(folder: Path, number: int) -> Path:
    """Return where the snapshot of an edition stands."""
    return folder / FOLDER / f"{number}.json"


def written(own: Mapping[str, str], bases: Mapping[str, Mapping[str, str]], library: Mapping[str, str]) -> str:
    """Return the text of a snapshot; bases by their ids, the lowest first."""
    below = [{"编号": id_, "文件": dict(files)} for id_, files in bases.items()]
    document = {"格式": FORMAT, "文件": dict(own), "底本": below, "词和合用的事实": dict(library)}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def read(path: Path, name: str, entry: Entry) -> tuple[Texts | None, Diagnostics]:
    """Read the snapshot of an edition; None with the reason where it is not there or not what was published."""
    source, problems = read_text(path, name)
    if source is None:
        return None, problems
    try:
        found = _parsed(json.loads(source.text), path)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None, (_bad(source, entry),)
    own = {_file(s): text_digest(s) for s in found.own}
    bases = {f"{b.id}/{_file(s)}": text_digest(s) for b in found.bases for s in b.sources}
    library = {f"{Path(s.name).parent.name}/{_file(s)}": text_digest(s) for s in found.library}
    if (own, bases, library) != (dict(entry.own), dict(entry.bases), dict(entry.library)):
        return None, (_bad(source, entry),)
    return found, ()


def _bad(source: Source, entry: Entry) -> Diagnostic:
    here = (Label(Span(source, 0, len(source.text.partition("\n")[0]))),)
    message = f"第 {entry.number} 版留存的原文对不上公布时的摘要"
    return Diagnostic(NOT_KEPT, message, here, "从版本库或备份恢复它；它是 zjrules publish 写的，不要改")


def _parsed(document: Any, path: Path) -> Texts:
    if document["格式"] != FORMAT:
        raise ValueError(document["格式"])
    inside = path.with_suffix("").as_posix()
    bases = tuple(Layer(str(b["编号"]), path, _sources(b["文件"], f"{inside}/{b['编号']}")) for b in document["底本"])
    return Texts(_sources(document["文件"], inside), bases, _sources(document["词和合用的事实"], inside))


def _sources(files: Mapping[str, str], inside: str) -> tuple[Source, ...]:
    if not all(isinstance(x, str) for pair in files.items() for x in pair):
        raise TypeError(inside)
    return tuple(Source(f"{inside}/{name}", text) for name, text in files.items())


def _file(source: Source) -> str:
    return Path(source.name).name
