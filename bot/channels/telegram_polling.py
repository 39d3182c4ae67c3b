"""Long polling: for a bot that nobody can reach from outside.

Telegram counts an update as delivered once it is asked for a later one. So the offset
moves only past updates that are committed: after a crash, a failed commit or a stop,
what was in flight comes again and is recognised by its key.
"""

import asyncio
import json
import logging

from telegram import Bot
from telegram.error import Conflict, EndPointNotFound, InvalidToken, TelegramError

from bot.channels.intake import Intake
from bot.channels.telegram import BadUpdate, decode
from bot.channels.telegram_bot import ALLOWED_UPDATES, WrongToken

_log = logging.getLogger(__name__)

_DOUBLINGS = 16  # enough to reach any longest pause, few enough not to overflow


class Polling:
    """Fetches updates and confirms to Telegram only what is committed."""

    def __init__(
        self,
        bot: Bot,
        bot_id: str,
        intake: Intake,
        *,
        hold: float = 25.0,
        pause: float = 0.5,
        longest_pause: float = 30.0,
    ) -> None:
        """Build without polling. hold: seconds Telegram may keep an empty answer back."""
        self._bot = bot
        self._bot_id = bot_id
        self._intake = intake
        self._hold = hold
        self._pause = pause
        self._longest_pause = longest_pause
        self._offset = 0
        self._webhook_removed = False

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop`. Raises WrongToken; outlives everything else."""
        work = asyncio.create_task(self._poll_on())
        halt = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((work, halt), return_when=asyncio.FIRST_COMPLETED)
        finally:
            work.cancel()
            halt.cancel()
            await asyncio.wait((work, halt))
        if not work.cancelled():
            work.result()

    async def _poll_on(self) -> None:
        misses = 0
        while True:
            misses = 0 if await self._round() else misses + 1
            if misses:
                pause = self._pause * 2 ** min(misses - 1, _DOUBLINGS)
                await asyncio.sleep(min(pause, self._longest_pause))

    async def _round(self) -> bool:
        """Fetch once and pass on; whether everything went well."""
        try:
            updates = await self._fetch()
        except (InvalidToken, EndPointNotFound):
            raise WrongToken("Telegram refused the bot's token") from None
        except Conflict:
            _log.error("another process polls this bot, or set a webhook for it: stop one")
            return False
        except TelegramError as fault:
            _log.warning("Telegram cannot be polled: %s", type(fault).__name__)
            return False
        return await self._pass_on(updates)

    async def _fetch(self) -> list[tuple[int, str]]:
        if not self._webhook_removed:
            await self._bot.delete_webhook()
            self._webhook_removed = True
        # `Bot.get_updates` parses strictly: one update of a kind it does not know would be
        # logged in full and would block all that follow. This spelling of getUpdates is
        # the library's way to the raw answer.
        answer = await self._bot.do_api_request(
            "get_Updates",
            {
                "offset": self._offset,
                "timeout": round(self._hold),
                "allowed_updates": list(ALLOWED_UPDATES),
            },
            read_timeout=self._hold + 10,
        )
        return _numbered(answer)

    async def _pass_on(self, updates: list[tuple[int, str]]) -> bool:
        if not updates:
            # Everything below the offset is confirmed. Without an offset, numbers that begin
            # anew (Telegram does so after a quiet week) cannot fall below it.
            self._offset = 0
            return True
        committed = await asyncio.gather(*(self._put(raw) for _, raw in updates))
        for (number, _), done in zip(updates, committed, strict=True):
            if not done:
                return False
            self._offset = number + 1
        return True

    async def _put(self, raw: str) -> bool:
        """Whether Telegram may forget this update."""
        try:
            incoming = decode(raw, self._bot_id)
        except BadUpdate as flaw:
            _log.warning("an update was passed over: %s", flaw)
            return True
        if incoming is None:
            return True
        try:
            await self._intake.put(incoming)
        except Exception as fault:  # noqa: BLE001 - whatever it was, nothing is committed
            _log.warning("an update could not be committed: %s", type(fault).__name__)
            return False
        return True


def _numbered(answer: object) -> list[tuple[int, str]]:
    try:
        return [(int(one["update_id"]), json.dumps(one)) for one in answer]  # type: ignore[attr-defined]
    except (TypeError, KeyError, ValueError):
        raise TelegramError("unreadable updates") from None
