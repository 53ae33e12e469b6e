"""The server itself: a socket that is ours, and uvicorn that says nothing of what visitors do."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from zjrules.web.app import application
from zjrules.web.failure import Refused
from zjrules.web.lanes import BugError
from zjrules.web.pages.home import books
from zjrules.web.settings import Settings


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises OSError when the port is taken or the host is none of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        # On Windows the option would let two servers have one port.
        if hasattr(socket, "AF_UNIX"):
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(128)
    except OSError:
        made.close()
        raise
    return made


class _Server(uvicorn.Server):
    """A server that says when it can be asked, and begins with what it will be asked for first."""

    ready: Callable[[], None]
    app: Starlette
    warming: asyncio.Task[None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.ready()
        self.warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        """Read every rule set, as the first page does: that takes seconds where none is in the cache yet."""
        with contextlib.suppress(Refused, BugError):  # the page itself will say what is wrong
            await self.app.state.lanes.run(books)


def serve(settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until an interrupt; ready is called when the first request can come."""
    # The addresses of uploads are secrets, so there is no access log; what goes wrong is told by the guard.
    app = application(settings)
    config = uvicorn.Config(
        app, access_log=False, log_level="critical", lifespan="on", server_header=False,
        date_header=False, proxy_headers=False, timeout_keep_alive=10, timeout_graceful_shutdown=3, limit_concurrency=200,
    )  # fmt: skip
    server = _Server(config)
    server.ready, server.app = ready, app
    server.run(sockets=[listener])
