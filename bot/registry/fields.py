"""One record of the registry file -> a person in normal form, or everything wrong with it.

Contacts are read by the readers citizens meet, so that what is on file and what is typed later
agree; numbers are taken only as they are. Never repeats a value.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import NoReturn

from bot.registry.problem import Problem
from bot.registry.table import COLUMNS, MORE_COLUMNS, Record, Table
from flows import checks
from storage.base import Person

EARLIEST_BIRTH = 1880

_BHXH_DIGITS = 10
_NATIONAL_DIGITS = 12
_SAYS = {
    "error.too_long": f"longer than {checks.LONGEST} characters",
    "error.digits_script": "digits of another script; write 0 to 9",
    "error.contact_none": "not a phone number",
    "error.email": "not an e-mail address",
    "error.email_two": "two addresses; there can be one",
    "error.phone_foreign": "not a Vietnamese number",
    "error.phone_landline": "a landline; codes need a mobile number",
    "error.phone_length": "{given} digits; a mobile number has 10",
    "error.phone_old": "an 11-digit number from before 2018; write its 10-digit successor",
}
_PHONE = re.compile(r"[+(]{0,2}\d[\d ().\-\u00a0]*")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)


_MONTH = r"(?:19|20)\d{2}-(?:0[1-9]|1[0-2])"
_PERIOD = re.compile(rf"{_MONTH}\.\.{_MONTH}(?: [^\r\n]{{1,120}})?")
LONGEST_HISTORY = 8_000  # characters


class Wrong(ValueError):
    """Why a cell cannot be taken; the text never holds the cell."""


def person(table: Table, record: Record) -> Person | list[Problem]:
    """Read a record; all its problems at once."""
    if isinstance(record.cells, str):
        return [Problem(record.line, "", record.cells)]
    written = dict(zip(table.header, record.cells, strict=True))
    found, problems = {}, []
    for column in (*COLUMNS, *(more for more in MORE_COLUMNS if more in written)):
        try:
            found[column] = _READERS[column](checks.visible(written[column]))
        except Wrong as wrong:
            problems.append(Problem(record.line, column, str(wrong)))
    return problems or Person(**found)


def number_of(table: Table, record: Record) -> int | None:
    """The account number of a record, if it has one that could be right."""
    if isinstance(record.cells, str):
        return None
    text = checks.visible(record.cells[table.header.index("bhxh_number")])
    return int(text) if len(text) == _BHXH_DIGITS and _plain_digits(text) else None


def _bhxh_number(text: str) -> str:
    if not text:
        raise Wrong("missing")
    return _digits(text, _BHXH_DIGITS, "a BHXH number")


def _national_id(text: str) -> str:
    return _digits(text, _NATIONAL_DIGITS, "a personal number") if text else ""


def _digits(text: str, wanted: int, what: str) -> str:
    if not _plain_digits(text):
        raise Wrong(f"not only the digits 0 to 9; {what} has {wanted} of them")
    if len(text) != wanted:
        raise Wrong(f"{len(text)} digits; {what} has {wanted}")
    return text


def _plain_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _words(text: str) -> str:
    if len(text) > checks.LONGEST:
        raise Wrong(_SAYS["error.too_long"])
    return " ".join(unicodedata.normalize("NFC", text).split())


def _birth_date(text: str) -> str:
    if not text:
        return ""
    if len(text) == len("1948") and _plain_digits(text):
        return text if int(text) >= EARLIEST_BIRTH else _no_date()
    day_first = _DAY_FIRST.fullmatch(text)
    try:
        day, month, year = map(int, day_first.groups()) if day_first else (0, 0, 0)
        born = date(year, month, day) if day_first else _iso(text)
    except ValueError:
        return _no_date()
    return born.isoformat() if born.year >= EARLIEST_BIRTH else _no_date()


def _day(text: str) -> str:
    if text and len(text) == len("1948"):
        raise Wrong("not a whole date; write 2026-12-31 or 31/12/2026")
    return _birth_date(text)


def _contributions(text: str) -> str:
    periods = [" ".join(unicodedata.normalize("NFC", each).split()) for each in text.split(";")]
    kept = [each for each in periods if each]
    if len(text) > LONGEST_HISTORY or not all(_PERIOD.fullmatch(each) for each in kept):
        raise Wrong('not periods; write "2010-03..2015-12 Employer; 2016-01..2026-09 Employer"')
    return "; ".join(kept)


def _iso(text: str) -> date:
    # `fromisoformat` also takes weeks and days of the year.
    return date.fromisoformat(text) if len(text) == len("1948-01-31") else _no_date()


def _no_date() -> NoReturn:
    raise Wrong("not a date; write 1948-01-31, 31/01/1948 or 1948")


def _phone(text: str) -> str:
    if not text:
        return ""
    if "@" in text:
        raise Wrong("an e-mail address; it belongs into the column email")
    # The reader picks a number out of a sentence; a registry holds nothing but the number.
    if not _PHONE.fullmatch(unicodedata.normalize("NFKC", text)):
        raise Wrong("not one phone number and nothing else")
    return _read(text)


def _email(text: str) -> str:
    if not text:
        return ""
    if "@" not in text:
        raise Wrong(_SAYS["error.email"])
    return _read(text)


def _read(text: str) -> str:
    got = checks.contact(text)
    if isinstance(got, checks.Refused):
        raise Wrong(_SAYS[got.key].format(**got.holes))
    return got.value


_READERS: dict[str, Callable[[str], str]] = {
    "bhxh_number": _bhxh_number,
    "national_id": _national_id,
    "full_name": _words,
    "birth_date": _birth_date,
    "phone": _phone,
    "email": _email,
    "agency": _words,
    "card_until": _day,
    "card_hospital": _words,
    "contributions": _contributions,
}
