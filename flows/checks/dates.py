"""Reads a birth date however it is written; day before month, as everybody here writes it.

Gives "03/04/1948", or "1948" where the papers know no more. A year of two digits is not
guessed. There is no clock here: `not_born_then` is asked by whoever knows today.
"""

import re
from datetime import date

from flows.checks import date_words
from flows.checks.chosen import meant
from flows.checks.reader import Got, Reader, Refused
from flows.checks.spoken import digits_for_words
from flows.checks.text import bare, composed, foreign_digits

FIRST_YEAR, LAST_YEAR = 1900, 2100  # what no living person's papers can say, whatever the day
OLDEST = 120


def _birth_date(text: str) -> Got | Refused:
    if foreign_digits(text):
        return Refused("error.digits_script")
    plain = _in_figures(composed(text))
    found = {_parts(match): match[0] for match in _DATE.finditer(plain)}
    if len(found) > 1:
        one = meant(plain, [*found.values()])
        found = {parts: written for parts, written in found.items() if written == one}
        if not found:
            return Refused("error.date_two")
    if found:
        return _checked(*next(iter(found)))
    years = set(_YEAR.findall(plain))
    numbers = _NUMBER.findall(plain)
    if len(numbers) == 1 and years:
        return _year(int(years.pop()))
    if len(numbers) == 1 and len(numbers[0]) == 2:
        return Refused("error.date_short_year")
    return Refused("error.date_incomplete" if numbers else "error.date_none")


# "year": the papers know only the year; worth asking back.
birth_date = Reader(
    _birth_date,
    (
        "error.date_future",
        "error.date_impossible",
        "error.date_incomplete",
        "error.date_none",
        "error.date_short_year",
        "error.date_too_old",
        "error.date_two",
        "error.digits_script",
    ),
    ("ok", "year"),
)


def not_born_then(value: str, today: date) -> Refused | None:
    """Why nobody who lives `today` was born on `value` (a value of `birth_date`), if so."""
    day, month, year = ([0, 0] + [int(part) for part in value.split("/")])[-3:]
    if (year, month, day) > (today.year, today.month, today.day):
        return Refused("error.date_future")
    too_old = (year, month or 12, day or 31) < (today.year - OLDEST, today.month, today.day)
    return Refused("error.date_too_old") if too_old else None


def _checked(day: int, month: int, year: str) -> Got | Refused:
    if len(year) < 4:
        return Refused("error.date_short_year")
    if not day and not month:
        return _year(int(year))
    if not day or not month:
        return Refused("error.date_incomplete")
    try:
        born = date(int(year), month, day)
    except ValueError:
        return Refused("error.date_impossible")
    checked = _year(born.year)
    return Got(f"{day:02}/{month:02}/{year}") if isinstance(checked, Got) else checked


def _year(year: int) -> Got | Refused:
    if year < FIRST_YEAR:
        return Refused("error.date_too_old")
    return Refused("error.date_future") if year > LAST_YEAR else Got(str(year), "year")


def _parts(match: re.Match[str]) -> tuple[int, int, str]:
    if match["last"]:
        return int(match["last"]), int(match["middle"]), match["first"]
    return int(match["day"]), int(match["month"]), match["year"]


def _in_figures(text: str) -> str:
    """`text` with months, days and years that are words as figures, and slashes between them."""
    plain = date_words.in_figures(bare(text))
    plain = _NAMED.sub(lambda m: f"{m[1]} {_NUMBERS.get(m[2], m[2])} / ", plain)
    plain = digits_for_words(_SINCE.sub(" ", plain))
    plain = _ORDINAL.sub(lambda m: str(_ordinal(m[0])), plain)
    plain = _ENGLISH.sub(lambda m: f"{m[2] or m[3]}/{_MONTHS.index(m[1] or m[4]) + 1}/", plain)
    plain = _GLUED.sub(r"\1/\2/\3", plain)
    return _BETWEEN.sub("/", plain)


def _ordinal(words: str) -> int:
    ten, _, unit = words.rpartition("-" if "-" in words else " ")
    return {"": 0, "twenty": 20, "thirty": 30}[ten] + _ORDINALS.index(unit) + 1


_DATE = re.compile(
    r"(?<!\d)(?:(?P<first>\d{4})/(?P<middle>\d{1,2})/(?P<last>\d{1,2})"
    r"|(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4}|\d\d))(?!\d)"
)
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_NUMBER = re.compile(r"\d+")
_GLUED = re.compile(r"(?<!\d)(\d\d)(\d\d)(\d{4}|\d\d)(?!\d)")
_BETWEEN = re.compile(r"(?<=\d)(?:[\s/.,\-\u2010-\u2015]|(?:ngay|thang|thg|nam)(?![a-z]))+(?=\d)")
_WORDS = ("", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi")
_NUMBERS = {word: str(number) for number, word in enumerate(_WORDS) if word}
_NUMBERS |= {"gieng": "1", "tu": "4", "muoi mot": "11", "muoi hai": "12", "chap": "12"}
_NAMED = re.compile(
    rf"\b(ngay|mung|mong|thang|thg) (muoi mot|muoi hai|\d\d?|{'|'.join(_NUMBERS)})\b(?: nam\b)?"
)
_SINCE = re.compile(r"(?:^|sinh |(?<=\d ))nam\b")  # the word for "year", which is also "five"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_ORDINAL = re.compile(
    rf"\b(?:(?:twenty|thirty)[ -](?:{'|'.join(_ORDINALS[:9])})|{'|'.join(_ORDINALS)})\b"
    rf"(?=,? (?:(?:of )?(?:{'|'.join(_MONTHS)})|\d{{4}}))"
)
_ENGLISH = re.compile(
    rf"\b({'|'.join(_MONTHS)})[a-z]* (\d{{1,2}})(?:st|nd|rd|th)?,?(?= \d)"
    rf"|\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({'|'.join(_MONTHS)})[a-z]*\b"
)
