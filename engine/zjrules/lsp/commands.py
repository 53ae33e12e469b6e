"""What an editor can have done at length: run the cases of an indicator, prove it.

A command is given the URI of a document; which indicator is meant is its name, or a line (from 0) that it stands on.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any

from attrs import define, field
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from zjrules.diag import Diagnostic
from zjrules.lsp.cases import expecting, rules_of
from zjrules.lsp.checked import Checked
from zjrules.lsp.document import Document, uri_of
from zjrules.lsp.lens import PROVE, RUN
from zjrules.lsp.publish import Board
from zjrules.lsp.running import Outcome, run_cases, told
from zjrules.lsp.state import State
from zjrules.lsp.tasks import StoppedError, Tasks
from zjrules.ruleset import RuleSet
from zjrules.syntax import decl as sd

NO_SOLVER = "证明要用求解器，这台机器没有装：pip install 'zjrules[prove]'"
UNCHECKED = "规则还没有查完，稍后再来"
HAS_ERRORS = "规则里还有错误，改好再来"
NO_INDICATOR = "把光标放在一个指标里"
STOPPED = "没有做完：取消了，或者规则又改了"


@define(eq=False)
class Commands:
    """The commands of one server. settled waits until the last keystrokes were checked."""

    ls: LanguageServer
    state: State
    board: Board
    settled: Callable[[], Awaitable[None]]
    tasks: Tasks = field(init=False)
    refreshing: asyncio.Task[None] | None = None
    """Kept, since a task that nobody holds may be lost."""

    def __attrs_post_init__(self) -> None:
        self.tasks = Tasks(self.ls, self.state)

    def all(self) -> dict[str, Callable[..., Awaitable[Any]]]:
        """Return the commands by name."""
        return {RUN: self.run, PROVE: self.prove}

    async def run(self, uri: Any = None, which: Any = None, *_rest: Any) -> dict[str, Any] | None:
        """Run the cases that touch an indicator; tell, and return what did not come out as expected."""
        await self.settled()
        found = self._meant(uri, which)
        if found is None:
            return None
        document, name, rules = found
        shelf = self.state.shelf(document)

        def work(watch: Callable[[int, int], None]) -> list[Outcome]:
            return run_cases(rules, name, expecting(shelf), watch)

        try:
            outcomes = await self.tasks.run(f"运行案例：{name}", document, work)
        except StoppedError:
            self._tell(STOPPED, lsp.MessageType.Warning)
            return None
        brief, sentence = told(name, outcomes)
        bad = [o for o in outcomes if not o.holds]
        self._done(RUN, document, name, brief)
        self._tell(sentence, lsp.MessageType.Warning if bad or not outcomes else lsp.MessageType.Info)
        missed = [
            {"案例": o.case.title, "文件": uri_of(o.case.path), "什么": m.what, "期望": m.expected, "算得": m.got}
            for o in bad
            for m in o.misses
        ]
        return {"案例": len(outcomes), "不符": len(bad), "不符的期望": missed}

    async def prove(self, uri: Any = None, which: Any = None, *_rest: Any) -> dict[str, Any] | None:
        """Prove an indicator for all facts; tell, and put what is not so among the findings."""
        await self.settled()
        if find_spec("z3") is None:
            self._tell(NO_SOLVER, lsp.MessageType.Warning)
            return None
        found = self._meant(uri, which)
        if found is None:
            return None
        document, name, rules = found
        shelf = self.state.shelf(document)

        def work(watch: Callable[[int, int], None]) -> tuple[str, list[Diagnostic]]:
            answer: tuple[str, list[Diagnostic]]
            answer = importlib.import_module("zjrules.lsp.proving").prove(rules, name, watch)
            return answer

        try:
            brief, problems = await self.tasks.run(f"证明：{name}", document, work)
        except StoppedError:
            self._tell(STOPPED, lsp.MessageType.Warning)
            return None
        if self.state.document(document.uri) is not document:
            self._tell(STOPPED, lsp.MessageType.Warning)
            return None
        self.board.put_proof(shelf, name, problems)
        self._done(PROVE, document, name, brief)
        self._tell(f"「{name}」：{brief}", lsp.MessageType.Warning if problems else lsp.MessageType.Info)
        return {"结果": brief, "问题": [p.message for p in problems]}

    # ---------- what is meant ----------

    def _meant(self, uri: Any, which: Any) -> tuple[Document, str, RuleSet] | None:
        """Return the document, the indicator and the rules without errors; None after having said what is missing."""
        document = self.state.document(str(uri))
        checked: Checked | None = self.state.checked(document) if document is not None else None
        if document is None:
            return None
        if checked is None:
            self._tell(UNCHECKED, lsp.MessageType.Warning)
            return None
        name = self._name(document, which)
        if checked.book is None or not checked.book.whole:
            self._tell(HAS_ERRORS, lsp.MessageType.Warning)
        elif name not in {node.name for node in checked.book.indicators()}:
            self._tell(NO_INDICATOR, lsp.MessageType.Warning)
        else:
            return document, name, rules_of(checked)
        return None

    def _name(self, document: Document, which: Any) -> str:
        if not isinstance(which, int):
            return str(which)
        own = [d for d in self.state.parsed(document).file.decls if d.span.line <= which + 1]
        return own[-1].name.text if own and isinstance(own[-1], sd.Indicator) else ""

    # ---------- what is told ----------

    def _tell(self, message: str, kind: lsp.MessageType) -> None:
        self.ls.window_show_message(lsp.ShowMessageParams(kind, message))

    def _done(self, command: str, document: Document, name: str, brief: str) -> None:
        self.state.outcomes[command, document.uri, name] = brief
        self.refresh_soon()

    def refresh_soon(self) -> None:
        """Have the editor ask again for lenses and scores, where it can be told to; nothing waits for its answer."""
        self.refreshing = asyncio.get_running_loop().create_task(self._refresh())

    async def _refresh(self) -> None:
        workspace = self.ls.client_capabilities.workspace
        if workspace is not None and workspace.code_lens is not None and workspace.code_lens.refresh_support:
            await self.ls.workspace_code_lens_refresh_async(None)
        if workspace is not None and workspace.inlay_hint is not None and workspace.inlay_hint.refresh_support:
            await self.ls.workspace_inlay_hint_refresh_async(None)
