"""Citizens who want a person, on both engines: place, hours, take-over, silence and return."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from bot.channels.base import Incoming
from flows.model import Event
from flows.quiet import REPLY, RETURN, TAKE
from storage.base import HandOverRequest
from tests.bot.dossiers.office import ANA, BEN, STAFFED
from tests.bot.town import LAN, MORNING, Town, incoming

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC).timestamp()  # 9:00 in Viet Nam
RACES = 40
WARNED = "Cán bộ không bao giờ hỏi mã xác nhận hay mật khẩu."


def attends(chat: str, kind: str, officer: str = ANA, words: str = "") -> Incoming:
    """What an officer does, as the command hands it in."""
    return incoming(chat, Event(kind, f"{officer}\n{words}"))


async def does(town: Town, chat: str, kind: str, officer: str = ANA, words: str = "") -> None:
    """Have it committed, and everything due delivered."""
    await town.engine.batches.put(attends(chat, kind, officer, words))
    await town.deliver()


async def queue(town: Town) -> list[HandOverRequest]:
    """Who waits and who is with somebody."""
    return await town.store.queue(limit=100)


def at_work(town: Town) -> None:
    """Let it be Monday morning."""
    town.clock.pass_(MONDAY - town.clock.now())


async def test_places_and_hours(office: Town) -> None:
    """Everybody hears their place and until when somebody answers; asking again moves nobody."""
    at_work(office)
    citizens = [office.citizen(f"telegram:{number}") for number in (7, 8, 9)]
    for place, citizen in enumerate(citizens, 1):
        said = await citizen.says("gặp cán bộ")
        assert f"Ông/bà là người thứ {place}; hôm nay đến 17:00." in said.text
        office.clock.pass_(60)
    assert "người thứ 2;" in (await citizens[1].says("gặp cán bộ")).text
    assert len(await queue(office)) == 3
    await does(office, "telegram:7", TAKE)
    assert "người thứ 2;" in (await citizens[2].says("gặp cán bộ")).text


async def test_two_of_one_batch(office: Town) -> None:
    """Who asks at the same moment has another place."""
    at_work(office)
    citizens = [office.citizen(f"telegram:{number}") for number in (7, 8, 9)]
    await asyncio.gather(*(citizen.puts(Event("text", "gặp cán bộ")) for citizen in citizens))
    await office.deliver()
    said = " ".join(citizen.last.text for citizen in citizens)
    assert all(f"người thứ {place};" in said for place in (1, 2, 3))


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (MORNING, "08:00 thứ Hai 23/11/2026"),
        (MONDAY - 7200, "08:00 thứ Hai 23/11/2026"),
        (MONDAY + 8 * 3600, "08:00 thứ Tư 25/11/2026"),
    ],
    ids=["a Sunday", "early", "the evening before a holiday"],
)
async def test_outside_hours(office: Town, now: float, opens: str) -> None:
    """The next opening day is named, and a message can be left."""
    office.clock.pass_(now - office.clock.now())
    lan = office.citizen()
    said = await lan.says("gặp cán bộ")
    assert f"Ngoài giờ; cán bộ trả lời từ {opens}." in said.text
    await lan.taps("Để lại lời nhắn")
    said = await lan.says("Tôi mất sổ, gọi giúp tôi số 0912 345 678")
    assert "Tôi đã giữ lời nhắn." in said.text
    newest = (await office.store.transcript(lan.chat, limit=1))[0]
    assert newest.heard == "Tôi mất sổ, gọi giúp tôi số ........78"


async def test_whole_way(office: Town) -> None:
    """Asked at the code, taken, written to, given back: the same code still ends the procedure."""
    at_work(office)
    lan = office.citizen()
    asked = await lan.asks_for_a_code()
    code = office.code_for(LAN.phone)
    await lan.taps("Gặp cán bộ")
    await does(office, lan.chat, TAKE)
    assert lan.last.text == f"Cán bộ an.nguyen đang trả lời ông/bà. {WARNED}"
    assert lan.last.buttons == []
    before = len(lan.bubbles)
    for text in ("Chào cán bộ", code, "hủy", "/start", "mật khẩu: Matkhau123!"):
        await lan.puts(Event("text", text))
    await lan.presses("an old token")
    said = [body.text for body in lan.bubbles[before:] if body.text]
    assert said == []
    assert not office.passwords_for(LAN.phone)
    heard = [line.heard for line in await office.store.transcript(lan.chat, limit=6)]
    assert heard == ["Chào cán bộ", "......", "hủy", "/start", "……", "[stale]"]
    await does(office, lan.chat, REPLY, ANA, "Chào bà, bà làm tiếp nhé.")
    assert lan.last.text == "Cán bộ an.nguyen: Chào bà, bà làm tiếp nhé."
    await does(office, lan.chat, RETURN)
    assert lan.last.text.startswith("Trợ lý tự động tiếp tục.")
    buttons = [button.label for button in lan.last.buttons]
    assert buttons[:-3] == [it.label for it in asked.buttons]
    assert all("Cán bộ giúp" in label for label in buttons[-3:])
    await lan.says(code)
    assert office.passwords_for(LAN.phone)
    assert await queue(office) == []
    kinds = {kind for (kind,) in await office.rows("SELECT kind FROM audit")}
    assert {"hand_over", "queue_take", "queue_reply", "queue_return"} <= kinds


async def test_one_has_it(office: Town) -> None:
    """Of officers who take it at once one has it; the others and strangers write nothing."""
    at_work(office)
    lan = office.citizen()
    await lan.says("gặp cán bộ")
    both = (attends(lan.chat, TAKE, officer) for officer in (ANA, BEN, "stranger"))
    await asyncio.gather(*map(office.engine.batches.put, both))
    (row,) = await queue(office)
    other = {ANA: BEN, BEN: ANA}[row.officer]
    await office.deliver()
    before = len(lan.bubbles)
    await does(office, lan.chat, REPLY, other, "Chào bà.")
    await does(office, lan.chat, REPLY, "stranger", "Chào bà.")
    await does(office, lan.chat, REPLY, row.officer, "Bà đọc mã xác nhận đi.")
    await does(office, lan.chat, RETURN, "stranger")
    assert len(lan.bubbles) == before
    assert await queue(office) == [row]


async def test_nothing_after_the_take_over(open_office: Town) -> None:
    """However two processes race, no answer of the bot comes after the officer's line."""
    at_work(open_office)
    citizens = [open_office.citizen(f"telegram:{number}") for number in range(RACES)]
    await asyncio.gather(*(each.puts(Event("text", "quên mật khẩu")) for each in citizens))
    async with AsyncExitStack() as stack:
        terminal = await open_office.second_process(stack)
        taken = [terminal.turns.take([attends(each.chat, TAKE)]) for each in citizens]
        typed = [
            each.puts(Event("text", text)) for each in citizens for text in ("1", "hủy", "menu")
        ]
        await asyncio.gather(*typed, *taken)
    await open_office.deliver()
    for citizen in citizens:
        texts = [body.text for body in citizen.bubbles]
        assert texts[-1].startswith("Cán bộ an.nguyen đang trả lời"), citizen.chat
        lines = await open_office.store.transcript(citizen.chat, limit=10)
        silent = [line for line in lines if not line.said]
        assert len(lines) == len(texts) + len(silent) == 5


async def test_it_survives_a_restart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Who has a conversation is as durable as the conversation."""
    async with Town(tmp_path_factory.mktemp("town"), on_disk=True, settings=STAFFED) as town:
        at_work(town)
        lan = town.citizen()
        await lan.says("gặp cán bộ")
        await does(town, lan.chat, TAKE)
        before = len(lan.bubbles)
        await town.restarts()
        await lan.puts(Event("text", "có ai không"))
        await town.deliver()
        assert len(lan.bubbles) == before
        assert [row.officer for row in await queue(town)] == [ANA]
