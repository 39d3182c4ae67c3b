"""An officer's day in a real browser: what each task costs in key strokes and in clicks.

The table of docs/reference/officers-day.md is read here, so that page and console cannot part.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from tests.bot.console.files import hands_in
from tests.bot.console.hands import Cost, Hands
from tests.bot.console.house import LAN, House
from tests.bot.console.test_browser import AN, DESKTOP, Open, browser, eyes, office
from tests.bot.console.test_desk_browser import DAY, SECONDS, decided, ref
from tests.bot.demo.conftest import Eyes

__all__ = ["browser", "eyes", "office"]
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

DOCUMENT = Path(__file__).parents[3] / "docs/reference/officers-day.md"
CONVERSATIONS, DOSSIERS = 40, 60
ASKED = range(5, DOSSIERS, 10)  # dossiers that lack a paper
TAKEN_BACK = 32  # the one that was approved too fast
WISHES = (
    ("quên mật khẩu", "đồng ý"),
    ("đổi số điện thoại",),
    ("mất điện thoại",),
    ("tra cứu mã số",),
    ("xin cấp lại sổ",),
)


# --- the tasks, as the document names them -----------------------------------------------

OPEN = "Open the conversation that waits longest"
TAKE = "Take it over from the bot"
TYPED = "Send what was typed"
READY = "Send a ready reply"
NOTE = "Keep a private note"
BACK = "Give it back to the bot; see who waits next"
DESK = "Go to the desk"
FIRST = "Open the dossier that is due first"
APPROVE = "Approve it; see the next one"
ASK = "Ask for a paper; see the next one"
UNDO = "Take the last decision back"


async def reply(hands: Hands, number: int) -> str:
    """Half of the answers are typed, half of them are ready ones."""
    draft = hands.page.get_by_label("Trả lời người dân")
    await expect(draft).to_be_focused()
    if number % 2:
        text = f"Chào bác, tôi xem việc của bác ngay. Phiếu {number}."
        async with hands.at(TYPED, leaves=True):
            await hands.write(text)
            await hands.press("Control+Enter")
    else:
        async with hands.at(READY, leaves=True):
            await hands.press("/", "3")
            text = await draft.input_value()
            await hands.press("Control+Enter")
    await expect(hands.page.locator(".words li").last).to_contain_text(text)
    return text


async def converse(hands: Hands, number: int) -> str:
    """One conversation from the list and back to it."""
    page = hands.page
    async with hands.at(OPEN, leaves=True):
        await hands.press("Enter")
    await expect(page.locator(".words li").last).to_be_visible()
    async with hands.at(TAKE, leaves=True):
        await hands.press("t")
    text = await reply(hands, number)
    if number % 4 == 0:
        async with hands.at(NOTE, leaves=True):
            await hands.press("Escape", "n")
            await hands.write("Đã xem, không thiếu gì")
            await hands.press("Control+Enter")
        await expect(page.locator(".words li.note")).to_contain_text("không thiếu gì")
    async with hands.at(BACK, leaves=True):
        await hands.press("Escape", "e")
    await expect(page.locator("h1")).to_have_text("Hộp việc")
    return text


async def decide(hands: Hands, number: int) -> None:
    """One dossier that is open."""
    await expect(hands.page.locator("h1")).to_contain_text(ref(number))
    await expect(hands.page.locator(".checks .fine").first).to_be_visible()
    if number in ASKED:
        async with hands.at(ASK):
            await hands.press("b")
            await hands.write("Bác gửi thêm ảnh trang đầu của sổ")
            await hands.press("Control+Enter")
        return
    async with hands.at(APPROVE):
        await hands.press("a")


# --- what waits in the morning -----------------------------------------------------------


async def citizens(house: House, count: int) -> list[str]:
    """So many of them, at different procedures, ask for a person."""
    chats = [f"telegram:{number + 100}" for number in range(count)]
    for number, chat in enumerate(chats):
        await house.hears(*WISHES[number % len(WISHES)], "gặp cán bộ", chat=chat)
        house.clock.pass_(20)
    return chats


async def requests(house: House, count: int) -> None:
    """Clean ones, of two kinds, each of a member of its own."""
    numbers = [f"79{number:08}" for number in range(100, 100 + count)]
    await house.store.add_members(
        [replace(LAN, bhxh_number=number, national_id="") for number in numbers]
    )
    for at, number in enumerate(numbers):
        kind = ("reissue_book", "reissue_card")[at % 2]
        await hands_in(house, ref(at), kind, due_in=(at + 1) * DAY, number=number)


async def sits_down(office: Open, eyes: Eyes) -> Hands:
    """Signed in, before the inbox."""
    await office.house.hires(AN, "agent")
    page = await eyes.open(office.url, *DESKTOP)
    await page.clock.install()
    await office.signs_in(page)
    await page.wait_for_load_state()
    return Hands(page)


# --- the day -----------------------------------------------------------------------------


async def test_a_day_by_keyboard(office: Open, eyes: Eyes) -> None:
    """All is answered and decided, each task with the strokes that the document tells."""
    house = office.house
    chats = await citizens(house, CONVERSATIONS)
    await requests(house, DOSSIERS)
    hands = await sits_down(office, eyes)
    answers = [await converse(hands, number) for number in range(CONVERSATIONS)]
    await to_the_desk(hands)
    await hands.page.clock.pause_at(await hands.page.evaluate("Date.now() / 1000 + 30"))
    for number in range(DOSSIERS):
        await decide(hands, number)
        if number == TAKEN_BACK:
            await expect(hands.page.locator("h1")).to_contain_text(ref(number + 1))
            async with hands.at(UNDO):
                await hands.press("u")
            await is_back(hands, number)
            await decide(hands, number)
    await expect(hands.page.locator("h1")).to_have_text("Hồ sơ")
    await hands.page.clock.run_for(SECONDS)
    for chat, answer in zip(chats, answers, strict=True):
        lines = [line.said for line in await house.store.transcript(chat, limit=20)]
        assert [line for line in lines if AN in line][1:] == [f"Cán bộ {AN}: {answer}"]
    assert await house.store.queue(limit=1) == []
    for number in range(DOSSIERS):
        assert await decided(house, number, "needs_info" if number in ASKED else "resolved")
    told = document()
    assert hands.done == {
        task: [Cost(it.keys, 0) if it.keys else Cost(0, it.clicks)] * it.times
        for task, it in told.items()
    }
    assert hands.total == Cost(*map(int, TOTAL.findall(DOCUMENT.read_text("utf-8"))[0]))


async def test_with_the_mouse_instead(office: Open, eyes: Eyes) -> None:
    """Each task once, without any key but letters, with the clicks that the document tells."""
    await citizens(office.house, 1)
    await requests(office.house, 3)
    hands = await sits_down(office, eyes)
    page = hands.page
    draft, send = page.get_by_label("Trả lời người dân"), page.get_by_role("button", name="Gửi")
    async with hands.at(OPEN, leaves=True):
        await hands.click(page.locator("[data-row] a"))
    async with hands.at(TAKE, leaves=True):
        await hands.click(page.get_by_role("button", name="Tiếp quản"))
    await expect(draft).to_be_focused()
    async with hands.at(TYPED, leaves=True):
        await hands.write("Chào bác")
        await hands.click(send)
    async with hands.at(READY, leaves=True):
        await hands.choose(page.get_by_label("Câu soạn sẵn"), 3)
        await hands.click(send)
    async with hands.at(NOTE, leaves=True):
        await hands.click(page.locator("summary").first)
        await expect(page.locator("#note")).to_be_focused()
        await hands.write("Đã xem")
        await hands.click(page.get_by_role("button", name="Lưu ghi chú"))
    async with hands.at(BACK, leaves=True):
        await hands.click(page.get_by_role("button", name="Trả lại bot"))
    await expect(page.locator("h1")).to_have_text("Hộp việc")
    async with hands.at(DESK, leaves=True):
        await hands.click(page.get_by_role("link", name="Hồ sơ", exact=True))
    async with hands.at(FIRST, leaves=True):
        await hands.click(page.locator("[data-row] a").first)
    async with hands.at(APPROVE):
        await hands.click(page.get_by_role("button", name="Duyệt"))
    await expect(page.locator("h1")).to_contain_text(ref(1))
    async with hands.at(ASK):
        await hands.click(page.get_by_label("Lời nhắn cho người dân"))
        await hands.write("Bác gửi thêm ảnh")
        await hands.click(page.get_by_role("button", name="Hỏi thêm"))
    await expect(page.locator("h1")).to_contain_text(ref(2))
    async with hands.at(UNDO):
        await hands.click(page.get_by_role("button", name="Hoàn tác").last)
    await is_back(hands, 1)
    assert hands.done == {task: [Cost(0, it.clicks)] for task, it in document().items()}


async def is_back(hands: Hands, number: int) -> None:
    """A decision was taken back: its dossier is a page of its own again."""
    await expect(hands.page.locator("h1")).to_contain_text(ref(number))
    await hands.page.wait_for_load_state()


async def to_the_desk(hands: Hands) -> None:
    """From the inbox to the first dossier."""
    async with hands.at(DESK, leaves=True):
        await hands.click(hands.page.get_by_role("link", name="Hồ sơ", exact=True))
    async with hands.at(FIRST, leaves=True):
        await hands.press("Enter")


# --- the document ------------------------------------------------------------------------


class Told(NamedTuple):
    """One row of the document's table: ours."""

    times: int
    keys: int
    clicks: int


ROW = re.compile(r"^\| ([A-Z][^|]+?) \| (\d+) \| (\d+|-) \| (\d+) \|", re.MULTILINE)
TOTAL = re.compile(r"(\d+)\s+key\s+strokes\s+and\s+(\d+)\s+click")


def document() -> dict[str, Told]:
    """What each task costs, as the document has it; "-" where there is no key for it."""
    rows = ROW.findall(DOCUMENT.read_text("utf-8"))
    return {
        task: Told(int(times), 0 if keys == "-" else int(keys), int(clicks))
        for task, times, keys, clicks in rows
    }
