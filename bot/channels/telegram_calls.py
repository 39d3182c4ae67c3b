"""The Bot API calls that every bubble makes, over one pool of connections.

python-telegram-bot would make the same calls at many times the cost (decision 0015); it stays the
library for start-up and polling. No exception leaves here that holds the address, which has the
token in it.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from bot.channels.telegram_bot import address_of
from bot.pool import Fault, Form, Pool, Request

_REACH = 5.0  # seconds, the wait for a free connection included
_JSON = {"Content-Type": "application/json"}
_BAD_GATEWAY = 502


class Garbled(Fault):
    """An answer that is none of Telegram's: it may have been taken."""


class Refused(Fault):
    """Telegram said no. retry_after: seconds, when it said for how long."""

    def __init__(self, status: int, retry_after: float | None = None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.retry_after = retry_after


class Calls:
    """Posts calls; connects when the first one is made."""

    def __init__(self, token: str, api_base_url: str, *, answer_within: float = 10.0) -> None:
        """answer_within: seconds Telegram has for an answer."""
        self._address = address_of(token, api_base_url)
        self._answer_within = answer_within
        self._pool = Pool()

    async def post(
        self, method: str, fields: Mapping[str, object], picture: bytes = b""
    ) -> msgspec.Raw:
        """Make one call; its result, unread. Raises Fault."""
        if picture:
            status, raw = await self.exchange(method, _form(fields, picture), {})
        else:
            status, raw = await self.exchange(method, _encode(fields), _JSON)
        return _result(status, raw)

    async def exchange(
        self, method: str, body: bytes | Form, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """One request and what came back. Raises Fault."""
        request = Request("POST", f"{self._address}/{method}", headers, body)
        reply = await self._pool.exchange(request, reach=_REACH, answer=self._answer_within)
        return reply.status, reply.body

    async def close(self) -> None:
        """Let go of every connection. Safe to repeat."""
        await self._pool.close()


class _Parameters(msgspec.Struct, gc=False):
    retry_after: float | None = None


class _Answer(msgspec.Struct, gc=False):
    ok: bool
    result: msgspec.Raw = msgspec.Raw()
    error_code: int = 0
    parameters: _Parameters | None = None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Answer).decode


def _result(status: int, raw: bytes) -> msgspec.Raw:
    try:
        answer = _decode(raw)
    except msgspec.DecodeError:
        # Some other machine's page: not Telegram's word that the chat is dead.
        raise (Garbled() if 200 <= status < 300 else Refused(_BAD_GATEWAY)) from None
    if answer.ok:
        return answer.result
    retry_after = answer.parameters.retry_after if answer.parameters else None
    raise Refused(answer.error_code or status, retry_after)


def _form(fields: Mapping[str, Any], picture: bytes) -> Form:
    form = Form()
    for name, value in fields.items():
        form.add_field(name, value if isinstance(value, str) else _encode(value).decode())
    form.add_field("photo", picture, filename="picture.png", content_type="image/png")
    return form
