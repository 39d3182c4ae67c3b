"""What a visitor does on the page, in words."""

import io
import re
from typing import Literal

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import FilePayload, Locator, Page, expect

DESKTOP, PHONE = (1280, 800), (360, 740)
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
NUMBER = "+84900000101"
CHIPS = {"old": "Mã vừa nhận", "new_phone": "Mã ở số mới", "new_email": "Mã ở email mới"}


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


# --- with the real bot behind the page -------------------------------------------------


async def play(page: Page, citizen: str) -> None:
    """Be this citizen; on a phone the picker is in another part of the page."""
    tab = page.locator("[data-show=papers]")
    if await tab.is_visible():
        await tab.click()
        await page.get_by_label("Ông/bà đóng vai").select_option(label=citizen)
        await page.locator("[data-show=chat]").click()
    else:
        await page.get_by_label("Ông/bà đóng vai").select_option(label=citizen)
    await expect(page.locator("#welcome")).to_be_visible()


async def tell(page: Page, text: str, expected: str) -> None:
    """Write something; the bot's next bubble holds what is expected."""
    before = await bubbles(page).count()
    await write(page, text)
    await expect(bubbles(page).nth(before)).to_contain_text(expected)


async def press(page: Page, label: str, expected: str) -> None:
    """Press a button of the last question; the bot's next bubble holds what is expected."""
    before = await bubbles(page).count()
    await page.locator(".key:not(.old)").get_by_text(re.compile(rf"\d\. {label}")).click()
    await expect(bubbles(page).nth(before)).to_contain_text(expected)


async def type_code(
    page: Page, expected: str, where: Literal["old", "new_phone", "new_email"] = "old"
) -> None:
    """Take the code that has come to an address, and send it."""
    chip = page.locator(".chip", has_text=CHIPS[where])
    code = await chip.locator("strong").inner_text()
    await chip.click()
    await expect(page.get_by_label("Tin nhắn", exact=True)).to_have_value(code)
    before = await bubbles(page).count()
    await page.keyboard.press("Enter")
    await expect(bubbles(page).nth(before)).to_contain_text(expected)


async def send_photo(page: Page, photo: bytes, expected: str) -> None:
    """Choose a photo; the bot's next bubble holds what is expected."""
    before = await bubbles(page).count()
    async with page.expect_file_chooser() as chosen:
        await page.get_by_role("button", name="Gửi ảnh").click()
    await (await chosen.value).set_files([file(photo)])
    await expect(bubbles(page).nth(before)).to_contain_text(expected)


async def follow(page: Page) -> Page:
    """Open the link of the last bubble, on the same screen."""
    async with page.context.expect_page() as opened:
        await bubbles(page).last.locator("a.link").click()
    behind = await opened.value
    if page.viewport_size:
        await behind.set_viewport_size(page.viewport_size)
    return behind


async def sign_in(form: Page, password: str) -> None:
    """Type the account's password on the one-time page."""
    await form.get_by_label("Mật khẩu VssID").fill(password)
    await form.get_by_role("button", name="Xác nhận").click()
    await expect(form.get_by_role("heading", name="Đúng mật khẩu")).to_be_visible()
    await form.close()


def bubbles(page: Page) -> Locator:
    """What the bot has said so far."""
    return page.locator(".bubble:not(.mine):not(:has(.pdf))")


def file(photo: bytes) -> FilePayload:
    """A photo as it lies in the visitor's own folder."""
    return {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": photo}


def damaged_book() -> bytes:
    """A photo, more or less, of a book that got wet; with metadata, as cameras write it."""
    photo = Image.new("RGB", (960, 640), "#8d8577")
    draw = ImageDraw.Draw(photo)
    draw.polygon([(130, 60), (770, 90), (740, 590), (110, 560)], fill="#3f6f9c")
    draw.rectangle((260, 190, 620, 225), fill="#d9e4ee")
    draw.rectangle((310, 255, 570, 280), fill="#d9e4ee")
    draw.ellipse((440, 300, 700, 540), fill="#5d6b61", outline="#4a4338", width=10)
    draw.polygon([(110, 560), (300, 568), (118, 400)], fill="#8d8577")
    exif = Image.Exif()
    exif[0x010E] = "taken at home"  # a description
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()
