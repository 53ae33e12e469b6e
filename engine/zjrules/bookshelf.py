"""Rule sets on disk: where they are, what they are based on, and loading them, from the cache where it has them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

from attrs import evolve, frozen

from zjrules import kept, lock, snapshot
from zjrules.diag import Code, Diagnostic, Diagnostics, Label, has_errors
from zjrules.inout import store
from zjrules.inout.asset import STANDARD, asset, standard
from zjrules.inout.text import read_text
from zjrules.layer import Layer, based_on
from zjrules.library import Spare, drawn_on
from zjrules.lock import Lock
from zjrules.ruleset import Edition, Example, RuleSet
from zjrules.span import Source
from zjrules.spelling import nearest
from zjrules.term.rule import Program

NO_RULES = Code("ZJ2020", "no-such-rule-set")
BAD_BASE = Code("ZJ4101", "base-not-usable")

NO_DRAFTS: Mapping[Path, Source] = MappingProxyType({})
MOST_LAYERS = 20
"""Books that may amend one another; a real one amends one or two."""
_EDITION = re.compile(r"(?P<name>.+)@(?P<number>[1-9]\d{0,3})")
_AS_OF = re.compile(r"(?P<name>.+)@(?P<day>\d{4}-\d{2}-\d{2})")


def roots() -> list[Path]:
    """Return the folders that rule sets are looked for in: ZJRULES_PATH, the nearest rules/ upward, the packaged ones."""
    found = [Path(p) for p in os.environ.get("ZJRULES_PATH", "").split(os.pathsep) if p]
    here = Path.cwd()
    found += [p / "rules" for p in (here, *here.parents) if (p / "rules").is_dir()][:1]
    found.append(asset("rules"))
    return list(dict.fromkeys(p.resolve() for p in found))


def rule_sets() -> dict[str, Path]:
    """Return every rule set that can be found, by id."""
    found: dict[str, Path] = {}
    for root in roots():
        for file in sorted(root.rglob("*.zj")):
            name = file.parent.relative_to(root).as_posix()
            if name not in found and name not in (".", *STANDARD):
                found[name] = file.parent
    return found


def find(name: str) -> tuple[Path | None, Diagnostics]:
    """Return the folder (or file) of a rule set by id or path. An id cannot climb out of the rules folders."""
    given = Path(name)
    if given.is_dir() and any(given.glob("*.zj")):
        return given, ()
    if given.is_file() and given.suffix == ".zj":
        return given, ()
    known = rule_sets()
    name = name.replace("\\", "/")  # as a path is written on Windows
    if name in known:
        return known[name], ()
    likely = nearest(name, known)
    help_ = f"是不是「{likely}」？" if likely else f"找得到的规则集：{'、'.join(known) or '（无）'}"
    return None, (Diagnostic(NO_RULES, f"没有叫「{name}」的规则集", (), help_),)


def shown(path: Path) -> str:
    """Return a path as people see it: relative to where they are when it lies below."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def dated(name: str) -> tuple[str, date | None]:
    """Return a rule set's id without its day: zhanjiang/2026@2026-03-01 is the book as it stood on that day."""
    match = _AS_OF.fullmatch(name)
    if match is None or Path(name).exists():
        return name, None
    try:
        return match["name"], date.fromisoformat(match["day"])
    except ValueError:
        return name, None


def pinned(name: str) -> tuple[str, int | None]:
    """Return a rule set's id without its edition: zhanjiang/2026@1 is the first that was published, whatever came later."""
    match = _EDITION.fullmatch(name)
    return (name, None) if match is None or Path(name).exists() else (match["name"], int(match["number"]))


def plain(name: str) -> str:
    """Return a rule set's id without its day and edition."""
    return dated(pinned(name)[0])[0]


def files_of(path: Path) -> list[Path]:
    """Return the files of a rule set, in the order in which they are read."""
    return sorted(path.glob("*.zj")) if path.is_dir() else [path]


def places(name: str) -> list[Path]:
    """Return the folders (or files) that a rule set is read from, as far as they can be found: its own, its bases', the library."""
    texts, _ = gathered(name)
    path = texts.path if texts is not None else find(dated(pinned(name)[0])[0])[0]
    own = [] if path is None else [path, *(base.path for base in texts.bases)] if texts is not None else [path]
    locks = [(p if p.is_dir() else p.parent) / lock.NAME for p in own]
    return [*own, *locks, *standard()]


def beneath(
    sources: Sequence[Source], near: Path, drafts: Mapping[Path, Source] = NO_DRAFTS
) -> tuple[tuple[Layer, ...], Diagnostics]:
    """Return the rule sets that some texts amend (沿用), the lowest first; near: the folder that the texts stand in.

    drafts: texts that are not saved yet, by the resolved paths of the files that they stand for.
    """
    found: list[Layer] = []
    names: list[str] = []
    while (said := based_on(sources)) is not None:
        name, span = said
        if name in names or len(names) >= MOST_LAYERS:
            return (), (Diagnostic(BAD_BASE, f"「{name}」沿用来沿用去，绕回了自己", (Label(span),), "改掉其中一个"),)
        path = _base(name, near)
        if path is None:
            likely = nearest(name, rule_sets())
            help_ = f"是不是「{likely}」？" if likely else "写规则集的编号，如 zhanjiang/2025；zjrules rules 列出有哪些"
            return (), (Diagnostic(BAD_BASE, f"没有叫「{name}」的规则集可以沿用", (Label(span),), help_),)
        read, problems = read_all(files_of(path), drafts)
        if has_errors(problems):
            return (), problems
        names.append(name)
        sources, near = tuple(read), path
        found.insert(0, Layer(name, path, sources))
    return tuple(found), ()


def _base(name: str, near: Path) -> Path | None:
    """Return the folder of a rule set that is amended: beside the one that amends it, or wherever rule sets are."""
    if not all(re.fullmatch(r"\w[\w.-]*", part) for part in name.split("/")):
        return None
    own = near.resolve()
    beside = [up / name for up in own.parents if (up / name) != own and any((up / name).glob("*.zj"))]
    return beside[0] if beside else rule_sets().get(name)


@frozen
class Gathered:
    """The texts of a rule set: its own, those of the rule sets that it amends, and of the library that it draws on."""

    name: str
    path: Path
    own: tuple[Source, ...]
    bases: tuple[Layer, ...]
    std: tuple[Source, ...]
    spare: Spare
    as_of: date | None
    edition: Edition | None = None
    """The published edition that they are, where one was asked for by its number."""

    @property
    def texts(self) -> tuple[Source, ...]:
        """All of them, in the order in which they are read."""
        return (*(s for layer in self.bases for s in layer.sources), *self.own, *self.std)

    def digests(self) -> dict[str, dict[str, str]]:
        """Return the digest of every text by the name of its file: own, bases (with their ids) and library."""
        bases = {f"{b.id}/{Path(s.name).name}": lock.text_digest(s) for b in self.bases for s in b.sources}
        library = {"/".join(Path(s.name).parts[-2:]): lock.text_digest(s) for s in self.std}
        return {"own": text_digests(self.own), "bases": bases, "library": library}

    @property
    def digest(self) -> str:
        """The digest of all that the rule set is made of."""
        parts = [part for s in (*self.own, *self.std) for part in (Path(s.name).name, s.text)]
        # The places in the texts are kept with them, so that where a base lies is part of what is kept.
        below = [part for b in self.bases for s in b.sources for part in (b.id, s.name, s.text)]
        day = ["截至", self.as_of.isoformat()] if self.as_of is not None and self.bases else []
        return store.digest(*parts, *sorted(self.spare.words), *sorted(self.spare.facts), *below, *day)


def gathered(name: str) -> tuple[Gathered | None, Diagnostics]:
    """Find and read the texts of a rule set.

    zhanjiang/2026@2026-03-01 is the book as it stood on that day, zhanjiang/2026@1 its first published edition.
    """
    unpinned, number = pinned(name)
    if number is not None:
        return _kept_edition(name, unpinned, number)
    undated, as_of = dated(name)
    path, problems = find(undated)
    if path is None:
        return None, problems
    own, more = read_all(files_of(path))
    found, wrong = around(undated, path, own)
    problems = (*more, *wrong)
    return (None if found is None or has_errors(problems) else evolve(found, name=name, as_of=as_of)), problems


def around(
    name: str, path: Path, own: Sequence[Source], drafts: Mapping[Path, Source] = NO_DRAFTS
) -> tuple[Gathered | None, Diagnostics]:
    """Return the texts of a rule set, given its own: these, those that it amends, and those of the library that it names.

    drafts: texts that are not saved yet, by the resolved paths of the files that they stand for.
    """
    mine = {s.name for s in own}
    every, words = read_all([p for p in standard() if shown(p) not in mine], drafts)
    bases, wrong = beneath(own, path if path.is_dir() else path.parent, drafts)
    problems = (*words, *wrong)
    if has_errors(problems):
        return None, problems
    std, spare = drawn_on((*(s for layer in bases for s in layer.sources), *own), every)
    return Gathered(name, path, tuple(own), bases, std, spare, None), ()


def _kept_edition(name: str, unpinned: str, number: int) -> tuple[Gathered | None, Diagnostics]:
    """Return the texts that a published edition was made of."""
    path, problems = find(unpinned)
    if path is None:
        return None, problems
    editions, problems = editions_of(path)
    entry = next((e for e in editions.entries if e.number == number), None) if editions is not None else None
    if entry is None:
        known = f"公布过第 1 至 {len(editions.entries)} 版" if editions is not None else "还没有公布过"
        return None, problems or (Diagnostic(NO_RULES, f"「{unpinned}」没有第 {number} 版", (), f"它{known}"),)
    folder = path if path.is_dir() else path.parent
    where = snapshot.place(folder, number)
    texts, problems = snapshot.read(where, shown(where), entry)
    every, _ = read_all(standard())
    if texts is None:
        return None, problems
    spare = drawn_on((*(s for b in texts.bases for s in b.sources), *texts.own), every)[1]
    return Gathered(name, path, texts.own, texts.bases, texts.library, spare, None, entry.edition), ()


def load(name: str) -> tuple[RuleSet | None, Diagnostics]:
    """Find, read and check a rule set, or take it from the cache; None when it has errors."""
    texts, problems = gathered(name)
    if texts is None:
        return None, problems
    digest = texts.digest
    found = kept.get(digest, texts.texts)
    if found is None:
        from zjrules.build import build

        built, problems = build(texts.own, texts.std, texts.spare, texts.bases, texts.as_of)
        if built is None:
            return None, problems
        found = kept.Kept(built.program, built.examples, problems)
        kept.put(digest, texts.texts, found)
    edition, edited = _standing(texts, found.program)
    if any(d.code.number == lock.BAD_LOCK.number for d in edited):
        return None, edited
    return RuleSet(
        name, texts.path, found.program, digest, found.examples, texts.bases, edition, edited
    ), found.problems


def _standing(texts: Gathered, program: Program) -> tuple[Edition | None, Diagnostics]:
    """Return which edition a rule set is, and why it must not be used where it is none any more."""
    if texts.edition is not None:
        return texts.edition, ()
    editions, edited = published(texts, program)
    return (editions.last.edition if editions is not None else None), edited


def editions_of(path: Path) -> tuple[Lock | None, Diagnostics]:
    """Return the lock of a rule set, None where it was not published."""
    place = (path if path.is_dir() else path.parent) / lock.NAME
    return lock.read(place, shown(place))


def published(texts: Gathered, program: Program) -> tuple[Lock | None, Diagnostics]:
    """Return the editions of a rule set, and why what was published (it, or what it amends) is not what is there now."""
    editions, problems = editions_of(texts.path)
    found = list(problems)
    if editions is not None:
        entry = editions.last
        digests = texts.digests()
        changed = lock.differing(entry, digests["own"], digests["bases"])
        changed = changed or _library(entry, digests["library"], program)
        sources = texts.texts
        found += [lock.refused(dated(texts.name)[0], entry.edition, sources, changed)] if changed else []
    else:
        for base in texts.bases:
            below, wrong = editions_of(base.path)
            found += wrong
            changed = () if below is None else lock.differing(below.last, text_digests(base.sources), below.last.bases)
            found += [lock.refused(base.id, below.last.edition, base.sources, changed)] if below and changed else []
    return editions, tuple(found)


def _library(entry: lock.Entry, library: Mapping[str, str], program: Program) -> tuple[str, ...]:
    """Return the files of the library that are others now, unless the rule set means what it meant."""
    changed = tuple(n for n in {**entry.library, **library} if entry.library.get(n) != library.get(n))
    if not changed:
        return ()
    from zjrules.certificate.document import meaning_of

    return () if meaning_of(program) == entry.meaning else changed


def text_digests(sources: Iterable[Source]) -> dict[str, str]:
    """Return the digests of texts by the names of their files."""
    return {Path(s.name).name: lock.text_digest(s) for s in sources}


def rule_digests(rules: RuleSet) -> dict[str, str]:
    """Return the SHA-256 of every file that a rule set consists of, by its name.

    Its own, those of the rule sets that it amends, and those of the library that it draws on.
    """
    if pinned(rules.id)[1] is not None:
        texts, _ = gathered(rules.id)
        digests = texts.digests() if texts is not None else {}
        return {name: digest for table in digests.values() for name, digest in table.items()}
    paths = {p.name: p for p in files_of(rules.path)}
    paths |= {f"{b.id}/{p.name}": p for b in rules.bases for p in files_of(b.path)}
    own, _ = read_all(list(paths.values()))
    every, _ = read_all(standard())
    drawn = {s.name for s in drawn_on(own, every)[0]}
    paths |= {f"{p.parent.name}/{p.name}": p for p in standard() if shown(p) in drawn}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items()}


def standard_examples() -> tuple[tuple[Example, ...], Diagnostics]:
    """Return the examples of all standard words."""
    from zjrules import build

    sources, problems = read_all(standard())
    found, more = build.standard_examples(sources)
    return found, (*problems, *more)


def read_all(paths: Iterable[Path], drafts: Mapping[Path, Source] = NO_DRAFTS) -> tuple[list[Source], Diagnostics]:
    """Return the texts of files; a draft stands for the file whose resolved path it has."""
    sources: list[Source] = []
    problems: list[Diagnostic] = []
    for path in paths:
        draft = drafts.get(path.resolve()) if drafts else None
        source, wrong = (draft, ()) if draft is not None else read_text(path, shown(path))
        problems += wrong
        sources += [source] if source is not None else []
    return sources, tuple(problems)


def rule_files(names: Iterable[str]) -> tuple[list[Path], Diagnostics]:
    """Return the rule files under paths or of rule sets named by id, in order and each once."""
    found: dict[Path, None] = {}
    problems: list[Diagnostic] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            inner = (p for p in sorted(path.rglob("*.zj")) if p.is_file())
            found.update((p, None) for p in inner if not any(n.startswith(".") for n in p.relative_to(path).parts))
            continue
        place, wrong = find(name)
        problems += wrong
        if place is not None:
            found.update(dict.fromkeys(files_of(place)))
    return list(found), tuple(problems)
