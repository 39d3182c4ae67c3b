"""What both peers share: the replies of the dialogue, its readers, and a code and password.

The replies are as long as the bot's own, with buttons where it has some.
"""

import hashlib
import re
import secrets

from benchmarks.dialogue import Citizen

ASK_CONSENT = (
    "Lấy lại mật khẩu VssID: 3 câu hỏi, khoảng 3 phút, miễn phí. Tôi cần mã số BHXH hoặc số căn "
    "cước, và số điện thoại hoặc email đã đăng ký, để tìm tài khoản và gửi mã xác nhận. Các thông "
    "tin này được giữ 90 ngày rồi xóa. Tôi không bao giờ hỏi mật khẩu hay mã ngân hàng. Ông/bà có "
    "đồng ý không?"
)
ASK_NUMBER = (
    "Bước 1/3. Gõ mã số BHXH (10 số) hoặc số căn cước (12 số), để tìm tài khoản. Mã số BHXH in "
    "trên thẻ BHYT và trên bìa sổ."
)
ASK_PHONE = (
    "Bước 2/3. Gõ số điện thoại hoặc email đã đăng ký với VssID, để gửi mã xác nhận. "
    "Ví dụ: 0912 345 678."
)
ASK_CODE = (
    "Bước 3/3. Nếu thông tin khớp, mã gồm 6 số đã được gửi tới số điện thoại đã đăng ký. Gõ mã "
    "vào đây trong 5 phút. Chỉ gõ vào chat này, không đọc cho ai."
)
DONE = (
    "Xong. Mật khẩu tạm đã được gửi bằng SMS, dùng trong 24 giờ. Đăng nhập VssID bằng mật khẩu đó "
    "rồi đổi ngay. Không phải trả tiền cho bất kỳ ai."
)
WRONG = "Thông tin này chưa đúng. Xin kiểm tra và nhập lại, hoặc gõ “hủy” để dừng."
LOCKED = "Bạn đã nhập sai quá số lần cho phép. Xin thử lại sau 30 phút."
PASSWORD_RECOVERED = (
    "Mat khau VssID so ..3456 vua duoc lay lai luc 10:35 qua Telegram. Khong phai ong/ba? Goi "
    "1900 9068 trong 72 gio de lay lai tai khoan."
)
FAILED_TRIES = (
    "Co nguoi go sai ma lay lai mat khau VssID so ..3456 luc 10:35 qua Telegram. Tai khoan chua "
    "thay doi. Khong phai ong/ba? Goi 1900 9068"
)

YES_NO = (("Đồng ý", "yes"), ("Không", "no"), ("Tôi có VNeID mức 2", "vneid"))
CODE_BUTTONS = (("Gửi lại", "resend"), ("Sửa số", "back"), ("Hủy", "cancel"))
DONE_BUTTONS = (("Thêm email", "add_email"), ("Về menu", "menu"))

MAX_TRIES = 5
CODE_LIFE = 300
PASSWORD_LIFE = 86_400
COOLING = 72 * 3600  # seconds after a change of a contact


def digits(text: str) -> str:
    """What was typed without blanks, dots and dashes."""
    return re.sub(r"[\s.\-]", "", text)


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**6):06d}"


def new_password() -> tuple[str, str]:
    """A random password and the hash to keep (80 random bits need no slow hash)."""
    word = secrets.token_hex(10)
    return word, hashlib.sha256(word.encode()).hexdigest()


def code_sms(code: str) -> str:
    """The SMS with a code."""
    return f"{code} la ma lay lai mat khau VssID, hieu luc 5 phut. Can bo KHONG bao gio hoi ma nay"


def password_sms(word: str) -> str:
    """The SMS with a password."""
    return f"Mat khau tam thoi VssID: {word}. Hieu luc 24 gio, doi ngay khi dang nhap lan dau"


class Inbox:
    """The citizens' phones: the newest SMS to each, and how many passwords came."""

    def __init__(self) -> None:
        """All phones are empty."""
        self.newest: dict[str, str] = {}
        self.passwords = 0

    def receive(self, phone: str, text: str) -> None:
        """A gateway has delivered this SMS."""
        self.newest[phone] = text
        self.passwords += text.startswith("Mat khau tam")

    def code_for(self, citizen: Citizen) -> str:
        """The first six characters of the newest SMS."""
        return self.newest[citizen.phone][:6]
