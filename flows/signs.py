"""What a message says, as signs of a trick: words only, by the lists of `flows/scam.toml`.

A sign is what is asked for or threatened with, not who wrote it. "Do not give the code away" asks
for nothing; whoever is warned of something is not asked for it.
"""

import pkgutil
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flows.checks.text import fold

DATA: Mapping[str, Any] = tomllib.loads(
    (pkgutil.get_data(__package__, "scam.toml") or b"").decode()
)
_WORDS: Mapping[str, Any] = DATA["words"]
_ASKS: Mapping[str, Mapping[str, Sequence[str]]] = DATA["asks"]
FAR = 8  # words between a verb and what it asks for
NEAR = 12  # words between "officer" and how to reach him
STOP, PAUSE = "|", "/"  # behind a sentence, and behind a part of one

Hits = Mapping[str, list[tuple[int, int]]]


def clauses(text: str) -> list[str]:
    """The words of a text without diacritics, with a mark behind every clause."""
    text = _APART.sub(lambda spelt: _WORDS["apart"][spelt[0]], text)
    words: list[str] = []
    for part in _CLAUSE.split(text):
        if part and part[0] in _ENDS:
            words.append(STOP if _SENTENCE.search(part) else PAUSE)
        else:
            words += fold(part).split()
    return words


def signs(words: Sequence[str], *, personal: bool) -> set[str]:
    """Every sign of these words. personal: somebody's own phone or messenger is named."""
    hits = _hits(words)
    found = {sign for sign in DATA["phrases"] if _said(words, hits[sign])}
    found |= {sign for sign in _ASKS if _asked(words, hits, sign)}
    if hits["officer"] and (personal or _near(hits["officer"], hits["reach"])):
        found.add("personal")
    if hits["secret"] or any(hits[sign] for sign in _GRAVE):  # whatever is said of it
        found.add("secret")
    return found


def _said(words: Sequence[str], found: Sequence[tuple[int, int]]) -> bool:
    return any(not _denied(words, at) for at, _ in found)


def _asked(words: Sequence[str], hits: Hits, sign: str) -> bool:
    """Whether a verb that is not denied has its noun soon after it, in the same sentence."""
    nouns = [at for at, _ in hits[f"{sign} nouns"]]
    for at, end in hits[f"{sign} verbs"]:
        stop = next((to for to in range(end, end + FAR + 1) if words[to : to + 1] == [STOP]), None)
        last = end + FAR if stop is None else stop
        if any(end <= noun <= last for noun in nouns) and not _denied(words, at):
            return True
    return False


def _near(some: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> bool:
    return any(abs(at - to) <= NEAR for at, _ in some for to, _ in others[:_FEW])


def _denied(words: Sequence[str], at: int) -> bool:
    """Whether the words right before say no: in the same clause, and not "if not"."""
    before: list[str] = []
    for word in reversed(words[max(0, at - _LOOK_BACK) : at]):
        if word in (STOP, PAUSE):
            break
        before.insert(0, word)
    if not _UNLESS.isdisjoint(before):
        return False
    # A word or two may stand between: "khong can gui", "khong phai tra tien".
    ends = (before[: len(before) - gap] for gap in (0, 1))
    return any(_ends_in_no(end) for end in ends)


def _ends_in_no(before: Sequence[str]) -> bool:
    return any(" ".join(before[-length:]) in _NO for length in range(1, len(before) + 1))


def _hits(words: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """Where each phrase stands: its first word, and the one behind its last."""
    found: dict[str, list[tuple[int, int]]] = {name: [] for name in _NAMED}
    for at, word in enumerate(words):
        for phrase, names in _BY_FIRST.get(word, ()):
            end = at + len(phrase)
            if tuple(words[at:end]) == phrase:
                for name in names:
                    if len(found[name]) < _FEW:
                        found[name].append((at, end))
    return found


def _lists() -> Iterator[tuple[str, Iterable[str]]]:
    yield from DATA["phrases"].items()
    for sign, each in _ASKS.items():
        yield f"{sign} verbs", each["verbs"]
        yield f"{sign} nouns", each["nouns"]
    yield "secret", _WORDS["secret"]
    yield "officer", _WORDS["officer"]
    yield "reach", _WORDS["reach"]


def _by_first() -> dict[str, list[tuple[tuple[str, ...], list[str]]]]:
    named: dict[tuple[str, ...], list[str]] = {}
    for name, phrases in _lists():
        for phrase in phrases:
            named.setdefault(tuple(phrase.split()), []).append(name)
    found: dict[str, list[tuple[tuple[str, ...], list[str]]]] = {}
    for words, names in named.items():
        found.setdefault(words[0], []).append((words, names))
    return found


_APART = re.compile(rf"\b(?:{'|'.join(_WORDS['apart'])})\b")
_GRAVE = [sign for sign in DATA["phrases"] if sign in DATA["reasons"]["hard"]]
_FEW = 40  # hits of one list that are looked at; a letter has fewer
_LOOK_BACK = 5
_ENDS = frozenset('.,;:!?\n()"\u2026')
_CLAUSE = re.compile(r"((?<![.,;:!?()\"\u2026])[.,;:!?()\"\u2026]++(?=\s|$)|\n)")
_SENTENCE = re.compile(r"[.!?\n]")
_NO = frozenset(_WORDS["no"])
_UNLESS = frozenset(_WORDS["unless"])
_NAMED = tuple(name for name, _ in _lists())
_BY_FIRST = _by_first()
