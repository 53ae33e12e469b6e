"""Long work for an editor: in a thread of its own, with progress, ended by its user or by a change of the text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, TypeVar

from attrs import define, field
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from zjrules.lsp.document import Document
from zjrules.lsp.state import State

Watch = Callable[[int, int], None]
Result = TypeVar("Result")


class StoppedError(Exception):
    """Nobody waits for the result any more."""


@define(eq=False)
class Tasks:
    """One piece of long work at a time; keystrokes and findings go on meanwhile."""

    ls: LanguageServer
    state: State
    pool: ThreadPoolExecutor = field(factory=lambda: ThreadPoolExecutor(1, "zjrules-ask"))
    count: int = 0

    async def run(self, title: str, document: Document, work: Callable[[Watch], Result]) -> Result:
        """Do work; it is given what it must call before each step. Raises StoppedError when it was ended."""
        loop = asyncio.get_running_loop()
        stop = Event()
        token = await self._begin(title, stop)

        def watch(done: int, count: int) -> None:
            if stop.is_set() or self.state.document(document.uri) is not document:
                raise StoppedError
            if token:
                loop.call_soon_threadsafe(self._report, token, done, count)

        try:
            return await loop.run_in_executor(self.pool, work, watch)
        finally:
            stop.set()  # where the request itself was cancelled the thread still runs
            if token:
                self.ls.work_done_progress.end(token, lsp.WorkDoneProgressEnd())

    async def _begin(self, title: str, stop: Event) -> str:
        window = self.ls.client_capabilities.window
        if window is None or not window.work_done_progress:
            return ""
        self.count += 1
        token = f"zjrules-{self.count}"
        progress = self.ls.work_done_progress
        await progress.create_async(token)
        progress.begin(token, lsp.WorkDoneProgressBegin(title, cancellable=True, percentage=0))

        def ended(_future: Any) -> None:
            stop.set()

        progress.tokens[token].add_done_callback(ended)
        return token

    def _report(self, token: str, done: int, count: int) -> None:
        self.ls.work_done_progress.report(
            token, lsp.WorkDoneProgressReport(message=f"{done + 1} / {count}", percentage=100 * done // count)
        )
