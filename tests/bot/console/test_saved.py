"""Filters of the inbox under a name: each officer's own, opened by a digit, never a search."""

import pytest
from playwright.async_api import expect

from bot.console.saved import LONGEST, MOST
from tests.bot.console.house import Browser, House
from tests.bot.console.test_browser import AN, DESKTOP, Open, browser, crowd, eyes, office
from tests.bot.demo.conftest import Eyes

__all__ = ["browser", "eyes", "office"]
module = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
async def an(house: House) -> Browser:
    return await house.signed_in(AN, "agent")


async def names(house: House, officer: str = AN) -> list[str]:
    return [row.name for row in await house.store.views(officer)]


async def test_kept_and_dropped(house: House, an: Browser) -> None:
    """Under the name that was given, the same name once, others' unseen."""
    form = {"name": "  Riêng   An ", "view": "all", "flow": "change_phone", "q": "0900000101"}
    assert (await an.posts("/views", **form)).headers["location"] == "/?view=all&flow=change_phone"
    await an.posts("/views", name="Riêng An", view="mine")
    (row,) = await house.store.views(AN)
    assert (row.name, row.query) == ("Riêng An", "view=mine")
    assert "Riêng An" in (await an.sees("/")).text
    binh = await house.signed_in("binh.tran", "agent")
    assert "Riêng An" not in (await binh.sees("/")).text
    await binh.posts("/views/drop", name="Riêng An")
    assert await names(house) == ["Riêng An"]
    await an.posts("/views/drop", name="Riêng An")
    assert await names(house) == []


async def test_not_without_end(house: House, an: Browser) -> None:
    """No more than an officer can look over, no nameless one, no endless name."""
    await an.posts("/views", name="  ", view="all")
    for number in range(MOST + 2):
        await an.posts("/views", name=f"{number} " + "x" * 100, view="all")
    kept = await names(house)
    assert len(kept) == MOST
    assert max(map(len, kept)) == LONGEST


async def test_a_hostile_name(an: Browser) -> None:
    """It is shown as it was typed."""
    await an.posts("/views", name="<script>alert(1)</script>", view="all")
    page = (await an.sees("/")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


@module
async def test_a_digit_opens_it(office: Open, eyes: Eyes) -> None:
    """Saved with the mouse, opened with one key."""
    await office.house.hires(AN, "agent")
    await crowd(office.house, 2)
    page = await eyes.open(office.url, *DESKTOP)
    await office.signs_in(page)
    await page.goto(f"{office.url}/?view=all&channel=telegram")
    await page.get_by_text("Lưu bộ lọc này").click()
    await page.get_by_label("Tên").fill("Chỉ Telegram")
    await page.get_by_role("button", name="Lưu", exact=True).click()
    await expect(page.get_by_role("link", name="Chỉ Telegram")).to_be_visible()
    await page.goto(office.url)
    await page.wait_for_load_state()
    await page.keyboard.press("1")
    await expect(page).to_have_url(f"{office.url}/?view=all&channel=telegram")
