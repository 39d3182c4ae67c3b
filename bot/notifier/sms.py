"""SMS through any HTTP gateway that config.toml describes.

One try is one request. Whether the gateway may have taken a message in spite of an error is
said honestly: only a connection that never came up is sure. Nothing of a message is logged.
"""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace

import httpx

from bot.notifier.answer import Answer, verdict
from bot.notifier.gateway import SmsGateway
from bot.notifier.gsm7 import SINGLE, septets
from bot.notifier.parcel import Dead, Delivered, Later, Letter, SmsBody, Verdict
from bot.notifier.request import request

_TRIES_EACH = 2
_ENOUGH = 64 * 1024


class SmsSender:
    """The way out by SMS; two tries at a gateway, then two at the next, round and round."""

    name = "sms"

    def __init__(
        self, gateways: Sequence[SmsGateway], client: httpx.AsyncClient | None = None
    ) -> None:
        """Take the gateways in the order of preference; a client handed in stays the caller's."""
        if not gateways or len({gateway.name for gateway in gateways}) < len(gateways):
            raise ValueError("sms.gateways: at least one, each with a name of its own")
        # httpx logs whole URLs, and a URL may carry the text, the number and a key.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._gateways = tuple(gateways)
        self._client = client or httpx.AsyncClient(follow_redirects=False)
        self._own = client is None

    async def send(self, letter: Letter) -> Verdict:
        """Make one try at the gateway whose turn it is."""
        body = letter.body
        if not isinstance(body, SmsBody):
            raise TypeError("an SMS sender was handed another kind of letter")
        if re.fullmatch(r"\+84[0-9]{8,10}", letter.to) is None:
            return Dead("number")
        if not _fits(body.text):
            return Dead("text")
        gateway = self._gateways[(letter.tries - 1) // _TRIES_EACH % len(self._gateways)]
        tried = await self._try(
            gateway,
            request(self._client, gateway, to=letter.to, text=body.text, ref=letter.ref),
        )
        return _signed(tried, gateway)

    async def close(self) -> None:
        """Let go of the connections this sender opened for itself."""
        if self._own:
            await self._client.aclose()

    async def _try(self, gateway: SmsGateway, ready: httpx.Request) -> Verdict:
        try:
            async with asyncio.timeout(gateway.timeout):
                return verdict(gateway, await self._answer(ready))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return Later("connection")
        except (TimeoutError, httpx.TimeoutException):
            return Later("timeout", unsure=True)
        except httpx.RequestError:
            return Later("broken off", unsure=True)

    async def _answer(self, ready: httpx.Request) -> Answer:
        response = await self._client.send(ready, stream=True, follow_redirects=False)
        try:
            return Answer(response.status_code, response.headers, await _beginning(response))
        finally:
            await response.aclose()


def _fits(text: str) -> bool:
    length = septets(text)
    return length is not None and 0 < length <= SINGLE


async def _beginning(response: httpx.Response) -> str:
    """Read what matters of a body; one that breaks off is judged by what arrived of it."""
    body = bytearray()
    try:
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > _ENOUGH:
                break
    except (httpx.NetworkError, httpx.ProtocolError, httpx.DecodingError):
        pass
    return body.decode(errors="replace")


def _signed(tried: Verdict, gateway: SmsGateway) -> Verdict:
    """Put the gateway's name before the reason, for the attempt's row."""
    if isinstance(tried, Delivered):
        return tried
    return replace(tried, reason=f"{gateway.name}: {tried.reason}")
