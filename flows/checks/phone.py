"""Reads Vietnamese mobile numbers: every spelling of one number gives the same +84 form.

`contact` looks a number up, so its shape is enough. `vn_mobile` takes one that is new to us
and refuses only what no person can have: a prefix that is neither in the table below nor
known to libphonenumber as mobile. Never by carrier: numbers move between carriers.
"""

import re
import unicodedata
from collections.abc import Iterator

from phonenumbers import PhoneNumber, PhoneNumberType, number_type

from flows.checks.chosen import meant
from flows.checks.reader import Got, Reader, Refused
from flows.checks.spoken import digits_for_words
from flows.checks.text import digits_of, foreign_digits

# Three-digit prefixes given to mobile carriers, as of 2026: whole blocks, because the carriers
# open them piece by piece (of 052 and 055 libphonenumber knows only a part). What the table
# does not know yet, the library may: it is renewed with every release.
_GIVEN_OUT = re.compile(r"0(?:3\d|5[125689]|7[06-9]|8[1-9]|9\d)\d{7}")

# What became of the 11-digit numbers in 2018; the last seven digits stayed.
_RENUMBERED = {
    "0120": "070", "0121": "079", "0122": "077", "0123": "083", "0124": "084", "0125": "085",
    "0126": "076", "0127": "081", "0128": "078", "0129": "082", "0162": "032", "0163": "033",
    "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038", "0169": "039",
    "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip

REFUSALS = (
    "error.digits_script",
    "error.phone_foreign",
    "error.phone_hotline",
    "error.phone_landline",
    "error.phone_length",
    "error.phone_old",
    "error.phone_prefix",
    "error.phone_renumbered",
    "error.phone_short",
    "error.phone_two",
)


def phone_in(text: str, none: str, *, new: bool = False) -> Got | Refused:
    """The one mobile number in `text`; `none` is the refusal where there is no number at all.

    new: of two take the one that the text calls new, or right.
    """
    plain = unicodedata.normalize("NFKC", text)
    if foreign_digits(plain):
        return Refused("error.digits_script")
    written, longest = digits_for_words(plain), ""
    for row in (written, _GROUPED.sub("", written)):
        numbers = list(_numbers(row))
        read = {typed: one for typed in numbers if isinstance(one := _phone(typed), Got)}
        phones = {one.value: typed for typed, one in read.items()}
        if len(phones) > 1 and new and (it := meant(row, [*map(digits_of, phones.values())])):
            phones = {value: typed for value, typed in phones.items() if digits_of(typed) == it}
        if phones:
            return read[next(iter(phones.values()))] if len(phones) == 1 else _TWO
        longest = longest or max(numbers, key=len, default="")
    return _phone(longest) if longest else Refused(none)


def _phone(typed: str) -> Got | Refused:
    digits = digits_of(typed)
    plus = typed.lstrip(" (").startswith("+")
    dialled = digits.lstrip("0") if plus else digits  # "+084 912…", "+0912…"
    abroad = digits.startswith("00") or (plus and dialled == digits)
    if abroad and not digits.lstrip("0").startswith("84"):
        return Refused("error.phone_foreign")
    national = "0" + _COUNTRY.sub("", dialled).lstrip("0")
    return Got("+84" + national[1:]) if _MOBILE.fullmatch(national) else _none(digits, national)


def _none(digits: str, national: str) -> Refused:
    """Why these digits are no Vietnamese mobile number."""
    if _HOTLINE.fullmatch(national):
        return Refused("error.phone_hotline")
    if _SHORT.fullmatch(digits):
        return Refused("error.phone_short")
    if _LANDLINE.fullmatch(national) or _kind(national) == PhoneNumberType.FIXED_LINE:
        return Refused("error.phone_landline")
    if _ELEVEN.fullmatch(national):
        old = national[:4]
        if new := _RENUMBERED.get(old):
            return Refused("error.phone_renumbered", {"given": old, "prefix": new})
        return Refused("error.phone_old")
    if len(national) == len("0912345678"):
        return Refused("error.phone_prefix", {"given": national[:2]})
    return Refused("error.phone_length", {"given": str(len(digits))})


def _vn_mobile(text: str) -> Got | Refused:
    answer = phone_in(text, "error.mobile_none", new=True)
    if isinstance(answer, Refused):
        abroad = answer.key == "error.phone_foreign"
        return Refused("error.mobile_foreign") if abroad else answer
    national = "0" + answer.value.removeprefix("+84")
    if _GIVEN_OUT.fullmatch(national) or _kind(national) == PhoneNumberType.MOBILE:
        return answer
    return Refused("error.phone_unused", {"given": national[:3]})


vn_mobile = Reader(
    _vn_mobile,
    (
        *(key for key in REFUSALS if key != "error.phone_foreign"),
        "error.mobile_foreign",
        "error.mobile_none",
        "error.phone_unused",
    ),
)


def _kind(national: str) -> int:
    # Given as digits, never as text: the library's own parser takes letters for keys.
    return number_type(PhoneNumber(country_code=84, national_number=int(national[:13])))


def _numbers(text: str) -> Iterator[str]:
    """What may be numbers, two of them written in one row taken apart."""
    for typed in _PHONE.findall(text):
        yield from _ROW.findall(digits) if _ROWS.fullmatch(digits := digits_of(typed)) else [typed]


_TWO = Refused("error.phone_two")
_PHONE = re.compile(r"[+(]{0,2}\d(?:[ .\-()\u2010-\u2015\u2212]*\d)*")
_GROUPED = re.compile(r"(?<=\d)\s*[/_,*\u00b7\u2022]\s*(?=\d)")  # "0912/345/678"
_ROW = re.compile(r"(?:0|(?:00)?84)[35789]\d{8}")
_ROWS = re.compile(rf"(?:{_ROW.pattern}){{2,}}")
_COUNTRY = re.compile(r"^(?:00)?84(?=0?[1-9]\d{7,9}$)")
_MOBILE = re.compile(r"0[35789]\d{8}")
_LANDLINE = re.compile(r"02\d{8,9}")
_HOTLINE = re.compile(r"01[89]00\d{4,6}")
_SHORT = re.compile(r"[1-9]\d{2,4}")
_ELEVEN = re.compile(r"01\d{9}")
