"""Readers: what a citizen typed -> its normal form, or a refusal that says how to mend it.

A reader never raises, never consults anything but the text, and never consumes an
attempt. A refusal is a key of the text files plus the numbers its sentence needs; it
never repeats the value (a CCCD typed at the phone step must not be echoed).
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from email_validator import EmailNotValidError, validate_email

LONGEST = 300  # characters a reader looks at; nobody types an answer longer than that


class Got(msgspec.Struct, frozen=True):
    """A value in its normal form. `outcome` names the event: "ok", or a reader's own word."""

    value: str
    outcome: str = "ok"


class Refused(msgspec.Struct, frozen=True):
    """Why a text is not an answer: a key of the text files and what its holes hold."""

    key: str
    holes: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Reader:
    """A reading function together with everything it may answer, so that tables can be checked."""

    read: Callable[[str], Got | Refused]
    refusals: tuple[str, ...]
    outcomes: tuple[str, ...] = ("ok",)

    def __call__(self, text: str) -> Got | Refused:
        """Read `text`, after the checks that hold for every reader."""
        if len(text) > LONGEST:
            return Refused("error.too_long")
        shown = visible(text)
        if not shown:
            return Refused("error.empty")
        return self.read(shown)

    @property
    def says(self) -> tuple[str, ...]:
        """Every text key a refusal may name."""
        return ("error.too_long", "error.empty", *self.refusals)


def _account_number(text: str) -> Got | Refused:
    plain = unicodedata.normalize("NFKC", text).upper()
    if _foreign_digits(plain):
        return Refused("error.digits_script")
    if card := _CARD.search(plain):
        return Got(_digits(card[0])[-10:], "card")
    numbers = [_digits(run) for run in _NUMBER.findall(plain)]
    for number in numbers:
        if len(number) in (10, 12):
            return Got(number)
    if not numbers:
        return Refused("error.number_none")
    return Refused("error.number_length", {"given": str(len(max(numbers, key=len)))})


def _contact(text: str) -> Got | Refused:
    plain = unicodedata.normalize("NFKC", text)
    if "@" in plain:
        return _email(plain)
    if _foreign_digits(plain):
        return Refused("error.digits_script")
    numbers = _PHONE.findall(plain)
    if not numbers:
        return Refused("error.contact_none")
    read = [_phone(number) for number in numbers]
    phones = {phone.value: phone for phone in read if isinstance(phone, Got)}
    if len(phones) > 1:
        return Refused("error.phone_two")
    return next(iter(phones.values()), _phone(max(numbers, key=len)))


def _email(plain: str) -> Got | Refused:
    if not _ADDRESS.search(plain) and _SPACED.fullmatch(plain):
        plain = "".join(plain.split())
    words = [word.strip("<>()[],;:.!?\"'") for word in plain.split()]
    addresses = {_LABEL.sub("", word).lower() for word in words if "@" in word}
    if len(addresses) > 1:
        return Refused("error.email_two")
    try:
        found = validate_email(
            addresses.pop(), check_deliverability=False, allow_smtputf8=False
        ).ascii_email
    except (EmailNotValidError, KeyError):
        return Refused("error.email")
    return Got(found.lower()) if found else Refused("error.email")


def _phone(typed: str) -> Got | Refused:
    digits = _digits(typed)
    abroad = typed.lstrip(" (").startswith("+") or digits.startswith("00")
    national = "0" + _COUNTRY.sub("", digits).lstrip("0")
    if abroad and not digits.lstrip("0").startswith("84"):
        return Refused("error.phone_foreign")
    if _MOBILE.fullmatch(national):
        return Got("+84" + national[1:])
    if _LANDLINE.fullmatch(national) or digits.startswith(("1900", "1800")):
        return Refused("error.phone_landline")
    if _ELEVEN.fullmatch(national):
        return Refused("error.phone_old")
    if len(national) == len("0912345678"):
        return Refused("error.phone_prefix", {"given": national[:2]})
    return Refused("error.phone_length", {"given": str(len(digits))})


def _six_digits(text: str) -> Got | Refused:
    # R13: one normaliser for codes; digits of other scripts are refused, not folded.
    if _foreign_digits(text):
        return Refused("error.code_script")
    # "Hoang123456" is a password sent by mistake; it must not cost one of the tries.
    numbers = [_digits(run) for run in _NUMBER.findall(_GLUED.sub("", text))]
    codes = {number for number in numbers if len(number) == 6}
    if len(codes) == 1:
        return Got(codes.pop())
    if codes:
        return Refused("error.code_two")
    if not numbers:
        return Refused("error.code_none")
    return Refused("error.code_length", {"given": str(len(max(numbers, key=len)))})


def _picture_digits(text: str) -> Got | Refused:
    digits = _digits(unicodedata.normalize("NFKC", text))
    return Got(digits) if len(digits) == 4 else Refused("error.human_length")


account_number = Reader(
    _account_number,
    ("error.digits_script", "error.number_none", "error.number_length"),
    ("ok", "card"),
)
contact = Reader(
    _contact,
    (
        "error.digits_script",
        "error.contact_none",
        "error.email",
        "error.email_two",
        "error.phone_foreign",
        "error.phone_landline",
        "error.phone_length",
        "error.phone_old",
        "error.phone_prefix",
        "error.phone_two",
    ),
)
six_digits = Reader(
    _six_digits, ("error.code_script", "error.code_two", "error.code_none", "error.code_length")
)
picture_digits = Reader(_picture_digits, ("error.human_length",))


def visible(text: str) -> str:
    """`text` without what nobody can see: direction marks, zero-width, control; plain spaces."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(_plain(c) for c in text).strip()


def fold(text: str) -> str:
    """`text` for comparing with words: no diacritics, no case, no punctuation, single spaces."""
    if text.isascii():
        bare = text.lower()
    else:
        spread = unicodedata.normalize("NFKD", visible(text).lower().translate(_PLAIN_D))
        bare = "".join(c for c in spread if not unicodedata.combining(c))
    return " ".join(_WORD.findall(bare))


def looks_like_password(text: str) -> bool:
    """Whether a text that answers nothing is probably a password typed by mistake."""
    if _PASSWORD_CUE.search(fold(text)) and _PASSWORD_SAID.search(text):
        return True
    word = text.strip()
    return (
        8 <= len(word) <= 64
        and " " not in word
        and not _ADDRESS.search(word)
        and any(c.isdigit() for c in word)
        and any(c.isalpha() for c in word)
    )


def looks_like_question(text: str) -> bool:
    """Whether a text that answers nothing is a question of the citizen's own."""
    return text.rstrip().endswith("?") or bool(_QUESTION.search(fold(text)))


def _digits(text: str) -> str:
    return "".join(c for c in text if "0" <= c <= "9")


def _foreign_digits(text: str) -> bool:
    return not text.isascii() and any(c.isnumeric() and not c.isascii() for c in text)


def _plain(c: str) -> str:
    kind = unicodedata.category(c)[0]
    if kind == "Z" or c in "\t\r\n":
        return " "
    return "" if kind == "C" else c


# A health-insurance card code: 2 letters and 13 digits, often written in groups.
_GAP = "[ .\\-\u2010-\u2015]*"
_CARD = re.compile(rf"(?<![A-Z])[A-Z]{{2}}{_GAP}\d(?:{_GAP}\d){{12}}(?!\d)")
_NUMBER = re.compile(rf"\d(?:{_GAP}\d)*")
_GLUED = re.compile(r"\b(?!(?:ma|m\u00e3|otp|code)\d+)[^\W\d_]+\d\w*", re.IGNORECASE)
_PHONE = re.compile(r"[+(]{0,2}\d(?:[ .\-()\u2010-\u2015]*\d)*")
_LABEL = re.compile(r"^\w+:")  # "email:a@b.vn", "mailto:a@b.vn"
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")
_SPACED = re.compile(r"[^\s@]+\s*@\s*[^\s@.]+(?:\s*\.\s*[^\s@.]+)+")
_COUNTRY = re.compile(r"^(?:00)?84(?=0?[1-9]\d{8,9}$)")
_MOBILE = re.compile(r"0[35789]\d{8}")
_LANDLINE = re.compile(r"02\d{8,9}")
_ELEVEN = re.compile(r"01\d{9}")
_PLAIN_D = {0x111: "d"}  # the one letter that decomposition leaves whole
_WORD = re.compile(r"[a-z0-9]+")
_PASSWORD_CUE = re.compile(r"\b(mat khau|password|pass|mk)\b")
_PASSWORD_SAID = re.compile(r"[:=]\s*\S{4,}|\bl[aà]\s+(?=\S*\d)\S{4,}")
_QUESTION = re.compile(
    r"\b(tai sao|vi sao|bao lau|bao nhieu|o dau|khi nao|the nao|nhu the nao|lam sao|mat phi|"
    r"co duoc khong|la gi|why|how|what|where|when)\b"
)
