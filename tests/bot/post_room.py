"""What tests of the notifier look at and do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.notices import AFTER_THE_BUBBLE
from flows.model import TEXT, Event
from tests.bot.town import LAN, Town


@asynccontextmanager
async def at_work(town: Town) -> AsyncIterator["asyncio.Task[None]"]:
    """The notifier as a process that can be killed."""
    task = asyncio.create_task(town.engine.notifier.drain())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def statuses(town: Town, channel: str = "sms") -> list[str]:
    """How the messages of a channel ended, in the order of writing."""
    rows = await town.rows("SELECT status FROM outbound WHERE channel = ? ORDER BY id", channel)
    return [status for (status,) in rows]


async def details(town: Town) -> list[str]:
    """What every try of an SMS came to."""
    rows = await town.rows(
        "SELECT detail FROM attempts JOIN outbound ON outbound = id WHERE channel = 'sms'"
        " ORDER BY id, attempts.fence"
    )
    return [detail for (detail,) in rows]


async def asks_unsent(town: Town) -> None:
    """Ask for a code that nobody has sent yet."""
    lan = town.citizen()
    await lan.says("quên mật khẩu", "đồng ý", LAN.bhxh_number)
    await lan.puts(Event(TEXT, LAN.phone))
    town.clock.pass_(AFTER_THE_BUBBLE)
