"""The server: messages in, features out. A feature is a function of the state, a document and the message's parameters.

To add one, write its file and put a line into FEATURES.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from attrs import define, field, frozen
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from zjrules.diag import Diagnostics
from zjrules.lsp import (
    actions,
    choice,
    complete,
    folding,
    formatting,
    hints,
    hover,
    lens,
    navigate,
    outline,
    rename,
    selection,
    semantic,
    symbols,
)
from zjrules.lsp.checked import Checked
from zjrules.lsp.commands import Commands
from zjrules.lsp.document import Document, path_of
from zjrules.lsp.place import Encoding
from zjrules.lsp.publish import Board
from zjrules.lsp.schedule import Schedule
from zjrules.lsp.shelf import drafts, shelf_of
from zjrules.lsp.state import RefusedError, State

LONGEST_WAIT = 2.0
"""Seconds that a feature waits for the last keystrokes to be checked; then it answers by what was known before."""
LONGEST_COMMAND = 60.0
"""Seconds that a long command waits for them: its user waits for it, and not for a keystroke."""


@frozen
class Feature:
    """One request: its name in the protocol, what answers it, what the editor is told of it, and what it must wait for."""

    method: str
    answer: Callable[[State, Document, Any], Any]
    options: Any = None
    checked: bool = False
    """Whether it wants the document checked as it is now; by default it is answered at once."""
    aside: bool = False
    """Whether it may take long, and is worked out in a thread of its own."""


FEATURES: tuple[Feature, ...] = (
    Feature(lsp.TEXT_DOCUMENT_DEFINITION, navigate.definition, checked=True),
    Feature(lsp.TEXT_DOCUMENT_REFERENCES, navigate.references, checked=True),
    Feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, navigate.highlights),
    Feature(lsp.TEXT_DOCUMENT_COMPLETION, complete.complete, complete.OPTIONS),
    Feature(lsp.TEXT_DOCUMENT_HOVER, hover.hover),
    Feature(lsp.TEXT_DOCUMENT_CODE_ACTION, actions.actions, actions.OPTIONS, checked=True),
    Feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME, rename.prepare),
    Feature(lsp.TEXT_DOCUMENT_RENAME, rename.rename, lsp.RenameOptions(prepare_provider=True)),
    Feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL, outline.document_symbols, checked=True),
    Feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, semantic.full, semantic.LEGEND),
    Feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, semantic.within, semantic.LEGEND),
    Feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE, folding.folding_ranges),
    Feature(lsp.TEXT_DOCUMENT_SELECTION_RANGE, selection.selection_ranges),
    Feature(lsp.TEXT_DOCUMENT_FORMATTING, formatting.format_document),
    Feature(lsp.TEXT_DOCUMENT_RANGE_FORMATTING, formatting.format_range),
    Feature(lsp.TEXT_DOCUMENT_INLAY_HINT, hints.inlay_hints, checked=True, aside=True),
    Feature(lsp.TEXT_DOCUMENT_CODE_LENS, lens.code_lenses, lsp.CodeLensOptions()),
)


@frozen
class Command:
    """One command: its name, and what does it, given a document and the further arguments."""

    name: str
    answer: Callable[[State, Document, list[Any]], Any]


COMMANDS: tuple[Command, ...] = (
    Command("zjrules.chooseCase", choice.choose),
    Command("zjrules.cases", choice.cases),
)
"""Commands by which the editor asks for what the protocol has no request for; the first argument is a document's URI."""


@define(eq=False)
class Server:
    """One editor's server."""

    ls: LanguageServer
    state: State = field(factory=State)
    board: Board = field(init=False)
    schedule: Schedule = field(init=False)
    commands: Commands = field(init=False)
    aside: ThreadPoolExecutor = field(factory=lambda: ThreadPoolExecutor(1, "zjrules-look"))

    def __attrs_post_init__(self) -> None:
        self.board = Board(self.state, self.ls.text_document_publish_diagnostics)
        self.schedule = Schedule(self.state, self.tell, self.bug)
        self.commands = Commands(self.ls, self.state, self.board, lambda: self.schedule.settled(LONGEST_COMMAND))

    def tell(self, checked: Checked, found: Diagnostics) -> None:
        """Publish what was found of a shelf. Scores beside another text than the one that was changed are asked for again."""
        first = checked.shelf not in self.state.told
        self.board.put(checked.shelf, found)
        if first or len(self.state.documents) > 1:
            self.commands.refresh_soon()

    def bug(self, bug: Exception) -> None:
        """Tell of a bug of ours in one line of the log; the server goes on."""
        where = traceback.extract_tb(bug.__traceback__)[-1]
        message = (
            f"ZJ9001 程序自己出了错：{type(bug).__name__}（{Path(where.filename).name}:{where.lineno}），请发给维护者"
        )
        self.ls.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, message))

    # ---------- documents ----------

    def initialize(self, params: lsp.InitializeParams) -> None:
        """Take over how the editor counts, and stand where its folder is: rule sets are looked for from there."""
        self.state.encoding = Encoding(lsp.PositionEncodingKind(self.ls.workspace.position_encoding or "utf-16").value)
        choice.settings(self.state, params.initialization_options)
        folders = [f.uri for f in params.workspace_folders or []] or [params.root_uri or ""]
        root = path_of(folders[0]) if folders[0] else None
        if root is not None and root.is_dir():
            with contextlib.suppress(OSError):
                os.chdir(root)

    def opened(self, params: lsp.DidOpenTextDocumentParams) -> None:
        """Take in a text that was opened."""
        item = params.text_document
        self.schedule.shared = {}
        self.schedule.touch(self.state.put(item.uri, item.text, item.version))

    def changed(self, params: lsp.DidChangeTextDocumentParams) -> None:
        """Take in a text that was changed; of an unknown document, nothing."""
        uri = params.text_document.uri
        if params.content_changes and self.state.document(uri) is not None:
            text = params.content_changes[-1].text
            if self.state.proofs:
                self.board.forget_proofs(self.state.shelf(self.state.documents[uri]))
            self.state.outcomes.clear()
            self.schedule.touch(self.state.put(uri, text, params.text_document.version))

    def saved(self, params: lsp.DidSaveTextDocumentParams) -> None:
        """Look again: other files may have been saved with it."""
        self.schedule.shared = {}
        document = self.state.document(params.text_document.uri)
        if document is not None:
            self.schedule.touch(document)

    def closed(self, params: lsp.DidCloseTextDocumentParams) -> None:
        """Forget a text; what stood on it is checked with what is on disk, and what is not open any more is cleared."""
        document = self.state.documents.pop(params.text_document.uri, None)
        if document is None:
            return
        self._look_again()

    def configured(self, params: lsp.DidChangeConfigurationParams) -> None:
        """Take over changed settings."""
        choice.settings(self.state, params.settings)

    def watched(self, _params: lsp.DidChangeWatchedFilesParams) -> None:
        """Look again at everything that is open: files came, went or were written by another program."""
        self._look_again()
        self.commands.refresh_soon()

    def _look_again(self) -> None:
        self.schedule.shared = {}
        over = drafts(self.state.documents.values())
        shelves = dict.fromkeys(shelf_of(d, over) for d in self.state.documents.values())
        for gone in [s for s in {*self.schedule.counts, *self.state.told} if s not in shelves]:
            self.schedule.forget(gone)
            self.state.drop(gone)
            self.board.drop(gone)
        for shelf in shelves:
            self.schedule.ask(shelf)

    # ---------- features ----------

    def handler(self, feature: Feature) -> Callable[[Any], Awaitable[Any]]:
        """Return what answers a request."""

        async def answer(params: Any) -> Any:
            document = self.state.document(params.text_document.uri)
            if document is not None and (feature.checked or self.state.checked(document) is None):
                await self.schedule.settled(LONGEST_WAIT)
            if feature.aside:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(
                    self.aside, self.answered, params.text_document.uri, feature.answer, params
                )
            return self.answered(params.text_document.uri, feature.answer, params)

        return answer

    def commanded(self, command: Command) -> Callable[..., Awaitable[Any]]:
        """Return what does a command."""

        async def answer(*arguments: Any) -> Any:
            await self.schedule.settled(LONGEST_WAIT)
            found = self.answered(str(arguments[0]) if arguments else "", command.answer, list(arguments[1:]))
            self.commands.refresh_soon()
            return found

        return answer

    def found(self, run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Return what answers what is not about one document: nothing, with a line in the log, for our bugs."""

        async def answer(*arguments: Any) -> Any:
            try:
                return await run(*arguments)
            except Exception as bug:  # noqa: BLE001 - a bug of ours must not end the server, nor show a traceback
                self.bug(bug)
                return None

        return answer

    async def symbols(self, params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        """Return the names anywhere that fit a query."""
        return symbols.workspace_symbols(self.state, params)

    def answered(self, uri: str, answer: Callable[[State, Document, Any], Any], params: Any) -> Any:
        """Return an answer: nothing for unknown documents, and nothing with a line in the log for our bugs.

        Raises JsonRpcException with the reason where what was asked for cannot be done.
        """
        document = self.state.document(uri)
        if document is None:
            return None
        try:
            return answer(self.state, document, params)
        except RefusedError as why:
            raise JsonRpcException(str(why), lsp.LSPErrorCodes.RequestFailed) from None
        except Exception as bug:  # noqa: BLE001 - a bug of ours must not end the server, nor show a traceback
            self.bug(bug)
            return None

    def guarded(self, handle: Callable[[Any], None]) -> Callable[[Any], None]:
        """Return a handler of a notification that tells of bugs in the log."""

        def handler(params: Any) -> None:
            try:
                handle(params)
            except Exception as bug:  # noqa: BLE001 - a bug of ours must not end the server, nor show a traceback
                self.bug(bug)

        return handler


class Quiet(LanguageServer):
    """A server that tells of messages that it cannot read in its log, not in the user's way."""

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ARG002 - pygls's signature
        """Tell of a message that could not be read."""
        message = f"读不懂编辑器的一条消息：{type(error).__name__}"
        self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Warning, message))


def server() -> LanguageServer:
    """Return a server that is ready to start."""
    ls = Quiet("zjrules", version("zjrules"), lsp.TextDocumentSyncKind.Full)
    own = Server(ls)
    notified: dict[str, Callable[[Any], None]] = {
        lsp.TEXT_DOCUMENT_DID_OPEN: own.opened,
        lsp.TEXT_DOCUMENT_DID_CHANGE: own.changed,
        lsp.TEXT_DOCUMENT_DID_SAVE: own.saved,
        lsp.TEXT_DOCUMENT_DID_CLOSE: own.closed,
        lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: own.watched,
        lsp.WORKSPACE_DID_CHANGE_CONFIGURATION: own.configured,
        lsp.INITIALIZE: own.initialize,
    }
    for method, handle in notified.items():
        ls.feature(method)(own.guarded(handle))
    for feature in FEATURES:
        ls.feature(feature.method, feature.options)(own.handler(feature))
    for command in COMMANDS:
        ls.command(command.name)(own.commanded(command))
    for name, run in own.commands.all().items():
        ls.command(name)(own.found(run))
    ls.feature(lsp.WORKSPACE_SYMBOL)(own.found(own.symbols))
    return ls


def serve() -> None:
    """Serve one editor over the standard streams until it leaves."""
    logging.disable(logging.CRITICAL)  # what pygls logs goes to the error stream, tracebacks too
    server().start_io()
