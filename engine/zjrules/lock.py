"""book.lock: the editions of a published rule set, each with the digests of its files and of what they mean.

The first edition is the publication; each further one is a 更正 with its reason. An entry holds the digest of the one before
it and its own, so that a lock that was edited by hand is found. File digests are SHA-256 over the text with \\n at its line
ends, which is what sha256sum says of a file that is kept so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, at
from zjrules.inout.text import read_text
from zjrules.ruleset import Edition
from zjrules.span import Source, Span

EDITED = Code("ZJ4300", "published-and-edited")
BAD_LOCK = Code("ZJ4301", "bad-lock")

NAME = "book.lock"
FORMAT = "zjrules.lock/1"


@frozen
class Entry:
    """One edition: what it consists of, by the name of each file, and why it was published."""

    number: int
    day: str
    correction: str
    """Why it corrects the one before it, '' for the first."""
    own: Mapping[str, str]
    bases: Mapping[str, str]
    library: Mapping[str, str]
    kernel: str
    """SHA-256 of 核式, as certificates cite it."""
    meaning: str
    """SHA-256 of what 核式 says, its places left out: it stays where files of the library are only written otherwise."""
    engine: str
    before: str
    """The digest of the entry before it, '' for the first."""
    digest: str = field(default="")

    @property
    def edition(self) -> Edition:
        """What traces and certificates carry of it."""
        return Edition(self.number, self.correction, self.digest)


@frozen
class Lock:
    """All editions of a rule set, the first one first."""

    rules: str
    entries: tuple[Entry, ...]

    @property
    def last(self) -> Entry:
        """The edition in force."""
        return self.entries[-1]


def text_digest(source: Source) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(source.text.encode()).hexdigest()


_KEYS = {
    "版": "number", "日期": "day", "更正": "correction", "文件": "own", "底本": "bases", "词和合用的事实": "library", "核式摘要": "kernel",
    "意思摘要": "meaning", "引擎": "engine", "前一版": "before",
}  # fmt: skip


def sealed(entry: Entry) -> Entry:
    """Return an entry with its own digest."""
    text = json.dumps(_record(entry), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return evolve(entry, digest=hashlib.sha256(text.encode()).hexdigest())


def _record(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, attribute) for name, attribute in _KEYS.items()}


def written(lock: Lock) -> str:
    """Return the text of a lock."""
    entries = [{**_record(e), "摘要": e.digest} for e in lock.entries]
    document = {"格式": FORMAT, "规则": lock.rules, "版次": entries}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def read(path: Path, name: str) -> tuple[Lock | None, Diagnostics]:
    """Read the lock in a folder; None without problems where there is none, and with them where it cannot be trusted."""
    if not path.is_file():
        return None, ()
    source, problems = read_text(path, name)
    if source is None:
        return None, problems
    try:
        lock = _parsed(json.loads(source.text))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None, (_bad(source, "读不懂"),)
    if lock is None:
        return None, (_bad(source, "被手工改过：摘要对不上"),)
    return lock, ()


def _bad(source: Source, what: str) -> Diagnostic:
    place = Span(source, 0, len(source.text.partition("\n")[0]))
    help_ = "它是 zjrules publish 写的，不要改；从版本库或备份恢复它，要更正就再 publish --correct 一次"
    return at(BAD_LOCK, place, f"「{NAME}」{what}", help_)


def _parsed(document: Any) -> Lock | None:
    """Return the lock, None where its digests do not hold. Raises ValueError, LookupError or TypeError for other data."""
    if document["格式"] != FORMAT:
        raise ValueError(document["格式"])
    entries: list[Entry] = []
    for number, item in enumerate(document["版次"], 1):
        entry = Entry(**{attribute: item[name] for name, attribute in _KEYS.items()}, digest=item["摘要"])
        texts = [x for table in (entry.own, entry.bases, entry.library) for pair in table.items() for x in pair]
        if not all(isinstance(x, str) for x in (*texts, entry.day, entry.correction, entry.kernel, entry.meaning)):
            raise TypeError(number)
        before = entries[-1].digest if entries else ""
        if (
            sealed(entry) != entry
            or entry.number != number
            or entry.before != before
            or bool(entry.correction) != (number > 1)
        ):
            return None
        entries.append(entry)
    if not entries:
        raise ValueError(document)
    return Lock(str(document["规则"]), tuple(entries))


def differing(entry: Entry, own: Mapping[str, str], bases: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the files that are not what an edition says: its own and those that it amends."""
    pairs = ((entry.own, own), (entry.bases, bases))
    return tuple(n for old, new in pairs for n in {**old, **new} if old.get(n) != new.get(n))


def refused(name: str, edition: Edition, sources: Sequence[Source], edited: Sequence[str]) -> Diagnostic:
    """Return what is said of a published rule set that was edited since."""
    labels = tuple(
        Label(Span(s, 0, len(s.text.partition("\n")[0])))
        for s in sources
        if any(s.name == e or s.name.endswith(f"/{e}") for e in edited)
    )
    message = f"「{name}」公布了第 {edition.number} 版，后来改过 {'、'.join(edited)}，不能再用来评分"
    help_ = f"改回公布的样子；确要改的，运行 zjrules publish {name} --correct 理由，作为更正公布新的一版"
    return Diagnostic(EDITED, message, labels, help_)
