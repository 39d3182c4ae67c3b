"""The bot's own web server: the channels' routes, the one-time page and health in one app.

TLS is the work of a reverse proxy. Nothing of a request is logged, since an address may
hold a token, and every answer carries headers that let a browser do as little as possible.
"""

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.app import Engine
from bot.web.health import Leaving, health_routes, staying
from bot.web.password_page import password_routes

LAST_CALL = 0.2  # seconds for a request on its way on a connection that is open already
KEEP_ALIVE = 75  # seconds an idle connection stays; longer than whoever posts keeps his
GRACE = 10  # seconds that requests under way get when we stop
MOST_AT_ONCE = 1000  # connections; one more is told 503
LONGEST_HEAD = 16 * 1024  # bytes of a request before its body

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}

_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


def web_app(
    engine: Engine, routes: Sequence[BaseRoute] = (), leaving: Leaving = staying
) -> ASGIApp:
    """Everything the outside may ask for; `routes` are those of the channels."""
    health = health_routes(engine, leaving)
    app = Starlette(routes=[*routes, *health, *password_routes(engine)])
    # A redirect would repeat the token in an address made from a header of the request.
    app.router.redirect_slashes = False
    return Strict(app, leaving)


async def serve(
    app: ASGIApp, host: str, port: int, *, ready: Callable[[int], None] | None = None
) -> None:
    """Serve until cancelled, then finish what is under way.

    ready: called with the port once it can be reached; port 0 finds a free one.
    Raises OSError where nothing can listen there.
    """
    server = _Server(_config(app, host, port), ready)
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving


class Strict:
    """ASGI middleware outside of all others, so that errors pass it too."""

    def __init__(self, app: ASGIApp, leaving: Leaving = staying) -> None:
        """leaving: once it is true every answer is the last one of its connection."""
        self._app = app
        self._leaving = leaving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add each header that the answer does not set itself."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                more = [pair for pair in _HEADERS if pair[0] not in own]
                if self._leaving():
                    # Whoever sends on a connection that we are about to close learns nothing.
                    more.append((b"connection", b"close"))
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs the loop, and says where it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None] | None) -> None:
        super().__init__(config)
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:  # inside a task it would tear down the whole loop
            where = f"{self.config.host}:{self.config.port}"
            raise OSError(f"cannot listen on {where}; is the port taken?") from None
        if self._ready:
            self._ready(self.servers[0].sockets[0].getsockname()[1])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in any more, hear out who is in already, then end."""
        for listening in self.servers:
            listening.close()
        if self.server_state.connections:
            await asyncio.sleep(LAST_CALL)
        await super().shutdown(sockets)


def _config(app: ASGIApp, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing here depends on who asks
        lifespan="off",
        ws="none",
        limit_concurrency=MOST_AT_ONCE,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )
