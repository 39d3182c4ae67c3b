"""The dashboard in a real browser: bars beside numbers, both themes, on a phone, no script."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.bot.console.test_browser import AN, DESKTOP, Open, browser, eyes, fits, office
from tests.bot.console.test_dashboard import course_of
from tests.bot.demo.conftest import Eyes

__all__ = ["browser", "eyes", "office"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_dashboard(office: Open, eyes: Eyes, scheme: str, tmp_path: Path) -> None:
    """Every bar has its number in the same cell; all fits a narrow phone; a procedure opens."""
    house = office.house
    await house.hires(AN, "supervisor")
    await course_of(house)
    await house.hears("tôi muốn đổi số điện thoại", chat="telegram:8")
    house.clock.pass_(60)
    page = await eyes.open(office.url, *DESKTOP)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await office.signs_in(page)
    await page.get_by_role("link", name="Số liệu").click()
    await expect(page.locator("h1")).to_have_text("Số liệu")
    first = page.locator("section.figures").first
    await expect(first.locator("tbody tr")).to_have_count(2)
    await expect(first.locator(".bar")).to_have_count(2)
    await expect(page.get_by_role("img")).to_be_visible()
    assert await fits(page)
    await page.screenshot(path=tmp_path / f"dashboard-{scheme}.png", full_page=True)
    await first.locator("tbody a").nth(1).press("Enter")
    await expect(first.locator("tbody tr").nth(1).locator("a")).to_have_attribute(
        "aria-current", "true"
    )
    await page.set_viewport_size({"width": 360, "height": 800})
    assert await fits(page)
    await page.screenshot(path=tmp_path / f"dashboard-phone-{scheme}.png", full_page=True)
    await page.get_by_role("link", name="Câu chưa hiểu").click()
    await expect(page.locator("tbody")).to_contain_text("abc def ghi")
    assert await fits(page)
    await page.screenshot(path=tmp_path / f"misses-phone-{scheme}.png", full_page=True)
