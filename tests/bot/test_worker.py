"""The notifier at work: order, retries, what must not be sent any more."""

import asyncio

import pytest

from bot.notifier.parcel import Dead, Later
from bot.upkeep import retention
from flows.model import STALE, TEXT, Event
from tests.bot.post_room import asks_unsent, at_work, details, statuses
from tests.bot.town import HUNG, LAN, Town


async def test_message_dies_with_its_code(town: Town) -> None:
    """A gateway that comes back after 280 seconds is not sent a code with 20 left (R16)."""
    town.sms.answers(Later("down"), times=99)
    await town.citizen().asks_for_a_code()
    for _ in range(28):
        town.clock.pass_(10)
        await town.deliver()
    assert await statuses(town) == ["dead"]
    tries = len(town.sms.tried)
    town.sms._script.clear()
    await town.deliver()
    assert len(town.sms.tried) == tries
    assert not town.sms.letters


async def test_held_over_its_end(old_town: Town) -> None:
    """A code that waited 280 seconds for a dead process is not sent by the next one (R16)."""
    await asks_unsent(old_town)
    old_town.clock.pass_(280)
    await old_town.deliver()
    assert not old_town.sms.tried
    assert await statuses(old_town) == ["dead"]
    assert await details(old_town) == ["expired"]


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
    assert (await details(town))[1] == "superseded"


async def test_withdrawn(town: Town) -> None:
    """After a citizen has stopped, the code still waiting is never sent."""
    town.sms.answers(Later("busy"))
    lan = town.citizen()
    await lan.asks_for_a_code()
    await lan.says("dừng lại", "dừng hẳn")
    town.clock.pass_(5)
    await town.deliver()
    assert len(town.sms.tried) == 1
    assert await statuses(town) == ["dead"]


async def test_void(town: Town) -> None:
    """A code that another chat's success voided is never sent (R22)."""
    await town.citizen("telegram:1").asks_for_a_code(LAN, LAN.email)
    town.sms.answers(Later("busy", after=60))
    await town.citizen("telegram:2").asks_for_a_code()
    await town.citizen("telegram:1").says(town.code_for(LAN.email))
    town.clock.pass_(61)
    await town.deliver()
    assert not town.codes_for(LAN.phone)
    assert "code used or void" in await details(town)


async def test_decoys_never_leave(town: Town) -> None:
    """A decoy is written and claimed like any message, and ends there."""
    await town.citizen().asks_for_a_code(LAN, HUNG.phone)
    assert await statuses(town) == ["dead"]
    assert await details(town) == ["decoy"]
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
    await asks_unsent(town)
    async with at_work(town):
        await town.sms.is_reached()
        other = town.citizen("web:2")
        await other.puts(Event(TEXT, "menu"))
        town.engine.notifier.wake()
        async with asyncio.timeout(5):
            second = town.engine_over(town.store).notifier
            await second.drain()
        assert len(other.bubbles) == 1
        town.sms.lets_go()
    assert len(town.codes_for(LAN.phone)) == 1


async def test_dead_ends(town: Town) -> None:
    """What is refused for good is not tried again, and its reason is kept."""
    town.sms.answers(Dead("unknown number"))
    await town.citizen().asks_for_a_code()
    town.clock.pass_(60)
    await town.deliver()
    assert len(town.sms.tried) == 1
    assert await details(town) == ["unknown number"]


async def test_bodies_are_erased(town: Town) -> None:
    """A settled message loses its body; a notice that failed does once it is worthless."""
    town.sms.answers(Dead("no"), times=2)
    await town.citizen().recovers(LAN, LAN.email)
    await town.citizen("telegram:8").asks_for_a_code(HUNG, HUNG.phone)
    rows = await town.rows("SELECT status, slot <> '', letter IS NULL FROM outbound")
    assert set(rows) == {("sent", 0, 1), ("sent", 1, 1), ("dead", 1, 1), ("dead", 0, 0)}
    town.clock.pass_(86_400)
    await town.store.purge(retention(town.settings.retention), now=town.clock.now())
    assert await town.value("SELECT count(*) FROM outbound WHERE letter IS NOT NULL") == 0


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


@pytest.mark.parametrize("contact", [LAN.phone, LAN.email])
async def test_the_row_holds_no_digits(old_town: Town, contact: str) -> None:
    """The digits enter a message when it is sent and are nowhere before (R12)."""
    lan = old_town.citizen()
    await lan.says("quên mật khẩu", "đồng ý", LAN.bhxh_number)
    await lan.puts(Event(TEXT, contact))
    ref, letter = (await old_town.rows("SELECT ref, letter FROM outbound WHERE slot = 'code'"))[0]
    written = old_town.keyring.vault().open("outbound", ref, "letter", letter)
    await old_town.deliver()
    assert b"{code}" in written
    assert old_town.code_for(contact).encode() not in written
