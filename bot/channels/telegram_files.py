"""Files that citizens sent to the bot: an id in, bytes out.

Telegram names a path for an id, and the file lies under it for an hour; so every try asks anew. A
path is taken only in the shape Telegram gives it: it cannot lead to another server, out of this
bot's folder or into a query. No more is read than a picture may have.
"""

import asyncio
import re

import msgspec

from bot.channels.telegram_calls import Calls, Garbled, Refused
from bot.notifier.fetcher import Fetched
from bot.notifier.parcel import Dead, Later
from bot.photos import LIMITS
from bot.photos import Refused as Unfit
from bot.pool import Fault, TooLong, Unanswered

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 400, 401, 403, 404
_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*(\.[A-Za-z0-9]+)?")
_LONGEST_PATH = 200


class TelegramFiles:
    """Fetches the files of one bot."""

    def __init__(self, calls: Calls, *, most: int = LIMITS.length, within: float = 15.0) -> None:
        """`calls`: the bot's line, closed by its sender. within: seconds for one try."""
        self._calls = calls
        self._most = most
        self._within = within

    async def fetch(self, file_id: str) -> Fetched:
        """One try; never raises for what Telegram does."""
        try:
            async with asyncio.timeout(self._within):
                return await self._fetch(file_id)
        except TooLong:
            return Unfit("too_big")
        except (TimeoutError, Fault) as fault:
            return _verdict(fault)

    async def _fetch(self, file_id: str) -> Fetched:
        file = _read(await self._calls.post("getFile", {"file_id": file_id}))
        if file.file_size > self._most:
            return Unfit("too_big")
        if len(file.file_path) > _LONGEST_PATH or not _PATH.fullmatch(file.file_path):
            return Dead("the file's path is not Telegram's")
        try:
            return await self._calls.download(file.file_path, self._most)
        except Refused as refusal:
            if refusal.status == NOT_FOUND:
                return Dead("Telegram has lost the file")
            raise


class _File(msgspec.Struct, gc=False):
    file_path: str = ""
    file_size: int = 0


_decode = msgspec.json.Decoder(_File).decode


def _read(result: msgspec.Raw) -> _File:
    try:
        return _decode(result)
    except (msgspec.DecodeError, UnicodeError):
        raise Garbled from None


def _verdict(fault: Exception) -> Unfit | Later | Dead:
    """What a fault means; a repeat only reads again, so nothing is ever unsure."""
    match fault:
        case Refused(too_big=True):
            return Unfit("too_big")
        case Refused(retry_after=float(seconds)):
            return Later("too many requests", after=seconds)
        case Refused(status=status) if status in (BAD_REQUEST, FORBIDDEN):
            return Dead("Telegram refused the file")
        case Refused(status=status) if status in (UNAUTHORIZED, NOT_FOUND):
            return Later("Telegram refused the bot's token")
        case TimeoutError() | Unanswered():
            return Later("no answer in time")
        case Garbled():
            return Later("the answer was not Telegram's")
        case _:
            return Later("Telegram cannot be reached")
