"""What a visitor does on the page, in words."""

import pytest
from playwright.async_api import Page, expect

DESKTOP, PHONE = (1280, 800), (360, 740)
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
NUMBER = "+84900000101"


async def session(page: Page) -> str:
    """The session this page has made for itself."""
    name = await page.evaluate("JSON.parse(sessionStorage.getItem('chat')).session")
    assert isinstance(name, str)
    return name


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Tin nhắn", exact=True).fill(text)
    await page.get_by_role("button", name="Gửi", exact=True).click()


async def start(page: Page) -> None:
    await page.get_by_role("button", name="Bắt đầu").click()
    await expect(page.locator(".bubble:not(.mine)")).to_have_count(1)
