"""A text as words: as typed, folded, and whether it holds a phrase or an undo code."""

import re
import unicodedata
from typing import NamedTuple

from flows.checks import LONGEST, fold, visible


class Words(NamedTuple):
    """A text as typed and without diacritics: "dừng" (stop) and "đúng" (right) fold alike."""

    typed: str
    folded: str

    @classmethod
    def of(cls, text: str) -> "Words":
        """The words of `text`; of a very long one only the beginning."""
        short = visible(text[:LONGEST])
        return cls(unicodedata.normalize("NFC", short).lower().strip(" .!?,…"), fold(short))

    @property
    def undo_code(self) -> str:
        """The undo code that was typed after "không"; "" when there is none."""
        found = _UNDO.fullmatch(self.folded)
        return (found[1] + found[2]).upper() if found else ""


def contains(folded: str, phrase: str) -> bool:
    """Whether whole words stand in a text, and not after a "no"; * is up to three words."""
    if "*" not in phrase:
        return f" {phrase} " in f" {folded} " and f" khong {phrase} " not in f" {folded} "
    first, last = phrase.split(" * ")
    return bool(re.search(rf"(?<!khong )\b{first}(?: \w+){{0,3}} {last}\b", folded))


NOT = frozenset({"khong", "ko", "k", "hong", "hok", "chua", "dung", "not", "no", "don't"})


HEDGES = frozenset({"chua biet", "khong biet", "chua ro", "khong ro"})  # a whole answer, or none


def states(folded: str, phrases: frozenset[str]) -> range:
    """Which words of a text are one of the phrases, of two words or more, and not denied.

    The longest phrase counts; none is an empty range.
    """
    words, found = folded.split(), range(0)
    sayings = (each for each in phrases - HEDGES if " " in each and "*" not in each)
    for phrase in map(str.split, sayings):
        for at in range(len(words) - len(phrase) + 1):
            said = words[at : at + len(phrase)] == phrase
            if said and not NOT.intersection(words[:at][-1:]) and len(phrase) > len(found):
                found = range(at, at + len(phrase))
    return found


# "KHÔNG A7K2M9B4": a letter and a digit, four times; never a Vietnamese sentence.
_UNDO = re.compile(r"khong ((?:[a-z]\d){2}) ?((?:[a-z]\d){3})")
