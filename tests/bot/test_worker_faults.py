"""The notifier in trouble: crashes, lost leases, senders with bugs, outages, stopping."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from bot.notices import AFTER_THE_BUBBLE
from bot.notifier.parcel import Dead, Later
from flows.model import TEXT, Event
from storage.base import Parcel, Settlement, Store, Unavailable
from tests.bot.post_room import asks_unsent, at_work, details, statuses
from tests.bot.town import LAN, NO_HUMAN_CHECK, Town

LEASE = NO_HUMAN_CHECK.notifier.lease_seconds


class Moody:
    """A store that can refuse the notifier; everything else is the real one's."""

    def __init__(self, store: Store) -> None:
        """Work until told otherwise."""
        self._store = store
        self.refuses = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def claim(self, *asked: Any, **more: Any) -> list[Parcel]:  # noqa: ANN401 - as it comes
        """Refuse, or do it."""
        self._check()
        return await self._store.claim(*asked, **more)

    async def settle(self, rows: Sequence[Settlement]) -> None:
        """Refuse, or do it."""
        self._check()
        await self._store.settle(rows)

    def _check(self) -> None:
        if self.refuses:
            raise Unavailable("the disk is full")


async def test_crash_between_send_and_settle(old_town: Town) -> None:
    """A message whose sender died is tried once more after its lease, marked, same ref (R44)."""
    await asks_unsent(old_town)
    old_town.sms.holds()
    async with at_work(old_town):
        await old_town.sms.is_reached()
        # The process dies: its tasks stop where they are and settle nothing.
        for task in old_town.engine.notifier._sending:
            task.cancel()
    old_town.sms.lets_go()
    fresh = old_town.engine_over(old_town.store).notifier
    old_town.clock.pass_(LEASE - 1)
    await fresh.drain()
    assert len(old_town.sms.tried) == 1
    old_town.clock.pass_(2)
    await fresh.drain()
    await fresh.drain()
    first, second = old_town.sms.tried
    assert (first.tries, second.tries) == (1, 2)
    assert (first.ref, first.to, first.body) == (second.ref, second.to, second.body)
    assert await statuses(old_town) == ["sent"]


async def test_late_settlement_is_ignored(old_town: Town) -> None:
    """Who lost the lease cannot undo what its successor has settled (R44)."""
    await asks_unsent(old_town)
    old_town.sms.holds()
    async with at_work(old_town) as slow:
        await old_town.sms.is_reached()
        old_town.clock.pass_(LEASE + 1)
        fresh = old_town.engine_over(old_town.store).notifier
        other = asyncio.create_task(fresh.drain())
        await old_town.sms.is_reached(2)
        old_town.sms.answers(Later("slow")).then(Dead("blocked"))
        old_town.sms.lets_go()
        await slow
        await other
    assert await statuses(old_town) == ["dead"]
    assert (await details(old_town))[1] == "blocked"


async def test_a_sender_with_a_bug(town: Town) -> None:
    """An exception of a sender counts as perhaps sent and stops nobody."""
    town.sms.answers(ValueError("+84900000101 said 123456"))
    with structlog.testing.capture_logs() as logs:
        await town.citizen().asks_for_a_code()
    town.clock.pass_(2)
    await town.deliver()
    assert len(town.codes_for(LAN.phone)) == 1
    assert (await details(town))[0] == "sender failed (unsure)"
    assert [line for line in logs if line["log_level"] == "error"] == [
        {"event": "sender failed", "sender": "sms", "error": "ValueError", "log_level": "error"}
    ]


async def test_outage_keeps_the_verdicts(tmp_path: Path) -> None:
    """What was sent while the database could not be reached is not sent again."""
    async with Town(tmp_path, around=Moody) as town:  # type: ignore[arg-type]
        store = town.engine.store
        assert isinstance(store, Moody)
        town.sms.holds()
        await asks_unsent(town)
        async with at_work(town) as working:
            await town.sms.is_reached()
            store.refuses = True
            town.sms.lets_go()
            await working
        await town.engine.notifier.drain()  # in vain, with the verdict in hand
        assert await statuses(town) == ["waiting"]
        assert len(town.sms.letters) == 1
        store.refuses = False
        await town.engine.notifier.drain()
        assert await statuses(town) == ["sent"]
        assert len(town.sms.tried) == 1


async def test_it_stops_in_order(tmp_path: Path) -> None:
    """A notifier that is stopped finishes what it is sending and settles it."""
    async with Town(tmp_path, on_disk=True, notify=True) as town:
        town.web.holds()
        await town.citizen("web:1").puts(Event(TEXT, "menu"))
        await town.web.is_reached()
        stopping = asyncio.create_task(town.__aexit__())
        await asyncio.sleep(0.05)
        assert not stopping.done()
        town.web.lets_go()
        await stopping
        assert town.from_outside("SELECT status FROM outbound") == [("sent",)]


async def test_running_by_itself(tmp_path: Path) -> None:
    """A commit wakes the notifier at once; a code follows its bubble."""
    async with Town(tmp_path, notify=True) as town:
        lan = town.citizen("web:1")
        for text in ("quên mật khẩu", "đồng ý", LAN.bhxh_number, LAN.phone):
            await lan.puts(Event(TEXT, text))
        await town.web.is_reached(4)
        assert not town.sms.tried
        town.clock.pass_(AFTER_THE_BUBBLE)
        town.engine.notifier.wake()
        await town.sms.is_reached()
