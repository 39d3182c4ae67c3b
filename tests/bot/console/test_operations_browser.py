"""Pages of operations in a real browser: on a phone, in both themes, with hostile words."""

from typing import Literal

import pytest
from playwright.async_api import expect

from tests.bot.console.house import PASSWORD
from tests.bot.console.test_browser import (
    AN,
    DESKTOP,
    HOSTILE,
    Open,
    browser,
    eyes,
    fits,
    office,
)
from tests.bot.demo.conftest import Eyes

__all__ = ["browser", "eyes", "office"]
pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

PAGES = (
    "/operations",
    "/operations/deliveries",
    "/operations/hours",
    "/operations/guides",
    "/staff",
    "/audit",
)
SMALL = (360, 740)
Scheme = Literal["light", "dark"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_switching_off_by_keyboard(office: Open, eyes: Eyes, scheme: Scheme) -> None:
    """Every page fits a small phone; a notice is written and applied without a mouse."""
    await office.house.hires(AN, "admin")
    page = await eyes.open(office.url, *DESKTOP)
    await page.emulate_media(color_scheme=scheme)
    for word in (AN, PASSWORD, office.house.code()):
        await page.keyboard.type(word)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Vận hành")
    await page.locator("select[name=name]").focus()
    await page.keyboard.type("Quên mật")
    await page.locator("textarea[name=vi]").focus()
    await page.keyboard.type(HOSTILE[0])
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody tr")).to_contain_text("<img src=x onerror=alert(1)>")
    for size in (SMALL, DESKTOP):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        for path in PAGES:
            await page.goto(f"{office.url}{path}")
            assert await fits(page), (path, size)
