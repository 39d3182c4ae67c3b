"""Values out of sentences: phone, numbers, codes, e-mail, dates, reasons; their normal form.

The readers of `flows.checks` do the reading; here a sentence is made ready for them, and their
answers are brought to one form. What is not clear is INVALID: nobody's number is guessed.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import cache

from bot.understanding.model import loaded
from bot.understanding.spelling import HERE, said
from flows.checks import (
    Got,
    Reader,
    account_number,
    birth_date,
    is_whole_email,
    national_id,
    new_email,
    not_born_then,
    six_digits,
    vn_mobile,
)
from flows.checks.spoken import digits_for_words

INVALID = "INVALID"


def read_slot(kind: str, text: str, today: date | None = None) -> str:
    """The normal form of the `kind` of value in `text`, or INVALID.

    Whoever knows `today` gets no date on which nobody can have been born.
    """
    value = KINDS[kind](text) or INVALID
    if kind != "date" or value == INVALID or not today:
        return value
    return INVALID if not_born_then(_turned(value), today) else value


def _got(reader: Reader, text: str) -> str:
    answer = reader(text)
    return answer.value if isinstance(answer, Got) and answer.outcome in {"ok", "card"} else ""


def _phone(text: str) -> str:
    value = _got(vn_mobile, text)
    return f"0{value.removeprefix('+84')}" if value else ""


def _bhxh_number(text: str) -> str:
    written = digits_for_words(unicodedata.normalize("NFKC", text))
    # "sđt 0912345678, cccd 079088001234, mã 2212345679": only the last is asked for.
    for other in (_OTHER_NUMBER, _TWELVE):
        written = other.sub(" ", written)
    value = _got(account_number, written)
    return value if len(value) == 10 else ""


def _cccd(text: str) -> str:
    return _got(national_id, digits_for_words(unicodedata.normalize("NFKC", text)))


def _otp(text: str) -> str:
    return _got(six_digits, text)


def _email(text: str) -> str:
    answer = new_email(_AT.sub("@", text))
    return answer.value if isinstance(answer, Got) and is_whole_email(answer.value) else ""


def _date(text: str) -> str:
    value = _got(birth_date, text)
    return "-".join(reversed(value.split("/")))


def _turned(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def _reason(text: str) -> str:
    heard = said(text, loaded().known)
    words = _WASHED.sub("nat", " ".join((*heard.words, ",", *heard.typed)))
    if _WASHING.search(" ".join(heard.typed)):
        words = words.replace("giat", "nat")
    words = _NOT.sub(" ", words)
    found = {reason for reason, pattern in _reasons().items() if pattern.search(words)}
    if {"lost", "damaged"} <= found:
        # "ướt mất rồi" is wet; "cháy nhà mất sổ" is gone.
        return "damaged" if _SPOILT.search(words) else "lost"
    if "dropped" in found and "damaged" not in found:
        return "lost"
    return next((reason for reason in ("lost", "damaged", "other") if reason in found), "")


@cache
def _reasons() -> dict[str, re.Pattern[str]]:
    read = tomllib.loads((HERE / "reasons.toml").read_text("utf-8"))
    return {
        reason: re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
        for reason, words in read.items()
    }


KINDS: dict[str, Callable[[str], str]] = {
    "phone": _phone,
    "bhxh_number": _bhxh_number,
    "cccd": _cccd,
    "otp": _otp,
    "email": _email,
    "date": _date,
    "reason": _reason,
}

_AT = re.compile(r"\s*[(\[{]\s*(?:a cong|@)\s*[)\]}]\s*", re.IGNORECASE)
_PHONE_CUE = r"\b(?:s[d\u0111]t|[d\u0111]t|phone|zalo|mobile|[d\u0111]i\w+ tho\w+)"
_OTHER_NUMBER = re.compile(
    rf"{_PHONE_CUE}(?:\s+[^\W\d_]+){{0,2}}\s*:?\s*0\d(?:[ .\-]?\d){{8}}(?!\d)", re.IGNORECASE
)
_DAMAGE = r"(?:hong|hu|rach|gay|uot|nhoe|mo|chay|nat|be|cong|muc)"
_SPOILT = re.compile(
    rf"\b{_DAMAGE}(?: het| luon)? mat\b(?! (?:so|the))|\bmat (?:chu|trang|goc|mot goc)\b"
)
_TWELVE = re.compile(r"(?<!\d)(?<!\d[ .\-])\d(?:[ .\-]?\d){11}(?!\d)")
# "giật" (snatched) and "giặt" (washed) look the same without accents.
_WASHING = re.compile(r"\bgi\u1eb7t\b")
_WASHED = re.compile(
    r"\bmay giat\b"
    r"|\bgi[a\u1eb7]t (?:do|\u0111\u1ed3|quan ao|qu\u1ea7n \u00e1o|may|chung|luon|xong|cung)\b"
)
_NOT = re.compile(
    rf"\b(?:khong|chua|not|did not)(?: phai)?(?: la)?(?: bi)?(?: lam)?"
    rf" (?:mat|lose|lost|{_DAMAGE})\b"
)
