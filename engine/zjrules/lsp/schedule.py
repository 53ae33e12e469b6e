"""When shelves are checked: soon after a keystroke, away from the messages, and never for a text that is gone.

One thread checks, so that a keystroke never waits for two; the loop of messages only starts it and tells what it found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import define, field

from zjrules.bookshelf import read_all
from zjrules.diag import Diagnostics
from zjrules.inout.asset import standard
from zjrules.lint.book import Book
from zjrules.lint.run import lint
from zjrules.lsp.checked import Checked, check
from zjrules.lsp.document import Document
from zjrules.lsp.reading import OutdatedError
from zjrules.lsp.shelf import Shelf, drafts, gathered, shelf_of
from zjrules.lsp.state import State
from zjrules.span import Source

PAUSE = 0.4
"""Seconds without a keystroke after which lint looks through what was checked."""


@define(eq=False)
class Schedule:
    """The shelves that wait to be checked, by how often they were asked for."""

    state: State
    tell: Callable[[Checked, Diagnostics], None]
    """Publishes what was found of a shelf."""
    failed: Callable[[Exception], None]
    """Tells of a bug of ours."""
    counts: dict[Shelf, int] = field(factory=dict)
    waiting: dict[Shelf, None] = field(factory=dict)
    unlinted: dict[Shelf, None] = field(factory=dict)
    shared: dict[Path, Source] = field(factory=dict)
    """The texts of the library: dozens of files, which need not be read at every keystroke."""
    pool: ThreadPoolExecutor = field(factory=lambda: ThreadPoolExecutor(1, "zjrules-check"))
    runner: asyncio.Task[None] | None = None
    called: asyncio.Event = field(factory=asyncio.Event)
    idle: asyncio.Event = field(factory=asyncio.Event)

    def touch(self, document: Document) -> None:
        """Have everything checked that a document is part of, its own shelf first."""
        over = drafts(self.state.documents.values())
        own = shelf_of(document, over)
        shelves = {shelf_of(d, over) for d in self.state.documents.values()}
        below = {s for s in shelves if s != own and self._stands_on(s, document)}
        for shelf in (own, *below):
            self.ask(shelf)

    def _stands_on(self, shelf: Shelf, document: Document) -> bool:
        last = self.state.shelves.get(shelf)
        # What names a word of the library that it did not name before is found by its own keystrokes.
        return last is None or last.texts is None or document.source.name in last.files

    def ask(self, shelf: Shelf) -> None:
        """Have a shelf checked, whatever is being checked of it now."""
        self.counts[shelf] = self.counts.get(shelf, 0) + 1
        self.waiting.pop(shelf, None)
        self.waiting = {shelf: None, **self.waiting}
        self.unlinted.pop(shelf, None)
        self.idle.clear()
        self.called.set()
        if self.runner is None or self.runner.done():
            self.runner = asyncio.get_running_loop().create_task(self._run())

    def forget(self, shelf: Shelf) -> None:
        """Have nothing told any more of a shelf of which nothing is open."""
        self.counts[shelf] = self.counts.get(shelf, 0) + 1
        self.waiting.pop(shelf, None)
        self.unlinted.pop(shelf, None)

    def library(self) -> dict[Path, Source]:
        """Return the texts of the library as they were when files were last opened, saved or changed from outside."""
        if not self.shared:
            paths = standard()
            self.shared = {p.resolve(): s for p in paths for s in read_all([p])[0]}
        return self.shared

    async def settled(self, seconds: float) -> None:
        """Wait until nothing waits to be checked, but no longer than some seconds."""
        if not self.waiting and (self.runner is None or self.idle.is_set()):
            return
        try:
            await asyncio.wait_for(self.idle.wait(), seconds)
        except TimeoutError:
            return

    def close(self) -> None:
        """End it."""
        if self.runner is not None:
            self.runner.cancel()
        self.pool.shutdown(wait=False, cancel_futures=True)

    # ---------- the run ----------

    async def _run(self) -> None:
        while True:
            self.called.clear()
            while self.waiting:
                shelf = next(iter(self.waiting))
                del self.waiting[shelf]
                await self._check(shelf)
            self.idle.set()
            try:
                await asyncio.wait_for(self.called.wait(), PAUSE if self.unlinted else None)
            except TimeoutError:
                await self._lint()

    async def _check(self, shelf: Shelf) -> None:
        count = self.counts[shelf]
        documents = dict(self.state.documents)
        readings = self.state.readings

        def outdated() -> bool:
            return self.counts.get(shelf) != count

        def work() -> Checked:
            texts = gathered(shelf, documents, {**self.library(), **drafts(documents.values())})
            return check(shelf, texts, readings, outdated)

        try:
            found = await asyncio.get_running_loop().run_in_executor(self.pool, work)
        except OutdatedError:
            return
        except Exception as bug:  # noqa: BLE001 - a bug of ours must not end the server
            self.failed(bug)
            return
        if not outdated():
            self.state.keep(found)
            self.tell(found, found.problems)
            self.unlinted[shelf] = None

    async def _lint(self) -> None:
        while self.unlinted and not self.waiting:
            shelf = next(iter(self.unlinted))
            del self.unlinted[shelf]
            checked, count = self.state.shelves.get(shelf), self.counts.get(shelf)
            if checked is None or checked.book is None:
                continue
            try:
                found = await asyncio.get_running_loop().run_in_executor(self.pool, self._linted, checked.book)
            except OutdatedError:
                if self.counts.get(shelf) == count:
                    self.unlinted[shelf] = None
                continue
            except Exception as bug:  # noqa: BLE001 - a bug of ours must not end the server
                self.failed(bug)
                continue
            if self.counts.get(shelf) == count:
                self.tell(checked, (*checked.problems, *found))

    def _linted(self, book: Book) -> Diagnostics:
        """Look through a rule set. Raises OutdatedError as soon as something waits to be checked."""

        def watch() -> None:
            if self.waiting:
                raise OutdatedError

        return lint(book, watch=watch)
