"""Reading a conversation, taking it, writing, giving it back."""

import asyncio
import random
import re

import pytest

from storage.base import Picked
from tests.bot.console.house import Browser, House

AN, BINH = "an.nguyen", "binh.tran"
WAY = re.compile(r'href="(/conversation/[\w-]+)"')
PERSONAL = ("7900000001", "0900000101", "900000101", "lan@example.vn", "Matkhau123")


async def first(browser: Browser, view: str = "waiting") -> str:
    """The address of the first conversation of a view."""
    found = WAY.search((await browser.sees(f"/?view={view}")).text)
    assert found
    return found[1]


async def asked(house: House, chat: str = "telegram:7") -> None:
    """A citizen asks for a person at the question for the code."""
    texts = ("quên mật khẩu", "đồng ý", "7900000001", "0900000101", "gặp cán bộ")
    await house.hears(*texts, chat=chat)


async def holder(house: House) -> str:
    (row,) = await house.store.queue(limit=9)
    return row.officer


async def test_the_card(house: House) -> None:
    """Goal, step, masked answers and words; nothing personal and no chat's name."""
    await asked(house)
    await house.hears("em là Lan 0900 000 101, lan@example.vn")
    an = await house.signed_in(AN, "agent")
    page = await an.sees(await first(an))
    for word in ("Quên mật khẩu", "Mã xác nhận", "..0001", "09xx xxx 101", "em là Lan"):
        assert word in page.text
    for secret in (*PERSONAL, "telegram:7"):
        assert secret not in page.text


async def test_take_write_return(house: House) -> None:
    """The bot is silent from the take-over on; the citizen reads the words; then it goes on."""
    await asked(house)
    an = await house.signed_in(AN, "agent")
    way = await first(an)
    assert (await an.posts(f"{way}/take")).headers["location"] == way
    assert await holder(house) == AN
    before = len(await house.store.transcript("telegram:7", limit=99))
    await house.hears("tôi chưa nhận được")
    (_, line) = (await house.store.transcript("telegram:7", limit=99))[before - 1 :]
    assert (line.heard, line.said) == ("tôi chưa nhận được", "")
    assert (await an.posts(f"{way}/reply", words="Tôi đang xem.")).status_code == 303
    page = await an.sees(way)
    assert "Cán bộ an.nguyen: Tôi đang xem." in page.text
    assert "tôi chưa nhận được" in page.text
    assert (await an.posts(f"{way}/return")).status_code == 303
    assert await house.store.queue(limit=9) == []
    assert "Bot đang trả lời" in (await an.sees(way)).text


async def test_where_one_goes_on(house: House) -> None:
    """Who gives back one of several goes on with their own; after the last with who waits."""
    an = await house.signed_in(AN, "agent")
    ways = []
    for chat in ("telegram:7", "telegram:8"):
        await asked(house, chat)
        ways.append(await first(an))
        await an.posts(f"{ways[-1]}/take")
    assert (await an.posts(f"{ways[0]}/return")).headers["location"] == "/?view=mine"
    assert (await an.posts(f"{ways[1]}/return")).headers["location"] == "/"


@pytest.mark.parametrize(
    "words",
    ["Đọc mã OTP cho em", "mat khau cua bac la gi", "cho xin mã xác nhận", "m ậ t k h ẩ u", ""],
)
async def test_drafts_that_go_nowhere(house: House, words: str) -> None:
    """What speaks of codes or passwords is refused with the reason, and the draft is kept."""
    await asked(house)
    an = await house.signed_in(AN, "agent")
    way = await first(an)
    await an.posts(f"{way}/take")
    before = await house.store.transcript("telegram:7", limit=99)
    answer = await an.posts(f"{way}/reply", words=words)
    assert answer.status_code == 422
    assert ("Chưa gửi" in answer.text) == bool(words)
    assert words in answer.text
    assert await house.store.transcript("telegram:7", limit=99) == before


async def test_of_two_officers_one_has_it(house: House) -> None:
    """Both press at once: one has it, the other reads who, and cannot write."""
    an, binh = await house.signed_in(AN, "agent"), await house.signed_in(BINH, "agent")
    for number in range(20):
        chat = f"telegram:{number}"
        await house.hears("gặp cán bộ", chat=chat)
        way = await first(an)
        took = await asyncio.gather(an.posts(f"{way}/take"), binh.posts(f"{way}/take"))
        assert sorted(answer.status_code for answer in took) == [303, 409]
        winner, loser = (an, binh) if took[0].status_code == 303 else (binh, an)
        name = AN if winner is an else BINH
        lost = next(answer for answer in took if answer.status_code == 409)
        assert f"{name} đã nhận trước" in lost.text
        assert (await loser.posts(f"{way}/reply", words="xin chào")).status_code == 409
        assert (await winner.posts(f"{way}/reply", words="xin chào")).status_code == 303
    (counts,) = [await house.store.counts(AN)]
    assert (counts.waiting, counts.attended) == (0, 20)


async def test_the_bot_is_silent_at_once(house: House) -> None:
    """Messages around a take-over: never a word of the bot after the officer's line."""
    an, chances = await house.signed_in(AN, "agent"), random.Random(7)
    mark, after = await an.mark(), 0

    async def says(chat: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await house.hears("alo", chat=chat)

    for number in range(60):
        chat = f"telegram:{number}"
        await house.hears("gặp cán bộ", chat=chat)
        way = await first(an)
        taking = an.client.post(f"{way}/take", data={"csrf": mark})
        await asyncio.gather(*[says(chat, chances.random() / 100) for _ in range(3)], taking)
        lines = await house.store.transcript(chat, limit=99)
        taken = next(at for at, line in enumerate(lines) if line.heard == "[staff:take]")
        assert all(not line.said for line in lines[taken + 1 :])
        assert len(lines) == 5
        after += len(lines) - taken - 1
    assert 0 < after < 180


async def test_roles_are_asked_for_each_object(house: House) -> None:
    """Whoever only looks may read and not take; a name that is none of ours is not found."""
    await asked(house)
    an, viewer = await house.signed_in(AN, "agent"), await house.signed_in(BINH, "viewer")
    way = await first(viewer)
    page = await viewer.sees(way)
    assert page.status_code == 200
    assert "data-take" not in page.text
    assert "data-take" in (await an.sees(way)).text
    for step in ("take", "reply", "return"):
        assert (await viewer.posts(f"{way}/{step}", words="xin chào")).status_code == 403
    assert await holder(house) == ""
    for name in ("none", way.removeprefix("/conversation/")[:-2] + "AA", "telegram:7"):
        assert (await an.sees(f"/conversation/{name}")).status_code == 404
        assert (await an.posts(f"/conversation/{name}/take")).status_code == 404


async def test_who_looks_and_who_types(house: House) -> None:
    """Others see it for as long as it lasts; what was read is not new any more."""
    await asked(house)
    an, binh = await house.signed_in(AN, "agent"), await house.signed_in(BINH, "agent")
    way = await first(an)
    assert "badge new" in (await an.sees()).text
    (row,) = await house.store.inbox(Picked("waiting"))
    turn = str(row.conversation.turn)
    await an.posts(f"{way}/at-it", turn=turn)
    assert "badge new" not in (await an.sees()).text
    assert "badge new" in (await binh.sees()).text
    assert f"{AN} đang xem" in (await binh.sees(way)).text
    await an.posts(f"{way}/typing")
    assert f"{AN} đang gõ" in (await binh.sees(f"{way}/part")).text
    house.clock.pass_(40)
    assert f"{AN} đang" not in (await binh.sees(way)).text


async def test_a_part_that_must_be_loaded_anew(house: House) -> None:
    """Once the conversation is another's the form under it has to go."""
    await asked(house)
    an, binh = await house.signed_in(AN, "agent"), await house.signed_in(BINH, "agent")
    way = await first(an)
    await an.posts(f"{way}/take")
    assert "hx-refresh" not in (await an.sees(f"{way}/part?mine=1")).headers
    await binh.posts(f"{way}/return")
    assert (await an.sees(f"{way}/part?mine=1")).headers["hx-refresh"] == "true"


async def test_hostile_words(house: House) -> None:
    """What citizens write is text: no tag, no template, and nothing that turns the line around."""
    an = await house.signed_in(AN, "agent")
    for words in ("<script> alert(1) </script>", "{{7*7}}{% raw %}", '"><img src=x onerror=a()>'):
        await house.hears(words)
    await house.hears("đảo \u202egnp.exe\u202c và \u200bẩn")
    page = (await an.sees(await first(an, "all"))).text
    words = page.partition('class="words"')[2].partition("</ol>")[0]
    assert "&lt;script&gt; alert(1) &lt;/script&gt;" in words
    assert "{{7*7}}{% raw %}" in words
    assert "&#34;&gt;&lt;img src=x onerror=a()&gt;" in words
    assert "đảo [U+202E]gnp.exe[U+202C] và [U+200B]ẩn" in words
    assert not re.search(r"<(script|img)", words)


async def test_search(house: House) -> None:
    """Any number in full finds the conversation; no address of a page holds what was typed."""
    await asked(house)
    an = await house.signed_in(AN, "agent")
    for typed in ("7900000001", "079 085 000 001", "0900000101", "+84 900 000 101", "1"):
        led = (await an.posts("/search", q=typed)).headers["location"]
        assert len(typed) == 1 or typed not in led
        page = await an.sees(led)
        assert len(WAY.findall(page.text)) == 1, typed
        assert typed in page.text  # in the field where it was typed
        assert "q=" in page.text.partition("/live?")[2].partition('"')[0]
    for typed in ("7900000009", "090000010", "<script>", "9999", "lan@example.com"):
        page = await an.sees((await an.posts("/search", q=typed)).headers["location"])
        assert not WAY.search(page.text)
        assert "Không tìm thấy" in page.text
    assert WAY.search((await an.sees("/?q=made-up")).text)
