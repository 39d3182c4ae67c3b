"""Whatever somebody typed -> what the font can show, on one line, in reading order.

What has no shape (controls, direction marks, joiners) is left out, what the font lacks becomes a
visible mark. Refuses nothing; lengths are the caller's business.
"""

import re
import unicodedata
from collections.abc import Container

PLACEHOLDER = "\ufffd"
# Controls and format marks, and the selectors that choose between two pictures of an emoji.
_SHAPELESS = {"Cc", "Cf"}
_SELECTORS = range(0xFE00, 0xFE10)
_BLANKS = re.compile(" +")


def drawable(text: str, font: Container[int]) -> str:
    """One line of letters that all are in `font`, a set of code points."""
    composed = unicodedata.normalize("NFC", text)
    return _BLANKS.sub(" ", "".join(_shown(letter, font) for letter in composed)).strip()


def _shown(letter: str, font: Container[int]) -> str:
    point = ord(letter)
    if letter.isspace() and letter != "\u00a0":
        return " "
    if unicodedata.category(letter) in _SHAPELESS or point in _SELECTORS:
        return ""
    return letter if point in font else PLACEHOLDER
