"""Readers of numbers by which people and lines of a summary are known.

Shape only: whether such an account or such a line exists is not decided here.
"""

import re
import unicodedata

from flows.checks.chosen import meant
from flows.checks.reader import Got, Reader, Refused
from flows.checks.spoken import digits_for_words
from flows.checks.text import GAP, composed, digits_of, fold, foreign_digits

# A health-insurance card code: 2 letters and 13 digits, often written in groups.
_CARD = re.compile(rf"(?<![A-Z])[A-Z]{{2}}{GAP}\d(?:{GAP}\d){{12}}(?!\d)")
_NUMBER = re.compile(rf"\d(?:{GAP}\d)*")
_MOBILE = re.compile(r"0[35789]\d{8}")


def _account_number(text: str) -> Got | Refused:
    plain = digits_for_words(unicodedata.normalize("NFKC", text)).upper()
    if foreign_digits(plain):
        return Refused("error.digits_script")
    if card := _CARD.search(plain):
        return Got(digits_of(card[0])[-10:], "card")
    numbers = [digits_of(run) for run in _NUMBER.findall(plain)]
    known = [*dict.fromkeys(number for number in numbers if len(number) in (10, 12))]
    # A number with a telephone number beside it is the other one.
    known = [it for it in known if not _MOBILE.fullmatch(it)] or known
    if known and len({len(it) for it in known}) == len(known):
        return Got(known[0])
    if known:
        return Got(one) if (one := meant(plain, known)) else Refused("error.number_two")
    if not numbers:
        return Refused("error.number_none")
    return Refused("error.number_length", {"given": str(len(max(numbers, key=len)))})


account_number = Reader(
    _account_number,
    ("error.digits_script", "error.number_none", "error.number_length", "error.number_two"),
    ("ok", "card"),
)


def _national_id(text: str) -> Got | Refused:
    plain = digits_for_words(unicodedata.normalize("NFKC", text))
    if foreign_digits(plain):
        return Refused("error.digits_script")
    numbers = [*dict.fromkeys(digits_of(run) for run in _NUMBER.findall(plain))]
    for length, outcome in ((12, "ok"), (9, "old")):
        ids = [number for number in numbers if len(number) == length]
        if ids:
            one = ids[0] if len(ids) == 1 else meant(plain, ids)
            return Got(one, outcome) if one else Refused("error.id_two")
    if not numbers:
        return Refused("error.id_none")
    return Refused("error.id_length", {"given": str(max(map(len, numbers)))})


# "old": nine digits, a CMND of before the 12-digit card; still found on old papers.
national_id = Reader(
    _national_id,
    ("error.digits_script", "error.id_none", "error.id_length", "error.id_two"),
    ("ok", "old"),
)


def _line_number(text: str) -> Got | Refused:
    said = fold(composed(unicodedata.normalize("NFKC", text)))
    words = [word for word in said.split() if word not in _AROUND_A_LINE]
    lines = [word for word in words if word in _LINES]
    # "sửa năm" may be the wish to mend a year: a number in words counts only behind "line".
    if len(words) == len(lines) == 1 and (words[0].isdigit() or _LINE_WORD.search(said)):
        return Got(_LINES[words[0]])
    return Refused("error.line_two" if len(lines) > 1 else "error.line_none")


_LINES = {str(line): str(line) for line in range(1, 100)}
_SAID = ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi")
_LINES |= {word: str(line) for line, word in enumerate(_SAID, 1)}
_LINE_WORD = re.compile(r"\b(?:dong|muc|cau|so|thu)\b")
_AROUND_A_LINE = {
    "sua", "doi", "thay", "chon", "dong", "muc", "cau", "so", "thu", "o", "phan", "lai",
    "cho", "toi", "em", "e", "minh", "giup", "nhe", "nha", "a", "voi", "di", "xin", "muon",
    "can", "nham", "sai", "line", "number", "edit", "change", "no", "item", "the", "please",
}  # fmt: skip
line_number = Reader(_line_number, ("error.line_none", "error.line_two"))
