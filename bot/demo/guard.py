"""What stands before every route of the demo: local visitors only, and strict headers.

It refuses any host name but this machine's (DNS rebinding) and any post that another
site's page could have caused. It is no login: the demo holds made-up people only.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOCAL = {"localhost", "127.0.0.1", "::1"}

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Guard:
    """ASGI middleware around the demo's routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403, or let the request through; add the headers either way."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        app = self._app if _welcome(scope) else PlainTextResponse("forbidden", 403)
        await app(scope, receive, send_with_headers)


def _welcome(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in _LOCAL:
        return False
    return scope["method"] in {"GET", "HEAD"} or _same_origin(headers, host)


def _same_origin(headers: Headers, host: str) -> bool:
    """A browser names the origin of every post; old ones lack Sec-Fetch-Site only."""
    origin = headers.get("origin", "")
    site = headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and urlsplit(origin).netloc == host
