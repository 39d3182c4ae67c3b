"""Whether a draft to a citizen speaks of codes, passwords or bank data; then it is not sent.

It looks at words and not at intentions: an officer who would only warn of something can say it
without naming it, and the bot's own line at the take-over warns already.
"""

import re

from flows.checks.text import fold

_SECRET = re.compile(
    r"\b(otp|o t p|pin|cvv|cvc|password|pass ?word|passcode|mk|mat khau|mat ma|mat ma so"
    r"|smart ?otp|soft ?otp|token|captcha"
    r"|ma (so )?(xac (nhan|thuc|minh)|bao mat|kich hoat|dang nhap|giao dich|vneid|ngan hang)"
    r"|ma (gom |co )?(6|sau|4|bon) (chu )?so|(6|sau) (chu )?so"
    r"|ma (vua|moi|duoc gui|da gui|trong tin|o tin|tren dien thoai|ve may)"
    r"|(verification|security|one ?time|confirmation|login|sms|6 ?digit|six ?digit) (code|number)"
    r"|codes?|passcodes?|passwords?|pins?"
    r"|(so )?the (ngan hang|atm|tin dung|ghi no|visa|napas)|so tai khoan|stk|tai khoan ngan hang"
    r"|ngan hang|internet banking|chuyen khoan|chuyen tien|bank|(credit|debit|atm) card|iban)\b"
)
# Also where the letters are set apart: "m.a.t k.h.a.u".
_WHOLE = re.compile(r"matkhau|maxacnhan|maxacthuc|maxacminh|password|sotaikhoan|nganhang")


def asks_for_secret(text: str) -> bool:
    """Whether a text names what no officer may ask for."""
    folded = fold(text)
    return bool(_SECRET.search(folded) or _WHOLE.search(folded.replace(" ", "")))
