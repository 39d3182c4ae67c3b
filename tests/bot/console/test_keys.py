"""What the keys of the console do, and what they leave alone."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from bot.channels.base import Incoming
from flows.model import Event
from flows.quiet import RETURN
from tests.bot.console.test_browser import AN, DESKTOP, Open, browser, crowd, eyes, office
from tests.bot.console.test_desk_browser import SECONDS, decided, desk, ref
from tests.bot.demo.conftest import Eyes

__all__ = ["browser", "eyes", "office"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def inbox(office: Open, eyes: Eyes, role: str = "agent") -> Page:
    """Somebody before a few conversations that wait."""
    await office.house.hires(AN, role)
    await crowd(office.house, 3)
    page = await eyes.open(office.url, *DESKTOP)
    await office.signs_in(page)
    await page.wait_for_load_state()
    return page


async def taken(office: Open, eyes: Eyes) -> Page:
    """The first of them, taken over, the keys in the field for the reply."""
    page = await inbox(office, eyes, "supervisor")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Tiếp quản")).to_be_visible()
    await page.wait_for_load_state()
    await page.keyboard.press("t")
    await expect(page.locator("#words")).to_be_focused()
    await page.wait_for_load_state()
    return page


async def test_enter_opens_what_is_chosen(office: Open, eyes: Eyes) -> None:
    """A chosen line is opened, not the first one; with another key beside it Enter is none."""
    page = await inbox(office, eyes)
    second = await page.locator("[data-row] a").nth(1).get_attribute("href")
    await page.keyboard.press("Control+Enter")
    await page.keyboard.press("/")
    await page.keyboard.press("Escape")
    for key in ("j", "j", "Enter"):
        await page.keyboard.press(key)
    await expect(page).to_have_url(f"{office.url}{second}")


async def test_a_ready_reply_by_its_number(office: Open, eyes: Eyes) -> None:
    """A slash and a number bring it into an empty field; among other words they are words."""
    page = await taken(office, eyes)
    draft = page.locator("#words")
    await page.keyboard.type("/2")
    await expect(draft).to_have_value("Ông/bà chờ tôi vài phút để kiểm tra. Không cần viết lại.")
    for text in ("ngày 1/2", "/9", "/x"):
        await draft.fill("")
        await page.keyboard.type(text)
        await expect(draft).to_have_value(text)


async def test_a_note_is_at_hand_and_no_datum(office: Open, eyes: Eyes) -> None:
    """`n` opens the note, and without one it does not open what reveals."""
    page = await taken(office, eyes)
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await expect(page.locator("#note")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(page.locator("h1")).to_have_text("Hộp việc")
    await page.goto(f"{office.url}/?view=all")
    await page.keyboard.press("Enter")
    await expect(page.locator(".words")).to_be_visible()
    await page.wait_for_load_state()
    await page.keyboard.press("n")
    assert await page.locator("details[open]").count() == 0


async def test_nobody_is_called_back(office: Open, eyes: Eyes) -> None:
    """Who gives a conversation back gets to the inbox, also when it is drawn anew meanwhile."""
    page = await taken(office, eyes)

    async def slowly(route: Route) -> None:
        said = Event(RETURN, f"{AN}\n")
        await office.house.engine.batches.put(Incoming("telegram:100", "elsewhere", said))
        async with asyncio.timeout(5):
            await drawn.wait()
        await asyncio.sleep(0.2)
        await route.continue_()

    drawn = asyncio.Event()
    page.on("response", lambda answer: drawn.set() if "/part?" in answer.url else None)
    await page.route("**/return", slowly)
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(page.locator("h1")).to_have_text("Hộp việc")


async def test_words_stay_with_their_request(office: Open, eyes: Eyes) -> None:
    """After a question the keys are no field's: the next one takes `a`, and no stale question."""
    page = await desk(office, eyes, 3)
    await page.keyboard.press("b")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#why")).to_be_focused()
    await page.keyboard.type("Bac gui them anh")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("h1")).to_contain_text(ref(1))
    await page.locator("#why").fill("khong phai cau hoi")
    await page.keyboard.press("Control+Enter")
    await page.keyboard.press("Escape")
    await page.keyboard.press("a")
    await expect(page.locator("h1")).to_contain_text(ref(2))
    await page.clock.run_for(SECONDS)
    assert await decided(office.house, 0, "needs_info")
    assert await decided(office.house, 1, "resolved")


async def test_refused_by_keyboard(office: Open, eyes: Eyes) -> None:
    """`r` goes to the listed reasons, an arrow chooses one, and the chord sends it."""
    page = await desk(office, eyes, 2)
    await page.keyboard.press("r")
    await expect(page.locator("#reason")).to_be_focused()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#reason")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("h1")).to_contain_text(ref(1))
    await page.clock.run_for(SECONDS)
    assert await decided(office.house, 0, "rejected")


async def test_keys_switched_off(office: Open, eyes: Eyes) -> None:
    """Whoever speaks to the computer does without letters as keys (WCAG 2.1.4)."""
    page = await inbox(office, eyes)
    await page.goto(f"{office.url}/account")
    await page.get_by_label("Dùng phím tắt một chữ").uncheck()
    await page.goto(office.url)
    await page.wait_for_load_state()
    await page.keyboard.press("j")
    assert await page.locator("[data-row] a:focus").count() == 0
    await page.goto(f"{office.url}/account")
    await page.get_by_label("Dùng phím tắt một chữ").check()
    await page.goto(office.url)
    await page.wait_for_load_state()
    await page.keyboard.press("j")
    await expect(page.locator("[data-row] a").first).to_be_focused()


async def test_an_unsent_reply_is_asked_about(office: Open, eyes: Eyes) -> None:
    """Giving back with words in the field asks first; whoever says no keeps them."""
    page = await taken(office, eyes)
    page.once("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
    await page.locator("#words").fill("Chào bác")
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(page.locator("#words")).to_have_value("Chào bác")
    page.once("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.keyboard.press("e")
    await expect(page.locator("h1")).to_have_text("Hộp việc")
