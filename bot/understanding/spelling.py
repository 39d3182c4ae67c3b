"""A text as the words that were meant: bare letters, short forms spelt out.

Reads how people write and never what they want. What it cannot place stays as it was typed.
"""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from flows.checks import fold, one_slip, visible

HERE = Path(__file__).parent
LONGEST = 600  # of a longer story the end is kept with the beginning; questions stand last
BRIEF = 3  # words; so short a text is most likely said to steer, slips of the finger included
SHORTEST = 4  # letters of a word that is taken for a slip
BREAK = ","
VALUES = frozenset({"someaddress", "somelink"})  # stand for them; for digits "number6"


class Said(NamedTuple):
    """`words`: folded, as they were meant, with a comma for each break; `typed`: with marks."""

    words: tuple[str, ...]
    typed: tuple[str, ...]


class Tables(NamedTuple):
    """What stands for what: words, several together, drawn together, pictures, steering."""

    typed: dict[str, str]
    folded: dict[str, str]
    phrases: dict[str, str]
    pattern: re.Pattern[str]
    endings: dict[str, str]
    drawn: re.Pattern[str]
    signs: dict[str, str]
    steering: tuple[str, ...]


def said(text: str, known: Collection[str] = ()) -> Said:
    """The words of `text`; one that is not `known` is tried as Telex or VNI left as typed."""
    shown = unicodedata.normalize("NFC", _short(visible(text))).lower()
    shown = _APOSTROPHE.sub("'", shown)
    table = tables()
    shown = table.drawn.sub(lambda m: table.endings[m[0]], shown)
    for sign, word in table.signs.items():
        shown = shown.replace(sign, word)
    typed = [found[0] for found in _TOKEN.finditer(_marked(shown))]
    meant = [word for token in typed for word in _meant(token, known)]
    if known and len(typed) <= BRIEF:
        meant = [word if word in known else _mended(word) for word in meant]
    joined = " ".join(meant)
    joined = table.pattern.sub(lambda m: table.phrases[m[0]], joined)
    return Said(tuple(joined.split()), tuple(typed))


@cache
def tables() -> Tables:
    """The tables of `spelling.toml`."""
    read = tomllib.loads((HERE / "spelling.toml").read_text("utf-8"))
    phrases = {old: new for old, new in read["phrases"].items() if old != new}
    longest_first = sorted(phrases, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
    signs = {sign: f" {word} " for sign, word in read["signs"].items()}
    steering = tuple(read["steering"]["words"])
    endings = read["endings"]
    drawn = re.compile(rf"(?:{'|'.join(endings)})\b")  # "n't" comes after what is longer
    words = read["words"], read["folded"]
    return Tables(*words, phrases, pattern, endings, drawn, signs, steering)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} , {text[-LONGEST // 2 :]}"


def _marked(text: str) -> str:
    text = _ADDRESS.sub(" someaddress ", text)
    text = _LINK.sub(" somelink ", text)
    return _DIGITS.sub(lambda m: f" number{min(len(m[0]), 13)} ", text)


def _meant(token: str, known: Collection[str]) -> Iterator[str]:
    if not token[0].isalnum():
        yield BREAK
        return
    table = tables()
    if _FIGURES.fullmatch(token):  # "number5" stands for figures, and is no VNI
        yield token
        return
    if token in table.typed:
        yield from table.typed[token].split()
        return
    word = _squeezed(fold(token))
    spelt = table.folded.get(word, word) if token.isascii() else word
    if known and spelt == word and word not in known and token.isascii():
        spelt = _keyed(token, known) or word
    yield from spelt.split()


def _mended(word: str) -> str:
    """The only word to steer by that is one slip away; else the word itself."""
    near = [it for it in tables().steering if one_slip(word, it)] if len(word) >= SHORTEST else []
    return near[0] if len(near) == 1 else word


def _squeezed(word: str) -> str:
    """Without the letters that are held down: "khônggg", "alooo"."""
    return _HELD.sub(r"\1", word)


def _keyed(token: str, known: Collection[str]) -> str:
    """What a word is whose marks stayed letters (Telex) or digits (VNI), if it is one we know."""
    for marks in (_VNI, _TELEX, _TELEX_WITHIN):
        plain = token
        for mark, letter in marks:
            plain = mark.sub(letter, plain)
        if plain != token and plain in known:
            return plain
    return ""


_APOSTROPHE = re.compile("[\u2018\u2019\u00b4`]")
_TOKEN = re.compile(r"[^\W\d_]+(?:\d+[^\W_]*)?|[,.;:!?\n(){}<>=]+")
_ADDRESS = re.compile(r"\S+@\S+")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|vn|net|org|xyz|info|top|me)\b\S*")
_FIGURES = re.compile(r"number\d+")
_DIGITS = re.compile(r"(?<![^\W_])\d(?:[ .\-]?\d)*")
_HELD = re.compile(r"([a-z])\1{2,}")
_VNI = ((re.compile(r"(?<=d)9"), ""), (re.compile(r"(?<=[a-z1-8])[1-8]"), ""))
_TELEX = (
    (re.compile(r"dd"), "d"),
    (re.compile(r"(?<=[aeiouyw])([a-z]*?)[sfrxj](?![aeiouy])"), r"\1"),
    (re.compile(r"([aeo])([a-z]*?)\1"), r"\1\2"),
    (re.compile(r"(?<=[aou])([a-z]*?)w"), r"\1"),
    (re.compile(r"w"), "u"),
)
# The tone struck before the last vowel: "roofi".
_TELEX_WITHIN = (_TELEX[0], (re.compile(r"(?<=[aeiouyw])[sfrxj](?=[aeiouy])"), ""), *_TELEX[2:])
