"""The server itself: a socket that is ours, and uvicorn that says nothing of what visitors do."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from zjrules.web.app import application
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
    """A server that says when it can be asked."""

    ready: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.ready()


def serve(settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until an interrupt; ready is called when the first request can come."""
    # The addresses of uploads are secrets, so there is no access log; what goes wrong is told by the guard.
    config = uvicorn.Config(
        application(settings), access_log=False, log_level="critical", lifespan="on", server_header=False,
        date_header=False, proxy_headers=False, timeout_keep_alive=10, timeout_graceful_shutdown=3, limit_concurrency=200,
    )  # fmt: skip
    server = _Server(config)
    server.ready = ready
    server.run(sockets=[listener])
