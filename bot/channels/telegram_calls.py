"""The Bot API calls that every bubble makes, over one pool of connections.

python-telegram-bot would make the same calls at many times the cost (decision 0015); it stays the
library for start-up and polling. No exception leaves here that holds the address, which has the
token in it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from bot.channels.telegram_bot import address_of
from bot.pool import Fault, Form, Pool, Request

_REACH = 5.0  # seconds, the wait for a free connection included
_JSON = {"Content-Type": "application/json"}
_AS_IT_IS = {"Accept-Encoding": "identity"}
_OK, _BAD_GATEWAY = 200, 502


class Garbled(Fault):
    """An answer that is none of Telegram's: it may have been taken."""


class Refused(Fault):
    """Telegram said no. retry_after: seconds, when it said for how long."""

    def __init__(
        self, status: int, retry_after: float | None = None, *, too_big: bool = False
    ) -> None:
        """too_big: what was asked for is a file beyond what bots may have."""
        super().__init__(f"status {status}")
        self.status = status
        self.retry_after = retry_after
        self.too_big = too_big


class Picture(NamedTuple):
    """A PNG that goes along with a call."""

    content: bytes


class Paper(NamedTuple):
    """A PDF that goes along with a call, under this file name."""

    name: str
    content: bytes


class Calls:
    """Posts calls; connects when the first one is made."""

    def __init__(self, token: str, api_base_url: str, *, answer_within: float = 10.0) -> None:
        """answer_within: seconds Telegram has for an answer."""
        self._address = address_of(token, api_base_url)
        self._files = address_of("", api_base_url).removesuffix("bot") + f"file/bot{token}"
        self._answer_within = answer_within
        self._pool = Pool()

    async def post(
        self, method: str, fields: Mapping[str, object], file: Picture | Paper | None = None
    ) -> msgspec.Raw:
        """Make one call; its result, unread. Raises Fault."""
        if file:
            status, raw = await self.exchange(method, _form(fields, file), {})
        else:
            status, raw = await self.exchange(method, _encode(fields), _JSON)
        return _result(status, raw)

    async def download(self, path: str, most: int) -> bytes:
        """The file under a path that Telegram named. Raises Fault; TooLong beyond `most` bytes."""
        request = Request("GET", f"{self._files}/{path}", _AS_IT_IS)
        within = self._answer_within
        reply = await self._pool.download(request, reach=_REACH, answer=within, most=most)
        if reply.status != _OK:
            _result(reply.status, reply.body)
            raise Garbled
        return reply.body

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
    description: str = ""
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
    too_big = answer.description.endswith("file is too big")
    raise Refused(answer.error_code or status, retry_after, too_big=too_big)


def _form(fields: Mapping[str, Any], file: Picture | Paper) -> Form:
    form = Form()
    for name, value in fields.items():
        form.add_field(name, value if isinstance(value, str) else _encode(value).decode())
    match file:
        case Picture(content):
            form.add_field("photo", content, filename="picture.png", content_type="image/png")
        case Paper(name, content):
            kind = "application/pdf"
            form.add_field("document", content, filename=name, content_type=kind)
    return form
