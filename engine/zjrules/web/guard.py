"""What stands before every page: who may ask and how much, and what is said to the browser with every answer."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import socket
import sys
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import anyio
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zjrules.web import problem, view
from zjrules.web.failure import FOREIGN, OTHER_HOST, TOO_BUSY, TOO_LARGE, TOO_SLOW, Refused, Told, bug, no_page, refused
from zjrules.web.lanes import BugError
from zjrules.web.settings import MEGABYTE, Settings

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With no-referrer a browser would send no origin with forms, and that is what tells ours from others'.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
SAFE = frozenset({"GET", "HEAD"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SMALL, UNSAID = MEGABYTE, 10**20
"""Bytes of a body that needs no room of its own, and of one that does not say how many it has."""
_DRAINED, _DRAINING = 200 * MEGABYTE, 20
"""Bytes and seconds that are read and thrown away so that a browser gets to read why its upload was refused."""


class Guard:
    """Wraps an application. Nothing that goes wrong inside gets past it but as a page."""

    def __init__(self, app: ASGIApp, settings: Settings, key: bytes) -> None:
        self._app, self._settings, self._key = app, settings, key
        self._cookie = f"zjrules-{settings.port}"
        self._room = anyio.Semaphore(settings.most_large)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        answer = _Answer(send, {})
        try:
            self._admit(request, answer)
            async with self._roomy(request):
                await self._app(scope, self._bounded(request, receive), answer.send)
        except ClientDisconnect:
            return
        except Refused as refused:
            if refused.told.code in (TOO_LARGE, TOO_BUSY):
                await _drained(receive)
            await answer.failed(request, refused.told)
        except HTTPException as error:
            await answer.failed(request, no_page(error.status_code))
        except Exception as error:  # noqa: BLE001 - a visitor sees a page, whatever goes wrong
            _log(error)
            await answer.failed(request, bug())

    def _admit(self, request: Request, answer: _Answer) -> None:
        session = request.cookies.get(self._cookie, "")
        if not 20 <= len(session) <= 60 or not session.isascii():
            session = secrets.token_urlsafe(24)
            if not problem.asked(request):  # a program has no session
                answer.headers["set-cookie"] = f"{self._cookie}={session}; Path=/; HttpOnly; SameSite=Strict"
        request.state.session = session
        request.state.token = hmac.new(self._key, session.encode(), hashlib.sha256).hexdigest()
        name = _host(request.headers.get("host", ""))
        if not self._ours(name):
            raise refused(
                421, OTHER_HOST, "不是用这台服务器的地址打开的", f"用 http://127.0.0.1:{self._settings.port}/ 打开"
            )
        if request.method not in SAFE and not _from_us(request):
            raise refused(403, FOREIGN, "这个请求不是从这里的页面来的", "回到首页，从页面上再做一次")

    def _ours(self, name: str) -> bool:
        """Return whether a host name is one of ours: names of others may be made to point here (DNS rebinding)."""
        if name in _LOOPBACK or name in self._settings.hosts:
            return True
        if self._settings.host in _LOOPBACK:
            return False
        return name in (self._settings.host.lower(), socket.gethostname().lower()) or _is_address(name)

    @asynccontextmanager
    async def _roomy(self, request: Request) -> AsyncIterator[None]:
        """Let in as many large bodies at once as there is memory for; each has its room until it is answered."""
        if request.method in SAFE or _length(request) <= SMALL:
            yield
            return
        try:
            with anyio.fail_after(self._settings.wait_seconds):
                await self._room.acquire()
        except TimeoutError:
            raise refused(503, TOO_BUSY, "现在传的人太多，没有轮到", "过一会儿再试") from None
        try:
            yield
        finally:
            self._room.release()

    def _bounded(self, request: Request, receive: Receive) -> Receive:
        """Return what receives a body of bounded size in bounded time."""
        most = self._settings.most_bytes
        if request.method not in SAFE and _length(request) > most and "content-length" in request.headers:
            raise _too_large(most)
        got, ended, until = 0, False, 0.0

        async def bounded() -> Message:
            nonlocal got, ended, until
            if ended:  # what is waited for now is that the visitor leaves, and that may take its time
                return await receive()
            until = until or time.monotonic() + self._settings.read_seconds
            try:
                with anyio.fail_after(max(0, until - time.monotonic())):
                    message = await receive()
            except TimeoutError:
                raise refused(408, TOO_SLOW, "传得太慢，没有传完", "看看网络，再传一次；文件大的先删去图片") from None
            got += len(message.get("body", b""))
            ended = not message.get("more_body", False)
            if got > most:
                raise _too_large(most)
            return message

        return bounded


class _Answer:
    """Sends an answer with the headers that every answer has."""

    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send, self.headers, self._started = send, headers, False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            own = {name.lower() for name, _ in message["headers"]}
            every = {**HEADERS, **self.headers}
            more = [(n.encode(), v.encode()) for n, v in every.items() if n.encode() not in own]
            message = {**message, "headers": [*message["headers"], *more]}
        await self._send(message)

    async def failed(self, request: Request, told: Told) -> None:
        if self._started:
            return

        async def nothing() -> Message:
            return {"type": "http.disconnect"}

        await view.failure(request, told)(request.scope, nothing, self.send)


def _length(request: Request) -> int:
    """Return how many bytes a body says that it has; one that does not say may have any number."""
    if "content-length" not in request.headers and "transfer-encoding" not in request.headers:
        return 0
    said = request.headers.get("content-length", "")
    return int(said) if said.isdecimal() and len(said) < 20 else UNSAID


def _host(header: str) -> str:
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _from_us(request: Request) -> bool:
    """Return whether a request that changes something comes from a page of ours, or from no browser."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    mine = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return site in ("same-origin", "none") and (origin is None or origin == mine)


def _too_large(most: int) -> Refused:
    help_ = "删去工作簿里的图片和用不到的表，或分成几份"
    return refused(413, TOO_LARGE, f"传的东西超过 {most // MEGABYTE} MB", help_)


async def _drained(receive: Receive) -> None:
    got = 0
    with anyio.move_on_after(_DRAINING):
        while got < _DRAINED:
            message = await receive()
            got += len(message.get("body", b""))
            if not message.get("more_body", False):
                return


def _log(error: Exception) -> None:
    """Tell the terminal of a mistake of ours by its kind and place: what it says may be of what was uploaded."""
    if isinstance(error, BugError):
        where = str(error)
    else:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__}（{Path(place.filename).name}:{place.lineno}）"
    sys.stderr.write(f"错误 {bug().code.number} 程序自己出了错：{where}\n")
