"""Training lines out of written ones: alternatives filled in, dressed, respelt as people write.

The same lines always grow into the same sentences. Nothing here runs while the bot does.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from flows.checks import fold

HERE = Path(__file__).parent
LINES = HERE / "lines"
PLAIN = {"greeting", "thanks_bye", "cancel", "back", "yes", "no"}  # said alone, without a story
_INNER = re.compile(r"\(([^()]*)\)|<(\w+)>")
_TONES = {"\u0301": "s1", "\u0300": "f2", "\u0309": "r3", "\u0303": "x4", "\u0323": "j5"}
_SHAPES = {"\u0302": ("", "6"), "\u0306": ("w", "8"), "\u031b": ("w", "7")}


class Line(NamedTuple):
    """One written line: what it means, in which language, with its alternatives."""

    intent: str
    lang: str
    text: str


@cache
def words() -> dict[str, Any]:
    """The groups, dresses and swaps of `words.toml`."""
    return tomllib.loads((HERE / "words.toml").read_text("utf-8"))


def lines() -> list[Line]:
    """All written lines, in a fixed order."""
    return [line for file in sorted(LINES.glob("*.txt")) for line in _lines_of(file)]


def _lines_of(file: Path) -> Iterator[Line]:
    lang = "vi"
    for text in file.read_text("utf-8").splitlines():
        if text.startswith("## "):
            lang = text[3:]
        elif text.strip():
            yield Line(file.stem, lang, text.strip())


def grown(line: Line, most: int) -> list[str]:
    """Sentences of a line, each also written in another manner."""
    chance = Random(f"{line.intent} {line.text}")  # noqa: S311 - it chooses words, guards nothing
    found: list[str] = []
    for _ in range(most):
        plain = filled(line.text, chance)
        found += [plain, _dressed(plain, line, chance)]
        found.append(_respelt(_dressed(plain, line, chance), line.lang, chance))
    return found


def filled(text: str, chance: Random) -> str:
    """`text` with one of each alternatives, innermost first."""

    def choice(match: re.Match[str]) -> str:
        if match[2]:
            return str(chance.choice(words()["groups"].get(match[2], [f"<{match[2]}>"])))
        return str(chance.choice(match[1].split("|")))

    for _ in range(3):
        text = _INNER.sub(choice, text)
    return " ".join(text.split())


def _dressed(text: str, line: Line, chance: Random) -> str:
    dress = words()["dress"][line.lang]
    if line.intent in PLAIN:
        return text + str(chance.choice(dress["alone"]))
    if chance.random() < 0.2:
        text = chance.choice(dress["story"]) + text
    if chance.random() < 0.45:
        text = chance.choice(dress["before"]) + text
    return text + chance.choice(dress["after"]) if chance.random() < 0.45 else text


def _respelt(text: str, lang: str, chance: Random) -> str:
    if lang == "en":
        return _slipped(text, chance)
    ways = (_bare, _bare, _swapped, _swapped, _keyed, _slipped, _dictated)
    text = chance.choice(ways)(text, chance)
    return _bare(text, chance) if chance.random() < 0.2 else text


def _bare(text: str, _: Random) -> str:
    return " ".join(fold(word) if word.isalpha() else word for word in text.split())


def _swapped(text: str, chance: Random) -> str:
    for old, new in words()["swaps"].items():
        if chance.random() < 0.6:
            text = re.sub(rf"\b{old}\b", chance.choice(new), text)
    return text


def _dictated(text: str, _: Random) -> str:
    return re.sub(r"[^\w\s]", "", text.lower())


def _slipped(text: str, chance: Random) -> str:
    """One or two letters lost, doubled or swapped."""
    letters = list(text)
    for _ in range(1 + len(text) // 40):
        at = chance.randrange(max(len(letters) - 1, 1))
        way = chance.randrange(3)
        if way == 0 and len(letters) > 6:
            del letters[at]
        elif way == 1:
            letters.insert(at, letters[at])
        else:
            letters[at : at + 2] = reversed(letters[at : at + 2])
    return "".join(letters)


def _keyed(text: str, chance: Random) -> str:
    """Some words as Telex or VNI leaves them when the keyboard is set otherwise."""
    telex = chance.random() < 0.5
    return " ".join(
        keyed(word, telex=telex) if chance.random() < 0.6 else word for word in text.split()
    )


def keyed(word: str, *, telex: bool) -> str:
    """A word as its keys were struck: "quên" is "queen" or "que6n"."""
    out, tone = "", ""
    for c in unicodedata.normalize("NFD", word):
        if c in _TONES:
            tone = _TONES[c][not telex]
        elif c in _SHAPES:
            out += (_SHAPES[c][0] or out[-1]) if telex else _SHAPES[c][1]
        elif not c.isascii() and fold(c) == "d":
            out += "dd" if telex else "d9"
        else:
            out += c
    return out + tone
