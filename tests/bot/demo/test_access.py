"""The page for everybody: keyboard, screen reader, small screen, low vision, hostile text."""

import re
from itertools import pairwise

import pytest
from playwright.async_api import Page, expect

from bot.notifier.parcel import ChatBody, PaperBody, SmsBody
from tests.bot.demo.conftest import Demo, Eyes
from tests.bot.demo.hands import (
    DESKTOP,
    NUMBER,
    PHONE,
    SIZES,
    damaged_book,
    file,
    session,
    start,
    write,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


async def test_the_keyboard_is_enough(demo: Demo, eyes: Eyes) -> None:
    """Skip link, message, bot's button and reset are reached and pressed without a mouse."""
    page = await eyes.open(demo.url, *DESKTOP)
    await expect(page.get_by_role("button", name="Bắt đầu")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Tin nhắn", exact=True)).to_be_focused()
    await page.keyboard.type("/start")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.press("Backspace")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble:not(.mine)")).to_have_count(1)
    for _ in range(5):
        await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Quên mật khẩu")).to_be_focused()
    await page.keyboard.press("Space")
    await expect(page.locator(".bubble:not(.mine)")).to_have_count(2)


HOSTILE = [
    "<script>document.title='taken'</script><img src=x onerror=alert(1)>",
    "abc \u202egnp.exe\u202c \u2066xyz",
    "{{ 7*7 }} ${7*7} &lt;b&gt;",
    "http://evil.example/p/abc javascript:alert(1) http://localhost:9/p/abc",
    "e\u0301 \u200b\u200d 𝟎𝟗 👩‍👩‍👧 " + "Ắ" * 300,
]


@SIZES
async def test_hostile_text_is_shown_as_it_is(
    demo: Demo, eyes: Eyes, size: tuple[int, int]
) -> None:
    """Markup, direction marks and endless words are text in chat, SMS and e-mail."""
    page = await eyes.open(demo.url, *size)
    for n, text in enumerate(HOSTILE, 1):
        await write(page, text)
        await expect(page.locator(".mine[data-state=sent], .mine[data-state=seen]")).to_have_count(
            n
        )
        await demo.bot.delivers(await session(page), ChatBody(text))
        await demo.bot.delivers(NUMBER, SmsBody(text))
        await expect(page.locator(".mine").last).to_have_attribute("data-state", "seen")
        assert await page.locator(".mine .text").last.text_content() == text
        assert await page.locator(".bubble:not(.mine) .text").last.text_content() == text
        assert await page.locator("#sms .letter .text").first.text_content() == text
    assert await page.title() == "Trợ lý VssID – bản chạy thử"
    assert await page.locator("#log script, #log [onerror], #log a, .letter a").count() == 0
    assert await overflow(page) <= 0


async def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    extent = await page.evaluate(
        "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth"
    )
    return int(extent)


CONTROLS = "button:visible, a.tool:visible, a.pdf:visible, select:visible"


@SIZES
async def test_everything_can_be_touched(demo: Demo, eyes: Eyes, size: tuple[int, int]) -> None:
    """In every part each control is at least 44 pixels high and wide, and nothing sticks out."""
    page = await eyes.open(demo.url, *size)
    await start(page)
    await demo.bot.delivers(NUMBER, SmsBody("482913 la ma C4"))
    await demo.bot.delivers("+84900000201", SmsBody("111222 la ma D5"))
    await demo.bot.delivers(await session(page), PaperBody("receipt", "HS", "vi"), b"%PDF")
    await page.locator("#photo-file").set_input_files([file(damaged_book())])
    await expect(page.locator("#sms .letter")).to_have_count(2)
    await expect(page.locator(".photo canvas")).to_be_visible()
    views = ["chat", "sms", "mail", "papers"] if size == PHONE else ["chat"]
    for view in views:
        if size == PHONE:
            await page.locator(f"[data-show={view}]").click()
        for control in await page.locator(CONTROLS).all():
            bounds = await control.bounding_box()
            assert bounds
            smaller = min(bounds["width"], bounds["height"])
            assert round(smaller) >= 44, await control.text_content()
        assert await overflow(page) <= 0


CONTRAST = """
() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].reduce((sum, value, i) => {
    const v = value / 255;
    const linear = v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return sum + [0.2126, 0.7152, 0.0722][i] * linear;
  }, 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgba(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
    }
    return rgba(getComputedStyle(document.body).backgroundColor);
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !element.checkVisibility() || element.matches(".unseen, :disabled")) continue;
    const a = light(rgba(getComputedStyle(element).color)), b = light(ground(element));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
  }
  return poor;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_has_contrast(demo: Demo, eyes: Eyes, scheme: str) -> None:
    """Each text stands 4.5 to 1 against what lies under it, by day and by night."""
    page = await eyes.open(demo.url, *DESKTOP)
    dark = scheme == "dark"
    await page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    await expect(page.get_by_role("button", name="Bắt đầu")).to_be_visible()
    assert await page.evaluate(CONTRAST) == []
    await start(page)
    await page.get_by_role("button", name="Quên mật khẩu").click()
    await write(page, "7900000001")
    await page.get_by_role("button", name="Gửi số của tôi").click()
    await demo.bot.delivers("+84900000201", SmsBody("111222 la ma D5"))
    await demo.bot.delivers(await session(page), ChatBody(f"Mở {demo.url}/p/abc"))
    await demo.bot.delivers(await session(page), PaperBody("receipt", "HS", "vi"), b"%PDF")
    await expect(page.locator(".chip")).to_have_count(2)
    await expect(page.locator("a.pdf, a.link")).to_have_count(2)
    assert await page.evaluate(CONTRAST) == []


async def test_the_page_is_built_for_screen_readers(demo: Demo, eyes: Eyes) -> None:
    """One h1, headings in order, a named live log, and a name on every control."""
    page = await eyes.open(demo.url, *DESKTOP)
    await start(page)
    levels = await page.locator("h1, h2, h3").evaluate_all("all => all.map(h => +h.tagName[1])")
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    await expect(page.get_by_role("log", name="Nội dung trò chuyện")).to_be_visible()
    for control in await page.locator("button:visible, select:visible, textarea").all():
        await expect(control).to_have_accessible_name(re.compile(r"\S"))


@SIZES
async def test_only_the_chat_scrolls(demo: Demo, eyes: Eyes, size: tuple[int, int]) -> None:
    """However long the chat is, the phone around it stays where it is when a link is reached."""
    page = await eyes.open(demo.url, *size)
    link = f"{demo.url}/p/abc-_1"
    for n in range(12):
        await demo.bot.delivers(await session(page), ChatBody(f"Trang {n}: {link} mở ngay."))
    await expect(page.locator("a.link")).to_have_count(12)
    await page.locator("a.link").first.focus()
    await page.locator("a.link").last.focus()
    tall = "phone => phone.scrollHeight - phone.clientHeight"
    assert await page.locator(".phone").evaluate(tall) == 0
    await expect(page.locator("#chat-title")).to_be_in_viewport()


async def test_only_our_own_pages_are_links(demo: Demo, eyes: Eyes) -> None:
    """An address of a one-time page here can be followed; whatever looks like one stays text."""
    page = await eyes.open(demo.url, *DESKTOP)
    ours = f"{demo.url}/p/abc-_1"
    texts = {
        f"Mở {ours} Xong, tôi nhắn tiếp.": [ours],
        f"Mở ({ours}), hoặc {ours}.": [ours, ours],
        f"{ours}\n{demo.url}/p/": [ours],
        f"{ours}/more {ours}?x=1 {ours}#x {ours}@evil.example": [],
        f"{demo.url}.evil.example/p/abc {demo.url}@evil.example/p/abc": [],
        f"http://evil.example/{ours} x{ours} {demo.url}/demo/reset": [],
        "javascript:alert(1) http://localhost/p/abc https://localhost/p/abc": [],
    }
    for text, links in texts.items():
        await demo.bot.delivers(await session(page), ChatBody(text))
        last = page.locator(".bubble .text").last
        await expect(last).to_have_text(text)
        found = await last.locator("a").evaluate_all("all => all.map(a => a.href)")
        assert found == links
        assert await last.text_content() == text
    await demo.bot.delivers(NUMBER, SmsBody(f"Dat mat khau: {ours}"))
    await expect(page.locator("#sms a.link")).to_have_attribute("href", ours)
    await expect(page.locator("#sms a.link")).to_have_attribute("rel", "noopener")
