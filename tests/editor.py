"""An editor as the tests are one: it starts zjrules lsp and talks the protocol with it over the standard streams.

Where the cursor is stands in the text as ‸, so that a test reads as what a user sees.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import Any

from attrs import define, field, frozen
from lsprotocol import types as lsp
from lsprotocol.converters import get_converter

CURSOR = "‸"
PATIENCE = 60.0
"""Seconds after which an answer that did not come is a failure; machines that run the tests are busy."""

_CONVERTER = get_converter()


@frozen
class Page:
    """A document as the tests know it: its text, and where its cursor is."""

    uri: str
    text: str
    cursor: int
    version: int

    @property
    def position(self) -> dict[str, int]:
        """Where the cursor is, in UTF-16 code units."""
        before = self.text[: self.cursor].replace("\r\n", "\n")
        line = before[before.rfind("\n") + 1 :]
        return {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}

    def lines(self) -> list[str]:
        """Return the lines without their ends."""
        return self.text.replace("\r\n", "\n").split("\n")

    def under(self, range_: Any) -> str:
        """Return the text of a range (lsprotocol's), counted in UTF-16 code units."""
        lines = self.lines()
        if range_.start.line == range_.end.line:
            return _cut(lines[range_.start.line], range_.start.character, range_.end.character)
        first, last = lines[range_.start.line], lines[range_.end.line]
        inner = lines[range_.start.line + 1 : range_.end.line]
        return "\n".join([_cut(first, range_.start.character, None), *inner, _cut(last, 0, range_.end.character)])

    def edited(self, edits: Any) -> str:
        """Return the text after edits."""
        text = self.text.replace("\r\n", "\n")
        starts = [0]
        for line in self.lines():
            starts.append(starts[-1] + len(line) + 1)
        places = []
        for e in edits:
            a = starts[e.range.start.line] + len(_cut(self.lines()[e.range.start.line], 0, e.range.start.character))
            b = starts[e.range.end.line] + len(_cut(self.lines()[e.range.end.line], 0, e.range.end.character))
            places.append((a, b, e.new_text))
        for a, b, new in sorted(places, reverse=True):
            text = text[:a] + new + text[b:]
        return text


def _cut(line: str, start: int, end: int | None) -> str:
    data = line.encode("utf-16-le")
    return data[2 * start : None if end is None else 2 * end].decode("utf-16-le")


@define(eq=False)
class Editor:
    """One editor with its server."""

    process: subprocess.Popen[bytes]
    answers: dict[int, Any] = field(factory=dict)
    told: dict[str, list[Any]] = field(factory=dict)
    """Findings by URI, every time they were published."""
    log: list[str] = field(factory=list)
    asked: list[str] = field(factory=list)
    """The requests of the server, by their names."""
    progress: list[Any] = field(factory=list)
    """What was told of long work: $/progress, as it came."""
    inbox: Queue[Any] = field(factory=Queue)
    count: int = 0
    pages: dict[str, Page] = field(factory=dict)
    capabilities: Any = None

    # ---------- messages ----------

    def send(self, method: str, params: Any, number: int | None = None) -> None:
        body: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            body["id"] = number
        data = json.dumps(body, ensure_ascii=False).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def listen(self) -> None:
        """Read messages until the server leaves; runs in a thread of its own."""
        out = self.process.stdout
        assert out is not None
        while True:
            length = 0
            while (line := out.readline().strip()) != b"":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not length:
                self.inbox.put(None)
                return
            self.inbox.put(json.loads(out.read(length)))

    def next(self, seconds: float) -> bool:
        """Take in one message; whether one came."""
        try:
            message = self.inbox.get(timeout=max(seconds, 0))
        except Empty:
            return False
        assert message is not None, "the server is gone"
        if "method" in message:
            self._told(message)
        else:
            self.answers[message["id"]] = message
        return True

    def _told(self, message: dict[str, Any]) -> None:
        match message["method"]:
            case "textDocument/publishDiagnostics":
                found = _CONVERTER.structure(message["params"], lsp.PublishDiagnosticsParams)
                self.told.setdefault(found.uri, []).append(found)
            case "window/logMessage" | "window/showMessage":
                self.log.append(message["params"]["message"])
            case "$/progress":
                self.progress.append(message["params"])
            case method if "id" in message:  # a request of the server's: agreed to
                self.asked.append(method)
                data = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": None}).encode()
                assert self.process.stdin is not None
                self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
                self.process.stdin.flush()

    def request(self, method: str, params: Any) -> Any:
        """Ask, and return the raw message that answers."""
        self.count += 1
        number = self.count
        self.send(method, params, number)
        end = monotonic() + PATIENCE
        while number not in self.answers:
            assert self.next(end - monotonic()), f"no answer to {method}"
        return self.answers.pop(number)

    # ---------- what a user does ----------

    def open(self, name: str | Path, marked: str, language: str = "zjrules") -> Page:
        """Open a document; name is a path, or a URI of what was never saved."""
        text = marked.replace(CURSOR, "")
        uri = name if isinstance(name, str) and ":" in name else Path(name).resolve().as_uri()
        page = Page(uri, text, max(marked.find(CURSOR), 0), 1)
        self.pages[uri] = page
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": item})
        return page

    def type(self, page: Page, marked: str) -> Page:
        """Change the text of a document."""
        version = self.pages[page.uri].version + 1
        now = Page(page.uri, marked.replace(CURSOR, ""), max(marked.find(CURSOR), 0), version)
        self.pages[page.uri] = now
        about = {"uri": page.uri, "version": version}
        self.send("textDocument/didChange", {"textDocument": about, "contentChanges": [{"text": now.text}]})
        return now

    def close(self, page: Page) -> None:
        self.send("textDocument/didClose", {"textDocument": {"uri": page.uri}})

    def findings(self, page: Page, code: str = "") -> list[Any]:
        """Return what is found of a page as it is now; with a code, wait until it is among it (lint comes later)."""
        end = monotonic() + PATIENCE
        while True:
            last = self.told.get(page.uri, [None])[-1]
            if last is not None and last.version == page.version:
                if not code or any(d.code == code for d in last.diagnostics):
                    return list(last.diagnostics)
            assert self.next(end - monotonic()), f"nothing was told of {page.uri} ({code})"

    def cleared(self, uri: str) -> None:
        """Wait until nothing is told of a document any more."""
        end = monotonic() + PATIENCE
        while not self.told.get(uri) or self.told[uri][-1].diagnostics:
            assert self.next(end - monotonic()), f"{uri} still has findings"

    def ask(self, method: str, page: Page, **more: Any) -> Any:
        """Ask about the cursor's place (or what more says); the answer as lsprotocol's types."""
        params = {"textDocument": {"uri": page.uri}, "position": page.position, **more}
        answer = self.request(method, params)
        if "error" in answer:
            raise RefusedError(answer["error"]["message"])
        kind = lsp.METHOD_TO_TYPES[method][1]
        assert kind is not None
        return _CONVERTER.structure(answer, kind).result

    def do(self, command: str, *arguments: Any) -> Any:
        answer = self.request("workspace/executeCommand", {"command": command, "arguments": list(arguments)})
        if "error" in answer:
            raise RefusedError(answer["error"]["message"])
        return answer.get("result")


class RefusedError(Exception):
    """The server refused, and said why."""


@contextmanager
def editor(folder: Path, encodings: list[str] | None = None, **options: Any) -> Iterator[Editor]:
    """Start a server as an editor that has a folder open does, and see that it ends as it should."""
    command = [sys.executable, "-X", "utf8", "-m", "zjrules.cli.main", "lsp"]
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    found = Editor(process)
    Thread(target=found.listen, daemon=True).start()
    try:
        general = {"positionEncodings": encodings} if encodings else {}
        abilities = {"general": general, "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}},
                     "window": {"workDoneProgress": True},
                     "workspace": {"inlayHint": {"refreshSupport": True}, "codeLens": {"refreshSupport": True}}}  # fmt: skip
        params = {"processId": None, "rootUri": folder.resolve().as_uri(), "capabilities": abilities,
                  "initializationOptions": options or None}  # fmt: skip
        found.capabilities = found.request("initialize", params)["result"]["capabilities"]
        found.send("initialized", {})
        yield found
        found.request("shutdown", None)
        found.send("exit", None)
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert not [line for line in found.log if "ZJ9001" in line], found.log
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            stream.close()
