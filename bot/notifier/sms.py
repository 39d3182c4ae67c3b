"""SMS through any HTTP gateway that config.toml describes.

One try is one request. Whether the gateway may have taken a message in spite of an error is
said honestly: only a connection that never came up is sure. Nothing of a message is logged.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

from bot.notifier.answer import Answer, verdict
from bot.notifier.gateway import SmsGateway
from bot.notifier.gsm7 import SINGLE, septets
from bot.notifier.parcel import Dead, Delivered, Later, Letter, SmsBody, Verdict
from bot.notifier.request import request
from bot.pool import Fault, NeverLeft, Pool, Request, Unanswered

_TRIES_EACH = 2


class SmsSender:
    """The way out by SMS; two tries at a gateway, then two at the next, round and round."""

    name = "sms"

    def __init__(self, gateways: Sequence[SmsGateway]) -> None:
        """Take the gateways in the order of preference."""
        if not gateways or len({gateway.name for gateway in gateways}) < len(gateways):
            raise ValueError("sms.gateways: at least one, each with a name of its own")
        self._gateways = tuple(gateways)
        self._pool = Pool()

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
        ready = request(gateway, to=letter.to, text=body.text, ref=letter.ref)
        return _signed(await self._try(gateway, ready), gateway)

    async def close(self) -> None:
        """Let go of every connection. Safe to repeat."""
        await self._pool.close()

    async def _try(self, gateway: SmsGateway, ready: Request) -> Verdict:
        try:
            async with asyncio.timeout(gateway.timeout):
                return verdict(gateway, await self._answer(gateway, ready))
        except NeverLeft:
            return Later("connection")
        except (TimeoutError, Unanswered):
            return Later("timeout", unsure=True)
        except Fault:
            return Later("broken off", unsure=True)

    async def _answer(self, gateway: SmsGateway, ready: Request) -> Answer:
        whole = gateway.timeout
        # Half for reaching the gateway: so "never reached" is known before time is up.
        reply = await self._pool.exchange(ready, reach=whole / 2, answer=whole)
        return Answer(reply.status, reply.headers, reply.body.decode(errors="replace"))


def _fits(text: str) -> bool:
    length = septets(text)
    return length is not None and 0 < length <= SINGLE


def _signed(tried: Verdict, gateway: SmsGateway) -> Verdict:
    """Put the gateway's name before the reason, for the attempt's row."""
    if isinstance(tried, Delivered):
        return tried
    return replace(tried, reason=f"{gateway.name}: {tried.reason}")
