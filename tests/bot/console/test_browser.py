"""The console in a real browser: enrolling, signing in, keyboard, both themes, a live list."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Page, expect

from bot import staff
from bot.clock import ManualClock
from bot.console.app import console
from bot.console.live import BEAT
from bot.console.words import shown
from tests.bot.console.house import PASSWORD, House, housed
from tests.bot.demo.conftest import Eyes, Listening, browser, eyes, listening

__all__ = ["browser", "eyes"]
pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

DESKTOP, PHONE = (1366, 768), (390, 844)
AN = "an.nguyen"
HOSTILE = (
    '<img src=x onerror=alert(1)> "><script>alert(2)</script> {{7*7}} \u202eabc\u202c ${8*8}',
    "javascript:alert(3) <svg/onload=alert(4)> &lt;b&gt; \u200bzero\u200dwidth",
)


@dataclass(frozen=True)
class Open:
    """A house whose console can really be reached."""

    house: House
    url: str

    async def signs_in(self, page: Page, name: str = AN) -> None:
        """By keyboard alone."""
        await page.goto(f"{self.url}/sign-in")
        await expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
        for word in (name, PASSWORD, self.house.code()):
            await page.keyboard.type(word)
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Hộp việc")

    async def enters(self, page: Page, name: str) -> None:
        """Sign in and wait for whatever page this role begins with."""
        await page.goto(f"{self.url}/sign-in")
        for word in (name, PASSWORD, self.house.code()):
            await page.keyboard.type(word)
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="module")
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Open]:
    """The console on a free port of this machine."""
    sock = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{sock.getsockname()[1]}"
    async with housed(tmp_path, clock, site=url) as house:
        looking = asyncio.create_task(house.parts.live.run())
        config = uvicorn.Config(console(house.parts), log_level="critical", lifespan="off")
        async with listening(Listening(config), [sock]):
            yield Open(house, url)
            house.parts.live.close()
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


async def fits(page: Page) -> bool:
    """Whether nothing sticks out to the side, once the style has come (the words come first)."""
    await page.wait_for_load_state()
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(await page.evaluate(wide))


async def crowd(house: House, count: int = 12) -> None:
    """Citizens at different steps, some of whom ask for a person."""
    for number in range(count):
        chat = f"telegram:{number + 100}"
        await house.hears("quên mật khẩu", "đồng ý", chat=chat)
        if number % 3 == 0:
            await house.hears("79", "một hai ba", chat=chat)
        if number % 4 != 3:
            await house.hears("gặp cán bộ", chat=chat)
        house.clock.pass_(95)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_from_the_link_to_the_inbox(
    office: Open, eyes: Eyes, scheme: str, tmp_path: Path
) -> None:
    """Enrol with a phone, sign in with its next code, by keyboard; each page fits a phone too."""
    house = office.house
    random = house.engine.desk.random
    token = await staff.invite(house.store, AN, "agent", house.clock.now(), random, "operator")
    page = await eyes.open(office.url, *DESKTOP)
    await page.goto(f"{office.url}/enrol/{token}")
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    key = (await page.locator(".secret").inner_text()).replace(" ", "")
    await page.screenshot(path=tmp_path / f"enrol-{scheme}.png", full_page=True)
    totp = pyotp.TOTP(key)
    for word in (PASSWORD, PASSWORD, totp.at(int(house.clock.now()))):
        await page.keyboard.type(word)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text("Đã kích hoạt")
    house.clock.pass_(30)
    await page.get_by_role("link", name="Đăng nhập").press("Enter")
    await page.screenshot(path=tmp_path / f"sign-in-{scheme}.png")
    for word in (AN, PASSWORD, totp.at(int(house.clock.now()))):
        await page.keyboard.type(word)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Hộp việc")
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert await fits(page)
    for path in ("/account", "/sign-in", "/none"):
        await page.goto(office.url + path)
        assert await fits(page)
    eyes.complaints.clear()  # Chromium notes the 404 that we asked for


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_inbox(office: Open, eyes: Eyes, scheme: str, tmp_path: Path) -> None:
    """Who waits and how long, in words; j and k walk; what is new comes by itself."""
    house = office.house
    await house.hires(AN, "agent")
    await crowd(house)
    page = await eyes.open(office.url, *DESKTOP)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await office.signs_in(page)
    rows = page.locator("[data-row]")
    await expect(rows).to_have_count(9)
    await expect(rows.first).to_contain_text("Trễ hẹn")
    await page.screenshot(path=tmp_path / f"inbox-{scheme}.png")
    assert await fits(page)
    await page.locator("h1").click()
    for key in ("j", "j", "k", "j"):
        await page.keyboard.press(key)
    await expect(rows.nth(1).get_by_role("link")).to_be_focused()
    await house.hears("gặp cán bộ", chat="telegram:newest")
    await expect(rows).to_have_count(10)
    await expect(rows.nth(1).get_by_role("link")).to_be_focused()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.screenshot(path=tmp_path / f"keys-{scheme}.png")
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await page.keyboard.type("0900 000 101")
    await page.keyboard.press("Enter")
    await expect(page.locator(".empty")).to_contain_text("Không tìm thấy")
    await page.goto(f"{office.url}/?view=all")
    await expect(rows).to_have_count(13)
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert await fits(page)
    await page.screenshot(path=tmp_path / f"inbox-phone-{scheme}.png")


async def test_language_and_theme(office: Open, eyes: Eyes, tmp_path: Path) -> None:
    """Two switches, kept for the next page, also before anybody signed in."""
    page = await eyes.open(office.url, *DESKTOP)
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("h1")).to_have_text("Sign in")
    await page.get_by_role("button", name="Dark").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.wait_for_load_state()
    dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    await page.get_by_role("button", name="Light").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await page.wait_for_load_state()
    light = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    await page.screenshot(path=tmp_path / "english.png")
    await page.get_by_role("button", name="Tiếng Việt").click()
    await expect(page.locator("h1")).to_have_text("Đăng nhập")


async def test_the_session_that_ends_while_somebody_watches(office: Open, eyes: Eyes) -> None:
    """Whoever is disabled is led out by the next beat of the stream, without a touch."""
    house = office.house
    await house.hires(AN, "agent")
    page = await eyes.open(office.url, *DESKTOP)
    await office.signs_in(page)
    await staff.disable(house.store, AN, house.clock.now(), "operator")
    await expect(page).to_have_url(re.compile("/sign-in"))
    assert BEAT < 5
    eyes.complaints.clear()  # htmx notes that the stream has ended


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_conversation(office: Open, eyes: Eyes, scheme: str, tmp_path: Path) -> None:
    """Take over with one key, read what comes, write by keyboard; the card needs no scrolling."""
    house = office.house
    await house.hires(AN, "agent")
    texts = ("quên mật khẩu", "đồng ý", "7900000001", "0900000101", *HOSTILE, "gặp cán bộ")
    await house.hears(*texts)
    page = await eyes.open(office.url, *DESKTOP)
    page.on("dialog", lambda dialog: eyes.complaints.append(dialog.message))
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await office.signs_in(page)
    await page.locator("h1").click()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Tiếp quản")).to_be_visible()
    await expect(page.locator(".side")).to_be_in_viewport(ratio=1)
    await page.screenshot(path=tmp_path / f"conversation-{scheme}.png")
    await page.keyboard.press("t")
    draft = page.get_by_label("Trả lời người dân")
    await expect(draft).to_be_focused()
    await page.wait_for_load_state()  # the field has the focus before the keys have their script
    await page.keyboard.type("Bác đọc mã xác nhận")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Chưa gửi")
    await expect(draft).to_have_value("Bác đọc mã xác nhận")
    await draft.fill("")
    await draft.press_sequentially("Chào bác, tôi đang xem")
    await house.hears(*HOSTILE, "bao giờ xong ạ")
    words = page.locator(".words li")
    await expect(words.last).to_contain_text("bao giờ xong ạ")
    for text in HOSTILE:
        await expect(page.locator(".words")).to_contain_text(shown(text))
    await expect(draft).to_have_value("Chào bác, tôi đang xem")
    await page.keyboard.press("Control+Enter")
    await expect(words.last).to_contain_text("Cán bộ an.nguyen: Chào bác, tôi đang xem")
    await expect(page.get_by_role("button", name="Trả lại bot")).to_be_in_viewport(ratio=1)
    await page.screenshot(path=tmp_path / f"taken-{scheme}.png")
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert await fits(page)
    await page.screenshot(path=tmp_path / f"conversation-phone-{scheme}.png", full_page=True)
    await page.get_by_role("button", name="Trả lại bot").click()
    await expect(page.locator("h1")).to_have_text("Hộp việc")
    assert [note for note in eyes.complaints if "status of 422" not in note] == []
    eyes.complaints.clear()  # Chromium notes the draft that was refused
