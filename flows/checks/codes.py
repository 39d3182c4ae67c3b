"""Readers of digits that prove something: one-time codes and the picture of the human check.

Whether they are right is not decided here, and nothing here costs a try.
"""

import re
import unicodedata

from flows.checks.chosen import meant
from flows.checks.reader import Got, Reader, Refused
from flows.checks.spoken import digits_for_words
from flows.checks.text import GAP, digits_of, fold, foreign_digits

# A full stop and a space end a sentence: "482913. 10 phút".
_NUMBER = re.compile(rf"\d(?:(?!\. ){GAP}\d)*")
# "Hoang123456" is a password sent by mistake; it must not cost one of the tries.
_GLUED = re.compile(r"\b(?!(?:ma|m\u00e3|otp|code)\d+)[^\W\d_]+\d\w*", re.IGNORECASE)
# Our own SMS and e-mails begin so; what follows in them are times and telephone numbers.
_OURS = re.compile(r"\b(\d{6}) (?:la ma|is code|is the code|is your code)\b")


def _six_digits(text: str) -> Got | Refused:
    # R13: one normaliser for codes; digits of other scripts are refused, not folded.
    if foreign_digits(text):
        return Refused("error.code_script")
    numbers: list[str] = []
    for way in (_ours, _typed, _said):
        numbers = way(text)
        codes = [*dict.fromkeys(number for number in numbers if len(number) == 6)]
        if codes:
            code = codes[0] if len(codes) == 1 else meant(text, codes)
            return Got(code) if code else Refused("error.code_two")
    if not numbers:
        return Refused("error.code_none")
    return Refused("error.code_length", {"given": str(len(max(numbers, key=len)))})


def _ours(text: str) -> list[str]:
    # Most answers are the bare digits: not worth the folding.
    return _OURS.findall(fold(text)) if len(text) > len("482913 la ma") else []


def _typed(text: str) -> list[str]:
    return [digits_of(run) for run in _NUMBER.findall(_GLUED.sub("", text))]


def _said(text: str) -> list[str]:
    return _typed(digits_for_words(text))


def _picture_digits(text: str) -> Got | Refused:
    digits = digits_of(unicodedata.normalize("NFKC", text))
    return Got(digits) if len(digits) == 4 else Refused("error.human_length")


six_digits = Reader(
    _six_digits, ("error.code_script", "error.code_two", "error.code_none", "error.code_length")
)
picture_digits = Reader(_picture_digits, ("error.human_length",))
