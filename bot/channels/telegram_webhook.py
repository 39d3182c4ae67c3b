"""The address to which Telegram posts updates.

Whoever does not know the secret gets an empty 403: nothing of the request is read, kept or
logged. Telegram repeats whatever is not answered with 2xx, so 200 means "committed, or not
worth repeating" and 503 means "bring it again".
"""

import hmac
import logging
import re
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.channels.intake import Intake
from bot.channels.telegram import BadUpdate, decode

_log = logging.getLogger(__name__)

_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")
_SECRET_HEADER = b"x-telegram-bot-api-secret-token"
_LONGEST_BODY = 1024 * 1024
_ANSWERS = {status: Response(status_code=status) for status in (200, 400, 403, 413, 415, 503)}


def webhook_route(path: str, secret: str, bot_id: str, intake: Intake) -> Route:
    """The route to mount. Refuses to be built without a secret that cannot be guessed."""
    if not _SECRET.fullmatch(secret):
        raise ValueError("the webhook secret needs 32 to 256 characters of A-Z a-z 0-9 _ -")
    webhook = _Webhook(secret.encode(), bot_id, intake)
    return Route(path, webhook, methods=["POST"])


@dataclass(frozen=True, slots=True)
class _Webhook:
    """One bot's address: ASGI without a request object, since every update passes here."""

    secret: bytes
    bot_id: str
    intake: Intake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of the HTTP server."""
        await _ANSWERS[await self._status(scope, receive)](scope, receive, send)

    async def _status(self, scope: Scope, receive: Receive) -> int:
        if not self._from_telegram(scope):
            return 403
        if _media_type(scope) != b"application/json":
            return 415
        try:
            body = await _body(receive)
        except _BrokenOffError:
            return 400
        return 413 if body is None else await self._take(body)

    def _from_telegram(self, scope: Scope) -> bool:
        shown = [value for name, value in scope["headers"] if name == _SECRET_HEADER]
        return len(shown) == 1 and hmac.compare_digest(shown[0], self.secret)

    async def _take(self, body: bytes) -> int:
        try:
            incoming = decode(body, self.bot_id)
        except BadUpdate as flaw:
            # The same bytes would come again and again, and fail again and again.
            _log.warning("an update was passed over: %s", flaw)
            return 200
        if incoming is None:
            return 200
        try:
            await self.intake.put(incoming)
        except Exception as fault:  # noqa: BLE001 - whatever it was, nothing is committed
            _log.warning("an update could not be committed: %s", type(fault).__name__)
            return 503
        return 200


class _BrokenOffError(Exception):
    """The other side has gone before the whole body had come."""


def _media_type(scope: Scope) -> bytes:
    named = [value for name, value in scope["headers"] if name == b"content-type"]
    return bytes(named[0]).partition(b";")[0].strip().lower() if named else b""


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None as soon as it is longer than an update can be."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _BrokenOffError
        body += message.get("body", b"")
        if len(body) > _LONGEST_BODY:
            return None
        more = message.get("more_body", False)
    return body
