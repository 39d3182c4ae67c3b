"""Guides by how they are asked for; compares words and pieces of words, and knows no meaning.

A question is compared with all wordings of a guide together: by words, pairs of words and words
with their marks, and by runs of three letters, which outlive typing errors. A mark counts by how
much oftener the guide is asked with it than others are. The texts of `words/beside.toml` compete,
so that a request to do something, small talk or another office's matter takes its share.
"""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import chain, pairwise
from typing import Any, NamedTuple

from bot.understanding.spelling import BREAK, VALUES, Said, said

PIECE = 3
PAIR = 0.7  # a pair of words beside the words themselves
FIGURE = 1.5  # "8079", "4.0": nobody writes a number by chance
# The nine below were tried on tests/bot/guides/asked.tsv; their neighbours do about as well.
WORDS = 0.65  # the part of the words; the pieces have the rest
TRUST = 5.0  # how soon a mark seen in few wordings speaks for them
STRANGE = 2.0  # a mark that no wording has, by the mean of those that some have
SHARP = 35.0  # how much the nearest gets of the whole
BRIEF = 2.0  # a brief text tells less: as if so many strange marks were added
FLOOR = 0.15  # nearer than this to something, or it is nothing we know
NOTHING = math.exp(SHARP * FLOOR)
ASKS = 0.1  # by so much a request is further off if the text has a word of questions
CORE = 0.8  # a word in this share of a guide's wordings belongs to what it is about
LACKS = 0.1  # by so much a guide is further off if the text has not all of these
COMMON = 0.4  # a mark of more than this share of all groups tells little, and costs most
LEAST = 0.01  # a smaller share is not worth telling

Marks = dict[str, float]


class Asked(NamedTuple):
    """A text as it is compared."""

    words: Marks
    pieces: Marks


class Index:
    """Which guides a question is near to, by the wordings of each."""

    def __init__(self, wordings: Mapping[str, Iterable[str]]) -> None:
        """`wordings` by the name of the guide; the answers are not looked at."""
        self._names = list(wordings)
        groups = [list(asks) for asks in chain(wordings.values(), requests(), beside())]
        self._known = {word for asks in groups for ask in asks for word in _words(said(ask))}
        asked = [[marks(ask) for ask in asks] for asks in groups]
        self._core = [_core(one.words for one in asks) for asks in asked[: len(self._names)]]
        self._words = _Side([_sum(one.words for one in asks) for asks in asked])
        self._pieces = _Side([_sum(one.pieces for one in asks) for asks in asked])

    def find(self, text: str) -> list[tuple[str, float]]:
        """The names of the guides the text is near to, with the share of each; best first.

        What is missing to 1 speaks for something beside the guides.
        """
        near = self._near(marks(text, self._known))
        parts = [math.exp(SHARP * one) for one in near]
        whole = math.fsum(parts) + NOTHING
        scored = [
            (name, part / whole)
            for name, one, part in zip(self._names, near, parts, strict=False)
            if one > 0 and part > LEAST * whole
        ]
        return sorted(scored, key=lambda one: (-one[1], one[0]))

    def _near(self, asked: Asked) -> list[float]:
        by_words = self._words.near(asked.words)
        by_pieces = self._pieces.near(asked.pieces)
        near = [
            WORDS * one + (1 - WORDS) * other
            for one, other in zip(by_words, by_pieces, strict=True)
        ]
        for at, core in enumerate(self._core):
            if not core <= asked.words.keys():
                near[at] -= LACKS
        if not _plain().asking.isdisjoint(asked.words):
            for at in range(len(self._names), len(self._names) + len(requests())):
                near[at] -= ASKS
        return near


class _Side:
    """One way to compare: what each mark says for each group of texts."""

    def __init__(self, groups: list[Marks]) -> None:
        sizes = [math.fsum(group.values()) for group in groups]
        usual: Marks = {}
        for group, size in zip(groups, sizes, strict=True):
            for mark, count in group.items():
                usual[mark] = usual.get(mark, 0.0) + count / size / len(groups)
        self._size = len(groups)
        self._says: dict[str, list[tuple[int, float]]] = {mark: [] for mark in usual}
        for at, (group, size) in enumerate(zip(groups, sizes, strict=True)):
            for mark, count in group.items():
                says = math.log1p(TRUST * count / size / usual[mark])
                self._says[mark].append((at, says))
        self._most = {mark: max(one for _, one in says) for mark, says in self._says.items()}
        self._strange = STRANGE * math.fsum(self._most.values()) / len(self._most)
        for mark, where in self._says.items():
            if len(where) > COMMON * self._size:
                self._says[mark], self._most[mark] = [], 0.0

    def near(self, asked: Marks) -> list[float]:
        """How near the text is to every group, as a part of what its marks can say at most."""
        found = [0.0] * self._size
        most = 0.0
        for mark, count in asked.items():
            most += count * self._most.get(mark, self._strange)
            for at, says in self._says.get(mark, ()):
                found[at] += count * says
        return [one / (most + BRIEF * self._strange) for one in found]


def marks(text: str, known: Collection[str] = ()) -> Asked:
    """What a text is compared by; a word that is not `known` is tried as Telex or VNI."""
    text = _HYPHEN.sub("e", text)
    heard = said(text, known)
    words = _words(heard)
    figures = [_JOINTS.sub("", one) for one in _FIGURES.findall(text)]
    found = dict.fromkeys(words, 1.0)
    found |= {f"{a} {b}": PAIR for a, b in pairwise(words)}
    found |= {f"={one}": FIGURE for one in figures}
    found |= {f"~{word}": 1.0 for word in heard.typed if not word.isascii()}
    row = f" {' '.join([*words, *figures])} "
    return Asked(found, {row[at : at + PIECE]: 1.0 for at in range(len(row) - PIECE + 1)})


def _words(heard: Said) -> list[str]:
    """The words that tell one question from another, brought together by `words/plain.toml`."""
    plain = _plain()
    row = [word for word in heard.words if word not in _UNSAID and not _NUMBER.match(word)]
    words: list[str] = []
    at = 0
    while at < len(row):
        for end in range(min(at + plain.longest, len(row)), at, -1):
            if same := plain.same.get(tuple(row[at:end])):
                break
        else:
            end, same = at + 1, (row[at],)
        words += same
        at = end
    return [word for word in words if word not in plain.small] or words


def _core(asked: Iterable[Marks]) -> frozenset[str]:
    """What nearly all wordings of a guide have, in whatever language: "vneid", "=8079"."""
    all_marks = list(asked)
    seen = Counter(chain.from_iterable(all_marks))
    words = (mark for mark, n in seen.items() if n >= CORE * len(all_marks))
    return frozenset(mark for mark in words if " " not in mark and not mark.startswith("~"))


def _sum(asked: Iterable[Marks]) -> Marks:
    total: Marks = {}
    for one in asked:
        for mark, count in one.items():
            total[mark] = total.get(mark, 0.0) + count
    return total


@cache
def requests() -> list[list[str]]:
    """What asks for something to be done, one group for each deed."""
    read = _read("beside.toml")
    return [
        [f"{opening} {deed}" for opening in read["openings"][lang] for deed in deeds]
        for lang, groups in read["request"].items()
        for deeds in groups.values()
    ]


@cache
def beside() -> list[list[str]]:
    """What else is said beside questions, in groups that belong together."""
    read = _read("beside.toml")
    return [texts for part in ("talk", "elsewhere") for texts in read[part].values()]


class _Plain(NamedTuple):
    """Words to drop, words of questions, words that ask the same, and how long these can be."""

    small: frozenset[str]
    asking: frozenset[str]
    same: dict[tuple[str, ...], tuple[str, ...]]
    longest: int


@cache
def _plain() -> _Plain:
    read = _read("plain.toml")
    same = {tuple(old.split()): tuple(new.split()) for old, new in read["same"].items()}
    small, asking = (frozenset(read[name].split()) for name in ("small", "asking"))
    return _Plain(small, asking, same, max(map(len, same)))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("bot") / "guides" / "words" / name).read_text("utf-8"))


_UNSAID = VALUES | {BREAK}
_FIGURES = re.compile(r"\d(?:[ .\-/]?\d)*")
_JOINTS = re.compile(r"[ .\-]")
_HYPHEN = re.compile(r"\be-(?=mail)", re.IGNORECASE)
_NUMBER = re.compile(r"number\d")  # what spelling makes of figures; they are compared as such
