"""Two officers in two browsers on one conversation: each sees the other, one of them has it."""

import pytest
from playwright.async_api import Page, expect

from bot.channels.base import Incoming
from flows.model import PHOTO, Event
from tests.bot.console.test_browser import AN, DESKTOP, Open, browser, eyes, office
from tests.bot.demo.conftest import Eyes

__all__ = ["browser", "eyes", "office"]
pytestmark = pytest.mark.asyncio(loop_scope="module")
BINH = "binh.tran"


async def at_work(office: Open, page: Page, name: str) -> Page:
    """Signed in, with the one conversation open."""
    await office.signs_in(page, name)
    await page.wait_for_load_state()
    async with page.expect_response("**/at-it"):
        await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Tiếp quản")).to_be_visible()
    await page.wait_for_load_state()
    return page


async def test_two_browsers(office: Open, eyes: Eyes) -> None:
    """Looking and taking are seen at the other desk; who was second can neither take nor write."""
    house = office.house
    for name in (AN, BINH):
        await house.hires(name, "agent")
    await house.hears("quên mật khẩu", "gặp cán bộ")
    an = await at_work(office, await eyes.open(office.url, *DESKTOP), AN)
    engine = an.context.browser
    assert engine
    house.clock.pass_(1)  # nobody looks at the very moment of another
    other = await engine.new_context(locale="vi-VN")
    binh = await at_work(office, await other.new_page(), BINH)
    await expect(an.get_by_text(f"{BINH} đang xem")).to_be_visible()
    await expect(binh.get_by_text(f"{AN} đang xem")).to_be_visible()
    await an.keyboard.press("t")
    await expect(an.get_by_label("Trả lời người dân")).to_be_focused()
    await expect(binh.get_by_text(f"{AN} đang giữ từ")).to_be_visible()
    await expect(binh.get_by_role("button", name="Tiếp quản")).to_have_count(0)
    await an.wait_for_load_state()
    house.clock.pass_(1)
    await an.keyboard.type("Chào bác")
    await expect(binh.get_by_text(f"{AN} đang gõ")).to_be_visible()
    await house.engine.batches.put(Incoming("telegram:7", "photo-1", Event(PHOTO, "file")))
    await expect(an.locator(".words li").last).to_contain_text("gửi một ảnh")
    await an.keyboard.press("Control+Enter")
    await expect(binh.locator(".words li").last).to_contain_text("Chào bác")
    await binh.goto(f"{office.url}/?view=attended")
    await expect(binh.locator("[data-row]")).to_contain_text(AN)
    await other.close()
