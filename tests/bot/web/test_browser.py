"""The one-time page in a real browser, by keyboard alone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.clock import ManualClock
from bot.web import rules
from bot.web.app import serve, web_app
from tests.bot.demo.conftest import Eyes
from tests.bot.demo.hands import PHONE, SIZES
from tests.bot.web.citizen import PASSWORD, Citizen, living
from tests.bot.web.test_sign_in import asks_for_page, has_password

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@dataclass(frozen=True)
class Visit:
    """A citizen with a link that can really be opened."""

    citizen: Citizen
    link: str


@pytest_asyncio.fixture(loop_scope="module")
async def visit(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Visit]:
    """The engine's own server on a free port, and a link sent by it."""
    async with living(tmp_path, clock) as citizen:
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        app = web_app(citizen.engine)
        serving = asyncio.create_task(serve(app, "127.0.0.1", 0, ready=port.set_result))
        path = await citizen.ask_for_link()
        yield Visit(citizen, f"http://127.0.0.1:{await port}{path}")
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def fill(page: Page, first: str, second: str) -> None:
    """Type both fields and send them; the first has the focus already."""
    await page.keyboard.type(first)
    await page.keyboard.press("Tab")
    await page.keyboard.type(second)
    await page.keyboard.press("Enter")


def at_ease(eyes: Eyes, page: Page, *, answers: tuple[str, ...]) -> None:
    """Chromium noted the refusals we meant, nothing else; only our own server was asked."""
    meant = tuple(f"the server responded with a status of {answer}" for answer in answers)
    assert all(any(word in note for word in meant) for note in eyes.complaints)
    home = page.url.partition("/p/")[0]
    assert all(url.startswith(f"{home}/p/") for url in eyes.abroad)
    eyes.complaints.clear()
    eyes.abroad.clear()


async def fits(page: Page) -> bool:
    """Whether nothing sticks out to the side."""
    await page.wait_for_load_state()
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(await page.evaluate(wide))


@SIZES
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_password_is_chosen_by_keyboard(
    visit: Visit, eyes: Eyes, size: tuple[int, int], scheme: str, tmp_path: Path
) -> None:
    """Refused once with the reason beside the fields, then taken; twice is once too often."""
    page = await eyes.open(visit.link, *size)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.screenshot(path=tmp_path / "form.png")
    await expect(page.get_by_label("Mật khẩu mới", exact=True)).to_be_focused()
    assert await fits(page)
    await fill(page, "matkhau123", "matkhau123")
    await expect(page.get_by_role("alert")).to_contain_text("ai cũng nghĩ tới")
    await expect(page.get_by_label("Mật khẩu mới", exact=True)).to_have_value("")
    await page.screenshot(path=tmp_path / "refused.png")
    assert await fits(page)
    await fill(page, PASSWORD, PASSWORD)
    await expect(page.locator("h1")).to_have_text("Đã đặt mật khẩu mới")
    await page.screenshot(path=tmp_path / "done.png")
    member = await visit.citizen.member()
    assert rules.fits(member.password_hash, PASSWORD)
    await page.goto(visit.link)
    await expect(page.locator("h1")).to_contain_text("không còn dùng được")
    await page.screenshot(path=tmp_path / "gone.png")
    assert await fits(page)
    at_ease(eyes, page, answers=("422", "410"))


async def test_letters_are_shown_and_the_language_changed_without_a_script(
    visit: Visit, eyes: Eyes, tmp_path: Path
) -> None:
    """Two links do it, and each keeps what the other has set."""
    page = await eyes.open(visit.link, *PHONE)
    await page.get_by_role("link", name="Hiện chữ khi gõ").press("Enter")
    await page.get_by_role("link", name="English").press("Enter")
    await expect(page.get_by_label("New password", exact=True)).to_have_attribute("type", "text")
    await fill(page, PASSWORD, PASSWORD[:-1])
    await expect(page.get_by_role("alert")).to_contain_text("not the same")
    await page.screenshot(path=tmp_path / "english.png")
    await page.get_by_role("link", name="Hide what I type").press("Enter")
    await expect(page.locator("input[type=password]")).to_have_count(2)
    await fill(page, PASSWORD, PASSWORD)
    await expect(page.locator("h1")).to_have_text("The new password is set")
    at_ease(eyes, page, answers=("422",))


@SIZES
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_signing_in_by_keyboard(
    visit: Visit, eyes: Eyes, size: tuple[int, int], scheme: str, tmp_path: Path
) -> None:
    """Wrong once with field and button still in sight, then right; afterwards whom to call."""
    citizen, home = visit.citizen, visit.link.partition("/p/")[0]
    await has_password(citizen)
    link = home + await asks_for_page(citizen, chat="web:signing")
    page = await eyes.open(link, *size)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await expect(page.get_by_label("Mật khẩu VssID", exact=True)).to_be_focused()
    await page.keyboard.type("not this one")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("chưa đúng")
    await page.screenshot(path=tmp_path / "wrong.png")
    await expect(page.get_by_role("button", name="Xác nhận")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_label("Mật khẩu VssID", exact=True)).to_be_focused()
    assert await fits(page)
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Đúng mật khẩu")
    await page.goto(link)
    await expect(page.locator("h1")).to_contain_text("không còn dùng được")
    await expect(page.get_by_role("link", name="1900 9068")).to_have_attribute(
        "href", "tel:19009068"
    )
    await page.screenshot(path=tmp_path / "gone.png")
    assert await fits(page)
    at_ease(eyes, page, answers=("422", "410"))
