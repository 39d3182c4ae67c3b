"""The address to which Telegram posts updates.

Whoever does not know the secret gets an empty 403: nothing of the request is read, kept or
logged. Telegram repeats whatever is not answered with 2xx, so 200 means "committed, or not
worth repeating" and 503 means "bring it again".
"""

import hmac
import logging
import re
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.intake import Intake
from bot.channels.telegram import BadUpdate, decode

_log = logging.getLogger(__name__)

_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")
_SECRET_HEADER = b"x-telegram-bot-api-secret-token"
_LONGEST_BODY = 1024 * 1024


def webhook_route(path: str, secret: str, bot_id: str, intake: Intake) -> Route:
    """The route to mount. Refuses to be built without a secret that cannot be guessed."""
    if not _SECRET.fullmatch(secret):
        raise ValueError("the webhook secret needs 32 to 256 characters of A-Z a-z 0-9 _ -")
    webhook = _Webhook(secret.encode(), bot_id, intake)
    return Route(path, webhook.receive, methods=["POST"])


@dataclass(frozen=True, slots=True)
class _Webhook:
    """One bot's address."""

    secret: bytes
    bot_id: str
    intake: Intake

    async def receive(self, request: Request) -> Response:
        if not self._from_telegram(request):
            return Response(status_code=403)
        if _media_type(request) != "application/json":
            return Response(status_code=415)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        return Response(status_code=await self._take(body))

    def _from_telegram(self, request: Request) -> bool:
        shown = [value for name, value in request.scope["headers"] if name == _SECRET_HEADER]
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


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(request: Request) -> bytes | None:
    """The whole body; None as soon as it is longer than an update can be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            return None
    return bytes(body)
