"""The console as one ASGI application: every page, each behind its guard, and strict headers.

`TABLE` is all that can be asked for, with the right that each needs; what is not in it is not
there. It has no clock and no data of its own: `serving.py` brings both.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.routing import Route as At
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console import (
    account,
    audit,
    clocks,
    conversation,
    dashboard,
    decisions,
    deliveries,
    desk,
    desk_papers,
    enrol,
    guides,
    hours,
    inbox,
    look,
    operations,
    people,
    reveal,
    saved,
    sent_photos,
    sign_in,
)
from bot.console.frame import NAVIGATION, Parts, Route
from bot.console.guard import Guarded, problem, stranger
from bot.web.app import Strict

PAGES: tuple[Sequence[Route], ...] = (
    sign_in.ROUTES,
    enrol.ROUTES,
    look.ROUTES,
    account.ROUTES,
    inbox.ROUTES,
    saved.ROUTES,
    conversation.ROUTES,
    reveal.ROUTES,
    sent_photos.ROUTES,
    desk.ROUTES,
    decisions.ROUTES,
    desk_papers.ROUTES,
    operations.ROUTES,
    deliveries.ROUTES,
    hours.ROUTES,
    guides.ROUTES,
    clocks.ROUTES,
    people.ROUTES,
    audit.ROUTES,
    dashboard.ROUTES,
)
TABLE: tuple[Route, ...] = tuple(route for page in PAGES for route in page)
NAVIGATION[:] = [route for route in TABLE if route.nav]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000",  # browsers heed it behind TLS alone
}


def console(parts: Parts) -> ASGIApp:
    """Everything staff may ask for."""
    here = Path(__file__).parent / "static"
    routes: list[BaseRoute] = [Mount("/static", StaticFiles(directory=here))]
    by_path = sorted(TABLE, key=lambda route: ("{" in route.path, route.path))
    for path, same in groupby(by_path, key=lambda route: route.path):
        pages: dict[str, Guarded] = {route.method: Guarded(parts, route) for route in same}
        routes.append(At(path, _either(pages), methods=[*pages]))
    app = Starlette(routes=routes, exception_handlers={404: _told(parts), 405: _told(parts)})
    app.add_exception_handler(500, _told(parts, 500))
    app.router.redirect_slashes = False
    return Strict(_Framed(app))


class _Framed:
    """Headers of the console's own; `Strict` adds the others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                more = [pair for pair in _HEADERS if pair[0] not in own]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await self._app(scope, receive, framed)


_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


def _either(pages: Mapping[str, Guarded]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await pages["POST" if request.method == "POST" else "GET"](request)

    return answer


def _told(parts: Parts, always: int = 0) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        status = always or int(getattr(error, "status_code", 500))
        return problem(stranger(parts, request), status)

    return answer
