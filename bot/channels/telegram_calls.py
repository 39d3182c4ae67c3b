"""The Bot API calls that every bubble makes, over one pool of connections.

python-telegram-bot would make the same calls at many times the cost (decision 0015); it stays the
library for start-up and polling. No exception leaves here that holds the address, which has the
token in it.
"""

from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec

from bot.channels.telegram_bot import address_of

_CONNECTIONS = 256
_CONNECT = 5.0  # seconds, the wait for a free connection included
_JSON = {"Content-Type": "application/json"}
_SERVER_ERROR = 500


class Fault(Exception):
    """A call that came to nothing."""


class NeverLeft(Fault):
    """No connection: it cannot have been taken."""


class Unanswered(Fault):
    """No answer in time: it may have been taken."""


class BrokenOff(Fault):
    """The line broke before an answer: it may have been taken."""


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
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=_CONNECT, sock_read=answer_within
        )
        self._session: aiohttp.ClientSession | None = None

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
        self, method: str, body: bytes | aiohttp.FormData, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """One request and what came back."""
        try:
            async with self._open().post(
                f"{self._address}/{method}", data=body, headers=headers, allow_redirects=False
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError):
            raise NeverLeft from None
        except TimeoutError:
            raise Unanswered from None
        except aiohttp.ClientError:
            raise BrokenOff from None

    async def close(self) -> None:
        """Let go of every connection. Safe to repeat."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
                timeout=self._timeout,
                trust_env=True,  # HTTPS_PROXY, as everywhere else
            )
        return self._session


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
        raise (Refused(status) if status >= _SERVER_ERROR else Garbled()) from None
    if answer.ok:
        return answer.result
    retry_after = answer.parameters.retry_after if answer.parameters else None
    raise Refused(answer.error_code or status, retry_after)


def _form(fields: Mapping[str, Any], picture: bytes) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value if isinstance(value, str) else _encode(value).decode())
    form.add_field("photo", picture, filename="picture.png", content_type="image/png")
    return form
