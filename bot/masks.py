"""Personal data as it may be shown: to its owner in a chat, to an officer, in a log.

Enough to recognise one's own, too little to use somebody else's. Nothing here can be undone,
and what does not look as expected is hidden whole.
"""

import re
import unicodedata

from flows.checks import fold, visible
from flows.checks.spoken import digits_for_words

_RUN = re.compile(r"\d(?:[ .-]?\d)*")
# Whatever stands between the digits of a number; codes of letters and digits (undo codes).
_WIDE = re.compile(r"\d(?:[\W_]{0,3}\d)*")
_MIXED = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{8,12}(?![A-Za-z0-9])"
)
_TOLD = re.compile(
    r"(\b(?:m[\u1ead\u00e2a]t kh[\u1ea9\u00e2a]u|password|pass|mk)\b[\w ]{0,20}[:=]\s*)\S+",
    re.IGNORECASE,
)
_SHORTEST_ACCOUNT = 6
_BANK = re.compile(r"\b(?:stk|so tk|so tai khoan|tai khoan ngan hang|so the|account number)\b")


def phone(number: str) -> str:
    """``+84901234567`` or ``0901234567`` -> ``09xx xxx 567``; too short a number shows nothing."""
    digits = re.sub(r"\D", "", number)
    if len(digits) < 9:
        return "xxx"
    national = "0" + digits[2:] if digits.startswith("84") else digits
    return f"{national[:2]}xx xxx {national[-3:]}"


def email(address: str) -> str:
    """``nam@mail.vn`` -> ``n***@mail.vn``; a single letter before the @ is hidden too."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}***{at}{domain}" if at else "***"


def tail(number: str) -> str:
    """``0123456789`` -> ``..6789``."""
    return f"..{number[-4:]}"


def contact(address: str) -> str:
    return email(address) if "@" in address else phone(address)


def hide_numbers(text: str) -> str:
    """Dots for every number of four digits or more; long ones keep their last two.

    Single blanks, dots and dashes do not break a number: people type them that way.
    """
    return _RUN.sub(_dotted, text)


def hide_message(text: str) -> str:
    """Somebody else's message: no number of it, no code however it is set, no password."""
    seen = visible(unicodedata.normalize("NFKC", text))
    return _WIDE.sub(_dotted, _TOLD.sub(r"\1......", _MIXED.sub("......", seen)))


def hide_accounts(text: str) -> str:
    """Only the last four digits of every number of six or more, also of one written in words."""
    return _WIDE.sub(lambda found: _last_four(found[0]), digits_for_words(text))


def names_account(text: str) -> bool:
    """Whether a text speaks of a number at a bank."""
    return bool(_BANK.search(fold(text)))


def _last_four(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return f"..{digits[-4:]}" if len(digits) >= _SHORTEST_ACCOUNT else number


def _dotted(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    if len(digits) < 4:
        return found[0]
    shown = digits[-2:] if len(digits) >= 9 else ""
    return "." * (len(digits) - len(shown)) + shown
