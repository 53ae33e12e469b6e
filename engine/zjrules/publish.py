"""Publishing a rule set: the entry of book.lock for what its files are now."""

from __future__ import annotations

from attrs import frozen

from zjrules import build, lock
from zjrules.bookshelf import Gathered, dated, published
from zjrules.certificate.document import kernel_of, meaning_of
from zjrules.diag import Code, Diagnostic, Diagnostics, Label, has_errors
from zjrules.lock import Entry, Lock
from zjrules.term.rule import Program

UNFILLED = Code("ZJ4302", "basis-unfilled")
UNEXPLAINED = Code("ZJ4303", "correction-unexplained")
UNMOVED = Code("ZJ4304", "nothing-to-correct")

TO_FILL = "待填"


@frozen
class Publication:
    """What publishing comes to: the lock as it is to be, and whether anything is new in it."""

    lock: Lock
    new: bool
    moved: bool
    """Whether the new edition means something else than the one before it."""


def publication(texts: Gathered, correction: str, day: str, engine: str) -> tuple[Publication | None, Diagnostics]:
    """Return the lock of a rule set with an entry for what it is now; None where it cannot be published.

    correction: why what was published is corrected, '' for a first publication. day: of the publication, as it is written.
    """
    found, problems = build.build(texts.own, texts.std, texts.spare, texts.bases, texts.as_of)
    if found is None:
        return None, tuple(p for p in problems if p.is_error)
    old, edited = published(texts, found.program)
    name = dated(texts.name)[0]
    wrong = list(_unready(found.program)) + [d for d in edited if old is None or d.code != lock.EDITED]
    if has_errors(wrong):
        return None, tuple(wrong)
    if old is not None and not edited:
        said = (_unmoved(name, old),) if correction else ()
        return (None if said else Publication(old, new=False, moved=False)), said
    if old is not None and not correction:
        return None, (*edited, _unexplained(name, old))
    if old is None and correction:
        return None, (Diagnostic(UNMOVED, f"「{name}」还没有公布过，没有可更正的", (), "去掉 --correct"),)
    entry = _entry(texts, found.program, old, correction, day, engine)
    entries = (*(old.entries if old is not None else ()), entry)
    moved = old is None or old.last.meaning != entry.meaning
    return Publication(Lock(old.rules if old is not None else name, entries), new=True, moved=moved), ()


def _entry(texts: Gathered, program: Program, old: Lock | None, correction: str, day: str, engine: str) -> Entry:
    digests = texts.digests()
    last = old.last if old is not None else None
    entry = Entry(
        last.number + 1 if last is not None else 1, day, correction, digests["own"], digests["bases"], digests["library"],
        kernel_of(program).digest, meaning_of(program), engine, last.digest if last is not None else "",
    )  # fmt: skip
    return lock.sealed(entry)


def _unready(program: Program) -> Diagnostics:
    """Return why a rule set must not be published yet."""
    book = program.book
    if TO_FILL not in book.basis:
        return ()
    message = f"「{book.name}」的依据还没有填"
    return (Diagnostic(UNFILLED, message, (Label(book.span),), "写上公布它的文件，如 依据 《湛财绩〔2026〕3号》"),)


def _unexplained(name: str, old: Lock) -> Diagnostic:
    message = f"「{name}」已经公布了第 {old.last.number} 版，再公布就是更正，要写理由"
    return Diagnostic(UNEXPLAINED, message, (), f"zjrules publish {name} --correct 理由")


def _unmoved(name: str, old: Lock) -> Diagnostic:
    message = f"「{name}」和公布的第 {old.last.number} 版一样，没有可更正的"
    return Diagnostic(UNMOVED, message, (), "先改规则，再公布")
