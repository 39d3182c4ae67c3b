"""Every procedure played in a browser, with the real bot behind the page.

With the environment variable VSSID_PICTURES set to a folder each walk leaves a picture there:
that is how docs/pictures is made.
"""

import asyncio
import io
import os
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from playwright.async_api import Page, expect

from bot.channels.base import Incoming
from bot.dossiers import Decision
from flows.heard import DECIDE
from flows.model import Event
from storage.base import Dossier, Member
from tests.bot.demo.conftest import Eyes, Played
from tests.bot.demo.hands import (
    bubbles,
    damaged_book,
    follow,
    play,
    press,
    send_photo,
    sign_in,
    start,
    tell,
    type_code,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

LAPTOP, POCKET = (1366, 768), (390, 844)
SIZES = pytest.mark.parametrize("size", [LAPTOP, POCKET], ids=["laptop", "pocket"])
MAU, THI_DU, GIA_DINH = "Nguyễn Văn Mẫu", "Trần Thị Thí Dụ", "Phạm Thị Giả Định"
MO_PHONG = "Bùi Thị Mô Phỏng"
A_MINUTE = 60  # between two codes to one phone


@SIZES
async def test_a_password_is_recovered(played: Played, eyes: Eyes, size: tuple[int, int]) -> None:
    """From the start button to the temporary password in the SMS."""
    page = await eyes.open(played.url, *size)
    await start(page)
    await press(page, "Quên mật khẩu", "đồng ý")
    await press(page, "Đồng ý", "Bước 1/3")
    await tell(page, "7900000001", "Bước 2/3")
    await tell(page, "0900000101", "Bước 3/3")
    await type_code(page, "Xong")
    await expect(page.locator("#sms .letter", has_text="Mat khau")).not_to_have_count(0)
    await expect(page.locator("#mail .letter")).to_have_count(1)
    await pictured(page, "demo")


@SIZES
async def test_an_email_is_added(played: Played, eyes: Eyes, size: tuple[int, int]) -> None:
    """Seven messages; the code goes to the new inbox, the notice to the phone."""
    page = await eyes.open(played.url, *size)
    await play(page, THI_DU)
    await tell(page, "thêm email", "đồng ý")
    await press(page, "Đồng ý", "Bước 1/4")
    await tell(page, "7900000002", "Bước 2/4")
    await type_code(page, "Bước 3/4")
    await tell(page, "thidu@example.com", "Email: thidu@example.com")
    await press(page, "Ghi nhận", "Bước 4/4")
    await type_code(page, "Xong", where="new_email")
    assert await page.locator(".mine").count() == 7
    await expect(page.locator("#sms .letter", has_text="co email moi")).to_have_count(1)
    await expect(page.locator("#mail .letter .to")).to_have_text("Email mới: thidu@example.com")
    assert (await member(played, "7900000002")).person.email == "thidu@example.com"
    await pictured(page, "add_email")


@pytest.mark.parametrize(
    ("size", "first"),
    [(LAPTOP, "old"), (LAPTOP, "new"), (POCKET, "new")],
    ids=["laptop-old", "laptop-new", "pocket-new"],
)
async def test_a_phone_is_changed(
    played: Played, eyes: Eyes, size: tuple[int, int], first: str
) -> None:
    """Seven messages; both codes are at hand at once, and either may be typed first."""
    page = await eyes.open(played.url, *size)
    await tell(page, "đổi số điện thoại", "đồng ý")
    await press(page, "Đồng ý", "Bước 1/4")
    await tell(page, "7900000001", "Bước 2/4")
    await tell(page, "0900000101", "Bước 3/4")
    await tell(page, "0900000201", "Bước 4/4")
    await expect(page.locator(".chip")).to_have_count(2)
    if first == "old":
        await type_code(page, "Số cũ ✔ · Số mới: chờ mã")
        await type_code(page, "Xong", where="new_phone")
    else:
        await type_code(page, "Số mới ✔ · Số cũ: chờ mã", where="new_phone")
        await type_code(page, "Xong")
    await expect(page.locator(".chip")).to_have_count(0)
    assert await page.locator(".mine").count() == 7
    await expect(page.locator("#sms .letter .to")).to_have_text("Số mới: 0900000201")
    await expect(page.locator("#mail .letter", has_text="đã đổi")).to_have_count(1)
    assert (await member(played, "7900000001")).person.phone == "+84900000201"
    if first == "new":
        await pictured(page, "change_phone")


async def test_a_change_of_phone_is_undone(played: Played, eyes: Eyes) -> None:
    """The page types the undo code of the notice; the old number is back."""
    page = await eyes.open(played.url, *LAPTOP)
    await tell(page, "đổi số điện thoại", "đồng ý")
    await press(page, "Đồng ý", "Bước 1/4")
    await tell(page, "7900000001", "Bước 2/4")
    await tell(page, "0900000101", "Bước 3/4")
    await tell(page, "0900000201", "Bước 4/4")
    await type_code(page, "Số cũ ✔")
    await type_code(page, "Xong", where="new_phone")
    await page.locator("#sms").get_by_role("button", name="Gõ giúp KHONG").click()
    before = await bubbles(page).count()
    await page.keyboard.press("Enter")
    await expect(bubbles(page).nth(before)).to_contain_text("Đã hủy thay đổi")
    assert (await member(played, "7900000001")).person.phone == "+84900000101"


@SIZES
async def test_a_password_proves_the_account(
    played: Played, eyes: Eyes, size: tuple[int, int]
) -> None:
    """The link of the bubble is followed; the password on the page goes on in the chat."""
    page = await eyes.open(played.url, *size)
    await tell(page, "thêm email", "đồng ý")
    await press(page, "Đồng ý", "Bước 1/4")
    await tell(page, "7900000001", "Bước 2/4")
    await press(page, "Dùng mật khẩu", "Đừng gõ mật khẩu vào chat")
    form = await follow(page)
    await pictured(form, "sign_in")
    before = await bubbles(page).count()
    await sign_in(form, "chim-se-hot")
    await expect(bubbles(page).nth(before)).to_contain_text("Bước 3/4")
    await tell(page, "mau.moi@example.vn", "Email: mau.moi@example.vn")
    await press(page, "Ghi nhận", "Bước 4/4")
    await type_code(page, "Xong", where="new_email")
    assert (await member(played, "7900000001")).person.email == "mau@example.vn"  # held


@SIZES
async def test_a_lost_phone_is_reviewed(played: Played, eyes: Eyes, size: tuple[int, int]) -> None:
    """With e-mail and password a request is handed in; its receipt is a PDF in the chat."""
    page = await eyes.open(played.url, *size)
    await tell(page, "mất số", "SIM")
    await press(page, "Không cấp lại được", "mật khẩu VssID")
    await press(page, "Còn nhớ", "email")
    await press(page, "Đọc được email", "đồng ý")
    await press(page, "Đồng ý", "mã số BHXH")
    await tell(page, "7900000001", "email đó")
    await type_code(page, "Mở trang này")
    before = await bubbles(page).count()
    await sign_in(await follow(page), "chim-se-hot")
    await expect(bubbles(page).nth(before)).to_contain_text("số điện thoại mới")
    await tell(page, "0900000201", "Số mới")
    await press(page, "Gửi đề nghị", "Mã hồ sơ")
    await expect(page.locator(".pdf .file")).to_contain_text("receipt-HS-")
    assert (await member(played, "7900000001")).person.phone == "+84900000101"
    await pictured(page, "lost_phone")


@SIZES
async def test_a_damaged_book_is_reissued(
    played: Played, eyes: Eyes, size: tuple[int, int]
) -> None:
    """Eleven messages, a photo among them; it is kept cleaned, and receipt and form are PDFs."""
    page = await eyes.open(played.url, *size)
    await tell(page, "cấp lại", "cấp lại gì")
    await press(page, "Sổ BHXH", "mất hay bị hỏng")
    await press(page, "Bị hỏng", "cần sửa không")
    await press(page, "Không sửa", "đồng ý")
    await press(page, "Đồng ý", "mã số BHXH")
    await tell(page, "7900000001", "Gõ mã vào đây")
    await type_code(page, "dân tộc")
    await press(page, "Việt Nam, dân tộc Kinh", "gửi ảnh")
    await send_photo(page, damaged_book(), "Đã nhận ảnh số 1")
    await expect(page.locator(".mine .photo canvas")).to_be_visible()
    await pictured(page, "reissue_photo")
    await press(page, "Xong", "Nhận kết quả ở đâu")
    await press(page, "Tại cơ quan BHXH", "xem lại đề nghị")
    played.clock.pass_(A_MINUTE)
    await press(page, "Gửi đề nghị", "Câu cuối")
    await type_code(page, "Mã hồ sơ")
    await expect(page.locator(".pdf .file")).to_contain_text("receipt-HS-")
    await pictured(page, "reissue")
    dossier = await newest(played)
    assert dossier.kind == "reissue_book"
    async with played.stage.engine.store.unit(now=played.clock.now()) as unit:
        (photo,) = await unit.photos_in([dossier.ref])
    assert photo.image.startswith(b"\xff\xd8")
    assert b"taken at home" not in photo.image
    for link in (page.locator("a.pdf"), page.locator("a.link")):
        answer = await page.request.get(await link.evaluate("link => link.href"))
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
        assert (await answer.body()).startswith(b"%PDF")


async def test_what_is_missing_on_file_is_asked(played: Played, eyes: Eyes) -> None:
    """Without a birth date and an ID number on file, the form asks for both."""
    page = await eyes.open(played.url, *LAPTOP)
    await play(page, MO_PHONG)
    await tell(page, "cấp lại", "cấp lại gì")
    await press(page, "Sổ BHXH", "mất hay bị hỏng")
    await press(page, "Bị mất", "cần sửa không")
    await press(page, "Không sửa", "đồng ý")
    await press(page, "Đồng ý", "mã số BHXH")
    await tell(page, "7900000007", "Gõ mã vào đây")
    await type_code(page, "Ngày sinh")
    await tell(page, "15/08/1972", "Số căn cước")
    await tell(page, "079172000007", "dân tộc")


async def test_a_photo_that_cannot_be_kept_is_answered(played: Played, eyes: Eyes) -> None:
    """The bot says what is wrong and goes on; on the page the photo has a sign, no picture."""
    page = await eyes.open(played.url, *LAPTOP)
    await tell(page, "cấp lại", "cấp lại gì")
    await press(page, "Sổ BHXH", "mất hay bị hỏng")
    await press(page, "Bị hỏng", "cần sửa không")
    await press(page, "Không sửa", "đồng ý")
    await press(page, "Đồng ý", "mã số BHXH")
    await tell(page, "7900000001", "Gõ mã vào đây")
    await type_code(page, "dân tộc")
    await press(page, "Việt Nam, dân tộc Kinh", "gửi ảnh")
    await send_photo(page, b"", "trống")
    await send_photo(page, b"GIF89a" + bytes(64), "không phải ảnh")
    await send_photo(page, b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), "nặng quá 10 MB")
    await expect(page.get_by_role("img", name="Ảnh đã gửi").locator("svg")).to_have_count(3)
    await press(page, "Bỏ qua", "Nhận kết quả ở đâu")


@SIZES
async def test_a_dossier_is_followed(played: Played, eyes: Eyes, size: tuple[int, int]) -> None:
    """An officer asks, the citizen answers with a photo, and sees where the request stands."""
    page = await eyes.open(played.url, *size)
    await play(page, THI_DU)
    await tell(page, "cấp lại", "cấp lại gì")
    await press(page, "Sổ BHXH", "mất hay bị hỏng")
    await press(page, "Bị hỏng", "cần sửa không")
    await press(page, "Không sửa", "đồng ý")
    await press(page, "Đồng ý", "mã số BHXH")
    await tell(page, "7900000002", "Gõ mã vào đây")
    await type_code(page, "dân tộc")
    await press(page, "Việt Nam, dân tộc Kinh", "gửi ảnh")
    await press(page, "Bỏ qua", "Nhận kết quả ở đâu")
    await press(page, "Tại cơ quan BHXH", "xem lại đề nghị")
    played.clock.pass_(A_MINUTE)
    await press(page, "Gửi đề nghị", "Câu cuối")
    await type_code(page, "Mã hồ sơ")
    before = await bubbles(page).count()
    for event in ("staff:receive", "staff:review"):
        await decided(played, event)
    await decided(played, "staff:ask", "Xin ảnh trang đầu của sổ.")
    await expect(bubbles(page).nth(before + 2)).to_contain_text("Xin ảnh trang đầu")
    await tell(page, "hồ sơ", "Cán bộ hỏi: Xin ảnh trang đầu của sổ.")
    await send_photo(page, damaged_book(), "Đã nhận ảnh số 1")
    await press(page, "Gửi cán bộ", "đã chuyển cho cán bộ")
    await tell(page, "hồ sơ", "Cán bộ đang xem xét")
    await pictured(page, "my_dossiers")


@SIZES
async def test_an_account_is_frozen(played: Played, eyes: Eyes, size: tuple[int, int]) -> None:
    """An elderly citizen freezes her account in five messages."""
    page = await eyes.open(played.url, *size)
    await play(page, GIA_DINH)
    await tell(page, "khóa tài khoản", "Khóa khẩn cấp")
    await press(page, "Khóa ngay", "mã số BHXH")
    await tell(page, "7900000004", "Gõ mã vào đây")
    await type_code(page, "Đã khóa")
    await expect(page.locator("#sms .letter", has_text="da khoa")).to_have_count(1)
    assert (await member(played, "7900000004")).state == "frozen"
    await pictured(page, "freeze_account")


@SIZES
async def test_a_fraud_is_told(played: Played, eyes: Eyes, size: tuple[int, int]) -> None:
    """A pasted fraud is called one, with reasons, and the emergency stop is two taps away."""
    page = await eyes.open(played.url, *size)
    await play(page, GIA_DINH)
    await tell(page, "kiểm tra lừa đảo", "dán tin lạ")
    await tell(page, "Đọc mã OTP cho em qua http://vssid-gov.com", "Tin đòi mã xác nhận")
    await press(page, "Đã lỡ làm theo", "gọi ngân hàng")
    await press(page, "Khóa tài khoản", "Khóa khẩn cấp")
    await expect(bubbles(page).locator("a", has_text="vssid-gov")).to_have_count(0)


@SIZES
async def test_an_account_is_cancelled(played: Played, eyes: Eyes, size: tuple[int, int]) -> None:
    """Asked why first; the account stays open for 72 hours, and every address is told."""
    page = await eyes.open(played.url, *size)
    await tell(page, "hủy tài khoản", "Vì sao")
    await press(page, "Không dùng nữa", "đồng ý")
    await press(page, "Đồng ý", "mã số BHXH")
    await tell(page, "7900000001", "Ông/bà sẽ mất")
    await press(page, "Hủy tài khoản này", "yêu cầu hủy tài khoản")
    await type_code(page, "Đã ghi yêu cầu")
    await expect(page.locator("#sms .letter", has_text="se bi HUY")).to_have_count(1)
    assert (await member(played, "7900000001")).state == "active"
    await pictured(page, "cancel_account")


@SIZES
async def test_an_account_is_registered(played: Played, eyes: Eyes, size: tuple[int, int]) -> None:
    """A new phone gets a code, the receipt is a PDF, and an officer opens the account."""
    page = await eyes.open(played.url, *size)
    await tell(page, "đăng ký tài khoản", "đăng ký cho ai")
    await press(page, "Cho tôi", "đồng ý")
    await press(page, "Đồng ý", "mã số BHXH")
    await tell(page, "0312345678", "Họ và tên")
    await tell(page, "Đỗ Thị Ví Dụ", "Ngày sinh")
    await tell(page, "03/04/1990", "căn cước")
    await tell(page, "079190123456", "Số điện thoại hoặc email")
    await tell(page, "0900000201", "Cơ quan BHXH gần nhất")
    await tell(page, "BHXH Ba Đình", "xem lại đăng ký")
    await press(page, "Gửi đăng ký", "Câu cuối")
    await type_code(page, "Mã hồ sơ", where="new_phone")
    await expect(page.locator(".pdf .file")).to_contain_text("receipt-HS-")
    for event in ("staff:receive", "staff:approve"):
        await decided(played, event)
    await expect(bubbles(page).last).to_contain_text("đã được duyệt")
    assert (await member(played, "0312345678")).person.phone == "+84900000201"
    await pictured(page, "register_account")


async def test_a_reset_brings_the_old_contacts_back(played: Played, eyes: Eyes) -> None:
    """After a reset the citizens are as in the file, passwords too; a restart changes nothing."""
    page = await eyes.open(played.url, *LAPTOP)
    await tell(page, "đổi số điện thoại", "đồng ý")
    await press(page, "Đồng ý", "Bước 1/4")
    await tell(page, "7900000001", "Bước 2/4")
    await tell(page, "0900000101", "Bước 3/4")
    await tell(page, "0900000201", "Bước 4/4")
    await type_code(page, "Số cũ ✔")
    await type_code(page, "Xong", where="new_phone")
    before = await member(played, "7900000001")
    await played.stage.end()
    await played.stage.begin()
    assert await member(played, "7900000001") == before
    await played.stage.reset()
    after = await member(played, "7900000001")
    assert after.person.phone == "+84900000101"
    assert after.password_hash.startswith("$argon2")


# --- what stands behind the page -------------------------------------------------------


async def member(played: Played, number: str) -> Member:
    """An account as it is in the registry."""
    async with played.stage.engine.store.unit(now=played.clock.now()) as unit:
        return (await unit.members([number]))[number]


async def newest(played: Played) -> Dossier:
    """The only dossier there is."""
    rows = await played.stage.engine.store.list_dossiers(
        states=["submitted", "received", "in_review"], limit=2
    )
    (dossier,) = rows
    return dossier


async def decided(played: Played, event: str, why: str = "") -> None:
    """An officer takes a step."""
    dossier = await newest(played)
    decision = Decision(dossier.ref, event, "binh", dossier.version, why)
    text = msgspec.json.encode(decision).decode()
    key = f"{dossier.ref} {dossier.version}"
    await played.stage.put(Incoming(dossier.chat, key, Event(DECIDE, text)))


async def pictured(page: Page, procedure: str) -> None:
    """Leave a picture where docs/pictures is made."""
    if folder := os.environ.get("VSSID_PICTURES"):
        await asyncio.sleep(1)  # until notices have come
        await expect(page.locator(".toast")).to_have_count(0, timeout=9000)
        size = "desktop" if page.viewport_size and page.viewport_size["width"] > 720 else "phone"
        shot = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
        few = shot.quantize(256, dither=Image.Dither.NONE)
        few.save(Path(folder) / f"{procedure}-{size}.png", optimize=True)
