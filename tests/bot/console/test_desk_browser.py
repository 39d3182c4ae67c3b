"""The desk in a real browser: requests decided by keyboard alone, taken back, and never lost."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.decision import Decision
from bot.dossier_file import event_of
from tests.bot.console.files import change, hands_in, now_is
from tests.bot.console.house import House
from tests.bot.console.test_browser import AN, DESKTOP, PHONE, Open, browser, eyes, fits, office
from tests.bot.demo.conftest import Eyes

__all__ = ["browser", "eyes", "office"]
pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY = 86_400.0
SECONDS = 11_000  # milliseconds after which nothing can be taken back


def ref(number: int) -> str:
    return f"HS-261123-K7K2M{number}"


async def desk(office: Open, eyes: Eyes, count: int, size: tuple[int, int] = DESKTOP) -> Page:
    """Somebody at the desk, with this many clean requests, the first of them open."""
    await office.house.hires(AN, "agent")
    for number in range(count):
        await hands_in(
            office.house, ref(number), due_in=(number + 1) * DAY, number=f"{number:010}"
        )
    page = await eyes.open(office.url, *size)
    await page.clock.install()
    await office.signs_in(page)
    await page.goto(f"{office.url}/dossiers")
    await page.locator("h1").click()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text(ref(0))
    await page.wait_for_load_state()  # keys have their script last
    # Seconds pass only where a test lets them: a busy machine must not run out of ten.
    await page.clock.pause_at(await page.evaluate("Date.now() / 1000 + 30"))
    return page


async def decided(house: House, number: int, state: str) -> bool:
    """Whether a request comes to this state soon."""
    for _ in range(50):
        if (await now_is(house, ref(number))).state == state:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_one_key_a_request(office: Open, eyes: Eyes) -> None:
    """A clean request takes one key: `a` decides it and opens the next one."""
    page = await desk(office, eyes, 6)
    for number in range(6):
        await expect(page.locator("h1")).to_contain_text(ref(number))
        await page.keyboard.press("a")
    await expect(page.locator("h1")).to_have_text("Hồ sơ")
    assert (await now_is(office.house, ref(0))).state == "submitted"
    await page.clock.run_for(SECONDS)
    for number in range(6):
        assert await decided(office.house, number, "resolved")
    await expect(page.locator("#pending p")).to_have_count(0)


async def test_taken_back(office: Open, eyes: Eyes) -> None:
    """Within ten seconds `u` takes the last decision back and opens its request again."""
    page = await desk(office, eyes, 2)
    await page.keyboard.press("a")
    await expect(page.locator("h1")).to_contain_text(ref(1))
    await expect(page.locator("#pending")).to_contain_text(f"{ref(0)}: Duyệt. Còn 10 giây.")
    await page.keyboard.press("u")
    await expect(page.locator("h1")).to_contain_text(ref(0))
    await page.clock.run_for(SECONDS)
    assert not await page.locator("#pending p").count()
    assert (await now_is(office.house, ref(0))).state == "submitted"


async def test_whoever_leaves_has_decided(office: Open, eyes: Eyes) -> None:
    """A tab that is closed puts through what was still waiting: nothing is lost silently."""
    page = await desk(office, eyes, 2)
    await page.keyboard.press("a")
    await expect(page.locator("h1")).to_contain_text(ref(1))
    await page.goto("about:blank")
    assert await decided(office.house, 0, "resolved")


async def test_a_question_by_keyboard(office: Open, eyes: Eyes) -> None:
    """`b` asks for the words first and then for nothing more."""
    page = await desk(office, eyes, 2)
    await page.keyboard.press("b")
    await expect(page.get_by_label("Lời nhắn cho người dân")).to_be_focused()
    await page.keyboard.type("Bác chụp lại trang đầu của sổ")
    await page.locator("h1").click()
    await page.keyboard.press("b")
    await expect(page.locator("h1")).to_contain_text(ref(1))
    await page.clock.run_for(SECONDS)
    assert await decided(office.house, 0, "needs_info")


async def test_what_was_not_decided_is_told(office: Open, eyes: Eyes) -> None:
    """Somebody was faster: the page says so, with the way back to the request."""
    page = await desk(office, eyes, 2)
    await page.keyboard.press("a")
    await expect(page.locator("h1")).to_contain_text(ref(1))
    await office.house.hires("binh.tran", "agent")
    said = Decision(ref(0), "staff:receive", "binh.tran", 1)
    row, desk_ = await now_is(office.house, ref(0)), office.house.engine.desk
    await office.house.engine.batches.put(event_of(said, row, desk_))
    await page.clock.run_for(SECONDS)
    told = page.get_by_role("link", name="chưa được quyết định")
    await expect(told).to_contain_text("binh.tran")
    await told.click()
    await expect(page.get_by_text("binh.tran")).to_be_visible()
    # The browser itself notes the answer that was expected here, in its two ways.
    eyes.complaints = [line for line in eyes.complaints if "409" not in line]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_it_fits(
    office: Open, eyes: Eyes, scheme: str, size: tuple[int, int], tmp_path: Path
) -> None:
    """List and request fit a small desktop and a phone; on the desktop the checks are in sight."""
    await hands_in(office.house, ref(8), "phone_review", {"phone": "+84900000555", "sim": "lost"})
    await hands_in(office.house, ref(9), due_in=-DAY, photos=2)
    async with office.house.store.unit(now=office.house.clock.now()) as unit:
        await unit.save_changes([change(office.house)])
    await office.house.hires(AN, "agent")
    page = await eyes.open(office.url, *size)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await office.signs_in(page)
    await page.goto(f"{office.url}/dossiers")
    await page.screenshot(path=tmp_path / f"desk-{scheme}-{size[0]}.png")
    assert await fits(page)
    await page.goto(f"{office.url}/dossiers/{ref(9)}")
    await expect(page.locator(".checks")).to_be_in_viewport()
    await page.screenshot(path=tmp_path / f"dossier-{scheme}-{size[0]}.png", full_page=True)
    assert await fits(page)
