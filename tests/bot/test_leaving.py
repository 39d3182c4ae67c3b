"""The end of `run`: in order, in time, whatever a part does."""

import asyncio
from contextlib import suppress

import pytest
import structlog

from bot import leaving
from tests.bot.post_room import asks_unsent, details, statuses
from tests.bot.town import Town


async def forever(ended: list[str], name: str) -> None:
    """Work until cancelled, then say so."""
    try:
        await asyncio.Event().wait()
    finally:
        ended.append(name)


async def stubborn(ended: list[str]) -> None:
    """Pass over the first cancellation."""
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    await forever(ended, "stubborn")


async def test_parts_end_in_their_order() -> None:
    """What takes in work ends before what does it."""
    ended: list[str] = []
    parts = [asyncio.create_task(forever(ended, name)) for name in ("web", "turns", "notifier")]
    await asyncio.sleep(0)
    await leaving.end(parts, 1)
    assert ended == ["web", "turns", "notifier"]


async def test_a_part_that_hangs_is_cancelled_again() -> None:
    """It may use half of the time that is left; those after it still have their share."""
    ended: list[str] = []
    hanging, last = asyncio.create_task(stubborn(ended)), asyncio.create_task(forever(ended, "x"))
    await asyncio.sleep(0)
    began = asyncio.get_running_loop().time()
    await leaving.end([hanging, last], 0.2)
    assert ended == ["stubborn", "x"]
    assert 0.05 < asyncio.get_running_loop().time() - began < 1


async def test_a_part_that_fails_ends_the_others() -> None:
    """Half a program is none: its error is the program's."""
    ended: list[str] = []

    async def fails() -> None:
        raise OSError("no room")

    parts = [asyncio.create_task(fails()), asyncio.create_task(forever(ended, "other"))]
    with structlog.testing.capture_logs(), pytest.raises(OSError, match="no room"):
        await leaving.until(asyncio.Event(), parts, linger=0)
    assert ended == ["other"]


async def test_a_broken_off_message_is_given_back(town: Town) -> None:
    """A gateway that does not answer keeps no lease; the next try carries the same reference."""
    await asks_unsent(town)
    town.sms.holds()
    notifier = asyncio.create_task(town.engine.notifier.run())
    await town.sms.is_reached()
    await leaving.end([notifier], 0.1)
    assert await statuses(town) == ["waiting"]
    assert await town.value("SELECT max(leased_until) FROM outbound") == 0
    assert await details(town) == ["broken off (unsure)"]
    town.sms.lets_go()
    town.clock.pass_(2)
    await town.engine_over(town.store).notifier.drain()
    assert await statuses(town) == ["sent"]
    assert len({letter.ref for letter in town.sms.tried}) == 1
