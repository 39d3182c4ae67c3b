"""Texts that were not understood, masked, with what would be guessed: lines for the tests.

Who may read conversations may read these, and no more of them than there: an answer within a
procedure stays hidden, and what looks like a name, a number or an address is taken out. Whoever
takes a line over into the tests reads it first: a name that nobody announces cannot be told.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from bot import masks, shown
from bot.desk import Desk
from bot.understanding import understand
from storage.base import Line

MOST = 500  # the newest texts that are looked at
_CALLED = re.compile(
    r"(?i:\b(?:h\u1ecd t\u00ean|ho ten|t\u00ean|ten|my name|name)\b)"
    r"(?:\s+(?:t\u00f4i|toi|em|con|m\u00ecnh|minh|b\u00e1c|bac|l\u00e0|la|is))*[\s:]+"
    r"((?:[^\W\d_]+\s*){1,4})"
)
_NAME = re.compile(r"\b[^\W\d_a-z][^\W\d_]*(?:\s+[A-Z\u00c0-\u1ef8][^\W\d_]*)+")
_HIDDEN = "[\u2026]"
_SHORTEST = 2  # letters that a text must have to be worth a line


class Miss(NamedTuple):
    """One text, how often it came, where, and the two likeliest meanings."""

    text: str
    times: int
    flow: str
    step: str
    guess: str
    second: str
    sure: float


def misses(desk: Desk, lines: Iterable[Line]) -> list[Miss]:
    """The same text at the same place once; the most frequent first."""
    found: dict[tuple[str, str], int] = {}
    for line in lines:
        text = masked(shown.heard(desk, line))
        if sum(letter.isalpha() for letter in text.replace(_HIDDEN, "")) >= _SHORTEST:
            found[line.place, text] = found.get((line.place, text), 0) + 1
    listed = [_miss(place, text, times) for (place, text), times in found.items()]
    return sorted(listed, key=lambda miss: (-miss.times, miss.text))


def masked(text: str) -> str:
    """A text without what could say who wrote it, in one line."""
    bare = masks.hide_message(shown.bare(text))
    bare = _CALLED.sub(lambda found: found[0].replace(found[1], _HIDDEN), bare)
    named = _NAME.sub(_HIDDEN, bare) if not bare.isupper() else bare
    return shown_plainly(named)


def shown_plainly(text: str) -> str:
    """Without line breaks and what cannot be seen."""
    return " ".join("".join(it if it.isprintable() else " " for it in text).split())


def _miss(place: str, text: str, times: int) -> Miss:
    flow, _, step = place.partition("/")
    meant = understand(text)
    return Miss(text, times, flow, step, meant.intent, meant.runner_up, meant.confidence)
