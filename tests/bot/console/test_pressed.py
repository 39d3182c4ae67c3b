"""A click is never lost to a page that is drawn anew under it."""

import asyncio

import pytest
from playwright.async_api import Locator, Page, expect

from tests.bot.console.house import House
from tests.bot.console.test_browser import AN, DESKTOP, Open, browser, crowd, eyes, office
from tests.bot.demo.conftest import Eyes

__all__ = ["browser", "eyes", "office"]
pytestmark = pytest.mark.asyncio(loop_scope="module")
NEW = "telegram:999"


async def pressed(page: Page, there: Locator) -> None:
    """The mouse goes down there, and stays down."""
    await there.hover()
    await page.mouse.down()


async def stirs(house: House, chat: str) -> None:
    """Somebody writes, and there is time for every page to know."""
    await house.hears("gặp cán bộ", chat=chat)
    await asyncio.sleep(1.5)


async def test_a_row_that_moves(office: Open, eyes: Eyes) -> None:
    """The row under the mouse is the one that opens, whoever writes meanwhile."""
    await office.house.hires(AN, "supervisor")
    await crowd(office.house, 3)
    page = await eyes.open(office.url, *DESKTOP)
    await office.signs_in(page)
    await page.goto(f"{office.url}/?view=all")
    link = page.locator("[data-row] a").first
    await pressed(page, link)
    wanted = await link.get_attribute("href")
    office.house.clock.pass_(1)
    await stirs(office.house, NEW)
    await page.mouse.up()
    await expect(page).to_have_url(f"{office.url}{wanted}")


async def test_rows_come_after_the_release(office: Open, eyes: Eyes) -> None:
    """What came meanwhile is shown once the mouse is up."""
    await office.house.hires(AN, "supervisor")
    await crowd(office.house, 3)
    page = await eyes.open(office.url, *DESKTOP)
    await office.signs_in(page)
    await pressed(page, page.locator("h1"))
    await stirs(office.house, NEW)
    await expect(page.locator("[data-row]")).to_have_count(3)
    await page.mouse.up()
    await expect(page.locator("[data-row]")).to_have_count(4)


async def test_taking_over_while_the_citizen_writes(office: Open, eyes: Eyes) -> None:
    """The button under the mouse works although the words above it have changed."""
    await office.house.hires(AN, "supervisor")
    await crowd(office.house, 1)
    page = await eyes.open(office.url, *DESKTOP)
    await office.signs_in(page)
    await page.locator("[data-row] a").first.click()
    take = page.get_by_role("button", name="Tiếp quản")
    await expect(take).to_be_visible()
    await asyncio.sleep(1.5)  # until the page has noted who looks
    await pressed(page, take)
    await office.house.hears("có ai không", chat="telegram:100")
    await asyncio.sleep(1.5)
    await page.mouse.up()
    await expect(page.get_by_label("Trả lời người dân")).to_be_visible()
