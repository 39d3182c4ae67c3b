"""A thousand take-overs while citizens write and a colleague presses as well (F32, F36)."""

import asyncio
import random

import pytest

from bot.console import names
from tests.bot.console.house import Browser, House

AN, BINH = "an.nguyen", "binh.tran"
RUNS, AT_ONCE = 1000, 50
TAKEN = "đang trả lời ông/bà"


async def takes(browser: Browser, mark: str, chat: str) -> bool:
    """Press the button; whether this officer has it now."""
    way = f"/conversation/{names.hidden(browser.house.parts.key, chat)}/take"
    answer = await browser.client.post(way, data={"csrf": mark})
    return answer.status_code == 303


async def writes(house: House, chat: str, chance: random.Random) -> None:
    """A few words, about the time of the press."""
    for word in ("em chưa nhận được mã", "dạ", "bao lâu vậy ạ", "123456")[: chance.randint(1, 3)]:
        await house.hears(word, chat=chat)


async def bubbles(house: House) -> list[tuple[int, str]]:
    """Every message to a chat so far: its number and its lane, in the order they leave in."""
    rows = await house.store._look(
        lambda db: db.execute("SELECT id, lane FROM outbound ORDER BY id").fetchall()
    )
    return [(row[0], row[1]) for row in rows]


@pytest.mark.timeout(240)
async def test_a_thousand_races(house: House) -> None:
    """After the press the bot says nothing more, and of two officers one has the conversation."""
    chance = random.Random(32)
    an, binh = await house.signed_in(AN, "agent"), await house.signed_in(BINH, "agent")
    marks = await an.mark(), await binh.mark()
    for start in range(0, RUNS, AT_ONCE):
        chats = [f"telegram:{start + number + 1000}" for number in range(AT_ONCE)]
        await asyncio.gather(*(house.hears("quên mật khẩu", "đồng ý", chat=it) for it in chats))
        pressed = []
        for chat in chats:
            pressed += [takes(an, marks[0], chat), takes(binh, marks[1], chat)]
        work = [*pressed, *(writes(house, chat, chance) for chat in chats)]
        chance.shuffle(work)
        done = await asyncio.gather(*work)
        assert sum(has is True for has in done) == AT_ONCE
        before = len(await bubbles(house))
        # Whoever writes now is heard by the officer alone.
        await asyncio.gather(*(house.hears("còn ai ở đó không", chat=chat) for chat in chats))
        assert len(await bubbles(house)) == before
        for chat in chats:
            await _silent_from_the_press_on(house, chat)


async def _silent_from_the_press_on(house: House, chat: str) -> None:
    lines = await house.store.transcript(chat, limit=20)
    press = [at for at, line in enumerate(lines) if TAKEN in line.said]
    assert len(press) == 1, "one officer is announced, once"
    after = lines[press[0] + 1 :]
    assert after, "what the citizen wrote afterwards is kept"
    assert [line.said for line in after] == [""] * len(after)
