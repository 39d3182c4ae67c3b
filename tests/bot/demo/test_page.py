"""The page in a real browser, as a visitor meets it."""

import io

import pytest
from PIL import Image
from playwright.async_api import expect

from bot.notifier.parcel import ChatBody, MailBody, PaperBody, SmsBody
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


@SIZES
async def test_a_password_is_recovered(demo: Demo, eyes: Eyes, size: tuple[int, int]) -> None:
    """From the start button to the password in the SMS, by buttons and five messages."""
    page = await eyes.open(demo.url, *size)
    await start(page)
    await page.get_by_role("button", name="Quên mật khẩu").click()
    await write(page, "7900000001")
    await page.get_by_role("button", name="Gửi số của tôi").click()
    await page.locator(".chip").click()
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble").last).to_contain_text("Mã đúng")
    await expect(page.locator(".mine[data-state=seen]")).to_have_count(5)
    await expect(page.locator("#sms .letter").first).to_contain_text("hoa-sen-4471")
    await expect(page.locator("#mail .letter h3")).to_have_text("Mật khẩu VssID vừa được cấp lại")
    heard = [incoming.event.kind for incoming in demo.bot.heard]
    assert heard == ["text", "stale", "text", "contact", "text"]


@SIZES
async def test_nothing_is_sent_before_the_visitor_does(
    demo: Demo, eyes: Eyes, size: tuple[int, int]
) -> None:
    """Opening the page says nothing; the start button says /start once."""
    page = await eyes.open(demo.url, *size)
    await expect(page.get_by_role("button", name="Bắt đầu")).to_be_visible()
    assert demo.bot.heard == []
    await start(page)
    await expect(page.get_by_role("button", name="Bắt đầu")).to_be_hidden()
    assert [incoming.event.text for incoming in demo.bot.heard] == ["/start"]


async def test_an_sms_is_announced_on_a_phone(demo: Demo, eyes: Eyes) -> None:
    """On a small screen an SMS shows a toast and a badge; opening it clears both."""
    page = await eyes.open(demo.url, *PHONE)
    await start(page)
    await demo.bot.delivers(NUMBER, SmsBody("482913 la ma C4"))
    toast, badge = page.locator(".toast"), page.locator("[data-show=sms] .badge")
    await expect(toast).to_contain_text("482913")
    await expect(badge).to_have_text("1 tin chưa đọc")
    await toast.click()
    await expect(page.locator("#sms .letter")).to_be_visible()
    await expect(page.locator("#chat")).to_be_hidden()
    await expect(toast).to_have_count(0)
    await expect(badge).to_be_hidden()
    await page.get_by_role("button", name="Gõ giúp 482913").click()
    await expect(page.get_by_label("Tin nhắn", exact=True)).to_have_value("482913")
    await expect(page.get_by_label("Tin nhắn", exact=True)).to_be_focused()


async def test_the_typing_sign_stands_until_the_bubble(demo: Demo, eyes: Eyes) -> None:
    """From the post to the bot's bubble the visitor sees that somebody answers."""
    page = await eyes.open(demo.url, *DESKTOP)
    await write(page, "không ai trả lời câu này")
    await expect(page.locator("#typing")).to_be_visible()
    await expect(page.locator(".mine[data-state=sent]")).to_have_count(1)
    await demo.bot.delivers(await session(page), ChatBody("Đây rồi."))
    await expect(page.locator("#typing")).to_be_hidden()
    await expect(page.locator(".mine[data-state=seen]")).to_have_count(1)


async def test_old_buttons_fade_and_stay_pressable(demo: Demo, eyes: Eyes) -> None:
    """A button of an earlier bubble looks old, says so, and still posts its token."""
    page = await eyes.open(demo.url, *DESKTOP)
    await start(page)
    await page.get_by_role("button", name="Quên mật khẩu").click()
    await expect(page.locator(".bubble:not(.mine)")).to_have_count(2)
    old = page.get_by_role("button", name="Thêm hoặc đổi email")
    await expect(old).to_have_class("key old")
    await expect(old).to_have_accessible_description("Nút của câu hỏi trước")
    await old.click()
    await expect(page.locator(".mine").last).to_contain_text("Thêm hoặc đổi email")
    assert demo.bot.heard[-1].token == "Thêm hoặc đổi email"


async def test_a_picture_and_a_deleted_message(demo: Demo, eyes: Eyes) -> None:
    """A picture is shown above its text; an erased message keeps its place, not its words."""
    page = await eyes.open(demo.url, *DESKTOP)
    await write(page, "mật khẩu của tôi là hoa hồng")
    await expect(page.locator(".mine")).to_have_count(1)
    png = io.BytesIO()
    Image.new("RGB", (160, 60), "teal").save(png, "PNG")
    body = ChatBody("Gõ lại các ký tự.", erase=demo.bot.heard[0].message, picture="human")
    await demo.bot.delivers(await session(page), body, png.getvalue())
    await expect(page.locator(".mine")).to_contain_text("Tin nhắn đã được xóa")
    await expect(page.locator(".mine")).not_to_contain_text("hoa hồng")
    picture = page.get_by_role("img", name="Hình có các ký tự cần gõ lại")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.naturalWidth") == 160


async def test_a_sticker_is_not_text(demo: Demo, eyes: Eyes) -> None:
    """Something that is not text can be sent, to see what the bot makes of it."""
    page = await eyes.open(demo.url, *DESKTOP)
    await page.get_by_role("button", name="Gửi hình dán").click()
    await expect(page.locator(".bubble").last).to_contain_text("chỉ đọc được chữ")
    assert demo.bot.heard[0].event.kind == "other"


async def test_a_reload_shows_the_same_chat(demo: Demo, eyes: Eyes) -> None:
    """History, ticks and inboxes come back; no toast announces what is old."""
    page = await eyes.open(demo.url, *PHONE)
    await start(page)
    await page.get_by_role("button", name="Quên mật khẩu").click()
    await expect(page.locator(".bubble:not(.mine)")).to_have_count(2)
    await demo.bot.delivers(NUMBER, SmsBody("482913 la ma C4"))
    await expect(page.locator(".toast")).to_have_count(1)
    before = await page.locator("#log").inner_text()
    await page.reload()
    await expect(page.locator(".bubble")).to_have_count(4)
    assert await page.locator("#log").inner_text() == before
    await expect(page.locator("#log")).to_have_attribute("aria-busy", "false")
    await expect(page.locator("#sms .letter")).to_have_count(1)
    await expect(page.locator(".toast")).to_have_count(0)


async def test_the_stream_comes_back_by_itself(eyes: Eyes) -> None:
    """After the server was away the page goes on, twice nothing, missing nothing."""
    demo = Demo()
    async with demo.served():
        page = await eyes.open(demo.url, *DESKTOP)
        await start(page)
    await expect(page.locator("#lost")).to_be_visible()
    await write(page, "trong lúc mất mạng")
    await expect(page.locator(".mine").last).to_contain_text("Chưa gửi được")
    await demo.bot.delivers(await session(page), ChatBody("Trong lúc ông/bà đi vắng."))
    async with demo.served():
        await expect(page.locator("#lost")).to_be_hidden()
        await expect(page.locator(".bubble")).to_have_count(4)
        await page.get_by_role("button", name="Gửi lại").click()
        await expect(page.locator(".mine").last).to_have_attribute("data-state", "sent")
        await expect(page.locator(".bubble")).to_have_count(4)
        await page.close()  # or it would complain of the next absence, too
        await demo.posts.chat.close()
    assert all("ERR_" in complaint for complaint in eyes.complaints)
    eyes.complaints.clear()


async def test_a_message_that_failed_can_be_sent_again(demo: Demo, eyes: Eyes) -> None:
    """The same key goes out again, so the bot hears the message once."""
    page = await eyes.open(demo.url, *DESKTOP)
    demo.bot.down = True
    await write(page, "xin chào")
    await expect(page.locator(".mine")).to_contain_text("Chưa gửi được")
    await expect(page.locator("#typing")).to_be_hidden()
    demo.bot.down = False
    await page.get_by_role("button", name="Gửi lại").click()
    await expect(page.locator(".mine[data-state=sent]")).to_have_count(1)
    assert [incoming.event.text for incoming in demo.bot.heard] == ["xin chào"]
    assert all("500" in complaint for complaint in eyes.complaints)
    eyes.complaints.clear()


async def test_reset_starts_over_on_every_open_page(demo: Demo, eyes: Eyes) -> None:
    """Chats and inboxes are empty, sessions are new, the citizens are brought back."""
    page, other = await eyes.open(demo.url, *DESKTOP), await eyes.open(demo.url, *PHONE)
    await start(page)
    await demo.bot.delivers(NUMBER, SmsBody("482913 la ma C4"))
    await expect(other.locator("#sms .letter")).to_have_count(1)
    before = await session(page)
    await page.get_by_role("button", name="Làm lại từ đầu").click()
    for one in (page, other):
        await expect(one.get_by_role("button", name="Bắt đầu")).to_be_visible()
        await expect(one.locator(".bubble, .letter")).to_have_count(0)
    assert await session(page) != before
    assert demo.resets == 1


async def test_another_citizen_is_another_chat(demo: Demo, eyes: Eyes) -> None:
    """Picking somebody shows their papers and inboxes and opens a new session."""
    page = await eyes.open(demo.url, *DESKTOP)
    await start(page)
    before = await session(page)
    await page.get_by_label("Ông/bà đóng vai").select_option(label="Lê Văn Minh Họa")
    await expect(page.get_by_role("button", name="Bắt đầu")).to_be_visible()
    await expect(page.locator(".person:visible")).to_contain_text("079078000003")
    await expect(page.locator("#sms [data-owner=phone]")).to_have_text("Không có")
    await expect(page.locator("#sms .owner")).to_contain_text("Mới: 0900000203")
    assert await session(page) != before
    body = ChatBody("Số của ông/bà?", share_phone="Gửi số của tôi")
    await demo.bot.delivers(await session(page), body)
    await expect(page.get_by_role("button", name="Gửi số của tôi")).to_be_disabled()


async def test_the_papers_type_for_the_visitor(demo: Demo, eyes: Eyes) -> None:
    """On a phone the button on the papers fills the message box and goes to the chat."""
    page = await eyes.open(demo.url, *PHONE)
    await page.get_by_role("button", name="Giấy tờ").click()
    await page.get_by_role("button", name="Gõ giúp Số CCCD").click()
    await expect(page.get_by_label("Tin nhắn", exact=True)).to_have_value("079085000001")
    await expect(page.locator("#chat")).to_be_visible()
    assert demo.bot.heard == []


async def test_english_keeps_the_chat(demo: Demo, eyes: Eyes) -> None:
    """Switching the page's language keeps session and history."""
    page = await eyes.open(demo.url, *DESKTOP)
    await start(page)
    before = await session(page)
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("h1")).to_contain_text("VssID assistant")
    await expect(page.locator(".bubble")).to_have_count(2)
    assert await session(page) == before
    await page.get_by_role("button", name="Send a sticker").click()
    await expect(page.locator(".bubble")).to_have_count(4)
    assert demo.bot.heard[-1].lang == "en"


@SIZES
async def test_a_photo_is_shown_until_the_reload(
    demo: Demo, eyes: Eyes, size: tuple[int, int]
) -> None:
    """What a browser cannot draw, or has no more, is a sign in place of the small picture."""
    page = await eyes.open(demo.url, *size)
    both = [file(damaged_book()), file(b"<svg onload=alert(1)>")]
    await page.locator("#photo-file").set_input_files(both)
    photos = page.get_by_role("img", name="Ảnh đã gửi")
    await expect(photos).to_have_count(2)
    canvas = photos.first.locator("canvas")
    assert await canvas.evaluate("small => [small.width, small.height]") == [480, 320]
    await expect(photos.last.locator("svg")).to_be_visible()
    await expect(page.locator(".mine[data-state=seen]")).to_have_count(2)
    heard = [incoming.event for incoming in demo.bot.heard]
    assert [event.kind for event in heard] == ["photo", "photo"]
    assert await demo.posts.chat.files.fetch(heard[0].text) == damaged_book()
    await page.reload()
    await expect(photos.locator("svg")).to_have_count(2)


async def test_a_photo_that_failed_can_be_sent_again(demo: Demo, eyes: Eyes) -> None:
    """The same photo goes out again under the same key."""
    page = await eyes.open(demo.url, *DESKTOP)
    demo.bot.down = True
    await page.locator("#photo-file").set_input_files([file(damaged_book())])
    await expect(page.locator(".mine")).to_contain_text("Chưa gửi được")
    demo.bot.down = False
    await page.get_by_role("button", name="Gửi lại").click()
    await expect(page.locator(".mine[data-state=seen]")).to_have_count(1)
    await expect(page.locator(".mine")).to_have_count(1)
    (heard,) = demo.bot.heard
    assert await demo.posts.chat.files.fetch(heard.event.text) == damaged_book()
    assert all("500" in complaint for complaint in eyes.complaints)
    eyes.complaints.clear()


@SIZES
async def test_a_paper_can_be_opened(demo: Demo, eyes: Eyes, size: tuple[int, int]) -> None:
    """A PDF is a bubble with name and size; the question before it keeps its buttons."""
    page = await eyes.open(demo.url, *size)
    await start(page)
    body = PaperBody("receipt", "HS-251124-A7K2M9", "vi")
    pdf = b"%PDF-1.7" + bytes(22_000)
    await demo.bot.delivers(await session(page), body, pdf, ref="paper-1")
    paper = page.locator("a.pdf")
    await expect(paper).to_contain_text("receipt-HS-251124-A7K2M9.pdf")
    await expect(paper).to_contain_text("22 kB")
    await expect(page.locator(".key:not(.old)")).to_have_count(3)
    answer = await page.request.get(await paper.evaluate("link => link.href"))
    assert (answer.status, await answer.body()) == (200, pdf)
    await page.reload()
    await expect(paper).to_contain_text("receipt-HS-251124-A7K2M9.pdf")


async def test_two_codes_are_at_hand(demo: Demo, eyes: Eyes) -> None:
    """Each address has its own code to type; a newer one replaces it, a sent one is gone."""
    page = await eyes.open(demo.url, *DESKTOP)
    await start(page)
    await demo.bot.delivers(NUMBER, SmsBody("482913 la ma C4"))
    await demo.bot.delivers("+84900000201", SmsBody("111222 la ma D5. Ho so HS-251124-A7K2M9"))
    await demo.bot.delivers(NUMBER, SmsBody("333444 la ma E6"))
    await demo.bot.delivers("mau.moi@example.vn", MailBody("Hồ sơ HS-251124-X", "HS-251124-X", ""))
    await expect(page.locator("#mail .to")).to_have_text("Email mới: mau.moi@example.vn")
    await expect(page.locator("#sms .to")).to_have_text("Số mới: 0900000201")
    await expect(page.locator(".chip")).to_have_text(["Mã ở số mới 111222", "Mã vừa nhận 333444"])
    await write(page, "111222")
    await expect(page.locator(".chip")).to_have_text(["Mã vừa nhận 333444"])
    await write(page, "gửi lại mã")
    await expect(page.locator(".chip")).to_have_count(1)
