"""The notifier: leases, order, retries, what must not be sent any more, outages, crashes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import structlog

from bot.notices import AFTER_THE_BUBBLE
from bot.notifier.parcel import Dead, Later
from flows.model import STALE, TEXT, Event
from storage.base import Parcel, Settlement, Store, Unavailable
from tests.bot.town import HUNG, LAN, NO_HUMAN_CHECK, Counterpart, Town

LEASE = NO_HUMAN_CHECK.notifier.lease_seconds


class Moody:
    """A store that can refuse the notifier; everything else is the real one's."""

    def __init__(self, store: Store) -> None:
        """Work until told otherwise."""
        self._store = store
        self.refuses = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def claim(
        self, owner: str, channels: Sequence[str], *, now: float, lease: float, limit: int
    ) -> list[Parcel]:
        """Refuse, or do it."""
        self._check()
        return await self._store.claim(owner, channels, now=now, lease=lease, limit=limit)

    async def settle(self, rows: Sequence[Settlement]) -> None:
        """Refuse, or do it."""
        self._check()
        await self._store.settle(rows)

    def _check(self) -> None:
        if self.refuses:
            raise Unavailable("the disk is full")


@asynccontextmanager
async def _at_work(town: Town) -> AsyncIterator["asyncio.Task[None]"]:
    """The notifier as a process that can be killed."""
    task = asyncio.create_task(town.engine.notifier.drain())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _until_held(counterpart: Counterpart, count: int = 1) -> None:
    async with asyncio.timeout(5):
        while counterpart.waiting < count:
            await asyncio.sleep(0)


async def _statuses(town: Town, channel: str = "sms") -> list[str]:
    rows = await town.rows("SELECT status FROM outbound WHERE channel = ? ORDER BY id", channel)
    return [status for (status,) in rows]


async def _details(town: Town) -> list[str]:
    rows = await town.rows(
        "SELECT detail FROM attempts JOIN outbound ON outbound = id WHERE channel = 'sms'"
        " ORDER BY id, attempts.fence"
    )
    return [detail for (detail,) in rows]


async def _asks_unsent(town: Town) -> None:
    """Ask for a code that nobody has sent yet."""
    lan = town.citizen()
    await lan.says("quên mật khẩu", "đồng ý", LAN.bhxh_number)
    await lan.puts(Event(TEXT, LAN.phone))
    town.clock.pass_(AFTER_THE_BUBBLE)


async def test_crash_between_send_and_settle(old_town: Town) -> None:
    """A message whose sender died is tried once more after its lease, marked, same ref (R44)."""
    await _asks_unsent(old_town)
    old_town.sms.holds()
    async with _at_work(old_town):
        await _until_held(old_town.sms)
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
    assert await _statuses(old_town) == ["sent"]


async def test_late_settlement_is_ignored(old_town: Town) -> None:
    """Who lost the lease cannot undo what its successor has settled (R44)."""
    await _asks_unsent(old_town)
    old_town.sms.holds()
    async with _at_work(old_town) as slow:
        await _until_held(old_town.sms)
        old_town.clock.pass_(LEASE + 1)
        fresh = old_town.engine_over(old_town.store).notifier
        other = asyncio.create_task(fresh.drain())
        await _until_held(old_town.sms, 2)
        old_town.sms.answers(Later("slow")).then(Dead("blocked"))
        old_town.sms.lets_go()
        await slow
        await other
    assert await _statuses(old_town) == ["dead"]
    assert (await _details(old_town))[1] == "blocked"


async def test_message_dies_with_its_code(town: Town) -> None:
    """A gateway that comes back after 280 seconds is not sent a code with 20 left (R16)."""
    town.sms.answers(Later("down"), times=99)
    await town.citizen().asks_for_a_code()
    for _ in range(28):
        town.clock.pass_(10)
        await town.deliver()
    assert await _statuses(town) == ["dead"]
    tries = len(town.sms.tried)
    town.sms._script.clear()
    await town.deliver()
    assert len(town.sms.tried) == tries
    assert not town.sms.letters


async def test_held_over_its_end(old_town: Town) -> None:
    """A code that waited 280 seconds for a dead process is not sent by the next one (R16)."""
    await _asks_unsent(old_town)
    old_town.clock.pass_(280)
    await old_town.deliver()
    assert not old_town.sms.tried
    assert await _statuses(old_town) == ["dead"]
    assert await _details(old_town) == ["expired"]


async def test_superseded(town: Town) -> None:
    """When a new code was asked for, the old one still waiting is never sent."""
    town.sms.answers(Later("busy", after=70))
    lan = town.citizen()
    await lan.asks_for_a_code()
    town.clock.pass_(61)
    await lan.taps("Gửi lại mã")
    town.clock.pass_(15)
    await town.deliver()
    assert [letter.tries for letter in town.sms.tried] == [1, 1]
    assert len(town.codes_for(LAN.phone)) == 1
    await lan.says(town.code_for(LAN.phone))
    assert len(town.passwords_for(LAN.phone)) == 1
    assert (await _details(town))[1] == "superseded"


async def test_withdrawn(town: Town) -> None:
    """After a citizen has stopped, the code still waiting is never sent."""
    town.sms.answers(Later("busy"))
    lan = town.citizen()
    await lan.asks_for_a_code()
    await lan.says("dừng lại", "dừng hẳn")
    town.clock.pass_(5)
    await town.deliver()
    assert len(town.sms.tried) == 1
    assert await _statuses(town) == ["dead"]


async def test_void(town: Town) -> None:
    """A code that another chat's success voided is never sent (R22)."""
    await town.citizen("telegram:1").asks_for_a_code(LAN, LAN.email)
    town.sms.answers(Later("busy", after=60))
    await town.citizen("telegram:2").asks_for_a_code()
    await town.citizen("telegram:1").says(town.code_for(LAN.email))
    town.clock.pass_(61)
    await town.deliver()
    assert not town.codes_for(LAN.phone)
    assert "code used or void" in await _details(town)


async def test_decoys_are_withheld(town: Town) -> None:
    """A decoy is written like a message, without a body, and never claimed."""
    await town.citizen().asks_for_a_code(LAN, HUNG.phone)
    assert await _statuses(town) == ["withheld"]
    assert not town.sms.tried


async def test_order_in_a_chat(town: Town) -> None:
    """Bubbles of one chat stay in order, whatever fails in between."""
    town.telegram.answers(Later("flood", after=5)).then(Later("flood"))
    lan = town.citizen()
    for text in ("menu", "quên mật khẩu", "đồng ý"):
        await lan.puts(Event(TEXT, text))
    await town.engine.notifier.drain()
    assert not town.telegram.letters
    for _ in range(4):
        town.clock.pass_(5)
        await town.engine.notifier.drain()
    firsts = [bubble.text[:8] for bubble in lan.bubbles]
    assert firsts == ["Chào ông", "Lấy lại ", "Bước 1/3"]
    assert [letter.tries for letter in town.telegram.tried] == [1, 2, 3, 1, 1]


async def test_lanes_do_not_wait(town: Town) -> None:
    """One gateway that hangs holds up nobody else."""
    town.sms.holds()
    await _asks_unsent(town)
    async with _at_work(town):
        await _until_held(town.sms)
        other = town.citizen("web:2")
        await other.puts(Event(TEXT, "menu"))
        town.engine.notifier.wake()
        async with asyncio.timeout(5):
            second = town.engine_over(town.store).notifier
            await second.drain()
        assert len(other.bubbles) == 1
        town.sms.lets_go()
    assert town.sms.waiting == 0


async def test_dead_ends(town: Town) -> None:
    """What is refused for good is not tried again, and its reason is kept."""
    town.sms.answers(Dead("unknown number"))
    await town.citizen().asks_for_a_code()
    town.clock.pass_(60)
    await town.deliver()
    assert len(town.sms.tried) == 1
    assert await _details(town) == ["unknown number"]


async def test_a_sender_with_a_bug(town: Town) -> None:
    """An exception of a sender counts as perhaps sent and stops nobody."""
    town.sms.answers(ValueError("+84900000101 said 123456"))
    with structlog.testing.capture_logs() as logs:
        await town.citizen().asks_for_a_code()
    town.clock.pass_(2)
    await town.deliver()
    assert len(town.codes_for(LAN.phone)) == 1
    assert (await _details(town))[0] == "sender failed (unsure)"
    assert [line for line in logs if line["log_level"] == "error"] == [
        {"event": "sender failed", "sender": "sms", "error": "ValueError", "log_level": "error"}
    ]


async def test_bodies_are_erased(town: Town) -> None:
    """A settled message keeps its row and loses its body."""
    town.sms.answers(Dead("no"))
    await town.citizen().recovers(LAN, LAN.email)
    rows = await town.rows("SELECT status, body IS NULL FROM outbound")
    assert set(rows) == {("sent", 1), ("dead", 1)}


async def test_every_try_is_a_row(town: Town) -> None:
    """Each try is written down before it is made, with who made it and how it ended (R47)."""
    town.sms.answers(Later("busy"), times=2)
    await town.citizen().asks_for_a_code()
    for _ in range(3):
        town.clock.pass_(10)
        await town.deliver()
    rows = await town.rows(
        "SELECT try, verdict, attempts.detail, sender FROM attempts JOIN outbound ON outbound = id"
        " WHERE channel = 'sms'"
    )
    assert rows == [
        (1, "waiting", "busy", "sms"),
        (2, "waiting", "busy", "sms"),
        (3, "sent", "", "sms"),
    ]
    assert len({letter.ref for letter in town.sms.tried}) == 1


async def test_drain_sends_it_all(town: Town) -> None:
    """Draining ends when nothing is due, however many messages a lane holds."""
    for number in range(5):
        await town.citizen("web:1").puts(Event(STALE), key=f"{number}")
        await town.citizen(f"web:1{number}").puts(Event(TEXT, "menu"))
    await town.engine.notifier.drain()
    assert len(town.web.letters) == 10
    assert (await town.store.backlog(now=town.clock.now())).waiting == 0


async def test_outage_keeps_the_verdicts(tmp_path: Path) -> None:
    """What was sent while the database could not be reached is not sent again."""
    async with Town(tmp_path, around=Moody) as town:  # type: ignore[arg-type]
        store = town.engine.store
        assert isinstance(store, Moody)
        town.sms.holds()
        await _asks_unsent(town)
        async with _at_work(town) as working:
            await _until_held(town.sms)
            store.refuses = True
            town.sms.lets_go()
            await working
        assert await _statuses(town) == ["waiting"]
        assert len(town.sms.letters) == 1
        store.refuses = False
        await town.engine.notifier.drain()
        assert await _statuses(town) == ["sent"]
        assert len(town.sms.tried) == 1


async def test_it_stops_in_order(tmp_path: Path) -> None:
    """A notifier that is stopped finishes what it is sending and settles it."""
    async with Town(tmp_path, on_disk=True, notify=True) as town:
        town.web.holds()
        await town.citizen("web:1").puts(Event(TEXT, "menu"))
        await _until_held(town.web)
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
        async with asyncio.timeout(5):
            while len(lan.bubbles) < 4:
                await asyncio.sleep(0.001)
        assert not town.sms.tried
        town.clock.pass_(AFTER_THE_BUBBLE)
        town.engine.notifier.wake()
        async with asyncio.timeout(5):
            while not town.sms.letters:
                await asyncio.sleep(0.001)


@pytest.mark.parametrize("contact", [LAN.phone, LAN.email])
async def test_the_row_holds_no_digits(old_town: Town, contact: str) -> None:
    """The digits enter a message when it is sent and are nowhere before (R12)."""
    lan = old_town.citizen()
    await lan.says("quên mật khẩu", "đồng ý", LAN.bhxh_number)
    await lan.puts(Event(TEXT, contact))
    ref, body = (
        await old_town.rows("SELECT ref, body FROM outbound WHERE slot = 'code'")
    )[0]
    written = old_town.keyring.vault().open("outbound", ref, "body", body)
    await old_town.deliver()
    assert b"{code}" in written
    assert old_town.code_for(contact).encode() not in written
