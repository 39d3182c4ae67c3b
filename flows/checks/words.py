"""Readers of words: names, short facts, addresses and answers in one's own words.

They keep what was typed, composed and with single spaces, because it is printed on forms and
read by officers; they refuse what no form can print. Whether it is true is not decided here.
"""

import re

from flows.checks.reader import Got, Reader, Refused
from flows.checks.text import bare, composed, looks_like_question, says_password, visible

LONGEST_NAME, LONGEST_WORDS, LONGEST_ANSWER = 60, 30, 500
SHORTEST_POST, FEWEST_LETTERS, LONGEST_POST = 10, 5, 200


def _full_name(text: str) -> Got | Refused:
    name = _without(_NAME_LEAD, text)
    if any(c.isnumeric() for c in name):
        return Refused("error.name_digits")
    if len(name) > LONGEST_NAME:
        return Refused("error.name_long", {"given": str(len(name))})
    # "vì sao cần tên" is a question; a Mr. Vì Sao writes his name with capitals.
    asks = looks_like_question(name) and not all(word[0].isupper() for word in name.split())
    return Refused("error.name_letters") if asks or not _is_name(name) else Got(name)


full_name = Reader(
    _full_name, ("error.name_digits", "error.name_letters", "error.name_long"), loose=True
)


def _short_words(text: str) -> Got | Refused:
    words = _without(_WORDS_LEAD, text)
    if len(words) > LONGEST_WORDS:
        return Refused("error.words_long")
    fits = _is_name(words) and not looks_like_question(words)
    return Got(words) if fits else Refused("error.words_letters")


# An ethnicity ("Kinh", "H'Mông", "Ba-na") or a nationality ("Việt Nam").
short_words = Reader(_short_words, ("error.words_letters", "error.words_long"), loose=True)


def _postal_address(typed: str) -> Got | Refused:
    lines = (composed(visible(line)).strip(" ,;") for line in typed.splitlines())
    address = _without(_POST_LEAD, ", ".join(line for line in lines if line))
    if LINK.search(bare(address)):
        return Refused("error.address_link")
    if len(address) > LONGEST_POST:
        return Refused("error.address_long", {"given": str(len(address))})
    asks = looks_like_question(address) and not any(c.isdigit() or c == "," for c in address)
    letters = sum(c.isalpha() for c in address)
    # One word alone is no address; with letters and digits it is rather a password.
    if asks or " " not in address or len(address) < SHORTEST_POST or letters < FEWEST_LETTERS:
        return Refused("error.address_short")
    fits = _POST.fullmatch(address) and is_latin(address)
    return Got(address) if fits else Refused("error.address_signs")


postal_address = Reader(
    _postal_address,
    ("error.address_link", "error.address_long", "error.address_short", "error.address_signs"),
    raw=True,
    loose=True,
)


def _free_text(text: str) -> Got | Refused:
    # C10: a password has no place in a chat, and none among papers that officers read.
    return Refused("error.answer_secret") if says_password(text) else Got(composed(text))


free_text = Reader(_free_text, ("error.answer_secret",), longest=LONGEST_ANSWER, loose=True)


def _without(lead: re.Pattern[str], text: str) -> str:
    """`text` without the words that lead up to the answer and the courtesy behind it."""
    rest = composed(text.translate(_ONE_WAY))
    while (shorter := _shorter(lead, rest)) != rest:
        rest = shorter
    return rest


def _shorter(lead: re.Pattern[str], text: str) -> str:
    text = text.strip(" ,;")
    found = lead.match(bare(text))
    if found and found.end() < len(text):
        return text[found.end() :]
    rest, _, last = text.rstrip(" .").rpartition(" ")
    # A lone small "a" with a mark at the end is the word of courtesy; "Nguyễn Văn A" is a name.
    courtesy = rest and not last.isascii() and last.islower() and bare(last) == "a"
    return rest if courtesy else text


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and is_latin(text)


def is_latin(text: str) -> bool:
    """Whether forms can print every letter, and none is the double of another alphabet's."""
    return all(c <= "\u024f" or "\u1e00" <= c <= "\u1eff" for c in text)


_NAME = re.compile(r"[^\W\d_]+(?:(?:[ '-]|\. | - )[^\W\d_]+)*\.?")
_POST = re.compile(r"(?:[^\W_]|[ ,./()'\":;#&+-])+")
LINK = re.compile(r"https?:|www\.|\b(?:t|zalo|m)\.me/|\w\.(?:com|net|org|info|vn)\b")
_ONE_WAY = str.maketrans(
    "\u2018\u2019\u02bc\u0060\u00b4\u201c\u201d\u2010\u2011\u2012\u2013\u2014", "'''''\"\"-----"
)
_WHO = r"(?:toi|em|e|minh|chau|con|bac|co|chu|ong|ba|my)"
_NAME_LEAD = re.compile(
    rf"(?:.*\b(?:ten|name)\b[\w ]*(?:\bla\b|\bis\b|:)"
    rf"|(?:(?:(?:ho (?:va )?|{_WHO} )?ten|{_WHO} la)(?: |$))+)[ :,]*"
)
_WORDS_LEAD = re.compile(
    rf"(?:(?:(?:{_WHO} la )?nguoi|dan toc|quoc tich|nationality|ethnicity)\b"
    rf"(?: {_WHO})?(?: la\b)?\W*)+"
)
_POST_LEAD = re.compile(rf"dia chi(?: nha)?(?: cua)?(?: {_WHO})?(?: la\b|\s*:)\s*")
